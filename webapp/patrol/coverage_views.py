"""The page of how the visits of a grid's objects came out in a period: blind spots first, by type, by grid below."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import Optional

from ..core import settings, words
from ..core.errors import NotFound
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from ..web.forms import BaseForm
from ..web.language import named
from ..web.places import DayField, in_order, last_days
from ..web.request import actor, may, read, read_connection
from . import outcomes, queries
from .blueprint import bp
from .outcomes import Line, Sum

LONGEST = 366  # days
RECENT = (7, 30, 90)  # days
BLIND, MOST = 20, 200  # blind spots and objects that a page lists


class SpanForm(BaseForm):
    """From one day to another, both included; the county's usual number of days, where nothing is said."""

    first = DayField(_l("From"), validators=[Optional()])
    last = DayField(_l("To"))

    def validate_last(self, field: DayField) -> None:
        """Both or none, in their order, and no longer than a year."""
        if (field.data is None) != (self.first.data is None):
            raise ValidationError(str(_l("A first and a last day are needed.")))
        in_order(self.first.data, field.data)
        if field.data and self.first.data and (field.data - self.first.data).days >= LONGEST:
            raise ValidationError(str(_l("At most %(days)d days.", days=LONGEST)))

    def span(self) -> tuple[date, date]:
        """What was chosen."""
        if self.first.data and self.last.data and not self.errors:
            return self.first.data, self.last.data
        return last_days(min(max(settings.get(read(), "coverage_days"), 1), LONGEST))


@bp.get("/grids/<int:grid_id>/coverage")
@may("patrol.read")
def covered(grid_id: int) -> Any:
    """Of a grid, or of the objects of one type in it. One that ended leads to the grid that has its records."""
    cell = grid_queries.cell(read(), actor(), "patrol.read", grid_id)
    heir = grid_queries.standing(read(), cell.id)
    if heir != cell.id:
        asked = {name: request.args.get(name) for name in ("first", "last", "type")}
        return redirect(url_for("patrol.covered", grid_id=heir, **asked))  # type: ignore[arg-type]
    form = SpanForm(request.args)
    status = 200 if form.validate() else 422
    first, last = form.span()
    return _page(cell, form, first, last), status


def _page(cell: Cell, form: SpanForm, first: date, last: date) -> str:
    lines = outcomes.of(read(), actor(), first, last, cell.path)
    kinds = {kind.code: kind for kind in queries.types(read()) if not kind.is_withheld}
    type_ = _chosen(kinds)
    chosen = [line for line in lines if type_ is None or line.type == type_.code]
    parts = outcomes.by_part(read(), cell.id, chosen)
    blind = outcomes.blind(chosen)
    has_parts = set(parts) != {cell.id}
    is_whole = type_ is not None or not has_parts
    address = partial(url_for, "patrol.covered", first=first, last=last)
    return render_template(
        "patrol/coverage.html",
        cell=cell,
        form=form,
        type=type_,
        total=outcomes.total(chosen),
        reasons=_reasons(chosen),
        blind=_objects(blind[: MOST if is_whole else BLIND], kinds),
        blind_number=len(blind),
        whole=_objects(chosen[:MOST], kinds) if is_whole else (),
        number=len(chosen),
        kinds=_kinds(kinds, lines, partial(address, grid_id=cell.id)),
        parts=_parts(parts, partial(address, type=type_ and type_.code)) if has_parts else (),
        recent=[(days, *last_days(days)) for days in RECENT],
        span=(first, last),
        up=address(grid_id=cell.id) if type_ else None,
    )


def _chosen(kinds: dict[str, Any]) -> Any:
    """The type that the address asks for; None for all. NotFound for one that is not walked."""
    asked = request.args.get("type")
    if asked and asked not in kinds:
        raise NotFound
    return kinds[asked] if asked else None


def _kinds(kinds: dict[str, Any], lines: Iterable[Line], address: Callable[..., str]) -> list[tuple[str, str, Sum]]:
    """Each type of which something was due, with its address and sum."""
    found = outcomes.by_type(lines)
    return [(named(kind), address(type=code), found[code]) for code, kind in kinds.items() if code in found]


def _parts(parts: dict[int, Sum], address: Callable[..., str]) -> list[tuple[str, str, Sum]]:
    """Each grid below with its address and sum, in the order of codes: grids are not ranked."""
    grids = grid_queries.named(read(), set(parts))
    listed = sorted(grids.values(), key=lambda grid: grid.code)
    return [(named(grid), address(grid_id=grid.id), parts[grid.id]) for grid in listed]


def _objects(lines: Sequence[Line], kinds: dict[str, Any]) -> list[tuple[Line, str, Cell]]:
    """Objects with type and village."""
    grids = grid_queries.named(read(), {line.grid_id for line in lines})
    return [(line, named(kinds[line.type]), grids[line.grid_id]) for line in lines]


def _reasons(lines: Iterable[Line]) -> list[tuple[str, int]]:
    """Why visits came to nothing, the most frequent first."""
    found: Counter[str] = sum((line.reasons for line in lines), Counter())
    known = words.named(read_connection(), "could_not_see")
    return [
        (named(known[code]) if code in known else code or _("no reason"), number)
        for code, number in found.most_common()
    ]
