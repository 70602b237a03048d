"""Reads of patrols: objects, what is due, who saw what. When an object is due, the county's rules say."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from ..access import Actor, below, holders, kept, where
from ..core import clock
from ..core.errors import NotFound
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..grid.queries import Cell
from ..people import queries as people_queries
from ..people.models import Person
from . import frequencies, topics
from .frequency import OfDay
from .models import ObjectType, Patrol, PatrolObject, Visit

SEEN = ("normal", "problem")
NOT_SEEN = "could_not_see"
NOT_SEEN_HERE: ColumnElement[str] = literal_column(
    f"'{NOT_SEEN}'"
)  # a constant of the SELECT, where a parameter would be handed over each time


class Thing(NamedTuple):
    """What a list says of an object."""

    id: int
    grid_id: int
    valid_from: date
    zh: str
    en: str
    is_key: bool
    valid_to: date | None = None


class TypeInfo(NamedTuple):
    """What a list says of an object's type."""

    code: str
    zh: str
    en: str


class ObjectRow(NamedTuple):
    """An object with its type and when it is due. ``due_on`` is the day from which it counts as due; None where nothing
    is due by the rule of today."""

    object: Thing
    type: TypeInfo
    last_seen: datetime | None
    due_on: date | None

    def is_due(self, by: date) -> bool:
        """Whether it is due by a day."""
        return self.due_on is not None and self.due_on <= by

    def unseen_days(self, today: date) -> int | None:
        """Days since it was last seen; None when it never was."""
        return None if self.last_seen is None else (today - clock.day(self.last_seen)).days


def due(lines_: Iterable[ObjectRow]) -> list[ObjectRow]:
    """Those that are due on the county's today."""
    today = clock.today()
    return [line for line in lines_ if line.is_due(today)]


Day = date | BindParameter[date]


def in_list(on: Day, since: Day | None = None) -> ColumnElement[bool]:
    """The condition that an object is on the list on a day, or on any day from ``since`` to it."""
    until = on if since is None else since
    return and_(PatrolObject.valid_from <= on, or_(PatrolObject.valid_to.is_(None), PatrolObject.valid_to > until))


def walked(on: Day, since: Day | None = None) -> ColumnElement[bool]:
    """That an object is on the list that villages walk; a matter of complaint is on the offices' alone."""
    return and_(in_list(on, since), ~PatrolObject.is_withheld)


def told(actor: Actor) -> ColumnElement[bool]:
    """The condition that an actor may know of an object in a grid that he reaches."""
    return or_(~PatrolObject.is_withheld, where(actor, "object.withheld", grid_path=Grid.path))


def last_seen(what: Any = Visit.at, *before: ColumnElement[bool]) -> Any:
    """When an object was last seen on a round of its village, as a column: backwards along the index to the first that
    counts, where a maximum would go through its whole history. Rounds of the levels above are ``seen_above``: they make
    nothing less due for the village. ``before``: the condition of a visit that a day knew."""
    return _newest(what, Visit.above.is_(None), *before)


def seen_above(what: Any = Visit.at) -> Any:
    """When an object was last seen on a round of a level above the villages, as a column."""
    return _newest(what, Visit.above.is_not(None))


def _newest(what: Any, *whose: ColumnElement[bool]) -> Any:
    return (
        select(what)
        .where(Visit.object_id == PatrolObject.id, Visit.result != NOT_SEEN_HERE, *whose)
        .order_by(Visit.at.desc(), Visit.id)
        .limit(literal_column("1"))
        .correlate(PatrolObject)
        .scalar_subquery()
    )


_SENDERS = select(Patrol.entered_by, Patrol.person_id).where(Patrol.id == bindparam("id"))


def senders(db: Connection, patrol_id: uuid.UUID) -> Sequence[int]:
    """Who may have sent the round with this id, himself or through a desk; nobody when it is not there."""
    return tuple(db.execute(_SENDERS, {"id": patrol_id}).first() or ())


#: The columns of a ``ObjectRow``, in its order.
_COLUMNS = (
    *(getattr(PatrolObject, name) for name in Thing._fields),
    *(getattr(ObjectType, name) for name in TypeInfo._fields),
    last_seen(),
)
TODAY, SINCE = (bindparam(name, type_=Date) for name in ("today", "since"))
_LINES = select(*_COLUMNS).join(ObjectType, ObjectType.code == PatrolObject.type)


_WIDTH, _OF_THING = len(_COLUMNS), len(Thing._fields)


def _in_order(db: Connection | Session, rows: Iterable[Sequence[Any]], today: date) -> list[ObjectRow]:
    """The rows of a statement of ``_COLUMNS`` with the day from which each is due, longest due first."""
    rules = frequencies.rules(db).of(today)
    found = [_line(rules, row) for row in rows]
    return sorted(found, key=lambda line: (line.due_on or date.max, line.object.id))


