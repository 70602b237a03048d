"""Accounts: who makes them for whom and helps whom, each with its counterpart."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests import make
from webapp.access import SYSTEM
from webapp.accounts import queries as account_queries
from webapp.accounts import service
from webapp.accounts.service import PersonEntry, PostingEntry
from webapp.core import clock, passwords
from webapp.core.errors import NotFound, Refused
from webapp.people.models import Person, Posting


def soon():
    return clock.today() + timedelta(days=3)


def entry(world, role, grid=None, body=None, first=None, last=None):
    """A posting entry by the short names of the test county."""
    return PostingEntry(
        role, world.grids[grid] if grid else None, world.bodies[body] if body else None, first or clock.today(), last
    )


def create(world, by, posting, login="new_one"):
    """A new person by an actor, with an open transaction's result kept."""
    with world.store.write() as session:
        return service.create_person(session, make.actor(session, by), PersonEntry(login, "新人"), posting).id


#: Who makes an account with a posting where: (by, role, grid, body, may)
CREATIONS = [
    ("township_a", "grid_officer", "A2", None, True),
    ("township_a", "grid_officer", "B1", None, False),
    ("township_a", "grid_officer", "A", None, False),
    ("township_a", "station_officer", None, "station_a", True),
    ("township_a", "station_officer", None, "committee_a1", True),
    ("township_a", "station_officer", None, "housing", False),
    ("township_b", "station_officer", None, "station_a", False),
    ("township_b", "station_officer", None, "committee_a1", False),
    ("township_a", "township_supervisor", "A", None, False),
    ("township_a", "department_liaison", None, "housing", False),
    ("township_a", "leader", "A", None, False),
    ("township_a", "inspector", "A", None, False),
    ("township_a", "county_office", "county", None, False),
    ("township_a", "system_admin", None, None, False),
    ("county", "grid_officer", "B1", None, True),
    ("county", "township_supervisor", "B", None, True),
    ("county", "township_supervisor", "B1", None, False),
    ("county", "department_liaison", None, "housing", True),
    ("county", "leader", "county", None, True),
    ("county", "inspector", "county", None, True),
    ("county", "county_office", "county", None, False),
    ("county", "system_admin", None, None, False),
    ("county", "audit_admin", None, None, False),
    ("admin", "county_office", "county", None, True),
    ("admin", "grid_officer", "A1", None, True),
    ("admin", "audit_admin", None, None, False),
    ("admin", "system_admin", None, None, True),
    ("admin", "system_admin", "county", None, False),
    ("auditor", "grid_officer", "A1", None, False),
    ("leader", "grid_officer", "A1", None, False),
    ("officer_a1", "grid_officer", "A1", None, False),
    ("liaison", "department_liaison", None, "housing", False),
    ("inspector", "inspector", "county", None, False),
]


#: Why not: of a role that one may give, the place is of the wrong kind, or out of reach; else the role.
WRONG_KIND = {
    ("township_a", "grid_officer", "A"),
    ("county", "township_supervisor", "B1"),
    ("admin", "system_admin", "county"),
}
GIVES = {"township_a": ("grid_officer", "station_officer"), "township_b": ("grid_officer", "station_officer")}


def refused_for(by, role, grid):
    """The words of the refusal, by what is wrong."""
    if (by, role, grid) in WRONG_KIND:
        return "cannot be posted to that kind of place"
    return (
        "This place does not exist, or you cannot post people to it."
        if role in GIVES.get(by, ())
        else "cannot give this role"
    )


@pytest.mark.parametrize("by, role, grid, body, may", CREATIONS)
def test_each_tier_makes_accounts_for_those_below_it_and_no_others(world, by, role, grid, body, may):
    posting = entry(world, role, grid, body, last=soon() if role == "inspector" else None)
    if may:
        assert create(world, by, posting)
        return
    with pytest.raises(Refused, match=refused_for(by, role, grid)) as refusal:
        create(world, by, posting)
    assert refusal.value.field in ("role", "place")
    with world.store.read() as session:
        assert session.scalar(select(Person.id).where(Person.login == "new_one")) is None


def test_an_inspector_needs_a_last_day(world):
    with pytest.raises(Refused) as refusal:
        create(world, "county", entry(world, "inspector", "county"))
    assert refusal.value.field == "last"


def test_a_log_in_name_is_given_once_whatever_its_letters_case(world):
    create(world, "township_a", entry(world, "grid_officer", "A1"))
    with pytest.raises(Refused) as refusal:
        create(world, "township_b", entry(world, "grid_officer", "B1"), login="NEW_one")
    assert refusal.value.field == "login"


