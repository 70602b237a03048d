"""Which desk shows which tabs, and in which order. What stands under a tab is its domain's: ``desk.py`` there."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from .. import domains
from ..access import Actor, holders
from ..core.tables import table
from ..core.tabs import DomainTabs, Tab

#: The tabs of each desk by their keys (docs/glossary.md has the words).
DESKS = {
    row["role"]: tuple(row["tabs"].split(","))
    for row in table("""
role                 tabs
township_supervisor  review,due_today,overdue,to_check,returned,nobody,stuck,not_gone,proposed,settled,vacant,all_open
county_office        emergency,dispatch,to_check,bounced,due_today,overdue,nobody,stuck,proposed,settled,vacant,all_open
department_liaison   receive,handling,due_today,overdue,redo,cooperating
station_officer      station,due_today,overdue,redo
leader               emergency,all_open,late_anywhere,nobody,stuck,vacant
inspector            all_open,late_anywhere,nobody,stuck,vacant
""")
}


@cache
def by_domain() -> Mapping[str, DomainTabs]:
    """What each domain with a ``desk.py`` gives, by its name."""
    return {module.__name__.split(".")[1]: module.TABS for module in domains.modules("desk")}


def every() -> dict[str, Tab]:
    """All tabs of all domains by their keys; ValueError when two domains give the same key."""
    found: dict[str, Tab] = {}
    for name, domain in by_domain().items():
        if twice := found.keys() & domain.tabs.keys():
            raise ValueError(f"another domain than {name} gives a tab of this name too: {', '.join(sorted(twice))}")
        found |= domain.tabs
    return found


def shown(roles: Collection[str]) -> list[Tab]:
    """The tabs of all desks that a person with these roles sits at, each once."""
    tabs = every()
    return [tabs[key] for key in dict.fromkeys(key for role in DESKS if role in roles for key in DESKS[role])]


def opening(tabs: Sequence[Tab]) -> list[Tab]:
    """The lists that a desk opens with: emergencies wherever they rest, what is late, what is due today, then what
    rests with it. The first of all where no tab says so."""
    first = [tab for tab in tabs if tab.opens is not None]
    return sorted(first, key=lambda tab: tab.opens or 0) or list(tabs[:1])


def states_covered(name: str, role: str) -> frozenset[str]:
    """The states of a domain's process in which whatever a role holds stands on its desk, under a tab that names the
    state; for who goes round himself, on his own page, which has no tabs."""
    domain = by_domain()[name]
    named = (tab.states for key, tab in domain.tabs.items() if key in DESKS.get(role, ()))
    return frozenset().union(domain.on_home if role in holders("patrol.walk") else (), *named)


class Desk:
    """The lists of a desk for one reader at one moment."""

    def __init__(self, session: Session, actor: Actor, at: datetime):
        self.tabs = shown(actor.roles())
        self._parts = [
            (domain.lists(session, actor, at), keys)
            for domain in by_domain().values()
            if (keys := [tab.key for tab in self.tabs if tab.key in domain.tabs])
        ]

    def counts(self) -> dict[str, int]:
        """How many rows each tab has: each domain answers for all of its tabs at once."""
        return {key: number for lists, keys in self._parts for key, number in lists.counts(keys).items()}

    def rows(self, key: str, first: int, most: int) -> list[Any]:
        """One page of a tab's list, as its template wants it."""
        return next(lists.rows(key, first, most) for lists, keys in self._parts if key in keys)
