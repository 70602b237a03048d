"""The history of anything that moves by a process: appended, never changed, over any table with the columns of
EventRow.

One ``History`` for each kind of thing. The thing itself is a row with ``id``, ``state``, ``state_since``, ``is_open``
and ``due_at``.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    ScalarSelect,
    Select,
    String,
    Subquery,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clock
from .columns import one_of
from .db import Moment
from .entry import fingerprint_of, is_resend
from .errors import Conflict
from .process import START, UNDO, Process

#: The act beside the state that gives the running clock another moment, as when the calendar was changed.
MOVE_LIMIT = "move_limit"
SAME_MOMENT = timedelta(minutes=1)  # thing and event are written in one transaction, each with its look at the clock


class EventRow:
    """The columns of a history: one move, or one act beside the state, whose ``to_state`` is empty.

    ``id`` is the client's, so that sending an act twice does it once; ``content`` is the test of the resend. ``role``
    is the relation in which the act was done, ``given`` what the form said. The table adds the key of its thing, and
    that ``seq`` is unique for it.
    """

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    content: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(30))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    action: Mapped[str] = mapped_column(String(30))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str | None] = mapped_column(String(20))
    due_before: Mapped[datetime | None] = mapped_column(Moment)
    due_after: Mapped[datetime | None] = mapped_column(Moment)
    given: Mapped[dict[str, Any]] = mapped_column(JSON)


class Author(NamedTuple):
    """Who acted: the person (None for the sweep), the relation in which, and the body that was spoken for."""

    person_id: int | None
    role: str
    body_id: int | None


class Left(NamedTuple):
    """The state and the limit that a move left; both empty when the thing came to be by it."""

    state: str | None
    due: datetime | None


class Stood(NamedTuple):
    """Where a move led to: the state, its limit, and since when the thing is there."""

    state: str
    due: datetime | None
    since: datetime


def stood(events: Iterable[Any]) -> list[Stood]:
    """Where each of the moves among these events led to, with the limit as it was moved there last."""
    found: list[Stood] = []
    for event in events:
        _follow(found, event)
    return found


def _follow(came: list[Stood], event: Any) -> None:
    """Add where a move led to; one that takes another back, to where that one came from. A limit that was moved
    changes where the thing stands now; all other acts nothing."""
    if event.to_state is not None:
        since = came[-2].since if event.action == UNDO and len(came) > 1 else event.at
        came.append(Stood(event.to_state, event.due_after, since))
    elif _moves_limit(event) and came:
        came[-1] = came[-1]._replace(due=event.due_after)


def _moves_limit(event: Any) -> bool:
    return event.action == MOVE_LIMIT and event.due_after is not None


@dataclass(frozen=True)
class History:
    """The histories of one process: its event table, and the name of that table's column with the key of the thing."""

    process: Process
    event: type[Any]
    thing: str

    @property
    def key(self) -> Any:
        """The column with the thing's key."""
        return getattr(self.event, self.thing)

    def place(self, thing: Any, state: str, since: datetime) -> None:
        """Put a thing into a state. Whether that is an end is stored with it: lists ask for what is open, and an index
        holds no more than that, whatever else the process comes to call an end."""
        thing.state, thing.state_since, thing.is_open = state, since, state not in self.process.ends

    def sent_before(self, session: Session, thing_id: Any, event_id: uuid.UUID, entry: Any, person_id: int) -> bool:
        """Whether this very act is in the history already; Conflict when another act has its id."""
        event = self.event
        known = session.execute(
            select(event.content, event.person_id, self.key.label("thing_id")).where(event.id == event_id)
        ).first()
        if known is not None and known.thing_id != thing_id:
            raise Conflict
        return is_resend((known.content, known.person_id) if known else None, entry, person_id)

    def append(
        self,
        session: Session,
        thing: Any,
        action: str,
        by: Author,
        given: Mapping[str, Any],
        *,
        event_id: uuid.UUID,
        entry: Any = None,
        left: Left | None = None,
        due_was: datetime | None = None,
    ) -> Any:
        """Append one line, with the fingerprint of the entry that asked for it, if any.

        ``left`` says that the thing was moved and now is where it came to; None for other acts. ``due_was`` is the
        limit that the thing had before its clock was given another one (``MOVE_LIMIT``).
        """
        newest = session.scalar(select(func.max(self.event.seq)).where(self.key == thing.id))
        moved = left is not None
        line = self.event(
            id=event_id,
            seq=1 + (newest or 0),
            content="" if entry is None else fingerprint_of(entry),
            at=clock.now(),
            person_id=by.person_id,
            role=by.role,
            body_id=by.body_id,
            action=action,
            given=dict(given),
            from_state=left.state if left else None,
            to_state=thing.state if moved else None,
            due_before=left.due if left else due_was,
            due_after=thing.due_at if moved or due_was else None,
            **{self.thing: thing.id},
        )
        session.add(line)
        session.flush()
        return line

    def moved(self, session: Session, thing_id: Any) -> int:
        """The place of the thing's last move in its history; 0 when it has none."""
        return session.scalar(self._moved, {"thing_id": thing_id}) or 0

    @cached_property
    def _moved(self) -> Select[Any]:
        return select(self.newest_move(bindparam("thing_id")))

    def newest_move(self, thing_id: Any) -> ScalarSelect[Any]:
        """The same as a column, of the thing with the key ``thing_id``, a column or a parameter."""
        moves = self.event.__table__.alias("moves")
        newest = select(func.max(moves.c.seq)).where(moves.c[self.thing] == thing_id, moves.c.to_state.is_not(None))
        return newest.scalar_subquery()

    def before(self, session: Session, thing_id: Any) -> Stood | None:
        """Where the thing stood before its last move; None when that is how it came to be."""
        counts = or_(self.event.to_state.is_not(None), self.event.action == MOVE_LIMIT)
        events = select(self.event).where(self.key == thing_id, counts)
        found = stood(session.scalars(events.order_by(self.event.seq)))
        return found[-2] if len(found) > 1 else None

    def last_moves(self, ids: Any) -> Subquery:
        """The last move of each of these things: columns ``thing_id`` and ``seq``, to be joined (``is_in``).

        ``ids`` are keys, or a parameter that is a list of them.
        """
        return (
            select(self.key.label("thing_id"), func.max(self.event.seq).label("seq"))
            .where(self.key.in_(ids), self.event.to_state.is_not(None))
            .group_by(self.key)
            .subquery()
        )

    def is_in(self, newest: Subquery) -> ColumnElement[bool]:
        """The condition that an event is one of ``last_moves``."""
        return (self.key == newest.c.thing_id) & (self.event.seq == newest.c.seq)

    def is_last_move_of(self, thing_id: Any) -> ColumnElement[bool]:
        """The condition that an event is the last move of the thing with the key ``thing_id``, a column."""
        return (self.key == thing_id) & (self.event.seq == self.newest_move(thing_id))

    def last_action_is(self, thing_id: Any, action: str) -> ColumnElement[bool]:
        """The condition that the last move of the thing with the key ``thing_id``, a column, was this one."""
        event, later = self.event, self.event.__table__.alias("later")
        return exists().where(
            self.key == thing_id,
            event.action == action,
            event.to_state.is_not(None),
            ~exists().where(later.c[self.thing] == self.key, later.c.to_state.is_not(None), later.c.seq > event.seq),
        )

    def was_done_by(self, thing_id: Any, person_id: Any, actions: frozenset[str]) -> ColumnElement[bool]:
        """The condition that a person ever did one of the actions on the thing with the key ``thing_id``, a column."""
        # As a sum: else SQLite goes through all that the person ever did, by the index for what is new for somebody.
        is_his = self.event.person_id + 0 == person_id
        return exists().where(self.key == thing_id, is_his, one_of(self.event.action, actions))


