"""At 360 px: the main pages in one line with the current one in view, everything to tap 44 px high,
numbers in one piece."""

import pytest

from tests.access_county import on_sqlite
from tests.short import some

pytestmark = on_sqlite  # what a browser does is the same whatever database lies behind it

#: What is lower than a thumb: an input counts by its label, which is tapped as well.
LOW = """() => Array.from(document.querySelectorAll(
    "main a, main button, main summary, main .opt, main .opt > input, .nav a"))
  .map((it) => [it.getBoundingClientRect(), it.outerHTML.slice(0, 90)])
  .filter(([box]) => box.width > 1 && box.height > 1 && box.height < 43.5).map(([, words]) => words)"""


def _large(page, path):
    page.goto(f"/language?large=yes&next={path}")


@pytest.mark.parametrize("language", some(["en", "zh"], every=2))
def test_main_pages_stand_in_one_line_with_the_current_one_in_view(phone, language):
    county = phone("county", language)
    for open_ in (lambda path: county.goto(path), lambda path: _large(county, path)):
        for path in ("/desk", "/people", "/settings", "/feedback/inbox"):
            open_(path)
            bar, current = (
                county.locator(".nav ul").bounding_box(),
                county.locator(".nav [aria-current]").bounding_box(),
            )
            assert bar["height"] < 60
            assert current["x"] >= 0 and current["x"] + current["width"] <= 360
            assert county.evaluate("() => document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("language", some(["zh", "en"], every=2))
def test_everything_to_tap_is_high_enough_for_a_thumb(world, phone, language):
    for login, paths in {
        "officer_a1": ("/home", "/help", f"/grids/{world.grids['A1']}", f"/grids/{world.grids['A1']}/objects"),
        "township_a": ("/desk", "/desk?tab=not_gone", "/people", "/enter-for", f"/grids/{world.grids['A1']}/report"),
    }.items():
        page = phone(login, language)
        for path in paths:
            page.goto(path)
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert page.evaluate(LOW) == [], path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_settings_are_short_and_go_without_scrolling_sideways(phone, language):
    county = phone("county", language)
    county.goto("/settings")
    tables = "[...document.querySelectorAll('main tbody')].reduce((sum, each) => sum + each.offsetHeight, 0)"
    high, wide = county.evaluate(f"() => [{tables}, document.documentElement.scrollWidth]")
    values = county.evaluate("() => document.querySelectorAll('main .in').length")
    assert high < 110 * values and wide == 360  # one form a value made it 256 and 267 each
    low = "() => [...document.querySelectorAll('main .in')].filter((it) => it.offsetHeight < 43.5).length"
    assert county.evaluate(LOW) == [] and county.evaluate(low) == 0
    wide_page = phone("county", language, {"width": 1280, "height": 900})
    wide_page.goto("/settings")
    assert wide_page.evaluate("() => getComputedStyle(document.querySelector('main tbody tr')).display") == "table-row"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_telephone_number_is_never_broken(world, phone, language):
    officer = phone("officer_a1", language)
    for path in ("/home", "/help/grid_officer", f"/grids/{world.grids['A1']}/report"):
        officer.goto(path)
        lines = officer.evaluate(
            "() => Array.from(document.querySelectorAll('.phones .num')).map((it) => it.getClientRects()[0].height)"
        )
        assert lines and max(lines) < 40, path
