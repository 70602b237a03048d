"""Numbers people say: no repeat and no gap, however many take one at the same time."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

import webapp
from tests.core.together import WRITERS, at_once
from tests.short import count
from webapp.core import numbers
from webapp.core.db import Store
from webapp.core.models import Counter

EACH = count(40, 1250)
Take = Callable[[Session, str], int]


def taken(store: Store, take: Take, each: int) -> list[int]:
    """What eight writers get who take so many numbers each at the same time; nothing is refused."""
    found: list[int] = []

    def take_one() -> None:
        with store.write() as session:
            number = take(session, "report-2026")
        found.append(number)

    assert at_once(take_one, each) == []
    return found


def test_eight_writers_get_every_number_once(store: Store) -> None:
    """Also the first one, for which there is no row yet."""
    assert sorted(taken(store, numbers.take, EACH)) == list(range(1, WRITERS * EACH + 1))
    with store.read() as session:
        assert numbers.last(session, "report-2026") == WRITERS * EACH


def looked_up(session: Session, name: str) -> int:
    """The mutant: the greatest so far and one more, as two statements."""
    number = (session.scalar(select(func.max(Counter.value)).where(Counter.name == name)) or 0) + 1
    if number == 1:
        session.execute(insert(Counter).values(name=name, value=1))
    else:
        session.execute(update(Counter).where(Counter.name == name).values(value=number))
    return number


def test_a_number_that_is_looked_up_first_is_found_out_on_postgresql(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("the write lock of SQLite makes this harmless; tests of the lock are in test_db.py")
    with store.write() as session:
        looked_up(session, "report-2026")
    found = taken(store, looked_up, 40)
    assert len(set(found)) < len(found)


def test_nothing_in_the_program_looks_a_number_up() -> None:
    """``max() + 1`` gave 1,547 doubles among 2,000 (docs/decisions/0003)."""
    risky = re.compile(r"func\.(max|count)\([^)]*\)\s*\)?\s*\+\s*1|\b1\s*\+\s*\(?session\.scalar\(select\(func\.max")
    assert risky.search("session.scalar(select(func.max(Report.number)) + 1)")
    found = [
        file.name
        for file in Path(webapp.__file__).parent.rglob("*.py")
        if risky.search(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_number_whose_transaction_failed_is_given_again(store: Store) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), store.write() as session:
            assert numbers.take(session, "a") == 1
            raise ZeroDivisionError
    with store.write() as session:
        assert [numbers.take(session, "a") for _ in range(3)] == [1, 2, 3]


def test_each_name_counts_for_itself_and_starts_at_one(store: Store) -> None:
    with store.write() as session:
        assert numbers.last(session, "report-2027") == 0
        assert [numbers.take(session, name) for name in ("report-2026", "report-2027", "report-2026")] == [1, 1, 2]
        assert (numbers.last(session, "report-2026"), numbers.last(session, "report-2027")) == (2, 1)
