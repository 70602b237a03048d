"""What offices take out as files: each domain declares its kinds of records (``exports`` of its ``about.py``, written
in its ``exports.py``) with their fields, which row is whose, and in which order they come.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import FunctionType
from typing import Any

from . import clock
from .errors import N_
from .own import Say, plain

TEXT, CODE, NUMBER, COUNT, DAY, MOMENT = "text", "code", "number", "count", "day", "moment"
LONGEST_KEY = 10  # what a shapefile keeps of a field's name
POINT, BORDER = "Point", "MultiPolygon"


@dataclass(frozen=True)
class Field:
    """A field of a kind: its name in files for maps (``key``, ASCII, ten letters at most), its heading (a msgid), what
    is read for it, how that is said, and what it is: text, code (digits that are no number), number, count, day or
    moment. A part of ``of`` may be a function of who asks (an Actor, and whether it is the program's own operator).
    """

    key: str
    heading: str
    of: tuple[Any, ...]
    say: Say = plain
    kind: str = TEXT


def field(key: str, heading: str, *of: Any, say: Say = plain, kind: str = TEXT) -> Field:
    """A field made of one or more columns of tables."""
    return Field(key, heading, of, say, kind)


@dataclass(frozen=True)
class Export:
    """A kind of records that can be taken out.

    ``place`` is its place in the list, ``action`` the right that decides which rows (of the permission table), ``rows``
    makes the SELECT of those of an Actor (or of all, for the operator) in their order, without columns. ``shape`` is
    (longitude, latitude) in degrees or (border,) as WKB, WGS84/CGCS2000. ``when`` is the moment by which a period
    narrows them; None where they have none. Beside its own parameters ``rows`` may use ``today``.
    """

    place: int
    key: str
    title: str
    action: str
    fields: tuple[Field, ...]
    rows: Callable[[Any, bool], Any]
    shape: tuple[Any, ...]
    when: Any = None

    @property
    def geometry(self) -> str:
        """What the shapes of its rows are."""
        return POINT if len(self.shape) == 2 else BORDER

    def columns(self, actor: Any, is_operator: bool) -> list[Any]:
        """All that is read for a row: for the fields one after the other, then its shape."""
        return [*columns(self.fields, actor, is_operator), *(each.label(None) for each in self.shape)]

    def cells(self, tongue: Any, row: Any) -> tuple[list[Any], Any]:
        """The cells of a row that was read, and its shape: a pair of degrees, WKB, or None."""
        values = iter(row)
        cells, shape = said(self.fields, tongue, values), tuple(values)
        return cells, None if None in shape else shape if len(shape) == 2 else bytes(shape[0])


def columns(fields: Iterable[Field], actor: Any, is_operator: bool) -> list[Any]:
    """All that is read for some fields of a row, one after the other."""
    read = (each for field_ in fields for each in field_.of)
    return [(each(actor, is_operator) if isinstance(each, FunctionType) else each).label(None) for each in read]


def said(fields: Iterable[Field], tongue: Any, values: Iterator[Any]) -> list[Any]:
    """The cells of some fields, of the values that were read for them."""
    return [field_.say(tongue, *(next(values) for _ in field_.of)) for field_ in fields]


def written(value: Any) -> Any:
    """A cell for files that know no moments: those as 2026-09-04 15:42:00 in county time, days as 2026-09-04."""
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if hasattr(value, "isoformat") else value


VILLAGE_CODE, VILLAGE, TOWNSHIP = N_("Village code"), N_("Village"), N_("Township")
LON, LAT = N_("Longitude"), N_("Latitude")
