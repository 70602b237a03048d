"""Files that arrived before their entry: on disk already, and kept in mind for the entry's id and whoever sent them.

A line of text beside the files, not a row: nothing is recorded yet. It names what ``files`` keeps, is never served, and
goes when nobody came back for it (``KEPT``; of an entry that was sent, and of what is of no entry, ``files.UNNAMED``).
"""

import json
import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import files
from .files import DocumentFile, PhotoFile
from .json_text import parsed

KEPT = 60 * files.DAY  # a phone may be without signal for weeks between a photo and its entry
MOST_OF_ENTRY = 6  # a form takes three: who changes his mind may change it for all of them
MOST_OF_PERSON = 60  # twenty entries that were never sent
_SENT = "sent"
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Waiting:
    """A file on disk, and what it is called on the phone."""

    file: PhotoFile | DocumentFile
    name: str


def put(data_dir: Path, person_id: int, entry: uuid.UUID, waiting: Waiting) -> None:
    """Keep in mind a file that is on disk; the same again changes nothing but its age."""
    place = _folder(data_dir, person_id, entry) / waiting.file.sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    said = {"at": time.time_ns(), "file": vars(waiting.file), "name": waiting.name}
    beside = data_dir / "tmp" / f"waiting-{uuid.uuid4().hex}"
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_text(json.dumps(said), encoding="utf-8")
    os.replace(beside, place)


def has_room(data_dir: Path, person_id: int, entry: uuid.UUID, most: int = MOST_OF_PERSON) -> bool:
    """Whether one more may wait: for this entry, and for all of this person's that were not sent."""
    of_person = data_dir / "waiting" / str(person_id)
    own = len(list(_folder(data_dir, person_id, entry).glob("?" * 64)))  # of a recorded entry too
    unsent = [folder for folder in of_person.glob("*") if not (folder / _SENT).exists()]
    counts = {folder.name: len(list(folder.glob("?" * 64))) for folder in unsent}
    return own < MOST_OF_ENTRY and sum(counts.values()) < most


def one(data_dir: Path, person_id: int, entry: uuid.UUID, sha256: str) -> Waiting | None:
    """The file of this mark, if it waits for this entry and person and is whole on disk; it is young again."""
    place = _folder(data_dir, person_id, entry) / sha256
    found = _line(place)[1]
    if found is None or found.file.sha256 != sha256 or not files.hold(data_dir, found.file):
        return None
    with suppress(FileNotFoundError):
        os.utime(place)
    return found


def every(data_dir: Path, person_id: int, entry: uuid.UUID) -> list[Waiting]:
    """All that wait for this entry and person, in the order in which they came."""
    places = sorted(_folder(data_dir, person_id, entry).glob("?" * 64), key=_arrival)
    found = (one(data_dir, person_id, entry, place.name) for place in places)
    return [waiting for waiting in found if waiting is not None]


def sent(data_dir: Path, person_id: int, entry: uuid.UUID) -> None:
    """The entry is recorded. Its files stay in mind, so that it finds them when it comes again, but take no room."""
    folder = _folder(data_dir, person_id, entry)
    if folder.is_dir():
        (folder / _SENT).touch()


def move(data_dir: Path, person_id: int, entry: uuid.UUID, other: uuid.UUID) -> None:
    """The form goes on under another id, and what waits for it too."""
    for waiting in every(data_dir, person_id, entry):
        put(data_dir, person_id, other, waiting)
        (_folder(data_dir, person_id, entry) / waiting.file.sha256).unlink(missing_ok=True)


def old(data_dir: Path) -> list[Path]:
    """What nobody came back for."""
    return [place for place in _all(data_dir) if place.name != _SENT and _is_old(place)]


def _is_old(place: Path) -> bool:
    return files.age(place) > (KEPT if _is_to_come(place) else files.UNNAMED)


def _is_to_come(place: Path) -> bool:
    """Whether it waits for an entry that was not sent; borders that came in (``grid/incoming.py``) are of none."""
    return place.parent.parent.name.isdecimal() and not (place.parent / _SENT).exists()


def held(data_dir: Path) -> frozenset[str]:
    """What the files are called on disk that wait for an entry still to come: no sweep may take them."""
    lines = [place for place in _all(data_dir) if place.name != _SENT and _is_to_come(place)]
    found = [waits.file for place in lines if not _is_old(place) and (waits := _line(place)[1])]
    return frozenset(name for file in found for name in (file.sha256, getattr(file, "copy", file.sha256)))


def tidy(data_dir: Path, most: int | None = None) -> int:
    """Forget it, at most so many; how many files it was. What says that an entry was sent goes with its last file."""
    gone = old(data_dir)[:most]
    for place in gone:
        place.unlink(missing_ok=True)
    for folder in (*(data_dir / "waiting").glob("*/*"), *(data_dir / "waiting").glob("*")):
        _forget(folder)
    return len(gone)


def _forget(folder: Path) -> None:
    """Remove a folder in which nothing waits, unless another sweep was quicker."""
    with suppress(FileNotFoundError):
        if [place.name for place in folder.iterdir()] == [_SENT] and files.age(folder / _SENT) > files.UNNAMED:
            (folder / _SENT).unlink()
        if not any(folder.iterdir()):
            folder.rmdir()


def _all(data_dir: Path) -> Iterator[Path]:
    return (data_dir / "waiting").glob("*/*/*")


def _folder(data_dir: Path, person_id: int, entry: uuid.UUID) -> Path:
    return data_dir / "waiting" / str(person_id) / str(entry)


def _arrival(place: Path) -> int:
    return _line(place)[0]


def _line(place: Path) -> tuple[int, Waiting | None]:
    """When a file arrived, and the file. A line that cannot be read (cut off as the power went) is that of no file."""
    try:
        said = parsed(place.read_bytes())
        return int(said["at"]), Waiting(_file(said["file"]), str(said["name"]))
    except (FileNotFoundError, ValueError, TypeError, KeyError, OverflowError):
        return 0, None


def _file(said: dict[str, Any]) -> PhotoFile | DocumentFile:
    if not all(_HASH.fullmatch(said[name]) for name in ("sha256", "copy") if name in said):
        raise ValueError("no name of a file on disk")
    return PhotoFile(**said) if "copy" in said else DocumentFile(**said)
