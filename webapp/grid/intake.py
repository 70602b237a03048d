"""Borders from delivered files, in the steps of whoever brings them in: ``refuse``, ``examine``, ask, ``accept``.

The command and a page take the same steps. All work on the files is done by a process of its own (gis.examine).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from gis import examine as gis_examine
from gis.delivery import Cell, Choice, Delivery, Entry, Finding, Tolerance
from gis.delivery import Refused as Unreadable
from gis.messages import ERROR

from ..access import Actor
from ..core import cells as texts
from ..core import settings, sheet_child
from ..core.errors import N_, Refused
from ..core.sheet import Note, SheetRow
from ..core.sheet_file import MAX_BYTES
from . import changed, service, uproot
from . import labels as words
from .models import Grid
from .sheet import GRIDS

LISTS = (".csv", ".xlsx")
EXAMPLES = 3  # grids of a tier that are named, to recognise them


@dataclass(frozen=True)
class Examined:
    """Delivered borders as they were understood; nothing is stored.

    ``findings`` are all doubts, ``source`` names the files.
    """

    delivery: Delivery
    findings: tuple[Finding, ...]
    source: str
    notes: tuple[Note, ...] = ()  # of a list: what was left out of it

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop an import."""
        return tuple(finding for finding in self.findings if finding.level == ERROR)

    def understood(self, word: words.Word = str) -> Iterator[str]:
        """Layer by layer how it was read, then for each tier how many there are, with examples to recognise."""
        for facts in self.delivery.facts:
            yield from words.layer(facts, word)
        yield from (word(note.message) % note.params for note in self.notes)
        for tier, name in words.TIERS:
            labels = [cell.label for cell in self.delivery.cells if cell.tier == tier]
            said = {"tier": word(name), "count": len(labels), "labels": ", ".join(labels[:EXAMPLES])}
            yield word(words.EXAMPLES if labels else words.COUNT) % said

    def listed(self, word: words.Word = str) -> Iterator[str]:
        """All doubts, errors first."""
        return words.listed(self.findings, word)

    def advice(self, word: words.Word = str) -> Iterator[str]:
        """For each kind of warning how many there are, whether it is harmless, and what to do."""
        return words.advice(self.findings, word)

    def summary(self, word: words.Word = str) -> str:
        """How many, and where on the globe.

        A wrong zone puts a county some hundred kilometres off, and only this shows it.
        """
        counts = ", ".join(f"{word(name)} {self.delivery.count(tier)}" for tier, name in words.TIERS)
        if not any(cell.boundary for cell in self.delivery.cells):
            return word(words.NO_BORDERS) % {"counts": counts}
        sides = zip(("west", "south", "east", "north"), self.delivery.extent(), strict=True)
        return word(words.SUMMARY) % {"counts": counts, **{side: f"{value:.4f}" for side, value in sides}}


def refuse(session: Session, since: date, *, replaces: bool = False, beside: bool = False) -> None:
    """Refused when borders that count from this day cannot be stored, whatever the files say:
    ask before reading them. ``replaces``: they take the place of a tree with which nothing was done yet; ``beside``:
    they are those of another county than are there."""
    service.refuse_to_come(since)
    if not beside:
        (uproot.refuse_used if replaces else service.refuse_filled)(session)


def tolerance(session: Session) -> Tolerance:
    """What the county takes for drawing inaccuracy."""
    usual = Tolerance()
    said = settings.several(
        session,
        border_strip_width=usual.width,
        border_strip_area=usual.area,
        border_area_change=usual.change,
    )
    return Tolerance(said["border_strip_width"], said["border_strip_area"], said["border_area_change"])


def examine(
    paths: Sequence[Path],
    crs: str | None = None,
    choice: Choice | None = None,
    tolerance: Tolerance | None = None,
    present: Sequence[changed.Present] = (),
) -> Examined:
    """Read files, or one list without borders, and hold what is in them against each other. Slow: never call it inside
    a write.

    ``crs`` names the coordinate system of files that do not say theirs, ``choice`` columns and layers; ``present`` are
    the grids in force, with which they are compared, and of which they are only a part where the choice says so.
    Refused when a file cannot be read.
    """
    there = changed.as_cells(present)
    if is_list(paths):
        return listed(paths[0], there if choice and choice.is_part else (), choice)
    try:
        delivery = gis_examine.examine(paths, crs, choice, tolerance, there)
    except Unreadable as refusal:
        raise Refused(refusal.message, **refusal.params) from refusal
    return Examined(delivery, delivery.findings, ", ".join(path.name for path in paths))


def is_list(paths: Sequence[Path]) -> bool:
    """Whether this is a list of grids, without borders."""
    return [path.suffix.lower() for path in paths] in [[each] for each in LISTS]


def listed(path: Path, present: Sequence[Cell], choice: Choice | None = None) -> Examined:
    """The grids of a list, and all doubts about them; Refused where it cannot be read."""
    from gis import listed as reading  # loads shapes and projections, which no page needs

    given, notes = entries(path)
    delivery = reading.delivery(given, present, choice)
    return Examined(delivery, delivery.findings, path.name, notes)


def entries(path: Path) -> tuple[list[Entry], tuple[Note, ...]]:
    """The rows of a list, and what was left out of it; Refused where it cannot be read."""
    with path.open("rb") as file:
        given = GRIDS.read(file.read(MAX_BYTES + 1), sheet_child.leaves)
    rows = [Entry(path.name, row.number, **row.cells, is_wrong=_is_wrong(row)) for row in given.rows]
    return rows, tuple(given.notes)


def _is_wrong(row: SheetRow) -> bool:
    try:
        for text in row.cells.values():
            texts.check(text)
    except Refused:
        return True
    return False


def accept(
    session: Session, actor: Actor, examined: Examined, since: date, *, replaces: bool = False, beside: bool = False
) -> list[Grid]:
    """Store what was examined and put it in force, all or nothing; the grids in the order of the delivery's cells.

    Refused as ``refuse`` says, when there are errors among the findings, and ``beside`` when a code is there already.
    """
    if examined.errors:
        raise Refused(N_("These borders have errors. Correct the files and try again."))
    if replaces:
        uproot.uproot(session, actor)
    cells = examined.delivery.cells
    facts = {"layers": [vars(fact) for fact in examined.delivery.facts]}
    service.name_levels(session)
    names = [(cell.name, cell.en) for cell in cells]
    return service.import_tree(session, actor, cells, names, since, examined.source, facts, beside=beside)
