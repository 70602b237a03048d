"""A photo without its place: what may say where it was taken is gone, the picture is bit for bit what it was."""

import io
import os
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.core.test_files import HEIC, PLACE, encoded, keep, picture
from webapp.core import files, placeless
from webapp.core.errors import Busy
from webapp.core.placeless import EXIF, Unsure, bare

TAKEN = "2026:08:01 09:30:00"
FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"moov udta " + PLACE  # as motion photos carry it


def exif(**more: Any) -> Image.Exif:
    """What a phone says: turned, maker, model, time, zone, GPS, and words of its maker with the place in them."""
    made = Image.Exif()
    made[0x0112], made[0x010F], made[0x0110], made[0x010E] = 6, "Maker", "Model 7", PLACE.decode()
    made.get_ifd(0x8769).update({0x9003: TAKEN, 0x9011: "+08:00", 0x927C: b"maker " + PLACE})
    made.get_ifd(0x8825).update({1: "N", 2: (35.0, 1.0, 2.0), 3: "E", 4: (110.0, 3.0, 4.0), 27: PLACE})
    for tag, value in more.items():
        made[int(tag.removeprefix("tag_"))] = value
    return made


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def phone_jpeg(**options: Any) -> bytes:
    """A JPEG with the place in Exif, XMP, a comment, IPTC, a maker's segment, and a film behind its end."""
    sent = encoded("JPEG", exif=exif(), comment=PLACE, xmp=b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>", **options)
    iptc = (
        segment(0xED, b"Photoshop 3.0\x00" + PLACE) + segment(0xE5, b"maker" + PLACE) + segment(0xE2, b"FPXR\0" + PLACE)
    )
    return sent[:2] + iptc + sent[2:] + FILM


def seen(data: bytes) -> tuple[Any, ...]:
    """All pixels, and which side is up."""
    with Image.open(io.BytesIO(data)) as image:
        return image.size, image.mode, image.tobytes(), image.getexif().get(0x0112)


def says(data: bytes) -> dict[int, Any]:
    """All that a file says by Exif, both of its parts in one."""
    with Image.open(io.BytesIO(data)) as image:
        said = image.getexif()
        return {tag: value for tag, value in said.items() if tag != 0x8769} | said.get_ifd(0x8769)


KEPT = {0x0112: 6, 0x010F: "Maker", 0x0110: "Model 7", 0x9003: TAKEN, 0x9011: "+08:00"}
SENT = {
    "jpeg": phone_jpeg(),
    "progressive": phone_jpeg(progressive=True),
    "restarts": phone_jpeg(restart_marker_rows=1),
    "colours": phone_jpeg(icc_profile=b"a profile " * 9000),
    "grey": encoded("JPEG", picture("L"), exif=exif()) + FILM,
    "cmyk": encoded("JPEG", picture("CMYK"), exif=exif(), comment=PLACE),
    "png": encoded("PNG", exif=exif()) + PLACE,
    "png_see_through": encoded("PNG", picture("RGBA"), exif=exif()),
    "webp": encoded("WEBP", exif=exif(), xmp=PLACE) + PLACE,
    "webp_see_through": encoded("WEBP", picture("RGBA"), exif=exif(), lossless=True, icc_profile=b"profile"),
}


@pytest.mark.parametrize("kind", SENT)
def test_the_place_is_gone_the_picture_is_as_it_was_and_so_is_who_took_it_when(kind: str) -> None:
    sent = SENT[kind]
    made = bare(sent)
    assert PLACE in sent and PLACE not in made and b"GPS" not in made
    assert seen(made) == seen(sent)
    assert says(made) == KEPT
    assert bare(made) == made


def test_of_several_pictures_in_one_file_the_first_is_kept() -> None:
    sent = encoded("MPO", exif=exif(), save_all=True, append_images=[picture("L").convert("RGB")])
    assert seen(bare(sent)) == seen(sent) and PLACE not in bare(sent) and b"MPF" not in bare(sent)


def scans(data: bytes) -> bytes:
    """Everything of a JPEG from its first table to its end: tables, frames and packed pixels."""
    return data[data.index(b"\xff\xdb") : data.rindex(b"\xff\xd9", 0, len(data) - len(FILM) * (FILM in data)) + 2]


@pytest.mark.parametrize("kind", ["jpeg", "progressive", "restarts"])
def test_the_packed_pixels_are_the_same_bytes(kind: str) -> None:
    made = bare(SENT[kind])
    assert made.endswith(scans(SENT[kind])) and made.endswith(b"\xff\xd9")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_packed_pixels_of_the_others_too(kind: str) -> None:
    made, plain = bare(encoded(kind, exif=exif())), encoded(kind)
    start = plain.index(b"IDAT" if kind == "PNG" else b"VP8 ")
    assert plain[start : -12 if kind == "PNG" else None] in made


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_says_nothing_stays_as_it_is(kind: str) -> None:
    assert bare(encoded(kind)) == encoded(kind)


def test_a_small_picture_in_the_head_goes_and_the_profile_of_colours_stays() -> None:
    plain = encoded("JPEG", icc_profile=b"profile")
    head = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01" + b"pix")
    made = bare(plain[:2] + head + plain[20:])
    assert made == plain and b"ICC_PROFILE" in made


@pytest.mark.parametrize(
    "value", ["35.01N 110.05E 海", "x" * 65, "2026:08:01 09:30:00 at 35.01", "+08:00 35.0", ""], ids=range(5)
)
def test_only_words_that_look_as_they_must_are_kept(value: str) -> None:
    said = Image.Exif()
    said.get_ifd(0x8769).update({0x9003: value, 0x9011: value})
    said[0x0112] = 9
    assert placeless.exif_of(said.tobytes()) == b""


def test_a_time_without_anything_else_is_kept() -> None:
    said = Image.Exif()
    said.get_ifd(0x8769)[0x9003] = TAKEN
    assert says(bare(encoded("JPEG", exif=said))) == {0x9003: TAKEN}


@pytest.mark.parametrize("given", [b"", EXIF, EXIF + b"MM\0*" + b"\xff" * 30, os.urandom(400), exif().tobytes()[:70]])
def test_an_exif_that_cannot_be_read_says_nothing(given: bytes) -> None:
    assert b"GPS" not in placeless.exif_of(given) and PLACE not in placeless.exif_of(given)


JPEG, TABLES = encoded("JPEG"), encoded("JPEG").index(b"\xff\xdb")
UNSURE = {
    "heic": HEIC,
    "no end": JPEG[:-2],
    "cut in a segment": JPEG[: TABLES + 20],
    "cut after a segment": JPEG[:TABLES],
    "dirt between segments": JPEG[:TABLES] + b"\0\0" + JPEG[TABLES:],
    "a length of one": JPEG[:TABLES] + b"\xff\xe5\0\1" + JPEG[TABLES:],
    "an unknown marker": JPEG[:TABLES] + segment(0xF3, b"x") + JPEG[TABLES:],
    "an end without a picture": b"\xff\xd8\xff\xd9" + JPEG,
    "nothing but filling": b"\xff\xd8" + b"\xff" * 100_000,
    "a cut png": encoded("PNG")[:-13],
    "an unknown chunk of a png": encoded("PNG")[:33] + b"\0\0\0\1ABCDx" + b"\0" * 4 + encoded("PNG")[33:],
    "a cut webp": encoded("WEBP")[:-20],
    "a film": encoded("WEBP", save_all=True, append_images=[picture("L").convert("RGB")]),
    "no picture": b"RIFF\x04\0\0\0WEBP",
    "another kind": b"GIF89a",
}


@pytest.mark.parametrize("kind", UNSURE)
def test_what_is_not_built_as_we_know_it_is_not_guessed_at(kind: str) -> None:
    with pytest.raises(Unsure):
        bare(UNSURE[kind])


def put(tmp_path: Path, sent: bytes, copy: bytes = b"ours") -> tuple[str, str]:
    """An original and a copy as they lie on disk; their names."""
    names = []
    for kind, data in (("originals", sent), ("copies", copy)):
        arrived = tmp_path / "arrived"
        arrived.write_bytes(data)
        names.append(files._hash(arrived))
        files._settle(arrived, files.path(tmp_path, kind, names[-1]))
    return names[0], names[1]


def test_on_disk_the_new_file_stands_beside_the_old_one(tmp_path: Path) -> None:
    kept = keep(tmp_path, SENT["jpeg"])
    sha256, size = files.placeless(tmp_path, kept.sha256, kept.copy) or ("", 0)
    place = files.path(tmp_path, "originals", sha256)
    assert place.read_bytes() == bare(SENT["jpeg"]) and place.stat().st_size == size
    assert files.path(tmp_path, "originals", kept.sha256).read_bytes() == SENT["jpeg"]
    assert files.placeless(tmp_path, sha256, kept.copy) == (sha256, size)
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("sent", [HEIC, JPEG + b"", UNSURE["no end"]], ids=["heic", "nothing in it", "damaged"])
def test_our_copy_stands_for_what_cannot_be_told_apart(tmp_path: Path, sent: bytes) -> None:
    original, copy = put(tmp_path, sent)
    expected = original if sent == JPEG else copy
    assert (files.placeless(tmp_path, original, copy) or ("",))[0] == expected


def test_what_is_missing_or_damaged_on_disk_is_let_alone(tmp_path: Path) -> None:
    original, copy = put(tmp_path, HEIC)
    files.path(tmp_path, "copies", copy).write_bytes(b"bad")
    assert files.placeless(tmp_path, original, copy) is None
    files.path(tmp_path, "copies", copy).unlink()
    assert files.placeless(tmp_path, original, copy) is None
    files.path(tmp_path, "originals", original).write_bytes(SENT["jpeg"])
    assert files.placeless(tmp_path, original, copy) is None
    assert files.placeless(tmp_path, "0" * 64, copy) is None


def test_a_photo_that_takes_too_much_gets_our_copy_and_a_busy_machine_another_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy, copy = put(tmp_path, b"\xff\xd8" + segment(0xE5, b"") * 4_000_000)
    monkeypatch.setattr(files, "PATIENCE", 600)  # its own limit is what stops it, however busy this machine is
    assert (files.placeless(tmp_path, heavy, copy) or ("",))[0] == copy
    monkeypatch.setattr(files, "PATIENCE", 0)
    with pytest.raises(Busy):
        files.placeless(tmp_path, *put(tmp_path, SENT["jpeg"]))
