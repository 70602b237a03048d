"""Tables of the grid's card. What was said before stays: a card is followed by another one, and so is a person."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Moment, vocabulary

vocabulary("grid_kind")
vocabulary("platform_part")
OPEN = text("to_on is null")


class GridCard(Base):
    """What is fixed for a grid from a day on (004:158-162, 004:168): its kind, the body that answers for it, the
    responsible leader, duties, tasks, rewards and penalties. An empty text is "not fixed".

    Area comes from the border and personnel from postings; neither stands here. Rows are only added: the newest counts.
    """

    __tablename__ = "grid_card"
    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    kind: Mapped[str | None] = mapped_column(ForeignKey("grid_kind.code"))
    body_zh: Mapped[str] = mapped_column(String(80))
    body_en: Mapped[str] = mapped_column(String(80))
    post_zh: Mapped[str] = mapped_column(String(80))
    post_en: Mapped[str] = mapped_column(String(80))
    leader_zh: Mapped[str] = mapped_column(String(80))
    leader_en: Mapped[str] = mapped_column(String(80))
    duties_zh: Mapped[str] = mapped_column(Text)
    duties_en: Mapped[str] = mapped_column(Text)
    tasks_zh: Mapped[str] = mapped_column(Text)
    tasks_en: Mapped[str] = mapped_column(Text)
    rewards_zh: Mapped[str] = mapped_column(Text)
    rewards_en: Mapped[str] = mapped_column(Text)
    penalties_zh: Mapped[str] = mapped_column(Text)
    penalties_en: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    published_on: Mapped[date | None]
    said_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(Moment)


class UpperLink(Base):
    """Whom the upper grid sets towards a lower one (004:168, last sentence), from a day to a day (exclusive).

    Only naming another ends one, so that there is somebody at every time from the first on.
    """

    __tablename__ = "upper_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    upper_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    lower_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    named_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_upper_link_one", "lower_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),)


class UnitPerson(Base):
    """Who looks after a unit grid, and as what, from a day to a day (exclusive): a name on its card, and no log-in. Who
    patrols and reports there is the community's officer, by his posting.
    """

    __tablename__ = "unit_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80))
    post_zh: Mapped[str] = mapped_column(String(80))
    post_en: Mapped[str] = mapped_column(String(80))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    said_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(Moment)


class PlatformRole(Base):
    """Which body has a part in the platform of a county: owner, operator or entry (004:197, 199, 205, 211). Rows are
    only added: of each part the newest counts, and an empty name is "not fixed".
    """

    __tablename__ = "platform_role"
    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    part: Mapped[str] = mapped_column(ForeignKey("platform_part.code"))
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80))
    said_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(Moment)
