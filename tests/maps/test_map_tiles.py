"""The optional base map: drawn only where it fits, and the page's policy opened for its host alone."""

import pytest

from webapp.maps import tiles
from webapp.web import headers

URL = "https://tiles.example/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    ("url", "source"),
    [
        (URL, "https://tiles.example"),
        ("https://{s}.tiles.example:8443/{z}/{x}/{y}", "https://*.tiles.example:8443"),
        ("http://10.0.0.7/{z}/{x}/{y}.png", "http://10.0.0.7"),
        ("/tiles/{z}/{x}/{y}.png", ""),
    ],
)
def test_the_source_is_the_host_and_nothing_else(url, source):
    assert tiles.base_map(url, "", "").source == source


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://tiles.example/map.png",
        "//tiles.example/{z}/{x}/{y}",
        "javascript:{z}{x}{y}",
        "https://*/{z}/{x}/{y}",
        "https://a;script-src *{z}/{x}/{y}",
        "https://a.example script-src/{z}/{x}/{y}",
        "https://u:p@a.example/{z}/{x}/{y}",
        "https:///{z}/{x}/{y}",
        "https://a.example\n/{z}/{x}/{y}",
        "data://a.example/{z}/{x}/{y}",
    ],
)
def test_an_address_that_is_no_tile_address_is_no_base_map(url):
    assert tiles.base_map(url, "", "") is None


@pytest.mark.parametrize(
    ("crs", "fits"), [("", True), ("epsg:3857", True), ("CGCS2000", True), ("GCJ-02", False), ("EPSG:4326", False)]
)
def test_tiles_that_would_lie_beside_the_borders_are_not_drawn(crs, fits):
    assert (tiles.base_map(URL, crs, "") is not None) == fits


def test_without_the_setting_the_policy_is_the_usual_one(the_map):
    page = the_map("county")
    assert page.headers["Content-Security-Policy"] == headers.CSP
    assert "data-tiles" not in page.text


def test_with_the_setting_pictures_may_come_from_that_host(the_map, browse, setting):
    setting("tile_url", URL)
    setting("tile_attribution", "Survey Office")
    setting("map_review_number", "GS(2026)0001")
    page = the_map("county")
    policy = page.headers["Content-Security-Policy"]
    assert "img-src 'self' https://tiles.example data: blob:;" in policy
    assert policy.replace(" https://tiles.example", "") == headers.CSP
    assert f'data-tiles="{URL}"' in page.text
    assert "Survey Office" in page.text and "GS(2026)0001" in page.text
    assert browse("county").get("/desk").headers["Content-Security-Policy"] == headers.CSP
