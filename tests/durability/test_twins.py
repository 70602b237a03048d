"""The same post eight times at the same moment: one record, one receipt; and what happens when a belt is taken off."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import World
from tests.durability.keyless import drop_keys
from tests.durability.ledger import Answered, faults
from tests.durability.sending import OFFICERS, VILLAGES, Phone, Post, patrol, photo, report
from tests.durability.serving import SECONDS, Server
from tests.short import count

IDS = count(20, 300)
SENDERS = 8


def posts(world: World, number: int) -> Iterator[Post]:
    """Rounds and reports by turns, one in thirty with a photo: each sending of one costs a helper process."""
    for turn in range(number):
        village, photos = VILLAGES[turn % 3], (photo(turn),) if turn % 30 == 3 else ()
        yield report(world, village, photos=photos) if turn % 2 else patrol(world, village)


def send_all_at_once(server: Server, sent: list[Post]) -> Answered:
    """Each post by eight connections that start together; all answers."""
    together, answered = threading.Barrier(SENDERS, timeout=SECONDS), []

    def send(phones: dict[str, Phone]) -> None:
        with ExitStack() as stack:
            mine = {login: stack.enter_context(phone.copy()) for login, phone in phones.items()}
            for post in sent:
                together.wait()
                answered.append((post, mine[post.officer].send(post)))

    with ExitStack() as stack:
        phones = {login: stack.enter_context(Phone.of(server, login)) for login in OFFICERS}
        threads = [threading.Thread(target=send, args=[phones]) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return answered


def found(world: World, tmp_path: Path, number: int, fault: str = "none") -> list[str]:
    """What the ledger says after so many posts went out eight times each."""
    with Server(world, tmp_path / "data", fault=fault) as server:
        answered = send_all_at_once(server, list(posts(world, number)))
        assert len(answered) == number * SENDERS, server.said()
    return faults(world, tmp_path / "data", answered)


def test_eight_sendings_at_once_are_one_record_and_one_receipt(world: World, tmp_path: Path) -> None:
    assert found(world, tmp_path, IDS) == []


def test_tables_without_their_keys_are_found(world: World, tmp_path: Path) -> None:
    """On SQLite two belts hold: the key, and the look under the write lock.

    Both have to go before there are doubles.
    """
    drop_keys(world.store)
    fault = "writers_without_lock" if world.store.is_sqlite else "none"
    assert any(line.startswith("stored ") for line in found(world, tmp_path, 6, fault))


@pytest.mark.full
@pytest.mark.parametrize("belt", ["key", "lock"])
def test_on_sqlite_either_belt_holds_alone(world: World, tmp_path: Path, belt: str) -> None:
    if not world.store.is_sqlite:
        pytest.skip("PostgreSQL has the key alone")
    if belt == "lock":
        drop_keys(world.store)
    assert found(world, tmp_path, 6, "none" if belt == "lock" else "writers_without_lock") == []
