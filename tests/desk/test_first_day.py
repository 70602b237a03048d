"""The first day: each number is the length of its list, a tick means nothing is left, a bare list names its keeper."""

import re

import pytest
from sqlalchemy import delete, select, update

from tests import make
from webapp.accounts import service as accounts
from webapp.core import clock
from webapp.desk import first_day, settings
from webapp.patrol import frequencies
from webapp.patrol.models import PatrolObject
from webapp.people.models import Body, Person, Posting

LACKS = {"supervisors": 0, "officers": 3, "objects": 3, "departments": 0}  # of the county of the tests


def steps(world, by="county"):
    """Step → (number, done)."""
    with world.store.read() as session:
        found = list(first_day.found(session, make.actor(session, by)))
    return {each.step.key: (len(each.lines), each.is_done) for each in found}


def shown(page):
    """Step → (number, done) as the page says."""
    rows = re.findall(r'/first-day/(\w+)"><span class="num">(\d+)</span>.*?tone-(\w+)"', page)
    return {key: (int(number), tone == "good") for key, number, tone in rows}


def fill(world):
    """All that the county of the tests lacks."""
    with world.store.write() as session:
        county = make.actor(session, "county")
        for short in ("A3", "B2", "B3"):
            make.person(session, f"officer_{short.lower()}", "grid_officer", grid=world.grids[short])
        for short in ("A3", "B2", "B3"):
            make.thing(session, world.grids[short])
        settings.save(session, county, "limits", {}, adopt=True)
        frequencies.apply(session, county, frequencies.KEEP)


@pytest.mark.parametrize("login", ["county", "admin"])
def test_the_numbers_of_the_page_are_those_of_the_lists_for_both_who_see_them(world, browse, login):
    found = steps(world, login)
    assert {key: found[key] for key in LACKS} == {key: (number, not number) for key, number in LACKS.items()}
    assert (found["borders"], found["office"]) == ((9, True), (2, True))
    assert found["limits"][0] > 10 and not found["limits"][1]
    browser = browse(login)
    assert shown(browser.get("/first-day").text) == found
    for key, (number, _) in found.items():
        page = browser.get(f"/first-day/{key}").text
        assert f'<span class="num">{number}</span>' in page.split("<main")[1].split("</h1>")[0]
        assert page.count('<li class="row">') == min(number, 50)


def test_villages_without_are_named_and_lead_where_they_are_put_right(world, browse):
    page = browse("county").get("/first-day/objects").text
    assert re.findall(r"/grids/(\d+)/objects", page) == [str(world.grids[short]) for short in ("A3", "B2", "B3")]
    admins = browse("admin").get("/first-day/objects").text
    assert "Village A3" in admins and "/grids/" not in admins  # it is not his to put things on lists
    assert browse("county").get("/first-day/nothing").status_code == 404


def test_a_long_list_is_shown_a_page_at_a_time(world, browse):
    with world.store.write() as session:
        for number in range(60):
            make.person(session, f"office_{number:02}", "county_office", grid=world.grids["county"])
    browser = browse("county")
    first, second, beyond = (browser.get(f"/first-day/office{page}").text for page in ("", "?page=2", "?page=9"))
    assert [page.count('<li class="row">') for page in (first, second, beyond)] == [50, 12, 12]
    assert "1–50 of 62" in first and 'href="/first-day/office?page=2"' in first
    assert "51–62 of 62" in second and 'href="/first-day/office?page=1"' in second
    assert '<span class="num">62</span>' in second.split("<main")[1].split("</h1>")[0]


def test_whether_all_is_done_is_asked_up_to_the_first_lack(world):
    with world.store.read() as session:
        found = first_day.found(session, make.actor(session, "county"))
        assert not first_day.is_over(found)  # villages lack officers
        assert [each.step.key for each in found] == ["objects", "departments", "limits"]


