"""What rests with nobody: nobody is posted where it rests, or all who are have handled it themselves and may not look
at their own work.

Somebody is there who is posted today and not suspended, whether he ever logged in or not. Lists ask by ``Gaps``, the
few places where nobody is; the guards of single reports (``facts``) by who is there.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, String, and_, bindparam, cast, exists, false, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from ..access import MATRIX, Condition, below, end, holders
from ..core import clock
from ..core.columns import one_of
from ..core.process import Relation
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..people import queries as people_queries
from ..people import rules
from ..people.models import Body, Posting
from .facts import is_listed_for_sample
from .models import Assignment, Report, ReportEvent, SiteLook
from .workflow import HANDLING, REPORT, STATES

NOBODY = frozenset[int]()
#: States in which whoever handled the matter cannot go on with it, though he holds it.
CHECKED = frozenset(move.source for move in REPORT.moves if "handled" in move.unless)
HELD = {name: REPORT.relations[name] for name in REPORT.holdings}
#: The role that holds reports at each kind of place.
ROLES = {kind: role for role in HELD for kind in rules.places(role)}
OFFICER, TOWNSHIP = ROLES["village"], ROLES["township"]
SAMPLERS = holders("report.sample")
FEW = 2  # who found and who entered it: more people than these cannot all have settled a matter themselves
_Root = aliased(Grid)


def reach(relation: Relation) -> str:
    """How far who stands in a relation moves reports: ``own``, ``tree`` or ``lead``."""
    return MATRIX["report.move"][str(relation.role)]


OVER_GRIDS = {str(relation.role) for relation in HELD.values() if reach(relation) != "lead"} | set(SAMPLERS)


# --- for lists: the places where nobody is ---


@dataclass(frozen=True)
class Gaps:
    """Where nobody is today: for each role the grids that nobody in it reaches, and the bodies for which nobody speaks.
    ``few`` are grids whose matters only so few people may look at again, by these people. ``without``: as if the
    postings with these ids had ended.

    Equal as long as nobody is posted or leaves, so that a SELECT that is made of them is kept for as long. Such a
    SELECT is executed with ``TODAY``.
    """

    grids: Mapping[str, tuple[int, ...]]
    bodies: tuple[int, ...]
    few: Mapping[frozenset[int], tuple[int, ...]]
    without: frozenset[int] = NOBODY

    def __hash__(self) -> int:
        return hash((*self.grids.values(), self.bodies, *self.few.values(), self.without))


NO_GAPS = Gaps({}, (), {})  # for lists that do not ask


class Standing(NamedTuple):
    """The gaps of today, and the grids at which nobody sits in the role that holds reports at a grid of this kind."""

    gaps: Gaps
    unseated: tuple[int, ...]


def gaps(session: Session, without: Collection[int] = NOBODY, within: str = "") -> Gaps:
    """The gaps of today. Few, so that what rests there is found by their ids, however many reports there are.
    ``within``: those of one county alone, by its path."""
    return standing(session, without, within).gaps


def standing(session: Session, without: Collection[int] = NOBODY, within: str = "") -> Standing:
    """Who sits where is read as texts, and what was worked out of equal ones before still holds: no change has to be
    told to anybody, and no process can be behind."""
    ended, on = frozenset(without), {"today": clock.today(), "part": within, "part_end": end(within) if within else "~"}
    over, grids, bodies, lowest = session.execute(_texts(ended), on).one()  # a text of no rows is NULL
    return _worked_out(over or "", grids or "", bodies or "", lowest, ended)


@lru_cache(maxsize=16)
def _worked_out(over: str, grids: str, bodies: str, lowest: int | None, without: frozenset[int]) -> Standing:
    empty: dict[str, tuple[int, ...]] = dict.fromkeys(sorted(OVER_GRIDS), ())
    few: dict[frozenset[int], tuple[int, ...]] = {}
    by_seats, unseated = _grids_by_seats(over, grids, lowest)
    for seats, some in by_seats.items():
        roles = {role for role, _ in seats}
        for role in OVER_GRIDS - roles:
            empty[role] += some
        people = frozenset(person for role, person in seats if role in SAMPLERS)
        if len(people) <= FEW:
            few[people] = few.get(people, ()) + some
    return Standing(Gaps(empty, tuple(sorted(map(int, bodies.split()))), few, without), unseated if lowest else ())


def _grids_by_seats(
    seated: str, grids: str, lowest: int | None
) -> tuple[dict[frozenset[tuple[str, int]], tuple[int, ...]], tuple[int, ...]]:
    """The grids by who is there over them, role and person: those of one township have the same. And those at which
    nobody sits in the role of such a grid."""
    here: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for role, key, person in _lines(seated):
        here[int(key)].add((role, int(person)))
    over: dict[str, frozenset[tuple[str, int]]] = {"": frozenset()}
    found: dict[frozenset[tuple[str, int]], list[int]] = defaultdict(list)
    unseated: list[int] = []
    for path, key, tier in sorted(_lines(grids)):  # what lies above comes before; what ended, below its heir
        id_ = int(key)
        above = over[path[: path.rindex(".", 0, -1) + 1] if path.count(".") > 1 else ""]
        over[path] = above | here[id_] if here[id_] else above
        found[over[path]].append(id_)
        if ROLES.get(rules.tier_kind(int(tier), lowest or 0)) not in (None, *(role for role, _ in here[id_])):
            unseated.append(id_)
    return {seats: tuple(some) for seats, some in found.items()}, tuple(unseated)


def _lines(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.split()]


def _line(first: Any, *ids: Any) -> Any:
    """What a row says, as a word of a text."""
    words = (first, *(cast(id_, String) for id_ in ids))
    return func.aggregate_strings(reduce(lambda one, other: one + literal_column("','") + other, words), " ")


_INSIDE = below(Grid.path, bindparam("part"))
TODAY = bindparam("today", type_=Date)


@lru_cache(maxsize=8)
def _texts(without: frozenset[int]) -> Select[str, str, str, int]:
    """Who sits over grids, the grids with their tiers, the bodies for which nobody speaks, and the lowest tier."""
    over = people_queries.there(OVER_GRIDS, without, TODAY).join(Grid, Grid.id == Posting.grid_id).where(_INSIDE)
    bodies = select(_line(cast(Body.id, String))).join(Grid, Grid.id == Body.grid_id).where(_INSIDE)
    asked = (
        over.with_only_columns(_line(Posting.role, Posting.grid_id, Posting.person_id)),
        select(_line(Grid.path, Grid.id, Grid.tier)).where(_INSIDE, grid_queries.is_worked()),
        bodies.where(~people_queries.is_staffed_body(Body.id, without, TODAY)),
    )
    return select(*(each.scalar_subquery() for each in asked), grid_queries.WORKING_TIER)


def _among(column: Any, ids: Collection[int]) -> Condition:
    return column.in_(ids) if ids else false()


def _led_by(bodies: Collection[int], role: str) -> Condition:
    """Bodies have the report now, as lead or cooperating."""
    if not bodies:
        return false()
    parts = select(Assignment.report_id).where(
        Assignment.body_id.in_(bodies), Assignment.role == role, Assignment.to_at.is_(None)
    )
    return Report.id.in_(parts)


def _unheld(relation: Relation, gone: Gaps) -> Condition:
    """Of a report that rests with a relation: nobody is there who can do what it waits for."""
    role = str(relation.role)
    empty = _led_by(gone.bodies, "lead") if reach(relation) == "lead" else _among(Report.grid_id, gone.grids[role])
    checks = CHECKED & set(REPORT.holdings[relation.name])
    if not checks:
        return empty
    return or_(empty, and_(one_of(Report.state, checks), _all_handled(role, frozenset(gone.without))))


@lru_cache(maxsize=8)
def _all_handled(role: str, without: frozenset[int]) -> Condition:
    """Everybody there in a role has handled it. Whether any of them has is asked first: mostly none has."""
    there = people_queries.there([role], without, TODAY)
    handled = and_(ReportEvent.report_id == Report.id, one_of(ReportEvent.action, HANDLING))
    himself = exists().where(handled, ReportEvent.person_id == Posting.person_id).correlate(Report, Posting)
    another = (
        there.join(_Root, _Root.id == Posting.grid_id)
        .where(below(Grid.path, _Root.path), ~himself)
        .correlate(Report, Grid)
        .exists()
    )
    one_of_them = ReportEvent.person_id.in_(there.with_only_columns(Posting.person_id))
    return and_(exists().where(handled, one_of_them).correlate(Report), ~another)


def is_unheld(gone: Gaps) -> Condition:
    """An open report rests with nobody. Of ``Report`` joined with its ``Grid``, as all that follows."""
    return and_(Report.is_open, or_(*_held(gone)))


def _held(gone: Gaps) -> list[Condition]:
    return [
        and_(one_of(Report.state, REPORT.holdings[name]), _unheld(relation, gone)) for name, relation in HELD.items()
    ]


def is_never_sampled(gone: Gaps) -> Condition:
    """It was settled on the spot, is listed to be looked at again, and nobody is there who did not settle it."""
    mine = (Report.entered_by, Report.found_by)
    left = [
        and_(Report.grid_id.in_(grids), *(or_(*(column == person for column in mine)) for person in people))
        for people, grids in gone.few.items()
    ]
    return and_(is_listed_for_sample(), or_(false(), *left))


def rests_with_nobody(gone: Gaps) -> Condition:
    """Of a report something waits for somebody, and nobody is there: what waits while it is open, or its second
    look."""
    return or_(and_(Report.is_open, waits_for_nobody(gone)), is_never_sampled(gone))


def waits_for_nobody(gone: Gaps) -> Condition:
    """The same of a report of which the SELECT says itself that it is open: it waits, or a site look, or a cooperating
    body's part. PostgreSQL would reckon with ``is_open`` as often as it stands there, and expect next to nothing."""
    villages = gone.grids[OFFICER]
    asked = select(SiteLook.report_id).where(SiteLook.answer.is_(None), SiteLook.grid_id.in_(villages))
    looks = Report.id.in_(asked) if villages else false()
    return or_(*_held(gone), looks, _led_by(gone.bodies, "coop"))


