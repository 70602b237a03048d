"""Records and photos into one file while writers go on; archive.py says how it looks, and restore.py puts it back."""

import gzip
import hashlib
import io
import json
import os
import tarfile
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from ..core import audit, clock, pools
from ..core.attachments import EXCHANGE
from ..core.db import Store
from ..core.errors import N_, Refused
from ..core.files import path, sync
from . import dump, migrate
from .archive import FORMAT, MAGIC, MANIFEST, MOST_FAULTS, SUMS, Manifest, examine, sum_line
from .restore import restore
from .sealed import Sealing

__all__ = ["Manifest", "backup", "examine", "restore"]

#: The files that the rows of a table name, once each. Databases of before revision 0002 have the table photo instead.
NAMED = {
    "attachment": "select 'originals', sha256 from attachment "
    "union select 'copies', copy from attachment where copy is not null",
    "photo": "select 'originals', sha256 from photo union select 'copies', copy from photo",
}


def backup(store: Store, data_dir: Path, target: Path, key: bytes | None = None) -> Manifest:
    """Write all records and their photos to ``target``, readable by its owner alone; replaces it only when complete.

    With a key it is encrypted, and nobody without the key can make or change one. Holds everything that was answered
    before the call. Refused when there are no records or it cannot be written.
    """
    if migrate.current(store) is None:
        raise Refused(N_("There are no records here to back up."))
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=f"{target.name}.", suffix=".tmp", delete=False) as file:
            try:
                with _standing_still(data_dir):
                    manifest = _sealed(store, data_dir, file, target.parent, key)
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, target)
            finally:
                Path(file.name).unlink(missing_ok=True)
        sync(target.parent)
    except (OSError, dump.Unreadable) as error:
        raise Refused(N_("The backup could not be written: %(why)s"), why=str(error)) from error
    return manifest


def _standing_still(data_dir: Path) -> AbstractContextManager[None]:
    """Meanwhile no original is put in the place of another, which the records as they are written would not name."""
    return pools.lock(data_dir, EXCHANGE, alone=False) if data_dir.is_dir() else nullcontext()


def note(store: Store, manifest: Manifest, *, encrypted: bool) -> bool:
    """That a backup was made, in the log; False where the database takes no write, which makes no backup worse."""
    try:
        with store.write_at_once() as session:
            audit.note(session, None, "backup", "store", rows=sum(manifest.rows.values()), encrypted=encrypted)
    except SQLAlchemyError:
        return False
    return True


def _sealed(store: Store, data_dir: Path, file: IO[bytes], folder: Path, key: bytes | None) -> Manifest:
    if key is None:
        return _write(store, data_dir, file, folder)
    sealing = Sealing(file, key)
    manifest = _write(store, data_dir, sealing, folder)  # type: ignore[arg-type]
    sealing.close()
    return manifest


class _Hashing:
    """Passes bytes on to or from a file and keeps their sha256."""

    def __init__(self, file: IO[bytes]):
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self.file.write(data)


@dataclass
class _Members:
    """The archive while it is written: ``sums`` grows by a line for each member."""

    tar: tarfile.TarFile
    sums: IO[bytes]
    folder: Path

    def add(self, name: str, source: IO[bytes]) -> str:
        """Add an open file; the sha256 of what was read."""
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = source.seek(0, os.SEEK_END), int(clock.now().timestamp()), 0o600
        source.seek(0)
        hashing = _Hashing(source)
        self.tar.addfile(info, hashing)
        found = hashing.digest.hexdigest()
        self.sums.write(sum_line(name, found))
        return found

    def add_table(self, connection: Connection, layout: dump.Layout) -> int:
        """Add a table; the number of its rows."""
        number = -1  # the first line is no row
        with TemporaryFile(dir=self.folder) as packed:
            with (
                gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=3) as binary,
                io.TextIOWrapper(binary, "utf-8", newline="") as lines,
            ):
                for number, line in enumerate(dump.lines(connection, layout)):  # noqa: B007
                    lines.write(line)
            self.add(f"tables/{layout.name}.jsonl.gz", packed)
        return number

    def add_photo(self, data_dir: Path, kind: str, fingerprint: str) -> str | None:
        """Add a photo's file; what is wrong with it on disk, if anything."""
        file = path(data_dir, kind, fingerprint)
        try:
            with file.open("rb") as source:
                found = self.add(f"photos/{kind}/{fingerprint[:2]}/{fingerprint}", source)
        except FileNotFoundError:
            return f"{kind}/{fingerprint} missing"
        return None if found == fingerprint else f"{kind}/{fingerprint} damaged"


def _write(store: Store, data_dir: Path, file: IO[bytes], folder: Path) -> Manifest:
    sealed = _Hashing(file)
    with (
        tarfile.open(fileobj=sealed, mode="w|", format=tarfile.GNU_FORMAT) as tar,  # type: ignore[call-overload]
        TemporaryFile(dir=folder) as sums,
    ):
        members = _Members(tar, sums, folder)
        members.add(MAGIC, io.BytesIO(b"%d\n" % FORMAT))
        manifest = _fill(store, data_dir, members)
        members.add(SUMS, sums)
        members.add(MANIFEST, io.BytesIO(json.dumps(asdict(manifest), indent=1).encode()))
    file.write(f"sha256 {sealed.digest.hexdigest()}\n".encode())
    return manifest


def _fill(store: Store, data_dir: Path, members: _Members) -> Manifest:
    """Records from one snapshot, then the photos they name: a photo's file is on disk before its row, and stays."""
    with TemporaryFile("w+", dir=members.folder) as wanted:
        with dump.snapshot(store) as connection:
            revision = connection.scalar(text("select version_num from alembic_version"))
            made_at = clock.now().isoformat()
            layouts = dump.layouts(connection)
            rows = {layout.name: members.add_table(connection, layout) for layout in layouts}
            ids = dump.sequences(connection, layouts)
            for named in (NAMED[name] for name in rows.keys() & NAMED.keys()):
                wanted.writelines(f"{kind} {fingerprint}\n" for kind, fingerprint in connection.execute(text(named)))
        wanted.seek(0)
        photos, faults = 0, []
        for line in wanted:
            fault = members.add_photo(data_dir, *line.split())
            faults += [fault] if fault else []
            photos += not (fault or "").endswith("missing")
    if len(faults) > MOST_FAULTS:
        faults[MOST_FAULTS:] = [f"and {len(faults) - MOST_FAULTS} more"]
    return Manifest(
        FORMAT, version("wangge"), str(revision), connection.dialect.name, made_at, rows, photos, tuple(faults), ids
    )
