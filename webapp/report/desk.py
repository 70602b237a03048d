"""The tabs of a desk that list reports, as one table; each list is put together from the words of its row. And the tab
of the seats in which nobody sits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import CompoundSelect, and_, select, true, union_all
from sqlalchemy.orm import Session, aliased

from ..access import Actor, Condition
from ..core import calendar, clock, settings
from ..core.tables import table
from ..core.tabs import DomainTabs, SelectLists, Tab
from . import facts, queries, seats, vacant
from .labels import TABS as LABELS
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


@dataclass(frozen=True)
class Moments:
    """What "today", "for days" and "nobody" mean now."""

    now: datetime
    tonight: datetime
    stuck_since: datetime
    gaps: Callable[[], vacant.Gaps]  # worked out when a list asks for it, once


def moments(session: Session, at: datetime) -> Moments:
    """By the county's day, and by its setting of after how many work days a report counts as stuck."""
    days, worked = settings.get(session, "stuck_days"), calendar.load(session, settings.get(session, "work_to"))
    today = clock.day(at)
    return Moments(
        at,
        clock.start(today + calendar.DAY),
        clock.start(worked.back(today, days)),
        cache(partial(vacant.gaps, session)),
    )


WHOSE: dict[str, Callable[[Actor], Condition]] = {
    "read": lambda actor: true(),
    "held": queries.held_by,
    "sampled": lambda actor: queries.reach(actor, "report.sample"),
    "cooperating": queries.cooperates,
}

ONLY: dict[str, Callable[[Moments], Condition]] = {
    "-": lambda at: true(),
    "emergency": lambda at: Report.severity == "emergency",
    "due_today": lambda at: and_(Report.due_at >= at.now, Report.due_at < at.tonight),
    "overdue": lambda at: Report.due_at < at.now,
    "bounced": lambda at: queries.last_action_is("bounce"),
    "stuck": lambda at: Report.state_since < at.stuck_since,
    "unsampled": lambda at: facts.waits_for_sample(),
    "redo": lambda at: queries.last_action_is("redo"),
    "nobody": lambda at: vacant.rests_with_nobody(at.gaps()),
}
LIVE = frozenset({"unsampled", "nobody"})  # true of nothing but what is open, or waits to be looked at again
VACANT = Tab("vacant", LABELS["vacant"], "report/_vacant.html")


def _waiting(limit: str) -> Condition:
    if limit == "open":
        return and_(Report.is_open)
    return true() if limit == "any" else Report.state.in_(_states(limit))


def _states(limit: str) -> list[str]:
    """Those whose clock has this limit."""
    return [state.name for state in STATES.values() if limit in state.clocks]


def _condition(row: Mapping[str, str], actor: Actor, at: Moments) -> Condition:
    return and_(_waiting(row["waits_for"]), WHOSE[row["whose"]](actor), ONLY[row["only"]](at))


class Lists:
    """What the tabs hold for the actor: reports, and the seats in which nobody sits."""

    def __init__(self, session: Session, actor: Actor, at: datetime):
        self._session, self._actor = session, actor
        self._reports = reports(session, actor, at)

    def counts(self, keys: Sequence[str]) -> dict[str, int]:
        """The numbers of all these tabs."""
        listed = [key for key in keys if key != VACANT.key]
        found = self._reports.counts(listed) if listed else {}
        return found | ({VACANT.key: seats.count(self._session, self._actor)} if VACANT.key in keys else {})

    def rows(self, key: str, first: int, most: int) -> list[Any]:
        """One page of a tab's list."""
        if key == VACANT.key:
            return seats.vacancies(self._session, self._actor)[first : first + most]
        return self._reports.rows(key, first, most)


def reports(session: Session, actor: Actor, at: datetime) -> SelectLists:
    """The lists of reports: those that he may read, the clock that runs out first on top."""
    found = moments(session, at)
    return SelectLists(
        session,
        queries.readable(actor),
        lambda key: _condition(ROWS[key], actor, found),
        (Report.due_at, Report.received_at, Report.id),
        Report.id.in_(_live()),
    )


def _live() -> CompoundSelect[Any]:
    """What a tab can hold: the rest only grows, and counting would go through it. Each part is an index of its own, and
    no OR, for which SQLite takes the two only once somebody has called ANALYZE."""
    each = aliased(Report)
    return union_all(*(select(each.id).where(which) for which in (each.is_open, facts.waits_for_sample(each))))


def whole_states(row: Mapping[str, str]) -> frozenset[str]:
    """The states whose reports stand here whole, as long as the reader holds them. A list of everything that is open
    shows whose turn it is as little as one of what is late, so only what waits for something counts."""
    is_whole = row["whose"] in ("held", "read") and row["only"] == "-"
    return frozenset(_states(row["waits_for"])) if is_whole else frozenset()


def _tab(key: str, row: Mapping[str, str]) -> Tab:
    opens = None if row["opens"] == "-" else int(row["opens"])
    return Tab(key, LABELS[key], "report/_tab.html", whole_states(row), opens, row["alarm"] == "yes")


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