def _line(rules: OfDay, row: Sequence[Any]) -> ObjectRow:
    thing_, kind, last = Thing(*row[:_OF_THING]), TypeInfo(*row[_OF_THING:-1]), row[-1]
    seen = None if last is None else clock.day(last).toordinal()
    return ObjectRow(thing_, kind, last, rules.due_on(kind.code, thing_.is_key, thing_.valid_from, seen))


def lines(session: Session, actor: Actor, action: str, grid_id: int | None = None) -> list[ObjectRow]:
    """The objects on the list today that an action reaches, longest due first; only those of one grid, if given."""
    statement, today = _reached_lines(actor, action, grid_id is not None), clock.today()
    return _in_order(session, session.execute(statement, {"today": today, "grid_id": grid_id, **actor.reach()}), today)


@kept
def _reached_lines(actor: Actor, action: str, is_one_grid: bool) -> Select[*tuple[Any, ...]]:
    query = _LINES.join(Grid, Grid.id == PatrolObject.grid_id).where(
        where(actor, action, grid_path=Grid.path), walked(TODAY)
    )
    return query.where(PatrolObject.grid_id == bindparam("grid_id")) if is_one_grid else query


def village(
    db: Connection, actor: Actor, action: str, grid_id: int, on: date | None = None, since: date | None = None
) -> tuple[Cell, list[ObjectRow]]:
    """A grid that the action reaches (else NotFound) and the objects on its list on a day (today), or on any day from
    ``since`` to it, longest due first."""
    today = on or clock.today()
    asked = {"grid_id": grid_id, "today": today, "since": since or today, **actor.reach()}
    rows = db.execute(_village(actor, action), asked).all()
    if not rows:
        raise NotFound
    listed = [row[-_WIDTH:] for row in rows if row[-_WIDTH] is not None]
    return Cell(*rows[0][:-_WIDTH]), _in_order(db, listed, today) if listed else []


@kept
def _village(actor: Actor, action: str) -> Select[*tuple[Any, ...]]:
    return (
        grid_queries.one(actor, action)
        .add_columns(*_COLUMNS)
        .outerjoin(PatrolObject, and_(PatrolObject.grid_id == Grid.id, walked(TODAY, SINCE)))
        .outerjoin(ObjectType, ObjectType.code == PatrolObject.type)
    )


def within(db: Connection, path: str, ids: Collection[int]) -> list[Row[Any]]:
    """Id and names (``zh``, ``en``) of those of the objects that are or were of a grid the actor was found to reach, or
    of one below it."""
    query = select(PatrolObject.id, PatrolObject.zh, PatrolObject.en).join(Grid, Grid.id == PatrolObject.grid_id)
    query = query.where(below(Grid.path, path), PatrolObject.id.in_(ids))
    return list(db.execute(query.order_by(PatrolObject.id))) if ids else []


def thing(session: Session, actor: Actor, action: str, object_id: int) -> PatrolObject:
    """One object that the action reaches, else NotFound."""
    found = session.scalar(_thing(actor, action), {"object_id": object_id, **actor.reach()})
    if found is None:
        raise NotFound
    return found


@kept
def _thing(actor: Actor, action: str) -> Select[PatrolObject]:
    return (
        select(PatrolObject)
        .join(Grid, Grid.id == PatrolObject.grid_id)
        .where(PatrolObject.id == bindparam("object_id"), where(actor, action, grid_path=Grid.path), told(actor))
    )


class Round(NamedTuple):
    """A patrol with the people behind it, what was seen, and what was looked at beside the objects."""

    patrol: Patrol
    person: Person
    entered_by: Person
    visits: list[tuple[Visit, PatrolObject]]
    topics: list[topics.Looked]

    def results(self) -> Counter[str]:
        """How often each result stands in it."""
        found = [visit.result for visit, _thing in self.visits]
        return Counter(found + [looked.visit.result for looked in self.topics])


def one(session: Session, actor: Actor, patrol_id: uuid.UUID) -> Round:
    """One patrol that the actor may read, else NotFound."""
    row = session.execute(_one(actor), {"patrol_id": patrol_id, **actor.reach()}).first()
    if row is None:
        raise NotFound
    return Round(*row, visits_of(session, patrol_id), topics.of_round(session, patrol_id))


@kept
def _one(actor: Actor) -> Select[Patrol, Person, Person]:
    writer = aliased(Person)
    return (
        select(Patrol, Person, writer)
        .join(Person, Person.id == Patrol.person_id)
        .join(writer, writer.id == Patrol.entered_by)
        .join(Grid, Grid.id == Patrol.grid_id)
        .where(Patrol.id == bindparam("patrol_id"), where(actor, "patrol.read", grid_path=Grid.path))
    )


def visits_of(session: Session, patrol_id: uuid.UUID) -> list[tuple[Visit, PatrolObject]]:
    """The visits of a round in the order of the list."""
    return [(visit, thing_) for visit, thing_ in session.execute(_VISITS, {"patrol_id": patrol_id})]


_VISITS = (
    select(Visit, PatrolObject)
    .join(PatrolObject, PatrolObject.id == Visit.object_id)
    .where(Visit.patrol_id == bindparam("patrol_id"))
    .order_by(PatrolObject.id)
)


