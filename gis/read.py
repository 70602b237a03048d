"""A county's boundary files read into one `Delivery`: GeoPackage, GeoJSON or a zip of shapefiles.

From layers as they stand in the files (gis.opening) to valid polygons in longitude and latitude, each with its
tier and its parent (gis.tiers). Whether the shapes fit each other is asked by gis.check.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import shapely

from gis import clean, columns, complete, crs, fourth, opening, text, tiers
from gis.delivery import Cell, Choice, Delivery, Facts, Finding, Refused
from gis.opening import Layer
from gis.outlines import COLLECTION, MULTIPOLYGON, POLYGON, outlines
from gis.tiers import tier_by_name

__all__ = ["Refused", "read", "system_of"]

# What a row may have, the worst first; of SOME a FEW rows are a warning, more are an error.
MARKS = (
    *("row_not_finite", "row_place", "tangled", "text_damaged", "text_cut", "text_private"),
    *("merged", "cleaned", "invalid"),
)
SOME, FEW = {"text_cut": "text_cut_many", "text_private": "text_private_many"}, 3
Columned = tuple[Layer, columns.Chosen]


def read(
    path: Path,
    *others: Path,
    system: str | None = None,
    choice: Choice | None = None,
    present: Sequence[Cell] = (),
) -> Delivery:
    """The delivery in one file, or in several with a tier each; ``present`` are the cells of which it is only a part.

    `system` names the coordinate system of layers that do not say theirs ('EPSG:4547'), or says that longitude
    and latitude are shifted ('gcj02', 'bd09'); `choice` names columns and layers. Raises Refused where a file is
    unsafe or cannot be understood; all other doubts are findings of the answer.
    """
    return understood(opened([path, *others], choice or Choice()), system, choice, present)


def opened(paths: Sequence[Path], choice: Choice) -> list[Layer]:
    """The layers of all files as they stand there. Raises Refused as `read` does."""
    return [layer for path, called in _told_apart(paths) for layer in _layers(path, called, choice.encoding)]


def understood(
    opened: Sequence[Layer], system: str | None = None, choice: Choice | None = None, present: Sequence[Cell] = ()
) -> Delivery:
    """The delivery in layers that were opened; see `read`."""
    file = opened[0].file if opened else "–"
    known = crs.from_name(system, file) if system else None
    kept = [layer for layer in opened if _has_polygons(layer)]
    if not kept:
        raise Refused("nothing_inside", file=file)
    ignored = [Finding("layer_ignored", params={"layer": layer.name}) for layer in opened if layer not in kept]
    said = choice or Choice()
    if said.one:
        return Delivery((), (_one(kept, known, said.over),), ())
    taken, left = _taken(kept, said)
    return _deliver(
        taken, known, said, present, [*ignored, *left, *chain.from_iterable(layer.findings for layer in opened)]
    )


def _one(layers: Sequence[Layer], known: crs.System | None, over: bool) -> Cell:
    """The one border that some layers hold; Refused where there are more, or what there is cannot be repaired."""
    drawn = [outlines(layer, system_of(layer, known, over)) for layer in layers]
    count = sum(np.count_nonzero(~shapely.is_missing(layer.shapes)) for layer in layers)
    shapes = [shape for each in drawn for shape in each.shapes if shape is not None]
    if count != 1 or len(shapes) != 1:
        raise Refused("one_border", file=layers[0].file, count=str(count))
    return Cell(3, "", "", None, shapely.to_wkb(shapes[0]), None)


def _taken(layers: Sequence[Layer], choice: Choice) -> tuple[list[Columned], list[Finding]]:
    """The layers that hold borders, each with its columns; what was left out is said.

    Refused where one has no column for the code though its name says that it should be here.
    """
    wanted = _wanted(layers, choice)
    columned = [
        (layer, columns.choose(layer.columns, layer.name, tier_by_name(layer.name), choice.of(layer.name)))
        for layer in wanted
    ]
    taken = [(layer, chosen) for layer, chosen in columned if chosen]
    without = [layer for layer, chosen in columned if not chosen]
    for layer in without:
        if not taken or tier_by_name(layer.name):
            raise Refused("no_code_column", layer=layer.name, columns=columns.listed(layer.columns))
    left = [
        Finding("layer_no_code", params={"layer": layer.name, "columns": columns.listed(layer.columns)})
        for layer in without
    ]
    left += [Finding("layer_unwanted", params={"layer": layer.name}) for layer in layers if layer not in wanted]
    return taken, left


def _wanted(layers: Sequence[Layer], choice: Choice) -> list[Layer]:
    """The layers that were asked for, or all; Refused where what was said names nothing."""
    names = [layer.name for layer in layers]
    for layer in choice.layer:
        if layer not in names:
            raise Refused("layer_not_there", layer=layer, layers=", ".join(names))
    wanted = [layer for layer in layers if not choice.layer or layer.name in choice.layer]
    there = {name for layer in wanted for name in layer.columns}
    for said in (choice.code, choice.name, choice.parent):
        if said and not columns.given(there, said):
            raise Refused("column_not_there", column=", ".join(said), columns=columns.listed(there))
    return wanted


def _told_apart(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each file with what it is called here: its name, or all of its path where two have the same name."""
    names = Counter(path.name for path in paths)
    for path, number in Counter(path.absolute() for path in paths).items():
        if number > 1:
            raise Refused("file_twice", file=path.name)
    return [(path, path.name if names[path.name] == 1 else str(path)) for path in paths]


