"""Verifying: every seeded fault is found, and nothing that is right is named."""

import os
import random
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests import make
from tests.conftest import World
from tests.test_backup import evidence, photo, put
from webapp.core import clock, files
from webapp.core.db import Store
from webapp.core.retention import history_open
from webapp.ops import verify
from webapp.ops.verify import verify_reports, verify_store
from webapp.report import service
from webapp.report.models import Report, ReportEvent

DAY = 24 * 3600
LAIN = verify.ORPHAN_AFTER.total_seconds()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def aged(file: Path, seconds: float) -> Path:
    """Let a file be this old."""
    then = clock.now().timestamp() - seconds
    os.utime(file, (then, then))
    return file


def with_photos(world: World, data_dir: Path, number: int) -> list[tuple[str, str]]:
    """A report with so many photos; the two hashes of each."""
    taken = [photo(data_dir, f"photo {turn}") for turn in range(number)]
    with world.store.write() as session:
        receipt = service.submit(session, make.actor(session, "officer_a1"), make.report(world.grids["A1"]))
        evidence(session, receipt.id, {uuid.uuid4(): each for each in taken})
    return [(each.sha256, each.copy) for each in taken]


def test_four_hundred_seeded_faults_are_found_and_nothing_else(
    world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "PAGE", 37)  # several pages of every kind
    marks = with_photos(world, data_dir, 400)
    chance, expected = random.Random(7), set()
    chance.shuffle(marks)
    for turn in range(0, 400, 4):
        kind, at = chance.choice([("originals", 0), ("copies", 1)])
        a, b, c, d = (files.path(data_dir, kind, pair[at]) for pair in marks[turn : turn + 4])
        a.unlink()
        expected.add(("missing", a))
        body = bytearray(b.read_bytes())
        body[chance.randrange(len(body))] ^= 1
        b.write_bytes(body)
        expected.add(("damaged", b))
        if turn % 8:
            c.write_bytes(d.read_bytes())
            expected.add(("damaged", c))
        orphan = files.path(data_dir, kind, put(data_dir, kind, f"orphan {turn}".encode()))
        expected.add(("orphan", aged(orphan, LAIN + 60)))
        for young in range(2):
            aged(files.path(data_dir, kind, put(data_dir, kind, f"young {turn} {young}".encode())), LAIN - 60)
    for turn in range(50):
        expected.add(
            ("orphan", aged(files.path(data_dir, "copies", put(data_dir, "copies", f"more {turn}".encode())), 2 * DAY))
        )
    found = verify_store(world.store, data_dir)
    assert len(found) == len(expected) == 400
    assert {(finding.kind, data_dir / finding.place) for finding in found} == expected


def test_a_whole_store_has_no_findings_even_with_equal_photos_and_old_files(world: World, data_dir: Path) -> None:
    same = photo(data_dir, "same")
    with world.store.write() as session:
        for _ in range(2):
            service.submit(
                session, make.actor(session, "officer_a1"), make.report(world.grids["A1"], photos=(same, same))
            )
    for file in (data_dir / "photos").rglob("*"):
        aged(file, 100 * DAY)
    assert verify_store(world.store, data_dir) == []


def test_a_lost_photo_names_every_report_that_had_it(world: World, data_dir: Path) -> None:
    same = photo(data_dir, "same")
    with world.store.write() as session:
        numbers = [
            service.submit(
                session, make.actor(session, "officer_a1"), make.report(world.grids["A1"], photos=(same,))
            ).number
            for _ in range(2)
        ]
    files.path(data_dir, "originals", same.sha256).unlink()
    (finding,) = verify_store(world.store, data_dir)
    assert all(number in str(finding) for number in numbers)
    assert str(finding).startswith(f"missing  photos/originals/{same.sha256[:2]}/{same.sha256}")


def test_a_file_in_the_wrong_folder_is_missing_and_an_orphan(world: World, data_dir: Path) -> None:
    ((mark, _),) = with_photos(world, data_dir, 1)
    wrong = data_dir / "photos" / "originals" / "zz" / mark
    wrong.parent.mkdir()
    files.path(data_dir, "originals", mark).rename(wrong)
    aged(wrong, 2 * DAY)
    assert [finding.kind for finding in verify_store(world.store, data_dir)] == ["missing", "orphan"]