def count_visits(session: Session, object_id: int) -> int:
    """How many visits there were to an object that was already reached."""
    return session.scalar(select(func.count()).where(Visit.object_id == object_id)) or 0


def history(session: Session, object_id: int, first: int = 0, most: int = 50) -> list[tuple[Visit, Person]]:
    """These visits, newest first, from the ``first`` on."""
    rows = session.execute(
        select(Visit, Person)
        .join(Patrol, Patrol.id == Visit.patrol_id)
        .join(Person, Person.id == Patrol.person_id)
        .where(Visit.object_id == object_id)
        .order_by(Visit.at.desc(), Visit.id.desc())
        .offset(first)
        .limit(most)
    )
    return [(visit, person) for visit, person in rows]


def recent(session: Session, actor: Actor, grid_id: int, first: int = 0, most: int = 20) -> list[Any]:
    """The rounds of a grid the actor may read, newest first, from the ``first`` on: id and moment of each."""
    asked = {"grid_id": grid_id, "first": first, "most": most, **actor.reach()}
    return list(session.execute(_recent(actor), asked))


@kept
def _recent(actor: Actor) -> Select[uuid.UUID, datetime]:
    newest = (
        _rounds(actor)
        .with_only_columns(Patrol.id, Patrol.occurred_at)
        .order_by(Patrol.occurred_at.desc(), Patrol.id.desc())
    )
    return newest.offset(bindparam("first")).limit(bindparam("most"))


def count_rounds(session: Session, actor: Actor, grid_id: int) -> int:
    """How many of these there are."""
    return session.scalar(_count_rounds(actor), {"grid_id": grid_id, **actor.reach()}) or 0


@kept
def _count_rounds(actor: Actor) -> Select[int]:
    return _rounds(actor).with_only_columns(func.count())


def results(session: Session, patrols: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Counter[str]]:
    """How often each result stands in these rounds."""
    counted: dict[uuid.UUID, Counter[str]] = {id_: Counter() for id_ in patrols}
    rows = session.execute(
        select(Visit.patrol_id, Visit.result, func.count())
        .where(Visit.patrol_id.in_(patrols))
        .group_by(Visit.patrol_id, Visit.result)
    )
    for patrol_id, result, number in rows:
        counted[patrol_id][result] = number
    for patrol_id, numbers in topics.results(session, list(patrols)).items():
        counted[patrol_id].update(numbers)
    return counted


def _rounds(actor: Actor) -> Select[Patrol]:
    return (
        select(Patrol)
        .join(Grid, Grid.id == Patrol.grid_id)
        .where(Patrol.grid_id == bindparam("grid_id"), where(actor, "patrol.read", grid_path=Grid.path))
    )


def find(session: Session, actor: Actor, words: str, most: int) -> list[tuple[PatrolObject, Cell]]:
    """Objects on the list today whose name, in either language, holds the words, each with its village; only those that
    the actor may look up."""
    says = or_(*(name.icontains(words, autoescape=True) for name in (PatrolObject.zh, PatrolObject.en)))
    found = session.scalars(
        select(PatrolObject)
        .join(Grid, Grid.id == PatrolObject.grid_id)
        .where(where(actor, "grid.read", grid_path=Grid.path), in_list(clock.today()), told(actor), says)
        .order_by(PatrolObject.id)
        .limit(most)
    ).all()
    cells = grid_queries.named(session, {one.grid_id for one in found})
    return [(one, cells[one.grid_id]) for one in found]


def keepers(session: Session, cell: Cell) -> tuple[Cell, list[Person]] | None:
    """Who keeps a grid's list: those posted nearest above it, with the grid they sit at; None when nobody is."""
    above = list(reversed(grid_queries.parents(session, cell)))
    found = people_queries.posted(session, [up.id for up in above], holders("object.edit"))
    at = {grid_id: [person for person, where_ in found if where_ == grid_id] for _, grid_id in found}
    return next(((up, at[up.id]) for up in above if up.id in at), None)


def inside(db: Connection, path: str, ids: Collection[int], on: date) -> list[ObjectRow]:
    """Those of these objects that were on a list of a village within a path, which was already reached, on a day."""
    if not ids:
        return []
    query = _LINES.join(Grid, Grid.id == PatrolObject.grid_id)
    query = query.where(below(Grid.path, path), PatrolObject.id.in_(ids), in_list(on))
    return _in_order(db, db.execute(query), on)


def of_grids(session: Session, grid_ids: Collection[int]) -> list[PatrolObject]:
    """All objects that are or were on the lists of grids that were already reached."""
    return list(
        session.scalars(
            select(PatrolObject)
            .where(PatrolObject.grid_id.in_(grid_ids))
            .order_by(PatrolObject.grid_id, PatrolObject.id)
        )
    )


def types(session: Session) -> list[ObjectType]:
    """The kinds of objects in their order."""
    return list(session.scalars(select(ObjectType).order_by(ObjectType.position, ObjectType.code)))
