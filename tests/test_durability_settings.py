"""A database that forgets what it has confirmed is not served: ten ways of SQLite, three of PostgreSQL."""

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from tests.conftest import KEY, World
from webapp import wsgi
from webapp.core import db
from webapp.core.db import Store
from webapp.ops import durability, migrate
from webapp.ops.durability import CARELESS, careless, file_system

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture
def start(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Store], str]:
    """``start(store)`` is why the county is not served on a store; empty when it is."""
    if not world.store.is_sqlite:
        pytest.skip("settings of SQLite")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.setattr(wsgi.starting, "log_to_stderr", lambda: None)
    monkeypatch.setattr(wsgi, "settle", lambda: None)

    def tried(store: Store) -> str:
        monkeypatch.setattr(wsgi, "open_store", lambda _url: store)
        world.store.close()  # no journal changes while somebody has the database open
        try:
            wsgi.application()
        except SystemExit as refusal:
            return str(refusal)
        return ""

    return tried


def set_to(engine: Engine, setting: str) -> None:
    """Each connection of an engine is set so, after we have set it."""
    event.listen(engine, "connect", lambda connection, _record: connection.execute(f"PRAGMA {setting}").fetchall())


SETTINGS = {
    "journal_mode=MEMORY": "journal_mode = memory",
    "journal_mode=OFF": "journal_mode = off",
    "synchronous=NORMAL": "synchronous = 1",
    "synchronous=OFF": "synchronous = 0",
    "foreign_keys=OFF": "foreign_keys = 0",
    "busy_timeout=0": "busy_timeout = 0",
    "trusted_schema=ON": "trusted_schema = 1",
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_sqlite_that_forgets_is_refused_at_the_start(
    world: World, start: Callable[[Store], str], setting: str
) -> None:
    store = Store(world.store.url.render_as_string())
    set_to(store.reader if "journal" in setting else store.writer, setting)
    assert SETTINGS[setting] in start(store)


def test_a_wal_by_a_library_that_can_damage_it_is_refused(
    world: World, start: Callable[[Store], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(world.store.url.render_as_string())
    for engine in (store.reader, store.writer):
        engine.connect().close()  # its connections stay, with the WAL that a good library gave them
    monkeypatch.setattr(db, "SQLITE_SAFE", (99,))
    assert "too old" in start(store)


def test_a_write_that_begins_without_the_lock_is_refused(
    world: World, start: Callable[[Store], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    safe = db._sqlite
    monkeypatch.setattr(db, "_sqlite", lambda url, *_begin: safe(url, "BEGIN"))
    assert "begin = deferred" in start(Store(world.store.url.render_as_string()))


def test_a_disk_of_another_machine_is_refused(
    world: World, start: Callable[[Store], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nhost:/x {tmp_path} nfs4 rw 0 0\nhost:/y {tmp_path}x cifs rw 0 0\n")
    monkeypatch.setattr(durability, "MOUNTS", mounts)
    assert "another machine (nfs4)" in start(Store(world.store.url.render_as_string()))
    assert [file_system(Path(place)) for place in ("/x", f"{tmp_path}/a/b", f"{tmp_path}xy")] == [
        "ext4",
        "nfs4",
        "ext4",
    ]
    monkeypatch.setattr(durability, "MOUNTS", tmp_path / "none")
    assert file_system(tmp_path) == ""


def test_what_is_set_rightly_is_served(world: World, start: Callable[[Store], str]) -> None:
    assert len(SETTINGS) + 3 == 10
    assert start(Store(world.store.url.render_as_string())) in ("", NOBODY)


NOBODY = "Nobody administers this place yet. Run: wangge admin create LOGIN"


# --- PostgreSQL ----------------------------------------------------------------------------------------


@contextmanager
def server(*settings: str) -> Iterator[str]:
    """The address of a PostgreSQL of its own with some settings."""
    root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="wangge-own.", dir="/tmp"))  # its user gets there; a socket's path is short
    programs, data = PROGRAMS[-1].parent, folder / "data"

    def run(*words: Any) -> None:
        subprocess.run(
            [*(["runuser", "-u", "postgres", "--"] if root else []), *map(str, words)],
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
        )

    if root:
        shutil.chown(folder, "postgres")
    options = " ".join(f"-c {setting}" for setting in settings)
    run(programs / "initdb", "-D", data, "-U", "wangge", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    run(programs / "pg_ctl", "-w", "-D", data, "-l", folder / "log", "-o", f"-h '' -k {folder} {options}", "start")
    try:
        yield f"postgresql+psycopg://wangge@/postgres?host={folder}"
    finally:
        run(programs / "pg_ctl", "-w", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.mark.full
@pytest.mark.skipif(not PROGRAMS, reason="no server of PostgreSQL on this machine")
@pytest.mark.parametrize("setting", [*(f"{name}=off" for name in CARELESS), ""])
def test_a_setting_of_postgresql_that_forgets_is_refused(
    setting: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(migrate, "lacking", lambda _store: None)
    config = wsgi.Config("", tmp_path, KEY)
    with server(*([setting] if setting else [])) as url:
        store = Store(url)
        if setting:
            assert setting.replace("=", " = ") in str(wsgi.refusal(config, store))
        else:
            assert careless(store) is None
            with caplog.at_level(logging.WARNING):
                durability.warn(store)
            assert "checksums" in caplog.text
        store.close()


def test_what_is_set_carelessly_is_named_and_nothing_else(store: Store) -> None:
    """The tests' own PostgreSQL waits for no disk, and that is said."""
    off = set()
    if not store.is_sqlite:
        with store.read() as session:
            off = {name for name in CARELESS if session.scalar(text(f"show {name}")) == "off"}
    said = careless(store) or ""
    assert {name for name in CARELESS if name in said} == off
    assert bool(said) == bool(off)
