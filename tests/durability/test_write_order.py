"""The order in which a post reaches the disk, seen from outside: file, its name, its folder, the commit, the answer."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import World
from tests.durability import trace
from tests.durability.sending import VILLAGES, Phone, Post, photo, report
from tests.durability.serving import Server
from tests.durability.trace import Call
from tests.short import count

POSTS = count(6, 200)

pytestmark = pytest.mark.skipif(bool(trace.why_not()), reason=trace.why_not())


def first(made: list[Call], after: int, fits: Callable[[Call], bool]) -> Call | None:
    """The first fitting call that began after a line of the trace."""
    return next((call for call in made if call.began > after and fits(call)), None)


def missing(made: list[Call], sent: Post, *, sqlite: bool) -> Iterator[str]:
    """The steps of one post that are not there in their order."""
    answer, commit = made[-1], 0
    for picture in sent.photos:
        steps = _photo_steps(made, sha256(picture).hexdigest())
        yield from (f"{name} of {sent.id}" for name, call in steps.items() if call is None or call.ended > answer.began)
        commit = max([commit, *(call.ended for call in steps.values() if call)])
    commits = filter(_commits_sqlite, made) if sqlite else _commits_postgres(made)
    done = first(list(commits), commit, lambda _call: True)
    if done is None or done.ended > answer.began:
        yield f"commit of {sent.id}"


def _photo_steps(made: list[Call], mark: str) -> dict[str, Call | None]:
    """Sync of the file's content, then its rename to its hash, then sync of the folder that holds the name."""
    rename = next((call for call in made if call.kind == "rename" and call.to.endswith(f"/{mark}")), None)
    if rename is None:
        return {"rename": None}
    before = [call for call in made if call.ended < rename.began]
    folder = str(Path(rename.to).parent)
    return {
        "rename": rename,
        "sync of the file": first(before, -1, lambda call: (call.kind, call.place) == ("sync", rename.place)),
        "sync of the folder": first(made, rename.ended, lambda call: (call.kind, call.place) == ("sync", folder)),
    }


def _commits_sqlite(call: Call) -> bool:
    return call.kind == "sync" and call.place.endswith(".db-wal")


def _commits_postgres(made: list[Call]) -> Iterator[Call]:
    """Of what may write: what only reads ends with a COMMIT too (core/db.py, end_reading)."""
    is_reading = False
    for call in made:
        if call.kind == "send" and "BEGIN" in call.place:
            is_reading = "READ ONLY" in call.place
        if call.kind == "send" and "COMMIT" in call.place and not is_reading:
            yield call


def traced(world: World, tmp_path: Path, number: int, fault: str = "none") -> list[str]:
    """What is missing or late in so many posts with photos, sent one after the other to one process."""
    output = tmp_path / "trace"
    sent = [
        report(world, VILLAGES[turn % 3], photos=(photo(turn), photo(1000 + turn))[: turn % 2 + 1])
        for turn in range(number)
    ]
    with ExitStack() as stack:
        server = stack.enter_context(
            Server(world, tmp_path / "data", fault=fault, workers=1, command=trace.command(output))
        )
        phones = {login: stack.enter_context(Phone.of(server, login)) for login in {post.officer for post in sent}}
        for post in sent:
            assert phones[post.officer].send(post).status == 201, server.said()
    seen = list(trace.answers(trace.calls(output.read_text(errors="replace").splitlines())))
    assert len(seen) == number, server.said()
    return [
        line
        for made, post in zip(seen, sent, strict=True)
        for line in missing(made, post, sqlite=world.store.is_sqlite)
    ]


def test_file_name_folder_and_commit_are_on_disk_before_the_answer(world: World, tmp_path: Path) -> None:
    assert traced(world, tmp_path, POSTS) == []


FAULTS = {
    "commits_not_synced": "commit",
    "answered_before_the_commit": "commit",
    "photos_not_synced": "sync of the file",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_does_not_wait_for_the_disk_is_found(world: World, tmp_path: Path, fault: str) -> None:
    if fault == "commits_not_synced" and not world.store.is_sqlite:
        pytest.skip("how PostgreSQL syncs is not ours to set")
    assert any(line.startswith(FAULTS[fault]) for line in traced(world, tmp_path, 2, fault))