def seen_token(state: str, moved: int) -> str:
    """What a page gives back that showed a thing after so many lines: unlike a state it never comes again."""
    return f"{state}.{moved}"


def replay(
    process: Process, thing: Any, events: Sequence[Any], *, without_limit: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """What of a thing is not as its history says: pairs of kind (order, move, state, due) and sentence.

    ``without_limit`` names the clocks for which no limit is set: where these run alone there is no day.
    """
    if [event.seq for event in events] != list(range(1, len(events) + 1)) or not events:
        yield "order", f"the events are numbered {[event.seq for event in events]}"
    state, due, since = None, None, None
    came: list[Stood] = []
    for event in events:
        if event.to_state is None and not _moves_limit(event):
            continue  # another act beside the state
        look = _limit_faults if event.to_state is None else _faults
        yield from look(process, event, state, due)
        _follow(came, event)
        if came:
            state, due, since = came[-1]
        if event.to_state and event.action == UNDO and (len(came) < 3 or came[-3][:2] != came[-1][:2]):
            yield "move", f"event {event.seq}, {event.action}: not back to where the move before it came from"
    if thing.state != state or since is None or abs(thing.state_since - since) > SAME_MOMENT:
        yield "state", f"is {thing.state} since {thing.state_since}, its history says {state} since {since}"
    if thing.is_open == (thing.state in process.ends):
        yield "state", f"is {thing.state}, and stored as {'open' if thing.is_open else 'at an end'}"
    if thing.due_at != due:
        yield "due", f"is {thing.due_at}, its history says {due}"
    known = process.states.get(thing.state)
    limited = known is None or bool(set(known.clocks) - set(without_limit))
    if limited != (thing.due_at is not None):
        clocks = "a" if limited else "no"
        yield "due", f"the state {thing.state} has {clocks} clock, but the limit is {thing.due_at}"


def _faults(process: Process, event: Any, state: str | None, due: datetime | None) -> Iterator[tuple[str, str]]:
    """What is wrong with a move made when the thing was in ``state`` with the limit ``due``."""
    source = event.from_state or START
    move = f"event {event.seq}, {event.action} {source} → {event.to_state}"
    rows = [row for row in process.leaving(source) if (row.action, row.target) == (event.action, event.to_state)]
    if not rows:
        yield "move", f"{move}: there is no such move"
    elif not any(event.role in row.by for row in rows):
        yield "move", f"{move}: not a move of {event.role}"
    if event.from_state != state:
        yield "move", f"{move}: the {process.name} was in {state or START}"
    if event.due_before != due:
        yield "due", f"{move}: the limit before was {due}, not {event.due_before}"


def _limit_faults(process: Process, event: Any, state: str | None, due: datetime | None) -> Iterator[tuple[str, str]]:
    """What is wrong with a limit that was moved when the thing was in ``state`` with the limit ``due``."""
    known = process.states.get(state or START)
    if known is None or not known.clocks:
        yield "due", f"event {event.seq}, {event.action}: no clock runs in {state or START}"
    elif event.due_before != due:
        yield "due", f"event {event.seq}, {event.action}: the limit before was {due}, not {event.due_before}"
