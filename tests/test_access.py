"""Every route for everybody and every place: own, parent, child, sibling, joint, former. See access_tables for the policy."""
import re
from collections.abc import Iterator
from datetime import time

import pytest
from flask import Flask

from tests import access_tables as tables
from tests.access_check import Visitor, faults
from tests.access_county import County, build
from webapp.core import clock

on_sqlite = pytest.mark.parametrize("seeded", ["sqlite"], indirect=True, scope="session")


@pytest.fixture(scope="module")
def county(seeded: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """The county of the tables; every request leaves it as it was. The clock stands still at noon."""
    with clock.at(clock.at_hour(clock.today(), time(12))):
        made = build(seeded, tmp_path_factory.mktemp("access"))
        yield made
        made.close()


@pytest.fixture(scope="module")
def visitors(county: County) -> dict[str, Visitor]:
    """Everybody at his browser, and one who is not logged in."""
    return {login: Visitor(county, login) for login in (*tables.PEOPLE, "nobody") if login not in tables.TWINS}


def unlisted(app: Flask) -> list[str]:
    """Routes of the program without a row of the table, and rows without a route."""
    there = {(method, re.sub(r"<(?:[^<>]*:)?(\w+)>", r"<\1>", rule.rule))
             for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return sorted(f"{method} {address}" for method, address in there ^ {(row.method, row.address) for row in tables.ROUTES})


@on_sqlite
def test_every_route_has_a_row_and_every_row_a_route(county: County) -> None:
    assert unlisted(county.app) == []


@on_sqlite
@pytest.mark.parametrize("route", tables.ROUTES, ids=lambda route: f"{route.method} {route.address}")
def test_everybody_gets_just_what_the_tables_say(visitors: dict[str, Visitor], route: tables.Route) -> None:
    assert list(faults(visitors, [route])) == []
