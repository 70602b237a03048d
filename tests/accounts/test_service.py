"""Accounts and postings: who may do what to whom, each with its counterpart."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from tests import make
from webapp.access import SYSTEM
from webapp.accounts import bodies, service
from webapp.accounts import queries as account_queries
from webapp.accounts.service import PersonEntry, PostingEntry
from webapp.core import clock, passwords
from webapp.core.errors import NotFound, Refused
from webapp.core.models import AuditEntry
from webapp.login.models import LoginSession
from webapp.people.models import Person, Posting


def entry(world, role, grid=None, body=None, first=None, last=None):
    """A posting entry by the short names of the test county."""
    return PostingEntry(
        role, world.grids[grid] if grid else None, world.bodies[body] if body else None, first or clock.today(), last
    )


def create(world, by, posting, login="new_one"):
    """A new person by an actor, with an open transaction's result kept."""
    with world.store.write() as session:
        return service.create_person(session, make.actor(session, by), PersonEntry(login, "新人"), posting).id


SOON = clock.today() + timedelta(days=3)

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
    ("township_a", "evaluator", "A", None, False),
    ("township_a", "county_office", "county", None, False),
    ("township_a", "system_admin", None, None, False),
    ("county", "grid_officer", "B1", None, True),
    ("county", "township_supervisor", "B", None, True),
    ("county", "township_supervisor", "B1", None, False),
    ("county", "department_liaison", None, "housing", True),
    ("county", "leader", "county", None, True),
    ("county", "evaluator", "county", None, True),
    ("county", "county_office", "county", None, False),
    ("county", "system_admin", None, None, False),
    ("county", "audit_admin", None, None, False),
    ("admin", "county_office", "county", None, True),
    ("admin", "grid_officer", "A1", None, True),
    ("admin", "audit_admin", None, None, True),
    ("admin", "system_admin", None, None, True),
    ("admin", "system_admin", "county", None, False),
    ("auditor", "grid_officer", "A1", None, False),
    ("leader", "grid_officer", "A1", None, False),
    ("officer_a1", "grid_officer", "A1", None, False),
    ("liaison", "department_liaison", None, "housing", False),
    ("inspector", "evaluator", "county", None, False),
]


@pytest.mark.parametrize("by, role, grid, body, may", CREATIONS)
def test_each_tier_makes_accounts_for_those_below_it_and_no_others(world, by, role, grid, body, may):
    posting = entry(world, role, grid, body, last=SOON if role == "evaluator" else None)
    if may:
        assert create(world, by, posting)
        return
    with pytest.raises(Refused):
        create(world, by, posting)
    with world.store.read() as session:
        assert session.scalar(select(Person.id).where(Person.login == "new_one")) is None


def test_an_inspector_needs_a_last_day(world):
    with pytest.raises(Refused) as refusal:
        create(world, "county", entry(world, "evaluator", "county"))
    assert refusal.value.field == "last"


def test_a_log_in_name_is_given_once_whatever_its_letters_case(world):
    create(world, "township_a", entry(world, "grid_officer", "A1"))
    with pytest.raises(Refused) as refusal:
        create(world, "township_b", entry(world, "grid_officer", "B1"), login="NEW_one")
    assert refusal.value.field == "login"


@pytest.mark.parametrize("login", ["a", "two words", "", "x" * 61, "<b>"])
def test_a_log_in_name_that_cannot_be_typed_is_refused(world, login):
    with pytest.raises(Refused):
        create(world, "township_a", entry(world, "grid_officer", "A1"), login=login)


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
    ("admin", "auditor", True),
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


@pytest.mark.parametrize(
    "by, role, grid",
    [
        ("county", "grid_officer", "A1"),
        ("admin", "system_admin", None),
        ("admin", "county_office", "county"),
        ("township_a", "grid_officer", "A1"),
    ],
)
def test_nobody_gives_himself_a_posting(world, by, role, grid):
    with world.store.write() as session, pytest.raises(Refused, match="Nobody gives himself"):
        service.grant_posting(session, make.actor(session, by), world.people[by], entry(world, role, grid))


def test_nobody_ends_or_prolongs_his_own_posting_or_an_equals(world):
    with world.store.write() as session:
        actor = make.actor(session, "township_a")
        for login in ("township_a", "township_a_two", "county"):
            posting = session.scalar(select(Posting.id).where(Posting.person_id == world.people[login]))
            with pytest.raises(NotFound):
                service.end_posting(session, actor, posting)


def test_an_administrator_gets_no_desk_and_a_desk_no_administration(world):
    with world.store.write() as session:
        admin = make.actor(session, "admin")
        with pytest.raises(Refused, match="administrator"):
            service.grant_posting(session, admin, world.people["auditor"], entry(world, "grid_officer", "A1"))
        with pytest.raises(Refused, match="administrator"):
            service.grant_posting(session, admin, world.people["county"], entry(world, "audit_admin"))


