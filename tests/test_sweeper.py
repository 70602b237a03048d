"""The thread that sweeps while ``serve`` answers: it really runs, and no failure ends it."""

import logging
import os
import threading
import time

import pytest
from sqlalchemy.exc import OperationalError

from webapp import cli
from webapp.config import Config
from webapp.core import files
from webapp.ops import sweeper

KEY = "0123456789abcdef0123456789ABCDEF-test"
FAILURES = [
    ValueError("x"),
    KeyError("x"),
    OSError(28, "No space left on device"),
    OperationalError("update", {}, Exception("database is locked")),
    AttributeError("x"),
    AssertionError(),
]


def wait_for(true, seconds=20):
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:
        time.sleep(0.01)
    assert true()


@pytest.fixture
def running(monkeypatch):
    """``running(act)`` starts the thread with a pause of a hundredth of a second; the test's end ends it."""
    monkeypatch.setattr(sweeper, "HOUR", 0.01)
    stop, threads = threading.Event(), []

    def start(act):
        threads.append(sweeper.start(act, stop))
        return threads[-1]

    yield start
    stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_a_sweep_that_fails_in_whatever_way_is_logged_and_the_next_one_comes(running, caplog):
    left, done = list(FAILURES), []

    def act():
        if left:
            raise left.pop(0)
        done.append(threading.current_thread().name)

    with caplog.at_level(logging.ERROR, "wangge.sweep"):
        thread = running(act)
        wait_for(lambda: len(done) >= 2)
    assert thread.is_alive() and set(done) == {"sweep"}
    records = [record for record in caplog.records if record.thread == thread.ident]  # not of servers of other tests
    assert [record.exc_info[1] for record in records] == FAILURES
    assert all(record.getMessage() == "the sweep failed; next try in an hour" for record in records)


def test_the_first_sweep_comes_at_once_and_the_next_after_an_hour(monkeypatch):
    waits, swept = [], threading.Event()

    class Waiting(threading.Event):
        def wait(self, timeout=None):
            waits.append((timeout, swept.is_set()))
            return True  # as if it had been stopped

    sweeper.start(swept.set, Waiting()).join(20)
    assert waits == [(3600.0, True)]


def test_the_thread_does_not_keep_the_process_alive(running):
    assert running(lambda: None).daemon


def test_serve_sweeps_by_itself_while_it_answers(world, tmp_path, monkeypatch):
    from webapp import serving

    left = tmp_path / "tmp" / "part-upload"
    left.parent.mkdir()
    left.write_bytes(b"x")
    two_days_ago = time.time() - 2 * files.DAY
    os.utime(left, (two_days_ago, two_days_ago))
    monkeypatch.setattr(serving, "run", lambda *_, **_options: wait_for(lambda: not left.exists()))
    cli._serve(Config("sqlite://", tmp_path, KEY), world.store, [], 1, 1)
    assert not left.exists()
