"""The ground of a dispatch is checked, and the page proposes whose a problem is by the rows that apply here."""

import re

import pytest
from sqlalchemy import select

from tests import make
from tests.report.conftest import due_day, move_fields
from webapp.core import clock
from webapp.core.errors import Refused
from webapp.duty import service as duty_service
from webapp.duty.models import Duty
from webapp.report import effects, service
from webapp.report.models import Assignment, ReportEvent

ROLES_LINKED = ("004-13-dept04-01", "004-13-dept05-03")
REASON = "the site office asked for it"


def duty_id(world, code):
    """A duty's id."""
    with world.store.read() as session:
        return session.scalars(select(Duty.id).where(Duty.code == code)).one()


def matter(world, *problems):
    """A report of these problems that waits with the county."""
    entry = make.report(world.grids["A1"], problems=problems)
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
        reason = make.move("raise", "township", reason="needs a fine")
        service.move(session, make.actor(session, "township_a"), entry.id, reason)
    return entry.id


def dispatch(world, report_id, duty, **more):
    """Dispatch to the housing bureau on a duty; the new lead."""
    given = {"body": world.bodies["housing"], "ground": "duty", "duty": duty, "due": due_day()} | more
    with world.store.write() as session:
        service.move(session, make.actor(session, "county"), report_id, make.move("dispatch", "county", **given))
    with world.store.read() as session:
        return session.scalars(select(Assignment).where(Assignment.to_at.is_(None), Assignment.role == "lead")).one()


def test_a_duty_linked_to_one_of_the_problems_needs_no_reason_and_keeps_none(world):
    lead = dispatch(world, matter(world, "smell", "dust"), duty_id(world, "004-13-dept04-01"), ground_text="no need")
    assert (lead.ground, lead.doubt, lead.ground_text) == ("duty", None, None)


DOUBTFUL = {
    "not_linked": "004-13-dept04-09",  # the sewers, where the matter is dust and noise
    "not_applied": "004-22-c24-named04",
    "other_tier": "003-3-2-07",
}


@pytest.mark.parametrize("doubt", DOUBTFUL)
def test_a_duty_that_is_no_plain_ground_is_taken_only_with_a_reason_and_marked(world, browse, doubt):
    report_id, duty = matter(world, "dust", "noise"), duty_id(world, DOUBTFUL[doubt])
    with pytest.raises(Refused) as refusal:
        dispatch(world, report_id, duty)
    assert (refusal.value.status, refusal.value.field) == (422, "ground_text")
    assert refusal.value.message == effects.WHY_ALL_THE_SAME[doubt]
    with world.store.read() as session:
        assert not session.scalars(select(Assignment)).all()
    lead = dispatch(world, report_id, duty, ground_text=REASON)
    assert (lead.doubt, lead.ground_text, lead.duty_id) == (doubt, REASON, duty)
    page = browse("county").get(f"/reports/{report_id}").text
    mark = {
        "not_linked": "duty not linked to this problem",
        "not_applied": "duty of a text that does not apply here",
        "other_tier": "duty of another tier",
    }[doubt]
    ground, history = page.split("<h2>Ground")[1], page.split("History, newest first")[1]
    assert re.search(rf"{mark}</span>\s*{REASON}", ground)
    assert f'<span class="mark">{mark}</span>' in history and REASON in history.split("</li>")[0]


def test_each_dispatch_in_the_history_has_its_own_mark(world, browse):
    report_id = matter(world, "dust")
    dispatch(world, report_id, duty_id(world, DOUBTFUL["not_applied"]), ground_text=REASON)
    with world.store.write() as session:
        bounce = make.move("bounce", "department", duty_or_none="none", reason="no")
        service.move(session, make.actor(session, "liaison"), report_id, bounce)
    dispatch(world, report_id, duty_id(world, "004-13-dept04-01"))
    lines = browse("county").get(f"/reports/{report_id}").text.split("History, newest first")[1].split("<li>")
    dispatched = [line for line in lines if "to Housing Bureau" in line]
    assert ["does not apply here" in line for line in dispatched] == [False, True]


def test_the_form_keeps_the_choice_and_asks_for_the_reason_beside_its_field(world, browse):
    report_id, duty = matter(world, "dust"), duty_id(world, DOUBTFUL["not_linked"])
    county, pick = browse("county"), f"{world.bodies['housing']}:{duty}"
    fields = move_fields(county, report_id, "dispatch", pick=pick, due=due_day())
    answer = county.post(f"/reports/{report_id}/dispatch", **fields)
    assert answer.status_code == 422 and f'value="{pick}" checked' in answer.text
    assert 'id="ground_text-error"' in answer.text and "is not linked to this problem" in answer.text
    assert county.post(f"/reports/{report_id}/dispatch", **fields | {"ground_text": REASON}).status_code == 303


