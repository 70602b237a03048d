"""What a move says is checked when it is made; and a page survives whatever was stored before it was."""

from datetime import date

import pytest
from sqlalchemy import select, update

from tests import make
from tests.report.conftest import hidden
from tests.short import part, some
from webapp.core.errors import Refused
from webapp.core.retention import history_open
from webapp.report.given import LARGEST_KEY, NO_KEY, Given
from webapp.report.models import Assignment, Report, ReportEvent

TOO_LARGE = ["9223372036854775808", "9223372036854775807", "2147483648", "9" * 400, "9" * 5000]
NO_DEPARTMENT = [*TOO_LARGE, "99999", "0", "-1", "１", "abc", "None", "<b>x</b>", "x" * 65_536, " none"]


def bounce(browser, report_id, named):
    page = browser.get(f"/reports/{report_id}/bounce").text
    return browser.post(
        f"/reports/{report_id}/bounce",
        id=hidden(page, "id"),
        seen=hidden(page, "seen"),
        duty_or_none=named,
        reason="theirs by the list",
    )


@pytest.mark.parametrize("named", some(NO_DEPARTMENT, every=3), ids=lambda value: value[:24])
def test_not_ours_that_names_no_department_is_refused_beside_its_field(way, browse, named):
    way.to_county()
    way.dispatch()
    answer = bounce(browse("liaison"), way.entry.id, named)
    assert answer.status_code == 422
    assert 'id="duty_or_none-error"' in answer.text and "Choose one." in answer.text
    assert "theirs by the list" in answer.text, "what was typed is kept"
    assert way.state() == "department"
    assert way.lead().body_id == way.world.bodies["housing"]


@pytest.mark.parametrize("kind", ["own", "station", "committee"])
def test_not_ours_names_another_department_and_no_other_body(way, browse, kind):
    way.to_county()
    way.dispatch()
    named = {"own": "housing", "station": "station_a", "committee": "committee_a1"}[kind]
    assert bounce(browse("liaison"), way.entry.id, way.world.bodies[named]).status_code == 422
    with pytest.raises(Refused, match="Choose one") as refusal:
        way.move("liaison", "bounce", duty_or_none=way.world.bodies[named], reason="x")
    assert refusal.value.field == "duty_or_none"
    assert way.state() == "department"


@pytest.mark.parametrize("named", [2**63, "9223372036854775808", "abc", ["1"], {"id": 1}, 1.5, True])
def test_a_program_that_names_no_department_is_refused_too(way, named):
    way.to_county()
    way.dispatch()
    with pytest.raises(Refused, match="Choose one") as refusal:
        way.move("liaison", "bounce", duty_or_none=named, reason="x")
    assert refusal.value.field == "duty_or_none"
    assert way.state() == "department"


@pytest.mark.parametrize("named", ["none", "ecology"])
def test_not_ours_that_names_another_department_or_nobody_is_taken(way, browse, named):
    way.to_county()
    way.dispatch()
    assert bounce(browse("liaison"), way.entry.id, way.world.bodies.get(named, named)).status_code == 303
    assert way.state() == "county"
    with way.world.store.read() as session:
        assert session.scalars(select(Assignment.id).where(Assignment.to_at.is_(None))).all() == []


FACTS = (
    "duty_or_none",
    "body",
    "coop",
    "duty",
    "due",
    "missing",
    "result",
    "answer",
    "after",
    "before",
    "place",
    "done",
    "document_no",
    "reason",
    "note",
    "question",
    "ground",
    "ground_text",
)
ODD = [
    *TOO_LARGE,
    2**63,
    2**31,
    -(2**70),
    -1,
    0,
    1.5,
    True,
    False,
    None,
    "",
    "abc",
    "²",
    "٣",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-W01-1",
    "\ud800 half a character",
    "\x00",
    "%(who)s %s %",
    "<b>markup</b>",
    [],
    [2**63, "9" * 5000, None, {}, [], True, "abc", 1.5],
    ["none", ["x"]],
    {},
    {"id": 2**63},
    "x" * 65_536,
]
ODD_AS_A_WHOLE = [[], [1], "text", 7, None, True]


