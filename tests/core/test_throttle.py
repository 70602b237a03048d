"""The brake on guessing: windows, keys of their own, and workers that fail at the same moment."""

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from webapp.core import clock, throttle
from webapp.core.db import Store
from webapp.core.models import Throttle

START = datetime(2026, 3, 1, 4, tzinfo=UTC)
WINDOW = timedelta(minutes=10)
KEY = {"login:a": 3}


def fail(store: Store, minute: float, limits: dict[str, int] = KEY) -> None:
    """One failure so many minutes after the start."""
    with clock.at(START + timedelta(minutes=minute)), store.write() as session:
        throttle.count(session, limits, WINDOW)


def is_blocked(store: Store, minute: float, limits: dict[str, int] = KEY) -> bool:
    """Whether the next try would be turned away."""
    with clock.at(START + timedelta(minutes=minute)), store.read() as session:
        return throttle.wait(session, limits, WINDOW) is not None


def test_the_allowed_failures_pass_and_the_next_try_does_not(store: Store) -> None:
    for minute, before in ((0, False), (1, False), (2, False)):
        assert is_blocked(store, minute) is before
        fail(store, minute)
    assert is_blocked(store, 2.1)


def test_the_window_runs_from_the_last_allowed_failure_and_then_all_is_forgiven(store: Store) -> None:
    for minute in (0, 4, 8):
        fail(store, minute)
    assert is_blocked(store, 17.9)
    assert not is_blocked(store, 18)
    fail(store, 18)
    assert not is_blocked(store, 18.1)


def test_failures_of_an_earlier_window_do_not_count(store: Store) -> None:
    for minute in (0, 1, 10, 11):
        fail(store, minute)
    assert not is_blocked(store, 11.1)
    fail(store, 12)
    assert is_blocked(store, 12.1)


def test_each_key_has_its_own_limit_and_any_full_one_blocks(store: Store) -> None:
    both = {"login:a": 3, "address:1": 2}
    fail(store, 0, both)
    fail(store, 0, {"address:1": 2})
    assert is_blocked(store, 1, both)
    assert not is_blocked(store, 1, {"login:a": 3})
    assert not is_blocked(store, 1, {"login:b": 3, "address:2": 2})


def test_a_success_wipes_only_its_own_keys(store: Store) -> None:
    for key in ("login:a", "login:b"):
        for _ in range(3):
            fail(store, 0, {key: 3})
    with store.write() as session:
        throttle.forget(session, ["login:a"])
    assert not is_blocked(store, 1, {"login:a": 3})
    assert is_blocked(store, 1, {"login:b": 3})


def test_failures_at_the_same_moment_all_count(store: Store) -> None:
    together = threading.Barrier(8)

    def guess() -> None:
        together.wait(30)
        for _ in range(5):
            with store.write() as session:
                throttle.count(session, {"a": 1000, "b": 1000}, WINDOW)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as session:
        assert dict(session.execute(select(Throttle.key, Throttle.count)).all()) == {"a": 40, "b": 40}  # type: ignore[arg-type]
