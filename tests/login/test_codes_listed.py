"""Log-in codes for the county office and the administrators stand on a list that these read, also after the code itself
would be gone; and the desk says when one was given that its reader has not seen."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests import make
from tests.login.test_login import CODE, code_hash, give_code
from webapp.access import SYSTEM
from webapp.accounts import service
from webapp.core import clock
from webapp.core.models import AuditEntry
from webapp.core.retention import log_months, months_ago
from webapp.login import queries, retention
from webapp.login.models import LoginCode
from webapp.ops.retention import purge
from webapp.people.models import Posting

__all__ = ["code_hash"]  # a fixture
DAY = timedelta(days=1)


def from_command(world, code_hash, to):
    """A code as ``wangge admin code`` gives it."""
    with world.store.write() as session:
        return service.give_code(session, SYSTEM, world.people[to], code_hash)


def lines(world, login="auditor"):
    """What the list has for a reader: for whom, by whom, whether from the command line, whether used."""
    with world.store.read() as session:
        return [
            (line.person.login, line.giver.login, line.is_from_command, line.code.used_at is not None)
            for line in queries.codes(session, make.actor(session, login), 0, 99)
        ]


@pytest.fixture
def given(world, browse, code_hash):
    """Three codes for accounts at the top, one of them used, and two for accounts below."""
    for days, to, by in (
        (5, "county_two", "admin"),
        (4, "officer_a1", "township_a"),
        (2, "township_a", "county"),
    ):
        with clock.at(clock.now() - days * DAY):
            give_code(world, code_hash, to, by)
            if to == "county_two":
                assert browse().login(to, CODE).status_code == 200
    with clock.at(clock.now() - DAY):
        from_command(world, code_hash, "auditor")
    from_command(world, code_hash, "admin")
    return world


def test_the_list_has_every_code_of_the_county_tier_newest_first_and_none_of_those_below(given):
    wanted = [
        ("admin", "admin", True, False),
        ("auditor", "auditor", True, False),
        ("county_two", "admin", False, True),
    ]
    assert lines(given) == lines(given, "county") == wanted


@pytest.mark.parametrize("login", ["admin", "township_a_two", "officer_a2", "liaison", "leader", "inspector"])
def test_nobody_else_reads_it(given, login):
    with given.store.read() as session:
        actor = make.actor(session, login)
        assert not actor.may("code.read") and queries.codes(session, actor, 0, 99) == []
        assert queries.count_codes(session, actor) == 0


def test_the_page_says_for_whom_by_whom_when_and_what_became_of_it(given, browse):
    page = browse("county").get("/language?lang=en&next=/codes").text
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page)
    assert len(rows) == 3 and "3 codes" in page
    assert "the command line" in rows[0] and "valid until" in rows[0] and "System administrator" in rows[0]
    assert "(auditor), Audit administrator" in rows[1] and "the command line" in rows[1] and "never, expired" in rows[1]
    assert "(county_two), County office" in rows[2] and ">used " in rows[2]


def test_both_who_read_it_have_a_way_there_and_nobody_else(browse):
    ways = {"county": "/people", "auditor": "/log", "admin": "/people", "township_b": "/people"}
    found = {login for login, page in ways.items() if 'href="/codes"' in browse(login).get(page).text}
    assert found == {"county", "auditor"}


def test_the_desk_says_how_many_are_new_to_its_reader_until_he_has_looked(given, browse):
    county = browse("county")
    county.get("/language?lang=en&next=/desk")
    assert "3 log-in codes were given" in county.get("/desk").text
    for _ in range(2):
        county.get("/codes")
    assert "log-in code" not in county.get("/desk").text
    with given.store.read() as session:
        seen = session.scalars(select(AuditEntry.person_id).where(AuditEntry.action == "codes.seen")).all()
        assert seen == [given.people["county"]], "noted once, and for him alone"
        assert queries.unseen_codes(session, make.actor(session, "auditor")) == 3
    with clock.at(clock.now() + timedelta(seconds=5)):
        from_command(given, "x", "county_two")
    with clock.at(clock.now() + timedelta(seconds=9)):
        assert "1 log-in code was given" in county.get("/desk").text
    with clock.at(clock.now() + 8 * DAY), given.store.read() as session:
        assert queries.unseen_codes(session, make.actor(session, "county")) == 0


def test_a_posting_that_is_ended_for_a_moment_hides_no_code(given):
    with given.store.write() as session:
        session.execute(
            update(Posting).where(Posting.person_id == given.people["auditor"]).values(valid_to=Posting.valid_from)
        )
    assert ("auditor", "auditor", True, False) in lines(given, "county")


def test_they_stay_as_long_as_the_log_while_those_below_go_after_a_week(given):
    with clock.at(clock.now() + retention.ENDED + 5 * DAY), given.store.write() as session:
        purge(session)
    assert [to for to, *_ in lines(given)] == ["admin", "auditor", "county_two"]
    with given.store.read() as session:
        assert session.scalar(select(func.count()).select_from(LoginCode)) == 3
    with given.store.write() as session:
        months = log_months(session)
        session.execute(
            update(LoginCode).values(used_at=None, expires_at=months_ago(months) - DAY, given_at=months_ago(months + 1))
        )
        first = session.scalar(select(func.min(LoginCode.id)))
        session.execute(update(LoginCode).where(LoginCode.id == first).values(expires_at=months_ago(months) + DAY))
        assert retention.CODES.drop(session, 99) == 2
    assert [to for to, *_ in lines(given)] == ["county_two"]


def test_the_number_beside_the_title_is_that_of_all_pages_of_the_list(world, browse):
    with world.store.write() as session:
        now = clock.now()
        session.add_all(
            LoginCode(
                person_id=world.people["county_two"],
                code_hash="x",
                given_by=world.people["admin"],
                given_at=now - number * DAY,
                expires_at=now - number * DAY,
            )
            for number in range(53)
        )
    auditor = browse("auditor")
    pages = [auditor.get(f"/codes?page={number}").text for number in (1, 2)]
    assert [page.count('<th scope="row">') for page in pages] == [50, 3]
    assert all("53" in page for page in pages)