def _layers(path: Path, called: str, codec: str) -> list[Layer]:
    return [replace(layer, file=called) for layer in opening.layers(path, codec)]


def _has_polygons(layer: Layer) -> bool:
    return bool(np.isin(shapely.get_type_id(layer.shapes), (POLYGON, MULTIPOLYGON, COLLECTION)).any())


def _deliver(
    layers: Sequence[Columned],
    known: crs.System | None,
    choice: Choice,
    present: Sequence[Cell],
    findings: list[Finding],
) -> Delivery:
    """Rows of all layers, sorted so that parents come first, linked and turned into cells."""
    systems = [system_of(layer, known, choice.over) for layer, _ in layers]
    by_layer = {
        f"{layer.file}/{layer.name}": _rows(layer, chosen, system)
        for (layer, chosen), system in zip(layers, systems, strict=True)
    }
    tiers.set_tiers(by_layer)
    rows = sorted(chain.from_iterable(by_layer.values()), key=lambda row: row.tier)
    merged = complete.merged([row for row in rows if row.tier < 4])
    rows, made = complete.completed(complete.among(merged, present) if present else merged)
    unknown = tiers.set_parents(rows)
    cells = tuple(row.cell() for row in rows)
    facts = tuple(map(_facts, layers, systems, by_layer.values()))
    units, said = fourth.taken(rows, [row for each in by_layer.values() for row in each if row.tier == 4], choice)
    return Delivery(facts, cells, (*findings, *said, *made, *_marked(rows, cells), *unknown), units=units)


def _marked(rows: list[tiers.Row], cells: tuple[Cell, ...]) -> Iterator[Finding]:
    """A finding for each kind of mark that rows have; of text that was read badly an error, where it is not a few."""
    for mark in MARKS:
        if ats := tuple(at for at, row in enumerate(rows) if mark in row.marks):
            kind = SOME.get(mark, mark) if len(ats) > FEW else mark
            yield Finding(kind, tuple(cells[at].label for at in ats), {}, ats)


def system_of(layer: Layer, known: crs.System | None, over: bool = False) -> crs.System:
    """The layer's own system, or the one named from outside, which counts more if it is to be; only degrees can be
    shifted ones."""
    if known in (crs.GCJ02, crs.BD09):
        if layer.system and layer.system.kind != crs.LONLAT:
            raise Refused("crs_not_lonlat", layer=layer.name, name=known.name, found=layer.system.name)
        return known
    found = (known if over else None) or layer.system or known
    if not found:
        raise Refused("crs_missing", layer=layer.name)
    return found


def _rows(layer: Layer, chosen: columns.Chosen, system: crs.System) -> list[tiers.Row]:
    codes, said = _cleaned(layer, chosen.code, clean.code), _cleaned(layer, chosen.parent, clean.parent)
    names, above = _cleaned(layer, chosen.name, clean.name), _cleaned(layer, chosen.above, clean.name)
    shapes, marks = outlines(layer, system)
    rows = [
        tiers.Row(layer.name, number, *row)
        for number, row in enumerate(
            zip(columns.tidy_codes(codes), names, columns.tidy_codes(said), shapes, above, strict=True), 1
        )
    ]
    written = _text_marks(layer, (chosen.code, chosen.name, chosen.parent), (codes, names, said))
    for mark, ats in (*marks.items(), *written.items()):
        for at in ats:
            rows[at].marks.add(mark)
    return rows


def _cleaned(layer: Layer, column: str | None, how: Callable[[str], str]) -> list[str]:
    return [how(value) for value in layer.columns[column]] if column else [""] * len(layer.shapes)


def _text_marks(layer: Layer, used: Sequence[str | None], cleaned: Sequence[Sequence[str]]) -> dict[str, Sequence[int]]:
    """Which rows have a code, name or parent that was cleaned, cut, private or damaged."""
    marks: dict[str, Sequence[int]] = {
        "text_cut": sorted({at for column in used if column for at in layer.cut.get(column, ())})
    }
    for column, values in zip(used, cleaned, strict=True):
        if column:
            pairs = list(enumerate(zip(layer.columns[column], values, strict=True)))
            tests = {"cleaned": clean.is_changed, "text_private": text.is_private, "text_damaged": text.is_damaged}
            for mark, test in tests.items():
                marks[mark] = [*marks.get(mark, ()), *(at for at, pair in pairs if test(*pair))]
    return marks


def _facts(columned: Columned, system: crs.System, rows: list[tiers.Row]) -> Facts:
    layer, chosen = columned
    seen = {row.tier for row in rows}
    return Facts(
        layer.file,
        layer.name,
        seen.pop() if len(seen) == 1 else None,
        len(rows),
        layer.encoding,
        layer.encoding_from,
        system.name,
        system.epsg,
        chosen.code,
        chosen.name,
        chosen.parent,
    )
