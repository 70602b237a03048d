"""Plain lists: one template for a title, columns or rows, the sentence for none, and "page n of m"."""

import re
from typing import Any

import pytest
from flask import g

from webapp.access import VISITOR
from webapp.app import App
from webapp.web import lists


def drawn(app: App, address: str, total: int, **more: Any) -> str:
    """The page of a list of numbers."""
    with app.test_request_context(address):
        g.actor = VISITOR
        part = lists.part(total, 20)
        body = [(f"no. {number}", number) for number in range(total)[part.first : part.first + part.size]]
        page = lists.page("Things & more", ["Item", "Number"], body, numeric=[1], part=part, **more)
    return page.split("<main")[1].split("</main")[0]


@pytest.mark.parametrize(
    ("asked", "total", "shown", "at", "beside"),
    [
        ("", 3, (0, 2), None, []),
        ("", 20, (0, 19), None, []),
        ("", 21, (0, 19), (1, 20, 21), [2]),
        ("page=2", 21, (20, 20), (21, 21, 21), [1]),
        ("page=2", 60, (20, 39), (21, 40, 60), [1, 3]),
        ("page=3", 60, (40, 59), (41, 60, 60), [2]),
        ("page=4", 60, (40, 59), (41, 60, 60), [2]),
        ("page=999999", 60, (40, 59), (41, 60, 60), [2]),
        ("page=0", 60, (0, 19), (1, 20, 60), [2]),
        ("page=-1", 60, (0, 19), (1, 20, 60), [2]),
        ("page=two", 60, (0, 19), (1, 20, 60), [2]),
    ],
)
def test_a_list_shows_the_part_that_is_asked_for_and_the_ways_to_those_beside_it(
    app: App, asked: str, total: int, shown: tuple[int, int], at: tuple[int, int, int] | None, beside: list[int]
) -> None:
    page = drawn(app, f"/things?{asked}", total)
    found = [int(number) for number in re.findall(r"no\. (\d+)<", page)]
    assert found == list(range(shown[0], shown[1] + 1))
    assert re.findall(r"第 (\d+)–(\d+) 条，共 (\d+) 条", page) == ([tuple(map(str, at))] if at else [])
    assert [int(number) for number in re.findall(r'href="/things\?page=(\d+)"', page)] == beside


def test_what_was_chosen_stays_chosen_on_the_other_parts(app: App) -> None:
    page = drawn(app, "/things?q=a%26b%22&kind=&page=2", 60)
    assert re.findall(r'href="(/things[^"]*)"', page) == [f"/things?q=a%26b%22&amp;page={number}" for number in (1, 3)]


def test_columns_have_their_heads_and_numbers_stand_right(app: App) -> None:
    page = drawn(app, "/things", 2, aside="2 in all", lead="Read <this>.")
    assert "<h1>Things &amp; more</h1>" in page and "2 in all" in page and "Read &lt;this&gt;." in page
    assert '<th scope="col">Item</th><th scope="col" class="n">Number</th>' in page
    assert '<th scope="row">no. 1</th><td class="n">1</td>' in page


def test_a_list_without_rows_says_so(app: App) -> None:
    page = drawn(app, "/things", 0, nothing="No things yet.")
    assert "No things yet." in page and "<table" not in page and "pager" not in page


def test_the_log_and_the_reports_are_such_lists(world: Any, browse: Any) -> None:
    for login, address in (("officer_b1", "/mine"), ("auditor", "/log?before=1")):
        page = browse(login).get(address).text
        assert '<div class="empty"><p>Nothing here.</p></div>' in page
