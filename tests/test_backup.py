"""Backup and restore: nothing answered is missing, both engines give the same, what is damaged is not taken."""

import hashlib
import json
import os
import tarfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, inspect, select, update
from sqlalchemy.orm import Session

from tests import engines, make
from tests.conftest import World
from tests.short import count
from webapp.core import clock, files, ids
from webapp.core.attachments import attach
from webapp.core.db import Store
from webapp.core.errors import Refused
from webapp.core.files import PhotoFile
from webapp.core.models import Attachment, AuditEntry, StoreIdentity
from webapp.feedback.models import Feedback
from webapp.listeners import open_store
from webapp.models import metadata
from webapp.ops import backup, dump, migrate, verify
from webapp.patrol import service as patrol_service
from webapp.people.models import Person
from webapp.report import service
from webapp.report.models import Report, ReportAttachment

BACKUPS = count(1, 3, 20)


def put(data_dir: Path, kind: str, body: bytes) -> str:
    """A photo's file as `files.keep` leaves it; its sha256."""
    mark = hashlib.sha256(body).hexdigest()
    file = files.path(data_dir, kind, mark)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    return mark


def photo(data_dir: Path, name: str) -> PhotoFile:
    """A photo with both its files; any bytes do, nobody decodes them here."""
    return PhotoFile(
        put(data_dir, "originals", name.encode()), put(data_dir, "copies", b"copy of " + name.encode()), 4, 3
    )


def evidence(session: Session, report_id: uuid.UUID, photos: dict[uuid.UUID, PhotoFile]) -> None:
    """Photos of a report by id, past its service."""
    attach(session, photos, clock.now(), None)
    session.execute(
        insert(ReportAttachment),
        [
            {"attachment_id": id_, "report_id": report_id, "event_id": None, "position": position}
            for position, id_ in enumerate(photos)
        ],
    )


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def lived(world: World, data_dir: Path) -> World:
    """The small county after a few days: a round, reports with photos, moves, references that point forwards."""
    with world.store.write() as session:
        officer, township = make.actor(session, "officer_a1"), make.actor(session, "township_a")
        patrol_service.record(
            session,
            officer,
            make.patrol(
                world.grids["A1"], {world.things["farm_a1"]: "normal", world.things["kiln_a1"]: "could_not_see"}
            ),
        )
        smoke = photo(data_dir, "smoke")
        first = make.report(world.grids["A1"], photos=(smoke, smoke), lon=110.0051234567891, lat=35.005)
        second = make.report(world.grids["A1"], photos=(photo(data_dir, "kiln"),), note='a "b" \\ \n ü 烟\u2028')
        for entry in (first, second):
            service.submit(session, officer, entry)
        service.move(session, township, first.id, make.move("give_back", "township", missing="哪一座窑？"))
        service.move(session, officer, first.id, make.move("supplement", "returned", note="南边那座"))
        session.execute(update(Report).where(Report.id == first.id).values(recurs_id=second.id))
        session.execute(
            update(Person).where(Person.id == world.people["officer_a1"]).values(created_by=world.people["auditor"])
        )
    return world


@contextmanager
def fresh(engine_id: str, tmp_path: Path) -> Iterator[Store]:
    """A new database without a table."""
    url = engines.make(engine_id, tmp_path)
    made = open_store(url)
    yield made
    made.close()
    engines.drop(url)


@pytest.fixture
def empty(store: Store, tmp_path: Path) -> Iterator[Store]:
    """An empty place on the engine that the store is on."""
    with fresh(engines.record_urls()[0 if store.is_sqlite else -1], tmp_path) as made:
        yield made


