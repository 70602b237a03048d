"""Search: in both languages, by what people say of a report, and never beyond what is theirs to see."""

import re

import pytest

from tests import make
from webapp.report import service
from webapp.report.search import search as find


@pytest.fixture
def reports(world):
    """Dust in A1, a smell in B1 on the border with A2; what marks them stands in a problem or a village's name only."""
    found = {}
    with world.store.write() as session:
        for name, login, village, more in (
            ("dust", "officer_a1", "A1", {"problems": ("dust",)}),
            (
                "smell",
                "officer_b1",
                "B1",
                {"problems": ("smell",), "joint": (world.grids["A2"],), "note": "100% of_it", "place": "East gate"},
            ),
        ):
            entry = make.report(world.grids[village], **more)
            service.submit(session, make.actor(session, login), entry)
            found[entry.id] = name
    return found


@pytest.fixture
def finds(world, reports):
    """``finds(login, words)``: the short names of what somebody finds."""

    def search(login, words):
        with world.store.read() as session:
            return sorted(reports[report.id] for report in find(session, make.actor(session, login), words))

    return search


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Dust", ["dust"]),
        ("dust", ["dust"]),
        ("扬尘", ["dust"]),
        ("Village A1", ["dust"]),
        ("village a1", ["dust"]),
        ("甲1", ["dust"]),
        ("乙1村", ["smell"]),
        ("甲2村", ["smell"]),
        ("A1 dust", ["dust"]),
        ("扬尘  甲1村", ["dust"]),
        ("乙1村 扬尘", []),
        ("EAST GATE", ["smell"]),
        ("村", ["dust", "smell"]),
        ("%", ["smell"]),
        ("_", ["smell"]),
        ("0%", ["smell"]),
        ("f_i", ["smell"]),
        ("a%t", []),
        ("D_st", []),
        ("/", []),
        ("\\", []),
    ],
)
def test_a_report_is_found_by_problem_and_village_in_both_languages(finds, words, found):
    assert finds("county", words) == found


@pytest.mark.parametrize(
    ("login", "all_"),
    [
        ("officer_a1", ["dust"]),
        ("officer_a2", ["smell"]),
        ("officer_b1", ["smell"]),
        ("township_a", ["dust", "smell"]),
        ("township_b", ["smell"]),
        ("liaison", []),
        ("committee_a1", []),
        ("admin", []),
    ],
)
def test_search_never_finds_what_is_not_the_askers(finds, login, all_):
    for words in ("村", "dust", "扬尘", "smell", "Village", "甲1村", "乙1村", "-0000"):
        assert set(finds(login, words)) <= set(all_), words
    assert finds(login, "村") == all_


def test_the_search_page_takes_any_words(browse, reports):
    county = browse("county")
    assert "row-title" in county.get("/search?q=扬尘").text
    for words in ("%00", "%27%22", " ".join("abcdefghijkl"), "x" * 500, "%F0%9F%98%80", "%20"):
        assert county.get(f"/search?q={words}").status_code == 200
    assert not re.search("row-title", county.get("/search?q=%00").text)


def test_a_search_says_how_many_there_are_and_leads_to_all_of_them(world, browse):
    with world.store.write() as session:
        officer = make.actor(session, "officer_a1")
        for number in range(57):
            service.submit(session, officer, make.report(world.grids["A1"], place=f"canal {number}"))
    browser = browse("township_a")
    first, second = (browser.get(f"/search?q=canal&page={number}").text for number in (1, 2))
    assert "57 reports" in first and "1–50 of 57" in first and "51–57 of 57" in second
    found = [re.findall(r"canal \d+", page.split("<main")[1]) for page in (first, second)]
    assert len({*found[0], *found[1]}) == 57
    assert 'href="/search?q=canal&amp;page=2"' in first
