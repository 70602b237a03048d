"""Whatever a backup is, it is restored whole or refused by a sentence, and a place that refused one is as it was."""

import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect

from tests import hostile_backups as hostile
from tests.conftest import World
from tests.short import part
from tests.test_backup import contents, data_dir, empty, everything, lived  # noqa: F401  (fixtures)
from webapp.core.db import Store
from webapp.core.errors import Refused
from webapp.listeners import open_store
from webapp.ops import backup, restore
from webapp.ops.faults import explained
from webapp.ops.sealed import CHUNK, HEAD_BYTES, TAG_BYTES, Sealing, name_of, unsealed

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
MEMORY = 200 * 2**20


@pytest.fixture
def archive(lived: World, data_dir: Path, tmp_path: Path) -> Path:
    backup.backup(lived.store, data_dir, tmp_path / "b.tar")
    return tmp_path / "b.tar"


@pytest.fixture
def sealed(lived: World, data_dir: Path, tmp_path: Path) -> Path:
    backup.backup(lived.store, data_dir, tmp_path / "b.sealed", KEY)
    return tmp_path / "b.sealed"


@pytest.fixture
def refused(empty: Store, tmp_path: Path) -> Callable[..., str]:
    """``refused(bad)`` is the sentence; the place is as before."""
    place = tmp_path / "new"
    place.mkdir()
    (place / "store.id").write_text("of before\n")
    before = everything(empty, place)

    def run(bad: Path, keys: tuple[bytes, ...] = ()) -> str:
        with pytest.raises(Refused) as refusal:
            backup.restore(bad, empty, place, keys)
        assert everything(empty, place) == before
        assert (place / "store.id").read_text() == "of before\n"
        said = explained(refusal.value)
        assert said and said.isprintable() and len(said) < 500
        return said

    return run


def test_fifty_damaged_archives_are_refused_and_the_place_stays_as_it_was(
    archive: Path, sealed: Path, refused: Callable[..., str], tmp_path: Path
) -> None:
    bad = tmp_path / "bad"
    for whole, keys in ((archive.read_bytes(), ()), (sealed.read_bytes(), (KEY,))):
        for broken in hostile.cut_and_flipped(whole, 25):
            bad.write_bytes(broken)
            said = refused(bad, keys)
            assert (
                "damaged or was cut short" in said
                or "not a backup" in said
                or "none of the keys" in said
                or (keys and "made without one" in said)
            )


