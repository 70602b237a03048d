"""A process that is no report: an office lends keys, to a person by name, and now and then one is lost.

It has tables of its own, two clocks in one state kept as rows, and an inner process, the loss. Nothing here knows of
reports, and nothing in ``webapp/core`` knows of keys.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, UniqueConstraint, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from webapp.core import clock, moving
from webapp.core.clocks import Clock, after, first_due
from webapp.core.db import Moment, Store
from webapp.core.errors import N_
from webapp.core.happened import Moved
from webapp.core.history import Author, EventRow, History, seen_token
from webapp.core.moving import Sent, Standing
from webapp.core.process import START, Move, Process, read

OWN = N_("Nobody lends a key to himself.")
NOT_SETTLED = N_("Say first what became of the loss.")

KEY = read(
    "key",
    holders="""
holder    role                 of
keeper    township_supervisor  grid
borrower  -                    borrowed_by
""",
    states="""
state    holder    clocks
asked    keeper    answer
out      borrower  give_back,look
lost     keeper    find
back     -         -
gone     -         -
""",
    moves="""
action     from   to     by               if            unless  needs  clocks
ask        -      asked  borrower         -             -       what   -
lend       asked  out    keeper           -             own     -      -
refuse     asked  back   keeper           -             -       why    -
lose       out    lost   borrower         -             -       where  pause:give_back
find       lost   out    borrower,keeper  -             -       -      resume:give_back
give_back  out    back   borrower         -             -       -      -
write_off  lost   gone   keeper           loss_settled  -       -      -
""",
    guards={"own": OWN, "loss_settled": NOT_SETTLED},
)

#: Inside a key that is lost.
LOSS = read(
    "loss",
    holders="""
holder  role           of
above   county_office  grid
teller  -              told_by
""",
    states="""
state    holder  clocks
told     above   decide
settled  -       -
""",
    moves="""
