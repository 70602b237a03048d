"""A photo or document that must not stand in a report is taken out for good, and what stands there instead says so."""

import io
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from tests import make
from tests.chain_county import found
from tests.conftest import KEY, World
from tests.core.test_files import encoded
from tests.test_forgotten import leaves
from tests.test_photo_places import aged, hashes, kept, originals, photo, whole
from webapp.cli import main
from webapp.core import files, pools
from webapp.core.attachments import EXCHANGE, attach
from webapp.core.chain_form import NO_SALT
from webapp.core.errors import NotFound, Refused
from webapp.core.models import Attachment, AuditEntry
from webapp.ops import identity, retention, verify
from webapp.report.models import Report, ReportAttachment
from webapp.report.redacting_files import take_out


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def three(world: World, data_dir: Path) -> list[uuid.UUID]:
    """Two photos of one report, and the first of them again in another, sent as another file."""
    first, second = kept(world, data_dir, photo(1), encoded("PNG"))
    return [first, second, *kept(world, data_dir, photo(2))]


def number_of(world: World, attachment_id: uuid.UUID) -> str:
    with world.store.read() as session:
        of = ReportAttachment.attachment_id == attachment_id
        found_ = select(Report.number).join(ReportAttachment, ReportAttachment.report_id == Report.id).where(of)
        return session.scalars(found_).one()


def copies(data_dir: Path) -> set[str]:
    return {file.name for file in (data_dir / "photos" / "copies").rglob("*") if file.is_file()}


def test_it_goes_wherever_it_stands_and_the_others_stay(world: World, data_dir: Path, three: list[uuid.UUID]) -> None:
    first, second, again = three
    old, other, sent_again = hashes(world, *three)
    assert old != sent_again
    with world.store.read() as session:
        copy = session.get_one(Attachment, first).copy
    files.small(data_dir, str(copy))
    assert take_out(world.store, data_dir, number_of(world, first), first) == 2
    after = hashes(world, *three)
    assert after[0] == after[2] != old and after[1] == other
    assert not {old, sent_again} & set(originals(data_dir)) and copy not in copies(data_dir)
    assert not [file for file in (data_dir / "small").rglob("*") if file.name == copy]
    assert whole(world, data_dir)
    with world.store.read() as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "report.take_out")).one()
        assert (line.thing, line.detail) == (f"report:{number_of(world, first)}", {"attachment": str(first)})
    assert files.small(data_dir, _row(world, first).copy or "").is_file(), "what stands there can be shown"
    with pytest.raises(Refused, match="already"):
        take_out(world.store, data_dir, number_of(world, again), again)
    assert hashes(world, second) == [other]


