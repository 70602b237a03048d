"""The calendar page: what the county types, what it refuses, and who finds it; with the open limits that follow."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from tests import make
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.models import AuditEntry, CalendarDay
from webapp.desk import days
from webapp.ops import seeding
from webapp.ops.verify import verify_reports
from webapp.report import service
from webapp.report.models import Report

MONDAY = datetime(2026, 9, 7, 1, tzinfo=UTC)  # a week without a holiday, nine in the morning
HOLIDAY = {"kind": "holiday", "zh": "县庆", "en": "County day", "source": "县政发〔2026〕9号"}
NOTICE = "国办发明电〔2026〕7号"


@pytest.fixture
def at_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def county(at_monday, browse):
    return browse("county")


@pytest.fixture
def filed(at_monday, world):
    """A report that the township has to review by Tuesday evening."""
    entry = make.report(world.grids["A1"])
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    return entry.id


def due(world, report_id):
    with world.store.read() as session:
        return clock.day(session.get_one(Report, report_id).due_at).isoformat()


def kept(world, on):
    with world.store.read() as session:
        return session.get(CalendarDay, date.fromisoformat(on))


def log(world):
    with world.store.read() as session:
        lines = session.scalars(select(AuditEntry).where(AuditEntry.action.like("calendar.%")).order_by(AuditEntry.id))
        return [(line.action, line.thing, line.detail) for line in lines]


def test_a_run_of_days_is_added_and_each_stands_in_the_log(world, county):
    answer = county.post("/calendar/2026/days", first="2026-09-12", last="2026-09-14", **HOLIDAY)
    assert answer.status_code == 303 and answer.location.endswith("/calendar?year=2026")
    page = county.get("/calendar?year=2026").text
    assert page.count("County day") == 3 and 'id="d2026-09-13"' in page
    row = kept(world, "2026-09-13")
    assert not row.is_workday and row.is_confirmed and row.changed_by == world.people["county"]
    assert [(act, thing) for act, thing, _ in log(world)] == [
        ("calendar.add", f"calendar_day:2026-09-{day}") for day in (12, 13, 14)
    ]
    assert log(world)[0][2]["after"]["source"] == HOLIDAY["source"] and log(world)[0][2]["before"] == {}


def sealed(page):
    """What is sent by whoever agrees to the limits that a page names."""
    return re.search(r'name="sure" value="([0-9a-f]{64})"', page.text)[1]


def test_what_would_move_now_and_was_not_named_is_named_first(world, county, filed):
    fields = {"first": "2026-09-08"} | HOLIDAY
    page = county.post("/calendar/2026/days", **fields)
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), make.report(world.grids["A1"]))
    for sure in (sealed(page), "yes", ""):
        again = county.post("/calendar/2026/days", sure=sure, **fields)
        assert again.status_code == 200 and "2 open limits get a new last day" in again.text
        assert due(world, filed) == "2026-09-08" and log(world) == []
    assert again.text.count('name="sure"') == 1
    assert county.post("/calendar/2026/days", sure=sealed(again), **fields).status_code == 303
    assert due(world, filed) == "2026-09-09" and log(world)[-1][2] == {"moved": 2}


def test_before_it_is_stored_the_limits_that_move_are_named_and_then_they_move(world, county, filed):
    assert due(world, filed) == "2026-09-08"
    page = county.post("/calendar/2026/days", first="2026-09-08", **HOLIDAY)
    assert page.status_code == 200 and "1 open limit gets a new last day" in page.text
    assert f"/reports/{filed}" in page.text and "to review" in page.text
    assert due(world, filed) == "2026-09-08" and kept(world, "2026-09-08") is None and log(world) == []
    fields = dict(re.findall(r'type="hidden" name="(first|last|kind|zh|en|source)" value="([^"]*)"', page.text))
    after = county.post("/calendar/2026/days", follow=True, sure=sealed(page), **fields)
    assert "1 open limit has a new last day." in after.text
    assert due(world, filed) == "2026-09-09"
    assert log(world)[-1] == ("calendar.limits", "calendar_day", {"moved": 1})
    shown = county.get(f"/reports/{filed}").text
    assert "Calendar changed: new last day" in shown and re.search(r"due .*9.*, was .*8", shown)
    assert "county office" in shown.split("Calendar changed: new last day")[0].rpartition("<li>")[2], "who did it"
    listed = county.get("/calendar/limits").text
    assert f"/reports/{filed}" in listed and re.search(r"due .*9.*, was .*8", listed)
    assert verify_reports(world.store) == []


@pytest.mark.parametrize(
    ("fields", "says", "field"),
    [
        ({"first": "2026-09-09", "kind": "make_up_work_day"}, "is a working day anyway", "first"),
        ({"first": "2026-09-12", "last": "2026-09-11"}, "before the first one", "last"),
        ({"first": "2026-09-12", "last": "2026-10-13"}, "At most 31 days at once", "last"),
        ({"first": "2026-09-30", "last": "2026-10-02"}, "2026-10-01 is in the calendar already: National Day", "first"),
        ({"first": "1826-09-12"}, "Write a date from 2000 to 2100", "first"),
        ({"first": "2026-09-12", "source": " "}, "Please fill this in", "source"),
        ({"first": "2026-09-12", "zh": ""}, "Please fill this in", "zh"),
        ({"first": "2026-09-12", "kind": "half_day"}, "Choose one", "kind"),
        ({"first": "tomorrow"}, "Write it like 2026-09-01.", "first"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_leaves_nothing(world, county, filed, fields, says, field):
    page = county.post("/calendar/2026/days", sure="yes", **HOLIDAY | fields)
    assert page.status_code == 422 and says in page.text and f'id="{field}-error"' in page.text
    assert log(world) == [] and due(world, filed) == "2026-09-08"
    with world.store.read() as session:
        assert not session.scalars(select(CalendarDay).where(CalendarDay.changed_at.is_not(None))).all()


def test_a_holiday_on_a_sunday_and_a_make_up_day_on_a_saturday_are_taken(world, county):
    for fields in ({"first": "2026-09-13"}, {"first": "2026-09-12", "kind": "make_up_work_day"}):
        assert county.post("/calendar/2026/days", **HOLIDAY | fields).status_code == 303
    assert not kept(world, "2026-09-13").is_workday and kept(world, "2026-09-12").is_workday


def test_a_day_is_changed_and_taken_out_and_no_seeding_brings_it_back(world, county):
    page = county.get("/calendar/days/2027-10-01").text
    assert "National Day" in page and 'value="国庆节"' in page
    changed = HOLIDAY | {"zh": "国庆", "en": ""}
    assert county.post("/calendar/days/2027-10-01", **changed).status_code == 303
    assert county.post("/calendar/days/2027-10-02/out").status_code == 303
    seeding.seed(world.store)
    row = kept(world, "2027-10-01")
    assert (row.zh, row.en, row.source) == ("国庆", "国庆", HOLIDAY["source"])
    assert kept(world, "2027-10-02").is_out and "2027-10-02" not in county.get("/calendar?year=2027").text
    assert county.get("/calendar/days/2027-10-02").status_code == 404
    assert [act for act, _, _ in log(world)] == ["calendar.change", "calendar.remove"]
    again = county.post("/calendar/2027/days", first="2027-10-02", **HOLIDAY)
    assert again.status_code == 303 and not kept(world, "2027-10-02").is_out


@pytest.mark.parametrize("address", ["/calendar/days/2027-10-01", "/calendar/days/2027-10-01/out"])
def test_what_another_made_of_a_day_meanwhile_is_shown_and_not_overwritten(world, county, address):
    def seen():
        return re.search(r'name="seen" value="([^"]*)"', county.get("/calendar/days/2027-10-01").text)[1]

    first = seen()
    assert county.post("/calendar/days/2027-10-01", **HOLIDAY | {"zh": "县庆日"}, seen=first).status_code == 303
    page = county.post(address, **HOLIDAY | {"zh": "国庆"}, seen=first)
    assert page.status_code == 422 and "Someone changed this day" in page.text and 'value="县庆日"' in page.text
    row = kept(world, "2027-10-01")
    assert row.zh == "县庆日" and not row.is_out
    assert county.post(address, **HOLIDAY | {"zh": "国庆"}, seen=seen()).status_code == 303


def test_a_day_that_stays_as_it_is_has_no_line_in_the_log_and_stays_the_programs(world, county):
    row = kept(world, "2027-10-01")
    same = {"kind": "holiday", "zh": row.zh, "en": row.en, "source": row.source}
    assert county.post("/calendar/days/2027-10-01", **same).status_code == 303
    assert log(world) == [] and kept(world, "2027-10-01").changed_at is None
    for _ in range(2):  # pressed twice
        assert county.post("/calendar/days/2027-10-01", **HOLIDAY).status_code == 303
    assert len(log(world)) == 1


def test_a_day_is_taken_out_once_however_often_it_is_pressed(world, county):
    for _ in range(2):
        answer = county.post("/calendar/days/2027-10-01/out")
        assert answer.status_code == 303 and answer.location.endswith("/calendar?year=2027")
    assert len(log(world)) == 1
    assert county.post("/calendar/days/2027-10-20/out").status_code == 404


def test_a_working_day_cannot_become_a_make_up_day(world, county):
    page = county.post("/calendar/days/2027-10-01", **HOLIDAY | {"kind": "make_up_work_day"})
    assert page.status_code == 422 and "is a working day anyway" in page.text
    assert kept(world, "2027-10-01").changed_at is None


def test_a_year_is_confirmed_by_its_notice_and_no_longer_provisional(world, county):
    assert "provisional year" in county.get("/calendar?year=2027").text
    assert county.post("/calendar/2027/confirm", source="").status_code == 422
    assert county.post("/calendar/2027/confirm", source=NOTICE).status_code == 303
    page = county.get("/calendar?year=2027").text
    assert "provisional" not in page.split("<main")[1] and page.count(NOTICE) == 1, "said once for a run"
    with world.store.read() as session:
        rows = days.of_year(session, 2027)
        assert rows and all(row.is_confirmed and row.source == NOTICE for row in rows)
    again = county.post("/calendar/2027/confirm", source=NOTICE)
    assert again.status_code == 422 and "2027 is confirmed already" in again.text


def test_a_year_without_a_day_is_not_confirmed(world, county):
    page = county.post("/calendar/2031/confirm", source=NOTICE)
    assert page.status_code == 422 and "No day of 2031" in page.text and log(world) == []


def test_a_day_added_to_a_provisional_year_does_not_confirm_it(world, county):
    assert county.post("/calendar/2027/days", first="2027-02-09", **HOLIDAY).status_code == 303
    assert not kept(world, "2027-02-09").is_confirmed
    assert "provisional year" in county.get("/calendar?year=2027").text


@pytest.mark.parametrize("login", ["officer_a1", "township_a", "liaison", "leader", "inspector", "admin", "auditor"])
def test_nobody_else_opens_or_changes_it(at_monday, world, browse, login):
    who = browse(login)
    for address in ("/calendar", "/calendar/days/2026-10-01", "/calendar/limits"):
        assert who.get(address).status_code in (403, 404), address
    assert who.post("/calendar/2026/days", first="2026-09-12", **HOLIDAY).status_code in (403, 404)
    assert who.post("/calendar/2027/confirm", source=NOTICE).status_code in (403, 404)
    assert who.post("/calendar/days/2026-10-01/out").status_code in (403, 404)
    with world.store.write() as session, pytest.raises(NotFound):
        days.change(session, make.actor(session, login), lambda session: days.confirming(session, 2027, NOTICE))
    assert log(world) == []


def test_the_desk_asks_for_the_notice_of_the_coming_year_from_december_on(world, browse):
    said = "The calendar of 2027 is still provisional"
    for month, is_asked in ((11, False), (12, True)):
        with clock.at(datetime(2026, month, 2, 2, tzinfo=UTC)):
            county = browse("county")
            for address in ("/desk", "/settings"):
                assert (said in county.get(address).text) == is_asked, (month, address)
            assert said not in browse("township_a").get("/desk").text
    with clock.at(datetime(2026, 12, 3, 2, tzinfo=UTC)):
        browse("county").post("/calendar/2027/confirm", source=NOTICE)
        assert said not in browse("county").get("/desk").text


def test_a_last_day_in_a_provisional_year_is_marked_on_the_report_and_in_lists(world, browse):
    with clock.at(datetime(2026, 12, 31, 2, tzinfo=UTC)):
        entry = make.report(world.grids["A1"])
        with world.store.write() as session:
            service.submit(session, make.actor(session, "officer_a1"), entry)
        township = browse("township_a")
        for address in (f"/reports/{entry.id}", "/desk"):
            assert "last day provisional" in township.get(address).text, address
        browse("county").post("/calendar/2027/confirm", source=NOTICE)
        for address in (f"/reports/{entry.id}", "/desk"):
            assert "last day provisional" not in township.get(address).text, address


@pytest.mark.parametrize("address", ["/calendar?year=1", "/calendar?year=99999", "/calendar/days/soon"])
def test_no_such_year_or_day_is_not_found(county, address):
    assert county.get(address).status_code == 404


@pytest.mark.parametrize("year", [0, 1999, 2101, 10000, 99999])
def test_nothing_is_posted_to_a_year_that_no_calendar_reaches(world, county, year):
    assert county.post(f"/calendar/{year}/confirm", source=NOTICE).status_code == 404
    assert county.post(f"/calendar/{year}/days", first="2026-09-12", **HOLIDAY).status_code == 404
    assert log(world) == []


def test_days_of_another_year_are_shown_where_they_are_kept(world, county, filed):
    answer = county.post("/calendar/2026/days", first="2027-02-09", **HOLIDAY)
    assert answer.location.endswith("/calendar?year=2027") and "County day" in county.get(answer.location).text
    page = county.post("/calendar/2027/days", first="2026-09-08", **HOLIDAY).text
    assert "1 open limit gets" in page and '<a class="back" href="/calendar?year=2026">' in page


def test_the_two_forms_of_the_page_have_fields_of_their_own(county):
    for page in (county.get("/calendar?year=2027"), county.post("/calendar/2027/confirm", source="")):
        ids = re.findall(r' id="([^"]+)"', page.text)
        assert sorted(ids) == sorted(set(ids))
    assert '<a href="#notice">' in page.text and 'id="notice-error"' in page.text


def test_each_year_is_a_link_away(at_monday, county):
    page = county.get("/calendar?year=2027").text
    links = re.findall(r'<a href="/calendar\?year=(\d+)"( aria-current="true")?>(\d+)</a>', page)
    assert [(year, bool(current)) for year, current, _ in links if year in ("2026", "2027")] == [
        ("2026", False),
        ("2027", True),
    ]
    assert all(year == words for year, _, words in links)
