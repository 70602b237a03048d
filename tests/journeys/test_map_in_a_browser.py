"""What the map draws: names that can be read, figures beside the dots, overdue told by shape,
no table wider than the phone."""

import gzip
import json
import math
import re
from itertools import product

import pytest
import shapely

from gis import invent
from gis.layer import layer
from gis.layer import outlines as from_bytes
from tests import make
from tests.access_county import on_sqlite
from tests.short import some
from webapp.core import clock
from webapp.report import service as report_service

pytestmark = on_sqlite  # what a browser does is the same whatever database lies behind it

DESK = {"width": 1280, "height": 860}
DOTS = ("1b4a75", "9c1f17")  # a report, an overdue one

#: The pixels of the map's canvas under a piece of page, or all of it: for each colour the ys and xs where it is drawn.
PIXELS = """(colours) => {
  const canvas = document.querySelector("[data-map] canvas"), frame = canvas.getBoundingClientRect();
  const scale = canvas.width / frame.width, pen = canvas.getContext("2d");
  const rows = (x, y, width, height) => {
    const data = pen.getImageData(x, y, width, height).data, found = [];
    for (let i = 0; i < data.length; i += 4) {
      const colour = [0, 1, 2].map((j) => data[i + j].toString(16).padStart(2, "0")).join("");
      if (colours.includes(colour)) found.push([(i / 4) % Math.round(width), Math.floor(i / 4 / Math.round(width))]);
    }
    return found;
  };
  const under = [...document.querySelectorAll(".map-name small")].map((mark) => {
    const box = mark.getBoundingClientRect();
    return rows(Math.round((box.left - frame.left) * scale), Math.round((box.top - frame.top) * scale),
                Math.round(box.width * scale), Math.round(box.height * scale)).length;
  });
  return { under, all: rows(0, 0, canvas.width, canvas.height) };
}"""


@pytest.fixture(scope="module")
def outlines():
    """The invented county as a layer: ids are places in its list."""
    cells = enumerate(invent.county().cells)
    rows = [
        (
            number,
            {"tier": cell.tier, "zh": cell.name_zh, "en": cell.name_en, "parent": cell.parent},
            shapely.from_wkb(cell.boundary).simplify(0.0005).wkb,
        )
        for number, cell in cells
    ]
    return json.loads(gzip.decompress(layer(rows)))


def collection(outlines):
    """The same layer as it was written before: a collection of features."""
    drawn = from_bytes(gzip.compress(json.dumps(outlines).encode()))
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "properties": row["properties"],
            "geometry": shapely.geometry.mapping(drawn[row["id"]]),
        }
        for row in outlines["features"]
    ]
    return {"type": "FeatureCollection", "features": features}


@pytest.fixture
def opened(phone, outlines):
    """``opened("en", size)``: the map page with the invented county on it;
    every village has figures and a loose report."""
    villages = [feature["id"] for feature in outlines["features"] if feature["properties"]["tier"] == 3]
    values = {str(id_): {"class": "cover-3", "label": "5/5", "open": 1, "loose": 1} for id_ in villages}

    def with_values(route):
        answer = route.fetch()
        body = re.sub(
            r'(data-map-values="map">).*?(</script>)',
            lambda found: found[1] + json.dumps(values) + found[2],
            answer.text(),
        )
        route.fulfill(response=answer, body=body)

    def open_(language, size, sent=outlines):
        page = phone("county", language, size)
        page.route("**/map/layers/*.json", lambda route: route.fulfill(json=sent))
        page.route("**/map", with_values)
        page.goto("/map")
        page.wait_for_selector(".map-name-upper")
        return page

    return open_


@pytest.mark.parametrize(
    ("language", "size"),
    some(product(["zh", "en"], [{"width": 360, "height": 740}, DESK]), every=3),
    ids=["zh-phone", "zh-desk", "en-phone", "en-desk"],
)
def test_every_township_can_be_read_when_the_map_opens(opened, outlines, language, size):
    page = opened(language, size)
    townships = {
        feature["properties"][language] for feature in outlines["features"] if feature["properties"]["tier"] == 2
    }
    shown = [" ".join(words.split()) for words in page.locator(".map-name-upper").all_inner_texts()]
    told = {name for name in townships if name in shown or re.sub(r" \w+$", "", name) in shown}
    assert told == townships
    boxes = [mark.bounding_box() for mark in page.locator(".map-name-upper").all()]
    assert not [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[:i]
        if min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"]) > 1
        and min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"]) > 1
    ]


