"""What a boundary delivery is once it has been read: facts, cells and findings, and the refusal to read one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gis.messages import ERROR, LEVELS, MESSAGES, MORE, SHOWN, WORDS


class Refused(Exception):
    """The delivery cannot be read. `code` names a row of MESSAGES, `params` fill its sentence."""

    def __init__(self, code: str, **params: str):
        self.code, self.params, self.message = code, params, MESSAGES[code][1]
        self.seen: tuple[Seen, ...] = ()  # what was understood before
        super().__init__(self.message % params)


@dataclass(frozen=True)
class Finding:
    """One thing a person should know about the delivery.

    `rows` are labels a person recognises ("220422100201 神農里"), `cells` the same rows as indexes into
    `Delivery.cells` where they are cells, `at` a longitude and latitude to look at where there is one.
    """

    code: str
    rows: tuple[str, ...] = ()
    params: dict[str, str] = field(default_factory=dict)
    cells: tuple[int, ...] = ()
    at: tuple[float, float] | None = None

    @property
    def level(self) -> str:
        """'error' stops an import, 'warning' has to be answered for by somebody, 'note' is only shown."""
        return MESSAGES[self.code][0]

    @property
    def message(self) -> str:
        """The English sentence with placeholders: the message id for the translation."""
        return MESSAGES[self.code][1]

    @property
    def values(self) -> dict[str, str]:
        """What fills the placeholders of the (translated) message, the rows included."""
        return {**self.params, "rows": ", ".join(self.rows)}

    def __str__(self) -> str:
        """The English of `text`."""
        return self.text(str)

    def text(self, word: Callable[[str], str]) -> str:
        """For one line of a terminal, in the language of `word`: of all rows the first few, and how many more."""
        more = len(self.rows) - SHOWN
        rows = ", ".join(self.rows[:SHOWN]) + (word(MORE) % {"number": more} if more > 0 else "")
        words = {name: word(value) if name in WORDS else value for name, value in self.params.items()}
        return word(self.message) % {**words, "rows": rows}


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, each level in the order in which it was found."""
    return tuple(sorted(findings, key=lambda finding: LEVELS.index(finding.level)))


@dataclass(frozen=True)
class Tolerance:
    """From where on borders that do not match are more than drawing inaccuracy. All three are the county's to set.

    A place where two borders overlap or leave a gap is named where it is wider than `width` (metres) anywhere, or where
    all such places between the same cells have `area` (m²) together. `change` is how much of its area (%) a grid may
    win or lose without a word. The numbers here are our proposals.
    """

    width: float = 30.0
    area: float = 1000.0
    change: float = 20.0


@dataclass(frozen=True)
class Choice:
    """What the sender of a delivery says himself, each as a list: of the names of columns a layer's first counts.

    `layer` names the layers that are taken; none means all. `columns` names those of one layer each (layer, code, name,
    parent), before what is said of all. `anywhere`: codes may be of another province than borders. `encoding` (a codec)
    is that of text whose format does not prescribe one, whatever the files say; `over`: the coordinate system that is
    named counts also where a file names another.
    """

    code: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    parent: tuple[str, ...] = ()
    layer: tuple[str, ...] = ()
    anywhere: bool = False
    columns: tuple[tuple[str, str, str, str], ...] = ()
    encoding: str = ""
    over: bool = False
    one: bool = False  # the files hold the border of one grid, whatever the columns say
    fourth: bool = False  # what lies below villages is taken as unit grids, where it may be
    below: tuple[str, ...] = ()  # the codes of the grids below which it may be
    is_part: bool = False  # what is in force and not in the files stays as it is

    def of(self, layer: str) -> "Choice":
        """What counts for one layer."""
        for of, *said in self.columns:
            if of == layer:
                usual = (self.code, self.name, self.parent)
                code, name, parent = ((one,) if one else all_ for one, all_ in zip(said, usual, strict=True))
                return replace(self, code=code, name=name, parent=parent)
        return self


class Entry(NamedTuple):
    """A row as it stands in a list of grids without borders: where, and the text of its cells. ``parent`` is a code or
    a name."""

    file: str
    number: int
    tier: str = ""
    code: str = ""
    name: str = ""
    en: str = ""
    parent: str = ""
    is_wrong: bool = False  # a cell is none that a list may hold


@dataclass(frozen=True)
class Seen:
    """A layer as it was opened, to choose from: the first rows of each column, as they read in the encoding that was
    found and in the others in which all of its text is plausible; `system` is empty where the file names none."""

    file: str
    layer: str
    count: int
    encoding: str
    system: str
    columns: Mapping[str, list[str]]
    others: Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True)
class Facts:
    """What was understood about one layer: shown before anything is stored."""

    file: str
    layer: str
    tier: int | None  # None: one layer holds several tiers
    count: int
    encoding: str
    encoding_from: str  # 'cpg', 'ldid', 'charset', 'tried', 'chosen' or 'format'
    crs: str
    epsg: int | None
    code_column: str
    name_column: str
    parent_column: str | None


@dataclass(frozen=True)
class Cell:
    """One administrative unit: tier 1 county, 2 township, 3 village.

    `boundary` is WKB of a valid polygon or multipolygon in longitude/latitude (WGS84 = CGCS2000 here), empty
    bytes where the row had none; `parent` an index into `Delivery.cells`.
    """

    tier: int
    code: str
    name: str
    parent: int | None
    boundary: bytes
    how_parent: str | None  # 'column', 'prefix', 'place'; None where there is no parent
    source: str = ""  # layer and row number in the file
    en: str = ""  # its English name, where the delivery has one

    @property
    def label(self) -> str:
        """How a person finds the row: code and name, or where it stands in his file."""
        words = (self.code, self.name) if self.code and self.name else (self.code or self.name, f"({self.source})")
        return " ".join(words).strip()


@dataclass(frozen=True)
class Delivery:
    """Everything one delivery says: parents stand before their children in `cells`; `units` are what it has below
    villages and was asked for, their `parent` an index into `cells`, too."""

    facts: tuple[Facts, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]
    seen: tuple[Seen, ...] = ()
    units: tuple[Cell, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop an import."""
        return tuple(finding for finding in self.findings if finding.level == ERROR)

    def count(self, tier: int) -> int:
        """How many cells a tier has."""
        return sum(cell.tier == tier for cell in self.cells)

    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east and north of all borders in degrees; not finite where there are none."""
        import shapely  # not loaded in the boxed-in child, which knows this module too

        west, south, east, north = shapely.total_bounds(
            shapely.from_wkb([cell.boundary for cell in self.cells if cell.boundary])
        )
        return float(west), float(south), float(east), float(north)
