"""Two people of the small county, each with something of every kind that is kept about a person.

Their texts begin with "mine" and "theirs", so that a file about one of them can be searched for the other's.
"""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import World
from webapp.card.models import GridCard, PlatformRole, UnitPerson, UpperLink
from webapp.core.models import Attachment, AuditEntry, CalendarDay, Setting, TimeLimit
from webapp.duty.models import Document, DocumentDecision, Duty, ProblemDuty, Succession
from webapp.feedback.models import Feedback
from webapp.grid.models import BoundaryEdition, GridChangeSet, GridVersion
from webapp.ledger.models import KeptLedger, LedgerColumn, LedgerTemplate
from webapp.login.models import LoginCode, LoginSession, RecoveryCode, SecondFactor
from webapp.patrol.models import FrequencyRule, ObjectProposal, Patrol, PatrolTopic, TopicVisit, Visit
from webapp.people.models import Person
from webapp.register.models import ObjectFact, ObjectPerson, StageStep
from webapp.report.models import Report, ReportAttachment, ReportEvent, ReportProblem, SiteLook

ME, OTHER = "officer_a1", "officer_a2"
TAGS = {ME: "mine", OTHER: "theirs"}
AT = datetime(2026, 9, 1, 16, 30, 5, tzinfo=UTC)  # half past midnight of the next day in the county
#: In a file: moments as the county's clocks had them.
AT_HERE = datetime(2026, 9, 2, 0, 30, 5)


def people_of(world: World) -> None:
    """Both of them, with what each did alone and with what both had a hand in."""
    with world.store.write() as session:
        for login, tag in TAGS.items():
            _account(session, world.people[login], tag)
            _field_work(session, world, login, tag)
            _report(session, world, login, tag)
            _desk_work(session, world, login, tag)
            _cards(session, world, login, tag)
            _files(session, world, login, tag)
            _ledgers(session, world, login, tag)
        _together(session, world)


def _account(session: Session, me: int, tag: str) -> None:
    person = session.get_one(Person, me)
    person.phone, person.zh, person.en = f"{tag}-phone", f"{tag}-zh", f"{tag}-en"
    someone = session.scalars(select(Person.id).where(Person.login == "county")).one()
    logged_in = {"person_id": me, "created_at": AT, "seen_at": AT, "expires_at": AT}
    session.add(LoginSession(**logged_in, token_hash=f"{tag}-secret", device=f"{tag}-device", is_remembered=True))
    given = {"given_by": someone, "given_at": AT, "expires_at": AT, "used_at": AT}
    session.add(LoginCode(**given, person_id=me, code_hash="a secret hash"))
    session.add(SecondFactor(person_id=me, sealed="a secret hash", made_at=AT, confirmed_at=AT, last_step=7))
    session.add(RecoveryCode(person_id=me, code_hash="a secret hash", used_at=None))


def _at(session: Session, world: World) -> dict[str, Any]:
    """Where it was, and when."""
    grid = world.grids["A1"]
    version = session.scalars(select(GridVersion.id).where(GridVersion.grid_id == grid)).one()
    return {"grid_id": grid, "grid_version_id": version, "occurred_at": AT, "received_at": AT}


def _field_work(session: Session, world: World, login: str, tag: str) -> None:
    me, thing = world.people[login], make.thing(session, world.grids["A1"], f"{tag}-thing", f"{tag}-thing")
    where = _at(session, world) | {"content": "a secret hash", "entry_mode": "on_the_day"}
    place = {"lon": 110.1, "lat": 35.1, "accuracy_m": 7.0}
    patrol = Patrol(id=make.ids.new(), person_id=me, entered_by=me, note=f"{tag}-round", **where, **place)
    session.add(patrol)
    session.flush()
    seen = {"patrol_id": patrol.id, "object_id": thing.id, "at": AT}
    session.add(Visit(id=make.ids.new(), result="could_not_see", reason="locked", **seen))
    said = {"place": f"{tag}-place", "note": f"{tag}-saw"}
    session.add(TopicVisit(id=make.ids.new(), patrol_id=patrol.id, topic="hazard", result="problem", **said))
    asked = {"grid_id": world.grids["A1"], "object_id": thing.id, "kind": "stop", "content": "a secret hash"}
    said = {"zh": f"{tag}-proposal", "why": f"{tag}-wish", "answer": f"{tag}-verdict", "is_accepted": False}
    by = {"made_by": me, "made_at": AT, "answered_by": me, "answered_at": AT}
    session.add(ObjectProposal(id=make.ids.new(), **asked, **said, **by))


