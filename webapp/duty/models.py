"""Tables of the documents as data. Every row keeps its document and lines; nothing is ever deleted, only retired."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Moment, vocabulary

vocabulary("department_kind")
vocabulary("duty_tier")
vocabulary("duty_role")
vocabulary("topic", 40)
vocabulary("deadline_kind")
vocabulary("figure_kind")
vocabulary("list_status")
vocabulary("document_standing")
vocabulary("problem_category", 40)
vocabulary("problem_role")


class Document(Base):
    """A source document: what it is, and what about it is unsure."""

    __tablename__ = "document"
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    issuer_zh: Mapped[str] = mapped_column(Text)
    issuer_en: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    date: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    lines: Mapped[int]
    unsure: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    no_duty: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class DocumentDecision(Base):
    """What the county decided about a part of a document: in_force, example, draft or repealed, from a day on.

    Rows are only added; of those whose day has come the newest counts, and before the first what is delivered with the
    part. On ``to_on`` what was in force no longer is. ``part`` is a code of ``Document.parts``.
    """

    __tablename__ = "document_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(ForeignKey("document.code"), index=True)
    part: Mapped[str] = mapped_column(String(20))
    standing: Mapped[str] = mapped_column(ForeignKey("document_standing.code"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(Moment)


class Department(Base):
    """A present-day body that the lists are read onto. ``kind`` as in seeds/departments.csv."""

    __tablename__ = "department"
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(ForeignKey("department_kind.code"))


class Succession(Base):
    """A printed name and the department it is today, dated; to confirm until a county does so on the screen."""

    __tablename__ = "succession"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(String(120))
    canonical: Mapped[str] = mapped_column(ForeignKey("department.code"))
    from_on: Mapped[date | None]
    event_zh: Mapped[str] = mapped_column(Text)
    event_en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(ForeignKey("list_status.code"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    valid_to: Mapped[date | None]


class Duty(Base):
    """One duty of one body, in our own words, with the lines it stands on. Columns as in seeds/duties/*.csv.

    ``named`` is the department a county has put where the text names none or unclearly (with who and when).
    """

    __tablename__ = "duty"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    document: Mapped[str] = mapped_column(ForeignKey("document.code"), index=True)
    section: Mapped[str] = mapped_column(Text)
    line_from: Mapped[int]
    line_to: Mapped[int]
    position: Mapped[int]
    body_printed: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    canonical: Mapped[str] = mapped_column(ForeignKey("department.code"), index=True)
    tier: Mapped[str] = mapped_column(ForeignKey("duty_tier.code"))
    role: Mapped[str] = mapped_column(ForeignKey("duty_role.code"))
    topic: Mapped[str] = mapped_column(ForeignKey("topic.code"))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    target_number: Mapped[str] = mapped_column(Text)
    target_unit: Mapped[str] = mapped_column(Text)
    target_year: Mapped[str] = mapped_column(Text)
    deadline_kind: Mapped[str] = mapped_column(ForeignKey("deadline_kind.code"))
    deadline_on: Mapped[date | None]
    frequency: Mapped[str] = mapped_column(Text)
    anchor: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(ForeignKey("list_status.code"))
    why_zh: Mapped[str] = mapped_column(Text)
    why_en: Mapped[str] = mapped_column(Text)
    named: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    valid_to: Mapped[date | None]


class Figure(Base):
    """A figure, frequency, step or list entry of a document, for the steps that use it. Columns as in seeds/figures."""

    __tablename__ = "figure"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    document: Mapped[str] = mapped_column(ForeignKey("document.code"), index=True)
    section: Mapped[str] = mapped_column(Text)
    line_from: Mapped[int]
    line_to: Mapped[int]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(ForeignKey("figure_kind.code"))
    subject: Mapped[str] = mapped_column(Text)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    year: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    anchor: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(ForeignKey("list_status.code"))
    why_zh: Mapped[str] = mapped_column(Text)
    why_en: Mapped[str] = mapped_column(Text)
    valid_to: Mapped[date | None]


class ProblemType(Base):
    """A problem in everyday words, with its 12369 category and whether it calls for enforcement."""

    __tablename__ = "problem_type"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(ForeignKey("problem_category.code"))
    subtype_zh: Mapped[str] = mapped_column(Text)
    subtype_en: Mapped[str] = mapped_column(Text)
    needs_enforcement: Mapped[bool]
    asks_emergency: Mapped[bool]
    position: Mapped[int]
    source: Mapped[str] = mapped_column(Text)


class ProblemDuty(Base):
    """Whose duty a problem is, in the order of ``rank``: by our reading until the county has confirmed the row.

    ``role`` is lead, cooperate, tell (who only hears of it), or nobody: the documents name nobody for this, and then
    there is no ``duty``. The words say when the row holds. ``changed_at`` marks what no seeding touches any more.
    """

    __tablename__ = "problem_duty"
    id: Mapped[int] = mapped_column(primary_key=True)
    problem: Mapped[str] = mapped_column(ForeignKey("problem_type.code"), index=True)
    duty: Mapped[str | None] = mapped_column(ForeignKey("duty.code"))
    rank: Mapped[int]
    role: Mapped[str] = mapped_column(ForeignKey("problem_role.code"))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    valid_to: Mapped[date | None]
