"""What a domain says of itself in its ``about.py``, for the pages and commands that gather from all domains.

``webapp/domains.py`` finds these files; nothing has to be entered anywhere else.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from .exports import Export
from .load import SeedTable
from .own import OwnSheet
from .retention import Rule
from .tables import table


@dataclass(frozen=True)
class MenuEntry:
    """A main page: its place from left to right, who sees it (an action of the permission table), word and view."""

    place: int
    action: str
    word: str
    endpoint: str


@dataclass(frozen=True)
class DataUse:
    """Columns about people that are kept for one purpose, as the privacy page says it.

    ``columns`` is "table: column column; table: column". ``period`` is a key of ``feedback.privacy.PERIODS``. ``who``
    names actions of the permission table, and "oneself"; nobody sees it when it is empty.
    """

    columns: str
    what: str
    why: str
    period: str
    who: str = ""
    note: str = ""

    def names(self) -> tuple[str, ...]:
        """``table.column`` of each."""
        tables = (part.split(":") for part in self.columns.split(";"))
        return tuple(f"{table.strip()}.{column}" for table, columns in tables for column in columns.split())


@dataclass(frozen=True)
class SettingRule:
    """Whose a setting is: the right that changes it; and what its page has to know of it.

    Below ``least`` it would lock everybody out, or break the law. ``check`` raises ValueError for a text that the
    program could not read. ``unit`` (what a number counts) and ``group`` are keys of desk/labels.py. ``choices`` are
    all the values there are, each with its word (a msgid, or the value itself); ``is_long`` is a text of several lines.
    """

    right: str
    least: int = 0
    most: int = 100_000
    check: Callable[[str], object] | None = None
    unit: str = ""
    group: str = "work"
    choices: Mapping[str, str] = field(default_factory=dict)
    is_long: bool = False


def setting_rules(text: str) -> dict[str, SettingRule]:
    """Rules by key, from a text table with the columns key, right, least, and where they are needed unit and group ("-"
    for none)."""
    rows = [{name: cell for name, cell in row.items() if cell != "-"} for row in table(text)]
    return {row.pop("key"): SettingRule(**row | {"least": int(row.get("least", 0))}) for row in rows}  # type: ignore[arg-type]


@dataclass(frozen=True)
class InHand:
    """What waits, of one kind, where somebody leaves: a msgid, how much, and of it the rows that the asker may see,
    drawn by ``template`` as ``listing``. ``is_lost``: nobody will be there for it."""

    label: str
    template: str
    count: int
    rows: Sequence[Any]
    is_lost: bool = False


#: What waits at some seats (people.queries.Seat), for an actor who ends some postings (ids) there.
FindInHand = Callable[[Session, Any, Collection[Any], Collection[int]], Sequence[InHand]]


#: Let go of what a domain keeps of some people (ids) and for them alone, as they are forgotten.
Forget = Callable[[Session, Sequence[int]], None]


@dataclass(frozen=True)
class About:
    """All that a domain announces. Words are msgids, texts for everybody; whatever is left out, it has not.

    ``acts``, ``things`` and ``facts`` are the words of the log. ``privacy`` has lines by the heading they stand under.
    ``own`` is what of all this a person gets as a file about himself, ``exports`` what offices take out as files.
    ``timely`` are acts whose day comes: the sweep calls each with the store, before it deletes anything.
    """

    menu: tuple[MenuEntry, ...] = ()
    acts: Mapping[str, str] = field(default_factory=dict)
    things: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    privacy: Mapping[str, tuple[DataUse, ...]] = field(default_factory=dict)
    own: tuple[OwnSheet, ...] = ()
    exports: tuple[Export, ...] = ()
    settings: Mapping[str, SettingRule] = field(default_factory=dict)
    seeds: Mapping[str, SeedTable] = field(default_factory=dict)
    sweep: Mapping[str, Rule] = field(default_factory=dict)
    timely: tuple[Callable[[Any], int], ...] = ()
    in_hand: FindInHand | None = None
    forget: Forget | None = None
