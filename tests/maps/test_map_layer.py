"""The layer of outlines: bytes made once, kept by the browser for ever, asked for cheaply."""

import gzip
import json
from base64 import b64encode
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import event

from gis import invent
from webapp.access import SYSTEM
from webapp.core.db import Store
from webapp.grid import queries as grid_queries
from webapp.grid import service as grid_service
from webapp.web.static_files import ROOTS

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def address(the_map: Any) -> str:
    """Where the outlines of the small county are."""
    return the_map("county").layer


def test_the_layer_comes_as_its_stored_bytes(browse, world, address):
    answer = browse("officer_a1").client.get(address, headers=GZIP)
    with world.store.read() as session:
        stored = grid_queries.layer(session, address.split("/")[-1].removesuffix(".json"))
    assert answer.data == stored
    assert answer.headers["Content-Encoding"] == "gzip"
    assert sha256(answer.data).hexdigest() in address


def test_a_client_without_gzip_gets_it_plain(browse, address):
    browser = browse("officer_a1")
    plain = browser.client.get(address)
    assert "Content-Encoding" not in plain.headers
    assert plain.data == gzip.decompress(browser.client.get(address, headers=GZIP).data)
    assert browser.client.get(address, headers={"Accept-Encoding": "gzip;q=0"}).data == plain.data


def test_all_tiers_stand_in_it_with_both_names(browse, address):
    layer = json.loads(browse("liaison").client.get(address).data)
    words = {(row["properties"]["tier"], row["properties"]["zh"], row["properties"]["en"]) for row in layer["features"]}
    assert {(1, "测试县", "Test County"), (2, "甲镇", "Town A"), (3, "乙3村", "Village B3")} <= words


def test_the_browser_keeps_it_for_ever_and_nobody_between(browse, address):
    answer = browse("officer_a1").client.get(address, headers=GZIP)
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["ETag"]


def test_who_has_it_gets_304_and_the_database_is_not_asked_for_it(browse, world, address):
    browser = browse("officer_a1")
    mark = browser.client.get(address, headers=GZIP).headers["ETag"]
    asked: list[str] = []
    event.listen(world.store.reader, "before_cursor_execute", lambda _c, _cur, statement, *_: asked.append(statement))
    answer = browser.client.get(address, headers={**GZIP, "If-None-Match": mark})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == mark
    assert answer.headers["Cache-Control"].startswith("private")
    assert not [statement for statement in asked if "map_layer" in statement or "grid_version" in statement]


def test_another_mark_gets_the_bytes(browse, address):
    answer = browse("officer_a1").client.get(address, headers={**GZIP, "If-None-Match": '"other"'})
    assert answer.status_code == 200


def test_outlines_are_for_those_who_may_see_them(browse, address):
    expected = {"liaison": 200, "committee_a1": 200, "leader": 200, "admin": 403, "auditor": 403, None: 302}
    assert {login: browse(login).client.get(address, headers=GZIP).status_code for login in expected} == expected


def test_an_unknown_layer_is_not_there(browse):
    assert browse("county").get(f"/map/layers/{'0' * 64}.json").status_code == 404


def test_a_whole_county_fits_into_40_kb(store: Store):
    county = invent.county()
    with store.write() as session:
        grid_service.name_levels(session)
        names = [(cell.name_zh, cell.name_en) for cell in county.cells]
        grid_service.import_tree(session, SYSTEM, county.cells, names, date(2026, 1, 1), "invented", {})
    with store.read() as session:
        body = grid_queries.layer(session, grid_queries.newest_layer(session, "1.") or "")
    assert body is not None
    assert len(body) <= 40_000


#: As Leaflet 1.9.4 publishes them (docs/decisions, "Leaflet out of its wheel").
PUBLISHED = {
    "leaflet.js": "20nQCchB9co0qIjJZRGuk2/Z9VM+kNiyxNV1lvTlZBo=",
    "leaflet.css": "p4NxAoJBhIIN+hmNHrzRCf9tD/miZyoHS5obTRR9BMY=",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_leaflet_is_byte_for_byte_the_published_one(browse, the_map, name):
    content = (ROOTS["leaflet"] / name).read_bytes()
    assert b64encode(sha256(content).digest()).decode() == PUBLISHED[name]
    address = next(part for part in the_map("county").text.split('"') if part.endswith(f"leaflet/{name}"))
    with browse().client.get(address) as answer:
        assert answer.data == content
