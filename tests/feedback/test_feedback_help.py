"""Help: a page for each role, with the words of the buttons and the limits as the rows stand."""

import re
from pathlib import Path

import pytest

from webapp import feedback
from webapp.access import ROLES
from webapp.core.models import Contact, Setting, TimeLimit
from webapp.desk import tabs
from webapp.report import labels
from webapp.report.workflow import REPORT

PLACE = Path(feedback.__file__).parent
PAGES = PLACE / "templates" / "feedback" / "help"
WORD = re.compile(r"b\(_\('([^']+)'\)\)")
TAB = re.compile(r"tab=b\(_\('([^']+)'\)\)")
CALLS = r"""_\(\s*(?:"{0}"|'{0}')\s*[,)]"""


def elsewhere():
    """All sources of the program but the help pages, where buttons and tabs get their words."""
    root = PLACE.parent
    return "\n".join(
        path.read_text() for kind in ("*.py", "*.html") for path in root.rglob(kind) if PAGES not in path.parents
    )


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text.split("<main")[1]))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_everybody_can_read_the_page_of_each_role(browse, lang):
    reader = browse()
    reader.get(f"/language?lang={lang}")
    index = reader.get("/help").text
    for role in ROLES:
        assert f'href="/help/{role}"' in index
        page = reader.get(f"/help/{role}")
        assert page.status_code == 200 and "%(" not in page.text


def test_a_role_that_does_not_exist_is_not_found(browse):
    assert browse().get("/help/_everybody").status_code == 404
    assert browse().get("/help/emperor").status_code == 404


def test_words_of_buttons_are_those_on_the_buttons():
    sources = elsewhere()
    words = {word for page in PAGES.glob("*.html") for word in WORD.findall(page.read_text())}
    assert len(words) > 30
    assert [word for word in sorted(words) if not re.search(CALLS.format(re.escape(word)), sources)] == []


def test_a_tab_that_help_names_is_called_so_on_the_desk():
    named = {word for page in PAGES.glob("*.html") for word in TAB.findall(page.read_text())}
    assert len(named) > 8
    assert named <= {tab.label for tab in tabs.every().values()}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_finds_every_move_it_can_make(role):
    page = set(WORD.findall((PAGES / f"{role}.html").read_text()))
    moves = {
        labels.ACTIONS.get(f"{move.action}:{move.target}") or labels.ACTIONS[move.action]
        for move in REPORT.moves
        if role in move.by
    }
    typed_for_officers = (
        {labels.ACTIONS["submit"], labels.ACTIONS["settle"]} if role == "township_supervisor" else set()
    )
    assert moves - typed_for_officers <= page


def test_help_states_a_limit_with_its_source_from_the_row(browse, world):
    with world.store.write() as session:
        session.get_one(TimeLimit, "review").number = 3
        session.get_one(TimeLimit, "check").source = "004:219"
    reader = browse()
    reader.get("/language?lang=en")
    page = text_of(reader.get("/help/township_supervisor"))
    assert "within: 3 work days, county setting" in page
    assert "within: 3 work days, 004:219" in page


def test_no_limit_is_written_into_a_sentence():
    sentences = " ".join(page.read_text() for page in PAGES.glob("*.html"))
    assert not re.search(r"\b\d+ (?:work )?(?:day|hour|minute|month)", sentences)


def test_telephone_numbers_come_from_the_rows_and_the_county_first(browse, world):
    with world.store.write() as session:
        session.get_one(Setting, "county_duty_phone").value = "0999-1234567"
        numbers = [row.number for row in session.query(Contact).order_by(Contact.position)]
    page = browse().get("/help").text
    assert re.findall(r'href="tel:([^"]+)"', page) == ["0999-1234567", *numbers]


def test_ones_own_role_stands_first(browse):
    page = browse("leader").get("/help").text
    assert re.findall(r'href="/help/(\w+)"', page)[0] == "leader"
