"""Answers are compressed as shipped, say the same either way, and a cold map is little."""

import gzip
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import brotli
import pytest
from sqlalchemy import select

from gis import invent
from tests import make
from tests.conftest import PASSWORD, Browser, World
from webapp.access import SYSTEM
from webapp.app import create_app
from webapp.config import Config
from webapp.core import clock
from webapp.core.db import Store
from webapp.grid import service as grid_service
from webapp.grid.models import Grid
from webapp.web import compress, static_files

UNPACK: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
#: Bytes of a cold map page, of an officer's first load, and of all that he needs without signal.
MAP, OFFICER, OFFLINE = 110_000, 40_000, 165_000
VISIBLE = re.compile(rb'name="csrf_token" value="[^"]*"|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]+')


def asked(client: Any, address: str, encodings: str) -> tuple[Any, bytes]:
    answer = client.get(address, headers={"Accept-Encoding": encodings}, follow_redirects=True)
    return answer, UNPACK[answer.headers.get("Content-Encoding", "")](answer.data)


@pytest.mark.parametrize(
    ("encodings", "used"),
    [("gzip, deflate, br", "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip", "gzip"), ("deflate", ""), ("", "")],
)
@pytest.mark.parametrize("who", ["officer_a1", "county"])
def test_a_page_is_the_same_in_every_encoding_and_says_which(
    browse: Callable[..., Browser], who: str, encodings: str, used: str
) -> None:
    client = browse(who).client
    for address in ("/", "/map", "/duties"):
        with clock.at(clock.now()):  # pages tell the minute
            _, plain = asked(client, address, "identity")
            answer, page = asked(client, address, encodings)
        assert answer.headers.get("Content-Encoding", "") == used
        assert VISIBLE.sub(b"", page) == VISIBLE.sub(b"", plain)
        assert {"Cookie", "Accept-Encoding"} <= {part.strip() for part in answer.headers["Vary"].split(",")}
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert not used or len(answer.data) < len(plain) / 2


def without_comments(source: bytes) -> bytes:
    """A script or style without its comments that fill whole lines; a licence stays."""
    return re.sub(rb"(?ms)^[ \t]*/\*(?!!| @preserve).*?\*/[ \t]*\n", b"", source)


def test_a_file_of_ours_is_packed_once_and_the_same_bytes_come_out(browse: Callable[..., Browser]) -> None:
    client = browse().client
    addresses = re.findall(r'"(/assets/[^"]+)"', client.get("/login").text)
    assert len(addresses) >= 4
    for address in addresses:
        _, plain = asked(client, address, "")
        for encodings in ("br", "gzip"):
            answer, data = asked(client, address, encodings)
            assert (data, answer.headers["Content-Encoding"]) == (without_comments(plain), encodings)
            assert answer.headers["Vary"] == "Accept-Encoding"
            mark = answer.headers["ETag"]
            again = client.get(address, headers={"Accept-Encoding": encodings, "If-None-Match": mark})
            assert (again.status_code, again.data) == (304, b"")
            other = client.get(address, headers={"Accept-Encoding": "", "If-None-Match": mark})
            assert (other.status_code, other.data) == (200, plain)


@pytest.mark.parametrize(
    "address",
    [
        "/assets/deadbeef0000/own/css/app.css",
        "/assets/{mark}/own/css/none.css",
        "/assets/{mark}/nowhere/css/app.css",
        "/assets/{mark}/own/../static_files.py",
        "/assets/{mark}/own/%2e%2e/static_files.py",
        "/assets/{mark}/own/css",
        "/assets/{mark}/leaflet/leaflet.js.map",
    ],
)
def test_what_is_none_of_todays_files_is_not_found_and_not_kept(browse: Callable[..., Browser], address: str) -> None:
    answer = browse().client.get(address.format(mark=static_files.stamp("own", "css/app.css")))
    assert answer.status_code == 404
    assert "immutable" not in answer.headers["Cache-Control"]


