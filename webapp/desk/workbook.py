"""The six classes of data of the platform (004:174) as one workbook, in the reader's language. No telephone numbers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask_babel import gettext as _

from ..access import Actor
from ..card import labels
from ..card import queries as cards
from ..card.queries import Line
from ..core import clock, workbook
from ..core.errors import N_
from ..grid import queries as grids
from ..people.rules import ROLE_NAMES
from ..web.language import named
from . import queries

DAYS = 365  # of the daily work that is counted
#: Sheet → its headings with their widths, as msgids; before each row stand the code and the name of the grid.
SHEETS: dict[str, tuple[tuple[str, int], ...]] = {
    N_("1 Grids"): (
        (N_("Level"), 10),
        (N_("Belongs to"), 20),
        (N_("Kind of grid"), 14),
        (N_("Area in km²"), 12),
        (N_("Duties"), 40),
        (N_("Tasks"), 40),
        (N_("Rewards"), 30),
        (N_("Penalties"), 30),
        (N_("Counts from"), 12),
        (N_("Announced on"), 12),
    ),
    N_("2 Responsible bodies"): ((N_("Responsible body"), 30),),
    N_("3 Responsible leaders"): ((N_("Post"), 24), (N_("Name"), 16)),
    N_("4 Persons"): ((N_("Name"), 16), (N_("Role"), 20), (N_("First day"), 12)),
    N_("5 Enterprises and places"): (
        (N_("Type"), 18),
        (N_("Name"), 30),
        (N_("Longitude"), 12),
        (N_("Latitude"), 12),
        (N_("On the list since"), 14),
    ),
    N_("6 Daily work"): (
        (N_("Patrols"), 10),
        (N_("Visits"), 10),
        (N_("Reports"), 10),
        (N_("Reports open now"), 16),
    ),
}
TOWARDS = N_("Person of the office above")


def six(session: Any, actor: Actor) -> BytesIO:
    """All grids that the actor may list. What is not fixed is an empty cell."""
    lines = cards.every_line(session, actor)
    by_id = {line.cell.id: line for line in lines}
    rows = (
        _grids(session, lines),
        (_row(line, _said(_answers(line, by_id), "body")) for line in lines if _answers(line, by_id).card),
        (_row(line, _said(line, "post"), _said(line, "leader")) for line in lines if line.card),
        _people(session, lines),
        _things(session, lines),
        _work(session, lines),
    )
    head = ((N_("Code"), 16), (N_("Grid"), 20))
    parts = [
        (_(title), [(_(word), width) for word, width in (*head, *columns)], found)
        for (title, columns), found in zip(SHEETS.items(), rows, strict=True)
    ]
    out = BytesIO()
    said = (
        _("The six classes of data of the platform (004:174), as of %(day)s.", day=clock.today().isoformat()),
        _("An empty cell is not fixed. Daily work counts the last %(days)d days.", days=DAYS),
    )
    workbook.several(out, _("Grid cards"), said, [(_("Sheet"), 40), (_("Entries"), 12)], parts)
    out.seek(0)
    return out


def _row(line: Line, *cells: Any) -> list[Any]:
    return [line.cell.code, named(line.cell), *cells]


def _answers(line: Line, by_id: Mapping[int, Line]) -> Line:
    """The grid whose body answers for one: of a unit grid its community."""
    return by_id.get(line.cell.parent_id or 0, line) if line.is_unit else line


def _said(line: Line, field: str) -> str:
    return named(line.card, field) if line.card else ""


def _grids(session: Any, lines: Sequence[Line]) -> Iterator[list[Any]]:
    areas = grids.areas(session, [line.cell.id for line in lines])
    levels = grids.levels(session)
    places = grids.named(session, {line.cell.parent_id for line in lines if line.cell.parent_id})
    for line in lines:
        above, card = places.get(line.cell.parent_id or 0), line.card
        kind = _(labels.KIND_NAMES[card.kind]) if card and card.kind else ""
        area = round(areas[line.cell.id], 2) if line.cell.id in areas else None
        texts = [_said(line, field) for field in ("duties", "tasks", "rewards", "penalties")]
        days = (card.valid_from, card.published_on) if card else (None, None)
        yield _row(line, named(levels[line.cell.tier]), named(above) if above else "", kind, area, *texts, *days)


def _people(session: Any, lines: Sequence[Line]) -> Iterator[list[Any]]:
    found: dict[int, list[tuple[Any, Any]]] = {}
    for posting, person in queries.posted(session, [line.cell.id for line in lines]):
        found.setdefault(posting.grid_id or 0, []).append((posting, person))
    for line in lines:
        for posting, person in found.get(line.cell.id, ()):
            yield _row(line, named(person), _(ROLE_NAMES[posting.role]), posting.valid_from)
        for person in line.people if line.is_unit else ():
            yield _row(line, named(person), named(person, "post"), person.from_on)
        if line.upper and line.upper.sits:
            yield _row(line, named(line.upper.person), _(TOWARDS), line.upper.link.from_on)


def _things(session: Any, lines: Sequence[Line]) -> Iterator[list[Any]]:
    by_id = {line.cell.id: line for line in lines}
    for thing, kind in queries.things(session, list(by_id)):
        yield _row(by_id[thing.grid_id], named(kind), named(thing), thing.lon, thing.lat, thing.valid_from)


def _work(session: Any, lines: Sequence[Line]) -> Iterator[list[Any]]:
    since = clock.start(clock.today() - timedelta(days=DAYS))
    found = queries.work(session, [line.cell.id for line in lines], since)
    for line in lines:
        if line.cell.id in found:
            yield _row(line, *found[line.cell.id])
