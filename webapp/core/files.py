"""Files on disk: each as sent under its sha256, synced before any row names it; of a photo a re-encoded copy to serve,
and after the days for positions an original that does not say where it was taken.

Both kinds lie below ``photos/``, as the folder was called when there were only photos.
"""

import hashlib
import logging
import os
import shutil
import stat
import tempfile
import time
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from . import child, pools
from .errors import N_, Refused
from .tables import table

LOG = logging.getLogger("wangge.trouble")
LARGEST = 20 * 2**20
CHUNK = 2**16
DAY = 86_400.0
CHILD = str(Path(__file__).with_name("reencode.py"))
PATIENCE = 30  # seconds that a decoder may take, which may itself work for reencode.SECONDS
UNNAMED = 1.5 * DAY  # a file that no record names: time to put right, the next day too, the form that it came with
LOOKED_AT = 90 * DAY  # longer than anything waits (core/waiting.py); an hourly look has decided about all that is older
LONGEST_NAME = 120
SMALL = "160"  # pixels of the longest side, for lists; twice as many as are shown, for sharp screens
TOO_LARGE = N_('"%(name)s" is larger than 20 MB. Choose a smaller one, or take it again with a lower quality.')
DAMAGED = N_("This photo was damaged on the way. Send it again.")
#: Why a photo is not taken, by the word of ``reencode.WHY``.
WHY = {
    "unknown": N_('"%(name)s" is not a photo we can read (JPEG, PNG, WebP or HEIC). Choose another.'),
    "many_pixels": N_('"%(name)s" has more than 50 million pixels. Take it again with a lower resolution.'),
    "damaged": N_('"%(name)s" is damaged or incomplete. Choose it again, or take it again.'),
    "heavy": N_('"%(name)s" needs more memory than we can give. Take it again with a lower resolution.'),
}
NOT_A_DOCUMENT = N_(
    '"%(name)s" is not a PDF or office file that we take (PDF, Word, Excel or WPS up to 20 MB). Choose another.'
)

#: Documents that are taken: what the name ends in, and the bytes that the file must begin with. They are never opened
#: here.
DOCUMENTS = {
    row["ending"]: (bytes.fromhex(row["begins"]), row["media_type"])
    for row in table("""
ending  begins            media_type
pdf     255044462d        application/pdf
docx    504b0304          application/vnd.openxmlformats-officedocument.wordprocessingml.document
xlsx    504b0304          application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
doc     d0cf11e0a1b11ae1  application/msword
xls     d0cf11e0a1b11ae1  application/vnd.ms-excel
wps     d0cf11e0a1b11ae1  application/wps-office.wps
et      d0cf11e0a1b11ae1  application/wps-office.et
""")
}


@dataclass(frozen=True)
class PhotoFile:
    """A photo that is on disk: hash of the file as sent, hash of the copy that may be served, the copy's size in
    pixels.

    ``size`` is that of the file as sent, in bytes; None in a form that was drawn before it was noted.
    """

    sha256: str
    copy: str
    width: int
    height: int
    size: int | None = None

    def as_sent(self) -> str:
        """What stands for it in a fingerprint: the file as it arrived.

        The copy is our own work and may come out otherwise.
        """
        return self.sha256


@dataclass(frozen=True)
class DocumentFile:
    """A PDF or office file that is on disk as it was sent: hash, size in bytes, media type, the sender's name."""

    sha256: str
    size: int
    media_type: str
    name: str

    def as_sent(self) -> str:
        """What stands for it in a fingerprint: the file as it arrived."""
        return self.sha256


def keep(data_dir: Path, sent: IO[bytes], name: str = "-", mark: str | None = None) -> PhotoFile:
    """Store a photo for good before any record names it. Refused, with the reason, when it cannot be taken, and Busy
    when we cannot look at it now. ``name`` is what its sender calls it, ``mark`` the
    hash it was announced with.

    Order: write, sync, rename to its hash, sync the folder; only then may a transaction begin.
    """
    with _arriving(data_dir) as original:
        fingerprint, size = _copy(sent, original, name)
        if mark is not None and mark != fingerprint:
            raise Refused(DAMAGED, field="photos")
        copied = f"{original.name}.copy"
        width, height = _reencode(data_dir, original.name, copied, name)
        try:
            _settle(Path(copied), path(data_dir, "copies", copy := _hash(Path(copied))))
        finally:
            Path(copied).unlink(missing_ok=True)
        _settle(Path(original.name), path(data_dir, "originals", fingerprint))
    return PhotoFile(fingerprint, copy, width, height, size)


