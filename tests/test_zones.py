"""The zone of the server, and of PostgreSQL's session, changes nothing: the same entries, the same rows and pages."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests import engines
from tests.conftest import World
from tests.short import FULL, count

ROOT = Path(__file__).parent.parent
ZONES = ("UTC", "America/New_York", "Asia/Shanghai", "Asia/Urumqi") if FULL else ("Asia/Urumqi", "America/New_York")
RECORDS = count(40, 200, 10_000)
#: What the first engine made of it, by the number of records: the second makes the same.
MARKS: dict[int, str] = {}


def worked(url: str, zone: str, folder: Path) -> dict[str, Any]:
    """What a process in that zone made of a county of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.at_zone", url, str(folder), str(RECORDS), *(["pages"] if FULL else [])],
        cwd=ROOT,
        env=os.environ | {"TZ": zone, "PGTZ": zone},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_server_in_any_zone_stores_and_shows_the_same(populated: tuple[str, World], tmp_path: Path) -> None:
    made = {}
    for zone in ZONES:
        url = engines.copy(populated[0], tmp_path)
        made[zone] = worked(make_url(url).render_as_string(hide_password=False), zone, tmp_path / "data")
        engines.drop(url)
    first, *others = made.values()
    assert first["number"] > 2 * RECORDS
    assert MARKS.setdefault(RECORDS, first["mark"]) == first["mark"], "the other engine stores something else"
    assert all(" 200 " in page for page in first["pages"]) and len(first["pages"]) == (14 if FULL else 0)
    for other in others:
        assert other["rows"] == first["rows"]
        assert (other["number"], other["mark"]) == (first["number"], first["mark"])
        for one, same in zip(first["pages"], other["pages"], strict=True):
            assert same == one
