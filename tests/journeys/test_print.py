"""What comes out of the printer: A4 with page numbers, all rows, the whole map in its colours, and nothing to press."""

import re
from itertools import product

import pytest

from tests import make
from tests.short import some
from webapp.core import clock
from webapp.report import service as report_service

DESK = {"width": 1280, "height": 860}
PAPER = {"width": 680, "height": 1001}  # A4 between our margins, in pixels of CSS
SHOWN = """(words) => [...document.querySelectorAll(words)]
  .filter((part) => part.offsetParent !== null).map((part) => part.innerText)"""
TO_PRESS = (
    "main button, main form, main .btn, main .onward, main .chip-links, .leaflet-bar, "
    "main summary:not(.map-table summary)"
)
#: How far the outer border reaches on the canvas, within the map's frame: ends in x and y, and the frame's size.
BORDER = """() => {
  const canvas = document.querySelector(".map canvas"), box = canvas.getBoundingClientRect();
  const frame = document.querySelector(".map").getBoundingClientRect(), scale = canvas.width / box.width;
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const xs = [], ys = [];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === 18 && data[i + 1] === 56 && data[i + 2] === 44 && data[i + 3] === 255) {
      xs.push(box.left + ((i / 4) % canvas.width) / scale - frame.left);
      ys.push(box.top + Math.floor(i / 4 / canvas.width) / scale - frame.top);
    }
  }
  const ends = (list) => list.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [1e9, -1e9]);
  return [ends(xs), ends(ys), frame.width, frame.height];
}"""


def pages(page):
    """How many pages the PDF has."""
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def on_paper(page):
    """As the printer lays it out: told that it is about to be printed, as print() does, then the width of the paper."""
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    page.wait_for_timeout(200)


@pytest.fixture
def report(world):
    """The address of a report that was raised to the county."""
    with world.store.write() as session:
        who = make.actor(session, "officer_a1")
        entry = make.report(world.grids["A1"], lon=110.005, lat=35.005)
        return f"/reports/{report_service.submit(session, who, entry).id}"


@pytest.mark.parametrize("language", some(["zh", "en"], every=2))
def test_the_map_is_printed_whole_in_its_colours_with_title_scale_date_and_legend(phone, world, report, language):
    page = phone("county", language, DESK)
    page.goto("/map?days=30")
    page.wait_for_selector(".map-name")
    page.click(".leaflet-control-zoom-out")  # whatever was looked at before
    page.wait_for_timeout(400)
    assert pages(page) <= 2
    on_paper(page)
    about = page.inner_text(".map-panel > .print-only")
    assert (
        clock.today().isoformat() in about
        and {"zh": "该看的看了多少", "en": "Share of due visits made"}[language] in about
    )
    assert page.locator(".leaflet-control-scale-line").is_visible()
    assert page.evaluate(SHOWN, TO_PRESS) == []
    head = page.inner_text(".page-head")
    assert {"zh": "测试县地图", "en": "Map of Test County"}[language] in head
    assert {"zh": "截至", "en": "as of"}[language] in head
    frame, canvas = (page.locator(part).first.bounding_box() for part in (".map", ".map canvas"))
    assert abs(frame["width"] - 680) < 2 and canvas["width"] >= frame["width"]
    (left, right), (top, bottom), width, height = page.evaluate(BORDER)
    assert 0 <= left < right <= width and 0 <= top < bottom <= height  # the southern border too
    assert max((right - left) / width, (bottom - top) / height) > 0.8  # and as large as the paper allows
    for mark in page.locator(".legend .swatch").all():
        assert mark.evaluate("(e) => getComputedStyle(e).webkitPrintColorAdjust") == "exact"
    assert page.locator(".legend .point").count() == 1
    rows = page.evaluate(SHOWN, ".map-table tbody tr")
    assert len(rows) == 6, "the villages of both townships, which were folded"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".map-table details[open]").count() == 0


@pytest.mark.parametrize(
    ("language", "login"), some(product(["zh", "en"], ["county", "township_a", "officer_a1"]), every=2)
)
def test_a_report_is_printed_without_anything_to_press_and_without_an_empty_page(phone, report, language, login):
    page = phone(login, language, DESK)
    page.goto(report)
    assert pages(page) == 1
    on_paper(page)
    assert page.evaluate(SHOWN, TO_PRESS) == []
    text = page.inner_text("main")
    assert {"zh": "截至", "en": "as of"}[language] in text
    for words in (
        "转发和打印",
        "请人去看",
        "改问题类型",
        "Share and print",
        "Ask for a site visit",
        "Correct the problem type",
    ):
        assert words not in text
    for heading in page.locator("main .card > h2").all():
        if heading.is_visible():
            assert heading.evaluate("(e) => e.parentNode.innerText.length > e.innerText.length + 2"), "a bare heading"


@pytest.mark.parametrize("language", some(["en", "zh"], every=2))
def test_a_list_on_paper_is_whole_or_says_that_it_is_not(phone, language):
    page = phone("county", language, DESK)
    page.goto("/duties")
    total = int(re.search(r"\d+", page.inner_text(".page-head"))[0])
    part = {"zh": "这里只是这份清单的一部分：第 1–50 条", "en": "Only a part of this list: 1–50 of"}[language]
    assert part not in page.inner_text("main")
    link = page.get_by_role("link", name={"zh": "全部放一页，好打印", "en": "All on one page, to print"}[language])
    assert link.bounding_box()["y"] < 900, "before the list, where it is seen"
    on_paper(page)
    assert part in page.inner_text("main")
    assert page.evaluate(SHOWN, TO_PRESS) == []
    page.set_viewport_size(DESK)
    page.emulate_media(media="screen")
    link.click()
    page.wait_for_load_state()
    on_paper(page)
    assert len(page.evaluate(SHOWN, "main .row")) == total
    assert page.locator("main > .print-only strong").count() == 0


def test_pages_are_numbered():
    from tests.sources import STATIC

    assert "@bottom-right { content: counter(page)" in (STATIC / "css" / "print.css").read_text(encoding="utf-8")
