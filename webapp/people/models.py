"""Tables of people. A person's rights are the postings in force today and nothing else."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Moment, vocabulary

vocabulary("role", 30)
vocabulary("body_kind")


class Body(Base):
    """What a matter can be handed to: ``kind`` department, station (a township's team) or committee (a village's).

    ``grid_id`` is the grid it belongs to; ``canonical`` is the department's code in the duty lists, where it has one.
    ``principal`` and his post: the first person responsible of a department (004:268), a name and no account.
    """

    __tablename__ = "body"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(ForeignKey("body_kind.code"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    canonical: Mapped[str | None] = mapped_column(ForeignKey("department.code"), index=True)
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(40))
    principal: Mapped[str | None] = mapped_column(String(80))
    principal_post: Mapped[str | None] = mapped_column(String(80))
    closed_on: Mapped[date | None]


class Person(Base):
    """Somebody with a log-in. Never deleted: the records carry the id. Who is forgotten has no name any more from
    ``erased_at`` on (retention.py).
    """

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(ForeignKey("language.code"), default="zh")
    password_hash: Mapped[str | None] = mapped_column(Text)
    must_change: Mapped[bool] = mapped_column(default=False)
    suspended_at: Mapped[datetime | None] = mapped_column(Moment)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    erased_at: Mapped[datetime | None] = mapped_column(Moment)


class Posting(Base):
    """Role × grid or body, from a day to a day (exclusive; None = until revoked)."""

    __tablename__ = "posting"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(ForeignKey("role.code"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(Moment)


class ActingFor(Base):
    """A posting that stands in for another person's: ``person_id`` is whose. It has a last day, as the posting says."""

    __tablename__ = "acting_for"
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class RoleWord(Base):
    """What people call a role in a list: ``word`` at a kind of ``place`` (any, county, township, village)."""

    __tablename__ = "role_word"
    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[str] = mapped_column(String(20), primary_key=True)
    role: Mapped[str] = mapped_column(ForeignKey("role.code"))
    source: Mapped[str] = mapped_column(Text)
