"""Pages of the card: writing it, naming the office above's person, how it was before, and which cards lack what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core import clock
from ..core.errors import NotFound
from ..grid import queries as grids
from ..grid import units as grid_units
from ..grid.models import UNIT_TIER
from ..grid.queries import Cell
from ..people import rules
from ..web import lists
from ..web.forms import BaseForm
from ..web.request import actor, may, read
from ..web.saving import refused
from . import labels, queries, service, sheet_views, unit_views
from .blueprint import bp
from .forms import CardForm, UpperForm, platform_form

__all__ = ["bp", "sheet_views", "unit_views"]  # their pages stand on the same blueprint


def page_of(cell: Cell) -> str:
    """Where the card of a grid stands."""
    if cell.tier == UNIT_TIER:
        return url_for("card.unit", unit_id=cell.id)
    return url_for("desk.card", grid_id=cell.id)


@dataclass(frozen=True)
class _Page:
    """A form on a grid: its template, what else it shows, and what it is about."""

    template: str
    cell: Cell
    form: BaseForm
    more: dict[str, Any]

    def shown(self) -> str:
        """As a page."""
        more = {"home": page_of(self.cell), **self.more}
        return render_template(self.template, cell=self.cell, form=self.form, **more)

    def kept(self, act: Callable[[Any], object]) -> Any:
        """Do what the form says and lead back to the card; else the form again, the reason beside its field."""
        if not self.form.validate():
            return self.shown(), 422
        if status := refused(self.form, act):
            return self.shown(), status
        flash(_("Recorded, with your name and the date."), "good")
        return redirect(page_of(self.cell), 303)


# --- what is fixed ---


@bp.get("/grids/<int:grid_id>/card")
@may("card.edit")
def edit(grid_id: int) -> str:
    """The form for what is fixed, with what is fixed now."""
    card = queries.newest(read(), grid_id)
    form = CardForm(obj=card, data={"seen": card.id if card else None})
    form.valid_from.data = clock.today()
    return _card_page(grid_id, form).shown()


@bp.post("/grids/<int:grid_id>/card")
@may("card.edit")
def save(grid_id: int) -> Any:
    """Write it as the card that counts from now on."""
    form = CardForm(request.form)
    return _card_page(grid_id, form).kept(
        lambda session: service.write_card(session, actor(), grid_id, form.entry(), form.seen.data)
    )


def _card_page(grid_id: int, form: CardForm) -> _Page:
    cell = grids.any_cell(read(), actor(), "card.edit", grid_id)
    form.offer(rules.tier_kind(cell.tier, grids.working_tier(read())))
    return _Page("card/edit.html", cell, form, {"is_unit": cell.tier == UNIT_TIER})


@bp.get("/grids/<int:grid_id>/before")
@may("grid.read")
def before(grid_id: int) -> str:
    """All that was ever fixed for a grid and who was named towards it, newest first."""
    cell = grids.any_cell(read(), actor(), "grid.read", grid_id)
    is_unit = cell.tier == UNIT_TIER
    drawn = grid_units.versions(read(), grid_id) if is_unit else []
    return render_template(
        "card/before.html",
        cell=cell,
        home=page_of(cell),
        drawn=drawn,
        **({"body": ""} if is_unit else {}),
        places=grids.named(read(), {version.parent_id for version in drawn if version.parent_id}),
        people=queries.unit_people_so_far(read(), grid_id) if is_unit else [],
        versions=queries.versions(read(), grid_id),
        uppers=queries.upper_so_far(read(), grid_id),
        labels=labels,
    )


@bp.get("/grids/<int:grid_id>/notice")
@may("grid.read")
def notice(grid_id: int) -> str:
    """The card as it can be announced (004:168), to be printed. No telephone number of a person stands on it."""
    cell = grids.any_cell(read(), actor(), "grid.read", grid_id)
    facts, above = queries.shown(read(), cell), grids.parents(read(), cell)
    lacks = queries.missing(facts.fixed, has_area=facts.area is not None, has_people=bool(facts.personnel))
    return render_template(
        "card/notice.html",
        cell=cell,
        home=page_of(cell),
        above=above,
        body=queries.body_of(read(), above[-1].id) if cell.tier == UNIT_TIER else None,
        lacks=[word for name, word in labels.FIVE.items() if name in lacks],
        labels=labels,
        today=clock.today(),
        **facts._asdict(),
    )


# --- who stands above ---


@bp.get("/grids/<int:grid_id>/upper")
@may("card.edit")
def upper(grid_id: int) -> str:
    """The form for the office above's person."""
    return _upper_page(grid_id, UpperForm()).shown()