def panel(page):
    """What is proposed, from the legend to the list of all duties."""
    return page.split("Whose job this is, by")[1].split("All duties by department")[0]


def test_the_page_proposes_the_rows_in_their_order_with_whose_plan_they_are(world, browse):
    page = panel(browse("county").get(f"/reports/{matter(world, 'dust')}/dispatch").text)
    first = page.split("</label>")[0]
    assert f'value="{world.bodies["housing"]}:{duty_id(world, ROLES_LINKED[0])}"' in first
    for words in ("A county in Hebei, year unknown", "document 004, line 219", "from a building site", "our reading"):
        assert words in first, words
    assert "Lincang" not in page and "Changchun" not in page and "does not apply here" not in page


def test_where_nobody_is_named_the_page_says_so_first(world, browse):
    page = panel(browse("county").get(f"/reports/{matter(world, 'smell')}/dispatch").text)
    assert page.index("The documents name nobody for this") < page.index('name="pick"')
    assert f'value="{world.bodies["ecology"]}:{duty_id(world, "004-13-ecology-29")}"' in page


def test_what_is_the_townships_goes_back_to_it_with_the_reason_written(world, browse):
    report_id, county = matter(world, "straw_burning"), browse("county")
    page = panel(county.get(f"/reports/{report_id}/dispatch").text)
    assert "(document 004, line 201)" in page and "(document 004, line 203)" in page
    link = re.search(r'href="([^"]+give_back\?duty=004-13-township-08)"', page)[1]
    form = county.get(link).text
    reason = re.search(r'<textarea[^>]*name="reason"[^>]*>\s*([^<]+)', form)[1].strip()
    assert "document 004, line 201" in reason
    fields = move_fields(county, report_id, "give_back", reason=reason)
    assert county.post(f"/reports/{report_id}/give_back", **fields).status_code == 303
    with world.store.read() as session:
        assert session.scalars(select(ReportEvent.to_state).order_by(ReportEvent.seq.desc())).first() == "township"


def test_all_texts_are_one_tap_away_and_marked(world, browse):
    report_id, county = matter(world, "dust"), browse("county")
    page = county.get(f"/reports/{report_id}/dispatch").text
    assert "Lincang" not in page.split("All duties by department")[1]
    assert f'href="/reports/{report_id}/dispatch?all=1"' in page
    all_ = county.get(f"/reports/{report_id}/dispatch?all=1").text
    assert "does not apply here" in panel(all_) and "Lincang" in all_.split("All duties by department")[1]
    fields = move_fields(county, report_id, "dispatch", all="1", due="", pick="1:1")
    assert "does not apply here" in panel(county.post(f"/reports/{report_id}/dispatch", **fields).text)


def test_the_department_chosen_last_for_the_same_problem_is_marked(world, browse):
    dispatch(world, matter(world, "dust"), duty_id(world, "004-13-dept04-01"))
    county, other = browse("county"), matter(world, "dust", "noise")
    page = panel(county.get(f"/reports/{other}/dispatch").text)
    assert "chosen last time" in page.split("Housing Bureau")[1].split("</label>")[0]
    assert "chosen last time" not in panel(county.get(f"/reports/{matter(world, 'smell')}/dispatch").text)


def test_the_matter_stands_beside_the_choice(world, browse):
    page = browse("county").get(f"/reports/{matter(world, 'dust')}/dispatch").text
    brief = page.split("Summary")[1].split("<form")[0]
    assert "砖窑旧址冒烟，没劝住。" in brief and "Dust" in brief


def test_what_the_county_decides_changes_the_dispatch_at_once(world, browse):
    county_page, report_id = browse("county"), matter(world, "dust")
    today = clock.today()
    with world.store.write() as session:
        actor = make.actor(session, "county")
        for part, standing in (("13", "example"), ("22", "in_force")):
            said = duty_service.Decision(standing, today, None, "county notice 4")
            duty_service.decide(session, actor, "004", part, said)
    page = panel(county_page.get(f"/reports/{report_id}/dispatch").text)
    assert "line 219" not in page and "line 1029" in page
    with pytest.raises(Refused, match="does not apply here"):
        dispatch(world, report_id, duty_id(world, "004-13-dept04-01"))
    assert dispatch(world, report_id, duty_id(world, "004-22-c24-named04")).doubt is None


def test_who_is_responsible_can_be_asked_from_the_forms_and_the_help(world, browse):
    """In a window of its own where something has been typed already."""
    link = r'<a [^>]*href="/who"[^>]*target="_blank"'
    assert re.search(link, browse("county").get(f"/reports/{matter(world, 'dust')}/dispatch").text)
    officer = browse("officer_a1")
    assert re.search(link, officer.get(f"/grids/{world.grids['A1']}/report").text)
    assert 'href="/who"' in officer.get("/help/grid_officer").text
    assert 'href="/who"' not in browse().get("/help/grid_officer").text
