"""Borders come in on a narrow screen: sent, a coordinate system chosen, read again, compared."""

from axe_playwright_python.sync_playwright import Axe

from tests.access_county import on_sqlite
from tests.gis.boundary_files import gbk_zip

pytestmark = on_sqlite  # what a browser does is the same whatever database lies behind it


def looked_at(page) -> None:
    for fold in page.query_selector_all("details"):
        fold.evaluate("fold => fold.open = true")
    found = Axe().run(page).response["violations"]
    assert not found, [(fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_files_without_a_coordinate_system_are_sent_once_and_read_twice(phone, world, tmp_path):
    page = phone("county", "en")
    page.goto("/borders")
    page.set_input_files("#files", gbk_zip(tmp_path, prj=""))
    page.check("[name=is_open]", force=True)
    page.get_by_role("button", name="Read the files").click()
    page.wait_for_url("**/borders/incoming/**")
    page.get_by_role("button", name="Read again like this").wait_for()
    assert "does not say its coordinate system" in page.inner_text("main")
    looked_at(page)
    page.fill("[name=crs]", "EPSG:4548")
    page.get_by_role("button", name="Read again like this").click()
    page.get_by_role("button", name="See what would change").wait_for()
    assert "XZQ_village: 8 rows" in page.inner_text("main") and page.locator(".map-sketch path").count() == 8
    looked_at(page)
    page.get_by_role("button", name="See what would change").click()
    page.wait_for_url("**/borders/*")
    assert "being drafted" in page.inner_text("main")


def test_a_border_that_is_drawn_anew_is_looked_at_on_a_narrow_screen(phone, world):
    page = phone("county", "en")
    for address in ("border", "below", "change"):
        page.goto(f"/grids/{world.grids['A']}/{address}")
        looked_at(page)
