"""An object's place is picked on a map of our own borders."""

from tests.access_county import on_sqlite

pytestmark = on_sqlite  # what a browser does is the same whatever database lies behind it


def test_a_tap_on_the_map_fills_the_two_numbers(phone, world):
    page = phone("county", "en", {"width": 1000, "height": 900})
    page.goto(f"/grids/{world.grids['A1']}/objects?add=1")
    page.get_by_text("Pick the place on the map").click()
    page.wait_for_selector("[data-pick] canvas")
    page.wait_for_timeout(300)
    page.locator("[data-pick]").click()
    lon, lat = (float(page.input_value(f"[name={name}]")) for name in ("lon", "lat"))
    assert 109.9 < lon < 110.2 and 34.9 < lat < 35.2
    assert "could not be loaded" not in page.inner_text("main")