def report_of(session: Session, world: World, login: str, tag: str, **more: Any) -> Report:
    """A report with a text in every field."""
    me, number = world.people[login], session.scalar(select(func.count()).select_from(Report)) or 0
    made = {"number": f"2026-{number:05}", "content": "a secret hash", "state": "township", "state_since": AT}
    said = {"place": f"{tag}-place", "note": f"{tag}-note", "severity": "minor", "first_measure": "not_heeded"}
    by = {"found_by": me, "entered_by": me, "entry_mode": "on_the_day", "is_open": True, "id": make.ids.new()}
    report = Report(**made | said | by | _at(session, world) | more)
    session.add(report)
    session.flush()
    session.add(ReportProblem(report_id=report.id, problem="smoke"))
    return report


def step(session: Session, report: Report, me: int, seq: int, action: str, **given: Any) -> ReportEvent:
    """A step of a report's history."""
    at = {"report_id": report.id, "person_id": me, "seq": seq, "at": AT, "content": "a secret hash"}
    made = ReportEvent(id=make.ids.new(), role="grid_officer", action=action, given=given, **at)
    session.add(made)
    session.flush()
    return made


def _report(session: Session, world: World, login: str, tag: str) -> None:
    me = world.people[login]
    report = report_of(session, world, login, tag, lon=110.2, lat=35.2, accuracy_m=9.0)
    supplied = step(session, report, me, 1, "supplement", note=f"{tag}-step", lon=110.3, lat=35.3)
    asked = {"report_id": report.id, "grid_id": report.grid_id, "due_at": AT, "asked_at": AT, "answered_at": AT}
    said = {"question": f"{tag}-question", "answer": "right", "note": f"{tag}-answered"}
    session.add(SiteLook(id=make.ids.new(), asked_by=me, answered_by=me, **asked, **said))
    file = {"kind": "document", "sha256": "a secret hash", "media_type": "application/pdf", "size": 1234}
    sent = Attachment(id=make.ids.new(), name=f"{tag}-file", received_at=AT, received_by=me, **file)
    session.add(sent)
    session.flush()
    link = {"report_id": report.id, "event_id": supplied.id, "position": 1}
    session.add(ReportAttachment(attachment_id=sent.id, **link))


def _desk_work(session: Session, world: World, login: str, tag: str) -> None:
    me, number = world.people[login], list(TAGS).index(login)
    wrote = {"page": f"/{tag}-page", "text": f"{tag}-text", "answer": f"{tag}-reply", "answered_at": AT}
    session.add(Feedback(id=make.ids.new(), person_id=me, at=AT, answered_by=me, **wrote))
    for action, thing, detail in (
        ("login", f"person:{me}", {"device": f"{tag}-browser"}),
        ("setting.change", "setting:few", {"before": f"{tag}-before"}),
    ):
        session.add(AuditEntry(at=AT, person_id=me, action=action, thing=thing, detail=detail))
    for model in (Setting, TimeLimit, PatrolTopic, CalendarDay):
        key = next(iter(model.__table__.primary_key))
        row = session.scalars(select(model).order_by(key).offset(number).limit(1)).one()
        row.changed_by, row.changed_at, row.zh, row.en = me, AT, f"{tag}-{key.table.name}", f"{tag}-{key.table.name}"
    rule = session.scalars(select(FrequencyRule).order_by(FrequencyRule.id).offset(number).limit(1)).one()
    rule.changed_by, rule.changed_at, rule.source = me, AT, f"{tag}-frequency_rule"
    for listed in (Duty, Succession, ProblemDuty):
        row = session.scalars(select(listed).order_by(listed.id).offset(number).limit(1)).one()
        row.confirmed_by, row.confirmed_at = me, AT
        if listed is ProblemDuty:
            row.changed_by, row.changed_at = me, AT
        if listed is Succession:
            row.body = f"{tag}-body"
        else:
            row.zh = row.en = f"{tag}-{listed.__tablename__}"
    text = session.scalars(select(Document.code).order_by(Document.code).limit(1)).one()
    named = {"document": text, "part": "all", "standing": "example", "from_on": date(2026, 1, 1)}
    session.add(DocumentDecision(reason=f"{tag}-reason", decided_by=me, decided_at=AT, **named))
    edition = session.scalars(select(func.max(BoundaryEdition.id))).one()
    acted = {"made_by": me, "made_at": AT, "decided_by": me, "decided_at": AT}
    session.add(GridChangeSet(state="draft", source=f"{tag}-file", facts={}, base_id=edition, **acted))


