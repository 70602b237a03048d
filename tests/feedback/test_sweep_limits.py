"""One run of the sweep deletes so much and no more; what would go is said before; several at once delete each thing
once."""

import logging
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, insert, select

from tests.core.together import side_by_side
from tests.short import FULL, some
from webapp import domains
from webapp.cli import main
from webapp.core import clock, files, numbers
from webapp.core.clock_mark import MARK, minutes
from webapp.core.models import AuditEntry, Throttle
from webapp.listeners import open_store
from webapp.ops import retention
from webapp.ops.retention import foreseen, sweep

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)
TRIES = 6000 if FULL else 600
KEY = "0123456789abcdef0123456789ABCDEF-test"


@pytest.fixture
def busy(world, monkeypatch):
    """A county with many failed log-ins of long ago, and lines of the log of two years ago."""
    monkeypatch.setattr(retention, "BATCH", 100)
    now = clock.now()
    with world.store.write() as session:
        numbers.keep(session, MARK, minutes(now))
        rows = [{"key": f"login:{turn}", "since": now - (1 + turn % 9) * DAY, "count": 1} for turn in range(TRIES)]
        session.execute(insert(Throttle), rows)
        old = {"at": now - 800 * DAY, "action": "test", "thing": "x", "detail": {}}
        session.execute(insert(AuditEntry), [old] * 7)
    return world


def left(world, model=Throttle):
    with world.store.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def file_of(data_dir, name, days, folder="tmp"):
    """A part-upload of so many days ago, or in its folder a file that waits for its entry."""
    file = data_dir / folder / name
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_bytes(b"x")
    then = time.time() - days * files.DAY
    os.utime(file, (then, then))


def test_a_run_takes_so_many_of_a_kind_and_says_what_waits(busy, tmp_path, caplog):
    for turn in range(5):
        file_of(tmp_path, f"part-{turn}", 2)
    with caplog.at_level(logging.WARNING, "wangge.sweep"):
        gone, waiting = sweep(busy.store, tmp_path, most=350)
    assert (gone["tries"], gone["log"], waiting) == (350, 7, {"tries": TRIES - 350})
    assert left(busy) == TRIES - 350
    assert f"'tries': {TRIES - 350}" in caplog.text and "350 of a kind" in caplog.text
    gone, waiting = sweep(busy.store, tmp_path, most=3)
    assert (gone["tries"], gone["uploads"], waiting) == (3, 0, {"tries": TRIES - 353})


def test_files_wait_too(busy, tmp_path):
    for turn in range(5):
        file_of(tmp_path, f"part-{turn}", 2)
    gone, waiting = sweep(busy.store, tmp_path, most=3)
    assert (gone["uploads"], waiting["uploads"], len(list((tmp_path / "tmp").iterdir()))) == (3, 2, 2)
    assert sweep(busy.store, tmp_path, most=3).gone["uploads"] == 2


def test_parts_and_what_waits_for_its_entry_are_one_kind(busy, tmp_path):
    for turn in range(4):
        file_of(tmp_path, f"part-{turn}", 2)
        file_of(tmp_path, f"{turn:064}", 61, "waiting/1/entry")  # weeks without signal are waited out
    runs = [sweep(busy.store, tmp_path, most=5) for _run in range(3)]
    assert [(gone["uploads"], waiting.get("uploads", 0)) for gone, waiting in runs] == [(5, 3), (3, 0), (0, 0)]


def test_an_operator_who_says_really_gets_all_of_it_and_it_is_logged(busy, tmp_path):
    gone, waiting = sweep(busy.store, tmp_path, really=True, most=3)
    assert (gone["tries"], waiting, left(busy)) == (TRIES, {}, 0)
    with busy.store.read() as session:
        said = session.scalar(select(func.count()).where(AuditEntry.action == "retention.clock"))
        went = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "retention.purge"))
        assert sum(detail.get("tries", 0) for detail in went) == TRIES
    assert said == 1


def test_what_is_foreseen_is_what_goes_with_its_days_and_nothing_is_deleted_by_looking(busy, tmp_path):
    file_of(tmp_path, "part", 3)
    before, now = left(busy), clock.now()
    seen = foreseen(busy.store, tmp_path)
    assert set(seen) == {*domains.sweep(), "uploads", "photos", "photo_places"}
    assert (left(busy), len(list((tmp_path / "tmp").iterdir()))) == (before, 1)
    assert [clock.day(at) for at in seen["tries"][1:]] == [clock.day(now - 9 * DAY), clock.day(now - DAY)]
    assert seen["codes"] == (0, None, None)
    assert {kind: look.number for kind, look in seen.items()} == sweep(busy.store, tmp_path).gone


@pytest.fixture
def command(busy, tmp_path, monkeypatch):
    """``command("--dry-run")`` is ``wangge sweep --dry-run`` on this county: exit code and what was said."""

    def run(*words):
        url = busy.store.url.render_as_string(hide_password=False)
        environment = {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, "WANGGE_COMMAND": "wangge"}
        done = CliRunner().invoke(main, ["sweep", *words], env=environment)
        return done.exit_code, done.output

    return run


def test_the_command_says_what_would_go_and_deletes_nothing(busy, command, monkeypatch):
    code, said = command("--dry-run")
    day = clock.day(clock.now() - 800 * DAY)
    assert (code, left(busy)) == (0, TRIES)
    assert f"tries: {TRIES}, " in said and f"log: 7, {day} to {day}" in said and "Nothing was deleted." in said
    with busy.store.write() as session:
        numbers.keep(session, MARK, minutes(clock.now() - 400 * DAY))
    code, said = command("--dry-run")
    assert code == 1 and f"tries: {TRIES}, " in said and "A sweep would be refused. This machine's clock" in said
    monkeypatch.setattr(retention, "MOST", 200)
    code, said = command()
    assert (code, left(busy)) == (1, TRIES)
    code, said = command("--really")
    assert (code, left(busy)) == (0, 0) and "more wait" not in said


def test_the_command_says_what_waits_and_how_to_have_all(command, monkeypatch):
    monkeypatch.setattr(sweep, "__kwdefaults__", {"really": False, "most": 200})
    code, said = command()
    assert code == 0 and f"tries: {TRIES - 200} more wait" in said and "wangge sweep --really" in said


@pytest.mark.parametrize("by", some(["threads", "processes"], every=2))
def test_three_that_sweep_at_once_delete_each_thing_once(busy, tmp_path, by):
    url = busy.store.url.render_as_string(hide_password=False)
    for turn in range(30):
        file_of(tmp_path, f"part-{turn}", 2)
    if by == "processes":
        environment = os.environ | {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "SECRET_KEY": KEY}
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "webapp.cli", "sweep"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            for _ in range(3)
        ]
        said = [process.communicate(timeout=120)[0] for process in started]
        assert [process.returncode for process in started] == [0, 0, 0], said
    else:
        stores = [open_store(url) for _ in range(3)]
        assert side_by_side(*[lambda store=store: sweep(store, tmp_path) for store in stores]) == []
        for store in stores:
            store.close()
    assert (left(busy), list((tmp_path / "tmp").iterdir())) == (0, [])
    with busy.store.read() as session:
        purged = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "retention.purge")).all()
    assert sum(detail.get("tries", 0) for detail in purged) == TRIES
    assert sum(detail.get("log", 0) for detail in purged) == 7
