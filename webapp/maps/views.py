"""The map page, the layer of outlines that the browser keeps for ever, and the card of one grid."""

import gzip
from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask import Response, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core import clock, settings
from ..core.errors import NotFound
from ..grid import backdrop, then
from ..grid import mapped as grid_mapped
from ..grid import queries as grid_queries
from ..patrol import coverage as patrol_coverage
from ..people.rules import ROLE_NAMES
from ..report import details as report_details
from ..report import mapped
from ..report.rows import SHORT, is_late, rows
from ..report.words import problem_words
from ..web import headers
from ..web.language import named
from ..web.request import actor, may, read
from . import backdrop_views, border_views, incoming_views, queries, redraw_views, shape, tiles
from .blueprint import bp
from .forms import LONGEST, THEN, MapForm, Period, View, recent

__all__ = ["backdrop_views", "border_views", "bp", "incoming_views", "redraw_views"]
PRESETS = (1, 7, 30)
TILES = ("tile_url", "tile_crs", "tile_attribution")
SETTINGS = ("coverage_days", "few", "map_review_number", *TILES)
KEPT = "private, max-age=31536000, immutable"


@bp.get("/map")
@may("outline.read")
def show() -> Response:
    """Borders with names, villages coloured by what was chosen, open reports by place; the same as a table."""
    known = settings.several(read(), *SETTINGS)
    form, view, status = _chosen(usual := _possible(known["coverage_days"]))
    base, home = tiles.base_map(*(known[key] for key in TILES)), queries.home(read(), actor())
    has_then, borders = _borders(view, home)
    newest, under = backdrop.layers(read(), home.path if home else "")
    page = render_template(
        "maps/show.html",
        form=form,
        view=view,
        period=view.period,
        presets=_presets(usual),
        usual=recent(usual),
        drawn=grid_mapped.drawn(read(), home.path) if home else grid_mapped.NONE,
        layer=(borders.layer if borders else None) or newest,
        backdrop=under,
        has_then=has_then,
        borders=borders,
        base=base,
        review_number=known["map_review_number"],
        few=known["few"],
        ages=[most for most, _shade in shape.AGES],
        counts=sorted(least for least, _shade in shape.COUNTS),
        may_read=actor().may("patrol.read"),
        may_open=actor().may("grid.read"),
        may_change=actor().may("border.read"),
        card_url=_of_grid("maps.card", **view._replace(at=None, by=shape.SEEN).query()),
        things_url=_of_grid("maps.objects"),
        page_url=url_for("desk.card", grid_id=0).replace("/0", "/{id}"),
        now=clock.now(),
        today=clock.today().isoformat(),
        hits=_hits(form.q.data),
        selected=_own() if view.at is None else view.at,
        place=_place(),
        **_figures(view, home, known["few"], borders),
    )
    response = make_response(page, status)
    if base is not None and base.source:
        response.headers["Content-Security-Policy"] = headers.policy(base.source)
    return response


def _chosen(usual: int | None = None) -> tuple[MapForm, View, int]:
    """The form as typed, what is shown, and the answer's status. ``usual``: the county's own number of days."""
    form = MapForm(request.args)
    status = 200 if form.validate() else 422
    return form, form.view(usual or _possible(settings.get(read(), "coverage_days"))), status


def _possible(days: int) -> int:
    """A number of days, within what a period may be."""
    return min(max(days, 1), LONGEST)


def _borders(view: View, home: grid_queries.Cell | None) -> tuple[bool, then.Borders | None]:
    """Whether other borders were in force when the period ended than today, and those, where they were chosen."""
    last = view.period.last
    if home is None or last >= clock.today() or not then.have_changed_since(read(), last, home.path):
        return False, None
    return True, then.borders(read(), actor(), last, home.path) if view.borders == THEN else None


def _figures(view: View, home: grid_queries.Cell | None, few: int, borders: then.Borders | None) -> dict[str, Any]:
    """The table, and the same for the map."""
    opened = mapped.open_on(read(), actor(), view.as_of) if view.as_of else None
    sheet = queries.sheet(read(), actor(), home, view.period, few, view.by, borders, opened)
    placed = mapped.open_places(read(), actor()) if opened is None else [one for one in opened if one.lon is not None]
    problems = report_details.problems(read(), [report.id for report in placed])
    points = shape.points(
        placed,
        lambda report: {
            "number": report.number[-SHORT:],
            "name": problem_words(problems.get(report.id, [])),
            "url": url_for("report.show", report_id=report.id),
            "tone": "late" if _is_late(report) else "",
        },
    )
    return {
        "sheet": sheet,
        "points": points,
        "values": shape.values(
            sheet, _per_grid(placed, borders), _per_grid(filter(_is_late, placed), borders), _written
        ),
    }


def _is_late(report: Any) -> bool:
    """Whether its clock has run out, or had on the day of the map."""
    return report.is_late if isinstance(report, mapped.Then) else is_late(report)


