"""Photos on disk: the file as sent under its sha256, synced before any row names it, and a re-encoded copy to serve."""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .errors import N_, Refused

LARGEST = 20 * 2**20
CHUNK = 2**16
SECONDS, DAY = 20, 86_400.0
UNNAMED = 1.5 * DAY  # a photo that no record names: time to put right, the next day too, the form that it came with
LOOKED_AT = 30 * DAY  # an hourly look has decided about all that is older
NOT_A_PICTURE = N_("This file is not a photo we can read (JPEG, PNG or WebP up to 20 MB). Choose another.")


@dataclass(frozen=True)
class PhotoFile:
    """A photo that is on disk: hash of the file as sent, hash of the copy that may be served, the copy's size in pixels."""

    sha256: str
    copy: str
    width: int
    height: int

    def as_sent(self) -> str:
        """What stands for it in a fingerprint: the file as it arrived. The copy is our own work and may come out otherwise."""
        return self.sha256


def keep(data_dir: Path, sent: IO[bytes]) -> PhotoFile:
    """Store a photo for good before any record names it. Refused when it is no picture or too large.

    Order: write, sync, rename to its hash, sync the folder; only then may a transaction begin.
    """
    folder = data_dir / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as original:
        try:
            fingerprint = _copy(sent, original)
            copied, width, height = _reencode(original.name)
            try:
                _settle(Path(copied), path(data_dir, "copies", copy := _hash(Path(copied))))
            finally:
                Path(copied).unlink(missing_ok=True)
            _settle(Path(original.name), path(data_dir, "originals", fingerprint))
        finally:
            Path(original.name).unlink(missing_ok=True)
    return PhotoFile(fingerprint, copy, width, height)


def tidy(data_dir: Path, older_than: float = DAY) -> int:
    """Delete part-uploads that a killed server left, once nobody can still be sending them; how many there were."""
    left = [file for file in (data_dir / "tmp").glob("*") if time.time() - file.stat().st_mtime > older_than]
    for file in left:
        file.unlink(missing_ok=True)
    return len(left)


def hold(data_dir: Path, photo: PhotoFile) -> bool:
    """Whether both files of a photo that was kept earlier are still there. They are young again: ``drop`` passes them over."""
    try:
        for kind, fingerprint in (("originals", photo.sha256), ("copies", photo.copy)):
            os.utime(path(data_dir, kind, fingerprint))
    except FileNotFoundError:
        return False
    return True


def lain(data_dir: Path, kind: str) -> list[Path]:
    """The files of a kind that have lain long enough to ask whether a record names them."""
    now = time.time()
    return [
        file
        for file in sorted((data_dir / "photos" / kind).glob("*/*"))
        if UNNAMED < now - file.stat().st_mtime < LOOKED_AT
    ]


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
    if time.time() - aside.stat().st_mtime < UNNAMED:
        os.replace(aside, file)
        return False
    aside.unlink()
    return True


def path(data_dir: Path, kind: str, fingerprint: str) -> Path:
    """Where a file lies: ``originals`` are never served, ``copies`` are, by their record's permission."""
    return data_dir / "photos" / kind / fingerprint[:2] / fingerprint


def _copy(sent: IO[bytes], original: IO[bytes]) -> str:
    digest, size = hashlib.sha256(), 0
    while chunk := sent.read(CHUNK):
        size += len(chunk)
        if size > LARGEST:
            raise Refused(NOT_A_PICTURE, field="photos")
        digest.update(chunk)
        original.write(chunk)
    original.flush()
    return digest.hexdigest()


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _reencode(name: str) -> tuple[str, int, int]:
    """Decode and write anew in a child process with little memory and time: what is served was written by us."""
    target = f"{name}.copy"
    command = [
        sys.executable,
        "-I",
        "-c",
        "import runpy; runpy.run_module('webapp.core.reencode', run_name='__main__')",
    ]
    try:
        done = subprocess.run(
            [*command, name, target], capture_output=True, timeout=SECONDS, check=False, env={"PATH": "/usr/bin:/bin"}
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode != 0:
        Path(target).unlink(missing_ok=True)
        raise Refused(NOT_A_PICTURE, field="photos")
    width, height = done.stdout.split()
    return target, int(width), int(height)


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


def sync(place: Path) -> None:
    """Make a file or a folder's names safe on disk."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
