"""Postings: who gives and ends them, from which day to which they count, and what the log keeps of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import make
from tests.accounts.test_service import entry, soon
from tests.accounts.test_sheet import ROWS, run, xlsx
from webapp.access import SYSTEM
from webapp.accounts import service
from webapp.accounts.service import PersonEntry
from webapp.core import clock
from webapp.core.errors import NotFound, Refused
from webapp.core.models import AuditEntry
from webapp.login.models import LoginSession
from webapp.people.models import Posting


@pytest.mark.parametrize(
    "by, role, grid",
    [
        ("county", "grid_officer", "A1"),
        ("admin", "system_admin", None),
        ("admin", "county_office", "county"),
        ("township_a", "grid_officer", "A1"),
    ],
)
def test_nobody_gives_himself_a_posting(world, by, role, grid):
    with world.store.write() as session, pytest.raises(Refused, match="You cannot give yourself a posting"):
        service.grant_posting(session, make.actor(session, by), world.people[by], entry(world, role, grid))


def test_nobody_ends_or_prolongs_his_own_posting_or_an_equals(world):
    with world.store.write() as session:
        actor = make.actor(session, "township_a")
        for login in ("township_a", "township_a_two", "county"):
            posting = session.scalar(select(Posting.id).where(Posting.person_id == world.people[login]))
            with pytest.raises(NotFound):
                service.end_posting(session, actor, posting)


def test_an_administrator_gets_no_desk_and_a_desk_no_administration(world):
    with world.store.write() as session:
        admin = make.actor(session, "admin")
        with pytest.raises(Refused, match="administrator"):
            service.grant_posting(session, SYSTEM, world.people["auditor"], entry(world, "grid_officer", "A1"))
        with pytest.raises(Refused, match="administrator"):
            service.grant_posting(session, admin, world.people["county"], entry(world, "system_admin"))


def test_an_administration_may_begin_when_the_desk_has_ended(world):
    with world.store.write() as session:
        admin, who = make.actor(session, "admin"), world.people["county"]
        service.end_posting(session, admin, session.scalar(select(Posting.id).where(Posting.person_id == who)), soon())
        with pytest.raises(Refused, match="administrator"):
            service.grant_posting(session, admin, who, entry(world, "system_admin", first=soon()))
        service.grant_posting(session, admin, who, entry(world, "system_admin", first=soon() + timedelta(days=1)))


def test_the_same_posting_is_not_given_twice_for_the_same_days(world):
    with world.store.write() as session:
        actor, who = make.actor(session, "township_a"), world.people["officer_a1"]
        with pytest.raises(Refused, match="already"):
            service.grant_posting(session, actor, who, entry(world, "grid_officer", "A1"))
        service.grant_posting(session, actor, who, entry(world, "grid_officer", "A2"))


def rights(world, login, on=None):
    """The roles in force for somebody on a day."""
    with clock.at(clock.start(on or clock.today())), world.store.read() as session:
        return sorted(posting.role for posting in make.actor(session, login).postings)


def test_a_posting_counts_from_its_first_to_its_last_day_and_not_beyond(world):
    first, last = clock.today() + timedelta(days=2), clock.today() + timedelta(days=4)
    with world.store.write() as session:
        service.grant_posting(
            session,
            make.actor(session, "county"),
            world.people["officer_a1"],
            entry(world, "leader", "A", first=first, last=last),
        )
    day = timedelta(days=1)
    assert rights(world, "officer_a1", first - day) == ["grid_officer"]
    assert rights(world, "officer_a1", first) == rights(world, "officer_a1", last) == ["grid_officer", "leader"]
    assert rights(world, "officer_a1", last + day) == ["grid_officer"]


def test_a_posting_ended_at_once_is_gone_from_the_next_request(world):
    with world.store.write() as session:
        posting = session.scalar(select(Posting.id).where(Posting.person_id == world.people["officer_a1"]))
        service.end_posting(session, make.actor(session, "township_a"), posting)
    assert rights(world, "officer_a1") == []


def test_a_posting_that_has_not_begun_can_be_taken_back(world):
    with world.store.write() as session:
        actor = make.actor(session, "township_a")
        made = service.grant_posting(
            session, actor, world.people["officer_a1"], entry(world, "grid_officer", "A2", first=soon())
        )
        service.end_posting(session, actor, made.id)
    assert rights(world, "officer_a1", soon()) == ["grid_officer"]


def test_ending_only_shortens(world):
    with world.store.write() as session:
        actor = make.actor(session, "county")
        posting = session.scalar(select(Posting.id).where(Posting.person_id == world.people["inspector"]))
        with pytest.raises(Refused, match="To extend it, give a new posting"):
            service.end_posting(session, actor, posting, date(2031, 1, 1))
        with pytest.raises(Refused, match="last day has passed"):
            service.end_posting(session, actor, posting, clock.today() - timedelta(days=1))


def test_a_posting_to_a_desk_ends_the_remembered_phone(world):
    with world.store.write() as session:
        session.add(
            LoginSession(
                token_hash="t",
                person_id=world.people["officer_a1"],
                device="",
                is_remembered=True,
                created_at=clock.now(),
                seen_at=clock.now(),
                expires_at=clock.now(),
            )
        )
        service.grant_posting(
            session, make.actor(session, "county"), world.people["officer_a1"], entry(world, "township_supervisor", "A")
        )
    with world.store.read() as session:
        assert session.scalar(select(LoginSession.revoked_at)) is not None


def test_every_act_is_in_the_log_with_who_did_it(world):
    with world.store.write() as session:
        actor = make.actor(session, "township_a")
        made = service.create_person(session, actor, PersonEntry("new_one", "新人"), entry(world, "grid_officer", "A1"))
        service.edit_person(session, actor, made.id, PersonEntry("", "改名"))
        posting = service.grant_posting(session, actor, made.id, entry(world, "grid_officer", "A2"))
        service.end_posting(session, actor, posting.id)
        service.give_code(session, actor, made.id, "hash")
        service.suspend(session, actor, made.id)
        service.resume(session, actor, made.id)
        notes = session.execute(
            select(AuditEntry.action, AuditEntry.person_id)
            .where(AuditEntry.thing == f"person:{made.id}")
            .order_by(AuditEntry.id)
        ).all()
    assert [action for action, _ in notes] == [
        "person.create",
        "posting.grant",
        "person.edit",
        "posting.grant",
        "posting.end",
        "code.give",
        "person.suspend",
        "person.resume",
    ]
    assert {who for _, who in notes} == {world.people["township_a"]}


def test_nothing_secret_is_in_the_log(world):
    with world.store.write() as session:
        service.give_code(session, make.actor(session, "township_a"), world.people["officer_a1"], "the-hash")
        assert "the-hash" not in str(list(session.scalars(select(AuditEntry.detail))))


# --- one person at a time ---


def speaks(session, world, login="liaison"):
    """The days of somebody's posting at the housing department; no last day while it is open."""
    found = select(Posting.valid_from, Posting.valid_to).where(
        Posting.person_id == world.people[login], Posting.body_id == world.bodies["housing"]
    )
    return session.execute(found).one()


