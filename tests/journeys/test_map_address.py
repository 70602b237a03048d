"""The map's address, search and objects in a browser: a link can be sent, Back works, a phone and a keyboard do."""

import pytest

from tests import make
from tests.access_county import on_sqlite
from tests.short import some
from webapp.core import clock
from webapp.patrol.models import PatrolObject
from webapp.report import service as report_service

pytestmark = on_sqlite  # what a browser does is the same whatever database lies behind it

DESK = {"width": 1280, "height": 860}


@pytest.fixture
def placed(world):
    """Two objects of A1 have a place; the kiln was never seen."""
    with world.store.write() as session:
        for name, at in (
            ("farm_a1", (110.003, 35.002)),
            ("kiln_a1", (110.006, 35.007)),
            ("farm_b1", (110.005, 35.015)),
        ):
            thing = session.get_one(PatrolObject, world.things[name])
            thing.lon, thing.lat = at


@pytest.fixture
def number(world):
    """The last digits of a report of A1 that has a place."""
    with world.store.write() as session:
        entry = make.report(world.grids["A1"], lon=110.005, lat=35.005)
        return report_service.submit(session, make.actor(session, "officer_a1"), entry).number[-5:]


def opened(page, address):
    page.goto(address)
    page.wait_for_selector(".map-name")
    return page


def card(page, name):
    page.locator(".map-card h2").get_by_text(name).wait_for()


def test_what_is_chosen_stands_in_the_address_and_back_leads_to_the_one_before(phone, world):
    page, ids = opened(phone("county", "en", DESK), "/map?days=30"), world.grids
    page.locator(".map-figures > p [data-map-show]").first.click()
    card(page, "Test County")
    page.locator(".map-table summary").first.click()
    page.locator(f'.map-table th a[href$="/grids/{ids["A2"]}"]').click()
    card(page, "Village A2")
    assert page.url.endswith(f"/map?days=30&at={ids['A2']}")
    page.go_back()
    card(page, "Test County")
    assert page.url.endswith(f"at={ids['county']}")
    page.go_forward()
    card(page, "Village A2")
    page.get_by_role("link", name="Days since last seen").click()
    page.wait_for_selector(".map-name")
    card(page, "Village A2")  # the colour changed, the village did not
    assert page.url.endswith(f"/map?days=30&by=last&at={ids['A2']}")


def test_a_link_that_was_sent_shows_the_same_village_to_who_may_see_it(phone, world):
    address = f"/map?days=30&at={world.grids['A1']}"
    page = opened(phone("leader", "en", DESK), address)
    card(page, "Village A1")
    assert "Xingwang Farm" in page.inner_text(".map-card")
    page = opened(phone("liaison", "en", DESK), address)
    card(page, "Village A1")
    assert "Xingwang Farm" not in page.inner_text("body")


@pytest.mark.parametrize("language", some(["zh", "en"], every=2))
def test_a_report_and_an_object_are_found_by_keyboard_on_a_phone(phone, placed, number, language):
    page = opened(phone("township_a", language), "/map")
    page.focus("#q")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.locator(".map-hits a").wait_for()
    assert page.url.endswith("/map"), "the page was not left"
    page.keyboard.press("Tab")  # the button
    for _ in range(4):
        page.keyboard.press("Tab")
        if number in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup a").wait_for()
    assert number in page.inner_text(".leaflet-popup")
    assert page.locator(".leaflet-popup a").get_attribute("href").startswith("/reports/")
    page.fill("#q", "砖窑" if language == "zh" else "kiln")
    page.press("#q", "Enter")
    page.locator(".map-hits a").nth(1).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert all(mark.bounding_box()["height"] >= 44 for mark in page.locator(".map-hits a").all())


def test_without_a_script_the_search_is_a_page_with_its_list(browser, address, phone, world):
    with_script = phone("county", "en")
    context = browser.new_context(
        java_script_enabled=False, base_url=address, storage_state=with_script.context.storage_state()
    )
    page = context.new_page()
    page.goto("/map?days=30")
    page.fill("#q", "Village A1")
    page.press("#q", "Enter")
    page.wait_for_load_state()
    page.locator(".map-hits a").click()
    assert page.url.endswith(f"/map?days=30&at={world.grids['A1']}")
    context.close()


def test_objects_of_the_chosen_village_are_drawn_when_they_are_asked_for(phone, placed, world):
    page = phone("county", "en", DESK)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/objects" in request.url else None)
    opened(page, "/map")
    page.check("[data-map-things]")
    note = page.locator("[data-map-things-note]")
    note.get_by_text("Choose a village or a township first.").wait_for()
    assert asked == []
    page.locator(".map-table summary").first.click()
    page.locator(f'.map-table th a[href$="/grids/{world.grids["A1"]}"]').click()
    note.get_by_text("2 objects").wait_for()
    assert [url.rsplit("/grids/")[1] for url in asked] == [f"{world.grids['A1']}/objects"]
    has = """(colour) => {
      const canvas = document.querySelector("[data-map] canvas"), found = new Set();
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      for (let i = 0; i < data.length; i += 4) found.add(data.slice(i, i + 3).join());
      return found.has(colour);
    }"""
    page.wait_for_function(has, arg="179,89,10")  # drawn a moment after it is said
    assert not page.evaluate(has, "60,90,42")  # both are due
    page.uncheck("[data-map-things]")
    note.get_by_text("2 objects").wait_for(state="detached")


def test_the_map_has_a_scale(phone):
    page = opened(phone("officer_a1", "en"), "/map")
    assert page.inner_text(".leaflet-control-scale-line").split()[1] in ("m", "km")
    assert str(clock.today().day) in page.inner_text(".page-head")