def test_an_administration_may_begin_when_the_desk_has_ended(world):
    with world.store.write() as session:
        admin, who = make.actor(session, "admin"), world.people["county"]
        service.end_posting(session, admin, session.scalar(select(Posting.id).where(Posting.person_id == who)), SOON)
        with pytest.raises(Refused, match="administrator"):
            service.grant_posting(session, admin, who, entry(world, "audit_admin", first=SOON))
        service.grant_posting(session, admin, who, entry(world, "audit_admin", first=SOON + timedelta(days=1)))


def test_the_same_posting_is_not_given_twice_for_the_same_days(world):
    with world.store.write() as session:
        actor, who = make.actor(session, "township_a"), world.people["officer_a1"]
        with pytest.raises(Refused, match="already"):
            service.grant_posting(session, actor, who, entry(world, "grid_officer", "A1"))
        service.grant_posting(session, actor, who, entry(world, "grid_officer", "A2"))


def rights(world, login, on=None):
    """The roles in force for somebody on a day."""
    with clock.at(clock.start(on or clock.today())), world.store.read() as session:
        return sorted(posting.role for posting in make.actor(session, login).postings)


def test_a_posting_counts_from_its_first_to_its_last_day_and_not_beyond(world):
    first, last = clock.today() + timedelta(days=2), clock.today() + timedelta(days=4)
    with world.store.write() as session:
        service.grant_posting(
            session,
            make.actor(session, "county"),
            world.people["officer_a1"],
            entry(world, "leader", "A", first=first, last=last),
        )
    day = timedelta(days=1)
    assert rights(world, "officer_a1", first - day) == ["grid_officer"]
    assert rights(world, "officer_a1", first) == rights(world, "officer_a1", last) == ["grid_officer", "leader"]
    assert rights(world, "officer_a1", last + day) == ["grid_officer"]


def test_a_posting_ended_at_once_is_gone_from_the_next_request(world):
    with world.store.write() as session:
        posting = session.scalar(select(Posting.id).where(Posting.person_id == world.people["officer_a1"]))
        service.end_posting(session, make.actor(session, "township_a"), posting)
    assert rights(world, "officer_a1") == []


def test_a_posting_that_has_not_begun_can_be_taken_back(world):
    with world.store.write() as session:
        actor = make.actor(session, "township_a")
        made = service.grant_posting(
            session, actor, world.people["officer_a1"], entry(world, "grid_officer", "A2", first=SOON)
        )
        service.end_posting(session, actor, made.id)
    assert rights(world, "officer_a1", SOON) == ["grid_officer"]


def test_ending_only_shortens(world):
    with world.store.write() as session:
        actor = make.actor(session, "county")
        posting = session.scalar(select(Posting.id).where(Posting.person_id == world.people["inspector"]))
        with pytest.raises(Refused):
            service.end_posting(session, actor, posting, date(2031, 1, 1))
        with pytest.raises(Refused):
            service.end_posting(session, actor, posting, clock.today() - timedelta(days=1))


def test_a_posting_to_a_desk_ends_the_remembered_phone(world):
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
        service.grant_posting(
            session, make.actor(session, "county"), world.people["officer_a1"], entry(world, "township_supervisor", "A")
        )
    with world.store.read() as session:
        assert session.scalar(select(LoginSession.revoked_at)) is not None


def test_every_act_is_in_the_log_with_who_did_it(world):
    with world.store.write() as session:
        actor = make.actor(session, "township_a")
        made = service.create_person(session, actor, PersonEntry("new_one", "新人"), entry(world, "grid_officer", "A1"))
        service.edit_person(session, actor, made.id, PersonEntry("", "改名"))
        posting = service.grant_posting(session, actor, made.id, entry(world, "grid_officer", "A2"))
        service.end_posting(session, actor, posting.id)
        service.give_code(session, actor, made.id, "hash")
        service.suspend(session, actor, made.id)
        service.resume(session, actor, made.id)
        notes = session.execute(
            select(AuditEntry.action, AuditEntry.person_id)
            .where(AuditEntry.thing == f"person:{made.id}")
            .order_by(AuditEntry.id)
        ).all()
    assert [action for action, _ in notes] == [
        "person.create",
        "posting.grant",
        "person.edit",
        "posting.grant",
        "posting.end",
        "code.give",
        "person.suspend",
        "person.resume",
    ]
    assert {who for _, who in notes} == {world.people["township_a"]}


def test_nothing_secret_is_in_the_log(world):
    with world.store.write() as session:
        service.give_code(session, make.actor(session, "township_a"), world.people["officer_a1"], "the-hash")
        assert "the-hash" not in str(list(session.scalars(select(AuditEntry.detail))))


def test_a_suspended_account_gets_no_code(world):
    with world.store.write() as session:
        actor = make.actor(session, "township_a")
        service.suspend(session, actor, world.people["officer_a1"])
        with pytest.raises(Refused, match="suspended"):
            service.give_code(session, actor, world.people["officer_a1"], "hash")


# --- whom one sees ---