def test_stopped_before_the_files_are_dropped_they_go_with_the_next_sweep(
    world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (id_,) = kept(world, data_dir, photo())
    (old,) = hashes(world, id_)
    copy = _row(world, id_).copy

    def stopped(*_words: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(files, "forget_small", stopped)
        take_out(world.store, data_dir, number_of(world, id_), id_)
    assert hashes(world, id_) != [old], "nobody is shown it"
    retention.drop_photos(world.store, data_dir)
    assert old not in originals(data_dir) and copy not in copies(data_dir) and whole(world, data_dir)


def test_the_same_file_goes_though_its_copy_came_out_otherwise(world: World, data_dir: Path) -> None:
    first, again = (kept(world, data_dir, photo())[0] for _ in range(2))
    kept_file = files.keep(data_dir, io.BytesIO(encoded("PNG")), "a")
    other = kept_file.copy
    files.path(data_dir, "originals", kept_file.sha256).unlink()
    with world.store.write() as session:
        session.get_one(Attachment, again).copy = other
    aged(data_dir)
    assert take_out(world.store, data_dir, number_of(world, first), first) == 2
    assert other not in copies(data_dir) and whole(world, data_dir)


def test_the_page_says_that_something_was_taken_out(world: World, data_dir: Path, browse: Any) -> None:
    (id_,) = kept(world, data_dir, photo())
    township = browse("township_a")
    with world.store.read() as session:
        page = f"/reports/{session.scalars(select(ReportAttachment.report_id)).one()}"
    assert "Taken out" not in township.get(page).text
    take_out(world.store, data_dir, number_of(world, id_), id_)
    assert "Taken out" in township.get(page).text


def _row(world: World, id_: uuid.UUID) -> Attachment:
    with world.store.read() as session:
        return session.get_one(Attachment, id_)


def test_only_a_file_of_that_report_goes(world: World, data_dir: Path, three: list[uuid.UUID]) -> None:
    before = hashes(world, *three)
    for number, id_ in (
        (number_of(world, three[1]), three[2]),
        ("2020-00001", three[0]),
        (number_of(world, three[0]), uuid.uuid4()),
    ):
        with pytest.raises(NotFound):
            take_out(world.store, data_dir, number, id_)
    assert hashes(world, *three) == before and whole(world, data_dir)


def test_one_that_came_just_now_is_shown_to_nobody_and_goes_with_a_sweep(world: World, data_dir: Path) -> None:
    (id_,) = kept(world, data_dir, photo())
    (old,) = hashes(world, id_)
    os.utime(files.path(data_dir, "originals", old))
    take_out(world.store, data_dir, number_of(world, id_), id_)
    assert hashes(world, id_) != [old] and old in originals(data_dir)
    aged(data_dir)
    retention.drop_photos(world.store, data_dir)
    assert old not in originals(data_dir) and whole(world, data_dir)


def test_a_document_becomes_one_that_can_be_opened_and_its_name_goes(world: World, data_dir: Path) -> None:
    (beside,) = kept(world, data_dir, photo())
    id_, name = uuid.uuid4(), "李秀英的身份证.pdf"
    kept_file = files.keep_document(data_dir, io.BytesIO(b"%PDF-1.4 of a person"), name)
    with world.store.write() as session:
        attach(session, {id_: kept_file}, make.clock.now(), None)
        report = session.scalars(select(ReportAttachment.report_id)).one()
        session.execute(
            insert(ReportAttachment).values(attachment_id=id_, report_id=report, position=1),
        )
    aged(data_dir)
    take_out(world.store, data_dir, number_of(world, id_), id_)
    row = _row(world, id_)
    assert (row.kind, row.media_type, row.name) == ("document", "application/pdf", "〔…〕.pdf")
    assert originals(data_dir)[row.sha256].startswith(b"%PDF") and kept_file.sha256 not in originals(data_dir)
    assert hashes(world, beside)[0] in originals(data_dir) and whole(world, data_dir)
    with pytest.raises(Refused, match="already"):
        take_out(world.store, data_dir, number_of(world, id_), id_)


def test_the_command_takes_the_address_as_the_browser_shows_it_and_the_chain_forgets(
    world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (id_,) = kept(world, data_dir, photo())
    number = number_of(world, id_)
    identity.ensure(world.store, data_dir)
    monkeypatch.setenv("DATABASE_URL", world.store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    monkeypatch.setenv("SECRET_KEY", KEY)

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ("redact-file", *words))

    assert "ends in its id" in run(number, "the second one").output
    assert "no such file" in run("2020-00001", str(id_)).output
    with pools.lock(data_dir, EXCHANGE, alone=False):
        held = run(number, str(id_))
    assert held.exit_code == 1 and "backup is being made" in held.output
    done = run(number, f"https://wangge.example/attachments/{id_}/small?x=1#a")
    assert done.exit_code == 0 and "1 record" in done.output and "backup" in done.output, done.output
    *older, newest = leaves(world.store, "attachment", id_.hex)
    assert older and all(leaf.salt == NO_SALT for leaf in older) and newest.salt != NO_SALT
    assert found(world.store) == set()
    assert run(number, str(id_)).exit_code == 1
    assert verify.verify_store(world.store, data_dir) == []
