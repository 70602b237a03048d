"""Many writers, and the server group killed with -9 again and again: what was answered is there, once and whole."""

from pathlib import Path

from tests.conftest import World
from tests.durability.ledger import faults
from tests.durability.sending import Crowd, mixed
from tests.durability.serving import Server
from tests.short import count

POSTS, KILLS, WORKERS = count(120, 1000, 10_000), count(1, 5, 20), count(1, 2)
WRITERS = count(8, 8, 16)


def moments(posts: int, kills: int) -> frozenset[int]:
    """At which answers to kill: spread over the posts, fewer than a tenth of which go twice."""
    return frozenset(posts * 8 // 10 * (turn + 1) // (kills + 1) for turn in range(kills))


def test_everything_answered_is_there_once_after_the_server_was_killed(world: World, tmp_path: Path) -> None:
    with Server(world, tmp_path / "data", workers=WORKERS) as server:
        answered = Crowd(server, mixed(world, POSTS), WRITERS).run(moments(POSTS, KILLS))
        assert server.starts == 1 + KILLS
    assert len(answered) == POSTS + POSTS // 10
    assert sum(len(post.photos) for post, _ in answered) >= POSTS // 10
    assert faults(world, tmp_path / "data", answered) == []
    if world.store.is_sqlite:
        with world.store.reader.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_server_that_answers_before_the_commit_is_found(world: World, tmp_path: Path) -> None:
    with Server(world, tmp_path / "data", fault="answered_before_the_commit", workers=1) as server:
        answered = Crowd(server, mixed(world, 16)).run(frozenset([6]))
    assert any(fault.startswith("lost: ") for fault in faults(world, tmp_path / "data", answered))