@pytest.mark.parametrize(
    "by, seen, unseen",
    [
        ("township_a", {"officer_a1", "township_a", "station_a"}, {"officer_b1", "county", "liaison", "admin"}),
        ("county", {"officer_b1", "liaison", "leader"}, {"admin", "auditor"}),
        ("admin", {"officer_a1", "county", "auditor", "admin"}, set()),
        ("leader", set(), {"officer_a1"}),
        ("auditor", set(), {"officer_a1"}),
    ],
)
def test_the_list_holds_the_people_within_reach_only(world, by, seen, unseen):
    with world.store.read() as session:
        found = {line.person.login for line in account_queries.people(session, make.actor(session, by), None, 0).lines}
    assert seen <= found
    assert not unseen & found


def test_the_list_stands_in_code_order_and_can_be_searched(world):
    with world.store.read() as session:
        actor = make.actor(session, "county")
        codes = [line.grid.code for line in account_queries.people(session, actor, None, 0).lines]
        assert codes == sorted(codes)
        found = account_queries.people(session, actor, "OFFICER_", 0).lines
        assert {line.person.login for line in found} == {"officer_a1", "officer_a2", "officer_b1"}
        assert account_queries.people(session, actor, "officer%", 0).lines == []


def test_a_long_list_comes_in_pages_without_loss_or_repeat(world, monkeypatch):
    monkeypatch.setattr(account_queries, "PAGE", 4)
    with world.store.read() as session:
        actor, lines, number = make.actor(session, "admin"), [], 0
        while True:
            page = account_queries.people(session, actor, None, number)
            lines += [line.person.login for line in page.lines]
            number += 1
            if not page.more:
                break
    assert sorted(lines) == sorted(world.people)


# --- bodies ---


@pytest.mark.parametrize(
    "by, kind, grid, may",
    [
        ("township_a", "station", "A", True),
        ("township_a", "committee", "A2", True),
        ("township_a", "station", "B", False),
        ("township_a", "committee", "B1", False),
        ("township_a", "department", "county", False),
        ("township_a", "station", "A1", False),
        ("county", "department", "county", True),
        ("county", "station", "B", True),
        ("county", "department", "A", False),
        ("admin", "department", "county", True),
        ("leader", "station", "A", False),
        ("auditor", "department", "county", False),
    ],
)
def test_bodies_are_set_up_by_the_tier_they_belong_to(world, by, kind, grid, may):
    def act():
        with world.store.write() as session:
            return bodies.create_body(
                session, make.actor(session, by), kind, world.grids[grid], bodies.BodyEntry("新队")
            ).en

    if may:
        assert act() == "新队"
        return
    with pytest.raises(Refused):
        act()


def test_a_department_is_tied_to_a_department_of_the_duty_lists_or_to_none(world):
    with world.store.write() as session:
        actor, county = make.actor(session, "county"), world.grids["county"]
        assert bodies.create_body(session, actor, "department", county, bodies.BodyEntry("水利局", canonical="water"))
        with pytest.raises(Refused):
            bodies.create_body(session, actor, "department", county, bodies.BodyEntry("某局", canonical="no_such"))
        with pytest.raises(Refused):
            bodies.create_body(session, actor, "station", world.grids["A"], bodies.BodyEntry("某所", canonical="water"))


def test_two_open_bodies_of_a_place_have_two_names(world):
    with world.store.write() as session:
        actor, station = make.actor(session, "township_a"), world.bodies["station_a"]
        name = bodies.BodyEntry("甲镇综合执法队")
        with pytest.raises(Refused):
            bodies.create_body(session, actor, "station", world.grids["A"], name)
        bodies.close_body(session, actor, station)
        assert bodies.create_body(session, actor, "station", world.grids["A"], name)
        with pytest.raises(Refused):
            bodies.reopen_body(session, actor, station)


def test_nobody_new_is_posted_to_a_closed_body(world):
    with world.store.write() as session:
        bodies.close_body(session, make.actor(session, "township_a"), world.bodies["station_a"])
    with pytest.raises(Refused):
        create(world, "township_a", entry(world, "station_officer", None, "station_a"))


@pytest.mark.parametrize(
    "by, body, may",
    [
        ("township_a", "station_a", True),
        ("township_b", "station_a", False),
        ("township_a", "housing", False),
        ("county", "housing", True),
    ],
)
def test_a_body_is_renamed_by_who_may_set_it_up(world, by, body, may):
    with world.store.write() as session:
        actor = make.actor(session, by)
        if may:
            bodies.edit_body(session, actor, world.bodies[body], bodies.BodyEntry("新名"))
            return
        with pytest.raises(NotFound):
            bodies.edit_body(session, actor, world.bodies[body], bodies.BodyEntry("新名"))


# --- the first administrator ---


def test_the_first_administrator_comes_from_the_command_line(store, password_hash):
    with store.write() as session:
        assert not service.has_admin(session)
        service.create_admin(session, "Root", "管理员", password_hash)
        assert service.has_admin(session)
        with pytest.raises(Refused):
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
