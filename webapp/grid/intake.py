"""Borders from delivered files, in the steps of whoever brings them in: ``refuse``, ``examine``, ask, ``accept``.

The command and a page take the same steps. All work on the files is done by a process of its own (gis.examine).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from gis import examine as gis_examine
from gis.delivery import Choice, Delivery, Facts, Finding
from gis.delivery import Refused as Unreadable
from gis.messages import ERROR, WARNING

from ..access import Actor
from ..console import counted
from ..core.errors import N_, Refused
from . import service
from .models import Grid

TIERS = ((1, "county"), (2, "townships"), (3, "villages"))
EXAMPLES = 3
CODECS = {"utf-8": "UTF-8", "gb18030": "GBK (GB18030)", "cp950": "Big5", "big5": "Big5"}
#: What to do about each kind of warning. What has no line here is said by the warning itself.
ADVICE = {
    "sliver": "harmless, two drawings of a border differ by some metres; a point between is offered both villages",
    "invalid": "harmless, the border was repaired",
    "multipart": "harmless where there really is an exclave or an island: look at one or two",
    "zip_aside": "harmless, only borders are read",
    "layer_ignored": "harmless if the borders are in the other layers",
    "layer_no_code": "harmless if the borders are in the other layers; else name its column with --code",
    "layer_unwanted": "as you asked",
    "encoding_wrong": "harmless if the names above read well",
    "cleaned": "harmless, it is how they were meant",
    "merged": "harmless where it is one place in several parts",
    "made": "look at them: are these all, and are the names right",
    "fourth_left_out": "harmless, patrols and reports know three levels",
    "villages_missing": "not harmless: patrols need villages, and borders are imported once",
    "no_shape": "it works without, but no map shows it and no point lies in it",
    "place_other": "as you said",
    "code_letters": "harmless where the county has codes of its own",
    "code_prefix": "is it under the right parent",
    "text_cut": "look at these names, and mend them in the file before storing",
    "text_private": "look at these names, and mend them in the file before storing",
    "overlap": "not harmless if large: reports from there are offered both villages. Better mended before storing",
    "gap": "not harmless if large: a point there lies in no village. Better mended before storing",
    "outside_parent": "not harmless if large: is the village in the right township? Better mended before storing",
}
FROM = {
    "cpg": "as its .cpg file says",
    "ldid": "as its .dbf file says",
    "charset": "as the file says",
    "tried": "nothing says so: found by trying",
    "format": "as this format prescribes",
}


@dataclass(frozen=True)
class Examined:
    """Delivered borders as they were understood; nothing is stored.

    ``findings`` are all doubts, ``source`` names the files.
    """

    delivery: Delivery
    findings: tuple[Finding, ...]
    source: str

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop an import."""
        return tuple(finding for finding in self.findings if finding.level == ERROR)

    def understood(self) -> Iterator[str]:
        """Layer by layer how it was read, then for each tier how many there are, with examples to recognise."""
        for facts in self.delivery.facts:
            yield from _layer(facts)
        for tier, word in TIERS:
            labels = [cell.label for cell in self.delivery.cells if cell.tier == tier]
            yield f"{word}: {len(labels)}" + (f", e.g. {', '.join(labels[:EXAMPLES])}" if labels else "")

    def advice(self) -> Iterator[str]:
        """For each kind of warning how many there are, whether it is harmless, and what to do."""
        counts = Counter(finding.code for finding in self.findings if finding.level == WARNING)
        for code, number in counts.items():
            yield f"{counted(number, 'warning')} ({code}): {ADVICE.get(code, 'read it above')}."

    @property
    def summary(self) -> str:
        """How many, and where on the globe.

        A wrong zone puts a county some hundred kilometres off, and only this shows it.
        """
        counts = ", ".join(f"{word} {self.delivery.count(tier)}" for tier, word in TIERS)
        west, south, east, north = self.delivery.extent()
        return f"{counts}; longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f} degrees"


def _layer(facts: Facts) -> Iterator[str]:
    tier = dict(TIERS).get(facts.tier or 0, "county, townships and villages together")
    parent = (
        f"its parent in “{facts.parent_column}”"
        if facts.parent_column
        else "no column for the parent: found by code or place"
    )
    yield f"{facts.file}, layer {facts.layer}: {counted(facts.count, 'row')}, taken as {tier}"
    yield (
        f"    coordinates: {facts.crs}; text: {CODECS.get(facts.encoding, facts.encoding)}, {FROM[facts.encoding_from]}"
    )
    yield f"    columns: code in “{facts.code_column}”, name in “{facts.name_column}”, {parent}"


def refuse(session: Session, since: date) -> None:
    """Refused when borders that count from this day cannot be stored, whatever the files say:
    ask before reading them."""
    service.refuse_to_come(since)
    service.refuse_filled(session)


def examine(paths: Sequence[Path], crs: str | None = None, choice: Choice | None = None) -> Examined:
    """Read files and hold their shapes against each other. Slow: never call it inside a write.

    ``crs`` names the coordinate system of files that do not say theirs, ``choice`` columns and layers. Refused when a
    file cannot be read.
    """
    try:
        delivery = gis_examine.examine(paths, crs, choice)
    except Unreadable as refusal:
        raise Refused(refusal.message, **refusal.params) from refusal
    return Examined(delivery, delivery.findings, ", ".join(path.name for path in paths))


def accept(session: Session, actor: Actor, examined: Examined, since: date) -> list[Grid]:
    """Store what was examined and put it in force, all or nothing; the grids in the order of the delivery's cells.

    Refused as ``refuse`` says, and when there are errors among the findings.
    """
    if examined.errors:
        raise Refused(N_("These borders have errors. Correct the files and try again."))
    cells = examined.delivery.cells
    facts = {"layers": [vars(fact) for fact in examined.delivery.facts]}
    service.name_levels(session)
    names = [(cell.name, "") for cell in cells]
    return service.import_tree(session, actor, cells, names, since, examined.source, facts)
