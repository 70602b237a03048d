"""Tabs of a desk as a domain gives them: what each is called, which rows it lists, and how many there are.

A domain puts one ``DomainTabs``, named ``TABS``, into its ``desk.py``, where it is found; ``desk/tabs.py`` says which
desk shows which tabs. A list that is a SELECT is given as ``Selects`` in ``SelectLists``; a domain that works its rows
out in Python gives ``TabLists`` of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, bindparam, func, select, true
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Tab:
    """One list of a desk.

    ``label`` is an English msgid. ``template`` draws the rows of one page, which it finds as ``listing``.
    ``states``: the states of the domain's process in which whatever the reader holds always stands here.
    ``opens``: the place of the list on a desk that has just been opened, lowest first; None when it waits for a click.
    ``is_alarm``: whether a number above 0 is coloured as late. ``note``: a sentence (msgid) that stands on the list.
    """

    key: str
    label: str
    template: str
    states: frozenset[str] = frozenset()
    opens: int | None = None
    is_alarm: bool = False
    note: str = ""


class TabLists(Protocol):
    """What the tabs of one domain hold for one reader at one moment. A number is always that of the rows."""

    def counts(self, keys: Sequence[str]) -> Mapping[str, int]:
        """How many rows each of these tabs has."""

    def rows(self, key: str, first: int, most: int) -> list[Any]:
        """The rows of a tab in its order, from the ``first`` (0 is the top) on, at most ``most`` of them."""


@dataclass(frozen=True)
class DomainTabs:
    """The tabs of one domain by their keys, and ``lists(session, actor, at)``, which answers for all of them.

    ``on_home``: states whose things a grid officer finds on his own page, which has no tabs.
    """

    tabs: Mapping[str, Tab]
    lists: Callable[[Session, Any, datetime], TabLists]  # the actor is Any because core knows no rights
    on_home: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Part:
    """Rows that are counted by themselves, as an index finds them: the condition, and which tabs may list any."""

    rows: ColumnElement[bool]
    holds: Callable[[str], bool] = lambda _key: True


@dataclass(frozen=True)
class Selects:
    """Lists that are conditions on one SELECT, put together: what can be kept, as it asks for nothing.

    The number of a tab and its rows are made of the same ``base`` and the same condition, so they cannot differ.
    ``base`` selects one entity, or some columns of it, and has no DISTINCT, GROUP BY or LIMIT. ``parts`` are all that
    the counting goes through: what a tab lists is in one of them, and nothing is in two.
    """

    base: Select[Any]
    condition: Callable[[str], ColumnElement[bool]]
    order: Sequence[Any]
    parts: Sequence[Part] = (Part(true()),)

    def counting(self, keys: Sequence[str]) -> Select[Any]:
        """The numbers of all these tabs, as the columns of one row."""
        held = [(part, [key for key in keys if part.holds(key)]) for part in self.parts]
        counted = [self._counted(part, some) for part, some in held if some]
        sums = [reduce(add, [part.c[key] for part in counted if key in part.c]).label(key) for key in keys]
        return select(*sums).select_from(reduce(lambda one, other: one.join(other, true()), counted))

    def _counted(self, part: Part, keys: Sequence[str]) -> Any:
        """A part's share of these numbers: one row."""
        columns = [func.count().filter(self.condition(key)).label(key) for key in keys]
        return self.base.where(part.rows).with_only_columns(*columns).subquery()

    def listing(self, key: str) -> Select[Any]:
        """One page of a tab's list, with the parameters ``first`` and ``most``."""
        listed = self.base.where(self.condition(key)).order_by(*self.order)
        return listed.offset(bindparam("first")).limit(bindparam("most"))


@dataclass(frozen=True)
class SelectLists:
    """What such lists hold; ``values`` are those of the parameters of their SELECTs."""

    session: Session
    counting: Callable[[tuple[str, ...]], Select[Any]]
    listing: Callable[[str], Select[Any]]
    values: Mapping[str, Any] = field(default_factory=dict)

    def counts(self, keys: Sequence[str]) -> dict[str, int]:
        """The numbers of all these tabs, with one SELECT."""
        return dict(zip(keys, self.session.execute(self.counting(tuple(keys)), self.values).one(), strict=True))

    def rows(self, key: str, first: int, most: int) -> list[Any]:
        """One page of a tab's list."""
        found = self.session.execute(self.listing(key), {**self.values, "first": first, "most": most})
        return list(found if len(found.keys()) > 1 else found.scalars())
