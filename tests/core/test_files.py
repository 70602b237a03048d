"""Photos: what is kept is the file as sent, what is served is a picture of our own making, all else is refused."""

import hashlib
import io
import os
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from webapp.core import files
from webapp.core.errors import Refused

PLACE = b"where it was taken"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


def picture(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Noise, so that no two pictures and no two pixels are alike."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(str((mode, size))).randbytes(size[0] * size[1] * bands))


def encoded(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """A picture file in memory."""
    file = io.BytesIO()
    (image or picture()).save(file, kind, **options)
    return file.getvalue()


def with_places() -> bytes:
    """A JPEG as phones send it: turned by its EXIF, with camera, GPS, a comment and XMP."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of somebody"
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 1.0, 2.0), 3: "E", 4: (110.0, 3.0, 4.0), 27: PLACE})
    return encoded("JPEG", exif=exif, comment=PLACE, xmp=b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>")


def png_that_says(width: int, height: int) -> bytes:
    """A small PNG file that unpacks to as many pixels as it likes."""
    rows = zlib.compress(b"\0" * min(height * (width + 1), 2**27), 9)
    chunks = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def png_with_text(text: str) -> bytes:
    """A PNG with a packed comment: 64 MB of one letter are a few KB in the file."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text, zip=True)
    return encoded("PNG", pnginfo=info)


def jpeg_that_says(width: int, height: int) -> bytes:
    """A JPEG with another size in its frame header."""
    whole = encoded("JPEG")
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def keep(tmp_path: Path, sent: bytes) -> files.PhotoFile:
    return files.keep(tmp_path, io.BytesIO(sent))


def stored(tmp_path: Path) -> list[str]:
    """Every file below the data folder."""
    return sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file())


TAKEN = {
    "jpeg": lambda: encoded("JPEG"),
    "progressive": lambda: encoded("JPEG", progressive=True),
    "grey": lambda: encoded("JPEG", picture("L")),
    "cmyk": lambda: encoded("JPEG", picture("CMYK")),
    "png": lambda: encoded("PNG"),
    "clear png": lambda: encoded("PNG", picture("RGBA")),
    "palette png": lambda: encoded("PNG", picture("P")),
    "16 bit png": lambda: encoded("PNG", Image.new("I;16", (9, 9), 40000)),
    "webp": lambda: encoded("WEBP"),
    "with places": with_places,
    "moving webp": lambda: encoded("WEBP", save_all=True, append_images=[picture("L").convert("RGB")]),
    "jpeg and html": lambda: encoded("JPEG") + HTML,
    "jpeg and zip": lambda: encoded("JPEG") + b"PK\x03\x04" + HTML,
    "html in a comment": lambda: encoded("JPEG", comment=HTML),
    "html in a text chunk": lambda: png_with_text(HTML.decode()),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_picture_is_kept_byte_for_byte_and_served_as_a_new_jpeg_without_anything_else(
    name: str, tmp_path: Path
) -> None:
    sent = TAKEN[name]()
    kept = keep(tmp_path, sent)
    original, copy = (
        files.path(tmp_path, kind, mark) for kind, mark in (("originals", kept.sha256), ("copies", kept.copy))
    )
    assert stored(tmp_path) == sorted(str(file.relative_to(tmp_path)) for file in (original, copy))
    assert original.read_bytes() == sent
    assert kept.sha256 == hashlib.sha256(sent).hexdigest()
    served = copy.read_bytes()
    assert kept.copy == hashlib.sha256(served).hexdigest()
    with Image.open(io.BytesIO(served), formats=["JPEG"]) as shown:
        shown.load()
        assert (shown.mode, shown.size) == ("RGB", (kept.width, kept.height))
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not [mark for mark in (b"Exif", b"http", b"<script", b"PK\x03\x04", b"Camera", PLACE) if mark in served]


def test_a_picture_is_turned_upright_before_its_exif_goes(tmp_path: Path) -> None:
    kept = keep(tmp_path, with_places())
    assert (kept.width, kept.height) == (48, 64)


def test_a_large_picture_is_served_smaller(tmp_path: Path) -> None:
    kept = keep(tmp_path, encoded("JPEG", Image.new("RGB", (4000, 3000), "green")))
    assert (kept.width, kept.height) == (1600, 1200)


@pytest.mark.full
@pytest.mark.parametrize(("kind", "size"), [("JPEG", (8000, 6000)), ("PNG", (8000, 6000)), ("WEBP", (6000, 4500))])
def test_what_the_largest_phones_send_fits_into_the_memory_of_the_helper(
    kind: str, size: tuple[int, int], tmp_path: Path
) -> None:
    kept = keep(tmp_path, encoded(kind, Image.new("RGB", size, "green")))
    assert (kept.width, kept.height) == (1600, 1200)


REFUSED = {
    "nothing": lambda: b"",
    "text": lambda: b"no picture",
    "html": lambda: HTML,
    "zip": lambda: b"PK\x03\x04" + bytes(60),
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    "pdf": lambda: b"%PDF-1.4\n%%EOF",
    "gif": lambda: encoded("GIF"),
    "bmp": lambda: encoded("BMP"),
    "tiff": lambda: encoded("TIFF"),
    "ico": lambda: encoded("ICO"),
    "html before jpeg": lambda: HTML + encoded("JPEG"),
    "cut jpeg": lambda: encoded("JPEG")[:-300],
    "cut png": lambda: encoded("PNG")[:-300],
    "cut webp": lambda: encoded("WEBP")[:-300],
    "head alone": lambda: encoded("JPEG")[:20],
    "flipped png": lambda: encoded("PNG").replace(b"IDAT", b"IDAT\0", 1),
    "169 megapixels": lambda: png_that_says(13000, 13000),
    "just over": lambda: png_that_says(10001, 5000),
    "jpeg of 4 gigapixels": lambda: jpeg_that_says(65500, 65500),
    "no width": lambda: jpeg_that_says(0, 48),
    "long text": lambda: png_with_text("0" * 2**26),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused_in_words_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        keep(tmp_path, REFUSED[name]())
    assert (refusal.value.message, refusal.value.field) == (files.NOT_A_PICTURE, "photos")
    assert stored(tmp_path) == []


class Endless(io.RawIOBase):
    """A body without end that counts what was read of it."""

    def __init__(self) -> None:
        self.read_of_it = 0

    def read(self, size: int = -1) -> bytes:
        self.read_of_it += size
        return bytes(size)


def test_reading_stops_at_the_largest_size_and_leaves_nothing(tmp_path: Path) -> None:
    body = Endless()
    with pytest.raises(Refused, match="not a photo we can read"):
        files.keep(tmp_path, body)
    assert body.read_of_it <= files.LARGEST + 2 * files.CHUNK
    assert stored(tmp_path) == []


def test_a_picture_that_takes_too_long_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(command: list[str], **_options: Any) -> None:
        Path(command[-1]).write_bytes(b"half a copy")
        raise files.subprocess.TimeoutExpired(command, files.SECONDS)

    monkeypatch.setattr(files.subprocess, "run", slow)
    with pytest.raises(Refused, match="not a photo we can read"):
        keep(tmp_path, encoded("JPEG"))
    assert stored(tmp_path) == []


def test_two_equal_photos_are_one_file(tmp_path: Path) -> None:
    sent = encoded("JPEG")
    assert keep(tmp_path, sent) == keep(tmp_path, sent)
    assert len(stored(tmp_path)) == 2


def test_a_file_is_synced_before_it_has_its_name_and_every_new_name_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder made for the first photo needs its own name on disk, or a power cut takes it with all that is in it."""
    done: list[tuple[str, Path]] = []
    sync, replace, mkdir = files.sync, os.replace, Path.mkdir
    monkeypatch.setattr(files, "sync", lambda place: (done.append(("sync", place)), sync(place)))
    monkeypatch.setattr(os, "replace", lambda source, to: (done.append(("name", to)), replace(source, to)))

    def made(place: Path, *args: Any, **options: Any) -> None:
        if not place.exists():
            done.append(("name", place))
        mkdir(place, *args, **options)

    monkeypatch.setattr(Path, "mkdir", made)
    kept, document = keep(tmp_path, encoded("JPEG")), files.keep_document(tmp_path, io.BytesIO(b"%PDF-1.7"), "a.pdf")
    for folder, fingerprint in (("originals", kept.sha256), ("copies", kept.copy), ("originals", document.sha256)):
        target = files.path(tmp_path, folder, fingerprint)
        at = done.index(("name", target))
        assert done[at - 1][0] == "sync" and done[at - 1][1].parent == tmp_path / "tmp"
    for at, (act, place) in enumerate(done):
        if act == "name" and place != tmp_path / "tmp":
            assert ("sync", place.parent) in done[at:], f"{place} has no name on disk"


def test_part_uploads_of_a_killed_server_go_after_a_day_and_others_stay(tmp_path):
    folder = tmp_path / "tmp"
    folder.mkdir()
    old, young = folder / "old", folder / "young"
    for file in (old, young):
        file.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert files.tidy(tmp_path) == 1
    assert not old.exists() and young.exists()
    assert files.tidy(tmp_path / "empty place") == 0