def keep_document(data_dir: Path, sent: IO[bytes], name: str) -> DocumentFile:
    """Store a PDF or office file for good before any record names it, in the same order.

    Refused when it is too large, or when its name and its first bytes do not say the same of DOCUMENTS.
    """
    begins, media_type = DOCUMENTS.get(ending(name), (b"", ""))
    with _arriving(data_dir) as original:
        fingerprint, size = _copy(sent, original, name)
        original.seek(0)
        if not begins or original.read(len(begins)) != begins:
            raise Refused(NOT_A_DOCUMENT, field="photos", name=name)
        _settle(Path(original.name), path(data_dir, "originals", fingerprint))
    return DocumentFile(fingerprint, size, media_type, plain_name(name))


def ending(name: str) -> str:
    """What follows the last dot of a file's name, in small letters; empty without one."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def plain_name(name: str) -> str:
    """A file's name without folders and without characters that nobody sees, at most LONGEST_NAME, its ending kept.

    Unseen characters could turn the reading direction, so that "fdp.exe" reads as "exe.pdf".
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable()).strip()[-LONGEST_NAME:]


@contextmanager
def _arriving(data_dir: Path) -> Iterator[IO[bytes]]:
    """A place for a file while it arrives; what was not settled elsewhere by then is gone afterwards."""
    folder = data_dir / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as original:
        try:
            yield original
        finally:
            Path(original.name).unlink(missing_ok=True)


def left(data_dir: Path, older_than: float = DAY) -> list[Path]:
    """Part-uploads that a killed server left, once nobody can still be sending them."""
    return [file for file in (data_dir / "tmp").glob("*") if age(file) > older_than]


def age(file: Path) -> float:
    """For how many seconds a file has lain untouched; 0 for one that went just now."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def moment_of(file: Path) -> datetime:
    """When a file was last written."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def tidy(data_dir: Path, most: int | None = None) -> int:
    """Delete them, at most so many; how many there were."""
    gone = left(data_dir)[:most]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def hold(data_dir: Path, file: PhotoFile | DocumentFile) -> bool:
    """Whether all of a file that was kept earlier is still there. It is young again: ``drop`` passes it over."""
    try:
        os.utime(path(data_dir, "originals", file.sha256))
        if isinstance(file, PhotoFile):
            os.utime(path(data_dir, "copies", file.copy))
    except FileNotFoundError:
        return False
    return True


def lain(data_dir: Path, kind: str) -> list[Path]:
    """The files of a kind that have lain long enough to ask whether a record names them."""
    return [file for file in sorted((data_dir / "photos" / kind).glob("*/*")) if _has_lain(file)]


def _has_lain(file: Path) -> bool:
    try:
        seen = file.stat()
    except FileNotFoundError:  # another sweep was here
        return False
    lies = time.time() - seen.st_mtime
    return lies > UNNAMED and (lies < LOOKED_AT or not seen.st_mode & stat.S_IWUSR)  # see leave()


def leave(data_dir: Path, fingerprint: str, kind: str = "originals") -> None:
    """A file is about to be named by no record any more. It can only be read from here on, so that ``lain`` finds
    it, however old it is, should we be stopped before it is dropped. Sent again, it is a new file."""
    with suppress(FileNotFoundError):
        path(data_dir, kind, fingerprint).chmod(stat.S_IRUSR)


def placeless(data_dir: Path, fingerprint: str, copy: str) -> tuple[str, int] | None:
    """Hash and size of what may stand for an original when nothing in it shall say where it was taken; on disk, and
    the original too. They are its own where it says nothing, and of our copy where it cannot be told apart.

    None when one of the files is not there, or is not what its name says. Busy when we did not come to it.
    """
    original, ours = path(data_dir, "originals", fingerprint), path(data_dir, "copies", copy)
    if not _is_whole(original):
        return None
    with _arriving(data_dir) as bare:
        said = _bared(data_dir, original, bare.name)
        if said == "same":
            return fingerprint, original.stat().st_size
        if said != "bare":
            if not _is_whole(ours):
                return None
            shutil.copyfile(ours, bare.name)
        made, size = _hash(Path(bare.name)), Path(bare.name).stat().st_size
        _settle(Path(bare.name), path(data_dir, "originals", made))
    return made, size


