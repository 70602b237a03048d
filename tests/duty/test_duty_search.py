"""The search of the list: what applies here first, everyday words beside the lists' own, English by whole words."""

import re

import pytest
from sqlalchemy import event

import seeds
from tests.duty.conftest import person
from tests.duty.test_duty_pages import codes, text
from webapp.core import clock
from webapp.duty import service, who

DUTIES = {duty.code: duty for duty in seeds.read("duties")}
PART_13 = "004-13-"


def lines(answer):
    """Of the duties of a list, in its order, the document and the last line."""
    return [(DUTIES[code].document, DUTIES[code].line_to) for code in codes(answer)]


@pytest.mark.parametrize("asked", ["扬尘", "dust", "秸秆", "straw", "污水", "sewage"])
def test_what_applies_here_comes_first(pages, asked):
    ours = [code.startswith(PART_13) for code in codes(pages.get("/duties", q=asked, all=1, scope="all"))]
    assert True in ours and False in ours and ours == sorted(ours, reverse=True)


def test_what_the_county_puts_in_force_moves_up(pages, store, county):
    def place():
        return codes(pages.get("/duties", q="扬尘", all=1, scope="all")).index("004-22-c24-named06")

    before = place()
    with store.write() as session:
        decision = service.Decision("in_force", clock.today(), None, "county notice 3")
        service.decide(session, county, "004", "22", decision)
    assert place() < before
    assert codes(pages.get("/duties", q="扬尘", all=1, scope="all"))[0].startswith(PART_13)


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("construction dust", 219), ("工地扬尘", 219), ("施工揚塵", 219), ("施工工地?fù)P塵", 219),
        ("straw burning", 201), ("烧麦茬", 201), ("loud music", 217), ("广场舞", 217), ("渣土車", 221),
    ],
)  # fmt: skip
def test_everyday_words_and_the_documents_own_find_the_duty_on_the_first_page(pages, asked, line):
    assert ("004", line) in lines(pages.get("/duties", q=asked))[:12]


def test_the_words_themselves_come_before_what_they_mean(pages):
    found = [code for code in codes(pages.get("/duties", q="straw burning", all=1)) if code.startswith(PART_13)]
    assert found[:2] == ["004-13-township-08", "004-13-village-02"]
    assert "straw burning" not in DUTIES[found[-1]].en.lower() and found[-1] == "004-13-dept11-03"

    ours = [code for code in codes(pages.get("/duties", q="污水", all=1)) if code.startswith(PART_13)]
    holding = ["污水" in DUTIES[code].zh for code in ours]
    assert True in holding and False in holding and holding == sorted(holding, reverse=True)


def test_restaurant_fumes_are_found_in_english_and_lead_to_who_is_responsible(pages):
    answer = pages.get("/duties", q="restaurant fumes", scope="all")
    assert {"004-13-dept05-01", "004-20-s1-04"} <= set(codes(answer))
    assert 'href="/who?q=restaurant+fumes"' in answer.text


def test_what_means_no_problem_asks_for_no_duty_of_one(store):
    sent = []
    event.listen(store.reader, "before_cursor_execute", lambda _c, _cursor, statement, *_: sent.append(statement))
    with store.read() as session:
        sent.clear()
        assert who.codes(session, " ") == who.codes(session, "219") == [] == sent
        assert who.codes(session, "路灯坏了") == [] and len(sent) == 1, "the county's own words"
        assert who.codes(session, "扬尘")


def test_dust_is_not_in_industry(pages):
    found = codes(pages.get("/duties", q="dust", all=1, scope="all"))
    assert 5 < len(found) < 40
    dust = {row.duty for row in seeds.read("problem_duties") if row.problem == "dust"}
    assert [code for code in found if not re.search(r"\bdusts?\b", DUTIES[code].en, re.I) and code not in dust] == []


def test_a_line_or_a_code_is_no_everyday_word(pages):
    assert set(lines(pages.get("/duties", q="第219行 扬尘", document="004", all=1))) == {("004", 219)}
    assert codes(pages.get("/duties", q="004-13-dept05-03")) == ["004-13-dept05-03"]


def test_a_narrowed_list_stays_narrow_whatever_the_words_mean(pages):
    found = codes(pages.get("/duties", q="烧麦茬", tier="village", all=1))
    assert found == ["004-13-village-02"]


def test_the_sheet_holds_what_the_list_holds(pages):
    from io import BytesIO

    from openpyxl import load_workbook

    rows = list(load_workbook(BytesIO(pages.get("/duties.xlsx", q="restaurant fumes").data)).active.values)
    assert len(rows) - 1 == len(codes(pages.get("/duties", q="restaurant fumes", all=1))) > 0


def test_figures_are_searched_by_whole_words_and_what_applies_comes_first(pages):
    shown = text(pages.get("/figures", q="village", scope="all"))
    ours, others = shown.find("document 004, line 203"), shown.find("document 000, line")
    assert 0 <= ours < others
    assert "No figure matches all of this" in text(pages.get("/figures", q="illage"))


def test_the_search_is_open_to_an_officer_in_chinese(pages):
    pages.become(person("grid_officer"), "zh")
    assert "谁负责" in text(pages.get("/duties", q="油烟"))
