"""Pages of the card: writing it, naming the office above's person, how it was before, and which cards lack what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core import clock
from ..core.errors import NotFound
from ..grid import queries as grids
from ..grid.queries import Cell
from ..people import rules
from ..web import lists
from ..web.forms import BaseForm
from ..web.request import actor, may, read
from ..web.saving import refused
from . import labels, queries, service
from .blueprint import bp
from .forms import CardForm, UpperForm, platform_form

__all__ = ["bp"]


@dataclass(frozen=True)
class _Page:
    """A form on a grid: its template, what else it shows, and what it is about."""

    template: str
    cell: Cell
    form: BaseForm
    more: dict[str, Any]

    def shown(self) -> str:
        """As a page."""
        return render_template(self.template, cell=self.cell, form=self.form, **self.more)

    def kept(self, act: Callable[[Any], object]) -> Any:
        """Do what the form says and lead back to the card; else the form again, the reason beside its field."""
        if not self.form.validate():
            return self.shown(), 422
        if status := refused(self.form, act):
            return self.shown(), status
        flash(_("Recorded, with your name and the date."), "good")
        return redirect(url_for("desk.card", grid_id=self.cell.id), 303)


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
    cell = grids.cell(read(), actor(), "card.edit", grid_id)
    form.offer(rules.tier_kind(cell.tier, grids.lowest_tier(read())))
    return _Page("card/edit.html", cell, form, {})


@bp.get("/grids/<int:grid_id>/before")
@may("grid.read")
def before(grid_id: int) -> str:
    """All that was ever fixed for a grid and who was named towards it, newest first."""
    return render_template(
        "card/before.html",
        cell=grids.cell(read(), actor(), "grid.read", grid_id),
        versions=queries.versions(read(), grid_id),
        uppers=queries.upper_so_far(read(), grid_id),
        labels=labels,
    )


@bp.get("/grids/<int:grid_id>/notice")
@may("grid.read")
def notice(grid_id: int) -> str:
    """The card as it can be announced (004:168), to be printed. No telephone number of a person stands on it."""
    cell = grids.cell(read(), actor(), "grid.read", grid_id)
    facts = queries.shown(read(), cell)
    lacks = queries.missing(facts.fixed, has_area=facts.area is not None, has_people=bool(facts.personnel))
    return render_template(
        "card/notice.html",
        cell=cell,
        above=grids.parents(read(), cell),
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
    lower = grids.cell(read(), actor(), "card.edit", grid_id)
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
    lines, chosen = queries.lines(read(), actor()), request.args.get("lack", "any")
    rule = queries.rule(read())
    unset = {name for name, number in zip(labels.OFF, rule, strict=True) if not number}
    found = {name: [line for line in lines if _is_in(name, line)] for name in labels.LISTS if name not in unset}
    if chosen not in found:
        abort(404)
    part = lists.part(len(found[chosen]))
    return render_template(
        "card/list.html",
        lists={name: (_(labels.LISTS[name]), len(each)) for name, each in found.items()},
        rule=rule,
        chosen=chosen,
        lines=found[chosen][part.first : part.first + part.size],
        part=part,
        labels=labels,
        levels=grids.levels(read()),
        places=grids.named(read(), {line.cell.parent_id for line in lines if line.cell.parent_id}),
    )


def _is_in(name: str, line: queries.Line) -> bool:
    if name == "any":
        return bool(line.lacks & labels.FIVE.keys())
    return name == labels.ALL or name in line.lacks or name == line.off
