"""A post with three photos, and the server killed, or its disk failing, at each call by which it reaches the disk or
the phone: the record is whole or not there, and sent again it is there once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import World
from tests.durability import trace
from tests.durability.injecting import Injected
from tests.durability.ledger import Answered, faults
from tests.durability.sending import NOT_ANSWERED, Phone, Post, photo, report
from tests.durability.serving import Server
from tests.short import count

CALLS = ("fsync", "rename", "pwrite64", "write", "sendto")[: count(2, 5)]
DEEPEST = count(1, 2, 100)  # of each kind of call; there are fewer than the last number in one post
BROKEN = count(3, 40, 200)

pytestmark = pytest.mark.skipif(bool(trace.why_not()), reason=trace.why_not())


def post(world: World, seed: int) -> Post:
    """A report with three photos like no other."""
    return report(world, "a1", photos=tuple(photo(100 * seed + each) for each in range(3)))


@contextmanager
def served(world: World, tmp_path: Path) -> Iterator[tuple[Server, Phone]]:
    """A server of one process, and an officer's phone that is logged in."""
    with Server(world, tmp_path / "data", workers=1) as server, Phone.of(server, "officer_a1") as phone:
        yield server, phone


def log_size(server: Server) -> int:
    """How much the server has printed."""
    return Path(server.log.name).stat().st_size


def sent_once(phone: Phone, entry: Post) -> list:
    """What one sending was answered, if it was."""
    try:
        return [(entry, phone.send(entry))]
    except NOT_ANSWERED:
        return []


def test_killed_at_any_call_of_a_post_it_is_whole_or_absent_and_arrives_once(world: World, tmp_path: Path) -> None:
    answered: Answered = []
    killed = 0
    with served(world, tmp_path) as (server, phone):
        for kind in CALLS:
            for when in range(1, DEEPEST + 1):
                entry = post(world, len(answered))
                with Injected(server.running[0].pid, kind, "signal=SIGKILL", when, tmp_path / "trace"):
                    answered += [sent for sent in sent_once(phone, entry) if sent[1].ok]
                if server.running[0].poll() is None:
                    break  # no further call of this kind is made for a post
                killed += 1
                server.kill_and_restart()
                answered.append((entry, phone.send_until_answered(entry)))
    assert killed >= min(DEEPEST, 2) * (len(CALLS) - 2 or 1)
    assert faults(world, tmp_path / "data", answered) == []


#: What fails, how, and which calls of a post are asked of the disk. How PostgreSQL writes is not ours to break.
DISK = [("fsync", "EIO"), ("pwrite64", "ENOSPC"), ("rename", "EIO"), ("fsync", "ENOSPC"), ("pwrite64", "EIO")]


def test_a_disk_that_fails_is_never_answered_as_stored_and_is_said(world: World, tmp_path: Path) -> None:
    answered: Answered = []
    broken = 0
    with served(world, tmp_path) as (server, phone):
        for turn in range(BROKEN):
            kind, error = DISK[turn % len(DISK)]
            entry = post(world, turn)
            said = log_size(server)
            with Injected(
                server.running[0].pid, kind, f"error={error}", 1 + turn // len(DISK) % 6, tmp_path / "trace"
            ) as fault:
                first = phone.send(entry)
            if first.ok:
                assert not fault.happened or kind == "pwrite64", (kind, error, first)
                answered.append((entry, first))
            else:
                broken += 1
                assert fault.happened and first.status == 503, (kind, error, first)
                assert log_size(server) > said, "not a line in the log"
            answered.append((entry, phone.send_until_answered(entry)))
    assert broken >= BROKEN // 4
    assert faults(world, tmp_path / "data", answered) == []
