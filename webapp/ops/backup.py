"""Records and photos into one file while writers go on, and back into an empty place on either engine.

The file is a tar archive: ``wangge-backup`` (the format), ``tables/*.jsonl.gz`` (dump.py), ``photos/…``,
``sha256sums`` of all these (``sha256sum -c`` reads it) and ``manifest.json``. A last line after the archive's end is
the sha256 of every byte before it: a file that was cut or changed anywhere is not taken.
"""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from ..core import clock
from ..core.db import Store
from ..core.errors import N_, Refused
from ..core.files import CHUNK, path, sync
from . import dump, migrate

FORMAT = 1
MAGIC, SUMS, MANIFEST = "wangge-backup", "sha256sums", "manifest.json"
MEMBER = re.compile(r"tables/(?P<table>\w+)\.jsonl\.gz|photos/(?P<photo>(originals|copies)/[0-9a-f]{2}/[0-9a-f]{64})")
CLOSING = re.compile(rb"sha256 ([0-9a-f]{64})\n")
CLOSING_BYTES = 72
#: The files that the rows of a table name, once each. Databases of before revision 0002 have the table photo instead.
NAMED = {
    "attachment": "select 'originals', sha256 from attachment "
    "union select 'copies', copy from attachment where copy is not null",
    "photo": "select 'originals', sha256 from photo union select 'copies', copy from photo",
}

