"""Photos of a posted form: on disk before any transaction begins, and kept when the form is refused.

Whoever took them on the spot cannot take them again. So a refused form carries each photo that arrived as a value signed
for this entry and this person; sent again, it stands for the file on disk. Nothing shows that file before a record names it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from ..core import files
from ..core.errors import N_, Refused
from .forms import clean

MOST = 3
FIELD, CARRIED = "photos", "kept"
LONGEST_NAME = 40
NO_PHOTO = N_('"%(name)s" is not a photo we can read (JPEG, PNG or WebP up to 20 MB). Choose another.')
TOO_MANY = N_("At most %(most)d photos. Left out: %(names)s")
LOST = N_("The photos could not be kept. Please choose them again.")


@dataclass(frozen=True)
class Taken:
    """A photo on disk, and what it is called on the phone."""

    file: files.PhotoFile
    name: str


@dataclass(frozen=True)
class Photos:
    """The photos of one form: those that are on disk, and what was wrong with others."""

    taken: tuple[Taken, ...]
    wrong: tuple[Refused, ...]

    def files(self) -> tuple[files.PhotoFile, ...]:
        """For the entry. Refused when something was wrong, so that nothing is sent with less than its sender thinks."""
        if self.wrong:
            raise self.wrong[0]
        return tuple(photo.file for photo in self.taken)

    def carried(self, entry: object, person_id: int) -> list[tuple[str, str]]:
        """For the form that is shown again: a signed value and a name for each photo that is on disk."""
        return [
            (_signer().dumps([*_owner(entry, person_id), vars(photo.file), photo.name]), photo.name)
            for photo in self.taken
        ]


def received(entry: object, person_id: int) -> Photos:
    """The photos of this request, those of an earlier try of the same entry first; each file once."""
    earlier, lost = _earlier(entry, person_id)
    fresh, wrong = _fresh(MOST - len(earlier))
    each = {photo.file.sha256: photo for photo in (*earlier, *fresh)}
    return Photos(tuple(each.values()), (*lost, *wrong))


def _earlier(entry: object, person_id: int) -> tuple[list[Taken], list[Refused]]:
    values = request.form.getlist(CARRIED)
    found = [photo for value in values[:MOST] if (photo := _opened(value, _owner(entry, person_id))) is not None]
    return found, [Refused(LOST, field=FIELD)] if len(found) < len(values) else []


def _opened(value: str, owner: list[object]) -> Taken | None:
    """The photo a value stands for; None when we did not sign it, not for this entry, or the file is gone."""
    try:
        *whose, file, name = _signer().loads(value)
    except BadSignature:
        return None
    photo = files.PhotoFile(**file)
    return Taken(photo, name) if whose == owner and files.hold(_data_dir(), photo) else None


def _fresh(room: int) -> tuple[list[Taken], list[Refused]]:
    sent = [item for item in request.files.getlist(FIELD) if item.filename]
    taken: list[Taken] = []
    wrong: list[Refused] = []
    for item in sent[:room]:
        try:
            taken.append(Taken(files.keep(_data_dir(), item.stream), _name(item)))
        except Refused:
            wrong.append(Refused(NO_PHOTO, field=FIELD, name=_name(item)))
    if sent[room:]:
        wrong.append(Refused(TOO_MANY, field=FIELD, most=MOST, names=_names(sent[room:])))
    return taken, wrong


def _name(item: FileStorage) -> str:
    return (clean(item.filename) or "-")[-LONGEST_NAME:]


def _names(items: Iterable[FileStorage]) -> str:
    return ", ".join(map(_name, items))


def _owner(entry: object, person_id: int) -> list[object]:
    return [str(entry), person_id]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="photo that is kept")


def _data_dir() -> files.Path:
    return current_app.config["WANGGE"].data_dir
