"""The tabs of a desk that list reports, as one table; each list is put together from the words of its row. And the tab
of the seats in which nobody sits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, false, func, true
from sqlalchemy.orm import Session

from ..access import Actor, Condition, kept
from ..core import calendar, clock, settings
from ..core.columns import one_of
from ..core.db import Moment
from ..core.tables import table
from ..core.tabs import DomainTabs, Part, SelectLists, Selects, Tab
from ..grid import queries as grid_queries
from . import facts, labels, queries, seats, vacant
from .models import Report
from .workflow import STATES

#: waits_for: the time limit of what has to be done, so that a state is here by its clock; all open states, or any (then
#: ``only`` decides). whose: of what the reader may read, what he holds, may sample, cooperates on, or all.
#: only: a further condition. opens, alarm: as in ``core.tabs.Tab``.
ROWS = {
    row["tab"]: row
    for row in table("""
tab            waits_for       whose        only        opens  alarm
emergency      open            read         emergency   1      yes
review         review          held         -           4      no
dispatch       dispatch        held         -           4      no
receive        receive         held         -           4      no
handling       handle          held         -           4      no
station        station_handle  held         -           4      no
to_check       check           held         -           4      no
due_today      open            held         due_today   3      no
overdue        open            held         overdue     2      yes
returned       supplement      read         -           -      no
bounced        dispatch        held         bounced     -      no
stuck          open            read         stuck       -      no
settled        any             sampled      unsampled   -      no
redo           open            held         redo        -      no
nobody         any             read         nobody      -      yes
cooperating    open            cooperating  -           -      no
all_open       open            read         -           -      no
late_anywhere  open            read         overdue     -      yes
""")
}


class Moments(NamedTuple):
    """What "today" and "for days" mean now: the parameters of the lists."""

    now: datetime
    tonight: datetime
    stuck_since: datetime
    samples_since: datetime
    today: date


ALWAYS = 36500  # days for which a spot check is listed in a county that was not seeded since the program was updated
NOW, TONIGHT, STUCK_SINCE = (bindparam(name, type_=Moment) for name in Moments._fields[:3])


def moments(session: Session, at: datetime) -> Moments:
    """By the county's day, and by its setting of after how many work days a report counts as stuck."""
    known = settings.several(session, "stuck_days", "work_to", sample_days=ALWAYS)
    days, worked, today = known["stuck_days"], calendar.load(session, known["work_to"]), clock.day(at)
    sampled = calendar.DAY * known["sample_days"]
    tonight, stuck = clock.start(today + calendar.DAY), clock.start(worked.back(today, days))
    return Moments(at, tonight, stuck, clock.start(today - sampled), today)


WHOSE: dict[str, Callable[[Actor], Condition]] = {
    "read": lambda actor: true(),
    "held": queries.held_by,
    "sampled": lambda actor: queries.reach(actor, "report.sample"),
    "cooperating": queries.cooperates,
}

NOBODY = "nobody"  # which of them it is, is said by the places where nobody is, and by no other list
ONLY: dict[str, Callable[[vacant.Gaps], Condition]] = {
    "-": lambda gone: true(),
    "emergency": lambda gone: Report.severity == "emergency",
    "due_today": lambda gone: and_(Report.due_at >= NOW, Report.due_at < TONIGHT),
    "overdue": lambda gone: Report.due_at < NOW,
    "bounced": lambda gone: queries.last_action_is("bounce"),
    "stuck": lambda gone: Report.state_since < STUCK_SINCE,
    "unsampled": lambda gone: facts.is_listed_for_sample(),
    "redo": lambda gone: queries.last_action_is("redo"),
    NOBODY: vacant.rests_with_nobody,
}
ORDER = (Report.due_at, Report.received_at, Report.id)  # the clock that runs out first on top
LIVE = frozenset({"unsampled", NOBODY})  # true of nothing but what is open, or waits to be looked at again
LABELS = labels.TABS
VACANT = Tab("vacant", LABELS["vacant"], "report/_vacant.html")


def _waiting(limit: str) -> Condition:
    if limit == "open":
        return and_(Report.is_open)
    return true() if limit == "any" else one_of(Report.state, _states(limit))


def _states(limit: str) -> list[str]:
    """Those whose clock has this limit."""
    return [state.name for state in STATES.values() if limit in state.clocks]


def _condition(key: str, actor: Actor, gone: vacant.Gaps) -> Condition:
    row = ROWS[key]
    return and_(_waiting(row["waits_for"]), WHOSE[row["whose"]](actor), ONLY[row["only"]](gone))


