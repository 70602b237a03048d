"""A run that is stopped has named its failures; one that ran out of time says what it did not do."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import given_time
from tests.sources import ROOT

CONFTEST = "from tests import given_time\n\ndef pytest_configure(config):\n    given_time.register(config)\n"
TESTS = """
import time

def test_one():
    assert "seen" == "at once"

def test_two():
    time.sleep({seconds})
"""


def _start(folder: Path, seconds: float, *words: str, **more: str) -> "subprocess.Popen[str]":
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(TESTS.format(seconds=seconds))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "WANGGE"))}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words, str(folder)],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **more},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("words", [(), ("-n", "1")])
def test_a_failure_is_named_before_the_run_ends(tmp_path: Path, words: tuple[str, ...]) -> None:
    with _start(tmp_path, 600, *words) as run:
        assert run.stdout
        said = ""
        while "at once" not in said:
            line = run.stdout.readline()
            assert line, said
            said += line
        run.kill()
        assert "FAILED test_it.py::test_one (call)" in said
        if words:  # its helper ends when nobody hears it any more
            subprocess.run(["pkill", "-P", str(run.pid)], check=False)


@pytest.mark.parametrize("words", [(), ("-n", "1")])
def test_what_a_run_did_not_come_to_is_listed_and_is_no_failure(tmp_path: Path, words: tuple[str, ...]) -> None:
    with _start(tmp_path, 600, *words, WANGGE_UNTIL=str(time.time() - 1)) as run:
        said, _ = run.communicate(timeout=100)
    assert run.returncode == 0
    assert "NOT RUN, as the time that this run was given is up: 2 tests of 1 files\n  test_it.py: 2" in said


def test_without_an_end_no_time_is_up() -> None:
    assert not given_time.is_up(None, 5.0) and not given_time.is_up("", 5.0)
    assert given_time.is_up("4", 5.0) and not given_time.is_up("6", 5.0)