# --- for single reports: who is there ---


class Subject(NamedTuple):
    """What has to be known of a report for its guards."""

    id: uuid.UUID
    state: str
    grid_id: int
    path: str
    lead: int | None


#: Who sits at a place (``grid`` or ``body``, and its id) in a role.
Seated = Mapping[tuple[str, int, str], set[int]]


def facts(session: Session, subjects: Collection[Subject]) -> dict[uuid.UUID, dict[str, bool]]:
    """The guards of the process that ask whether somebody is there, of each of these: two small statements."""
    places = {
        "grids": list({id_ for each in subjects for id_ in grid_queries.on_path(each.path)}),
        "bodies": list({each.lead for each in subjects if each.lead}),
    }
    seated: dict[tuple[str, int, str], set[int]] = defaultdict(set)
    for role, grid_id, body_id, person_id in session.execute(_THERE, {"today": clock.today(), **places}):
        seated["grid" if body_id is None else "body", body_id or grid_id or 0, role].add(person_id)
    handlers = _handlers(session, [subject.id for subject in subjects if subject.state in CHECKED])
    return {each.id: _facts(each, seated, handlers.get(each.id, set())) for each in subjects}


#: The body that leads a report now: a column.
LEAD = (
    select(Assignment.body_id)
    .where(Assignment.report_id == Report.id, Assignment.role == "lead", Assignment.to_at.is_(None))
    .scalar_subquery()
)
#: Who is there in some grids, and for some bodies.
_THERE = (
    people_queries.there([str(relation.role) for relation in HELD.values()], on=TODAY)
    .with_only_columns(Posting.role, Posting.grid_id, Posting.body_id, Posting.person_id)
    .where(
        or_(
            Posting.grid_id.in_(bindparam("grids", expanding=True)),
            Posting.body_id.in_(bindparam("bodies", expanding=True)),
        )
    )
)


