"""An upgrade of a county in use that dies in the middle: it is done or not, never half, and can be begun again."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.short import count, some
from tests.test_landed import FOLDERS
from tests.test_migrations import ROOT, rows
from webapp.core.db import Store
from webapp.ops import backup, migrate

KILLED_AT = """
import os, signal, sys
from sqlalchemy import event
from webapp.ops import migrate
from webapp.core.db import Store
store, left = Store(sys.argv[1]), [int(sys.argv[2])]
@event.listens_for(store.writer, "before_cursor_execute")
def look(*_call):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
migrate.run(store, "upgrade", sys.argv[3])
"""
KILLS = count(1, 2, 20)


@pytest.mark.parametrize("folder", some(reversed(FOLDERS), every=len(FOLDERS)), ids=lambda folder: folder.name)
def test_an_upgrade_of_a_county_killed_at_any_statement_is_done_or_not(
    empty: Store, tmp_path: Path, folder: Path
) -> None:
    """Of every county that landed, to the revision after its own: as before, or through; and then it can be done."""
    at = backup.restore(folder / "county.backup", empty, tmp_path / "data").revision
    following, chance = f"{int(at) + 1:04d}", random.Random(at)
    if following > migrate.newest():
        pytest.skip("nothing comes after it yet")
    before = rows(empty)
    for _ in range(KILLS):
        url = empty.url.render_as_string(hide_password=False)
        call = [sys.executable, "-c", KILLED_AT, url, str(chance.randint(2, 60)), following]
        done = subprocess.run(call, cwd=ROOT, timeout=300, check=False, capture_output=True)
        now = migrate.current(empty)
        assert done.returncode in (0, -signal.SIGKILL) and now in (at, following), done.stderr.decode()[-2000:]
        assert done.returncode or now == following
        if now == at:
            assert rows(empty) == before
        else:
            migrate.run(empty, "downgrade", at)
    migrate.run(empty, "upgrade", following)
    assert migrate.current(empty) == following