def test_a_layer_written_before_this_form_is_drawn_as_well(opened, outlines):
    before, after = (opened("en", DESK, sent) for sent in (collection(outlines), outlines))
    names = [page.locator(".map-name-upper").all_inner_texts() for page in (before, after)]
    assert names[0] == names[1] and len(names[0]) > 5
    lines = [len(page.evaluate(PIXELS, ["12382c"])["all"]) for page in (before, after)]
    assert lines[0] == lines[1] > 100


def test_figures_and_dots_do_not_lie_over_each_other(opened):
    page = opened("en", DESK)
    for _closer in range(2):
        page.click(".leaflet-control-zoom-in")
        page.wait_for_timeout(600)
        under = page.evaluate(PIXELS, DOTS)["under"]
        assert len(under) > 10 and not any(under)


#: Middle and size, in pixels, of each mark of reports on the map's canvas, and how many it stands for.
MARKS = """() => {
  const there = window.marks.filter((mark) => mark._map);
  return there.map((mark) => [mark._point.x, mark._point.y, mark._radius, Number(mark.options.number || 1)]);
}"""
#: Keeps every mark that is made from then on, as Leaflet has no list of them.
KEEP = """() => {
  window.marks = [];
  const add = L.CircleMarker.prototype.initialize;
  L.CircleMarker.include({ initialize(...given) { window.marks.push(this); return add.apply(this, given); } });
}"""


def test_marks_of_reports_that_would_lie_over_each_other_become_one_with_their_number(phone, world):
    with world.store.write() as session:
        for lon in (110.005, 110.0051, 110.0052, 110.008):
            entry = make.report(world.grids["A1"], lon=lon, lat=35.005)
            report_service.submit(session, make.actor(session, "officer_a1"), entry)
    page = phone("county", "en", DESK)
    page.route("**/leaflet.js*", lambda route: route.fulfill(body=route.fetch().text() + f"\n({KEEP})()"))
    page.goto("/map")
    page.wait_for_selector(".map-name")
    scale = page.locator(".leaflet-control-scale-line")
    words = scale.inner_text()
    page.evaluate("window.marks.find((mark) => mark._map && mark.options.number).fire('click')")
    page.wait_for_timeout(600)
    assert scale.inner_text() != words, "a press leads closer in"
    for _farther in range(4):
        marks = page.evaluate(MARKS)
        near = [(a, b) for i, a in enumerate(marks) for b in marks[:i] if math.dist(a[:2], b[:2]) < a[2] + b[2]]
        assert marks and not near and sum(number for *_place, number in marks) == 4
        page.click(".leaflet-control-zoom-out")
        page.wait_for_timeout(500)


def test_on_a_wide_screen_the_map_fills_the_window_and_nothing_lies_over_the_county(phone, world):
    page = phone("county", "en", DESK)
    page.goto("/map")
    page.wait_for_selector(".map-name")
    frame, panel = (page.locator(part).bounding_box() for part in (".map-frame", ".map-panel"))
    assert (frame["x"], frame["width"]) == (0, 1280)
    assert abs(frame["y"] + frame["height"] - DESK["height"]) <= 1
    outline = page.evaluate(PIXELS, ["12382c"])["all"]
    assert outline and min(x for x, _y in outline) > panel["x"] + panel["width"]
    assert page.locator(".map-card").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


#: The middle of the township's name, which lies in one of its villages.
IN_THE_MIDDLE = """() => {
  const name = document.querySelector(".map-name-upper").getBoundingClientRect();
  return [name.left + name.width / 2, name.top + name.height / 2];
}"""


def test_roads_and_waters_lie_under_the_cells_and_take_no_presses(phone, world):
    road = {"type": "LineString", "coordinates": [[109.99, 35.005], [110.04, 35.005]]}
    told = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": road}]}
    page = phone("county", "en", DESK)
    page.goto("/map/backdrop")
    page.set_input_files(
        "#roads", {"name": "roads.geojson", "mimeType": "application/json", "buffer": json.dumps(told).encode()}
    )
    page.check("[name=is_open]")
    page.get_by_role("button", name="Draw them").click()
    page.wait_for_selector(".leaflet-backdrop-pane canvas", state="attached")
    page.wait_for_timeout(300)
    drawn = """() => { const canvas = document.querySelector(".leaflet-backdrop-pane canvas");
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return data.filter((value, at) => at % 4 === 3 && value > 200).length; }"""
    assert page.evaluate(drawn) > 100
    page.mouse.click(*page.evaluate(IN_THE_MIDDLE))
    page.locator(".map-card h2").get_by_text("Village").wait_for()