def test_no_photos_at_all_are_no_findings(store: Store, data_dir: Path) -> None:
    assert verify_store(store, data_dir) == [] == verify_reports(store)


@pytest.fixture
def told(world: World) -> uuid.UUID:
    """A report that went to and fro; another beside it that is right."""
    with world.store.write() as session:
        officer, township = make.actor(session, "officer_a1"), make.actor(session, "township_a")
        entry = make.report(world.grids["A1"])
        for each in (
            entry,
            make.report(world.grids["A1"]),
            make.report(world.grids["A1"], problems=("smell",), settle=True),
        ):
            service.submit(session, officer, each)
        service.move(session, township, entry.id, make.move("give_back", "township", missing="?"))
        service.move(session, officer, entry.id, make.move("supplement", "returned", note="!"))
        service.move(session, township, entry.id, make.move("raise", "township", reason="!"))
    return entry.id


def test_histories_that_the_services_wrote_replay_to_the_same_state_and_clock(world: World, told: uuid.UUID) -> None:
    assert verify_reports(world.store) == []


LATER = timedelta(minutes=2)

#: What somebody did to report or event behind the program's back → the kinds of findings.
TAMPERED: dict[str, tuple[Any, dict[str, Any], set[str]]] = {
    "another state": (None, {"state": "closed"}, {"state", "due"}),
    "open, and stored as at an end": (None, {"is_open": False}, {"state"}),
    "another moment": (None, {"state_since": LATER}, {"state"}),
    "a longer limit": (None, {"due_at": LATER}, {"due"}),
    "no limit": (None, {"due_at": None}, {"due"}),
    "a number left out": (4, {"seq": 5}, {"order"}),
    "the last move gone": (4, None, {"state"}),
    "a move in the middle gone": (2, None, {"order", "move", "due"}),
    "a move that is none": (4, {"action": "bounce"}, {"move"}),
    "a move of another role": (4, {"role": "grid_officer"}, {"move"}),
    "a move from elsewhere": (4, {"from_state": "returned"}, {"move"}),
    "a limit changed afterwards": (3, {"due_after": LATER}, {"due"}),
    "no history": ("all", None, {"order", "state", "due"}),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_changed_behind_the_services_is_found_and_only_that_report_named(
    name: str, world: World, told: uuid.UUID
) -> None:
    seq, values, kinds = TAMPERED[name]
    model = Report if seq is None else ReportEvent
    where = Report.id == told if seq is None else ReportEvent.report_id == told
    if isinstance(seq, int):
        where &= ReportEvent.seq == seq
    with world.store.write() as session, history_open(session, "a test"):
        if values is None:
            session.execute(delete(model).where(where))
        else:
            row = session.scalars(select(model).where(where)).one()
            session.execute(
                update(model)
                .where(where)
                .values(
                    {
                        key: getattr(row, key) + value if isinstance(value, timedelta) else value
                        for key, value in values.items()
                    }
                )
            )
        number = session.get_one(Report, told).number
    found = verify_reports(world.store)
    assert {finding.kind for finding in found} - {"due"} == kinds - {"due"}
    assert "due" not in kinds or "due" in {finding.kind for finding in found}
    assert {finding.place for finding in found} == {number}


def test_every_page_of_reports_is_replayed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "PAGE", 2)
    with world.store.write() as session:
        officer = make.actor(session, "officer_a1")
        numbers = {service.submit(session, officer, make.report(world.grids["A1"])).number for _ in range(7)}
        session.execute(update(Report).values(state="county"))
    assert {finding.place for finding in verify_reports(world.store)} == numbers


def test_a_limit_where_no_clock_runs_is_said_in_words_of_its_own(world: World, told: uuid.UUID) -> None:
    with world.store.write() as session:
        limit = session.get_one(Report, told).due_at
        session.execute(update(Report).where(Report.id == told).values(state="closed"))
    said = [finding.what for finding in verify_reports(world.store) if finding.kind == "due"]
    assert said == [f"the state closed has no clock, but the limit is {limit}"]


def test_a_lost_limit_is_told_apart_from_one_that_was_changed(world: World, told: uuid.UUID) -> None:
    with world.store.write() as session:
        limit = session.get_one(Report, told).due_at
        session.execute(update(Report).where(Report.id == told).values(due_at=None))
    assert [finding.what for finding in verify_reports(world.store)] == [
        f"is None, its history says {limit}",
        "the state county has a clock, but the limit is None",
    ]
