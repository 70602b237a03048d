"""Photos of a posted form, and documents where a form takes them: on disk before any transaction begins, and kept when
the form is refused.

Whoever took them on the spot cannot take them again. So each file that arrived, with its form or before it, waits for
this entry and this person, and the form names it: by its sha256, or by a value that the page of a refused form signed.
Nothing shows that file before a record names it.
"""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from ..core import files, waiting
from ..core.errors import N_, Later, Refused
from ..core.files import DocumentFile, PhotoFile
from ..core.waiting import Waiting
from .cookies import keys
from .forms import clean

MOST = 3
FIELD, CARRIED = "photos", "kept"
LONGEST_NAME = 40
NO_ROOM_AGAIN = 3600  # seconds: what waits goes as its entries arrive
MOST_UNKNOWN = 9  # that wait for a person who has still to log in
MARK = re.compile(r"[0-9a-f]{64}", re.ASCII)
TOO_MANY = N_("At most %(most)d photos. Left out: %(names)s")
LOST = N_("The photos could not be kept. Please choose them again.")
NO_EVIDENCE = N_(
    '"%(name)s" is neither a photo we can read (JPEG, PNG, WebP or HEIC) nor a PDF or office file that we take (PDF, '
    "Word, Excel or WPS). Choose another."
)
TOO_MANY_FILES = N_("At most %(most)d files. Left out: %(names)s")
NO_ROOM = N_("Too many photos are waiting for entries that were never sent. Send those first, or wait a day.")
FILES_LOST = N_("The files could not be kept. Please choose them again.")

File = PhotoFile | DocumentFile


def _photo(data_dir: Path, item: FileStorage) -> File:
    return files.keep(data_dir, item.stream, _name(item))


def _photo_or_document(data_dir: Path, item: FileStorage) -> File:
    name = item.filename or ""
    if files.ending(name) in files.DOCUMENTS:
        return files.keep_document(data_dir, item.stream, name)
    try:
        return _photo(data_dir, item)
    except Refused as error:
        if error.message == files.WHY["unknown"]:
            raise Refused(NO_EVIDENCE, field=FIELD, name=_name(item)) from error
        raise


@dataclass(frozen=True)
class Accepted:
    """What a form takes: the classes of files, how one is kept, and the sentences about too many and lost ones."""

    classes: tuple[type[File], ...]
    keep: Callable[[Path, FileStorage], File]
    too_many: str
    lost: str


PHOTOS = Accepted((PhotoFile,), _photo, TOO_MANY, LOST)
EVIDENCE = Accepted((PhotoFile, DocumentFile), _photo_or_document, TOO_MANY_FILES, FILES_LOST)


@dataclass(frozen=True)
class Photos:
    """The files of one form: those that are on disk, and what was wrong with others."""

    taken: tuple[Waiting, ...]
    wrong: tuple[Refused, ...]

    def files(self) -> tuple[Any, ...]:
        """For the entry. Refused when something was wrong, so that nothing is sent with less than its sender thinks."""
        if self.wrong:
            raise self.wrong[0]
        return tuple(each.file for each in self.taken)

    def carried(self, entry: object, person_id: int) -> list[tuple[str, str]]:
        """For the form that is shown again: a signed value and a name for each file that is on disk."""
        return [
            (_signer().dumps([*_owner(entry, person_id), vars(each.file), each.name]), each.name) for each in self.taken
        ]


def received(entry: uuid.UUID | None, person_id: int, accepted: Accepted = PHOTOS) -> Photos:
    """The files of this request, those of an earlier try of the same entry first; each file once."""
    earlier, lost = _earlier(entry, person_id, accepted)
    fresh, wrong = _fresh(MOST - len(earlier), accepted)
    if entry is not None:
        for taken in fresh:
            _keep_in_mind(entry, person_id, taken)
    each = {taken.file.sha256: taken for taken in (*earlier, *fresh)}
    return Photos(tuple(each.values()), (*lost, *wrong))


def wait(entry: uuid.UUID, person_id: int) -> None:
    """Keep the photos of a form that cannot be taken now, for when this person sends it again."""
    if waiting.has_room(_data_dir(), person_id, entry, MOST_UNKNOWN):  # else nothing is even decoded
        for taken in _fresh(MOST, PHOTOS)[0]:
            _keep_in_mind(entry, person_id, taken, MOST_UNKNOWN)


