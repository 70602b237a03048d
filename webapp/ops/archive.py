"""What a backup looks like, and whether a file is one: everything in it is looked at before anything is believed.

The file is a tar archive: ``wangge-backup`` (the format), ``tables/*.jsonl.gz`` (dump.py), ``photos/…``,
``sha256sums`` of all these (``sha256sum -c`` reads it) and ``manifest.json``. A last line after the archive's end is
the sha256 of every byte before it: a file that was cut or changed anywhere is not taken. Where there is a backup key
all of it is sealed (sealed.py).

What is read here may have been made by anybody. So the heads of the archive are read one by one and only plain files
are known; nothing is held in the memory but a piece at a time; and whatever is wrong becomes one sentence.
"""

import gzip
import hashlib
import json
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from alembic.script import ScriptDirectory

from ..core import clock
from ..core.errors import N_, Refused
from ..core.files import CHUNK
from . import dump, migrate, sealed

FORMAT = 1
MAGIC, SUMS, MANIFEST = "wangge-backup", "sha256sums", "manifest.json"
MEMBER = re.compile(r"tables/(?P<table>\w+)\.jsonl\.gz|photos/(?P<photo>(originals|copies)/[0-9a-f]{2}/[0-9a-f]{64})")
CLOSING = re.compile(rb"sha256 ([0-9a-f]{64})\n")
CLOSING_BYTES = 72
BLOCK = tarfile.BLOCKSIZE
MOST_FAULTS = 10_000  # that are named, so that a manifest stays small
LARGEST_MANIFEST = 2 * 2**20
LAST_MOMENT = 2**34  # seconds; a clock may have been wrong when it was made
FAULT = re.compile(r"(originals|copies)/[0-9a-f]{64} (missing|damaged)|and \d+ more")

NOT_OURS = N_("%(file)s is not a backup made by wangge.")
DAMAGED = sealed.BROKEN
WRONG = N_("The backup %(file)s does not hold what it says (%(what)s). Nothing was changed. Take another one.")
TOO_NEW = N_(
    "The backup %(file)s was made by a newer wangge (%(version)s, revision %(revision)s). Update this one first."
)
UNSIGNED = N_(
    "There is a backup key here, and the backup %(file)s was made without one: anybody could have written it. If you "
    "know where it comes from, give --unsigned too."
)


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: program version, database revision, engine, UTC moment, rows by table, photo files.

    ``faults`` names the files of photo rows that were missing or damaged on disk when the backup was made. ``ids`` is
    the greatest id that was ever given in a table, also where its row is gone; backups of before 0006 do not say it.
    """

    format: int
    version: str
    revision: str
    engine: str
    made_at: str
    rows: dict[str, int]
    photos: int
    faults: tuple[str, ...]
    ids: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        here = datetime.fromisoformat(self.made_at).astimezone(clock.ZONE)
        head = (
            f"{sum(self.rows.values())} rows of {len(self.rows)} tables and {self.photos} photo files, as of "
            f"{self.made_at}, county time {here:%Y-%m-%d %H:%M} "
            f"(wangge {self.version}, revision {self.revision}, {self.engine})"
        )
        return "\n".join([head, *(f"photo file {fault}" for fault in self.faults)])


class Member(NamedTuple):
    """A file of the archive: its name, and where its bytes are."""

    name: str
    start: int
    size: int

    @property
    def table(self) -> str | None:
        """The table whose rows it holds."""
        match = MEMBER.fullmatch(self.name)
        return match and match["table"]

    @property
    def photo(self) -> str | None:
        """The place of the photo that it is, below the folder of photos."""
        match = MEMBER.fullmatch(self.name)
        return match and match["photo"]


class Wrong(Exception):
    """The content is not what a backup of ours holds; the message says what."""


class Content:
    """The bytes of a member, in order; ``digest`` is of what was read."""

    def __init__(self, file: IO[bytes], member: Member):
        self._file, self._left, self.digest = file, member.size, hashlib.sha256()
        file.seek(member.start)

    def read(self, size: int = -1) -> bytes:
        """The next bytes; all that are left without a number."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self.digest.update(data)
        return data

    def drained(self) -> str:
        """The sha256 of all of it, read to its end."""
        while self.read(CHUNK):
            pass
        return self.digest.hexdigest()


