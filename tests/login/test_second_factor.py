"""The second factor: after the password a code of an app, each once, with a brake; recovery codes; lost phones; and who
has to have one comes no further without."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select, update

from tests.conftest import KEY, PASSWORD, PEOPLE
from tests.short import some
from webapp.core import clock
from webapp.core.models import AuditEntry, Setting
from webapp.login import second
from webapp.login.brake import NOWHERE
from webapp.login.models import LoginSession, RecoveryCode, SecondFactor
from webapp.people import rules

NOW = clock.now().replace(microsecond=0)
STEP = timedelta(seconds=second.STEP)


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still, so that a code is that of this half minute."""
    with clock.at(NOW):
        yield


def setting(world, value):
    with world.store.write() as session:
        session.execute(update(Setting).where(Setting.key == "second_factor").values(value=value))


def secret_of(page):
    """The letters that are typed into an app."""
    return re.search(r'class="num secret">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")


def code_of(secret, steps=0):
    """What the app shows, some half minutes from now."""
    return pyotp.TOTP(secret).at(clock.now() + steps * STEP)


def set_up(browser, current=PASSWORD):
    """Set it up as the pages have it; the secret and the recovery codes."""
    began = browser.post("/account/second/begin", follow=True, current=current)
    secret = secret_of(began)
    assert "otpauth://totp/" in began.text and "<svg" in began.text
    codes = browser.post("/account/second/confirm", code=code_of(secret))
    assert codes.status_code == 200, codes.text
    return secret, re.findall(r'<li class="num">([\d ]+)</li>', codes.text)


def acts(world, action):
    with world.store.read() as session:
        return session.scalar(select(func.count()).where(AuditEntry.action == action))


def is_in(browser, address="/desk"):
    """Whether a page of the work opens, and not the question."""
    return browser.client.get(address).status_code == 200


@pytest.fixture
def owner(world, browse):
    """The township's office with a second factor: its secret and recovery codes. Half a minute has passed since."""
    secret, codes = set_up(browse("township_a"))
    with clock.at(NOW + 3 * STEP):
        yield secret, codes


# --- a journey ---


def test_after_the_password_the_code_is_asked_for_and_nothing_else_opens(world, browse, owner):
    secret, _codes = owner
    browser = browse()
    page = browser.login("township_a", next="/people")
    assert page.status_code == 200 and "/account/second/check" in page.text
    for address in ("/desk", "/people", "/account", "/account/password", "/account/notices", "/", "/mine", "/settings"):
        answer = browser.client.get(address)
        assert answer.status_code == 302 and answer.location.startswith("/account/second"), address
    for address in (
        "/account/password",
        "/account/phones/end-others",
        "/account/second/off",
        "/people/slips",
        "/reports",
    ):
        answer = browser.post(address, code=code_of(secret), new="new pass word", again="new pass word")
        assert answer.status_code in (302, 303), address
        assert "/account/second" in answer.location, address
    assert not is_in(browser)
    answer = browser.post("/account/second/check", code=code_of(secret), next="/people")
    assert (answer.status_code, answer.location) == (302, "/people")
    assert is_in(browser)
    assert acts(world, "second.pass") == 1 and acts(world, "password.change") == 0


def test_a_program_with_half_a_log_in_is_told_so_in_json(browse, owner):
    browser = browse()
    browser.login("township_a")
    answer = browser.client.get("/desk", headers={"Accept": "application/json"})
    assert answer.status_code == 401 and answer.json["error"]


@pytest.mark.parametrize("steps", [0, -1, 1])
def test_a_clock_half_a_minute_off_does_either_way(browse, owner, steps):
    browser = browse()
    browser.login("township_a")
    assert browser.post("/account/second/check", code=code_of(owner[0], steps)).status_code == 302
    assert is_in(browser)


@pytest.mark.parametrize("steps", some([-2, 2, -100, 100], every=2))
def test_a_clock_further_off_does_not(browse, owner, steps):
    browser = browse()
    browser.login("township_a")
    assert browser.post("/account/second/check", code=code_of(owner[0], steps)).status_code == 422
    assert not is_in(browser)


def test_a_code_is_taken_once_and_none_of_before_it(browse, owner):
    first, second_, third = browse(), browse(), browse()
    for browser in (first, second_, third):
        browser.login("township_a")
    code, before = code_of(owner[0]), code_of(owner[0], -1)
    assert first.post("/account/second/check", code=code).status_code == 302
    assert second_.post("/account/second/check", code=code).status_code == 422
    assert third.post("/account/second/check", code=before).status_code == 422
    assert not is_in(second_) and not is_in(third)
    assert second_.post("/account/second/check", code=code_of(owner[0], 1)).status_code == 302


def test_the_code_that_set_it_up_lets_nobody_in(browse, world):
    secret, _codes = set_up(browse("county"))
    browser = browse()
    browser.login("county")
    assert browser.post("/account/second/check", code=code_of(secret)).status_code == 422


def test_two_who_send_one_code_at_the_same_moment_are_not_both_let_in(world, browse, owner):
    from tests import make

    with world.store.read() as session:
        actor = replace(make.actor(session, "township_a"), session_id=1)
    passed = second.Passed(int(clock.now().timestamp()) // second.STEP)
    with world.store.write() as session:
        second._use(session, actor, passed, NOWHERE)
    with world.store.write() as session, pytest.raises(second.Refused, match="not right"):
        second._use(session, actor, passed, NOWHERE)


ODD = [
    "",
    "12345",
    "1234567",
    "abcdef",
    "000000 000000",
    "１２３４５６",
    "\ud7ff",
    "1" * 41,
    "-12345",
    "12 34 56 78",
    "\x00" * 6,
]


@pytest.mark.parametrize("code", some(ODD, every=4), ids=ascii)
def test_what_is_no_code_is_refused_and_lets_nobody_in(browse, owner, code):
    browser = browse()
    browser.login("township_a")
    assert browser.post("/account/second/check", code=code).status_code == 422
    assert not is_in(browser)


def test_guessing_is_braked_as_for_passwords_and_the_right_code_waits_too(world, browse, owner):
    browser = browse()
    browser.login("township_a")
    answers = [browser.post("/account/second/check", code="000000").status_code for _try in range(7)]
    assert answers == [422] * 5 + [429] * 2
    assert browser.post("/account/second/check", code=code_of(owner[0])).status_code == 429
    assert acts(world, "second.failed") == 5
    with clock.at(clock.now() + timedelta(minutes=20)):
        assert browser.post("/account/second/check", code=code_of(owner[0])).status_code == 302


# --- recovery codes ---


def test_each_of_ten_recovery_codes_lets_in_once(world, browse, owner):
    _secret, codes = owner
    assert len(set(codes)) == 10 and all(re.fullmatch(r"\d{4} \d{4} \d{4}", code) for code in codes)
    for code in (codes[0], codes[9].replace(" ", "")):
        browser = browse()
        browser.login("township_a")
        assert browser.post("/account/second/check", code=code).status_code == 302
        assert is_in(browser)
        again = browse()
        again.login("township_a")
        assert again.post("/account/second/check", code=code).status_code == 422
    assert acts(world, "second.recovery") == 2
    assert "8 recovery codes are left" in browser.get("/account/second").text


def test_recovery_codes_are_kept_as_hashes_and_shown_once(world, browse, owner):
    secret, codes = owner
    with world.store.read() as session:
        kept = session.scalars(select(RecoveryCode.code_hash)).all()
        sealed = session.scalars(select(SecondFactor.sealed)).one()
        log = str([entry.detail for entry in session.scalars(select(AuditEntry))])
    assert len(kept) == 10 and all(hash_.startswith("$argon2id$") for hash_ in kept)
    plain = [code.replace(" ", "") for code in codes]
    assert secret not in sealed and not any(code in log or secret in log for code in plain)
    browser = browse()
    browser.login("township_a")
    browser.post("/account/second/check", code=code_of(secret))
    page = browser.get("/account/second").text
    assert secret not in page.replace(" ", "") and codes[5] not in page


def test_nobody_elses_recovery_code_does(browse, owner):
    with clock.at(NOW):
        set_up(browse("county"))
    browser = browse()
    browser.login("county")
    assert browser.post("/account/second/check", code=owner[1][0]).status_code == 422


# --- setting it up ---


def test_setting_it_up_wants_the_password_and_a_first_code(world, browse):
    browser = browse("township_a")
    assert browser.post("/account/second/begin", current="wrong").status_code == 422
    assert browser.post("/account/second/confirm", code="123456").status_code == 422
    began = browser.post("/account/second/begin", follow=True, current=PASSWORD)
    assert browser.post("/account/second/confirm", code="000000").status_code == 422
    other = browse()
    assert other.login("township_a").location == "/", "what is not confirmed is not asked for"
    assert secret_of(began) == secret_of(browser.get("/account/second")), "the page shows it until it is confirmed"


def test_begun_again_the_first_secret_counts_no_more(browse):
    browser = browse("township_a")
    first = secret_of(browser.post("/account/second/begin", follow=True, current=PASSWORD))
    browser.post("/account/second/begin", follow=True, current=PASSWORD)
    assert browser.post("/account/second/confirm", code=code_of(first)).status_code == 422


def test_what_is_set_up_is_not_replaced_without_a_code(browse, owner):
    browser = browse()
    browser.login("township_a")
    assert browser.post("/account/second/begin", current=PASSWORD).status_code == 422
    browser.post("/account/second/check", code=code_of(owner[0]))
    assert browser.post("/account/second/begin", current=PASSWORD).status_code == 422
    assert browser.post("/account/second/off", code="000000").status_code == 422
    with clock.at(clock.now() + STEP):
        assert browser.post("/account/second/off", code=code_of(owner[0])).status_code == 303
        assert browse().login("township_a").location == "/"


def test_setting_it_up_ends_the_other_log_ins(browse):
    other, browser = browse("township_a"), browse("township_a")
    set_up(browser)
    assert is_in(browser) and not is_in(other)


def test_it_is_offered_to_desks_and_not_to_officers(browse):
    assert "/account/second" in browse("township_a").get("/account").text
    assert "/account/second" not in browse("officer_a1").get("/account").text


# --- who has to ---


@pytest.mark.parametrize("value", ["off", "admins", "desks"])
def test_the_setting_asks_whom_it_says_and_officers_never(world, browse, value):
    setting(world, value)
    asked = {
        login
        for login in ("officer_a1", "township_a", "county", "liaison", "leader", "inspector", "admin", "auditor")
        if "/account/second" in (browse().login(login).location or "")
    }
    assert (
        asked
        == {
            "off": set(),
            "admins": {"admin", "auditor"},
            "desks": {"township_a", "county", "liaison", "leader", "inspector", "admin", "auditor"},
        }[value]
    )
    assert rules.SECOND_FACTOR["desks"] == {role for role, *_ in PEOPLE.values()} - {"grid_officer"}


def test_who_has_to_is_led_to_set_it_up_and_can_do_nothing_else(world, browse):
    setting(world, "desks")
    browser = browse()
    assert browser.login("township_a").location == "/account/second"
    for address in ("/desk", "/account", "/people", "/account/password"):
        assert browser.client.get(address).location.startswith("/account/second"), address
    assert "Your role needs a second factor" in browser.get("/account/second").text
    set_up(browser, current="")
    assert is_in(browser) and is_in(browser, "/account")
    with clock.at(NOW + STEP):
        assert browser.post("/account/second/off", code=code_of(secret_now(world))).status_code == 303
        assert not is_in(browser), "and sets up another at once"


def secret_now(world):
    with world.store.read() as session:
        return second.opened([KEY], session.scalars(select(SecondFactor.sealed)).one())


def test_an_administrator_sets_the_setting_and_nothing_it_does_not_offer(browse):
    admin = browse("admin")
    for value, status in (("everybody", 422), ("", 422), ("desks", 303)):
        sent = {"value-second_factor": value, "drawn-second_factor": "off"}
        assert admin.post("/settings/login", **sent).status_code == status, value


# --- a lost phone ---


def test_the_tier_above_resets_it_and_its_owner_is_told(world, browse, owner):
    whose = world.people["township_a"]
    for login in ("officer_a1", "township_a_two", "township_b", "liaison", "auditor"):
        assert browse(login).post(f"/people/{whose}/second/reset").status_code in (403, 404), login
    assert "Reset the second factor" in browse("county").get(f"/people/{whose}").text
    assert browse("county").post(f"/people/{whose}/second/reset").status_code == 302
    browser = browse()
    answer = browser.login("township_a")
    assert answer.location.startswith("/account/notices"), "and the log-in is whole again"
    assert "county reset the second factor of your account" in browser.get("/account/notices").text
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    assert browse("county").post(f"/people/{whose}/second/reset").status_code == 422, "there is none any more"


def test_a_reset_ends_all_log_ins(world, browse, owner):
    browser = browse()
    browser.login("township_a")
    browser.post("/account/second/check", code=code_of(owner[0]))
    assert is_in(browser)
    browse("county").post(f"/people/{world.people['township_a']}/second/reset")
    assert not is_in(browser)


# --- a restored database under another key ---


def test_under_another_key_the_app_cannot_be_checked_and_a_recovery_code_leads_to_setting_it_up_anew(
    app, world, browse, owner, monkeypatch
):
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key of sufficient length 0123456789ab")
    setting(world, "desks")
    browser = browse()
    assert "This server has a new key" in browser.login("township_a").text
    answer = browser.post("/account/second/check", code=code_of(owner[0]))
    assert answer.status_code == 422 and "This server has a new key" in answer.text
    assert not is_in(browser)
    assert browser.post("/account/second/check", code=owner[1][0]).status_code == 302
    assert not is_in(browser)
    assert acts(world, "second.off") == 1, "what the app had stands in the log as gone"
    set_up(browser, current="")
    assert is_in(browser)


def test_a_rotated_key_still_opens_it_and_the_next_log_in_seals_it_anew(app, world, browse, owner, monkeypatch):
    old, new = app.config["SECRET_KEY"], "another key of sufficient length 0123456789ab"
    monkeypatch.setitem(app.config, "SECRET_KEY", new)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [old])
    browser = browse()
    browser.login("township_a")
    assert browser.post("/account/second/check", code=code_of(owner[0])).status_code == 302 and is_in(browser)
    with world.store.read() as session:
        assert second.opened([new], session.scalars(select(SecondFactor.sealed)).one()) == owner[0]


def test_what_is_sealed_opens_with_its_key_alone_and_never_twice_alike():
    old, new = "k" * 40, "l" * 40
    sealed = second.seal([old], "SECRET")
    assert second.opened([old], sealed) == second.opened([new, old], sealed) == "SECRET"
    assert second.opened([new], sealed) is None and second.opened([old], "x") is None
    assert sealed != second.seal([old], "SECRET")


def test_a_half_log_in_is_half_in_the_records_too(world, browse, owner):
    browser = browse()
    browser.login("township_a")
    with world.store.read() as session:
        newest = select(LoginSession.is_half).order_by(LoginSession.id.desc()).limit(1)
        assert session.scalar(newest) is True
    browser.post("/account/second/check", code=code_of(owner[0]))
    with world.store.read() as session:
        assert session.scalar(newest) is False