@pytest.mark.parametrize("screen", [(), (DESK,)], ids=["narrow", "wide"])
def test_a_village_is_found_and_opened_with_the_keyboard_alone(phone, world, screen):
    page = phone("county", "en", *screen)
    page.goto(f"/map?at={world.grids['A1']}")
    page.locator(".map-card h2").get_by_text("Village A1").wait_for()
    page.locator(".map-card [data-map-close]").click()
    page.keyboard.press("ArrowRight")
    said = page.locator(".map-cross [role=status]")
    said.get_by_text("Village").wait_for()
    assert (
        "Enter opens" in page.locator(f"#{page.locator('[data-map]').get_attribute('aria-describedby')}").inner_text()
    )
    name, before = said.inner_text(), ""
    while name != before:  # the map glides on for a moment
        page.wait_for_timeout(400)
        name, before = said.inner_text(), name
    page.keyboard.press("Enter")
    page.locator(".map-card h2").get_by_text(name).wait_for()


def test_what_a_desk_has_comes_to_a_narrow_screen_before_it_is_printed(phone):
    page = phone("county", "en")
    fetched = []
    page.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[1]))
    page.goto("/map")
    page.wait_for_selector(".map-name")
    page.evaluate("() => { window.printed = []; window.print = () => printed.push('print'); }")
    assert "map_desk.js" not in fetched
    for times in (1, 2):
        page.locator("[data-print]").first.click()
        page.wait_for_timeout(400)
        assert page.evaluate("printed.length") == times
        assert fetched.count("map_desk.js") == 1


@pytest.mark.parametrize("placed", [False, True], ids=["without a place", "with one"])
def test_overdue_has_another_shape_not_only_another_colour(phone, world, placed):
    point = {"lon": 110.005, "lat": 35.005} if placed else {}
    with clock.at(clock.now() - make.days(30)), world.store.write() as session:
        report_service.submit(session, make.actor(session, "officer_a1"), make.report(world.grids["A1"], **point))
    page = phone("county", "en", DESK)
    page.goto("/map")
    page.wait_for_selector(".map-name")
    red = page.evaluate(PIXELS, DOTS[1:])["all"]
    top, bottom = min(y for _x, y in red), max(y for _x, y in red)

    def width(low, high):
        xs = [x for x, y in red if low <= (y - top) / (bottom - top) <= high]
        return max(xs) - min(xs)

    assert width(0.75, 1) > 1.5 * width(0, 0.3)  # a triangle; a dot is as wide above as below
    assert page.locator(".map-name .is-late").inner_text() == "▲1"


@pytest.mark.parametrize("language", some(["en", "zh"], every=2))
def test_the_table_fits_the_phone_and_its_links_a_finger(phone, language):
    page = phone("county", language)
    page.goto("/map")
    for fold in page.locator(".map-table summary").all():
        fold.click()
    wide = (
        "[...document.querySelectorAll('.table-frame')].filter((frame) => frame.scrollWidth > frame.clientWidth).length"
    )
    assert page.evaluate(wide) == 0
    assert {mark.bounding_box()["height"] for mark in page.locator(".map-table tbody th a").all()} == {44}
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_cards_of_township_and_county_are_reached_by_tapping(phone, world):
    page = phone("county", "en", DESK)
    page.goto("/map")
    page.wait_for_selector(".map-name")
    head = page.locator(".map-card h2")
    page.locator(
        f'.map-table [data-map-show="{world.grids["county"]}"], .map-figures > p [data-map-show]'
    ).first.click()
    head.get_by_text("Test County").wait_for()
    page.locator(".map-table summary").first.click()
    page.locator(f'.map-table th a[href$="/grids/{world.grids["A1"]}"]').click()
    head.get_by_text("Village A1").wait_for()
    close = page.locator("[data-map-close]")
    assert close.bounding_box()["height"] == 44
    page.locator(f'.map-up [data-map-show="{world.grids["A"]}"]').click()
    head.get_by_text("Town A").wait_for()


@pytest.mark.parametrize("language", some(["en", "zh"], every=2))
def test_the_pages_of_the_lists_do_not_scroll_sideways_on_a_phone(phone, language):
    page = phone("county", language)
    for address in ("/documents/004", "/departments?q=ecology", "/departments/numbered", "/documents", "/duties"):
        page.goto(address)
        for fold in page.locator("main details:not([open]) > summary").all()[:3]:
            fold.click()
        wide = (
            "[...document.querySelectorAll('main *')].filter("
            "(e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'auto').length"
        )
        assert page.evaluate(f"[{wide}, document.documentElement.scrollWidth]") == [0, 360], address
        bullets = [mark.bounding_box()["x"] for mark in page.locator("main .card-body ul:not([class]) > li").all()]
        assert all(x >= 32 for x in bullets), address