@pytest.mark.parametrize("login", ["a", "two words", "", "x" * 61, "<b>"])
def test_a_log_in_name_that_cannot_be_typed_is_refused(world, login):
    with pytest.raises(Refused, match="2 to 60 letters or digits") as refusal:
        create(world, "township_a", entry(world, "grid_officer", "A1"), login=login)
    assert refusal.value.field == "login"


#: Who helps (edits, suspends, gives codes to) whom
HELP = [
    ("township_a", "officer_a1", True),
    ("township_a", "officer_b1", False),
    ("township_a", "township_a_two", False),
    ("township_a", "county", False),
    ("township_a", "station_a", True),
    ("township_a", "liaison", False),
    ("township_a", "township_a", False),
    ("county", "township_a", True),
    ("county", "officer_b1", True),
    ("county", "liaison", True),
    ("county", "leader", True),
    ("county", "county_two", False),
    ("county", "admin", False),
    ("county", "auditor", False),
    ("admin", "county", True),
    ("admin", "auditor", False),
    ("admin", "officer_a1", True),
    ("admin", "admin", False),
    ("auditor", "officer_a1", False),
    ("leader", "officer_a1", False),
    ("inspector", "officer_a1", False),
    ("officer_a1", "officer_a1", False),
]
ACTS = {
    "suspend": lambda session, actor, id_: service.suspend(session, actor, id_),
    "edit": lambda session, actor, id_: service.edit_person(session, actor, id_, PersonEntry("", "改名")),
    "code": lambda session, actor, id_: service.give_code(session, actor, id_, "hash"),
    "post": lambda session, actor, id_: service.grant_posting(
        session, actor, id_, PostingEntry("grid_officer", 3, None, clock.today())
    ),
}


@pytest.mark.parametrize("by, whom, may", HELP)
def test_each_tier_helps_those_strictly_below_it(world, by, whom, may):
    for name in ("suspend", "edit", "code"):
        with world.store.write() as session:
            actor = make.actor(session, by)
            if may:
                service.resume(session, actor, world.people[whom])
                ACTS[name](session, actor, world.people[whom])
                continue
            with pytest.raises(NotFound):
                ACTS[name](session, actor, world.people[whom])


def test_somebody_also_posted_elsewhere_is_helped_only_from_above_both(world):
    with world.store.write() as session:
        make.posting(session, world.people["officer_a1"], "grid_officer", grid=world.grids["B1"])
        for township in ("township_a", "township_b"):
            with pytest.raises(NotFound):
                service.suspend(session, make.actor(session, township), world.people["officer_a1"])
        service.suspend(session, make.actor(session, "county"), world.people["officer_a1"])


def test_somebody_who_is_also_ones_equal_is_not_below(world):
    with world.store.write() as session:
        make.posting(session, world.people["officer_a1"], "township_supervisor", grid=world.grids["A"])
        with pytest.raises(NotFound):
            service.give_code(session, make.actor(session, "township_a"), world.people["officer_a1"], "hash")


def test_who_left_all_posts_is_still_found_by_the_office_that_had_him(world):
    with world.store.write() as session:
        actor = make.actor(session, "township_a")
        posting = session.scalar(select(Posting.id).where(Posting.person_id == world.people["officer_a1"]))
        service.end_posting(session, actor, posting)
        assert account_queries.person(session, actor, world.people["officer_a1"], to_help=True)
        with pytest.raises(NotFound):
            account_queries.person(session, make.actor(session, "township_b"), world.people["officer_a1"])


def test_a_suspended_account_gets_no_code(world):
    with world.store.write() as session:
        actor = make.actor(session, "township_a")
        service.suspend(session, actor, world.people["officer_a1"])
        with pytest.raises(Refused, match="suspended"):
            service.give_code(session, actor, world.people["officer_a1"], "hash")


# --- the first administrator ---


def test_the_first_administrator_comes_from_the_command_line(store, password_hash):
    with store.write() as session:
        assert not service.has_admin(session)
        service.create_admin(session, "Root", "管理员", password_hash)
        assert service.has_admin(session)
        with pytest.raises(Refused, match="log-in name is taken"):
            service.create_admin(session, "root", "又一个", password_hash)


@pytest.mark.parametrize("change", [{"is_demo": True}, {"suspended_at": clock.now()}, {"password_hash": None}])
def test_an_administrator_who_cannot_log_in_is_none(store, password_hash, change):
    with store.write() as session:
        service.create_admin(session, "root", "管理员", password_hash)
        session.execute(update(Person).values(**change))
        assert not service.has_admin(session)


def test_the_command_line_helps_an_administrator(world):
    with world.store.write() as session:
        service.give_code(session, SYSTEM, world.people["admin"], passwords.make_light("482109375512"))
        service.suspend(session, SYSTEM, world.people["admin"])
