"""What restore refuses: damaged and foreign archives, rows that do not add up, a place that is not empty."""

import hashlib
import io
import json
import re
import tarfile
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import inspect

from tests.conftest import World
from tests.test_backup import contents, data_dir, empty, everything, lived, photo_files, put  # noqa: F401  (fixtures)
from webapp.core.db import Store
from webapp.core.errors import Refused
from webapp.ops import backup, migrate


@pytest.fixture
def archive(lived: World, data_dir: Path, tmp_path: Path) -> Path:
    backup.backup(lived.store, data_dir, tmp_path / "b.tar")
    return tmp_path / "b.tar"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a backup"),
        (b"PK\x03\x04 a sheet", "not a backup"),
        (b"wangge-backup", "damaged or was cut short"),
    ],
)
def test_another_file_is_refused_in_words(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(Refused, match=words):
        backup.examine(tmp_path / "x")


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        backup.examine(tmp_path / "x")


def remade(archive: Path, target: Path, **members: bytes | None) -> Path:
    """The archive with members replaced or left out, sealed anew as somebody handy would."""
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            kept = old.extractfile(member).read()  # type: ignore[union-attr]
            body = members.get(re.sub(r"\W", "_", member.name), kept)
            if body is not None:
                member.size = len(body)
                new.addfile(member, io.BytesIO(body))
    target.write_bytes(target.read_bytes() + f"sha256 {hashlib.sha256(target.read_bytes()).hexdigest()}\n".encode())
    return target


@pytest.mark.parametrize("member", ["sha256sums", "manifest_json", "tables_person_jsonl_gz"])
def test_an_archive_without_one_of_its_members_is_refused(member: str, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"damaged|does not hold what it says"):
        backup.examine(remade(archive, tmp_path / "bad.tar", **{member: None}))


def test_a_backup_of_a_newer_program_is_refused_and_says_so(archive: Path, empty: Store, tmp_path: Path) -> None:
    for news in ({"revision": "9999"}, {"format": 2, "unheard": "of"}):
        manifest = asdict(backup.examine(archive)) | news
        newer = remade(archive, tmp_path / "newer.tar", manifest_json=json.dumps(manifest).encode())
        with pytest.raises(Refused, match="newer wangge"):
            backup.restore(newer, empty, tmp_path / "new")
    assert inspect(empty.reader).get_table_names() in ([], ["spatial_ref_sys"])


def test_rows_that_do_not_add_up_are_not_kept(archive: Path, empty: Store, tmp_path: Path) -> None:
    manifest = asdict(backup.examine(archive))
    manifest["rows"]["attachment"] += 1
    bad = remade(archive, tmp_path / "bad.tar", manifest_json=json.dumps(manifest).encode())
    with pytest.raises(Refused, match="does not hold what it says") as refusal:
        backup.restore(bad, empty, tmp_path / "new")
    assert refusal.value.params["what"] == "rows of table attachment"
    assert inspect(empty.reader).get_table_names() in ([], ["spatial_ref_sys"])
    backup.restore(archive, empty, tmp_path / "new")


def test_a_place_with_records_is_refused(archive: Path, lived: World, tmp_path: Path) -> None:
    before = contents(lived.store)
    with pytest.raises(Refused, match="records in the database already"):
        backup.restore(archive, lived.store, tmp_path / "new")
    assert contents(lived.store) == before


def test_a_database_of_another_program_is_refused(archive: Path, empty: Store, tmp_path: Path) -> None:
    with empty.writer.begin() as connection:
        connection.exec_driver_sql("create table theirs (id integer primary key)")
    with pytest.raises(Refused, match="records in the database already") as refusal:
        backup.restore(archive, empty, tmp_path / "new")
    assert refusal.value.params == {"table": "theirs"}


def test_a_place_with_photos_is_refused(archive: Path, empty: Store, tmp_path: Path) -> None:
    put(tmp_path / "new", "originals", b"somebody's")
    with pytest.raises(Refused, match="photos in"):
        backup.restore(archive, empty, tmp_path / "new")
    assert len(photo_files(tmp_path / "new")) == 1


def test_an_empty_migrated_place_is_taken(archive: Path, empty: Store, lived: World, tmp_path: Path) -> None:
    migrate.run(empty, "upgrade", "head")
    (tmp_path / "new" / "photos.restoring" / "originals").mkdir(parents=True)  # left by a restore that was killed
    backup.restore(archive, empty, tmp_path / "new")
    assert contents(empty) == contents(lived.store)
