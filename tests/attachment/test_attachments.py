"""Attachments of anything: who may see one, how it is handed out, and what looks after its file."""

import io
import os
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Column, ForeignKey, MetaData, Table, delete, insert, select
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import World
from webapp.access import Actor
from webapp.attachment import queries
from webapp.attachment.queries import OWNERS, Owner
from webapp.core import clock, files, ids
from webapp.core.attachments import attach
from webapp.core.errors import NotFound
from webapp.core.models import Attachment
from webapp.models import metadata
from webapp.ops import backup, verify
from webapp.ops.retention import drop_photos
from webapp.patrol import service as patrol_service
from webapp.patrol.models import Patrol
from webapp.report import details, service
from webapp.report.models import ReportAttachment

PDF = b"%PDF-1.7 a letter of the township"
NAME = "整改报告 final.pdf"


@pytest.fixture
def data_dir(app: Any) -> Path:
    return app.config["WANGGE"].data_dir


def document(session: Session, data_dir: Path, sent: bytes = PDF, name: str = NAME) -> uuid.UUID:
    """A document on disk and its row; it belongs to nothing yet."""
    id_ = ids.new()
    attach(session, {id_: files.keep_document(data_dir, io.BytesIO(sent), name)}, clock.now(), None)
    return id_


def of_report(session: Session, world: World, attachment_id: uuid.UUID) -> str:
    """A report of A1 that the attachment belongs to; its number."""
    receipt = service.submit(session, make.actor(session, "officer_a1"), make.report(world.grids["A1"]))
    link = {"attachment_id": attachment_id, "report_id": receipt.id, "event_id": None, "position": 0}
    session.execute(insert(ReportAttachment), [link])
    return receipt.number


@pytest.fixture
def letter(world: World, data_dir: Path) -> uuid.UUID:
    """A document of a report of A1."""
    with world.store.write() as session:
        made = document(session, data_dir)
        of_report(session, world, made)
    return made


# --- handing out ---------------------------------------------------------------------------------------


def test_a_document_is_only_saved_never_shown_and_never_kept_by_the_browser(letter: uuid.UUID, browse: Any) -> None:
    with browse("township_a").get(f"/attachments/{letter}") as served:
        assert served.status_code == 200 and served.data == PDF
        assert served.mimetype == "application/pdf"
        assert served.headers["Content-Disposition"].startswith("attachment;")
        assert "filename*=UTF-8''%E6%95%B4%E6%94%B9%E6%8A%A5%E5%91%8A" in served.headers["Content-Disposition"]
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert served.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("login", ["officer_a2", "township_b", "liaison"])
def test_who_may_not_see_the_report_does_not_see_that_it_has_a_document(
    login: str, letter: uuid.UUID, browse: Any
) -> None:
    browser = browse(login)
    none = ids.new()
    hidden, nothing = (browser.get(f"/attachments/{id_}") for id_ in (letter, none))
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    assert hidden.text.replace(str(letter), "") == nothing.text.replace(str(none), "")


def test_a_document_whose_file_is_gone_is_said_in_words(letter: uuid.UUID, data_dir: Path, browse: Any) -> None:
    for file in (data_dir / "photos").rglob("*"):
        if file.is_file():
            file.unlink()
    answer = browse("township_a").get(f"/attachments/{letter}")
    assert answer.status_code == 422 and "This file is missing on the server" in answer.text


def test_no_list_of_photos_shows_a_document(letter: uuid.UUID, world: World, browse: Any) -> None:
    with world.store.read() as session:
        report_id = session.scalar(select(ReportAttachment.report_id))
    assert str(letter) not in browse("township_a").get(f"/reports/{report_id}").text


# --- owners --------------------------------------------------------------------------------------------


def test_every_table_that_links_to_an_attachment_is_an_owner() -> None:
    linking = {
        table.name
        for table in metadata.sorted_tables
        if any(key.target_fullname == "attachment.id" for key in table.foreign_keys)
    }
    assert linking == {owner.link.name for owner in OWNERS}  # type: ignore[attr-defined]


