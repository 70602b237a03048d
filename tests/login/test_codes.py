"""A one-time code stands for a lost password: whoever had the old one is out,
and the present one cannot be guessed at."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests import make
from tests.conftest import PASSWORD
from tests.login.test_login import CODE, code_hash, give_code
from webapp.access import SYSTEM
from webapp.accounts import service
from webapp.core import clock
from webapp.core.errors import Refused
from webapp.login import queries
from webapp.login import service as login
from webapp.login.brake import Where
from webapp.login.models import LoginSession
from webapp.people.models import Person

__all__ = ["code_hash"]  # a fixture
NEW = {"new": "a better one", "again": "a better one"}


def change(world, who="officer_a1", **values):
    """Something about a person that no page would do."""
    with world.store.write() as session:
        session.execute(update(Person).where(Person.login == who).values(**values))


def plant(world, browser, who="officer_a1"):
    """A session that was open before, and the browser that has it."""
    with world.store.write() as session:
        login._store(session, world.people[who], "thief", 0, clock.now() - timedelta(seconds=1))
        token = "a-token-that-was-open-before"
        session.flush()
        session.execute(
            update(LoginSession).where(LoginSession.device == "thief").values(token_hash=queries.token_hash(token))
        )
    with browser.client.session_transaction() as cookie:
        cookie["sid"] = token


def hash_of(world, who="officer_a1"):
    """The password's hash as it is kept."""
    with world.store.read() as session:
        return session.scalar(select(Person.password_hash).where(Person.login == who))


def test_the_old_password_is_gone_when_the_code_is_given_not_when_it_is_used(world, browse, code_hash):
    give_code(world, code_hash)
    assert browse().login("officer_a1", PASSWORD).status_code == 422
    assert hash_of(world) is None


def test_using_a_code_ends_every_session_that_is_open(world, browse, code_hash):
    thief = browse()
    give_code(world, code_hash)
    plant(world, thief)
    assert thief.client.get("/account/password").status_code == 200
    assert browse().login("officer_a1", CODE).status_code == 200
    assert thief.client.get("/account/password").status_code == 302


def test_a_session_that_no_code_began_sets_no_password_without_the_old_one(world, browse, code_hash):
    thief = browse()
    give_code(world, code_hash)
    plant(world, thief)
    assert 'name="current"' in thief.client.get("/account/password").text
    assert thief.post("/account/password", **NEW).status_code == 422
    assert hash_of(world) is None


def test_who_must_change_a_password_that_still_counts_is_asked_for_it(world, browse):
    change(world, must_change=True)
    browser = browse()
    assert 'name="current"' in browser.login("officer_a1").text
    assert browser.post("/account/password", **NEW).status_code == 422
    assert browser.post("/account/password", current=PASSWORD, **NEW).status_code == 302


def test_after_the_choice_the_session_of_the_code_is_asked_like_any_other(world, browse, code_hash):
    give_code(world, code_hash)
    browser = browse()
    browser.login("officer_a1", CODE)
    assert browser.post("/account/password", **NEW).status_code == 302
    assert 'name="current"' in browser.client.get("/account/password").text
    assert browser.post("/account/password", new="a third one", again="a third one").status_code == 422


@pytest.mark.parametrize(
    "change_", [{"password_hash": None}, {"password_hash": "another"}, {"suspended_at": clock.now()}]
)
def test_a_password_that_was_right_before_the_code_was_given_begins_no_session_after_it(world, change_):
    with world.store.read() as session:
        person, _ = login.check(session, "officer_a1", PASSWORD, Where())
    change(world, **change_)
    with (
        pytest.raises(Refused, match="If you forgot the password, ask the office above you for a log-in code"),
        world.store.write() as session,
    ):
        login.begin(session, person, None, "", remember=False)


def test_a_choice_sent_by_a_session_that_has_just_ended_does_not_count(world, browse, code_hash):
    browse("officer_a1")
    with world.store.read() as session:
        from dataclasses import replace

        actor = replace(make.actor(session, "officer_a1"), session_id=session.scalar(select(LoginSession.id)))
    give_code(world, code_hash)
    with pytest.raises(Refused, match="Please log in"), world.store.write() as session:
        login.change_password(session, actor, "the thief's")
    assert hash_of(world) is None


def test_suspending_in_between_leaves_nothing_that_lets_in(world, browse, code_hash):
    give_code(world, code_hash)
    with world.store.write() as session:
        township = make.actor(session, "township_a")
        service.suspend(session, township, world.people["officer_a1"])
        service.resume(session, township, world.people["officer_a1"])
    assert {browse().login("officer_a1", secret).status_code for secret in (PASSWORD, CODE)} == {422}


def test_an_administrator_with_a_code_in_hand_still_counts_as_one(world, code_hash):
    with world.store.write() as session:
        service.give_code(session, SYSTEM, world.people["admin"], code_hash)
        assert service.has_admin(session)
    with clock.at(clock.now() + timedelta(hours=1)), world.store.read() as session:
        assert not service.has_admin(session), "the code has run out"


# --- guessing the present password ---


def test_guesses_at_the_present_password_have_the_brake_of_the_log_in(world, browse):
    browser = browse("officer_a1")
    for _ in range(5):
        assert browser.post("/account/password", current="a guess", **NEW).status_code == 422
    braked = browser.post("/account/password", current=PASSWORD, **NEW)
    assert braked.status_code == 429
    assert 'id="current-error"' in braked.text
    browser.post("/logout")
    assert browser.login("officer_a1").status_code == 429, "one brake for both pages"
    assert browse().login("officer_a1").status_code == 302, "who guesses on this device holds up no other"
    with clock.at(clock.now() + timedelta(minutes=16)):
        browser.login("officer_a1")
        assert browser.post("/account/password", current=PASSWORD, **NEW).status_code == 302


def test_guesses_of_strangers_do_not_hold_up_the_change(world, browse):
    browser = browse("officer_a1")
    for _ in range(6):
        stranger = browse().login("officer_a1", "a guess")
    assert stranger.status_code == 429
    assert browser.post("/account/password", current=PASSWORD, **NEW).status_code == 302


def test_a_change_that_succeeds_wipes_the_guesses(world, browse):
    browser = browse("officer_a1")
    for _ in range(4):
        browser.post("/account/password", current="a slip of the finger", **NEW)
    assert browser.post("/account/password", current=PASSWORD, **NEW).status_code == 302
    assert browse().login("officer_a1", "wrong again").status_code == 422
    assert browse().login("officer_a1", "a better one").status_code == 302


def test_a_guess_is_in_the_log(world, browse):
    from webapp.core.models import AuditEntry

    browse("officer_a1").post("/account/password", current="a guess", **NEW)
    with world.store.read() as session:
        assert (
            session.scalar(select(AuditEntry.thing).where(AuditEntry.action == "login.failed"))
            == f"person:{world.people['officer_a1']}"
        )
