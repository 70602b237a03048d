"""What every page of every role keeps to in both languages: its width, its contrast by day and by night."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import pages
from tests.access_county import County, county, on_sqlite, visitors  # noqa: F401  (fixtures)
from tests.journeys.conftest import served
from tests.short import FULL, LONG, some
from webapp.core import clock

pytestmark = on_sqlite
#: Width in pixels of CSS, and how many times as large the reader's letters are: a small phone, one whose reader has
#: doubled the text, a usual one, a desk's screen at 200 %.
SIZES = ((320, 1), (360, 2), (412, 1), (640, 1))
#: Pages for the short run: the frame of each kind, a form, a list, a table, the map.
FEW = {
    "officer_a1": ("/grids/{A1}/patrol",),
    "county": ("/departments/numbered", "/map?days=30"),
    "nobody": ("/login",),
}
LARGER = "(times) => { document.documentElement.style.fontSize = times > 1 ? `${112.5 * times}%` : ''; }"
#: What reaches out of the page sideways, but for what lies in a box that scrolls or is cut by itself.
TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const held = (it) => it && it !== document.body
    && (getComputedStyle(it).overflowX !== "visible" || held(it.parentElement));
  return ["wider: " + document.documentElement.scrollWidth].concat([...document.querySelectorAll("body *")]
    .filter((it) => it.getBoundingClientRect().right > wide + 1 && !held(it.parentElement))
    .map((it) => it.outerHTML.slice(0, 120)));
}"""
#: A box that scrolls sideways and that no key reaches: neither it nor anything in it takes the focus.
OUT_OF_REACH = """() => [...document.querySelectorAll("main *")]
  .filter((it) => it.scrollWidth > it.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(it).overflowX))
  .filter((it) => it.tabIndex < 0 && !it.querySelector("a[href], button, input, select, textarea"))
  .map((it) => it.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def where(county: County) -> Iterator[str]:
    """The county of the access tables, served at its noon: no log-in has been idle for long."""
    noon = clock.now()

    def app(environ: Any, start_response: Any) -> Any:
        with clock.at(noon):
            return county.app(environ, start_response)

    with served(app) as address:
        yield address


def shown(county: County, language: str) -> dict[str, list[str]]:
    """In the long run all pages of all readers; else each page by two of its readers, by others in each language."""
    every = {login: list(pages.of(county, login)) for login in pages.READERS}
    if LONG:
        return every
    readers: dict[str, list[tuple[str, str]]] = {}
    for login, paths in every.items():
        for path in paths:
            readers.setdefault(re.sub(r"[0-9a-f-]{36}|\d+", "#", path), []).append((login, path))
    found: dict[str, list[str]] = {}
    for kind, those in readers.items():
        first = crc32(f"{kind} {language}".encode()) % len(those)
        for login, path in {those[first], those[(first + len(those) // 2) % len(those)]}:
            found.setdefault(login, []).append(path)
    return found


@pytest.fixture
def opened(browser: Any, where: str, county: County, visitors: dict[str, Any]) -> Any:
    """``opened("zh")`` are the pages in a language, or those of ``paths``: who, where, the browser that shows it."""

    def open_(language: str, paths: Any = None, **how: Any) -> Iterator[tuple[str, str, Any]]:
        paths = paths or (shown(county, language) if FULL else FEW)
        for login in paths:
            context = browser.new_context(base_url=where, **how)
            context.add_cookies([{"name": "wangge", "value": visitors[login].cookie, "url": where}])
            page = context.new_page()
            page.goto(f"/language?lang={language}&next=/privacy")
            for path in paths[login]:
                path = path.format(**county.ids["grid"])
                assert page.goto(path).status == 200, (login, path)
                assert urlsplit(page.url).path == urlsplit(path).path, "led elsewhere"
                yield login, path, page
            context.close()

    return open_


@pytest.mark.parametrize("language", some(["en", "zh"], every=2))
def test_no_page_scrolls_sideways(opened: Any, language: str) -> None:
    found = []
    for login, path, page in opened(language):
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for width, times in SIZES:
            page.set_viewport_size({"width": width, "height": 740})
            page.evaluate(LARGER, times)
            found += [
                (login, path, width, times, wide) for wide in page.evaluate(TOO_WIDE) + page.evaluate(OUT_OF_REACH)
            ]
        page.evaluate(LARGER, 1)
    assert found == [], "\n".join(map(str, found))


#: What stands by itself and is lower than a thumb: no link within a sentence, and an input counts by its label.
LOW = """() => [...document.querySelectorAll(
    "main a, main button, main summary, main .opt, main .chip, .nav a, .foot a")]
  .map((it) => [it.getBoundingClientRect(), it])
  .filter(([box, it]) => box.width > 1 && box.height > 1 && box.height < 43.5 && !it.closest(".map, .prose"))
  .filter(([, it]) => ![...it.parentNode.childNodes].some((by) => by.nodeType === 3 && by.data.trim()))
  .map(([box, it]) => Math.round(box.height) + " " + it.parentNode.outerHTML.slice(0, 160))"""


def test_what_stands_by_itself_is_high_enough_for_a_thumb(opened: Any) -> None:
    found = []
    for login, path, page in opened("zh", viewport={"width": 360, "height": 740}):
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        found += [(login, path, low) for low in page.evaluate(LOW)]
    assert found == [], "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("language", "scheme"), some([("zh", "dark"), ("zh", "light"), ("en", "dark"), ("en", "light")], every=4)
)
def test_no_page_has_a_fault_of_accessibility_by_day_or_by_night(opened: Any, language: str, scheme: str) -> None:
    """All of axe's rules, the contrast of 4.5 among them; the map is looked at once it is drawn. Every page is for the
    long run: it takes minutes a case."""
    found = []
    size = {"width": 360, "height": 740}
    for login, path, page in opened(language, None if LONG else FEW, viewport=size, color_scheme=scheme):
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        if page.locator("[data-map]").count():
            page.wait_for_selector(".map-name")
        found += [
            (login, path, fault["id"], node["html"][:150], node["failureSummary"][:200])
            for fault in Axe().run(page).response["violations"]
            for node in fault["nodes"]
        ]
    assert found == [], "\n".join(map(str, found))


#: What tells a choice, and the same where it is not chosen; pages on which each is met.
CHOICES = {
    ".nav a[aria-current]": ".nav a:not([aria-current])",
    ".tabs a[aria-current]": ".tabs a:not([aria-current])",
    ".chip-links a[aria-current]": ".chip-links a:not([aria-current])",
    ".chip > input:checked + span": ".chip > input:not(:checked) + span",
    ".seg > input:checked + label": ".seg > input:not(:checked) + label",
}
WITH_CHOICES = {
    "officer_a1": ("/home", "/grids/{A1}/patrol?all=1", "/grids/{A1}/report"),
    "county": ("/map?days=30", "/desk?tab=dispatch"),
    "nobody": ("/login",),
}
GROUNDS = """(kinds) => Object.entries(kinds).map(([chosen, other]) => [chosen, ...[chosen, other].map((words) => {
  const found = document.querySelector(words);
  return found && getComputedStyle(found).backgroundColor;
})]).filter(([, one, two]) => one && two)"""


def test_what_is_chosen_is_told_where_the_system_sets_the_colours(opened: Any) -> None:
    """Forced colours take grounds and shadows away; boxes to tick are the system's own."""
    grounds, boxes = {}, []
    for _login, _path, page in opened("zh", WITH_CHOICES, forced_colors="active"):
        grounds |= {chosen: (one, other) for chosen, one, other in page.evaluate(GROUNDS, CHOICES)}
        boxes += page.evaluate(
            "() => [...document.querySelectorAll('.opt > input')].map((b) => getComputedStyle(b).appearance)"
        )
    assert grounds.keys() == CHOICES.keys()
    assert [chosen for chosen, (one, other) in grounds.items() if one == other] == []
    assert set(boxes) == {"auto"}


#: The page's ground and letters, and a colour of the map's legend.
COLOURS = """() => {
  const [page, main, swatch] = ["body", "main", ".swatch"].map((it) => getComputedStyle(document.querySelector(it)));
  return [page.backgroundColor, main.color, swatch.backgroundColor];
}"""


def test_paper_is_white_and_a_map_keeps_its_colours_by_night(opened: Any) -> None:
    for _login, _path, page in opened("zh", {"county": ("/map?days=30",)}, color_scheme="light"):
        by_day = page.evaluate(COLOURS)
        page.emulate_media(color_scheme="dark")
        by_night = page.evaluate(COLOURS)
        page.emulate_media(media="print", color_scheme="dark")
        on_paper = page.evaluate(COLOURS)
    assert by_day[:2] == ["rgb(246, 242, 232)", "rgb(20, 35, 29)"]
    assert by_night[:2] == ["rgb(17, 24, 21)", "rgb(230, 236, 231)"]
    assert on_paper[:2] == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert by_day[2] == by_night[2] == on_paper[2]
