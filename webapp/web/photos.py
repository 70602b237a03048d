"""Photos of a posted form, and documents where a form takes them: on disk before any transaction begins, and kept when
the form is refused.

Whoever took them on the spot cannot take them again. So a refused form carries each file that arrived as a value signed
for this entry and this person; sent again, it stands for the file on disk. Nothing shows that file before a record
names it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from ..core import files
from ..core.errors import N_, Refused
from ..core.files import DocumentFile, PhotoFile
from .forms import clean

MOST = 3
FIELD, CARRIED = "photos", "kept"
LONGEST_NAME = 40
TOO_MANY = N_("At most %(most)d photos. Left out: %(names)s")
LOST = N_("The photos could not be kept. Please choose them again.")
NO_EVIDENCE = N_(
    '"%(name)s" is neither a photo we can read (JPEG, PNG, WebP or HEIC) nor a PDF or office file that we take (PDF, '
    "Word, Excel or WPS). Choose another."
)
TOO_MANY_FILES = N_("At most %(most)d files. Left out: %(names)s")
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
class Taken:
    """A file on disk, and what it is called on the phone."""

    file: Any  # of a class that the form takes
    name: str


@dataclass(frozen=True)
class Photos:
    """The files of one form: those that are on disk, and what was wrong with others."""

    taken: tuple[Taken, ...]
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


def received(entry: object, person_id: int, accepted: Accepted = PHOTOS) -> Photos:
    """The files of this request, those of an earlier try of the same entry first; each file once."""
    earlier, lost = _earlier(entry, person_id, accepted)
    fresh, wrong = _fresh(MOST - len(earlier), accepted)
    each = {taken.file.sha256: taken for taken in (*earlier, *fresh)}
    return Photos(tuple(each.values()), (*lost, *wrong))


def _earlier(entry: object, person_id: int, accepted: Accepted) -> tuple[list[Taken], list[Refused]]:
    values, owner = request.form.getlist(CARRIED), _owner(entry, person_id)
    found = [taken for value in values[:MOST] if (taken := _opened(value, owner, accepted)) is not None]
    return found, [Refused(accepted.lost, field=FIELD)] if len(found) < len(values) else []


def _opened(value: str, owner: list[object], accepted: Accepted) -> Taken | None:
    """The file a value stands for; None when we did not sign it, not for this entry and form, or the file is gone."""
    try:
        *whose, given, name = _signer().loads(value)
    except BadSignature:
        return None
    file: File = PhotoFile(**given) if "copy" in given else DocumentFile(**given)
    is_ours = whose == owner and isinstance(file, accepted.classes)
    return Taken(file, name) if is_ours and files.hold(_data_dir(), file) else None


def _fresh(room: int, accepted: Accepted) -> tuple[list[Taken], list[Refused]]:
    sent = [item for item in request.files.getlist(FIELD) if item.filename]
    taken: list[Taken] = []
    wrong: list[Refused] = []
    for item in sent[:room]:
        try:
            taken.append(Taken(accepted.keep(_data_dir(), item), _name(item)))
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
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="photo that is kept")


def _data_dir() -> Path:
    return current_app.config["WANGGE"].data_dir