@contextmanager
def opened(archive: Path, keys: Sequence[bytes] = (), *, unsigned: bool = False) -> Iterator[IO[bytes]]:
    """The archive inside of a backup, sealed or not, to be read from any place. Refused when it cannot be opened, when
    something in it is not what it should be, and without a seal where there are keys; ``unsigned`` takes it then too.
    """
    try:
        with closing(_inside(archive, keys, unsigned)) as file:
            yield file
    except (Wrong, dump.Unreadable) as error:
        what = re.sub(r"[^ -~]", "?", str(error))[:200]
        raise Refused(WRONG, file=archive.name, what=what) from error
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, UnicodeError) as error:
        raise Refused(DAMAGED, file=archive.name) from error


def _inside(archive: Path, keys: Sequence[bytes], unsigned: bool) -> IO[bytes]:
    if sealed.is_sealed(archive):
        return sealed.unsealed(archive, keys)
    with archive.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC.encode():
            raise Refused(NOT_OURS, file=archive.name)
    if keys and not unsigned:
        raise Refused(UNSIGNED, file=archive.name)
    return archive.open("rb")


def is_one(file: Path) -> bool:
    """Whether a file begins as a backup does, sealed or not."""
    if sealed.is_sealed(file):
        return True
    with file.open("rb") as opened:
        return opened.read(len(MAGIC) + 1) == MAGIC.encode() + b"\0"


def begun(archive: Path, keys: Sequence[bytes]) -> datetime:
    """When the writing of a backup began, as its first block says. Refused when it is none, or none of the keys opens
    it; nothing else of it is looked at."""
    with opened(archive, keys, unsigned=True) as file:
        first = tarfile.TarInfo.frombuf(file.read(BLOCK), "utf-8", "strict")
    return datetime.fromtimestamp(min(first.mtime, LAST_MOMENT), UTC)


