"""Hundreds of people at once: few statements, no long write, all or nothing."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from tests import engines, make
from tests.accounts.test_account_pages import send, slips
from tests.accounts.test_sheet import ROWS, csv_bytes, rows_of, xlsx
from webapp.accounts import service, sheet_acts
from webapp.accounts import views as account_views
from webapp.core import clock, passwords
from webapp.core.models import AuditEntry
from webapp.login.models import LoginCode, LoginSession
from webapp.people.models import Person, Posting


@contextmanager
def statements(store):
    """What is sent to the database meanwhile, but for the inserts:
    how those are put together is the library's affair."""
    sent = []

    def note(_connection, _cursor, statement, _values, _context, _many):
        if not statement.startswith("INSERT"):
            sent.append(statement)

    for engine in engines.heard(store):
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines.heard(store):
            event.remove(engine, "before_cursor_execute", note)


def rows(number):
    """So many officers, and a committee for each tenth."""
    return rows_of(
        csv_bytes(
            [
                [f"人{i}", None, f"many{i}", None, "网格员", ("甲1村", "甲2村", "乙1村")[i % 3], None, None, None]
                for i in range(number)
            ]
            + [[None] * 5 + ["甲3村", f"甲3村委会{i}", None, None] for i in range(0, number, 10)]
        )
    )


def test_a_rehearsal_asks_as_little_for_many_rows_as_for_few(world):
    counts = []
    for number in (10, 200):
        with statements(world.store) as sent, world.store.read() as session:
            outcome = sheet_acts.rehearse(session, make.actor(session, "county"), rows(number))
        assert len(outcome.people) == number
        counts.append(len(sent))
        assert [text for text in sent if not text.lstrip().startswith("SELECT")] == []
    assert counts[0] == counts[1] < 30


def test_carrying_out_takes_as_few_statements_for_many_rows_as_for_few(world):
    counts = []
    for number in (20, 200):
        with statements(world.store) as sent, world.store.write() as session:
            sheet_acts.apply(
                session, make.actor(session, "county"), rows(number), {f"many{i}": "hash" for i in range(number)}
            )
        counts.append(len(sent))
    assert counts[0] == counts[1] < 30


def test_everything_of_a_large_sheet_is_there_with_its_code_and_its_line_in_the_log(world):
    with world.store.write() as session:
        sheet_acts.apply(session, make.actor(session, "county"), rows(50), {f"many{i}": f"hash{i}" for i in range(50)})
    with world.store.read() as session:
        found = session.execute(
            select(Person.login, LoginCode.code_hash, Posting.role)
            .join(LoginCode, LoginCode.person_id == Person.id)
            .join(Posting, Posting.person_id == Person.id)
        ).all()
        acts = dict(session.execute(select(AuditEntry.action, func.count()).group_by(AuditEntry.action)).all())
    assert sorted(tuple(row) for row in found) == sorted((f"many{i}", f"hash{i}", "grid_officer") for i in range(50))
    assert acts | {"person.create": 50, "posting.grant": 50, "code.give": 50, "body.create": 5} == acts


def test_a_sheet_can_be_rehearsed_while_somebody_writes(world, browse):
    county = browse("county")
    county.get("/people/import")
    with world.store.write() as session:
        session.add(make.person(session, "in_between"))
        assert send(county, xlsx(ROWS)).status_code == 200


def test_a_desk_given_by_a_sheet_ends_the_remembered_phone(world):
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
    lines = rows_of(csv_bytes([["officer_a1", None, "officer_a1", None, "乡镇环保所", "甲镇", None, None, None]]))
    with world.store.write() as session:
        assert not sheet_acts.apply(session, make.actor(session, "county"), lines, {}).findings
    with world.store.read() as session:
        assert session.scalar(select(LoginSession.revoked_at)) is not None


def test_an_administrator_gets_no_desk_by_a_sheet_and_neither_in_two_rows(world):
    bad = [
        ["auditor", None, "auditor", None, "网格员", "甲1村", None, None, None],
        ["双", None, "both", None, "网格员", "甲1村", None, None, None],
        ["双", None, "both", None, "审计管理员", None, None, None, None],
    ]
    with world.store.read() as session:
        outcome = sheet_acts.rehearse(session, make.actor(session, "admin"), rows_of(csv_bytes(bad)))
    assert [(found.row.number, found.column) for found in outcome.findings] == [(2, "login"), (4, "role")]


def test_who_becomes_an_equal_in_one_row_is_not_posted_by_the_next(world):
    rows_ = [
        ["新", None, "equal", None, "系统管理员", None, None, None, None],
        ["新", None, "equal", None, "系统管理员", None, None, "2031-01-01", None],
    ]
    with world.store.read() as session:
        outcome = sheet_acts.rehearse(session, make.actor(session, "admin"), rows_of(csv_bytes(rows_)))
    assert [(found.row.number, found.column) for found in outcome.findings] == [(3, "login")]


# --- slips ---


@pytest.fixture
def waiting(world):
    """Five people who never logged in."""
    with world.store.write() as session:
        sheet_acts.apply(session, make.actor(session, "county"), rows(5), {f"many{i}": "hash" for i in range(5)})
        return dict(session.execute(select(Person.id, Person.login).where(Person.login.like("many%"))).all())


def test_slips_are_given_in_short_writes_and_all_stand_on_one_page(world, browse, waiting, monkeypatch):
    monkeypatch.setattr(account_views, "SLIPS_AT_ONCE", 2)
    county, writes = browse("county"), []
    real = service.give_slips
    monkeypatch.setattr(
        service, "give_slips", lambda session, actor, hashes: writes.append(len(hashes)) or real(session, actor, hashes)
    )
    given = slips(county.post("/people/slips"))
    assert set(given) == set(waiting.values())
    assert writes == [2, 2, 1]
    assert browse().login("many3", given["many3"]).status_code == 200


def test_slips_take_as_few_statements_for_many_as_for_one(world, waiting):
    counts = []
    for ids in (list(waiting)[:1], list(waiting)):
        with statements(world.store) as sent, world.store.write() as session:
            service.give_slips(session, make.actor(session, "county"), dict.fromkeys(ids, "hash"))
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_no_slip_is_given_to_whom_one_does_not_help_or_who_came_in_meanwhile(world, browse, waiting):
    came = next(id_ for id_, login in waiting.items() if login == "many0")
    with world.store.write() as session:
        service.give_code(session, make.actor(session, "county"), came, passwords.make_light("482109375512"))
    browse().login("many0", "482109375512")
    with world.store.write() as session:
        ids = dict.fromkeys([*waiting, world.people["county"]], "new")
        given = {
            waiting[code.person_id] for code in service.give_slips(session, make.actor(session, "township_a"), ids)
        }
    assert given == {"many1", "many3", "many4"}, "many2 is of another township"
