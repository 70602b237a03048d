"""The page "who is responsible for …": everyday sentences answered, nobody named said so, what applies here first."""

import csv
import html
import re
from pathlib import Path

import pytest
from sqlalchemy import delete

from seeds.script import traditional
from tests.duty.conftest import person
from tests.duty.test_duty_pages import text
from webapp.core import clock
from webapp.core.models import Setting
from webapp.duty import everyday, service

#: What the page says where the documents name nobody.
NOBODY = {"zh": "没有点名由谁负责", "en": "name nobody for this"}
#: A line of document 004, or the first of several, as each language writes it.
CITED = {"zh": r"文件 004 第 (\d+)(?:-(\d+))? 行", "en": r"document 004, lines? (\d+)(?:-(\d+))?"}
#: Of the 40 sentences so many are answered; a change of the everyday words may only raise it.
ANSWERED = 40


def sentences(name="everyday.csv"):
    with (Path(__file__).parent / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def first(page, lang):
    """The lines on which the first row of the answer stands, or None where the page says that nobody is named."""
    shown = html.unescape(page.text)
    body = re.search(r'<section class="card".*?<ul class="rows">(.*?)</li>', shown, re.DOTALL)
    if body is None or NOBODY[lang] in shown[: body.start(1)]:
        return None
    cited = re.search(CITED[lang], re.sub("<[^>]+>", "", body[1]))
    return set(range(int(cited[1]), int(cited[2] or cited[1]) + 1)) if cited else set()


def answered(page, row, lang=None):
    """Whether the page answers a sentence first with one of the lines that answer it in the source."""
    found = first(page, lang or row["language"])
    if row["lines"] == "nobody":
        return found is None
    return found is not None and bool(found & set(map(int, row["lines"].split())))


@pytest.mark.parametrize(("name", "least"), [("everyday.csv", ANSWERED), ("everyday_more.csv", 35)])
def test_everyday_sentences_are_answered_first_with_the_right_line(pages, name, least):
    lost = []
    for row in sentences(name):
        pages.become(person("grid_officer"), row["language"])
        if not answered(pages.get("/who", q=row["sentence"]), row):
            lost.append(row["sentence"])
    assert len(sentences(name)) - len(lost) >= least, lost


#: The clerk's four questions, as typed in each language and in the documents' script, and the first line that answers.
FOUR = {
    "straw": (("烧秸秆", "秸稈焚燒", "straw burning"), 201),
    "dust": (("工地扬尘", "施工揚塵", "construction dust"), 219),
    "fumes": (("油烟", "餐飲油煙", "restaurant fumes"), None),
    "black": (("黑臭水体", "黑臭水體", "black-odour water"), 231),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("asked", FOUR)
def test_the_clerks_four_questions_are_answered_on_the_first_page(pages, asked, lang):
    pages.become(person("county_office"), lang)
    typed, line = FOUR[asked]
    for words in typed:
        found = first(pages.get("/who", q=words), lang)
        assert (line in found) if line else found is None, words


#: Problem → the first line that answers it; None: the documents name nobody.
SIXTEEN = {
    "manure": 234, "smell": None, "sewage": 219, "rubbish_dumping": 221, "straw_burning": 201, "smoke": None,
    "dust": 219, "rubbish_burning": 221, "cooking_fumes": None, "black_ditch": 231, "waste_dumping": 221, "noise": 217,
    "scattered_polluter": 211, "digging": 227, "water_source": 208, "other": None,
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("problem", SIXTEEN)
def test_each_of_the_sixteen_words_can_be_picked(pages, problem, lang):
    pages.become(person("grid_officer"), lang)
    assert f'href="/who?problem={problem}"' in pages.get("/who").text
    found = first(pages.get("/who", problem=problem), lang)
    assert (SIXTEEN[problem] in found) if SIXTEEN[problem] else found is None


def test_a_row_says_who_when_what_and_where_it_stands(pages):
    shown = text(pages.get("/who", q="construction dust"))
    assert re.search(
        r"housing \S.*? leads from a building site: Control dust on building sites county · "
        r"[^·]*Hebei[^·]*, year unknown · document 004, line 219 · our reading · to confirm",
        shown,
    )


def test_where_nobody_is_named_the_county_decides_and_the_general_duty_is_shown(pages):
    shown = text(pages.get("/who", q="restaurant fumes"))
    assert "The documents that apply here name nobody for this. The county office decides" in shown
    assert "document 004, lines 205-208" in shown and "is told" in shown


def test_only_what_was_asked_for_stands_before_the_other_cases(pages):
    for asked, asked_for, other in (
        ("construction dust", "line 219", "line 229"),
        ("factory noise", "lines 205-208", "line 217"),
        ("restaurant fumes", "lines 205-208", "line 221"),
        ("barbecue", "line 221", "lines 205-208"),
    ):
        shown, _fold, folded_away = text(pages.get("/who", q=asked)).partition("Other forms of this problem")
        assert asked_for in shown and other not in shown and other in folded_away, asked


def test_other_places_documents_stand_apart(pages):
    shown = pages.get("/who", problem="dust").text
    before, after = shown.split("From documents that do not apply here")
    assert "line 1029" in html.unescape(after) and "line 1029" not in html.unescape(before)
    assert not re.search(r"<details[^>]*\bopen\b[^>]*><summary>From documents", shown)


def test_words_that_nobody_understands_are_said_to_be_so(pages):
    shown = text(pages.get("/who", q="路灯坏了"))
    assert "We do not know these words" in shown and "name nobody for this" in shown
    assert "We do not know these words" not in text(pages.get("/who", q="臭味"))
    assert pages.get("/who", q="尘" * 61).status_code == 422
    assert pages.get("/who", problem="moon").status_code == 200


def test_the_page_is_for_all_who_read_the_duties_and_nobody_else(pages):
    for role in ("grid_officer", "township_supervisor", "department_liaison", "county_office", "leader"):
        assert pages.become(person(role)).get("/who", q="dust").status_code == 200, role
    assert pages.become(person("system_admin")).get("/who").status_code == 403


def test_two_things_in_one_sentence_are_both_answered(pages):
    shown = text(pages.get("/who", q="猪粪和饭店油烟"))
    assert "line 234" in shown.replace("lines 233-234", "line 234") and "name nobody for this" in shown


def test_a_sentence_is_understood_in_traditional_characters(pages):
    for row in [row for row in sentences() if row["language"] == "zh"][:12]:
        pages.become(person("grid_officer"), "zh")
        assert answered(pages.get("/who", q=traditional(row["sentence"])), row), row["sentence"]


def test_what_the_county_puts_in_force_is_answered_before_the_fold(pages, store, county):
    with store.write() as session:
        service.decide(session, county, "004", "22", service.Decision("in_force", clock.today(), None, "notice 3"))
    before, _fold, _after = pages.get("/who", problem="dust").text.partition("From documents that do not apply here")
    assert "line 1029" in html.unescape(before)
    assert first(pages.get("/who", q="construction dust"), "en") == {219}


def test_where_nothing_applies_the_page_says_so_and_shows_the_others(pages, store, county):
    with store.write() as session:
        service.decide(session, county, "004", "13", service.Decision("example", clock.today(), None, "notice 4"))
    for asked in ("construction dust", "fireworks"):
        page = pages.get("/who", q=asked)
        assert "No document that applies here says whose job this is." in text(page), asked
        assert re.search(r"<details[^>]*\bopen\b[^>]*><summary>From documents that do not apply here", page.text), asked


def test_the_countys_own_words_are_understood_in_both_languages(pages, store):
    assert "We do not know these words" in text(pages.get("/who", q="霾子呛人"))
    with store.write() as session:
        session.get_one(Setting, "everyday_words").value = "霾子=黑烟； 麦糠=烧 麦茬;reek ＝ bad smell"
    assert first(pages.get("/who", q="到处是霾子"), "en") is None
    assert "We do not know these words" not in text(pages.get("/who", q="霾子呛人"))
    assert first(pages.get("/who", q="麦糠"), "en") == {201}
    assert first(pages.get("/who", q="what a reek"), "en") is None
    assert "We do not know these words" in text(pages.get("/who", q="a creek"))


@pytest.mark.parametrize("wrong", ["烟子", "=黑烟", "烟子=", "烟子=月亮", "烟子=黑烟;好=", "= "])
def test_own_words_that_nobody_could_read_are_refused_and_named(wrong):
    with pytest.raises(ValueError, match=r"=|烟子"):
        everyday.check_own(wrong)
    assert len(everyday.with_own(wrong)) <= len(everyday.with_own("")) + 1


def test_nothing_or_good_own_words_can_be_set():
    for good in ("", " ; ", "烟子=黑烟", "烟子=黑烟；麦糠=烧麦茬\nreek=smell"):
        everyday.check_own(good)


def test_the_list_and_every_page_of_it_lead_to_the_question(pages):
    for address in ("/duties", "/documents", "/departments", "/figures"):
        assert 'href="/who"' in pages.get(address).text, address


def test_a_county_that_was_not_seeded_since_the_update_can_search_its_duties(pages, store):
    with store.write() as session:
        session.execute(delete(Setting).where(Setting.key == "everyday_words"))
    assert pages.get("/duties", q="dust").status_code == 200
