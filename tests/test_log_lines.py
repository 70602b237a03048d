"""Each act that concerns log-ins, accounts, rules or the records as a whole leaves a line in the log: who did what."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import PASSWORD, World
from tests.test_backup import data_dir, empty  # noqa: F401  (fixtures)
from webapp.access import Actor
from webapp.accounts import bodies
from webapp.accounts import service as accounts
from webapp.core import clock
from webapp.core.db import Store
from webapp.core.models import AuditEntry, Setting, TimeLimit
from webapp.core.retention import history_open
from webapp.desk import days
from webapp.desk import settings as desk_settings
from webapp.duty import service as duties
from webapp.duty.models import Duty, ProblemDuty, Succession
from webapp.feedback import service as feedback
from webapp.login.models import LoginSession
from webapp.ops import backup, retention, sweep_clock
from webapp.patrol import frequencies, topics
from webapp.patrol import service as patrol
from webapp.patrol.models import FrequencyRule

NEW = "a new pass word"
FREQUENCY = frequencies.Wish(("enterprise",), False, None, None, 7, "day", date(2999, 1, 1), "so")
LINK = duties.Link(9, "lead", "牵头", "leads")


@dataclass
class Case:
    """What the acts of the table need: the county, whom they meet, and what earlier ones made."""

    world: World
    session: Session
    actor: Actor
    made: dict[str, Any] = field(default_factory=dict)

    def keep(self, name: str, row: Any) -> None:
        """Remember what was made."""
        self.session.flush()
        self.made[name] = row.id


def _person(case: Case) -> None:
    posting = accounts.PostingEntry("grid_officer", case.world.grids["A1"], None, clock.today())
    case.keep(
        "person", accounts.create_person(case.session, case.actor, accounts.PersonEntry("fresh", "新人"), posting)
    )


def _posting(case: Case) -> None:
    entry = accounts.PostingEntry("grid_officer", case.world.grids["A2"], None, clock.today())
    case.keep("posting", accounts.grant_posting(case.session, case.actor, case.made["person"], entry))


def _phone(case: Case) -> None:
    officer = case.world.people["officer_a1"]
    own = case.session.scalars(select(LoginSession.id).where(LoginSession.person_id == officer)).first()
    accounts.end_phone(case.session, case.actor, officer, own or 0)


def _body(case: Case) -> None:
    made = bodies.create_body(
        case.session, case.actor, "committee", case.world.grids["A2"], bodies.BodyEntry("甲2村委会")
    )
    case.keep("body", made)


def _setting(case: Case) -> None:
    old = case.session.get_one(Setting, "work_to").value
    wish = desk_settings.Wish(old, "17:30")
    desk_settings.save(case.session, case.actor, "work", {"work_to": wish})


def _limit(case: Case) -> None:
    items = [
        item
        for group in desk_settings.groups(case.session, case.actor).values()
        for item in group
        if isinstance(item.row, TimeLimit)
    ]
    name = next(name for name, group in desk_settings.groups(case.session, case.actor).items() if items[0] in group)
    wish = desk_settings.Wish(items[0].value, str(int(items[0].value) + 1))
    desk_settings.save(case.session, case.actor, name, {items[0].key: wish})


def _day(case: Case) -> None:
    on = date(clock.today().year + 1, 11, 3)
    entry = days.Entry(False, "放假", "Off", "县政发9号")
    days.change(case.session, case.actor, lambda session: days.adding(session, on, on, entry))
    case.made["day"] = on


def _object(case: Case) -> None:
    case.keep(
        "object", patrol.add_object(case.session, case.actor, case.world.grids["A1"], "enterprise", "新窑", "New")
    )


def _link(case: Case) -> None:
    linked = select(ProblemDuty.duty).where(ProblemDuty.problem == "smoke", ProblemDuty.duty.is_not(None))
    duty = case.session.scalars(select(Duty.code).where(Duty.valid_to.is_(None), Duty.code.not_in(linked))).first()
    case.keep("link", duties.add_link(case.session, case.actor, "smoke", duty or "", LINK))


def _succession(case: Case) -> None:
    row = case.session.scalars(select(Succession.id).where(Succession.confirmed_at.is_(None))).first()
    duties.confirm_succession(case.session, case.actor, row or 0)


def _answer(case: Case) -> None:
    id_ = make.ids.new()
    officer = make.actor(case.session, "officer_a1")
    feedback.send(case.session, officer, feedback.Message(id_, "/", "慢"))
    feedback.answer(case.session, case.actor, id_, "好了")


def _end_frequency(case: Case) -> None:
    rule = case.session.scalars(select(FrequencyRule.id).where(FrequencyRule.for_key)).one()
    frequencies.end_rule(case.session, case.actor, rule)


#: The word of the log, who does it, and the act. In this order: later ones use what earlier ones made.
ACTS: list[tuple[str, str, Callable[[Case], Any]]] = [
    ("person.create", "township_a", _person),
    ("person.edit", "township_a", lambda c: accounts.edit_person(
        c.session, c.actor, c.made["person"], accounts.PersonEntry("fresh", "新人二"))),
    ("posting.grant", "township_a", _posting),
    ("posting.end", "township_a", lambda c: accounts.end_posting(c.session, c.actor, c.made["posting"])),
    ("code.give", "township_a", lambda c: accounts.give_code(c.session, c.actor, c.made["person"], "hash")),
    ("person.suspend", "township_a", lambda c: accounts.suspend(c.session, c.actor, c.made["person"])),
    ("person.resume", "township_a", lambda c: accounts.resume(c.session, c.actor, c.made["person"])),
    ("phone.end", "township_a", _phone),
    ("body.create", "township_a", _body),
    ("body.edit", "township_a", lambda c: bodies.edit_body(
        c.session, c.actor, c.made["body"], bodies.BodyEntry("甲2村民委员会"))),
    ("body.close", "township_a", lambda c: bodies.close_body(c.session, c.actor, c.made["body"])),
    ("body.reopen", "township_a", lambda c: bodies.reopen_body(c.session, c.actor, c.made["body"])),
    ("setting.change", "county", _setting),
    ("limit.change", "county", _limit),
    ("calendar.add", "county", _day),
    ("calendar.remove", "county", lambda c: days.change(
        c.session, c.actor, lambda session: days.taking_out(session, c.made["day"]))),
    ("frequency.confirm", "county", lambda c: frequencies.set_rule(c.session, c.actor, FREQUENCY)),
    ("frequency.set", "county", lambda c: frequencies.set_rule(
        c.session, c.actor, replace(FREQUENCY, every=3, for_key=True))),
    ("frequency.end", "county", _end_frequency),
    ("topic.change", "county", lambda c: topics.choose(c.session, c.actor, "ecology", "village", "", "both")),
    ("object.add", "township_a", _object),
    ("object.retire", "township_a", lambda c: patrol.retire_object(c.session, c.actor, c.made["object"], "拆了")),
    ("problem_duty.add", "county", _link),
    ("problem_duty.change", "county", lambda c: duties.change_link(
        c.session, c.actor, c.made["link"], replace(LINK, rank=8))),
    ("problem_duty.remove", "county", lambda c: duties.remove_link(c.session, c.actor, c.made["link"])),
    ("succession.confirm", "county", _succession),
    ("feedback.answer", "county", _answer),
]  # fmt: skip


def noted(store: Store, after: int = 0) -> list[tuple[str, int | None]]:
    """The lines of the log since then, as word and person."""
    with store.read() as session:
        lines = select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id)
        return [(line.action, line.person_id) for line in session.scalars(lines)]


def newest(store: Store) -> int:
    """The line that was written last."""
    with store.read() as session:
        return session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)) or 0


def test_each_act_leaves_its_line_with_who_did_it(world: World, browse: Any) -> None:
    browse("officer_a1")
    made: dict[str, Any] = {}
    silent = []
    for word, login, act in ACTS:
        before = newest(world.store)
        with world.store.write() as session:
            case = Case(world, session, make.actor(session, login), made)
            act(case)
        if (word, world.people[login]) not in noted(world.store, before):
            silent.append(word)
    assert silent == []


def test_what_is_done_at_the_log_in_stands_there(world: World, browse: Any) -> None:
    officer, auditor = world.people["officer_a1"], world.people["auditor"]
    before = newest(world.store)
    browse().login("officer_a1", "not this one")
    phone, other = browse("officer_a1"), browse("officer_a1")
    assert other.get("/home").status_code == 200
    phone.post("/account/phones/end-others")
    phone.post("/account/password", current=PASSWORD, new=NEW, again=NEW)
    phone.post("/logout")
    browse("auditor").get("/log")
    said = noted(world.store, before)
    assert [said.count(each) for each in (("login.failed", None), ("login", officer), ("log.read", auditor))] == [
        1,
        2,
        1,
    ]
    for word in ("logout.others", "password.change", "logout"):
        assert (word, officer) in said, (word, said)


def test_what_is_done_to_the_records_as_a_whole_stands_there(
    world: World, empty: Store, data_dir: Path, tmp_path: Path
) -> None:
    before = newest(world.store)
    made = backup.backup(world.store, data_dir, tmp_path / "b")
    assert backup.note(world.store, made, encrypted=False)
    with world.store.write() as session:
        sweep_clock.confirm(session)
        with history_open(session, "a test"):
            session.execute(update(AuditEntry).where(AuditEntry.id == 1).values(at=clock.now() - timedelta(days=4000)))
    retention.sweep(world.store, data_dir)
    said = noted(world.store, before)
    assert {("backup", None), ("retention.clock", None), ("retention.purge", None)} <= set(said)
    assert "seed.import" in {word for word, _ in noted(world.store)}
    backup.restore(tmp_path / "b", empty, tmp_path / "new")
    assert noted(empty)[-1] == ("restore", None)


def test_the_table_is_long_enough_and_each_word_is_known() -> None:
    from webapp import domains

    known = domains.log_words("acts")
    words = [word for word, *_ in ACTS]
    beside = ["login", "login.failed", "logout", "logout.others", "password.change", "log.read", "backup", "restore"]
    assert len({*words, *beside}) == len(words) + len(beside) >= 25
    assert {*words, *beside} <= known.keys()