action  from  to       by      needs
tell    -     told     teller  where
settle  told  settled  above   word
""",
)

DAYS = {"answer": 1, "give_back": 7, "find": 3, "decide": 5}  # no limit is set for looking


class Keys(DeclarativeBase):
    """Tables of this file alone, beside those of the program."""

    metadata = MetaData()


for name in ("person", "body"):
    Table(name, Keys.metadata, Column("id", Integer, primary_key=True))


class Thing:
    """What anything that moves has."""

    state: Mapped[str] = mapped_column(String(20))
    state_since: Mapped[datetime] = mapped_column(Moment)
    is_open: Mapped[bool]
    due_at: Mapped[datetime | None] = mapped_column(Moment)


class Key(Thing, Keys):
    """A key that somebody asked for."""

    __tablename__ = "key"
    id: Mapped[int] = mapped_column(primary_key=True)
    borrower_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Loss(Thing, Keys):
    """That a key was lost."""

    __tablename__ = "loss"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("key.id"))


class KeyEvent(EventRow, Keys):
    """The history of a key."""

    __tablename__ = "key_event"
    key_id: Mapped[int] = mapped_column(ForeignKey("key.id"))
    __table_args__ = (UniqueConstraint("key_id", "seq"),)


class LossEvent(EventRow, Keys):
    """The history of a loss."""

    __tablename__ = "loss_event"
    loss_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("loss.id"))
    __table_args__ = (UniqueConstraint("loss_id", "seq"),)


class KeyClock(Keys):
    """A clock of a key, one row each."""

    __tablename__ = "key_clock"
    key_id: Mapped[int] = mapped_column(ForeignKey("key.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    started: Mapped[datetime] = mapped_column(Moment)
    due: Mapped[datetime | None] = mapped_column(Moment)
    paused: Mapped[datetime | None] = mapped_column(Moment)
    level: Mapped[int]


TABLES = [model.__table__ for model in (Key, Loss, KeyEvent, LossEvent, KeyClock)]
KEYS, LOSSES = History(KEY, KeyEvent, "key_id"), History(LOSS, LossEvent, "loss_id")


def create(store: Store) -> None:
    """The tables, in a database that has people."""
    with store.write() as session:
        Keys.metadata.create_all(session.connection(), tables=TABLES)  # type: ignore[arg-type]


def limit(name: str, since: datetime) -> datetime | None:
    """When a clock runs out."""
    return since + timedelta(days=DAYS[name]) if name in DAYS else None


def clocks(session: Session, key_id: int) -> list[Clock]:
    """The clocks of a key as their rows stand."""
    rows = session.scalars(select(KeyClock).where(KeyClock.key_id == key_id).order_by(KeyClock.name))
    return [Clock(row.name, row.started, row.due, row.paused, row.level) for row in rows]


def _keep(session: Session, key: Key, running: Iterable[Clock]) -> None:
    session.execute(delete(KeyClock).where(KeyClock.key_id == key.id))
    session.add_all(KeyClock(key_id=key.id, **vars(each)) for each in running)
    key.due_at = first_due(running)


def nothing(_line: Any) -> None:
    """What comes with a line where no form takes evidence."""


@dataclass(frozen=True)
class Office:
    """The office and its people: who keeps the keys, and who stands above."""

    keeper: int
    above: int

    def standing(self, session: Session, key: Key, person_id: int) -> Standing:
        """What a person is to a key."""
        relations = {"keeper": self.keeper, "borrower": key.borrower_id}
        settled = session.scalar(select(Loss.id).where(Loss.key_id == key.id, Loss.state == "settled")) is not None
        facts = {"own": key.borrower_id == self.keeper, "loss_settled": settled}
        return _standing(KEYS, session, key, person_id, relations, facts)

    def move(self, session: Session, key_id: int, person_id: int, sent: Sent) -> Any:
        """Move a key."""
        key = session.get_one(Key, key_id)

        def set_clocks(made: Move, now: datetime, _agreed: Any) -> None:
            _keep(session, key, after(KEY, made, clocks(session, key.id), now, limit))

        return moving.move(
            session, KEYS, key, sent, self.standing(session, key, person_id), lambda made: None, set_clocks, nothing
        )

    def settle(self, session: Session, loss_id: uuid.UUID, person_id: int, sent: Sent) -> Any:
        """Say what became of a loss."""
        loss = session.get_one(Loss, loss_id)

        def set_clocks(made: Move, now: datetime, _agreed: Any) -> None:
            loss.due_at = first_due(after(LOSS, made, (), now, limit))

        standing = _standing(LOSSES, session, loss, person_id, {"above": self.above}, {})
        return moving.move(session, LOSSES, loss, sent, standing, lambda made: None, set_clocks, nothing)

    def write_off(self, session: Session, event: Moved) -> None:
        """Listens: a key whose loss was settled is written off by the office."""
        if (event.process, event.move.target) == ("loss", "settled"):
            key = session.get_one(Key, session.get_one(Loss, event.thing_id).key_id)
            sent = Sent(uuid.uuid5(event.event_id, "write_off"), "write_off", key.state, {})
            self.move(session, key.id, self.keeper, sent)


def _standing(
    history: History, session: Session, thing: Any, person_id: int, relations: dict[str, int], facts: dict[str, bool]
) -> Standing:
    mine = frozenset(name for name, who in relations.items() if who == person_id)
    seen = seen_token(thing.state, history.moved(session, thing.id))
    return Standing(person_id, mine, facts, seen, lambda relation: None)


def ask(session: Session, borrower: int, event_id: uuid.UUID) -> Key:
    """Somebody asks for a key."""
    made = KEY.step(START, "ask", {"borrower"}, {"own": False, "loss_settled": False}, {"what": "pump house"})
    key = Key(borrower_id=borrower)
    KEYS.place(key, made.target, clock.now())
    session.add(key)
    session.flush()
    _keep(session, key, after(KEY, made, (), key.state_since, limit))
    _begin(session, KEYS, key, made, borrower, event_id)
    return key


def tell_loss(session: Session, key: Key, teller: int) -> Loss:
    """Somebody tells that a key was lost."""
    made, now = LOSS.step(START, "tell", {"teller"}, {}, {"where": "in the river"}), clock.now()
    loss = Loss(id=uuid.uuid4(), key_id=key.id)
    LOSSES.place(loss, made.target, now)
    loss.due_at = first_due(after(LOSS, made, (), now, limit))
    session.add(loss)
    session.flush()
    _begin(session, LOSSES, loss, made, teller, uuid.uuid4())
    return loss


def _begin(session: Session, history: History, thing: Any, made: Move, person_id: int, event_id: uuid.UUID) -> None:
    sent = Sent(event_id, made.action, START, {})
    moving.begin(session, history, thing, made, sent, Author(person_id, made.made_as(made.by), None))


PROCESSES: tuple[Process, ...] = (KEY, LOSS)