def listed(actor: Actor, key: str) -> Select[Report]:
    """What a tab lists for somebody, wherever nobody is, in no order; to be executed with ``moments``."""
    return queries.readable(actor).where(_condition(key, actor, vacant.NO_GAPS))


def _selects(actor: Actor, gone: vacant.Gaps) -> Selects:
    return Selects(queries.listed(actor), lambda key: _condition(key, actor, gone), ORDER, tuple(_parts(actor, gone)))


def _parts(actor: Actor, gone: vacant.Gaps) -> Iterator[Part]:
    """What tabs can hold: the rest only grows, and counting would go through it. Each part is an index of its own, and
    no OR, for which SQLite takes the two only once somebody has called ANALYZE."""
    yield Part(and_(Report.is_open))
    waiting = func.coalesce(Report.is_open, true()).is_(false())  # so that no index of what is closed is taken
    sampled = and_(facts.is_listed_for_sample(), WHOSE["sampled"](actor))
    yield Part(and_(waiting, sampled), lambda key: ROWS[key]["only"] == "unsampled")
    if gone.few:
        yield Part(and_(waiting, vacant.is_never_sampled(gone)), lambda key: ROWS[key]["only"] == NOBODY)


@kept
def _listing(actor: Actor, key: str, gone: vacant.Gaps) -> Select[*tuple[Any, ...]]:
    return _selects(actor, gone).listing(key)


@kept
def _counting(actor: Actor, keys: tuple[str, ...], gone: vacant.Gaps) -> Select[Any]:
    return _selects(actor, gone).counting(keys)


def place_of_gaps(actor: Actor) -> str:
    """The county in which gaps are looked for; all there are for who also speaks for a body: he may see of any."""
    return "" if actor.bodies() else grid_queries.county_of(actor)


class Lists:
    """What the tabs hold for the actor: reports, and the seats in which nobody sits."""

    def __init__(self, session: Session, actor: Actor, at: datetime):
        self._session, self._actor = session, actor
        self._reports = SelectLists(
            session,
            lambda keys: _counting(actor, keys, self._gaps(*keys)),
            lambda key: _listing(actor, key, self._gaps(key)),
            {**moments(session, at)._asdict(), **actor.reach()},
        )

    @cached_property
    def _standing(self) -> vacant.Standing:
        return vacant.standing(self._session, within=place_of_gaps(self._actor))

    def _gaps(self, *keys: str) -> vacant.Gaps:
        return self._standing.gaps if any(ROWS[key]["only"] == NOBODY for key in keys) else vacant.NO_GAPS

    def counts(self, keys: Sequence[str]) -> dict[str, int]:
        """The numbers of all these tabs."""
        listed_ = [key for key in keys if key != VACANT.key]
        found = self._reports.counts(listed_) if listed_ else {}
        if VACANT.key in keys:
            found[VACANT.key] = seats.count(self._session, self._actor, self._standing)
        return found

    def rows(self, key: str, first: int, most: int) -> list[Any]:
        """One page of a tab's list."""
        if key == VACANT.key:
            return seats.vacancies(self._session, self._actor)[first : first + most]
        return self._reports.rows(key, first, most)


def whole_states(row: Mapping[str, str]) -> frozenset[str]:
    """The states whose reports stand here whole, as long as the reader holds them. A list of everything that is open
    shows whose turn it is as little as one of what is late, so only what waits for something counts."""
    is_whole = row["whose"] in ("held", "read") and row["only"] == "-"
    return frozenset(_states(row["waits_for"])) if is_whole else frozenset()


def _tab(key: str, row: Mapping[str, str]) -> Tab:
    opens = None if row["opens"] == "-" else int(row["opens"])
    note = labels.NOT_LISTED if row["only"] == "unsampled" else ""
    return Tab(key, LABELS[key], "report/_tab.html", whole_states(row), opens, row["alarm"] == "yes", note)


def check(rows: Mapping[str, Mapping[str, str]]) -> None:
    """ValueError for a row that names what is not there: such a tab would be empty for ever, or break its desk."""
    for key, row in rows.items():
        is_live = row["waits_for"] != "any" or row["only"] in LIVE  # else the counting would pass it by
        is_there = row["waits_for"] in ("open", "any") or _states(row["waits_for"])
        if not (is_there and is_live) or row["whose"] not in WHOSE or row["only"] not in ONLY:
            raise ValueError(f"the tab {key} names a limit or a condition that is not there: {dict(row)}")


check(ROWS)
TABS = DomainTabs(
    {key: _tab(key, row) for key, row in ROWS.items()} | {VACANT.key: VACANT},
    Lists,
    on_home=frozenset({"returned"}),  # queries.to_supplement
)
