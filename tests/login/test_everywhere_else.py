"""One's own log-ins on the account page, and the button that ends all of them but the one it was pressed in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from webapp.core import clock
from webapp.core.models import AuditEntry
from webapp.login.models import LoginSession

BUTTON = "/account/phones/end-others"


def listed(browser):
    """The log-ins that the account page lists beside this one."""
    return re.findall(r"/account/phones/(\d+)/end\"", browser.get("/account").text)


def press(browser):
    """The button, and the page after it, in English."""
    browser.get("/language?lang=en&next=/account")
    return browser.post(BUTTON, follow=True).text


def comes_in(browser):
    """Whether the browser's log-in still counts."""
    return browser.client.get("/account").status_code == 200


def test_the_button_ends_all_others_a_remembered_phone_among_them_and_says_how_many_it_listed(world, browse):
    phone, old, here, other = browse(), browse("officer_a1"), browse("officer_a1"), browse("officer_a2")
    phone.login("officer_a1", remember="y")
    assert len(listed(here)) == 2
    assert "2 other log-ins were ended." in press(here)
    assert [comes_in(browser) for browser in (phone, old, here, other)] == [False, False, True, True]
    assert listed(here) == [] and BUTTON not in here.get("/account").text
    with world.store.read() as session:
        lines = session.scalars(select(AuditEntry).where(AuditEntry.action == "logout.others")).all()
    me = world.people["officer_a1"]
    assert [(line.person_id, line.thing, line.detail) for line in lines] == [(me, f"person:{me}", {"sessions": 2})]


def test_who_is_logged_in_nowhere_else_is_told_so_and_the_log_has_no_line(world, browse):
    here = browse("county")
    assert "not logged in anywhere else" in press(here) and comes_in(here)
    with world.store.read() as session:
        assert not session.scalars(select(AuditEntry).where(AuditEntry.action == "logout.others")).all()


def test_a_desk_that_was_left_alone_is_neither_listed_nor_counted_and_ends_all_the_same(world, browse):
    left, busy, here = browse("county"), browse("county"), browse("county")
    with clock.at(clock.now() + timedelta(minutes=29)):
        assert comes_in(busy) and comes_in(here)
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert not comes_in(left) and len(listed(here)) == 1
        assert "1 other log-in was ended." in press(here)
    with world.store.read() as session:
        assert len(session.scalars(select(LoginSession).where(LoginSession.revoked_at.is_(None))).all()) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_since_when_and_that_what_is_being_written_stays_where_it_is(browse, lang):
    browse("township_a")
    page = browse("township_a").get(f"/language?lang={lang}&next=/account").text
    assert page.count(' class="row-title"') >= 3 and BUTTON in page
    if lang == "en":
        assert page.count(", last used ") == 2 and "stays on its open page there" in page
