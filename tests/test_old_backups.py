"""Backups of a folder age out: by their own moment, only ours, never the one just made, never under a wrong clock."""

import os
import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from tests import make
from tests.conftest import KEY, World
from tests.core.together import side_by_side
from tests.test_photo_places import kept, photo
from webapp.cli import main
from webapp.core import clock, files, numbers
from webapp.core.clock_mark import MARK, minutes
from webapp.core.db import Store
from webapp.core.models import AuditEntry, Setting
from webapp.ops import archive, backup, old_backups, sealed, sweep_clock
from webapp.report import service

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
DAY = timedelta(days=1)
OURS, OTHER = bytes(range(32)), bytes(32)


@pytest.fixture
def county(world: World) -> World:
    """The small county with a report, whose clock has been seen to be right."""
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), make.report(world.grids["A1"]))
        numbers.keep(session, MARK, minutes(clock.now()))
    return world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def made(county: World, place: Path, days: float = 0, key: bytes | None = None) -> Path:
    """A backup of so many days ago, whose file was touched just now, as by copying."""
    with clock.at(clock.now() - days * DAY):
        backup.backup(county.store, place.parent / "nothing", place, key)
    return place


@pytest.fixture
def command(county: World, tmp_path: Path) -> Callable[..., Result]:
    """``command(FOLDER)`` is ``wangge backup FOLDER`` on this county."""

    def run(*words: Any, keys: tuple[bytes, ...] = ()) -> Result:
        environment = {
            "DATABASE_URL": county.store.url.render_as_string(hide_password=False),
            "DATA_DIR": str(tmp_path / "data"),
            "SECRET_KEY": KEY,
            "WANGGE_COMMAND": "wangge",
            "BACKUP_KEY_FILE": "",
        }
        (tmp_path / "data").mkdir(exist_ok=True)
        if keys:
            (tmp_path / "backup.key").write_text("".join(f"{key.hex()}\n" for key in keys))
            environment["BACKUP_KEY_FILE"] = str(tmp_path / "backup.key")
        return CliRunner().invoke(main, ["backup", *map(str, words)], env=environment)

    return run


def names(folder: Path) -> set[str]:
    return {place.name for place in folder.iterdir()}


def test_in_a_folder_it_is_called_by_its_moment_and_what_is_past_its_days_goes(
    county: World, folder: Path, command: Callable[..., Result]
) -> None:
    for days in (400, 91, 89, 1):
        made(county, folder / f"{days}.backup", days)
    done = command(folder)
    assert done.exit_code == 0, done.output
    (fresh,) = names(folder) - {"89.backup", "1.backup"}
    assert re.fullmatch(r"wangge-\d{8}T\d{6}Z\.backup", fresh) and len(names(folder)) == 3
    assert backup.examine(folder / fresh).rows["report"] == 1
    gone = [line for line in done.output.splitlines() if line.startswith("Deleted")]
    day = clock.day(clock.now() - 400 * DAY)
    assert len(gone) == 2 and f"Deleted, past its days: 400.backup (of {day})" in gone
    with county.store.read() as session:
        noted = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "retention.purge")).all()
    assert list(noted) == [{"backups": 2}]


def test_the_county_sets_the_days_and_before_the_setting_is_there_they_are_ninety(county: World, folder: Path) -> None:
    first, second = made(county, folder / "a", 40), made(county, folder / "b", 20)
    fresh = made(county, folder / "fresh")
    with county.store.write() as session:
        session.execute(update(Setting).where(Setting.key == "backup_days").values(value="30"))
    assert [old.place for old in old_backups.age_out(county.store, fresh, ()).gone] == [first]
    with county.store.write() as session:
        session.execute(update(Setting).where(Setting.key == "backup_days").values(key="another"))
    assert old_backups.age_out(county.store, fresh, ()) == ([], [], "") and second.exists()


def test_into_a_file_nothing_is_deleted_and_nothing_said(
    county: World, folder: Path, command: Callable[..., Result]
) -> None:
    made(county, folder / "old", 400)
    done = command(folder / "today.backup")
    assert done.exit_code == 0 and "days" not in done.output and names(folder) == {"old", "today.backup"}


def test_only_what_begins_as_ours_goes_however_old_it_is(county: World, folder: Path) -> None:
    strange = {
        "letter.backup": b"a letter",
        "empty": b"",
        "short": b"wangge-b",
        "tar": b"wangge-backups\0" + bytes(600),
    }
    for name, data in strange.items():
        (folder / name).write_bytes(data)
        os.utime(folder / name, (0, 0))
    (folder / "deeper").mkdir()
    made(county, folder / "deeper" / "old", 400)
    os.mkfifo(folder / "pipe")
    fresh = made(county, folder / "fresh")
    assert old_backups.age_out(county.store, fresh, ()) == ([], [], "")
    assert names(folder) == {*strange, "deeper", "pipe", "fresh"} and (folder / "deeper" / "old").exists()


def test_links_stay_and_are_said(county: World, folder: Path, tmp_path: Path) -> None:
    outside = made(county, tmp_path / "outside", 400)
    (folder / "link").symlink_to(outside)
    (folder / "nowhere").symlink_to(tmp_path / "nothing")
    fresh = made(county, folder / "fresh")
    (folder / "newest").symlink_to(fresh)
    aged = old_backups.age_out(county.store, fresh, ())
    assert [(old.place.name, old.why) for old in aged.kept] == [("link", old_backups.LINK)] and aged.gone == []
    assert names(folder) == {"link", "nowhere", "newest", "fresh"} and outside.exists()


