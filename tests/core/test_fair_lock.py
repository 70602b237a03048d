"""Who asks first writes first, and nobody waits for ever."""

import threading
import time

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from webapp.core import db
from webapp.core.db import Store
from webapp.core.fair_lock import FairLock
from webapp.core.models import Counter
from webapp.core.trouble import Trouble, trouble


def waiting(lock: FairLock, number: int) -> None:
    """Until so many wait."""
    ends = time.monotonic() + 20
    while len(lock._waiting) < number and time.monotonic() < ends:
        time.sleep(0.001)
    assert len(lock._waiting) == number


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    lock, came, threads = FairLock(), [], []

    def take(number: int) -> None:
        with lock.held(20):
            came.append(number)

    with lock.held(20):
        for number in range(12):
            threads.append(threading.Thread(target=take, args=(number,)))
            threads[-1].start()
            waiting(lock, number + 1)
        assert came == []
    for thread in threads:
        thread.join(20)
    assert came == list(range(12))


def test_who_has_waited_long_enough_leaves_the_line_and_the_next_one_comes() -> None:
    lock = FairLock()
    with lock.held(20):
        with pytest.raises(TimeoutError), lock.held(0.01):
            pass
        waiting(lock, 0)
    with lock.held(0.01):
        pass


def test_a_turn_that_ends_in_an_error_is_passed_on() -> None:
    lock = FairLock()
    with pytest.raises(ZeroDivisionError), lock.held(20):
        raise ZeroDivisionError
    with lock.held(0.01):
        pass


def test_threads_write_in_turn_and_one_that_waits_too_long_is_told_that_it_is_busy(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not store.is_sqlite:
        pytest.skip("PostgreSQL has many writers")
    came: list[int] = []
    threads = []

    def put(number: int) -> None:
        with store.write() as session:
            came.append(number)
            session.execute(insert(Counter).values(name=str(number), value=1))

    with store.write() as session:
        session.execute(insert(Counter).values(name="first", value=1))
        for number in range(8):
            threads.append(threading.Thread(target=put, args=(number,)))
            threads[-1].start()
            waiting(store._in_turn, number + 1)
        monkeypatch.setattr(db, "BUSY_MS", 10)
        with pytest.raises(OperationalError) as refused, store.write():
            pass
        assert trouble(refused.value) == Trouble.BUSY
        with pytest.raises(OperationalError), store.write_at_once(10):
            pass
    for thread in threads:
        thread.join(20)
    assert came == list(range(8))


def test_on_postgresql_two_write_at_once(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("SQLite has one writer")
    with store.write() as one, store.write() as other:
        one.execute(insert(Counter).values(name="one", value=1))
        other.execute(insert(Counter).values(name="other", value=1))
