"""What is kept between test runs is made anew when anything it was made from has changed, and is never half made."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests import engines, kept
from tests.rooms import file_of, imported
from tests.sources import ROOT
from webapp.core import clock


@pytest.fixture(autouse=True)
def fresh_key() -> Iterator[None]:
    """The key as a new run finds it."""
    kept.key.cache_clear()
    yield
    kept.key.cache_clear()


def names() -> set[str]:
    return {name for name, _ in kept.made_from()}


def numbered(number: int) -> kept.Make:
    """Makes a database that holds one number."""

    def make(folder: Path) -> tuple[str, int]:
        url = engines.make("sqlite", folder)
        with closing(sqlite3.connect(make_url(url).database)) as database:
            database.execute(f"CREATE TABLE number AS SELECT {number} AS it")
            database.commit()
        return url, number

    return make


def held(folder: Path) -> tuple[int, int]:
    """The number in the kept database, and in what is told of it."""
    with closing(sqlite3.connect(folder / kept.DATABASE)) as database:
        return database.execute("SELECT it FROM number").fetchone()[0], json.loads((folder / kept.FACTS).read_text())


def test_all_that_making_a_county_imports_is_part_of_the_key() -> None:
    files = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in ("webapp", "gis", "seeds", "migrations", "tests")
        for path in (ROOT / folder).rglob("*.py")
    }
    revisions = [name for name in files if name.startswith("migrations/")]
    reached: set[str] = set()
    found_by_name = [name for name in files if name.endswith(("/about.py", "/models.py", "/retention.py"))]
    waiting = [
        *found_by_name,
        "webapp/ops/migrate.py",
        "webapp/ops/seeding.py",
        "tests/make.py",
        "tests/engines.py",
        *revisions,
    ]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += filter(None, (file_of(name, files) for name in imported(path, files[path])))
    assert len(reached) > 40
    assert sorted(reached - names() - {"tests/__init__.py"}) == []


def test_the_key_holds_seeds_and_the_fixtures_and_no_page() -> None:
    there = {"seeds/MANIFEST.csv", "seeds/settings/words.csv", "migrations/versions/0001_first_tables.py"}
    assert names() >= there | {"tests/conftest.py", "webapp/duty/models.py", "requirements.txt"}
    assert not [name for name in names() if name.endswith(("views.py", ".html", "forms.py")) or "webapp/web/" in name]


def key_with(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]) -> str:
    monkeypatch.setattr(kept, "made_from", files.items)
    kept.key.cache_clear()
    return kept.key()


def test_a_change_of_any_file_or_name_is_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    files = dict(kept.made_from())
    keys = [kept.key(), key_with(monkeypatch, files)]
    assert keys[0] == keys[1]
    for name in ("seeds/settings/words.csv", "webapp/core/load.py", "migrations/ops.py", "tests/make.py"):
        keys.append(key_with(monkeypatch, files | {name: files[name] + b" "}))
        keys.append(key_with(monkeypatch, {name + "x" if name == each else each: files[each] for each in files}))
    assert len(set(keys)) == 9


def test_another_day_is_another_key() -> None:
    today = kept.key()
    kept.key.cache_clear()
    with clock.at(clock.now() + timedelta(days=1)):
        assert kept.key() != today


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    assert held(kept.kept(tmp_path, "a", numbered(1))) == (1, 1)
    assert held(kept.kept(tmp_path, "a", numbered(2))) == (1, 1)
    assert held(kept.kept(tmp_path, "b", numbered(3))) == (3, 3)
    assert len(list(tmp_path.iterdir())) == 2


def test_of_two_runs_at_once_the_first_wins_and_nothing_is_left_of_the_other(tmp_path: Path) -> None:
    def overtaken(folder: Path) -> tuple[str, int]:
        assert held(kept.kept(tmp_path, "a", numbered(1))) == (1, 1)
        return numbered(2)(folder)

    assert held(kept.kept(tmp_path, "a", overtaken)) == (1, 1)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_run_that_is_killed_leaves_nothing_that_is_taken_for_whole(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from tests import kept
from tests.test_kept import numbered
def killed(folder):
    numbered(1)(folder)
    os.kill(os.getpid(), signal.SIGKILL)
kept.kept(Path({str(tmp_path)!r}), "a", killed)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode != 0
    assert [path.name.partition("-")[0] for path in tmp_path.iterdir()] == ["unfinished"]
    assert held(kept.kept(tmp_path, "a", numbered(2))) == (2, 2)


def test_a_making_that_fails_is_tried_again(tmp_path: Path) -> None:
    def failing(folder: Path) -> tuple[str, int]:
        numbered(1)(folder)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        kept.kept(tmp_path, "a", failing)
    assert held(kept.kept(tmp_path, "a", numbered(2))) == (2, 2)


def test_a_database_that_is_still_open_is_not_kept(tmp_path: Path) -> None:
    def left_open(folder: Path) -> tuple[str, int]:
        url, number = numbered(1)(folder)
        (folder / f"{Path(make_url(url).database).name}-wal").write_bytes(b"not yet in the database")
        return url, number

    with pytest.raises(RuntimeError, match="not closed"):
        kept.kept(tmp_path, "a", left_open)
    assert held(kept.kept(tmp_path, "a", numbered(2))) == (2, 2)


def test_what_was_not_used_for_an_hour_is_thrown_away_and_what_was_used_stays(tmp_path: Path) -> None:
    old, used = kept.kept(tmp_path, "old", numbered(1)), kept.kept(tmp_path, "used", numbered(2))
    for folder in (old, used):
        os.utime(folder, (time.time() - 2 * kept.HOUR,) * 2)
    kept.kept(tmp_path, "used", numbered(3))
    kept.kept(tmp_path, "new", numbered(4))
    assert not old.exists()
    assert held(used) == (2, 2)
    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_thrown_away_is_gone_from_its_place_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = kept.kept(tmp_path, "a", numbered(1))
    os.utime(old, (time.time() - 2 * kept.HOUR,) * 2)
    monkeypatch.setattr(kept.shutil, "rmtree", lambda *_, **__: None)  # killed before it was done
    kept.kept(tmp_path, "b", numbered(2))
    assert not old.exists()


def test_a_run_works_on_copies_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SHELF", tmp_path / "shelf")
    for number in (1, 2):
        place = tmp_path / str(number)
        place.mkdir()
        url, facts = kept.database("sqlite", "a", place, numbered(number))
        assert (url, facts) == (f"sqlite:///{place / kept.DATABASE}", 1)
        with closing(sqlite3.connect(place / kept.DATABASE)) as database:
            assert database.execute("SELECT it FROM number").fetchall() == [(1,)]
            database.execute("UPDATE number SET it = 9")
            database.commit()