def test_sealed_ones_go_by_the_moment_inside_and_only_those_our_keys_open(
    county: World, folder: Path, command: Callable[..., Result]
) -> None:
    made(county, folder / "old", 100, OURS)
    made(county, folder / "young", 10, OURS)
    for name, touched in (("foreign", 0), ("foreign of today", time.time())):
        os.utime(made(county, folder / name, 100, OTHER), (touched, touched))
    done = command(folder, keys=(OURS,))
    assert done.exit_code == 0 and len(names(folder)) == 4 and "old" not in names(folder)
    assert "Deleted, past its days: old (of" in done.output
    assert f"not deleted: foreign (of 1970-01-01, {old_backups.OTHER_KEY})" in done.output
    assert "foreign of today" not in done.output
    assert sealed.is_sealed(next(folder.glob("wangge-*.backup")))
    assert "Deleted, past its days: foreign" in command(folder, keys=(OURS, OTHER)).output


def test_one_without_a_seal_goes_too_where_there_is_a_key_and_parts_of_killed_ones(county: World, folder: Path) -> None:
    made(county, folder / "plain", 100)
    whole = made(county, folder / "sealed", 100, OURS).read_bytes()
    (folder / "x.backup.abc.tmp").write_bytes(whole[: len(whole) - 5])
    (folder / "cut.tmp").write_bytes(whole[:60])
    os.utime(folder / "cut.tmp", (0, 0))
    fresh = made(county, folder / "fresh", key=OURS)
    aged = old_backups.age_out(county.store, fresh, (OURS,))
    assert {old.place.name for old in aged.gone} >= {"plain", "sealed"}
    assert {(old.place.name, old.why) for old in aged.kept} >= {("cut.tmp", old_backups.UNREADABLE)}
    assert "fresh" in names(folder)


def test_a_backup_that_failed_or_lacks_files_deletes_nothing(
    county: World, folder: Path, command: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(county, folder / "old", 400)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        done = command(folder)
    assert done.exit_code == 1 and names(folder) == {"old"}
    kept(county, tmp_path / "data", photo(), days=1)
    for file in (tmp_path / "data" / "photos").rglob("*"):
        if file.is_file():
            file.unlink()
    assert command(folder).exit_code == 1 and "old" in names(folder)
    assert command(folder, "--allow-missing").exit_code == 0 and "old" not in names(folder)


def test_while_a_file_is_damaged_the_older_ones_stay_in_which_it_is_whole(
    county: World, folder: Path, command: Callable[..., Result], tmp_path: Path
) -> None:
    kept(county, tmp_path / "data", photo(), days=1)
    made(county, folder / "old", 400)
    original = next(file for file in (tmp_path / "data" / "photos" / "originals").rglob("*") if file.is_file())
    original.chmod(0o600)
    original.write_bytes(original.read_bytes()[:-1] + b"!")
    for words in ((), ("--allow-missing",)):
        done = command(folder, *words)
        assert done.exit_code == 1 and "old" in names(folder), done.output
        assert "No older backup was deleted, for 1 file" in done.output


@pytest.mark.parametrize("years", [1, -1])
def test_under_a_clock_that_cannot_be_right_nothing_goes_and_it_is_said(
    county: World, folder: Path, command: Callable[..., Result], years: int
) -> None:
    made(county, folder / "old", 30)
    made(county, folder / "older", 900)
    with clock.at(clock.now() + years * 366 * DAY):
        done = command(folder)
    assert done.exit_code == 0 and {"old", "older"} < names(folder)
    assert "No backup was deleted. This machine's clock" in done.output and "older (of" in done.output


def test_a_database_that_takes_no_write_deletes_nothing(
    county: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(county, folder / "old", 400)
    fresh = made(county, folder / "fresh")

    def gone(_store: Store) -> str:
        raise OperationalError("x", None, Exception("read only"))

    monkeypatch.setattr(sweep_clock, "look_at_all", gone)
    aged = old_backups.age_out(county.store, fresh, ())
    assert (aged.gone, aged.refusal) == ([], old_backups.NO_DATABASE) and names(folder) == {"old", "fresh"}


def test_what_the_disk_does_not_let_go_is_said(county: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(county, folder / "old", 400)
    fresh = made(county, folder / "fresh")

    def refused(_self: Path, **_more: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refused)
    aged = old_backups.age_out(county.store, fresh, ())
    assert [str(old) for old in aged.kept] == [f"old (of {clock.day(clock.now() - 400 * DAY)}, Permission denied)"]
    assert aged.gone == []


def test_two_at_once_both_make_theirs(county: World, folder: Path) -> None:
    for days in (100, 200, 300):
        made(county, folder / f"{days}", days)

    def run() -> None:
        place = old_backups.target(folder)
        backup.backup(county.store, folder / "nothing", place)
        old_backups.age_out(county.store, place, ())

    assert side_by_side(run, run) == []
    left = list(folder.glob("wangge-*.backup"))
    old_backups.age_out(county.store, left[0], ())  # where one waited too long for the other, the next one deletes
    assert left and {place.name for place in left} == names(folder)
    assert all(backup.examine(place).rows["report"] == 1 for place in left)


def test_two_of_one_second_have_two_names(folder: Path) -> None:
    with clock.at(clock.now()):
        first = old_backups.target(folder)
        first.touch()
        assert old_backups.target(folder).name == f"{first.stem}-2.backup"


def test_a_backup_made_under_a_clock_of_far_ahead_is_not_told_old(county: World, folder: Path) -> None:
    place = made(county, folder / "ahead", -4000)
    assert archive.begun(place, ()) > clock.now() and files.moment_of(place) <= clock.now() + DAY
    assert old_backups.age_out(county.store, made(county, folder / "fresh"), ()) == ([], [], "")