@bp.post("/grids/<int:grid_id>/upper")
@may("card.edit")
def name_upper(grid_id: int) -> Any:
    """Name him; who was named before ends in the same act."""
    form = UpperForm(request.form)
    return _upper_page(grid_id, form).kept(
        lambda session: service.name_upper(session, actor(), grid_id, form.person.data, form.first.data)
    )


def _upper_page(grid_id: int, form: UpperForm) -> _Page:
    lower = grids.any_cell(read(), actor(), "card.edit", grid_id)
    if lower.parent_id is None:
        raise NotFound
    above = grids.cell(read(), actor(), "card.edit", lower.parent_id)
    people = queries.nameable(read(), above.id)
    form.offer(people)
    more = {"above": above, "people": people, "now": queries.upper(read(), grid_id)}
    return _Page("card/upper.html", lower, form, more)


# --- the platform ---


@bp.get("/grids/<int:grid_id>/platform")
@may("card.edit")
def platform(grid_id: int) -> str:
    """The form for the parts of the platform."""
    return _platform_page(grid_id).shown()


@bp.post("/grids/<int:grid_id>/platform")
@may("card.edit")
def set_platform(grid_id: int) -> Any:
    """Write each that has changed."""
    page = _platform_page(grid_id, request.form)

    def act(session: Any) -> None:
        for part in labels.PARTS:
            zh, en = (page.form[f"{part}_{tongue}"].data or "" for tongue in ("zh", "en"))
            service.set_platform(session, actor(), grid_id, part, zh, en)

    return page.kept(act)


def _platform_page(grid_id: int, sent: Any = None) -> _Page:
    county = grids.cell(read(), actor(), "card.edit", grid_id)
    if county.parent_id is not None:
        raise NotFound
    form = platform_form(queries.platform(read(), grid_id), sent)
    return _Page("card/platform.html", county, form, {"labels": labels})


# --- which cards lack what ---


@bp.get("/cards")
@may("card.list")
def index() -> str:
    """The cards within reach that lack something; each count is the length of its list."""
    every, chosen = queries.every_line(read(), actor()), request.args.get("lack", "any")
    lines, compounds = ([line for line in every if line.is_unit is of_units] for of_units in (False, True))
    rule = queries.rule(read())
    unset = {name for name, number in zip(labels.OFF, rule, strict=True) if not number}
    found = {name: [line for line in lines if _is_in(name, line)] for name in labels.LISTS if name not in unset}
    found |= _unit_lists(compounds)
    if chosen not in found:
        abort(404)
    part = lists.part(len(found[chosen]))
    return render_template(
        "card/list.html",
        lists={name: (_({**labels.LISTS, **labels.UNIT_LISTS}[name]), len(each)) for name, each in found.items()},
        page_of=page_of,
        rule=rule,
        chosen=chosen,
        lines=found[chosen][part.first : part.first + part.size],
        part=part,
        labels=labels,
        levels=grids.levels(read()),
        places=grids.named(read(), {line.cell.parent_id for line in found[chosen] if line.cell.parent_id}),
    )


def _unit_lists(lines: list[queries.Line]) -> dict[str, list[queries.Line]]:
    """The lists of unit grids, where there are any."""
    names = labels.UNIT_LISTS if lines else ()
    return {name: [line for line in lines if _is_in(name.removeprefix("unit_"), line)] for name in names}


def _is_in(name: str, line: queries.Line) -> bool:
    if name == "any":
        return bool(line.lacks & labels.FIVE.keys())
    return name == labels.ALL or name in line.lacks or name == line.off