def pages_of(report_id, number, grid):
    """Each page that tells what was said, with those who may look at it."""
    return {
        "county": (
            "/",
            "/desk",
            "/desk?tab=dispatch",
            f"/reports/{report_id}",
            f"/reports/{report_id}/dispatch",
            f"/reports/{report_id}/dismiss",
            f"/search?q={number}",
            f"/grids/{grid}",
            f"/grids/{grid}/open",
            f"/map/grids/{grid}/card",
        ),
        "liaison": ("/desk", f"/reports/{report_id}", f"/search?q={number}"),
        "officer_a1": ("/home", "/mine", f"/reports/{report_id}"),
        "leader": (f"/reports/{report_id}", f"/map/grids/{grid}/card"),
    }


def store_as_given(way, value):
    with way.world.store.write() as session, history_open(session, "a test"):
        session.execute(update(ReportEvent).where(ReportEvent.report_id == way.entry.id).values(given=value))


@pytest.fixture
def looked_at(way, browse):
    """A report that every kind of reader has seen come and go; a call says which pages do not answer 200."""
    way.to_county()
    way.dispatch()
    way.move("liaison", "bounce", duty_or_none="none", reason="x")
    with way.world.store.read() as session:
        number = session.get_one(Report, way.entry.id).number
    browsers = {
        browse(login): addresses for login, addresses in pages_of(way.entry.id, number, way.world.grids["A1"]).items()
    }
    return lambda: [
        (address, answer.status_code)
        for browser, addresses in browsers.items()
        for address in addresses
        if (answer := browser.get(address)).status_code != 200
    ]


def test_the_pages_answer_before_anything_odd_is_stored(looked_at):
    assert looked_at() == []


def test_no_odd_fact_that_is_stored_stops_a_page(way, looked_at):
    for value in part(ODD, 4):
        store_as_given(way, dict.fromkeys(FACTS, value))
        assert looked_at() == [], repr(value)[:60]


@pytest.fixture
def just_answered(way, browse):
    """The home page of an officer who has just answered a look, and can still take that back."""
    look = make.ids.new()
    asked = browse("township_a").post(f"/reports/{way.entry.id}/beside/look", id=look, question="clean?")
    officer = browse("officer_a1")
    answer = officer.post(f"/looks/{look}", id=make.ids.new(), answer="right")
    assert (asked.status_code, answer.status_code) == (303, 303)
    return lambda: officer.get("/home")


def test_an_odd_answer_can_still_be_taken_back_at_home(way, just_answered):
    assert "Fixed" in just_answered().text.split("Just answered")[1].split("</form>")[0]
    for value in [*(dict.fromkeys(FACTS, odd) for odd in part(ODD, 4, 1)), *ODD_AS_A_WHOLE]:
        store_as_given(way, value)
        page = just_answered()
        assert page.status_code == 200 and "Just answered" in page.text, repr(value)[:60]


def test_a_history_whose_facts_are_no_facts_stops_no_page(way, looked_at):
    for value in ODD_AS_A_WHOLE:
        store_as_given(way, value)
        assert looked_at() == [], repr(value)


def test_an_odd_fact_costs_its_own_word_and_no_other(way, browse):
    way.to_county()
    way.dispatch()
    given = {"duty_or_none": "9" * 400, "reason": "theirs by the list", "coop": ["x", way.world.bodies["ecology"]]}
    way.move("liaison", "bounce", duty_or_none="none", reason="x")
    store_as_given(way, given)
    history = browse("county").get(f"/reports/{way.entry.id}").text.split("History")[1]
    assert "theirs by the list" in history and "cooperating: Ecology Bureau" in history
    assert "9" * 9 not in history  # three of them stand in the mark of a script now and then


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (1, 1),
        ("1", 1),
        (LARGEST_KEY, LARGEST_KEY),
        (str(LARGEST_KEY), LARGEST_KEY),
        *((odd, NO_KEY) for odd in (LARGEST_KEY + 1, str(LARGEST_KEY + 1), 0, "0", -1, "-1", True, 1.0, "²", None, [])),
    ],
)
def test_an_id_is_what_a_table_can_hold_and_nothing_else(value, key):
    assert Given({"body": value}).key("body") == key
    assert Given({"coop": [value, 7, value]}).keys("coop") == [found for found in (key, 7, key) if found]


def test_a_day_is_read_and_what_is_none_is_left_out():
    given = Given({"due": "2026-09-01", "wrong": "2026-02-30", "number": 20260901})
    assert (given.day("due"), given.day("wrong"), given.day("number")) == (date(2026, 9, 1), None, None)