def _bared(data_dir: Path, original: Path, target: str) -> str:
    """The word of the child (``placeless.WORDS``)."""
    words = child.program("placeless", str(original), target)
    try:
        with pools.turn(data_dir, "photo", name=original.name):
            return child.answer(words, "photo", PATIENCE, name=original.name).decode().strip()
    except child.TooHeavy:
        return "unsure"


def _is_whole(file: Path) -> bool:
    return file.is_file() and _hash(file) == file.name


def drop(data_dir: Path, file: Path) -> bool:
    """Delete a file that no record names, unless it was sent or held anew since that was asked; whether it went.

    It is taken out of the way before it is looked at: whoever holds it then misses it, and a record can never name it.
    """
    aside = data_dir / "tmp" / f"drop-{uuid.uuid4().hex}"
    aside.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(file, aside)
    except FileNotFoundError:  # another sweep was here
        return False
    if age(aside) < UNNAMED:
        os.replace(aside, file)
        return False
    aside.unlink()
    return True


def small(data_dir: Path, copy: str) -> Path:
    """The small size of a photo's copy, made at first use and once.

    It can be made again from the copy, so no record, backup or check knows of it. Refused when it cannot be made.
    """
    target = _small(data_dir, copy)
    if not target.is_file():
        made = data_dir / "tmp" / f"small-{uuid.uuid4().hex}"
        made.parent.mkdir(parents=True, exist_ok=True)
        _reencode(data_dir, str(path(data_dir, "copies", copy)), str(made), copy, SMALL)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(made, target)
    return target


def _small(data_dir: Path, copy: str) -> Path:
    return data_dir / "small" / copy[:2] / copy


def forget_small(data_dir: Path, copy: str) -> None:
    """Delete the small size of a copy that goes."""
    _small(data_dir, copy).unlink(missing_ok=True)


def path(data_dir: Path, kind: str, fingerprint: str) -> Path:
    """Where a file lies: ``originals`` as sent, never served of photos; ``copies`` are the re-encoded photos."""
    return data_dir / "photos" / kind / fingerprint[:2] / fingerprint


def _copy(sent: IO[bytes], original: IO[bytes], name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := sent.read(CHUNK):
        size += len(chunk)
        if size > LARGEST:
            raise Refused(TOO_LARGE, field="photos", name=name)
        digest.update(chunk)
        original.write(chunk)
    original.flush()
    return digest.hexdigest(), size


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _reencode(data_dir: Path, place: str, target: str, name: str, *side: str) -> tuple[int, int]:
    """Decode and write anew in a child process with little memory and time: what is served was written by us."""
    try:
        with pools.turn(data_dir, "photo", field="photos", name=name):
            said = _decoded([place, target, *side], name)
        if len(said) == 2:
            return int(said[0]), int(said[1])
        raise Refused(WHY[said[0]], field="photos", name=name)
    except Refused:
        Path(target).unlink(missing_ok=True)
        raise


def _decoded(words: list[str], name: str) -> list[str]:
    """What the child says: width and height, or the word why not."""
    try:
        said = child.answer([CHILD, *words], "photo", PATIENCE, field="photos", name=name).decode().split()
    except child.TooHeavy:
        return ["heavy"]
    if len(said) == 2 or said[0:1] in ([word] for word in WHY):
        return said
    LOG.error("the child that reads photos said: %s", said)
    raise pools.busy("photo", field="photos", name=name)


def _settle(file: Path, target: Path) -> None:
    """Sync, then rename; a file that is there already under the same hash is the same file."""
    _make(target.parent)
    sync(file)
    os.replace(file, target)
    sync(target.parent)


def _make(folder: Path) -> None:
    """A folder whose own name is safe on disk, or a power cut could take it with all that is in it."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


def beside(place: Path, text: str, mode: int = 0o644) -> Path:
    """A new file in the same folder that holds this, safe on disk: to be renamed to ``place`` or linked there, so that
    nobody ever finds half of it."""
    fresh = place.with_name(f"{place.name}.{uuid.uuid4().hex}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(file, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return fresh


def sync(place: Path) -> None:
    """Make a file or a folder's names safe on disk."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
