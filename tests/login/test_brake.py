"""The brake stops who guesses, and never keeps out the person whose account it is."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from tests.conftest import PASSWORD
from tests.login.test_login import CODE, code_hash, give_code
from tests.short import FULL
from webapp.core import passwords
from webapp.core.addresses import network
from webapp.core.errors import Busy, Refused
from webapp.core.models import Throttle
from webapp.login import brake
from webapp.login import service as login
from webapp.login.brake import TooMany, Where
from webapp.login.onward import MOST_KNOWN, here, know
from webapp.people.models import Person

__all__ = ["code_hash"]  # a fixture


def from_address(browser, address):
    """The same browser on another line."""
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def guess(world, times=30, addresses=25, secret="wrong", name="officer_a1"):
    """Strangers who fail, from many addresses; how many of their tries were looked at."""
    looked_at = 0
    for number in range(times):
        where = Where(f"10.0.{number % addresses}.1")
        try:
            with world.store.read() as session:
                login.check(session, name, secret, where)
        except TooMany:
            continue
        except Refused:
            looked_at += 1
            with world.store.write() as session:
                login.failed(session, name, where, secret)
    return looked_at


def test_thirty_wrong_passwords_from_everywhere_do_not_keep_out_a_known_device(world, browse):
    phone = browse("officer_a1")
    phone.post("/logout")
    guess(world, 40)
    refused = from_address(browse(), "10.9.9.9").login("officer_a1")
    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert from_address(phone, "10.8.8.8").login("officer_a1").status_code == 302, "wherever the device is"


def test_a_known_device_has_an_allowance_of_its_own_and_no_more(world, browse):
    thief = browse("officer_a1")
    thief.post("/logout")
    for _ in range(5):
        assert thief.login("officer_a1", "wrong").status_code == 422
    assert thief.login("officer_a1").status_code == 429
    assert browse().login("officer_a1").status_code == 302


def test_a_device_is_known_to_the_accounts_that_logged_in_on_it_and_to_no_other(world, browse):
    shared = browse("officer_a1")
    shared.login("officer_a2")
    guess(world)
    guess(world, name="officer_b1")
    shared.post("/logout")
    assert shared.login("officer_b1").status_code == 429
    assert shared.login("officer_a1").status_code == 302


def test_a_device_that_says_itself_that_it_is_known_is_not_believed(world, browse):
    honest = browse("officer_a1").client.get_cookie("wangge").value
    guess(world)
    browser = browse()
    browser.token()
    sent = browser.client.get_cookie("wangge").value
    browser.client.set_cookie("wangge", honest.rpartition(".")[0] + "." + sent.rpartition(".")[2])
    assert browser.login("officer_a1").status_code == 429


def test_a_cookie_does_not_grow_with_the_people_of_an_office(world, app):
    with app.test_request_context():
        for person_id in range(1, 100):
            know(person_id)
        assert len(here().people) == MOST_KNOWN and 99 in here().people


@pytest.mark.parametrize("secret", ["wrong", "111111"])
def test_a_fresh_code_clears_the_brake_and_lets_in_from_a_fresh_address(world, browse, code_hash, secret):
    guess(world, 40, secret=secret)
    give_code(world, code_hash)
    guess(world, 40)  # they go on guessing at the password meanwhile
    assert from_address(browse(), "10.7.7.7").login("officer_a1", CODE).status_code == 200


def test_a_slip_of_twelve_digits_is_braked_by_address_alone(world, browse):
    slip = "123456789012"
    give_code(world, passwords.make_light(slip))
    assert guess(world, 40, addresses=40, secret="999999999999") == 40
    assert guess(world, 20, addresses=1, secret="999999999999") <= 5
    assert from_address(browse(), "10.7.7.7").login("officer_a1", slip).status_code == 200


def test_codes_that_are_guessed_at_are_braked_over_all_addresses(world, code_hash):
    give_code(world, code_hash)
    assert guess(world, 100, addresses=50, secret="000000") == 30


def test_an_office_behind_one_address_is_never_braked(world, browse):
    """Sixty people, each of whom mistypes once or twice before it is right, all at the same time of day."""
    with world.store.read() as session:
        names = list(session.scalars(select(Person.login).where(Person.password_hash.is_not(None))))
    people = [(names[number % len(names)], number // len(names)) for number in range(60 if FULL else 20)]
    office = {person: browse() for person in people}
    for person, browser in office.items():  # first all who mistype, then all who do not
        if person[1] % 2:
            assert browser.login(person[0], "mistyped").status_code == 422
    for person, browser in office.items():
        assert browser.login(person[0]).status_code == 302, person


def test_what_an_office_mistyped_is_taken_back_when_it_was_right_at_last(world, browse):
    browser = browse()
    for _ in range(3):
        browser.login("officer_a1", "mistyped")
    browser.login("officer_a1")
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Throttle)) == 0


def test_whoever_tries_one_password_on_many_names_from_one_address_is_braked(world):
    where = Where("10.1.1.1")
    looked_at = 0
    with world.store.write() as session:
        limits = brake.limits(session, "somebody", where, None, "x")
        most = limits["from:10.1.1.1"]
        for number in range(most + 20):
            try:
                brake.check(session, brake.limits(session, f"name{number}", where, None, "x"))
            except TooMany:
                continue
            looked_at += 1
            login.failed(session, f"name{number}", where)
    assert looked_at == most


def test_known_and_unknown_names_are_braked_in_the_same_words(world, browse):
    guess(world)
    guess(world, name="nobody_here")
    pages = [browse().login(name) for name in ("officer_a1", "nobody_here")]
    said = [page.text.split("tone-late")[1].split("</p>")[0] for page in pages]
    assert said[0] == said[1] and {page.status_code for page in pages} == {429}
    assert len({page.headers["Retry-After"] for page in pages}) <= 2


def test_ten_thousand_tries_of_fifty_addresses_are_looked_at_sixty_times_at_most(world, browse):
    phone = browse("officer_a1")
    phone.post("/logout")
    times, threads = (10_000, 8) if FULL else (160, 4)
    with ThreadPoolExecutor(threads) as pool:
        each = [pool.submit(guess, world, times // threads, 50) for _ in range(threads)]
        assert phone.login("officer_a1").status_code == 302, "meanwhile"
        looked_at = sum(one.result() for one in each)
    assert 0 < looked_at <= 60
    phone.post("/logout")
    assert phone.login("officer_a1").status_code == 302, "afterwards"


def test_when_it_is_not_ones_turn_nothing_is_hashed_or_counted(world, browse, monkeypatch):
    @contextmanager
    def full(name):
        from webapp.core import pools

        raise pools.busy(name)
        yield

    monkeypatch.setattr("webapp.login.views.IN_TURN", lambda: full("password"))
    monkeypatch.setattr(passwords, "fits", lambda *_args, **_more: pytest.fail("hashed"))
    page = browse().login("officer_a1")
    assert page.status_code == 503 and page.headers["Retry-After"]
    assert 'value="officer_a1"' in page.text
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Throttle)) == 0
        with pytest.raises(Busy):
            login.check(session, "officer_a1", PASSWORD, Where(), turn=lambda: full("password"))


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("somewhere", "somewhere"),
        (None, "-"),
    ],
)
def test_an_address_stands_for_who_sits_behind_it(address, stands_for):
    assert network(address) == stands_for