def test_a_backup_that_was_made_to_do_harm_is_refused_before_anything_is_written(
    archive: Path, refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    for name, change in part(list((hostile.MANIFESTS | hostile.CONTENTS).items()), every=4):
        monkeypatch.setattr(restore, "_bring_to", lambda *_, name=name: written.append(name))
        refused(hostile.made(archive, tmp_path / "bad", change))
    assert written == []


def test_what_only_the_database_can_see_leaves_nothing_behind(
    archive: Path, empty: Store, refused: Callable[..., str], tmp_path: Path
) -> None:
    for change in part(list(hostile.IN_THE_DATABASE.values()), every=2):
        assert "nothing was kept" in refused(hostile.made(archive, tmp_path / "bad", change))
        assert inspect(empty.reader).get_table_names() in ([], ["spatial_ref_sys"])


def test_a_database_that_was_not_there_is_not_there_afterwards(archive: Path, tmp_path: Path) -> None:
    bad = hostile.made(archive, tmp_path / "bad", hostile.IN_THE_DATABASE["the same row twice"])
    store = open_store(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(Refused, match="nothing was kept"):
        backup.restore(bad, store, tmp_path / "none")
    assert list(tmp_path.glob("none.db*")) == []


def test_a_manifest_that_is_none_is_refused(archive: Path, refused: Callable[..., str], tmp_path: Path) -> None:
    members = hostile.content(archive)
    for manifest in (b"", b"7", b"[]", b"{", b"\xff", b"[" * 100_000, b" " * (3 * 2**20)):
        refused(hostile.resealed(tmp_path / "bad", members, manifest))


def test_members_that_do_not_belong_there_are_refused(
    archive: Path, refused: Callable[..., str], tmp_path: Path
) -> None:
    members, bad = hostile.content(archive), tmp_path / "bad"
    manifest = members["manifest.json"]
    assert "table person twice" in refused(hostile.resealed(bad, members, manifest, twice=(hostile.PERSON,)))
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        refused(hostile.resealed(bad, members, manifest, kind=kind))
    for name in ("../up", "/etc/x", "photos/originals/00/" + "f" * 64, "tables/../x.jsonl.gz"):
        refused(hostile.resealed(bad, members | {name: b"x"}, manifest))


def test_a_small_file_cannot_fill_the_memory(archive: Path, refused: Callable[..., str], tmp_path: Path) -> None:
    for name in ("a line without end", "a line of many lists"):
        bad = hostile.made(archive, tmp_path / "bad", hostile.CONTENTS[name])
        assert bad.stat().st_size < 2**20
        tracemalloc.start()
        try:
            refused(bad)
            assert tracemalloc.get_traced_memory()[1] < MEMORY
        finally:
            tracemalloc.stop()


# --- sealed --------------------------------------------------------------------------------------------


def test_a_sealed_backup_shows_nothing_and_comes_back_with_its_key(
    lived: World, sealed: Path, empty: Store, tmp_path: Path
) -> None:
    body = sealed.read_bytes()
    assert b"wangge-backup" not in body and b"tables/" not in body and b"kiln" not in body
    backup.restore(sealed, empty, tmp_path / "new", [OTHER, KEY])
    assert contents(empty) == contents(lived.store)


def test_two_backups_of_the_same_have_nothing_in_common(lived: World, data_dir: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        backup.backup(lived.store, data_dir, tmp_path / name, KEY)
    one, two = (tmp_path / name for name in ("one", "two"))
    assert one.read_bytes()[56:100] != two.read_bytes()[56:100]


def test_another_key_is_told_which_one_is_wanted(sealed: Path, refused: Callable[..., str]) -> None:
    for keys in ((), (OTHER,)):
        said = refused(sealed, keys)
        assert "none of the keys here" in said and name_of(KEY) in said and KEY.hex() not in said


def test_where_there_is_a_key_a_backup_without_a_seal_is_taken_only_on_demand(
    archive: Path, empty: Store, refused: Callable[..., str], tmp_path: Path
) -> None:
    assert "anybody could have written it" in refused(archive, (KEY,))
    backup.restore(archive, empty, tmp_path / "new", [KEY], unsigned=True)


def test_chunks_that_change_places_are_refused(sealed: Path, refused: Callable[..., str], tmp_path: Path) -> None:
    whole, size = sealed.read_bytes(), CHUNK + TAG_BYTES
    head, chunks = whole[:HEAD_BYTES], [whole[at : at + size] for at in range(HEAD_BYTES, len(whole), size)]
    assert len(chunks) > 2
    bad = tmp_path / "bad"
    for order in (chunks[1::-1] + chunks[2:], chunks[:1] + chunks, chunks[:-1], chunks[1:], [], [*chunks, chunks[-1]]):
        bad.write_bytes(head + b"".join(order))
        assert "damaged" in refused(bad, (KEY,))


def test_the_seal_itself_refuses_chunks_that_are_not_where_they_were(tmp_path: Path) -> None:
    """Whatever the sums inside say: nothing of such a file is ever handed on."""
    size = CHUNK + TAG_BYTES
    with (tmp_path / "x").open("wb") as file:
        sealing = Sealing(file, KEY)
        sealing.write(bytes(2 * CHUNK + 10))
        sealing.close()
    whole = (tmp_path / "x").read_bytes()
    head, one, two, end = whole[:HEAD_BYTES], *(whole[at : at + size] for at in range(HEAD_BYTES, len(whole), size))
    for body in (two + one + end, one + one + end, one + two, one, two + end, one + two + end + end, b""):
        (tmp_path / "x").write_bytes(head + body)
        with pytest.raises(Refused, match="damaged"), unsealed(tmp_path / "x", [KEY]) as opened:
            opened.read()


def test_a_seal_of_any_length_opens_from_any_place(tmp_path: Path) -> None:
    for length in (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK):
        body = bytes(n % 251 for n in range(length))
        with (tmp_path / "x").open("wb") as file:
            sealing = Sealing(file, KEY)
            for at in range(0, length, 1000):
                sealing.write(body[at : at + 1000])
            sealing.close()
        with unsealed(tmp_path / "x", [KEY]) as opened:
            assert opened.read() == body
            opened.seek(length // 2)
            assert opened.read(10) == body[length // 2 :][:10]
            assert opened.seek(0, 2) == length and opened.read() == b""
