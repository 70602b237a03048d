"""Which of an officer's pages his phone keeps for where there is no signal; js/sw.js loads them with his own log-in."""

from collections.abc import Iterator

from flask import Response, jsonify, url_for

from ..patrol import queries as patrol_queries
from ..web.request import actor, may, read_connection
from .blueprint import bp

MOST_OBJECTS = 60  # files of a village; who has more to look after finds the rest where there is signal


@bp.get("/kept-pages")
@may("patrol.walk")
def kept_pages() -> Response:
    """Addresses: the first page with what is due and the numbers to call; of each of his villages the round, the
    report, the list and the files of its objects; the map. Nothing that belongs to another role."""
    villages = [page for grid_id in actor().grids_for("patrol.walk") for page in _of_village(grid_id)]
    return jsonify(pages=[url_for("desk.home"), *villages, url_for("maps.show")])


def _of_village(grid_id: int) -> Iterator[str]:
    yield url_for("patrol.start", grid_id=grid_id)
    yield url_for("patrol.start", grid_id=grid_id, all=1)
    yield url_for("report.start", grid_id=grid_id)
    yield url_for("patrol.propose_page", grid_id=grid_id)
    yield url_for("patrol.things", grid_id=grid_id)
    yield url_for("maps.objects", grid_id=grid_id)
    _cell, lines = patrol_queries.village(read_connection(), actor(), "patrol.walk", grid_id)
    for line in lines[:MOST_OBJECTS]:
        yield url_for("register.thing", object_id=line.object.id)