def name_liaison(session, world, login="leader", **days):
    """Post somebody to the housing department by the county's office."""
    wanted = entry(world, "department_liaison", body="housing", **days)
    return service.grant_posting(session, make.actor(session, "county"), world.people[login], wanted)


def test_naming_a_new_liaison_ends_the_one_before_in_the_same_act(world):
    with world.store.write() as session:
        name_liaison(session, world)
        assert speaks(session, world).valid_to == clock.today()
        assert speaks(session, world, "leader").valid_to is None
        ended = session.scalars(select(AuditEntry).where(AuditEntry.action == "posting.end")).one()
        assert (ended.thing, ended.detail["role"]) == (f"person:{world.people['liaison']}", "department_liaison")


def test_a_liaison_named_for_a_later_day_takes_over_on_that_day(world):
    later = clock.today() + timedelta(days=10)
    with world.store.write() as session:
        name_liaison(session, world, first=later)
        assert speaks(session, world).valid_to == later
        name_liaison(session, world, "officer_a1", first=clock.today() + timedelta(days=5))
        assert speaks(session, world, "leader") == (later, later)  # his never begins


def test_the_liaison_of_another_department_and_every_other_role_stay(world):
    with world.store.write() as session:
        name_liaison(session, world)
        office = make.actor(session, "county")
        service.grant_posting(session, office, world.people["officer_a2"], entry(world, "grid_officer", "A1"))
        still = set(session.scalars(select(Posting.person_id).where(Posting.valid_to.is_(None))))
    assert {world.people["liaison_other"], world.people["officer_a1"], world.people["officer_a2"]} <= still


def test_the_form_says_who_it_is_now_and_the_list_who_is_one_too_many(world, browse):
    county = browse("county")
    form = county.get(f"/people/{world.people['leader']}/postings/new?role=department_liaison").text
    assert "Housing Bureau (Test County) · now: liaison" in form and "One person at a time" in form
    other = county.get(f"/people/{world.people['leader']}/postings/new?role=station_officer").text
    assert "One person at a time" not in other and "now:" not in other
    assert "more than one" not in county.get("/bodies").text
    with world.store.write() as session:
        make.posting(session, world.people["leader"], "department_liaison", body=world.bodies["housing"])
    listed = county.get("/bodies").text
    assert "1 department has more than one liaison" in listed and listed.count("more than one</span>") == 1


def test_a_department_has_a_principal_and_no_other_body_has(world, browse):
    county, housing = browse("county"), f"/bodies/{world.bodies['housing']}"
    typed = {"zh": "县住建局", "en": "Housing Bureau", "canonical": "housing"}
    assert county.post(housing, **typed, principal="王建国", principal_post="局长").status_code == 302
    assert "王建国 · 局长" in county.get("/bodies").text
    station = f"/bodies/{world.bodies['station_a']}"
    assert county.post(station, zh="队", principal="王建国").status_code == 422


def test_two_people_for_what_one_holds_at_a_time_are_a_finding(world):
    second = ["钱九", None, "qianjiu", None, "联络员", None, "县水利局", None, None]
    outcome = run(world, xlsx([ROWS[2], second]))
    assert [(found.row.number, found.column) for found in outcome.findings] == [(3, "role")]
