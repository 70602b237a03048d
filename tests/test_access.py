"""Every route for everybody and every place: own, parent, child, sibling, joint, former.

See access_tables for the policy.
"""

import re
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import true
from werkzeug.routing import Rule

from tests import access_routes, make
from tests.access_check import Visitor, faults
from tests.access_county import County, county, hole, on_sqlite, visitors  # noqa: F401  (fixtures)
from tests.short import some
from webapp import access
from webapp.attachment import queries as attachment_queries
from webapp.core import clock
from webapp.core.errors import NotFound, Refused
from webapp.core.models import Attachment
from webapp.login import queries as login_queries
from webapp.patrol import queries as patrol_queries
from webapp.patrol.models import PatrolObject
from webapp.report import queries as report_queries

Patch = pytest.MonkeyPatch
ROUTES = {f"{route.method} {route.address}": route for route in access_routes.ROUTES}


def unlisted(rules: Iterable[Rule]) -> list[str]:
    """Routes of the program without a row of the table, and rows without a route."""
    there = {
        (method, re.sub(r"<(?:[^<>]*:)?(\w+)>", r"<\1>", rule.rule))
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    return sorted(
        f"{method} {address}" for method, address in there ^ {(row.method, row.address) for row in access_routes.ROUTES}
    )


@on_sqlite
def test_every_route_has_a_row_and_every_row_a_route(county: County) -> None:
    rules = list(county.app.url_map.iter_rules())
    assert unlisted(rules) == []
    assert unlisted([*rules, Rule("/reports/<uuid:report_id>/whole", methods=["GET"])]) == [
        "GET /reports/<report_id>/whole"
    ]


@on_sqlite
@pytest.mark.parametrize("name", some(ROUTES, every=3))
def test_everybody_gets_just_what_the_tables_say(visitors: dict[str, Visitor], name: str) -> None:
    assert list(faults(visitors, [ROUTES[name]])) == []


# --- the test of the test: a hole made on purpose is reported ---


def _officers_read_every_report(patch: Patch) -> None:
    patch.setitem(access.MATRIX["report.read"], "grid_officer", "all")


def _townships_post_people_everywhere(patch: Patch) -> None:
    patch.setitem(access.MATRIX["posting.grant"], "township_supervisor", "all")


def _leaders_may_move(patch: Patch) -> None:
    patch.setitem(access.MATRIX["report.move"], "leader", "tree")


def _photos_without_their_report(patch: Patch) -> None:
    def one(session: Any, _actor: Any, attachment_id: Any) -> Attachment:
        found = session.get(Attachment, attachment_id)
        if found is None:
            raise NotFound
        return found

    patch.setattr(attachment_queries, "one", one)


def _joint_villages_act(patch: Patch) -> None:
    patch.setattr(report_queries, "SEES_JOINT", frozenset({"report.read", "report.move"}))


def _departments_see_what_others_have(patch: Patch) -> None:
    patch.setattr(report_queries, "_assigned", lambda _body: true())


def _postings_count_a_day_too_long(patch: Patch) -> None:
    patch.setattr(
        login_queries,
        "clock",
        SimpleNamespace(now=clock.now, day=lambda at: clock.day(at) - make.days(1)),
    )


def _what_is_there_is_told(patch: Patch) -> None:
    asked = patrol_queries.thing

    def thing(session: Any, actor: Any, action: str, object_id: int) -> PatrolObject:
        try:
            return asked(session, actor, action, object_id)
        except NotFound:
            if session.get(PatrolObject, object_id) is not None:
                error = Refused("Not there, or not yours to see!")
                error.status = 404  # type: ignore[misc]
                raise error from None
            raise

    patch.setattr(patrol_queries, "thing", thing)


@on_sqlite
@pytest.mark.parametrize(
    ("made", "name", "who"),
    [
        (_officers_read_every_report, "GET /reports/<report_id>", "officer_b1"),
        (_townships_post_people_everywhere, "POST /people/new", "township_a"),
        (_leaders_may_move, "GET /reports/<report_id>/<action>", "leader"),
        (_photos_without_their_report, "GET /photos/<attachment_id>", "officer_a2"),
        (_joint_villages_act, "POST /reports/<report_id>/<action>", "township_b"),
        (_departments_see_what_others_have, "GET /reports/<report_id>/receipt", "transport"),
        (_postings_count_a_day_too_long, "GET /grids/<grid_id>", "moved_a1"),
        (_what_is_there_is_told, "GET /objects/<object_id>", "officer_a1"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_a_hole_is_reported(
    visitors: dict[str, Visitor], hole: Patch, made: Callable[[Patch], None], name: str, who: str
) -> None:
    made(hole)
    assert list(faults({who: visitors[who]}, [ROUTES[name]]))
