"""The pages on which the county decides: parts of documents, rows "problem, duty"; and what they change elsewhere."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from tests.duty.conftest import person
from tests.duty.test_duty_pages import codes, text
from tests.duty.test_duty_sheet import column
from webapp.access import ROLES
from webapp.core import clock
from webapp.duty.models import DocumentDecision, ProblemDuty

YUZHOU = "/documents/001/parts/all"


def in_days(days):
    return (clock.today() + timedelta(days=days)).isoformat()


def given(**more):
    """A decision as somebody types it: in force from today."""
    return {"standing": "in_force", "from_on": in_days(0), "reason": "county notice 3"} | more


READERS = [role for role in ROLES if role not in ("system_admin", "audit_admin")]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", [YUZHOU, "/documents/004/parts/13", "/problems", "/documents"])
def test_every_page_opens_for_every_reader_and_has_a_form_for_the_county_alone(pages, address, lang):
    for role in READERS:
        answer = pages.become(person(role), lang).get(address)
        assert answer.status_code == 200
        offers = 'action="/documents/' in answer.text or 'href="/problems/dust"' in answer.text
        assert offers == (role == "county_office" and address != "/documents"), role


@pytest.mark.parametrize("role", [role for role in ROLES if role != "county_office"])
def test_nobody_else_can_send_a_decision(pages, store, role):
    pages.become(person(role))
    for address in (YUZHOU, *(f"/problems/dust/{act}" for act in ("add", "1", "1/confirm", "1/remove"))):
        assert pages.post(address, **given()).status_code in (400, 403)
    with store.read() as session:
        assert not session.scalars(select(DocumentDecision)).all()


def test_a_decision_changes_lists_counters_and_sheet_at_once(pages, county):
    pages.become(county)
    assert codes(pages.get("/duties", document="001")) == []
    assert "Show all texts: 83 more rows" in text(pages.get("/duties", document="001"))
    before = re.findall(r'id="([^"]+)"><h2>[^<]+<span class="tab-count">(\d+)', pages.get("/departments").text)
    assert pages.post(YUZHOU, **given()).status_code == 303
    shown = text(pages.get(YUZHOU))
    assert "in force here Yuzhou, a county-level city, 2022" in shown and "county notice 3" in shown
    assert len(codes(pages.get("/duties", document="001", all=1))) == 83
    after = re.findall(r'id="([^"]+)"><h2>[^<]+<span class="tab-count">(\d+)', pages.get("/departments").text)
    assert sum(int(number) for _, number in after) == sum(int(number) for _, number in before) + 83
    assert column(pages.get("/duties.xlsx", document="001"), "Here") == ["in force here"] * 83
    later = {"standing": "repealed", "reason": "notice 9"}
    assert pages.post(YUZHOU, **given(**later)).status_code == 303
    shown = text(pages.get(YUZHOU))
    assert shown.index("notice 9") < shown.index("county notice 3"), "the history is kept, newest first"
    assert codes(pages.get("/duties", document="001")) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"standing": "perhaps"}, "standing"),
        ({"standing": ""}, "standing"),
        ({"reason": "  "}, "reason"),
        ({"from_on": "tomorrow"}, "from_on"),
        ({"to_on": 0}, "to_on"),
        ({"standing": "draft", "to_on": 9}, "to_on"),
    ],
)
def test_a_decision_with_a_mistake_says_so_beside_its_field_and_keeps_the_rest(pages, store, county, change, field):
    answer = pages.become(county).post(
        YUZHOU, **given(**change | {name: in_days(days) for name, days in change.items() if name == "to_on"})
    )
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    with store.read() as session:
        assert not session.scalars(select(DocumentDecision)).all()


def test_a_part_that_is_not_there_is_not_found(pages, county):
    assert pages.become(county).get("/documents/004/parts/99").status_code == 404
    assert pages.post("/documents/009/parts/all", **given()).status_code == 404


def test_a_fact_says_on_which_lines_it_stands_and_no_others(pages):
    shown = text(pages.get("/documents/000/parts/all"))
    assert "(document 000, lines 29, 35, 95)" in shown and "lines 29-95" not in shown
    assert "(document 001, line 49)" in text(pages.get(YUZHOU))


@pytest.mark.parametrize("address", ["/documents", YUZHOU, "/duties", "/duties.xlsx", "/figures", "/departments"])
def test_the_parts_are_read_once_for_a_page(pages, store, address):
    sent = []
    event.listen(store.reader, "before_cursor_execute", lambda _c, _cursor, statement, *_: sent.append(statement))
    assert pages.get(address).status_code == 200
    assert len([each for each in sent if each.startswith("SELECT document.code, document.parts")]) == 1


def test_every_row_of_a_list_says_whose_plan_it_is_and_what_it_is_here(pages):
    shown = text(pages.get("/duties", document="002", scope="all"))
    assert "Changchun, Jilin, 2022 · document 002, line" in shown and "· draft ·" in shown
    assert "A county in Hebei, year unknown · document 004, line 219" in text(pages.get("/duties", q="219"))
    assert "Lincang, Yunnan, 2018 · document 003" in text(pages.get("/figures", document="003", scope="all"))


def test_all_texts_are_one_tap_away_and_stay_chosen(pages):
    page = pages.get("/duties", topic="straw")
    here = codes(page)
    link = re.search(r'href="(/duties\?[^"]*scope=all[^"]*)"', page.text)[1].replace("&amp;", "&")
    all_ = pages.get(link)
    assert here and set(here) < set(codes(all_)) and 'name="scope"' in all_.text
    assert "Only what applies here" in text(all_)


# --- whose duty a problem is ---


def link_id(store, duty):
    """The row of dust and a duty."""
    with store.read() as session:
        return session.scalars(
            select(ProblemDuty.id).where(ProblemDuty.problem == "dust", ProblemDuty.duty == duty)
        ).one()


def card(pages, problem="dust"):
    """What a reader sees of a problem."""
    return text_of(re.search(rf'id="{problem}".*?</section>', pages.get("/problems").text, re.DOTALL)[0])


def text_of(markup):
    """On one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def test_the_county_edits_the_rows_of_a_problem(pages, store, county):
    site = link_id(store, "004-13-dept04-01")
    pages.become(county)
    assert "our reading" in card(pages).split("A county in Hebei")[0]
    assert pages.post(f"/problems/dust/{site}/confirm", yes="yes").status_code == 303
    assert "confirmed by the county" in card(pages).split("A county in Hebei")[0]
    assert pages.post(f"/problems/dust/{site}/confirm", yes="no").status_code == 303
    changed = {f"r{site}-rank": "60", f"r{site}-role": "tell", f"r{site}-zh": "工地", f"r{site}-en": "building sites"}
    assert pages.post(f"/problems/dust/{site}", **changed).status_code == 303
    assert "60 · " in card(pages) and "building sites · is told" in card(pages)
    added = {"duty": "004-13-dept02-04", "rank": "1", "role": "lead", "zh": "工厂里的", "en": "in factories"}
    assert pages.post("/problems/dust/add", **added).status_code == 303
    assert "in factories" in card(pages).split("A county in Hebei")[0]
    assert pages.post(f"/problems/dust/{site}/remove").status_code == 303
    assert "building sites" not in card(pages)


def test_a_row_with_a_mistake_says_so_and_keeps_what_was_typed(pages, store, county):
    site = link_id(store, "004-13-dept04-01")
    pages.become(county)
    answer = pages.post(f"/problems/dust/{site}", **{f"r{site}-rank": "many", f"r{site}-role": "lead"})
    assert answer.status_code == 422 and f'id="r{site}-rank-error"' in answer.text and 'value="many"' in answer.text
    answer = pages.post("/problems/dust/add", duty="004-99", rank="1", role="lead", en="typed")
    assert answer.status_code == 422 and 'id="duty-error"' in answer.text and 'value="typed"' in answer.text
    assert pages.post("/problems/weather/add", duty="004-99", rank="1", role="lead").status_code == 404
    assert pages.post("/problems/dust/999999/remove").status_code == 404


def test_where_nobody_is_named_the_page_says_so(pages):
    assert "The documents name nobody for this" in card(pages, "smell")
    assert "in texts that do not apply here" in card(pages, "black_ditch")
