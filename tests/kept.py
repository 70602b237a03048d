"""Databases that cost time to make, kept between test runs, so that a single test does not begin with seeding a county.

A kept database is a folder in pytest's cache (`pytest --cache-clear` forgets it). Its name is a hash of all that it was
made from, and of the day, as some rows hold the day they were made. It is made beside its place and renamed, so a run
that is killed leaves nothing that is taken for whole; of two runs that make the same one, the first wins. Tests never
open it: each run works on copies. On PostgreSQL nothing is kept; a server for tests is as young as the run.
"""

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import make_url

from tests.rooms import is_page
from tests.sources import ROOT
from webapp.core import clock

SHELF = ROOT / ".pytest_cache" / "d" / "county"
HOUR = 3600  # seconds for which one that is not used is kept: each edit of what it is made from makes another
DATABASE, FACTS = "county.db", "facts.json"
PATTERNS = ("webapp/**/*.py", "gis/**/*.py", "migrations/**/*.py", "seeds/**/*.*", "tests/*.py", "requirements*.txt")
#: Of the tests, only these make a county.
FIXTURES = frozenset({"tests/conftest.py", "tests/engines.py", "tests/kept.py", "tests/make.py"})

#: Makes a database in a folder: its address, and what a test has to know of it, as JSON can hold it.
Make = Callable[[Path], tuple[str, Any]]


def made_from() -> Iterator[tuple[str, bytes]]:
    """Name and content of each file on which a kept database depends: all that is no page, as pages take no part."""
    for pattern in PATTERNS:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            if not (path.suffix == ".pyc" or is_page(name) or (name.startswith("tests/") and name not in FIXTURES)):
                yield name, path.read_bytes()


@cache
def key() -> str:
    """A hash of all that a kept database depends on."""
    found = hashlib.sha256(f"{sys.version} {clock.today()}".encode())
    for name, content in made_from():
        found.update(f"{name} {len(content)}\n".encode() + content)
    return found.hexdigest()[:32]


def database(engine_id: str, name: str, place: Path, make: Make) -> tuple[str, Any]:
    """A database of the run's own in the folder `place`, and its facts; copied from the kept one, made if need be."""
    if engine_id != "sqlite":
        return make(place)
    found = kept(SHELF, name, make)
    shutil.copyfile(found / DATABASE, place / DATABASE)
    return f"sqlite:///{place / DATABASE}", json.loads((found / FACTS).read_text(encoding="utf-8"))


def kept(shelf: Path, name: str, make: Make) -> Path:
    """The folder of a kept database; what has not been used for an hour is thrown away when a new one is made."""
    found = shelf / f"{name}-{key()}"
    if not found.exists():
        shelf.mkdir(parents=True, exist_ok=True)
        _throw_away(shelf)
        beside = Path(mkdtemp(prefix="unfinished-", dir=shelf))
        _fill(beside, make)
        with suppress(OSError):  # another run was first
            beside.rename(found)
        shutil.rmtree(beside, ignore_errors=True)
    os.utime(found)
    return found


def _fill(folder: Path, make: Make) -> None:
    url, facts = make(folder)
    Path(make_url(url).database).rename(folder / DATABASE)
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    left = {path.name for path in folder.iterdir()} - {DATABASE, FACTS}
    if left:
        raise RuntimeError(f"The database was not closed before it was kept: {sorted(left)}")


def _throw_away(shelf: Path) -> None:
    for folder in shelf.iterdir():
        with suppress(FileNotFoundError):  # another run threw it away
            if folder.stat().st_mtime < time.time() - HOUR:
                gone = Path(mkdtemp(prefix="unfinished-", dir=shelf))
                folder.rename(gone / folder.name)  # at once, so that nobody finds half of it
                shutil.rmtree(gone)
