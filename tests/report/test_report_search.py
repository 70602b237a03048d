"""Search: in both languages, by what people say of a report, and never beyond what is theirs to see."""

import re

import pytest
from sqlalchemy import select

from tests import make
from webapp.report import pairs, search, service
from webapp.report.models import Report, ReportPair
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


@pytest.fixture(params=[search.COMMON, 0], ids=["looked_up", "asked_one_by_one"])
def finds(world, reports, request, monkeypatch):
    """``finds(login, words)``: the short names of what somebody finds; by either way it is the same."""
    monkeypatch.setattr(search, "COMMON", request.param)

    def found(login, words):
        with world.store.read() as session:
            return sorted(reports[id_] for id_ in find(session, make.actor(session, login), words))

    return found


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
    first, second, third = (browser.get(f"/search?q=canal&page={number}").text for number in (1, 2, 3))
    assert "57 reports" in first and "1–25 of 57" in first and "26–50 of 57" in second and "51–57 of 57" in third
    found = [re.findall(r"canal \d+", page.split("<main")[1]) for page in (first, second, third)]
    assert [len(each) for each in found] == [25, 25, 7] and len({*found[0], *found[1], *found[2]}) == 57
    assert 'href="/search?q=canal&amp;page=2"' in first


def test_the_newest_are_shown_up_to_a_number_that_is_said(world, browse, monkeypatch):
    monkeypatch.setattr(search, "MOST", 3)
    monkeypatch.setattr(search.search, "__defaults__", (3,))
    with world.store.write() as session:
        for number in range(5):
            service.submit(
                session, make.actor(session, "officer_a1"), make.report(world.grids["A1"], place=f"canal {number}")
            )
    page = browse("township_a").get("/language?lang=en&next=/search?q=canal").text
    assert "The newest 3 reports" in page
    assert re.findall(r"canal \d", page.split("<main")[1]) == ["canal 4", "canal 3", "canal 2"]


@pytest.mark.parametrize("common", [search.COMMON, 0])
def test_what_is_closed_stands_among_what_is_open_by_its_day(world, monkeypatch, common):
    monkeypatch.setattr(search, "COMMON", common)
    entries = [make.report(world.grids["A1"], place=f"canal {number}") for number in range(6)]
    with world.store.write() as session:
        for entry in entries:
            service.submit(session, make.actor(session, "officer_a1"), entry)
    for entry in entries[1::2]:
        with world.store.write() as session:
            service.move(
                session, make.actor(session, "township_a"), entry.id, make.move("dismiss", "township", reason="x")
            )
    with world.store.read() as session:
        newest = [entry.id for entry in reversed(entries)]
        assert find(session, make.actor(session, "county"), "canal") == newest
        assert find(session, make.actor(session, "county"), "canal", 3) == newest[:3]


@pytest.mark.parametrize("said", ["00001", "2026-00001"])
def test_a_number_is_found_by_its_last_digits_and_whole(world, finds, said, reports):
    with world.store.read() as session:
        first = session.scalars(select(Report).where(Report.number.endswith("-00001"))).one()
    whole = first.number if said.startswith("2026") else said
    assert finds("county", whole) == [reports[first.id]]
    with world.store.read() as session:
        for digits in ("1", "00001"):
            assert [one.id for one in search.by_number(session, make.actor(session, "county"), digits, 9)] == [first.id]


def held(session, report_id):
    """The pairs that are stored of a report."""
    return set(session.scalars(select(ReportPair.pair).where(ReportPair.report_id == report_id)))


def test_pairs_follow_what_is_said(world):
    entry = make.report(world.grids["A1"], place="East Gate", note="冒黑烟 x")
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    with world.store.read() as session:
        assert held(session, entry.id) == {*("ea", "as", "st", "t", "ga", "at", "te", "e", "冒黑", "黑烟", "烟", "x")}
    with world.store.write() as session:
        township, officer = make.actor(session, "township_a"), make.actor(session, "officer_a1")
        service.move(session, township, entry.id, make.move("give_back", "township", missing=["place"]))
        service.move(session, officer, entry.id, make.move("supplement", "returned", place="桥下", note="x"))
    with world.store.read() as session:
        report = session.get_one(Report, entry.id)
        assert "桥下" in held(session, entry.id) == pairs.pairs_of([report.place, report.note])


@pytest.mark.parametrize(
    ("text", "word", "is_found"),
    [
        ("村东头冒黑烟", "黑烟", True),
        ("村东头冒黑烟", "烟", True),
        ("村东头冒黑烟", "村东头冒黑烟", True),
        ("黑的烟", "黑烟", False),
        ("黑烟和烟冒", "冒黑", False),
        ("烟黑烟", "黑烟黑", False),
        ("abc bcd", "abcd", False),
        ("Canal", "CANAL", True),
        ("a" * 60, "a" * 40, True),
        ("a" * 40, "a" * 60, False),
        ("😀😁", "😁", True),
    ],
)
def test_a_word_is_found_in_the_text_that_says_it_and_in_no_other(world, text, word, is_found):
    entry = make.report(world.grids["A1"], place=text)
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    with world.store.read() as session:
        assert (find(session, make.actor(session, "county"), word) == [entry.id]) == is_found
