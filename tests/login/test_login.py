"""Logging in: one answer for every failure, the brake, one-time codes, sessions that end when they should."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import PASSWORD
from webapp.accounts import service
from webapp.core import clock, passwords
from webapp.core.models import AuditEntry, Setting, Throttle
from webapp.login import device
from webapp.login import service as login
from webapp.login.brake import TooMany, Where
from webapp.login.models import LoginCode, LoginSession
from webapp.people.models import Person

CODE = "482109"


@pytest.fixture(scope="session")
def code_hash():
    """The hash of CODE, made once."""
    return passwords.make(CODE)


def give_code(world, code_hash, to="officer_a1", by="township_a"):
    from tests.make import actor

    with world.store.write() as session:
        return service.give_code(session, actor(session, by), world.people[to], code_hash)


def test_unknown_name_wrong_password_suspended_and_demo_people_get_the_same_words(world, browse):
    with world.store.write() as session:
        session.execute(update(Person).where(Person.login == "officer_a2").values(suspended_at=clock.now()))
        session.execute(update(Person).where(Person.login == "officer_b1").values(is_demo=True))
    answers = {
        name: browse().login(name, secret)
        for name, secret in (
            ("nobody_here", PASSWORD),
            ("officer_a1", "wrong"),
            ("officer_a2", PASSWORD),
            ("officer_b1", PASSWORD),
        )
    }
    errors = {name: answer.text.split("tone-late")[1].split("</p>")[0] for name, answer in answers.items()}
    assert {answer.status_code for answer in answers.values()} == {422}
    assert len(set(errors.values())) == 1
    assert "do not fit" in errors["officer_a1"] or "不" in errors["officer_a1"]


def test_a_person_without_a_password_does_not_get_in_with_an_empty_or_any_password(world, browse):
    with world.store.write() as session:
        session.execute(update(Person).where(Person.login == "officer_a1").values(password_hash=None))
    assert browse().login("officer_a1", "anything").status_code == 422
    assert browse().login("officer_a1", " ").status_code == 422


def test_the_name_may_be_typed_with_a_capital_letter(browse):
    assert browse().login("Officer_A1 ").status_code == 302


def test_after_some_failures_even_the_right_password_waits_until_the_time_has_passed(world, browse):
    browser = browse()
    for _ in range(5):
        assert browser.login("officer_a1", "wrong").status_code == 422
    assert browser.login("officer_a1").status_code == 429
    assert browse().login("officer_a2").status_code == 302, "another account is not held up"
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert browser.login("officer_a1").status_code == 302


def test_the_number_of_failures_and_the_pause_are_settings(world, browse):
    with world.store.write() as session:
        session.execute(update(Setting).where(Setting.key == "login_failures").values(value="2"))
        session.execute(update(Setting).where(Setting.key == "lock_minutes").values(value="3"))
    browser = browse()
    for _ in range(2):
        browser.login("officer_a1", "wrong")
    refused = browser.login("officer_a1")
    assert refused.status_code == 429
    assert "3" in refused.text
    with clock.at(clock.now() + timedelta(minutes=4)):
        assert browser.login("officer_a1").status_code == 302


def test_the_pause_begins_with_the_last_failure_not_with_the_first(world, browse):
    browser, start = browse(), clock.now()
    for minutes in (0, 3, 6, 9, 14):
        with clock.at(start + timedelta(minutes=minutes)):
            browser.login("officer_a1", "wrong")
    with clock.at(start + timedelta(minutes=20)):
        assert browser.login("officer_a1").status_code == 429


def test_an_account_is_braked_over_all_addresses_together(world):
    """Thirty failures, none twice from one address: six times ``login_failures``."""
    with world.store.write() as session:
        for number in range(30):
            login.failed(session, "officer_a1", Where(f"10.0.0.{number}"))
    with world.store.read() as session:
        with pytest.raises(TooMany):
            login.check(session, "officer_a1", PASSWORD, Where("10.0.1.1"))
        assert login.check(session, "officer_a2", PASSWORD, Where("10.0.1.1"))


def test_a_success_takes_back_ones_own_failures_and_no_others(world, browse):
    with world.store.write() as session:
        for name in ("officer_a1", "officer_a2"):
            login.failed(session, name, Where("10.0.0.1"))
    browser = browse()
    for _ in range(4):
        browser.login("officer_a1", "wrong")
    assert browser.login("officer_a1").status_code == 302
    with world.store.read() as session:
        left = dict(session.execute(select(Throttle.key, Throttle.count)).all())
    assert {key for key in left if "127.0.0.1" in key} == set()
    assert sorted(left.values()) == [1, 1, 1, 1, 2], "the other address, for both accounts and for itself"


def test_the_log_keeps_no_word_typed_as_a_name(world, browse):
    browse().login("my-secret-by-mistake", "x")
    with world.store.read() as session:
        note = session.scalar(select(AuditEntry).where(AuditEntry.action == "login.failed"))
        keys = list(session.scalars(select(Throttle.key)))
    assert note.thing == "person:unknown"
    assert "my-secret" not in str(note.detail)
    assert "my-secret" not in str(keys)


def test_a_code_lets_in_once_and_forces_a_new_password(world, browse, code_hash):
    give_code(world, code_hash)
    browser = browse()
    page = browser.login("officer_a1", "482 109")
    assert page.status_code == 200
    assert 'name="new"' in page.text
    assert browser.get("/").request.path == "/account/password", "nothing else is open before the change"
    assert browse().login("officer_a1", CODE).status_code == 422, "the code is used up"
    assert browse().login("officer_a1", PASSWORD).status_code == 422, "the forgotten password is gone"
    changed = browser.post("/account/password", new="a better one", again="a better one")
    assert changed.status_code == 302
    assert browse().login("officer_a1", "a better one").status_code == 302


def test_a_code_runs_out(world, browse, code_hash):
    give_code(world, code_hash)
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert browse().login("officer_a1", CODE).status_code == 422


def test_an_older_code_does_not_come_back_when_the_newer_one_is_used(world, browse, code_hash):
    give_code(world, code_hash)
    give_code(world, passwords.make("111222"))
    assert browse().login("officer_a1", "111222").status_code == 200
    assert browse().login("officer_a1", CODE).status_code == 422


def test_somebody_elses_code_does_not_fit(world, browse, code_hash):
    give_code(world, code_hash)
    assert browse().login("officer_a2", CODE).status_code == 422


def test_giving_a_code_ends_the_sessions_that_were_open(world, browse, code_hash):
    browser = browse("officer_a1")
    assert browser.client.get("/account").status_code == 200
    give_code(world, code_hash)
    assert browser.client.get("/account").status_code == 302


def test_a_suspended_person_is_out_at_the_next_request(world, browse):
    from tests.make import actor

    browser = browse("officer_a1")
    with browser.client.session_transaction() as cookie:
        token = cookie["sid"]
    with world.store.write() as session:
        service.suspend(session, actor(session, "township_a"), world.people["officer_a1"])
    assert browser.client.get("/account").status_code == 302
    with world.store.write() as session:
        service.resume(session, actor(session, "township_a"), world.people["officer_a1"])
    with browser.client.session_transaction() as cookie:
        cookie["sid"] = token  # the gate took it out of the cookie
    assert browser.client.get("/account").status_code == 302, "the old session does not come to life again"
    assert browse().login("officer_a1").status_code == 302


def test_the_session_is_a_new_one_after_logging_in_and_the_replaced_one_is_dead(world, browse):
    browser = browse("officer_a1")
    with browser.client.session_transaction() as cookie:
        first, cookie["planted"] = cookie["sid"], "by somebody"
    browser.login("officer_a2")
    with browser.client.session_transaction() as cookie:
        assert cookie["sid"] != first
        assert "planted" not in cookie
        cookie["sid"] = first
    assert browser.client.get("/account").status_code == 302


def test_changing_the_password_ends_other_sessions_and_renews_this_one(world, browse):
    here, there = browse("officer_a1"), browse("officer_a1")
    with here.client.session_transaction() as cookie:
        before = cookie["sid"]
    wrong = here.post("/account/password", current="not it", new="a better one", again="a better one")
    assert wrong.status_code == 422
    done = here.post("/account/password", current=PASSWORD, new="a better one", again="a better one")
    assert done.status_code == 302
    assert here.client.get("/account").status_code == 200
    assert there.client.get("/account").status_code == 302
    with here.client.session_transaction() as cookie:
        assert cookie["sid"] != before


@pytest.mark.parametrize("new, again", [("short", "short"), ("12345678", "12345678"), ("long enough", "other text")])
def test_a_poor_password_is_refused(browse, new, again):
    browser = browse("officer_a1")
    assert browser.post("/account/password", current=PASSWORD, new=new, again=again).status_code == 422


@pytest.mark.parametrize(
    ("new", "word"),
    [
        ("short", "At least 8 characters."),
        ("12345678", "Add at least one letter."),
        ("a" * 201, "At most 200 characters."),
    ],
)
def test_the_page_asks_of_a_password_what_the_command_line_asks(browse, new, word):
    assert word in browse("officer_a1").post("/account/password", current=PASSWORD, new=new, again=new).text
    assert passwords.fault(new)


def test_an_officers_phone_is_remembered_listed_and_can_be_revoked(world, browse):
    phone, desk = browse(), browse("officer_a1")
    phone.login("officer_a1", remember="y")
    with clock.at(clock.now() + timedelta(days=30)):
        assert phone.client.get("/account").status_code == 200
        assert desk.client.get("/account").status_code == 302
    desk.login("officer_a1")
    with world.store.read() as session:
        kept = session.scalar(select(LoginSession.id).where(LoginSession.is_remembered))
    assert f"/account/phones/{kept}/end" in desk.get("/account").text
    assert desk.post(f"/account/phones/{kept}/end").status_code == 302
    assert phone.client.get("/account").status_code == 302


def test_a_desk_is_not_remembered_even_when_asked(world, browse):
    browser = browse()
    browser.login("township_a", remember="y")
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert browser.client.get("/account").status_code == 302


def test_a_desk_ends_after_twelve_hours_however_busy(world, browse):
    browser, start = browse("township_a"), clock.now()
    for minutes in range(20, 12 * 60, 20):
        with clock.at(start + timedelta(minutes=minutes)):
            assert browser.client.get("/account").status_code == 200
    with clock.at(start + timedelta(hours=12, minutes=1)):
        assert browser.client.get("/account").status_code == 302


def test_nobody_ends_somebody_elses_session(world, browse):
    browse("officer_a2")
    with world.store.read() as session:
        other = session.scalar(select(LoginSession.id))
    assert browse("officer_a1").post(f"/account/phones/{other}/end").status_code == 404


def test_logging_out_kills_the_session_on_the_server(browse):
    browser = browse("officer_a1")
    with browser.client.session_transaction() as cookie:
        token = cookie["sid"]
    browser.post("/logout")
    with browser.client.session_transaction() as cookie:
        cookie["sid"] = token
    assert browser.client.get("/account").status_code == 302


def test_what_was_typed_comes_back_after_logging_in_again(browse):
    browser = browse()
    kept = '[["note", "烟\\n很大"], ["secret", "never"], ["csrf_token", "old"]]'
    page = browser.post("/login", login="officer_a1", secret=PASSWORD, next="/feedback", kept=kept)
    assert page.status_code == 200
    assert 'action="/feedback"' in page.text
    assert "烟\n很大</textarea>" in page.text
    assert "never" not in page.text
    assert 'value="old"' not in page.text


def test_what_was_typed_survives_a_forced_change_too(world, browse, code_hash):
    give_code(world, code_hash)
    browser = browse()
    page = browser.post("/login", login="officer_a1", secret=CODE, next="/feedback", kept='[["note", "smoke"]]')
    assert "smoke" in page.text
    page = browser.post(
        "/account/password", new="a better one", again="a better one", next="/feedback", kept='[["note", "smoke"]]'
    )
    assert 'action="/feedback"' in page.text


def test_logging_in_never_leads_to_another_site(browse):
    for address in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert browse().login("officer_a1", next=address).location == "/"


def test_a_demo_lists_its_log_ins_and_real_use_none(world, app, browse):
    from dataclasses import replace

    with world.store.write() as session:
        session.execute(update(Person).where(Person.login == "officer_a1").values(is_demo=True))
    assert "officer_a1" not in browse().get("/login").text
    app.config["WANGGE"] = replace(app.config["WANGGE"], demo_made=clock.today())
    assert "officer_a1" in browse().get("/login").text
    assert browse().login("officer_a1").status_code == 302


def test_a_device_is_named_so_that_its_owner_knows_it():
    wechat = "Mozilla/5.0 (Linux; Android 10; V2031A; wv) AppleWebKit/537.36 Chrome/86.0 Mobile MicroMessenger/8.0.30"
    assert device.describe(wechat) == "WeChat, Android"
    assert (
        device.describe("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36")
        == "Chrome, Windows"
    )
    assert device.describe("") == device.UNKNOWN


def test_a_code_is_kept_as_a_hash_only(world, code_hash):
    give_code(world, code_hash)
    with world.store.read() as session:
        assert session.scalar(select(LoginCode.code_hash)).startswith("$argon2id$")
