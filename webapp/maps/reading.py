"""How files of borders were read, for the page of their steps: what each layer says, what can be chosen, a drawing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gis import crs
from gis.delivery import Facts, Seen
from gis.delivery import Refused as Unreadable
from gis.outcome import Outcome

from ..core.errors import N_, Refused
from ..grid.incoming import Incoming
from ..grid.labels import CODECS

#: The steps in their order, and what is known of them.
STEPS = {
    "text": N_("Text"),
    "crs": N_("Coordinate system"),
    "columns": N_("Columns"),
    "found": N_("What was found"),
    "changes": N_("What would change"),
}
#: The beginning of a kind of refusal or finding → the step where something can be chosen about it.
ABOUT = {
    **dict.fromkeys(("encoding_", "cpg_", "ldid_", "text_"), "text"),
    **dict.fromkeys(("crs_", "place_wrong", "row_place", "shift"), "crs"),
    **dict.fromkeys(
        ("no_code_column", "no_name_column", "column", "layer_", "tiers_unclear", "parent_unknown", "code_"), "columns"
    ),
}
SHOWN = 5  # columns of a layer about which nothing is known yet
SYSTEMS: Mapping[str, str] = {
    **{f"EPSG:{number}": system.name for number, system in crs.BY_EPSG.items()},
    **{name: system.name for name, system in (("gcj02", crs.GCJ02), ("bd09", crs.BD09))},
}


@dataclass(frozen=True)
class Sample:
    """The first rows of a layer: the heads of its columns, and the rows."""

    layer: str
    count: int
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Reading:
    """What is known of files. ``refused`` why they cannot be read; ``at`` the step at which its reader has to do
    something; ``doubted`` the steps about which something was found."""

    refused: Refused | None
    outcome: Outcome
    samples: tuple[Sample, ...]
    at: str
    doubted: frozenset[str]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Each step with its word and whether it is done, the present one, or to come."""
        order = list(STEPS)
        place = order.index(self.at)
        return [(STEPS[step], "done" if at < place else "now" if at == place else "") for at, step in enumerate(order)]


def reading(found: Incoming) -> Reading:
    """What the files were read as, or why they cannot be."""
    refused, code = None, ""
    try:
        outcome = found.outcome()
    except Unreadable as why:
        refused, code = Refused(why.message, **why.params), why.code
        outcome = Outcome(seen=why.seen)
    except Refused as why:
        refused, outcome = why, Outcome()
    doubted = frozenset(filter(None, map(_step, [code, *outcome.codes])))
    at = _step(code) or "text" if refused else "found"
    return Reading(refused, outcome, tuple(_samples(outcome.seen, outcome.facts)), at, doubted)


def _step(code: str) -> str:
    return next((step for start, step in ABOUT.items() if code.startswith(start)), "")


def _samples(seen: Sequence[Seen], facts: Sequence[Facts]) -> Iterator[Sample]:
    known = {(fact.file, fact.layer): (fact.code_column, fact.name_column) for fact in facts}
    for layer in seen:
        picked = [name for name in known.get((layer.file, layer.layer), list(layer.columns)[:SHOWN]) if name]
        strange = [name for name in picked if not "".join(layer.columns[name]).isascii()]
        other = [(codec, name) for codec in layer.others for name in strange]
        head = (*picked, *(f"{name} ({CODECS.get(codec, codec)})" for codec, name in other))
        columns = [layer.columns[name] for name in picked] + [layer.others[codec][name] for codec, name in other]
        yield Sample(layer.layer, layer.count, head, tuple(zip(*columns, strict=True)))
