"""Each command in a process of its own, as an operator starts it: nothing that another one loaded is there."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gis import boundary_files
from tests.sources import ROOT

START = "from webapp.cli import main; main()"


@pytest.fixture
def alone(tmp_path: Path) -> Callable[..., str]:
    """``alone("seed")`` is what the command says, in an empty place of the test's own, on SQLite."""
    settings = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "DATA_DIR": str(tmp_path / "data"),
        "SECRET_KEY": "0123456789abcdef0123456789ABCDEF-test",
    }

    def run(*words: object, place: Path | None = None) -> str:
        more = {"DATA_DIR": str(place)} if place else {}
        done = subprocess.run(
            [sys.executable, "-c", START, *map(str, words)],
            cwd=ROOT,
            env={**settings, **more},
            input="y\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    return run


def test_a_county_is_begun_by_the_commands_alone(alone: Callable[..., str], tmp_path: Path) -> None:
    alone("migrate")
    assert "added" in alone("seed")
    alone("admin", "create", "root", "--name", "Root", "--password", "long enough")
    assert "Stored 11 grids" in alone("grids", "import", boundary_files.geojson(tmp_path / "a.geojson"), "--yes")
    alone("admin", "code", "root")
    alone("sweep")
    alone("verify-store")
    alone("verify-reports")
    alone("backup", tmp_path / "kept.tar")
    alone("restore", tmp_path / "kept.tar", place=tmp_path / "other")
    alone("seed", place=tmp_path / "other")