def test_it_stands_on_desk_and_home_until_all_is_done_and_can_be_reached_then(world, browse):
    county, admin = browse("county"), browse("admin")
    assert "/first-day" in county.get("/desk").text
    assert admin.client.get("/").headers["Location"] == "/first-day"
    fill(world)
    assert all(done for _, done in steps(world).values())
    assert "/first-day" not in county.get("/desk").text
    assert admin.client.get("/").headers["Location"] == "/people"
    for browser in (county, admin):
        assert "/first-day" in browser.get("/settings").text
        assert "Everything is done and the county can begin." in browser.get("/first-day").text


def test_a_step_is_undone_again_when_somebody_leaves_or_is_suspended(world):
    fill(world)
    with world.store.write() as session:
        session.execute(
            update(Posting).where(Posting.person_id == world.people["liaison"]).values(valid_to=clock.today())
        )
        accounts.suspend(session, make.actor(session, "county"), world.people["officer_a1"])
        for name in ("township_b",):
            session.execute(delete(Posting).where(Posting.person_id == world.people[name]))
        session.execute(
            update(PatrolObject).where(PatrolObject.grid_id == world.grids["A1"]).values(valid_to=clock.today())
        )
    found = steps(world)
    assert {key: found[key] for key in LACKS} == dict.fromkeys(LACKS, (1, False))


def test_an_empty_county_has_no_tick_where_there_is_nothing_to_lack(store, password_hash):
    with store.write() as session:
        make.person(session, "first", "system_admin", password_hash=password_hash)
    with store.read() as session:
        found = list(first_day.found(session, make.actor(session, "first")))
    assert [each.step.key for each in found if each.is_done] == []
    assert [len(each.lines) for each in found[:-1]] == [0] * 6


def test_nobody_else_sees_it(browse):
    for login in ("township_a", "officer_a1", "leader", "inspector", "auditor", "liaison"):
        assert browse(login).client.get("/first-day").status_code == 403


# --- an officer whose village has no objects ---


def test_an_officer_without_objects_can_report_and_is_told_whom_to_ask(world, browse):
    with world.store.write() as session:
        for grid in ("A1",):
            session.execute(
                update(PatrolObject).where(PatrolObject.grid_id == world.grids[grid]).values(valid_to=clock.today())
            )
        session.execute(update(Person).where(Person.login == "township_a").values(phone="05551234"))
    officer = browse("officer_a1")
    for address in ("/home", f"/grids/{world.grids['A1']}/patrol"):
        page = officer.get(address).text
        assert f'href="/grids/{world.grids["A1"]}/report"' in page
        assert "township_a" in page and "tel:05551234" in page and "Town A" in page
        assert "township_b" not in page
    assert "Start patrol" not in officer.get("/home").text


def test_where_the_township_has_nobody_the_county_is_named(world, browse):
    with world.store.write() as session:
        session.execute(
            update(PatrolObject).where(PatrolObject.grid_id == world.grids["A1"]).values(valid_to=clock.today())
        )
        for login in ("township_a", "township_a_two"):
            session.execute(delete(Posting).where(Posting.person_id == world.people[login]))
    page = browse("officer_a1").get("/home").text
    assert "Test County" in page and "county_two" in page


def test_a_village_with_objects_says_nothing_of_it(world, browse):
    assert "whom to ask" not in browse("officer_a1").get("/home").text
    assert "The list is kept by" not in browse("officer_a1").get(f"/grids/{world.grids['A1']}/patrol?all=1").text


@pytest.mark.parametrize("by", ["county", "admin"])
def test_the_desk_knows_what_the_lists_say(world, by):
    """With what the county of the tests lacks, with somebody suspended and a department shut, and when all is there."""
    for change in (lambda: None, lambda: _leave(world), lambda: fill(world)):
        change()
        with world.store.read() as session:
            actor = make.actor(session, by)
            found = list(first_day.found(session, actor))
            there = [(bool(each.lines), each.of > 0) for each in found]
            assert first_day.are_there(session, actor) == there
            assert first_day.progress(session, actor) == [each.is_done for each in found]


def _leave(world):
    with world.store.write() as session:
        gone = select(Posting.person_id).where(Posting.role.in_(("township_supervisor", "department_liaison")))
        session.execute(update(Person).where(Person.id.in_(gone)).values(suspended_at=clock.now()))
        session.get_one(Body, world.bodies["housing"]).closed_on = clock.today()