def _cards(session: Session, world: World, login: str, tag: str) -> None:
    me, said = world.people[login], {"said_by": world.people[login], "said_at": AT}
    lower = world.grids["A1" if login == ME else "A2"]
    texts_ = {
        f"{name}_{tongue}": ""
        for name in ("post", "leader", "duties", "tasks", "rewards", "penalties")
        for tongue in ("zh", "en")
    }
    bodies = {"body_zh": f"{tag}-committee", "body_en": f"{tag}-committee"}
    session.add(GridCard(grid_id=lower, valid_from=AT.date(), **bodies, **texts_, **said))
    named = {"person_id": me, "named_by": me, "named_at": AT, "from_on": AT.date()}
    texts = dict.fromkeys(("zh", "en", "post_zh", "post_en"), "")
    session.add(UnitPerson(grid_id=lower, from_on=AT.date(), **texts, **said))
    session.add(UpperLink(upper_id=world.grids["A"], lower_id=lower, **named))
    session.add(PlatformRole(grid_id=world.grids["county"], part="owner", zh=f"{tag}-owner", en=f"{tag}-owner", **said))


def _files(session: Session, world: World, login: str, tag: str) -> None:
    me, thing = world.people[login], make.thing(session, world.grids["A1"], f"{tag}-file", f"{tag}-file", "black_water")
    said = {"said_by": me, "said_at": AT, "object_id": thing.id}
    session.add(ObjectFact(field="address", value=f"{tag}-address", **said))
    session.add(StageStep(stage="black_water.listed", on=AT.date(), note=f"{tag}-note", **said))
    named = {"from_on": AT.date(), "named_by": me, "named_at": AT}
    session.add(ObjectPerson(object_id=thing.id, part="leader", name=f"{tag}-leader", post="", **named))


def _ledgers(session: Session, world: World, login: str, tag: str) -> None:
    """A week that was handed in, a column, and a form."""
    me, week = world.people[login], {"span": "week"}
    given = {
        "grid_id": world.grids["A1" if login == ME else "A2"],
        "begins": AT,
        "ends": AT,
        "as_of": AT,
        "kept_by": me,
    }
    session.add(KeptLedger(id=make.ids.new(), said=f"{tag}-ledger", **week, **given))
    column = session.get_one(LedgerColumn, ("patrols", "at" if login == ME else "note"))
    column.heading, column.changed_at, column.changed_by = f"{tag}-column", AT, me
    by = {"added_at": AT, "added_by": me, "ended_at": AT, "ended_by": me}
    session.add(LedgerTemplate(file_name=f"{tag}-form.xlsx", body=f"{tag}-body".encode(), facts={}, **by))


def _together(session: Session, world: World) -> None:
    """What each did with what is the other's, or to his account."""
    for login, other in ((ME, OTHER), (OTHER, ME)):
        tag, its, me = TAGS[login], TAGS[other], world.people[login]
        report = report_of(
            session, world, other, its, place=f"{its}-first；{tag}-added", lon=111.25, lat=36.25, accuracy_m=3.5
        )
        before = [110.4, 35.4, 5.0]
        step(session, report, me, 1, "supplement", place=f"{tag}-added", lon=111.25, lat=36.25, point_before=before)
        step(session, report, me, 2, "correct", after=["smoke"])
        asked = {"report_id": report.id, "grid_id": report.grid_id, "due_at": AT, "asked_at": AT, "answered_at": AT}
        words = {"question": f"{tag}-asks", "answer": "right", "note": f"{its}-says"}
        session.add(SiteLook(id=make.ids.new(), asked_by=me, answered_by=world.people[other], **asked, **words))
        line = {"action": "person.edit", "thing": f"person:{world.people[other]}", "detail": {"login": other}}
        session.add(AuditEntry(at=AT, person_id=me, **line))


def many_visits(session: Session, world: World, number: int) -> None:
    """So many visits of his on one object, each in a round of its own."""
    me, where = world.people[ME], _at(session, world)
    rounds = [
        {"id": make.ids.new(), "person_id": me, "entered_by": me, "content": "", "entry_mode": "on_the_day"}
        | where
        | {"occurred_at": AT + timedelta(minutes=at)}
        for at in range(number)
    ]
    session.execute(insert(Patrol), rounds)
    thing = world.things["farm_a1"]
    seen = {"object_id": thing, "at": AT, "result": "normal"}
    session.execute(insert(Visit), [{"id": make.ids.new(), "patrol_id": each["id"], **seen} for each in rounds])


def read(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The sheets of a file by title, each with its rows."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def texts(sheets: dict[str, list[tuple[Any, ...]]]) -> set[str]:
    """All that is written in it."""
    return {cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str)}
