"""Ledgers of the county whose rights are tried out: handed in by both townships, and what is typed about them."""

import io
from typing import Any

from webapp.core import clock, ids
from webapp.core.canonical import mark
from webapp.core.named_cells import Seen
from webapp.core.tongue import Tongue
from webapp.grid import queries
from webapp.ledger import filling, making, records, service
from webapp.ledger.periods import around
from webapp.register import asking

HAND_IN = {"A": "township_a", "B": "township_b"}


def hand_in(county: Any) -> None:
    """This week's ledger of both townships, after the rounds and reports; the county's own form of it, and a field of
    its own in a register. What is typed about ledgers is read once."""
    for grid, login in HAND_IN.items():
        with county.acting(login) as (session, who):
            cell = queries.cell(session, who, "ledger.keep", county.ids["grid"][grid])
            made = making.now(session, who, cell, around("week", clock.today()), Tongue("en", str))
            county.ids["ledger"][grid] = service.keep(session, who, ids.new(), made)
    with county.acting("county") as (session, who):
        for name in ("自加", "不问"):
            field = asking.add_field(session, who, "small_polluter", asking.FieldEntry(name, "", "text"))
        asking.end_field(session, who, "small_polluter", field.code)
        form = sample(session)
        service.add_template(session, who, "own.xlsx", form, Seen(["title"], [], 0, False))
    county.ids["typed"] = _typed(county, form)


def sample(session: Any) -> bytes:
    """The workbook that the page gives to begin with."""
    out = io.BytesIO()
    filling.sample(records.shown(session), Tongue("en", str), out)
    return out.getvalue()


def _typed(county: Any, form: bytes) -> dict[str, dict[str, Any]]:
    """The forms by their addresses, right for those who may."""
    with county.store.read() as session:
        columns = service.standing(session, "patrols")
    places = {f"place-patrols-{name}": str(place or "") for name, (place, _heading) in columns.items()}
    return {
        "/grids/<grid_id>/ledger": {"id": ids.new(), "span": "week"},
        "/grids/<grid_id>/ledger/file": {"span": "week"},
        "/ledger/columns/<records>": {"seen": mark(columns), **places, "heading-patrols-at": "new"},
        "/ledger/template": {"sheet": form},
        "/ledger/template/end": {"template": "1"},
    }