def _per_grid(reports: Iterable[Any], borders: then.Borders | None) -> Counter[int]:
    """How many of these reports lie in each grid of the map."""
    return Counter(borders.place(report.found_in) if borders else report.grid_id for report in reports)


def _written(line: shape.GridRow) -> str:
    """A village's figure as it stands on the map: days are told from visits by their word, reports by their pill."""
    if line.by in (shape.OPEN, shape.LATE):
        return ""
    return _("%(num)s d", num=line.label) if line.by == shape.LAST else line.label


def _own() -> int | None:
    """Where the map opens: on the one village or township that the person is posted to, else on the whole."""
    grids = actor().grids_for("report.submit")
    return grids[0] if len(grids) == 1 else None


def _place() -> str | None:
    """The place that the address asks for, "lon,lat" in WGS84 degrees; None for what is none."""
    try:
        lon, lat = map(float, request.args.get("place", "").split(","))
    except ValueError:
        return None
    return f"{lon:.6f},{lat:.6f}" if abs(lon) <= 180 and abs(lat) <= 90 else None


def _presets(usual: int) -> list[Period]:
    """Today, a week, a month, and the county's usual days when these are others."""
    return [recent(days) for days in sorted({*PRESETS, usual})]


def _of_grid(endpoint: str, **query: Any) -> str:
    """The address of something of a grid, with a hole for its id."""
    return url_for(endpoint, grid_id=0, **query).replace("/0/", "/{id}/", 1)


@bp.get("/map/layers/<string(length=64):fingerprint>.json")
@may("outline.read")
def layer(fingerprint: str) -> Response:
    """The outlines under the hash of their bytes. Who has them is told so without asking the database."""
    if request.if_none_match.contains_weak(fingerprint):
        return _kept(Response(status=304), fingerprint)
    body = grid_queries.layer(read(), fingerprint)
    if body is None:
        raise NotFound
    if request.accept_encodings["gzip"]:
        response = Response(body, mimetype="application/json", headers={"Content-Encoding": "gzip"})
    else:
        response = Response(gzip.decompress(body), mimetype="application/json")
    return _kept(response, fingerprint)


def _kept(response: Response, fingerprint: str) -> Response:
    """One address, one content: the browser need not ask again. Weak, because both encodings carry it."""
    response.set_etag(fingerprint, weak=True)
    response.headers["Cache-Control"] = KEPT
    response.headers["Vary"] = "Accept-Encoding"
    return response


@bp.get("/map/grids/<int:grid_id>/card")
@may("outline.read")
def card(grid_id: int) -> str:
    """A piece of page: who is responsible, what is due, what is open, as far as the asker may see it."""
    _form, view, _status = _chosen()
    _has_then, borders = _borders(view, queries.home(read(), actor()) if view.borders == THEN else None)
    found = queries.card(read(), actor(), grid_id, view.period.first, view.period.last, borders)
    return render_template(
        "maps/card.html",
        card=found,
        reports=rows(read(), found.open),
        period=view.period,
        roles=ROLE_NAMES,
        is_of_today=borders is None,
    )


@bp.get("/map/grids/<int:grid_id>/objects")
@may("grid.read")
def objects(grid_id: int) -> Response:
    """The objects of a village or a township that have a place, as points, and a word on those that have none."""
    cell = grid_queries.cell(read(), actor(), "grid.read", grid_id)
    if cell.parent_id is None:  # a whole county at once is no map of objects, and heavy
        return jsonify(shape.points([], _words_of) | {"words": _("Choose a village or a township first.")})
    found = patrol_coverage.placed(read(), actor(), cell.path)
    placed, bare = [thing for thing in found if thing.lon is not None], sum(thing.lon is None for thing in found)
    return jsonify(shape.points(placed, _words_of) | {"words": _how_many(len(placed), bare)})


def _words_of(thing: patrol_coverage.Placed) -> dict[str, Any]:
    days = thing.unseen
    seen = _("never seen") if days is None else _("seen today") if not days else _unseen(days)
    return {
        "name": f"{named(thing)} · {seen}",
        "url": url_for("register.thing", object_id=thing.id),
        "tone": "due" if thing.is_due else "",
    }


def _unseen(days: int) -> str:
    return ngettext("last seen %(num)d day ago", "last seen %(num)d days ago", days)


def _how_many(placed: int, bare: int) -> str:
    words = ngettext("%(num)d object", "%(num)d objects", placed)
    return words + (_(", and %(num)d without a place", num=bare) if bare else "")


@bp.get("/map/found")
@may("outline.read")
def found() -> str:
    """A piece of page: what the map's search found."""
    form, view, _status = _chosen()
    return render_template("maps/found.html", hits=_hits(form.q.data), view=view)


def _hits(words: str | None) -> queries.Hits | None:
    return queries.find(read(), actor(), words) if words else None