def _handlers(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, set[int | None]]:
    """Who ever handled each of these."""
    found: dict[uuid.UUID, set[int | None]] = defaultdict(set)
    if ids:
        for id_, person_id in session.execute(_HANDLERS, {"ids": ids}):
            found[id_].add(person_id)
    return found


_HANDLERS = select(ReportEvent.report_id, ReportEvent.person_id).where(
    ReportEvent.report_id.in_(bindparam("ids", expanding=True)), one_of(ReportEvent.action, HANDLING)
)


def _facts(subject: Subject, seated: Seated, handlers: Collection[int | None]) -> dict[str, bool]:
    on_path = [("grid", id_) for id_ in grid_queries.on_path(subject.path)]
    places = {"own": on_path, "tree": on_path, "lead": [("body", subject.lead or 0)]}
    people = {
        name: {person for place in places[reach(relation)] for person in seated.get((*place, name), ())}
        for name, relation in HELD.items()
    }
    speaking = any(people[name] for name, relation in HELD.items() if reach(relation) == "lead")
    holder = STATES[subject.state].holder
    able = people.get(str(holder), set()) - (set(handlers) if subject.state in CHECKED else set())
    officer, township = bool(people[OFFICER]), bool(people[TOWNSHIP])
    return {
        "nobody": holder is not None and not able,
        "officer": officer,
        "township": township,
        "no_township": not township,
        "lead": speaking,
        "no_lead": not speaking,
    }