@pytest.fixture(params=engines.record_urls())
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty place on each engine: with the store's own, every pair of them."""
    with fresh(request.param, tmp_path) as made:
        yield made


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of records, as the program reads them, but for what a restore adds: the store's new
    name, the line in the log and its link. A vocabulary belongs to the schema; tests/test_chain.py compares chains."""
    with store.read() as session:
        return {
            table.name: [
                tuple(row)
                for row in session.execute(select(table).order_by(*table.primary_key))
                if getattr(row, "action", "") != "restore"
            ]
            for table in metadata.sorted_tables
            if table.columns.keys() != ["code"] and table.name not in (StoreIdentity.__tablename__, "chain_link")
        }


def photo_files(data_dir: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(data_dir)): file.read_bytes()
        for file in (data_dir / "photos").rglob("*")
        if file.is_file()
    }


def everything(store: Store, data_dir: Path) -> Any:
    """What a refused restore must not have touched."""
    names = sorted(inspect(store.reader).get_table_names())
    return names, contents(store) if "report" in names else None, sorted(data_dir.rglob("*"))


def test_a_restored_place_holds_every_row_and_every_photo_on_either_engine(
    lived: World, anywhere: Store, data_dir: Path, tmp_path: Path
) -> None:
    put(data_dir, "originals", b"sent, but its form was never stored")
    made = backup.backup(lived.store, data_dir, tmp_path / "b.tar")
    restored = backup.restore(tmp_path / "b.tar", anywhere, tmp_path / "new")
    assert restored == made and made.faults == () and made.photos == 4
    assert made.rows["report"] == 2 and made.rows["attachment"] == made.rows["report_attachment"] == 3
    assert contents(anywhere) == contents(lived.store)
    assert sorted(photo_files(tmp_path / "new")) == sorted(
        f"photos/{kind}/{mark[:2]}/{mark}"
        for kind, mark in {
            pair for row in contents(anywhere)["attachment"] for pair in (("originals", row[2]), ("copies", row[3]))
        }
    )
    assert verify.verify_store(anywhere, tmp_path / "new") == [] == verify.verify_reports(anywhere)
    assert migrate.current(anywhere) == made.revision


def test_work_goes_on_in_a_restored_place_with_fresh_numbers(
    lived: World, anywhere: Store, data_dir: Path, tmp_path: Path
) -> None:
    backup.backup(lived.store, data_dir, tmp_path / "b.tar")
    backup.restore(tmp_path / "b.tar", anywhere, tmp_path / "new")
    with anywhere.write() as session:
        greatest = session.scalar(select(func.max(Person.id)))
        assert make.person(session, "newcomer", "grid_officer", grid=lived.grids["A1"]).id > greatest
        receipt = service.submit(session, make.actor(session, "officer_a1"), make.report(lived.grids["A1"]))
        assert receipt.number.endswith("-00003")


def test_an_empty_table_starts_its_numbers_at_one(store: Store, empty: Store, data_dir: Path, tmp_path: Path) -> None:
    backup.backup(store, data_dir, tmp_path / "b.tar")
    backup.restore(tmp_path / "b.tar", empty, tmp_path / "new")
    with empty.write() as session:
        assert make.person(session, "first").id == 1


def test_a_backup_during_writes_holds_everything_answered_before_it_began(
    lived: World, data_dir: Path, tmp_path: Path
) -> None:
    person, stop = lived.people["officer_a1"], threading.Event()
    acked: list[uuid.UUID] = []
    taken_before: list[set[uuid.UUID]] = []
    report_id = contents(lived.store)["report"][0][0]

    def write_on() -> None:
        while not stop.is_set():
            taken = photo(data_dir, f"photo {len(acked)}")
            made = ids.new()
            with lived.store.write() as session:
                session.add(Feedback(id=made, person_id=person, at=clock.now(), page="/", text="x"))
                evidence(session, report_id, {made: taken})
            acked.append(made)

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        for turn in range(BACKUPS):
            while len(acked) < 20 * (turn + 1):
                time.sleep(0.005)
            taken_before.append(set(acked))
            backup.backup(lived.store, data_dir, tmp_path / f"{turn}.tar")
            assert len(acked) > len(taken_before[-1]), "the writer stood still, so nothing was shown"
    finally:
        stop.set()
        writer.join()
    for turn, before in enumerate(taken_before):
        assert missing_in(tmp_path / f"{turn}.tar", lived.store, tmp_path / f"place-{turn}", before, acked) == set()


def missing_in(file: Path, like: Store, place: Path, before: set[uuid.UUID], acked: list[uuid.UUID]) -> set[uuid.UUID]:
    """Of what was answered before a backup began, what is not there once restored; what is there has its photo."""
    place.mkdir()
    with fresh(engines.record_urls()[0 if like.is_sqlite else -1], place) as empty:
        backup.restore(file, empty, place / "data")
        with empty.read() as session:
            kept = set(session.scalars(select(Feedback.id)))
            assert kept == set(session.scalars(select(Attachment.id).where(Attachment.id.in_(acked))))
        assert verify.verify_store(empty, place / "data") == []
        return before - kept


def test_the_snapshot_stands_still_from_the_first_look(store: Store) -> None:
    with dump.snapshot(store) as connection:
        layout = next(layout for layout in dump.layouts(connection) if layout.name == "person")
        before = dump.count(connection, layout)
        with store.write() as session:
            make.person(session, "late")
        assert dump.count(connection, layout) == before


def test_a_reader_without_wangge_can_open_and_check_the_archive(lived: World, data_dir: Path, tmp_path: Path) -> None:
    made = backup.backup(lived.store, data_dir, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as tar:
        names = tar.getnames()
        sums = tar.extractfile("sha256sums").read().decode()  # type: ignore[union-attr]
        listed = dict(reversed(line.split("  ")) for line in sums.splitlines())  # type: ignore[misc]
        for name in names[:-2]:
            assert listed.pop(name) == hashlib.sha256(tar.extractfile(name).read()).hexdigest()  # type: ignore[union-attr]
        assert listed == {}
        assert json.load(tar.extractfile("manifest.json")) == asdict(made) | {"faults": []}  # type: ignore[arg-type]
    assert names[0] == "wangge-backup" and names[-2:] == ["sha256sums", "manifest.json"]


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_beside(
    lived: World, data_dir: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "b.tar").write_bytes(b"yesterday's")
    backup.backup(lived.store, data_dir, folder / "b.tar")
    assert [file.name for file in folder.iterdir()] == ["b.tar"]
    assert (folder / "b.tar").stat().st_mode & 0o777 == 0o600
    assert backup.examine(folder / "b.tar").rows["report"] == 2


def test_a_backup_that_fails_keeps_the_old_one(
    lived: World, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "b.tar").write_bytes(b"yesterday's")

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="could not be written"):
        backup.backup(lived.store, data_dir, folder / "b.tar")
    assert [file.read_bytes() for file in folder.iterdir()] == [b"yesterday's"]


def test_a_lost_or_damaged_photo_is_named_and_does_not_stop_the_backup(
    lived: World, empty: Store, data_dir: Path, tmp_path: Path
) -> None:
    gone, changed = (hashlib.sha256(name).hexdigest() for name in (b"smoke", b"kiln"))
    files.path(data_dir, "originals", gone).unlink()
    files.path(data_dir, "originals", changed).write_bytes(b"kiln?")
    made = backup.backup(lived.store, data_dir, tmp_path / "b.tar")
    assert sorted(made.faults) == sorted([f"originals/{gone} missing", f"originals/{changed} damaged"])
    assert made.photos == 3
    assert f"and 3 photo files, as of {made.made_at}" in str(made) and f"photo file originals/{gone} missing" in str(
        made
    )
    backup.restore(tmp_path / "b.tar", empty, tmp_path / "new")
    assert {finding.kind for finding in verify.verify_store(empty, tmp_path / "new")} == {"missing", "damaged"}


def test_nothing_to_back_up_is_said(empty: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no records here"):
        backup.backup(empty, tmp_path, tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


def test_many_rows_come_back_in_batches(world: World, empty: Store, data_dir: Path, tmp_path: Path) -> None:
    with world.store.write() as session:
        session.execute(
            insert(AuditEntry),
            [
                {"at": clock.now(), "person_id": None, "action": "a", "thing": f"t:{number}", "detail": {"n": number}}
                for number in range(2 * dump.BATCH + 1)
            ],
        )
    backup.backup(world.store, data_dir, tmp_path / "b.tar")
    backup.restore(tmp_path / "b.tar", empty, tmp_path / "new")
    assert contents(empty)["audit_log"] == contents(world.store)["audit_log"]


def test_every_column_is_dumped_as_the_kind_the_models_give_it(store: Store) -> None:
    with store.reader.connect() as connection:
        found = {layout.name: layout.columns for layout in dump.layouts(connection)}
    assert found == {
        table.name: {
            column.name: dump.kind_of(getattr(column.type, "impl_instance", column.type)) for column in table.columns
        }
        for table in metadata.sorted_tables
        if table.columns.keys() != ["code"]  # a vocabulary comes with the revision
    }
