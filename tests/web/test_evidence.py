"""The reader of a form's files: photos alone, or documents too where the form takes them."""

import io
from typing import Any

import pytest
from PIL import Image

from webapp.app import App
from webapp.core.errors import Refused
from webapp.core.files import DocumentFile, PhotoFile
from webapp.web import photos
from webapp.web.photos import EVIDENCE, PHOTOS, Photos

PDF = b"%PDF-1.7 a letter"


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(file, "JPEG")
    return file.getvalue()


def received(app: App, accepted: Any, *sent: tuple[bytes, str], kept: tuple[str, ...] = ()) -> Photos:
    """What the reader makes of a form of entry 1, sent by person 7."""
    fields = {"photos": [(io.BytesIO(data), name) for data, name in sent], "kept": list(kept)}
    with app.test_request_context("/", method="POST", data=fields):
        return photos.received(1, 7, accepted)


def carried(app: App, sent: Photos) -> tuple[str, ...]:
    with app.test_request_context("/"):
        return tuple(value for value, _ in sent.carried(1, 7))


def test_a_form_that_takes_evidence_takes_both_kinds(app: App) -> None:
    found = received(app, EVIDENCE, (picture(), "a.jpg"), (PDF, "信.PDF")).files()
    assert [type(file) for file in found] == [PhotoFile, DocumentFile]
    assert (found[0].size, found[1].size) == (len(picture()), len(PDF))
    assert found[1].name == "信.PDF"


def test_what_arrived_with_a_refused_form_goes_with_the_next_try(app: App) -> None:
    first = received(app, EVIDENCE, (picture(), "a.jpg"), (PDF, "a.pdf"), (b"neither", "b.txt"))
    with pytest.raises(Refused, match="neither a photo"):
        first.files()
    again = received(app, EVIDENCE, kept=carried(app, first))
    assert again.files() == tuple(each.file for each in first.taken)
    assert len(again.files()) == 2


def test_a_form_of_photos_takes_no_document_not_even_one_that_another_form_has_kept(app: App) -> None:
    with pytest.raises(Refused, match="is not a photo"):
        received(app, PHOTOS, (PDF, "a.pdf")).files()
    kept = carried(app, received(app, EVIDENCE, (PDF, "a.pdf")))
    with pytest.raises(Refused, match="could not be kept"):
        received(app, PHOTOS, kept=kept).files()


def test_a_photo_that_was_kept_before_sizes_were_noted_is_still_taken(app: App) -> None:
    photo = received(app, PHOTOS, (picture(), "a.jpg")).files()[0]
    old = {name: value for name, value in vars(photo).items() if name != "size"}
    with app.test_request_context("/"):
        value = photos._signer().dumps([*photos._owner(1, 7), old, "a.jpg"])
    assert received(app, PHOTOS, kept=(value,)).files()[0].sha256 == photo.sha256