#: An owner that the program does not have: what was brought along from a round.
LINK = Table(
    "round_attachment",
    MetaData(),
    Column("attachment_id", Attachment.__table__.c.id.type, ForeignKey(Attachment.__table__.c.id), primary_key=True),
    Column("patrol_id", Patrol.__table__.c.id.type, ForeignKey(Patrol.__table__.c.id)),
)


def walked_by(actor: Actor) -> Any:
    return select(LINK.c.attachment_id).join(Patrol).where(Patrol.person_id == actor.person_id)


ROUND = Owner("round of", LINK, walked_by, select(LINK.c.attachment_id, Patrol.entry_mode).join(Patrol))


@pytest.fixture
def two_owners(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The county with a second thing that attachments belong to: one row, one table."""
    monkeypatch.setattr(queries, "OWNERS", (*OWNERS, ROUND))
    LINK.create(world.store.writer)
    return world


def of_round(session: Session, world: World, attachment_id: uuid.UUID) -> None:
    entry = make.patrol(world.grids["A2"], {world.things["farm_a2"]: "normal"})
    patrol_service.record(session, make.actor(session, "officer_a2"), entry)
    session.execute(insert(LINK), [{"attachment_id": attachment_id, "patrol_id": entry.id}])


def seen_by(world: World, attachment_id: uuid.UUID) -> set[str]:
    """Who of four people sees it."""
    seen = set()
    with world.store.read() as session:
        for login in ("officer_a1", "officer_a2", "township_a", "township_b"):
            try:
                found = queries.one(session, make.actor(session, login), attachment_id, queries.OWNERS)
            except NotFound:
                continue
            assert found.id == attachment_id
            seen.add(login)
    return seen


def test_each_owner_asks_for_its_own_permission_and_one_that_is_met_is_enough(
    two_owners: World, data_dir: Path
) -> None:
    world = two_owners
    with world.store.write() as session:
        of_a_report, of_a_round, of_both = (document(session, data_dir) for _ in range(3))
        of_report(session, world, of_a_report)
        of_round(session, world, of_a_round)
        for give in (of_report, of_round):
            give(session, world, of_both)
    assert seen_by(world, of_a_report) == {"officer_a1", "township_a"}
    assert seen_by(world, of_a_round) == {"officer_a2"}
    assert seen_by(world, of_both) == {"officer_a1", "township_a", "officer_a2"}


def test_a_lost_file_names_every_owner_and_an_attachment_of_nothing_is_found(two_owners: World, data_dir: Path) -> None:
    world = two_owners
    with world.store.write() as session:
        one, other = document(session, data_dir), document(session, data_dir)
        number = of_report(session, world, one)
        of_round(session, world, other)
    assert verify.verify_store(world.store, data_dir) == []
    files.path(data_dir, "originals", files.hashlib.sha256(PDF).hexdigest()).unlink()
    (finding,) = verify.verify_store(world.store, data_dir)
    assert f"report {number}, round of on_the_day" in str(finding)
    with world.store.write() as session:
        session.execute(delete(LINK))
    _, unowned = verify.verify_store(world.store, data_dir)
    assert str(unowned) == f"unowned  attachment {other}: nothing names it"


# --- what looks after the files ------------------------------------------------------------------------


def test_a_document_that_a_record_names_stays_and_one_that_none_names_goes(
    letter: uuid.UUID, world: World, data_dir: Path
) -> None:
    stray = files.keep_document(data_dir, io.BytesIO(PDF + b"!"), NAME)
    for file in (data_dir / "photos").rglob("*"):
        os.utime(file, (time.time() - 3 * files.DAY,) * 2)
    assert drop_photos(world.store, data_dir) == 1
    assert not files.path(data_dir, "originals", stray.sha256).exists()
    assert verify.verify_store(world.store, data_dir) == []


def test_a_backup_brings_documents_along(letter: uuid.UUID, world: World, data_dir: Path, tmp_path: Path) -> None:
    made = backup.backup(world.store, data_dir, tmp_path / "b.tar")
    assert (made.photos, made.faults) == (1, ())
    assert made.rows["attachment"] == made.rows["report_attachment"] == 1
    kept = files.path(Path("photos"), "originals", files.hashlib.sha256(PDF).hexdigest())
    assert str(kept).removeprefix("photos/").encode() in (tmp_path / "b.tar").read_bytes()


# --- the small size ---


@pytest.fixture
def photo(world: World, data_dir: Path) -> uuid.UUID:
    """A large photo of a report of A1."""
    picture = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(picture, "JPEG", quality=95)
    picture.seek(0)
    id_ = ids.new()
    with world.store.write() as session:
        attach(session, {id_: files.keep(data_dir, picture)}, clock.now(), None)
        of_report(session, world, id_)
    return id_


def test_a_list_loads_small_photos_that_are_made_once_and_never_the_whole_ones(
    browse: Any, photo: uuid.UUID, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    township = browse("township_a")
    row = township.get("/desk").text.split("row-body")[1].split("</li>")[0]
    assert f'src="/attachments/{photo}/small"' in row and 'loading="lazy"' in row
    assert f'href="/attachments/{photo}"' in row.replace("/photos/", "/attachments/")
    whole, small = (township.get(f"/attachments/{photo}{tail}", buffered=True) for tail in ("", "/small"))
    assert small.status_code == 200 and small.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(small.data)).size == (160, 120)
    assert len(small.data) < 10_000 < len(whole.data)
    assert small.headers["Cache-Control"] == whole.headers["Cache-Control"] == "private, no-store"
    monkeypatch.setattr(files, "_reencode", lambda *_: pytest.fail("made a second time"))
    assert township.get(f"/attachments/{photo}/small", buffered=True).data == small.data
    assert not list((data_dir / "tmp").glob("*"))


def test_whoever_may_not_see_the_photo_sees_no_small_one_either(browse: Any, photo: uuid.UUID) -> None:
    assert browse("township_a").get(f"/attachments/{photo}/small", buffered=True).status_code == 200
    for login in ("officer_b1", "township_b", "liaison"):
        assert browse(login).get(f"/attachments/{photo}/small").status_code == 404, login
    assert browse("admin").get(f"/attachments/{photo}/small").status_code == 403


def test_of_a_document_and_of_a_photo_that_is_gone_there_is_no_small_size(
    browse: Any, letter: uuid.UUID, photo: uuid.UUID, data_dir: Path
) -> None:
    assert browse("township_a").get(f"/attachments/{letter}/small").status_code == 404
    next((data_dir / "photos" / "copies").glob("*/*")).unlink()
    gone = browse("township_a").get(f"/attachments/{photo}/small")
    assert gone.status_code == 422 and "missing on the server" in gone.text


def test_no_backup_and_no_check_knows_of_small_photos(
    world: World, browse: Any, photo: uuid.UUID, data_dir: Path
) -> None:
    browse("township_a").get(f"/attachments/{photo}/small", buffered=True)
    assert verify.verify_store(world.store, data_dir) == []


def test_a_row_shows_the_first_two_photos_and_the_last_that_came_later(world: World, data_dir: Path) -> None:
    def kept(colour: str) -> files.PhotoFile:
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), colour).save(picture, "JPEG")
        picture.seek(0)
        return files.keep(data_dir, picture)

    first = tuple(kept(colour) for colour in ("red", "green", "blue"))
    entry, other = (make.report(world.grids["A1"], photos=photos) for photos in (first, first[:1]))
    moves = [make.move("handle", "township", result="true", done="x"), make.move("redo", "township_done", reason="x")]
    with world.store.write() as session:
        for each in (entry, other):
            service.submit(session, make.actor(session, "officer_a1"), each)
        for login, move, colours in (("township_a", moves[0], ("white", "black")), ("county", moves[1], ())):
            sent = replace(move, photos=tuple(kept(colour) for colour in colours))
            service.move(session, make.actor(session, login), entry.id, sent)
        shown = details.thumbs(session, [entry.id, other.id])
        hashes = {row.id: row.sha256 for row in session.scalars(select(Attachment))}
        assert [hashes[id_] for id_ in shown[entry.id]] == [first[0].sha256, first[1].sha256, kept("black").sha256]
        assert [hashes[id_] for id_ in shown[other.id]] == [first[0].sha256]
