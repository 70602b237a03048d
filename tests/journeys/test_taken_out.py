"""Records are taken out in a browser: the page stays, and its button can be pressed again."""

import json

from tests.access_county import on_sqlite

pytestmark = on_sqlite  # what a browser does is the same whatever database lies behind it


def test_one_file_after_another_comes_from_the_same_page(phone, world):
    page = phone("county", "en")
    page.goto("/export")
    page.check("[value=grids]")
    for way, start in (("csv", b"\xef\xbb\xbf"), ("geojson", b'{"type"')):
        page.check(f"[value={way}]")
        with page.expect_download() as taken:
            page.click("main button[type=submit]")
        with open(taken.value.path(), "rb") as file:
            data = file.read()
        assert data.startswith(start) and taken.value.suggested_filename.endswith(f".{way}")
    assert len(json.loads(data)["features"]) == len(world.grids)
    page.wait_for_selector("main button[type=submit]:not([aria-disabled])")
    assert page.inner_text("main button[type=submit]") == "Download"
