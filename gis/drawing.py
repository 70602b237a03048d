"""The map layer of a tree of cells, as it is published: tried before anybody is asked, drawn again when stored."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gis import layer, simplify


class Drawn(NamedTuple):
    """A cell to draw: whose outline it is, what goes with it, WKB in degrees, and the parent's place in the list."""

    id: int | str
    properties: Mapping[str, object]
    boundary: bytes | None
    parent: int | None


def draw(cells: Sequence[Drawn]) -> bytes:
    """The layer (gis.layer) of lightened borders (gis.simplify), in the order given.

    What is too small to be seen, a part or a hole of some metres, is left out of the drawing; the borders themselves
    keep it. Raises what `simplify.lighter_tree` and `layer.layer` raise.
    """
    thin = simplify.lighter_tree([cell.boundary or None for cell in cells], [cell.parent for cell in cells])
    return layer.layer((cell.id, cell.properties, wkb) for cell, wkb in zip(cells, thin, strict=True))
