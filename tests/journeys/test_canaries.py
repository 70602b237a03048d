"""Eighty texts that would run, in every field that is typed, seen by every role in Chromium: on the pages, in the map's
card and list, and on paper. None runs, none becomes an element, all are seen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.access_county import County, county, on_sqlite, visitors  # noqa: F401  (fixtures)
from tests.journeys import canaries
from tests.journeys.test_every_page import FEW, opened, where  # noqa: F401  (fixtures)
from tests.short import FULL

MARK = re.compile(r"q(\d+)q")
#: What a canary would become, or leave behind, if it were taken for markup. The program has none of these itself.
TAKEN = """() => {
  const ways = "[onerror],[onload],[onbegin],[ontoggle],[onfocus],iframe,object,embed,base,animate,source,"
    + "meta[http-equiv=refresh],a[href^='javascript:'],img[src^=x],link[href^='data:'],script:not([src]):not([type])";
  const found = [...document.querySelectorAll(ways)].map((it) => it.outerHTML.slice(0, 120));
  return window.ran ? ["ran", ...found] : found;
}"""
#: All that can be read of a page: its text, and what stands in fields and labels.
READ = """() => [document.documentElement.outerHTML, ...[...document.querySelectorAll("input, textarea")].map(
  (it) => it.value)].join(" ")"""


@pytest.fixture(scope="module")
def canary_county(county: County) -> Iterator[County]:
    """The county of the access tables with a canary in the place of every typed text."""
    assert canaries.put_in(county) > 30
    yield county


def look(page: Any, seen: set[int]) -> list[str]:
    """What of a page was taken for markup; the canaries on it are seen."""
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    seen.update(int(number) for number in MARK.findall(page.evaluate(READ)))
    return page.evaluate(TAKEN)


def on_the_map(page: Any, grids: dict[str, int], seen: set[int]) -> list[str]:
    """The same of what the map's own script draws: what it found, and the cards of a village and of the county."""
    page.fill("main input[type=search]", "q")
    page.wait_for_timeout(500)
    found = look(page, seen)
    for name in ("A1", "county"):
        page.goto(f"/map?days=30&at={grids[name]}")
        page.wait_for_selector(".map-card h2")
        found += look(page, seen)
    return found


@on_sqlite
def test_no_canary_runs_for_anybody(canary_county: County, opened: Any) -> None:
    seen: set[int] = set()
    wrong: list[Any] = []
    told: list[str] = []
    for login, path, page in opened("zh", None if FULL else FEW):
        if not getattr(page, "is_heard", False):
            page.is_heard = True
            page.on("console", lambda said: told.append(said.text) if "Content Security" in said.text else None)
            page.on("dialog", lambda asked: (told.append("dialog"), asked.dismiss()))
        wrong += [(login, path, it) for it in look(page, seen)]
        if path.partition("?")[0] == "/map":
            wrong += [(login, path, it) for it in on_the_map(page, canary_county.ids["grid"], seen)]
        if login == "county" and path.startswith(("/reports", "/desk")):
            page.pdf()
            wrong += [(login, "printed", it) for it in look(page, seen)]
    assert (wrong, told) == ([], [])
    assert len(canaries.CANARIES) == 80
    assert len(seen) == 80 if FULL else len(seen) > 10


def test_a_page_that_takes_text_for_markup_is_seen(browser: Any) -> None:
    page = browser.new_context().new_page()
    blind = []
    for canary in canaries.CANARIES:
        page.set_content(f"<title>x</title><p><textarea></textarea>{canary}</p>")
        page.wait_for_timeout(20)
        if not page.evaluate(TAKEN) and not page.query_selector("style"):
            blind.append(canary)
    assert blind == []
