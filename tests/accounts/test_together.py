"""Two who act on one person at the same moment: one after the other, so that no rule is got round."""

import time

import pytest
from sqlalchemy import func, select

from tests import make
from tests.conftest import PASSWORD
from tests.core.together import side_by_side
from webapp.accounts import service, sheet_acts
from webapp.accounts.service import PostingEntry
from webapp.core import clock, passwords
from webapp.core.errors import Refused
from webapp.core.sheet import SheetRow
from webapp.login import service as login
from webapp.login.brake import Where
from webapp.login.models import LoginSession
from webapp.people.models import Person, Posting


def both(*acts):
    """Let them run at the same time; what was refused."""
    raised = side_by_side(*acts)
    assert all(isinstance(each, Refused) for each in raised)
    return raised


@pytest.fixture
def slow(monkeypatch):
    """Between looking and writing, time for the other to look as well."""
    check = service.check_posting
    monkeypatch.setattr(service, "check_posting", lambda *given: (check(*given), time.sleep(0.3)))


def grant(world, who, role, grid):
    """An administrator's act, as a thread of its own does it."""

    def act():
        with world.store.write() as session:
            service.grant_posting(
                session,
                make.actor(session, "admin"),
                who,
                PostingEntry(role, world.grids[grid] if grid else None, None, clock.today()),
            )

    return act


@pytest.mark.usefixtures("slow")
def test_nobody_gets_administration_and_a_desk_by_two_acts_at_the_same_moment(world):
    who = world.people["officer_a1"]
    with world.store.write() as session:
        posting = session.scalar(select(Posting.id).where(Posting.person_id == who))
        service.end_posting(session, make.actor(session, "admin"), posting)
    refused = both(grant(world, who, "system_admin", None), grant(world, who, "grid_officer", "A2"))
    assert [refusal.field for refusal in refused] == ["role"]
    with world.store.read() as session:
        assert len(make.actor(session, "officer_a1").postings) == 1


@pytest.mark.usefixtures("slow")
def test_neither_by_an_act_and_a_sheet(world):
    who = world.people["officer_a1"]
    with world.store.write() as session:
        posting = session.scalar(select(Posting.id).where(Posting.person_id == who))
        service.end_posting(session, make.actor(session, "admin"), posting)
    found = []

    def bring_in():
        line = SheetRow(2, {"zh": "officer_a1", "login": "officer_a1", "role": "grid_officer", "grid": "甲2村"})
        with world.store.write() as session:
            found.extend(sheet_acts.apply(session, make.actor(session, "admin"), [line], {}).findings)

    refused = both(grant(world, who, "system_admin", None), bring_in)
    assert len(refused) + len(found) == 1
    with world.store.read() as session:
        assert len(make.actor(session, "officer_a1").postings) == 1


def test_a_log_in_that_meets_a_code_leaves_no_session_open(world, monkeypatch):
    who, real = world.people["officer_a1"], login._store
    monkeypatch.setattr(login, "_store", lambda *given: (time.sleep(0.3), real(*given))[1])
    with world.store.read() as session:
        person, _ = login.check(session, "officer_a1", PASSWORD, Where())

    def log_in():
        with world.store.write() as session:
            login.begin(session, person, None, "thief", remember=False)

    def give():
        time.sleep(0.1)
        with world.store.write() as session:
            service.give_code(session, make.actor(session, "township_a"), who, passwords.make_light("482109375512"))

    both(log_in, give)
    with world.store.read() as session:
        assert (
            session.scalar(select(func.count()).where(LoginSession.person_id == who, LoginSession.revoked_at.is_(None)))
            == 0
        )
        assert session.scalar(select(Person.password_hash).where(Person.id == who)) is None
