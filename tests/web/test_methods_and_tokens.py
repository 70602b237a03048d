"""Every address by every method: what is no GET, HEAD or OPTIONS runs a view only with the token of one's own page, and
what is one of these leaves the whole database as it was."""

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from tests import access_tables as tables
from tests.access_check import Visitor, address, targets
from tests.access_county import County, county, on_sqlite, visitors  # noqa: F401  (fixtures)
from tests.access_routes import ROUTES, Route
from tests.conftest import Browser
from tests.short import FULL, count, part
from tests.web.test_methods import crowd, every_address, ran  # noqa: F401  (fixtures)
from webapp.app import App
from webapp.core.db import Base

METHODS = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "post")
FORM, PLAIN, JSON = "application/x-www-form-urlencoded", "text/plain", "application/json"
OURS, EVIL = {"Origin": "http://localhost"}, {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def shown(app: App, crowd: list[Any]) -> dict[str, str | None]:
    """What may be shown in the place of a token and is none of this browser's; made before the views are watched."""
    with app.test_request_context("/"):
        expired = generate_csrf(secret_key="the key of before, long enough to sign with", token_key="old")
    return {
        "none": None,
        "empty": "",
        "nonsense": "nonsense",
        "another's": Browser(app.test_client()).token(),
        "of another key": expired,
    }


@pytest.fixture
def own(crowd: list[Any]) -> str:
    """The officer's own token."""
    return crowd[1].token()


def ways(shown: dict[str, str | None]) -> Iterator[tuple[str, dict[str, Any]]]:
    """How something could be sent without the right token: in the form, in the header, as text that is JSON."""
    for name, token in shown.items():
        for origin in (OURS, EVIL, {}):
            sent = {} if token is None else {"csrf_token": token}
            yield name, {"data": sent, "headers": origin}
            yield f"{name}, in the header", {"headers": origin | ({} if token is None else {"X-CSRFToken": token})}
            for kind in (PLAIN, JSON, ""):
                text = f'{{"csrf_token": "{token}", "value": 1}}'
                yield f"{name}, {kind}", {"data": text, "content_type": kind, "headers": origin}


@on_sqlite  # many thousand requests, which the gate refuses alike whatever database lies behind it
def test_no_way_of_sending_runs_a_view_without_the_token(
    app: App,
    crowd: list[Any],
    shown: dict[str, str | None],
    ran: list[str],
) -> None:
    all_ways = list(ways(shown))
    assert len(all_ways) == 75
    apart = count(75, 5, 1)  # another part of them for each person, address and method
    for number, browser in enumerate(crowd):
        for place in every_address(app):
            turn = crc32(f"{place} {number}".encode())
            if not FULL and turn % 4:
                continue
            for method in METHODS if FULL else ["POST", METHODS[turn % len(METHODS)]]:
                for name, way in all_ways[(turn + len(method)) % apart :: apart]:
                    answer = browser.client.open(place, method=method, **way)
                    assert (answer.status_code < 500, ran) == (True, []), f"{method} {place}: {name}"


def test_the_own_token_runs_the_view_in_the_form_and_in_the_header(
    crowd: list[Any],
    own: str,
    ran: list[str],
) -> None:
    crowd[1].client.post("/feedback", data={"csrf_token": own})
    crowd[1].client.post("/feedback", headers={"X-CSRFToken": own})
    assert len(ran) == 2
    crowd[2].client.post("/feedback", data={"csrf_token": own})
    assert len(ran) == 2, "and nobody else's"


# --- what only reads ---

#: GETs that write, and what: that somebody read the log or looked at the codes stands in the log, and whether a write
#: is taken is asked by one.
NOTES = {"/log": {"audit_log", "chain_link"}, "/codes": {"audit_log", "chain_link"}, "/readyz": {"counter"}}


def contents(county: County) -> dict[str, Any]:
    """All rows of all tables."""
    with county.store.read() as session:
        return {table.name: session.execute(select(table)).all() for table in Base.metadata.sorted_tables}


def opened(visitor: Visitor, method: str, place: str) -> Any:
    """Asked with the cookie he came with."""
    visitor.client.set_cookie("wangge", visitor.cookie)
    return visitor.client.open(place, method=method, buffered=True)


def asked(visitors: dict[str, Visitor]) -> Iterator[tuple[str, Route, str, Visitor]]:
    """Each address with each method that only reads, by one of each kind of person; in the short run by one of those
    who may, and the addresses that are posted to by OPTIONS alone."""
    one_of_each = sorted({tuple(tables.roles(login)): login for login in visitors}.values())
    for route in ROUTES:
        may = [login for login in one_of_each if route.who & set(tables.roles(login))]
        for login in one_of_each if FULL else part(may, len(may), crc32(route.address.encode())):
            found = targets(route)
            place = address(visitors[login].county, route, found[crc32(login.encode()) % len(found)])
            for method in ("GET", "HEAD", "OPTIONS") if route.method == "GET" else ("OPTIONS",):
                if FULL or method != "HEAD":
                    yield method, route, place, visitors[login]


@on_sqlite
def test_what_only_reads_leaves_the_whole_database_as_it_was(county: County, visitors: dict[str, Visitor]) -> None:
    wrote = set()
    for method, route, place, visitor in asked(visitors):
        assert opened(visitor, method, place).status_code < 500, place
        if county.changed():
            wrote.add((method, route.address))
    assert wrote <= {(method, place) for place in NOTES for method in ("GET", "HEAD")}
    assert ("GET", "/log") in wrote, "the watch sees a write"


@on_sqlite
@pytest.mark.parametrize(("place", "login"), [("/log", "auditor"), ("/codes", "county"), ("/readyz", "nobody")])
def test_those_that_note_something_change_that_table_alone(
    county: County,
    visitors: dict[str, Visitor],
    place: str,
    login: str,
) -> None:
    before = contents(county)
    assert opened(visitors[login], "GET", place).status_code in (200, 503)
    after = contents(county)
    county.changed()
    assert {name for name in before if before[name] != after[name]} <= NOTES[place]
    assert all(row in after[name] for name in NOTES[place] - {"counter"} for row in before[name]), (
        "nothing is rewritten"
    )
