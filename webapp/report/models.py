"""Tables of reports. ``report`` is the matter and its present state; ``report_event`` is what happened, append-only."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Moment, vocabulary
from ..core.history import EventRow

#: Of an index that holds only some rows. A query uses it where it says just this, in literals and not in parameters.
ON_SQLITE = {"open": text("is_open = 1"), "unsampled": text("settled = 1 and sampled_at is null")}
ON_POSTGRESQL = {"open": text("is_open"), "unsampled": text("settled and sampled_at is null")}

MOVED_LIMIT = text("action = 'move_limit'")

ADDED = "；"  # between the place as it was sent and what was added to it

vocabulary("severity")
vocabulary("report_state")
vocabulary("report_action", 30)
vocabulary("assignment_role", 10)
vocabulary("dispatch_ground")
vocabulary("ground_doubt")
vocabulary("look_answer")


def _partial(which: str, *columns: str) -> Index:
    """An index of the rows that are ``which``."""
    name = f"ix_report_{which}"
    return Index(name, *columns, sqlite_where=ON_SQLITE[which], postgresql_where=ON_POSTGRESQL[which])


def _present(column: str) -> Index:
    """An index of the rows that have something in a column which mostly is empty."""
    there = text(f"{column} is not null")
    return Index(f"ix_report_{column}", column, sqlite_where=there, postgresql_where=there)


class Report(Base):
    """One matter. ``number`` is what people say; ``content`` the fingerprint of the entry as first sent.

    ``due_at`` is when the clock of the present state runs out; ``state_since`` when it began. ``is_open`` says that the
    state is no end of the process (``History.place``). ``settled`` marks what
    was settled on the spot and ``sampled_at`` when a desk looked at such a one again. Point in WGS84 degrees; ``crs``
    names the coordinate system in which it was typed, if it was another.
    """

    __tablename__ = "report"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    content: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(ForeignKey("report_state.code"))
    state_since: Mapped[datetime] = mapped_column(Moment)
    is_open: Mapped[bool]
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    grid_version_id: Mapped[int] = mapped_column(ForeignKey("grid_version.id"))
    object_id: Mapped[int | None] = mapped_column(ForeignKey("patrol_object.id"), index=True)
    patrol_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("patrol.id"))
    found_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    entry_mode: Mapped[str] = mapped_column(ForeignKey("entry_mode.code"))
    occurred_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    place: Mapped[str] = mapped_column(Text)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    crs: Mapped[str | None] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(ForeignKey("severity.code"))
    first_measure: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text)
    settled: Mapped[bool] = mapped_column(default=False)
    sampled_at: Mapped[datetime | None] = mapped_column(Moment)
    recurs_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id"))

    @property
    def waits_for_sample(self) -> bool:
        """Whether it was settled on the spot and nobody has looked at it again yet."""
        return self.settled and self.sampled_at is None

    __table_args__ = (
        Index(None, "grid_id", "received_at"),
        Index(None, "grid_id", "occurred_at"),
        _partial("open", "grid_id", "due_at"),
        _partial("unsampled", "grid_id", "received_at"),
        _present("recurs_id"),
        _present("patrol_id"),
        Index(None, "found_by", "is_open", "received_at"),
        Index(None, "is_open", "received_at", "id"),  # of either kind the newest first
        Index(None, "is_open", "state_since"),  # what was still open on a day came to its end after it
    )


class ReportProblem(Base):
    """A problem type of a report; several may be picked, the township may correct them."""

    __tablename__ = "report_problem"
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    problem: Mapped[str] = mapped_column(ForeignKey("problem_type.code"), primary_key=True)

    __table_args__ = (Index(None, "problem", "report_id"),)


class ReportPair(Base):
    """Two neighbouring characters of what a report says, or the last one of a word alone (pairs.py)."""

    __tablename__ = "report_pair"
    pair: Mapped[str] = mapped_column(String(2).with_variant(String(2, collation="C"), "postgresql"), primary_key=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)

    __table_args__ = (Index(None, "report_id"), {"sqlite_with_rowid": False})


class ReportJoint(Base):
    """A further grid of a matter on a border: it sees the report, the lead grid acts."""

    __tablename__ = "report_joint"
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True, index=True)


class ReportEvent(EventRow, Base):
    """One move or one act beside the state, appended and never changed."""

    __tablename__ = "report_event"
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"))
    role: Mapped[str] = mapped_column(ForeignKey("role.code"))
    action: Mapped[str] = mapped_column(ForeignKey("report_action.code"))
    from_state: Mapped[str | None] = mapped_column(ForeignKey("report_state.code"))
    to_state: Mapped[str | None] = mapped_column(ForeignKey("report_state.code"))

    __table_args__ = (
        UniqueConstraint("report_id", "seq"),
        Index(None, "person_id", "at"),
        Index("ix_report_event_moved_limit", "at", sqlite_where=MOVED_LIMIT, postgresql_where=MOVED_LIMIT),
    )


class Assignment(Base):
    """Whose it is: exactly one lead at a time, any number of cooperating bodies, with the ground of the dispatch.

    ``ground`` is duty, none_listed, minutes or instruction; a duty is named in ``duty_id``, the rest in
    ``ground_text``. A duty that is no plain ground has its ``doubt`` (not_linked, not_applied, other_tier), and the
    reason for it in ``ground_text``. ``due_on`` counts the work days of a limit from ``counted_from``; where that is
    empty, a desk has named the day itself, or it was set before November 2026.
    """

    __tablename__ = "assignment"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    role: Mapped[str] = mapped_column(ForeignKey("assignment_role.code"))
    ground: Mapped[str | None] = mapped_column(ForeignKey("dispatch_ground.code"))
    ground_text: Mapped[str | None] = mapped_column(Text)
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id"))
    doubt: Mapped[str | None] = mapped_column(ForeignKey("ground_doubt.code"))
    from_at: Mapped[datetime] = mapped_column(Moment)
    to_at: Mapped[datetime | None] = mapped_column(Moment)
    due_on: Mapped[date | None]
    counted_from: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index(None, "body_id", "report_id"),
        Index(
            "uq_assignment_one_lead",
            "report_id",
            unique=True,
            sqlite_where=text("role = 'lead' and to_at is null"),
            postgresql_where=text("role = 'lead' and to_at is null"),
        ),
    )


class ReportAttachment(Base):
    """Evidence of a report, in the order of the form: sent with the report itself (no event) or with a move."""

    __tablename__ = "report_attachment"
    attachment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), index=True)
    event_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report_event.id"))
    position: Mapped[int]


class SiteLook(Base):
    """ "Please go and look": a task for the village beside the report. ``answer`` is right, not_yet or
    withdrawn; none while it waits."""

    __tablename__ = "site_look"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), index=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    question: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(ForeignKey("look_answer.code"))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str | None] = mapped_column(Text)