NOT_OURS = N_("%(file)s is not a backup made by wangge.")
DAMAGED = N_("The backup %(file)s is damaged or was cut short. Nothing was changed. Take another one.")
MISFIT = N_("The backup could not be restored, nothing was kept (table %(table)s): %(why)s")
TOO_NEW = N_(
    "The backup %(file)s was made by a newer wangge (%(version)s, revision %(revision)s). Update this one first."
)


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: program version, database revision, engine, UTC moment, rows by table, photo files.

    ``faults`` names the files of photo rows that were missing or damaged on disk when the backup was made.
    """

    format: int
    version: str
    revision: str
    engine: str
    made_at: str
    rows: dict[str, int]
    photos: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        here = datetime.fromisoformat(self.made_at).astimezone(clock.ZONE)
        head = (
            f"{sum(self.rows.values())} rows of {len(self.rows)} tables and {self.photos} photo files, as of "
            f"{self.made_at}, county time {here:%Y-%m-%d %H:%M} "
            f"(wangge {self.version}, revision {self.revision}, {self.engine})"
        )
        return "\n".join([head, *(f"photo file {fault}" for fault in self.faults)])


def backup(store: Store, data_dir: Path, target: Path) -> Manifest:
    """Write all records and their photos to ``target``, readable by its owner alone; replaces it only when complete.

    Holds everything that was answered before the call. Refused when there are no records or it cannot be written.
    """
    if migrate.current(store) is None:
        raise Refused(N_("There are no records here to back up."))
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=f"{target.name}.", suffix=".tmp", delete=False) as file:
            try:
                manifest = _write(store, data_dir, file, target.parent)
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, target)
            finally:
                Path(file.name).unlink(missing_ok=True)
        sync(target.parent)
    except OSError as error:
        raise Refused(N_("The backup could not be written: %(why)s"), why=str(error)) from error
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
        self.sums.write(_sum_line(name, hashing))
        return hashing.digest.hexdigest()

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


def _sum_line(name: str, hashing: _Hashing) -> bytes:
    return f"{hashing.digest.hexdigest()}  {name}\n".encode()


def _write(store: Store, data_dir: Path, file: IO[bytes], folder: Path) -> Manifest:
    sealed = _Hashing(file)
    with tarfile.open(fileobj=sealed, mode="w|") as tar, TemporaryFile(dir=folder) as sums:  # type: ignore[call-overload]
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
            rows = {layout.name: members.add_table(connection, layout) for layout in dump.layouts(connection)}
            for named in (NAMED[name] for name in rows.keys() & NAMED.keys()):
                wanted.writelines(f"{kind} {fingerprint}\n" for kind, fingerprint in connection.execute(text(named)))
        wanted.seek(0)
        photos, faults = 0, []
        for line in wanted:
            fault = members.add_photo(data_dir, *line.split())
            faults += [fault] if fault else []
            photos += not (fault or "").endswith("missing")
    return Manifest(
        FORMAT, version("wangge"), str(revision), connection.dialect.name, made_at, rows, photos, tuple(faults)
    )


def examine(archive: Path) -> Manifest:
    """Check every byte of a backup and say what it holds. Refused when it is damaged, cut, too new or no backup."""
    try:
        with archive.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC.encode():
                raise Refused(NOT_OURS, file=archive.name)
            if not _is_whole(file):
                raise Refused(DAMAGED, file=archive.name)
        given = _manifest(archive)
    except OSError as error:
        raise Refused(N_("The backup cannot be read: %(why)s"), why=str(error)) from error
    if given["format"] != FORMAT or not _is_known(given["revision"]):
        raise Refused(TOO_NEW, file=archive.name, version=given["version"], revision=given["revision"])
    return Manifest(**given | {"faults": tuple(given["faults"])})


def _is_whole(file: IO[bytes]) -> bool:
    """Whether the last line is the sha256 of all before it."""
    left = file.seek(0, os.SEEK_END) - CLOSING_BYTES
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (data := file.read(min(CHUNK, left))):
        digest.update(data)
        left -= len(data)
    closing = CLOSING.fullmatch(file.read())
    return closing is not None and closing[1].decode() == digest.hexdigest()


def _is_known(revision: str) -> bool:
    try:
        return ScriptDirectory.from_config(migrate.settings()).get_revision(revision) is not None
    except CommandError:
        return False


def _manifest(archive: Path) -> dict[str, Any]:
    """The manifest, once every member has shown the sum that the archive lists for it."""
    given, sums, lines = None, "", _Hashing(io.BytesIO())
    with _opened(archive) as tar:
        for member in _members(tar):
            content = _Hashing(_content(tar, member))
            if member.name == MANIFEST:
                given = json.loads(content.read())
                break
            while content.read(CHUNK):
                pass
            if member.name == SUMS:
                sums = content.digest.hexdigest()
            else:
                lines.write(_sum_line(member.name, content))
    if given is None or sums != lines.digest.hexdigest():
        raise Refused(DAMAGED, file=archive.name)
    return given


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo | str) -> IO[bytes]:
    """What a file of the archive holds. Refused where it is none, such as a folder or a link."""
    content = tar.extractfile(member)
    if content is None:
        raise Refused(DAMAGED, file=tar.name)
    return content


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, "r:") as tar:
            yield tar
    except tarfile.TarError as error:
        raise Refused(DAMAGED, file=archive.name) from error


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """One after the other; forgotten afterwards, or a hundred thousand photos would fill the memory."""
    while member := tar.next():
        if not member.isreg() or not (member.name in (MAGIC, SUMS, MANIFEST) or MEMBER.fullmatch(member.name)):
            raise tarfile.TarError(f"{member.name} does not belong here")
        yield member
        tar.members.clear()  # type: ignore[attr-defined]


def restore(archive: Path, store: Store, data_dir: Path) -> Manifest:
    """Put a backup into an empty place, on either engine, at the revision it was made at; all of it or nothing.

    Refused, with nothing changed, when the place has records or photos or when ``examine`` refuses the backup.
    """
    _refuse_taken(store, data_dir)
    manifest = examine(archive)
    data_dir.mkdir(parents=True, exist_ok=True)
    _bring_to(store, manifest.revision)
    coming, photos = data_dir / "photos.restoring", data_dir / "photos"
    with _swept_on_failure(coming, photos):
        _place_photos(archive, coming)
        with store.writer.begin() as connection:
            _load_all(archive, connection, manifest)
            shutil.rmtree(photos, ignore_errors=True)  # holds no file, see _refuse_taken
            coming.rename(photos)  # before the commit: a row never names a file that is not there yet
            sync(data_dir)
    return manifest


@contextmanager
def _swept_on_failure(*folders: Path) -> Iterator[None]:
    """Leave nothing of a restore that did not come to its end; a full disk is told in words."""
    try:
        yield
    except BaseException as error:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise Refused(MISFIT, table="-", why=str(error)) from error
        raise


def _refuse_taken(store: Store, data_dir: Path) -> None:
    if any(file.is_file() for file in (data_dir / "photos").rglob("*")):
        raise Refused(
            N_("There are photos in %(place)s already. A backup can only be restored to an empty place."),
            place=str(data_dir / "photos"),
        )
    if store.is_sqlite and not Path(store.url.database or "").exists():
        return  # looking would make the file
    with dump.snapshot(store) as connection:
        layouts = dump.layouts(connection)
        taken = next((layout.name for layout in layouts if dump.count(connection, layout)), None)
    if taken or (layouts and migrate.current(store) is None):
        raise Refused(
            N_(
                "There are records in the database already (table %(table)s). A backup can only be restored to "
                "an empty place."
            ),
            table=taken or layouts[0].name,
        )


def _bring_to(store: Store, revision: str) -> None:
    """An empty schema of just this revision."""
    if migrate.current(store) not in (None, revision):
        migrate.run(store, "downgrade", "base")
    migrate.run(store, "upgrade", revision)


def _place_photos(archive: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # of a restore that was killed
    folder.mkdir()
    with _opened(archive) as tar:
        for member in _members(tar):
            match = MEMBER.fullmatch(member.name)
            if match and match["photo"]:
                file = folder / match["photo"]
                file.parent.mkdir(parents=True, exist_ok=True)
                with file.open("wb") as target:
                    shutil.copyfileobj(_content(tar, member), target, CHUNK)
    os.sync()  # once for all; one by one takes minutes


def _load_all(archive: Path, connection: Connection, manifest: Manifest) -> None:
    """Every table's rows, then the references within a table; compared and counted before anything is kept."""
    layouts = dump.layouts(connection)
    with _opened(archive) as tar:
        files = _table_files(tar)
        if files.keys() != {layout.name for layout in layouts}:
            raise Refused(MISFIT, table="-", why=", ".join(sorted(files.keys() ^ {layout.name for layout in layouts})))
        for layout in layouts:
            _load(tar, files[layout.name], connection, layout, manifest.rows[layout.name])
    dump.reset_sequences(connection, layouts)


def _table_files(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    found = {}
    for member in _members(tar):
        match = MEMBER.fullmatch(member.name)
        if match and match["table"]:
            found[match["table"]] = member
    return found


def _load(tar: tarfile.TarFile, file: tarfile.TarInfo, connection: Connection, layout: dump.Layout, rows: int) -> None:
    def lines() -> Any:
        return io.TextIOWrapper(gzip.GzipFile(fileobj=_content(tar, file)), "utf-8", newline="\n")

    if not dump.fits(layout, lines()):
        raise Refused(MISFIT, table=layout.name, why="columns")
    try:
        dump.load(connection, layout, lines())
        if layout.loops:
            dump.link(connection, layout, lines())
    except SQLAlchemyError as error:
        raise Refused(MISFIT, table=layout.name, why=str(getattr(error, "orig", error))) from error
    found = dump.count(connection, layout)
    if found != rows:
        raise Refused(MISFIT, table=layout.name, why=f"{found} ≠ {rows}")