def test_the_length_of_a_page_does_not_tell_what_stands_in_it(browse: Callable[..., Browser]) -> None:
    client = browse("officer_a1").client
    padded = {len(client.get("/help").headers["X-Padding"]) for _ in range(40)}
    assert len(padded) > 8
    assert max(padded) < compress.PADDING


def cold(client: Any, address: str, encodings: str = "gzip, deflate") -> dict[str, int]:
    """What a browser without brotli fetches for a page the first time, each with its bytes as sent.

    The outbox's script, which js/app.js brings while something waits, is fetched only then.
    """
    sizes: dict[str, int] = {}

    def fetch(part: str) -> str:
        if part in sizes:
            return ""
        answer, data = asked(client, part, encodings)
        assert answer.status_code == 200, part
        sizes[part] = len(answer.data)
        for module in re.findall(r'(?:from|import)\s*"\./([^"]+)"', data.decode()) if part.endswith(".js") else ():
            fetch(f"{part.rpartition('/')[0]}/{module}")
        return data.decode()

    page = fetch(address)
    for part in re.findall(r'(?<!data-when-waiting=)"(/assets/[^"]+|/map/layers/[^"]+)"', page):
        fetch(part)
    return sizes


@pytest.fixture
def whole_county(store: Store, password_hash: str) -> Store:
    """A county of 13 townships and 250 villages, two objects in each village, and its office."""
    county = invent.county()
    names = [(cell.name_zh, cell.name_en) for cell in county.cells]
    with store.write() as session:
        grid_service.name_levels(session)
        grid_service.import_tree(session, SYSTEM, county.cells, names, date(2026, 1, 1), "invented", {})
        villages = session.scalars(select(Grid.id).where(Grid.tier == 3)).all()
        whole = session.scalars(select(Grid.id).where(Grid.tier == 1)).one()
        make.person(session, "county", "county_office", grid=whole, password_hash=password_hash)
        for grid in villages:
            make.thing(session, grid, "某厂")
            make.thing(session, grid, "某河段")
    return store


def test_a_cold_map_of_a_whole_county_is_small(whole_county: Store, tmp_path: Any) -> None:
    browser = Browser(create_app(Config("", tmp_path, "k" * 40), whole_county).test_client())
    browser.login("county", PASSWORD)
    sizes = cold(browser.client, "/map")
    assert len(sizes) > 8
    assert sum(sizes.values()) <= MAP, sizes


@pytest.mark.parametrize("address", ["/home", "/grids/{A1}/patrol", "/grids/{A1}/report"])
def test_an_officers_first_load_is_small(browse: Callable[..., Browser], world: World, address: str) -> None:
    sizes = cold(browse("officer_a1").client, address.format(**world.grids))
    assert sum(sizes.values()) <= OFFICER, sizes


def test_all_that_an_officer_needs_without_signal_is_small(
    whole_county: Store, tmp_path: Any, password_hash: str
) -> None:
    """First page, round, report, list, files of the objects and the map of a county of 250 villages, each part once."""
    with whole_county.write() as session:
        village = session.scalars(select(Grid.id).where(Grid.tier == 3)).first()
        make.person(session, "walker", "grid_officer", grid=village, password_hash=password_hash)
        for number in range(8):
            make.thing(session, village, f"某点{number}")
    browser = Browser(create_app(Config("", tmp_path, "k" * 40), whole_county).test_client())
    browser.login("walker", PASSWORD)
    sizes: dict[str, int] = {}
    pages = browser.client.get("/kept-pages").get_json()["pages"]
    assert len(pages) > 15
    for address in pages:
        sizes |= cold(browser.client, address, "br, gzip")
    sizes["/sw.js"] = len(asked(browser.client, "/sw.js", "br")[0].data)
    assert sum(sizes.values()) <= OFFLINE, sizes


def test_a_licence_is_not_taken_for_a_comment(browse: Callable[..., Browser]) -> None:
    mark = static_files.stamp("leaflet", "leaflet.js")
    _, data = asked(browse().client, f"/assets/{mark}/leaflet/leaflet.js", "gzip")
    assert b"@preserve" in data and b"Leaflet 1.9.4" in data
