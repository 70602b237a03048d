"""Words that must not stand in a report are taken out of all it says, for good; the rest of it stays as it was."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from tests import make
from tests.chain_county import found
from tests.conftest import KEY, World
from tests.test_forgotten import everything, leaves
from webapp.cli import main
from webapp.core import clock
from webapp.core.chain_form import NO_SALT
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.files import LONGEST_NAME
from webapp.core.models import Attachment, AuditEntry
from webapp.ops import identity
from webapp.ops.verify import verify_reports
from webapp.patrol import service as patrol_service
from webapp.patrol.models import Patrol
from webapp.report import search, service, side_acts
from webapp.report.models import Report, ReportAttachment, ReportEvent, SiteLook
from webapp.report.redacting import GONE, redact
from webapp.report.service import ReportEntry

NAME, PHONE = "李秀英", "13800001111"


@pytest.fixture
def sent(world: World) -> ReportEntry:
    """A report that names somebody in its place, its note, its round, a step of its history and a look."""
    with world.store.write() as session:
        officer, township = make.actor(session, "officer_a1"), make.actor(session, "township_a")
        round_ = make.patrol(world.grids["A1"], {world.things["kiln_a1"]: "problem"}, note=f"问了{NAME}")
        patrol_service.record(session, officer, round_)
        entry = make.report(
            world.grids["A1"],
            object_id=world.things["kiln_a1"],
            patrol_id=round_.id,
            place=f"{NAME}家门口",
            note=f"{NAME}（{PHONE}）说夜里烧秸秆。",
        )
        service.submit(session, officer, entry)
        side_acts.ask_look(session, township, entry.id, make.ids.new(), f"请再问问{NAME}")
        service.move(session, township, entry.id, make.move("give_back", "township", missing=f"{NAME}的电话{PHONE}？"))
    return entry


def number_of(world: World, entry: ReportEntry) -> str:
    with world.store.read() as session:
        return session.get_one(Report, entry.id).number


def test_the_words_go_everywhere_and_nothing_else_does(world: World, sent: ReportEntry) -> None:
    number = number_of(world, sent)
    assert everything(world.store).count(NAME) >= 6
    with world.store.write() as session:
        assert redact(session, number, [NAME, PHONE, NAME]) == 5, "report, two steps, look, round"
    after = everything(world.store)
    assert (NAME in after, PHONE in after) == (False, False)
    with world.store.read() as session:
        report = session.get_one(Report, sent.id)
        assert (report.place, report.note) == (f"{GONE}家门口", f"{GONE}（{GONE}）说夜里烧秸秆。")
        assert session.scalars(select(SiteLook.question)).one() == f"请再问问{GONE}"
        assert session.scalars(select(Patrol.note)).one() == f"问了{GONE}"
        given = session.scalars(select(ReportEvent.given).where(ReportEvent.action == "give_back")).one()
        assert given["missing"] == f"{GONE}的电话{GONE}？"
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "report.redact")).one()
        assert (line.thing, line.detail) == (f"report:{number}", {"rows": 5})
    assert verify_reports(world.store) == []
    assert found(world.store) == set()


def test_the_search_finds_the_rest_and_the_words_no_more(world: World, sent: ReportEntry) -> None:
    def finds(word: str) -> int:
        with world.store.read() as session:
            return len(search.search(session, make.actor(session, "township_a"), word))

    assert (finds(NAME), finds("秸秆")) == (1, 1)
    with world.store.write() as session:
        redact(session, number_of(world, sent), [NAME])
    assert (finds(NAME), finds("秀英"), finds("秸秆")) == (0, 0, 1)


def test_what_was_sent_cannot_be_tried_out_and_is_no_resend_any_more(world: World, sent: ReportEntry) -> None:
    with world.store.write() as session:
        officer = make.actor(session, "officer_a1")
        assert service.submit(session, officer, sent).id == sent.id, "the same again is the same report"
        redact(session, number_of(world, sent), [NAME])
    with world.store.read() as session:
        assert session.get_one(Report, sent.id).content == ""
        assert session.scalars(select(Patrol.content)).one() == ""
    with world.store.write() as session, pytest.raises(Conflict):
        service.submit(session, officer, sent)
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_a_name_that_fills_its_column_still_fits(world: World, sent: ReportEntry) -> None:
    document = make.ids.new()
    name = f"{NAME[:2]}的材料" + "长" * (LONGEST_NAME - 9) + ".pdf"
    assert len(name) == LONGEST_NAME
    with world.store.write() as session:
        session.add(
            Attachment(
                id=document,
                kind="document",
                sha256="0" * 64,
                media_type="application/pdf",
                name=name,
                received_at=clock.now(),
            )
        )
        session.add(ReportAttachment(attachment_id=document, report_id=sent.id, position=0))
    with world.store.write() as session:
        redact(session, number_of(world, sent), [NAME[:2]])
    with world.store.read() as session:
        kept = session.get_one(Attachment, document).name
    assert kept is not None and len(kept) == LONGEST_NAME and kept.endswith(".pdf") and NAME[:2] not in kept


@pytest.mark.parametrize("words", [[], [""], ["李"], ["没写过的话"]])
def test_what_is_too_short_or_not_said_is_refused_and_nothing_changes(
    world: World, sent: ReportEntry, words: list[str]
) -> None:
    number, before = number_of(world, sent), everything(world.store)
    with pytest.raises(Refused, match=r"Name the words|says none of these"), world.store.write() as session:
        redact(session, number, words)
    assert everything(world.store) == before
    with pytest.raises(NotFound), world.store.write() as session:
        redact(session, "2020-0001", [NAME])


def test_another_report_that_says_the_same_is_left_alone(world: World, sent: ReportEntry) -> None:
    with world.store.write() as session:
        other = make.report(world.grids["B1"], note=f"{NAME}也来过。")
        service.submit(session, make.actor(session, "officer_b1"), other)
        redact(session, number_of(world, sent), [NAME])
    with world.store.read() as session:
        assert session.get_one(Report, other.id).note == f"{NAME}也来过。"


def test_the_command_takes_them_out_and_the_chain_forgets(
    world: World, sent: ReportEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    identity.ensure(world.store, data)
    monkeypatch.setenv("DATABASE_URL", world.store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(data))
    monkeypatch.setenv("SECRET_KEY", KEY)

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, words)

    number = number_of(world, sent)
    done = run("redact", number, NAME, PHONE)
    assert done.exit_code == 0, done.output
    assert "5 records" in done.output and "backup" in done.output
    *older, newest = leaves(world.store, "report", sent.id.hex)
    assert all(leaf.salt == NO_SALT for leaf in older) and newest.salt != NO_SALT
    assert run("redact", number, NAME).exit_code == 1
    assert "no report" in run("redact", "2020-0001", NAME).output
    assert found(world.store) == set()