def members(file: IO[bytes]) -> Iterator[Member]:
    """One after the other, to the manifest, which is the last."""
    place = 0
    while True:
        file.seek(place)
        info = tarfile.TarInfo.frombuf(file.read(BLOCK), "utf-8", "strict")
        member = Member(info.name, place + BLOCK, info.size)
        is_known = member.name in (MAGIC, SUMS, MANIFEST) or MEMBER.fullmatch(member.name)
        if info.type != tarfile.REGTYPE or not 0 <= info.size < 2**48 or not is_known:
            raise tarfile.TarError("a member that does not belong here")
        yield member
        if member.name == MANIFEST:
            return
        place = member.start + -(-member.size // BLOCK) * BLOCK


def examine(archive: Path, keys: Sequence[bytes] = (), *, unsigned: bool = False) -> Manifest:
    """Look at all of a backup and say what it holds: every byte, each row of each table, each photo against its name.

    Refused when it is damaged, cut, too new, no backup, does not hold what it says, or cannot be opened.
    """
    try:
        with opened(archive, keys, unsigned=unsigned) as file:
            if not _is_whole(file):
                raise Refused(DAMAGED, file=archive.name)
            seen = _Seen()
            for member in members(file):
                seen.look(file, member)
            return seen.agreed(_manifest(seen.said, archive.name))
    except OSError as error:
        raise Refused(N_("The backup cannot be read: %(why)s"), why=str(error)) from error


def _is_whole(file: IO[bytes]) -> bool:
    """Whether the last line is the sha256 of all before it."""
    left = file.seek(0, os.SEEK_END) - CLOSING_BYTES
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (data := file.read(min(CHUNK, left))):
        digest.update(data)
        left -= len(data)
    ending = CLOSING.fullmatch(file.read(CLOSING_BYTES + 1))
    return ending is not None and ending[1].decode() == digest.hexdigest()


@dataclass
class _Seen:
    """What was found in an archive so far, to be compared with what it says of itself at its end."""

    said: bytes = b""
    rows: dict[str, int] = field(default_factory=dict)
    photos: int = 0
    damaged: set[str] = field(default_factory=set)
    lines: Any = field(default_factory=hashlib.sha256)
    sums: str = ""

    def look(self, file: IO[bytes], member: Member) -> None:
        """Take in a member."""
        content = Content(file, member)
        if member.name == MANIFEST:
            if member.size > LARGEST_MANIFEST:
                raise Wrong("its manifest is too large")
            self.said = content.read()
        elif member.name == SUMS:
            self.sums = content.drained()
        else:
            self._look_inside(content, member)
            self.lines.update(sum_line(member.name, content.drained()))

    def _look_inside(self, content: Content, member: Member) -> None:
        if member.table:
            if member.table in self.rows:
                raise Wrong(f"table {member.table} twice")
            self.rows[member.table] = _counted(content, member.table)
        elif member.photo:
            self.photos += 1
            kind, folder, fingerprint = member.photo.split("/")
            if folder != fingerprint[:2]:
                raise Wrong(f"photo file {member.photo}")
            if content.drained() != fingerprint:
                self.damaged.add(f"{kind}/{fingerprint} damaged")
            if len(self.damaged) > MOST_FAULTS:
                raise Wrong("photos that are not what their names say")

    def agreed(self, manifest: Manifest) -> Manifest:
        """The manifest, when it says what was found."""
        if self.sums != self.lines.hexdigest():
            raise Wrong(SUMS)
        different = manifest.rows.items() ^ self.rows.items()
        if different:
            raise Wrong(f"rows of table {min(name for name, _ in different)}")
        if manifest.photos != self.photos:
            raise Wrong(f"{self.photos} photo files, not {manifest.photos}")
        if unsaid := self.damaged - set(manifest.faults):
            raise Wrong(f"photo file {min(unsaid)}")
        return manifest


def _counted(content: Content, table: str) -> int:
    """The number of rows, each of which was read."""
    try:
        with unpacked(content) as lines:
            return sum(1 for _ in dump.rows(lines))
    except dump.Unreadable as error:
        raise Wrong(f"table {table}, {error}") from error


def unpacked(content: Content) -> Any:
    """The lines of a table."""
    file: Any = content
    return gzip.GzipFile(fileobj=file, mode="rb")


def sum_line(name: str, digest: str) -> bytes:
    """As ``sha256sum`` writes it."""
    return f"{digest}  {name}\n".encode()


# --- the manifest --------------------------------------------------------------------------------------


def _manifest(said: bytes, name: str) -> Manifest:
    try:
        given = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise Wrong(MANIFEST) from error
    if not isinstance(given, dict):
        raise Wrong(MANIFEST)
    given.setdefault("ids", {})  # which backups of before 0006 do not say
    revision = given.get("revision")
    is_number = isinstance(revision, str) and re.fullmatch(r"\d{4}", revision)
    if given.get("format") != FORMAT or (is_number and revision not in _revisions()):
        raise Refused(TOO_NEW, file=name, version=str(given.get("version"))[:40], revision=str(revision)[:40])
    wrong = [key for key in {*CHECKS, *given} if key not in CHECKS or key not in given or not CHECKS[key](given[key])]
    if wrong:
        raise Wrong(f"{MANIFEST}: {min(wrong)[:40]}")
    return Manifest(**given | {"faults": tuple(given["faults"])})


def _revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(migrate.settings()).walk_revisions()}


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_moment(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).astimezone(clock.ZONE).tzinfo is not None and "+00:00" in value
    except (TypeError, ValueError, OverflowError):
        return False


#: What a manifest says, and whether a value can be that.
CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "format": lambda value: type(value) is int,
    "version": lambda value: isinstance(value, str) and len(value) <= 40 and value.isprintable(),
    "revision": lambda value: isinstance(value, str) and value in _revisions(),
    "engine": lambda value: value in ("sqlite", "postgresql"),
    "made_at": _is_moment,
    "rows": lambda value: isinstance(value, dict) and all(map(_is_count, value.values())),
    "photos": _is_count,
    "ids": lambda value: isinstance(value, dict) and all(map(_is_count, value.values())),
    "faults": lambda value: (
        isinstance(value, list) and all(isinstance(fault, str) and FAULT.fullmatch(fault) for fault in value)
    ),
}
