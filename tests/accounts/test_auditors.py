"""Audit administrators are made, helped and ended by the command line alone; and whoever's account others touched is
told so at the next log-in, until he says that he has seen it."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests import make
from tests.short import some
from webapp.access import SYSTEM
from webapp.accounts import service
from webapp.cli import main
from webapp.core import clock, passwords
from webapp.core.errors import NotFound, Refused
from webapp.core.models import AuditEntry
from webapp.people import rules
from webapp.people.models import Person, Posting

HELPERS = ("admin", "county", "township_a", "auditor", "leader", "officer_a1")


def state(world):
    """All that an act could change of the auditor."""
    with world.store.read() as session:
        person = session.get_one(Person, world.people["auditor"])
        posting = session.scalars(select(Posting).where(Posting.person_id == person.id)).one()
        return person.zh, person.phone, person.login, person.password_hash, person.suspended_at, posting.valid_to


ACTS = {
    "code": {},
    "edit": {"zh": "other", "phone": "110"},
    "suspend": {},
    "resume": {},
    "second/reset": {},
    "postings/new": {"role": "audit_admin", "place": "-", "first": "2027-01-01"},
    "postings/{posting}/end": {},
    "phones/1/end": {},
}


@pytest.mark.parametrize("act", some(ACTS, every=3))
def test_nobody_on_a_page_touches_an_audit_administrator(world, browse, act):
    who, before = world.people["auditor"], state(world)
    with world.store.read() as session:
        posting = session.scalars(select(Posting.id).where(Posting.person_id == who)).one()
    for login in HELPERS:
        answer = browse(login).post(f"/people/{who}/{act.format(posting=posting)}", **ACTS[act])
        assert answer.status_code in (403, 404), login
    assert state(world) == before


def test_no_page_offers_the_role_and_no_form_makes_it(world, browse):
    admin = browse("admin")
    assert "audit_admin" not in admin.get("/people/new").text
    assert 'name="place"' not in admin.get("/people/new?role=audit_admin").text, "the roles are offered instead"
    form = {"role": "audit_admin", "place": "-", "first": clock.today().isoformat(), "zh": "x", "login": "another"}
    assert admin.post("/people/new", **form).status_code == 404
    with world.store.write() as session, pytest.raises(Refused, match="cannot give this role"):
        entry = service.PostingEntry("audit_admin", None, None, clock.today())
        service.create_person(session, make.actor(session, "admin"), service.PersonEntry("another", "x"), entry)
    assert rules.givers("audit_admin") == rules.above("audit_admin") == frozenset()


def test_a_person_who_was_one_is_nobody_elses_either(world):
    with world.store.write() as session:
        service.end_auditor(session, world.people["auditor"])
    with world.store.write() as session, pytest.raises(NotFound):
        service.give_code(session, make.actor(session, "admin"), world.people["auditor"], "hash")


@pytest.fixture
def wangge(world, tmp_path, monkeypatch):
    """The command line on the small county."""
    monkeypatch.setenv("DATABASE_URL", world.store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def run(*words):
        return CliRunner().invoke(main, words)

    return run


def test_the_command_line_makes_helps_and_ends_them(world, browse, wangge):
    made = wangge("auditor", "create", "second_auditor", "--name", "Second", "--password", "long enough")
    assert made.exit_code == 0, made.output
    reader = browse()
    assert reader.login("second_auditor", "long enough").status_code == 302
    assert reader.client.get("/log").status_code == 200
    assert wangge("admin", "code", "second_auditor").exit_code == 0
    assert reader.client.get("/log").status_code == 302, "the code ended his log-in"
    assert wangge("auditor", "end", "auditor").exit_code == 0
    assert wangge("auditor", "end", "auditor").exit_code == 1
    assert "is no audit administrator" in wangge("auditor", "end", "county").output
    assert wangge("auditor", "end", "nobody").exit_code == 1
    assert wangge("second-factor", "reset", "county").exit_code == 1, "there is none"
    with world.store.read() as session:
        assert session.scalars(select(Posting).where(Posting.person_id == world.people["auditor"])).one().valid_to
        noted = session.scalars(select(AuditEntry.person_id).where(AuditEntry.action == "posting.end")).all()
    assert noted == [None]


# --- what others did to one's account ---


CODE = "123456"


def give(world, to, by):
    with world.store.write() as session:
        actor = make.actor(session, by) if by else SYSTEM
        service.give_code(session, actor, world.people[to], passwords.make(CODE))


def come_in(browser, to):
    """By the code, to a new password; where that leads."""
    assert browser.login(to, CODE).status_code == 200
    return browser.post("/account/password", new="another pass word", again="another pass word")


def said(browser):
    return re.findall(r"<li>(.*?)</li>", browser.get("/account/notices").text.split("<main")[1].split("</main")[0])


@pytest.mark.parametrize(
    ("to", "by", "word"), [("county", None, "the command line"), ("officer_a1", "township_a", "township_a")]
)
def test_a_code_that_another_gave_is_told_at_the_next_log_in_until_it_is_seen(world, browse, to, by, word):
    give(world, to, by)
    browser = browse()
    answer = come_in(browser, to)
    assert answer.location.startswith("/account/notices")
    assert len(said(browser)) == 1 and f"{word} gave a log-in code" in said(browser)[0]
    again = browse()
    assert again.login(to, "another pass word", next="/help").location == "/account/notices?next=/help"
    assert "Others changed your log-in" in again.get("/account").text
    assert again.post("/account/notices", next="/help").location == "/help"
    assert browse().login(to, "another pass word", next="/help").location == "/help"
    assert "Others changed your log-in" not in again.get("/account").text
    with world.store.read() as session:
        seen = session.scalars(select(AuditEntry).where(AuditEntry.action == "notice.seen")).one()
        assert (seen.person_id, seen.thing) == (world.people[to], f"person:{world.people[to]}")


def test_what_was_seen_does_not_hide_what_came_after(world, browse):
    give(world, "officer_a1", "township_a")
    browser = browse()
    come_in(browser, "officer_a1")
    browser.post("/account/notices")
    give(world, "officer_a1", "county")
    browser = browse()
    come_in(browser, "officer_a1")
    assert len(said(browser)) == 1 and "county gave" in said(browser)[0]


def test_a_first_slip_is_no_news_and_nobody_elses_code_is(world, browse):
    with world.store.write() as session:
        entry = service.PostingEntry("grid_officer", world.grids["A1"], None, clock.today())
        new = service.create_person(
            session, make.actor(session, "township_a"), service.PersonEntry("new_one", "x"), entry, passwords.make(CODE)
        )
        assert new.id
    give(world, "officer_a1", "township_a")
    browser = browse()
    assert come_in(browser, "new_one").location == "/"
    assert browser.client.get("/account/notices").status_code == 302


def test_where_seen_leads_is_a_page_of_ours(world, browse):
    give(world, "officer_a1", "township_a")
    browser = browse()
    come_in(browser, "officer_a1")
    assert browser.post("/account/notices", next="//evil.example").location == "/"