def _keep_in_mind(entry: uuid.UUID, person_id: int, taken: Waiting, most: int = waiting.MOST_OF_PERSON) -> None:
    if waiting.has_room(_data_dir(), person_id, entry, most):
        waiting.put(_data_dir(), person_id, entry, taken)


def arrived(entry: uuid.UUID, person_id: int, mark: str) -> Waiting | None:
    """The photo of this sha256 that waits for the entry; only its sender finds it."""
    return waiting.one(_data_dir(), person_id, entry, mark) if MARK.fullmatch(mark) else None


def all_arrived(entry: uuid.UUID, person_id: int) -> list[Waiting]:
    """Those of the photos that wait for the entry."""
    return waiting.every(_data_dir(), person_id, entry)


def arriving(entry: uuid.UUID, person_id: int, mark: str, sent: IO[bytes], name: str | None) -> Waiting:
    """Take one photo before its entry. Refused when it is none, is not what the mark says, or too many wait."""
    if not waiting.has_room(_data_dir(), person_id, entry):
        raise Later(NO_ROOM, again=NO_ROOM_AGAIN, field=FIELD)
    called = (clean(name) or "-")[-LONGEST_NAME:]
    taken = Waiting(files.keep(_data_dir(), sent, called, mark), called)
    waiting.put(_data_dir(), person_id, entry, taken)
    return taken


def carried(entry: uuid.UUID, person_id: int) -> list[tuple[str, str]]:
    """What waits for an entry, as a form carries it: value and name; no more than one form takes."""
    return Photos(tuple(all_arrived(entry, person_id)[-MOST:]), ()).carried(entry, person_id)


def are_recorded(entry: uuid.UUID, person_id: int) -> None:
    """The entry is in the county's records with its photos: they wait no longer."""
    waiting.sent(_data_dir(), person_id, entry)


def _earlier(entry: uuid.UUID | None, person_id: int, accepted: Accepted) -> tuple[list[Waiting], list[Refused]]:
    values = request.form.getlist(CARRIED)[: waiting.MOST_OF_ENTRY]
    found = [taken for value in values if (taken := _opened(value, entry, person_id, accepted)) is not None]
    wrong = [Refused(accepted.lost, field=FIELD)] if len(found) < len(values) else []
    if found[MOST:]:
        names = ", ".join(taken.name for taken in found[MOST:])
        wrong.append(Refused(accepted.too_many, field=FIELD, most=MOST, names=names))
    return found[:MOST], wrong


def _opened(value: str, entry: uuid.UUID | None, person_id: int, accepted: Accepted) -> Waiting | None:
    """The file a value stands for; None when it does not wait for this entry and person, or does not fit this form."""
    if entry is not None and MARK.fullmatch(value):
        found = waiting.one(_data_dir(), person_id, entry, value)
        return found if found and isinstance(found.file, accepted.classes) else None
    try:
        *whose, given, name = _signer().loads(value)
    except BadSignature:
        return None
    file: File = PhotoFile(**given) if "copy" in given else DocumentFile(**given)
    is_ours = whose == _owner(entry, person_id) and isinstance(file, accepted.classes)
    return Waiting(file, name) if is_ours and files.hold(_data_dir(), file) else None


def _fresh(room: int, accepted: Accepted) -> tuple[list[Waiting], list[Refused]]:
    sent = [item for item in request.files.getlist(FIELD) if item.filename]
    taken: list[Waiting] = []
    wrong: list[Refused] = []
    for item in sent[:room]:
        try:
            taken.append(Waiting(accepted.keep(_data_dir(), item), _name(item)))
        except Refused as error:
            wrong.append(error)
    if sent[room:]:
        wrong.append(Refused(accepted.too_many, field=FIELD, most=MOST, names=_names(sent[room:])))
    return taken, wrong


def _name(item: FileStorage) -> str:
    return (clean(item.filename) or "-")[-LONGEST_NAME:]


def _names(items: Iterable[FileStorage]) -> str:
    return ", ".join(map(_name, items))


def _owner(entry: object, person_id: int) -> list[object]:
    return [str(entry), person_id]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(keys(), salt="photo that is kept")


def _data_dir() -> Path:
    return current_app.config["WANGGE"].data_dir
