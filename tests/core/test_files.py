"""Photos: what is kept is the file as sent, what is served is a picture of our own making, all else is refused."""

import hashlib
import io
import os
import random
import struct
import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from webapp.core import child, files
from webapp.core.errors import Busy, Refused

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
    return files.keep(tmp_path, io.BytesIO(sent), "a.jpg")


def stored(tmp_path: Path) -> list[str]:
    """Every file below the data folder but the empty ones that are locked while a photo is decoded."""
    found = (file.relative_to(tmp_path) for file in tmp_path.rglob("*") if file.is_file())
    return sorted(str(file) for file in found if file.parts[0] != "slots")


#: 64 by 48 pixels, packed as an iPhone packs its photos (by pillow-heif).
HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAACMAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAACttZGF0AAAAHygBrxmA7iqm+tZp6xsG4eun1me0Pi6auunX7VOH"
    "GGA="
)


def with_exif_cut(length: int) -> bytes:
    """A JPEG whose EXIF ends in the middle."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "x" * 200
    return encoded("JPEG", exif=exif.tobytes()[:length])


def seen_through() -> bytes:
    """A palette PNG with a transparency for each colour, as a screenshot made small is."""
    return encoded("PNG", picture().quantize(16), transparency=bytes(range(0, 256, 17)))


TAKEN = {
    "heic": lambda: HEIC,
    "several pictures": lambda: encoded("MPO", save_all=True, append_images=[picture("L").convert("RGB")]),
    "cut exif": lambda: with_exif_cut(70),
    "hardly any exif": lambda: with_exif_cut(20),
    "palette png with transparency": seen_through,
    "broken colour profile": lambda: encoded("JPEG", icc_profile=b"no profile"),
    "jpeg and video": lambda: encoded("JPEG") + b"\0\0\0\x18ftypmp42" + bytes(4000),
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


def test_what_can_be_seen_through_is_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (16, 16), (200, 0, 0, 0))
    for sent in (encoded("PNG", clear), encoded("WEBP", clear, lossless=True)):
        with Image.open(files.path(tmp_path, "copies", keep(tmp_path, sent).copy), formats=["JPEG"]) as shown:
            assert min(shown.getpixel((8, 8))) > 250  # type: ignore[arg-type, type-var]


def test_a_large_picture_is_served_smaller(tmp_path: Path) -> None:
    kept = keep(tmp_path, encoded("JPEG", Image.new("RGB", (4000, 3000), "green")))
    assert (kept.width, kept.height) == (1600, 1200)


@pytest.mark.full
@pytest.mark.parametrize(("kind", "size"), [("JPEG", (8000, 6000)), ("PNG", (8000, 6000)), ("WEBP", (4000, 3000))])
def test_what_the_largest_phones_send_fits_into_the_memory_of_the_helper(
    kind: str, size: tuple[int, int], tmp_path: Path
) -> None:
    kept = keep(tmp_path, encoded(kind, Image.new("RGB", size, "green")))
    assert (kept.width, kept.height) == (1600, 1200)


#: name: why it is refused, and the file
REFUSED = {
    "nothing": ("unknown", lambda: b""),
    "text": ("unknown", lambda: b"no picture"),
    "html": ("unknown", lambda: HTML),
    "zip": ("unknown", lambda: b"PK\x03\x04" + bytes(60)),
    "svg": ("unknown", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "postscript": ("unknown", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"),
    "pdf": ("unknown", lambda: b"%PDF-1.4\n%%EOF"),
    "gif": ("unknown", lambda: encoded("GIF")),
    "bmp": ("unknown", lambda: encoded("BMP")),
    "tiff": ("unknown", lambda: encoded("TIFF")),
    "ico": ("unknown", lambda: encoded("ICO")),
    "html before jpeg": ("unknown", lambda: HTML + encoded("JPEG")),
    "cut jpeg": ("damaged", lambda: encoded("JPEG")[:-300]),
    "cut png": ("damaged", lambda: encoded("PNG")[:-300]),
    "cut webp": ("damaged", lambda: encoded("WEBP")[:-300]),
    "head alone": ("damaged", lambda: encoded("JPEG")[:20]),
    "flipped png": ("damaged", lambda: encoded("PNG").replace(b"IDAT", b"IDAT\0", 1)),
    "169 megapixels": ("many_pixels", lambda: png_that_says(13000, 13000)),
    "just over": ("many_pixels", lambda: png_that_says(10001, 5000)),
    "jpeg of 4 gigapixels": ("many_pixels", lambda: jpeg_that_says(65500, 65500)),
    "no width": ("damaged", lambda: jpeg_that_says(0, 48)),
    "long text": ("damaged", lambda: png_with_text("0" * 2**26)),
    "cut heic": ("damaged", lambda: HEIC[:-100]),
    "a video": ("damaged", lambda: b"\0\0\0\x18ftypmp42" + bytes(400)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused_with_the_true_reason_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    why, sent = REFUSED[name]
    with pytest.raises(Refused) as refusal:
        keep(tmp_path, sent())
    assert (refusal.value.message, refusal.value.field) == (files.WHY[why], "photos")
    assert refusal.value.params == {"name": "a.jpg"}
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
    with pytest.raises(Refused, match="larger than 20 MB"):
        files.keep(tmp_path, body)
    assert body.read_of_it <= files.LARGEST + 2 * files.CHUNK
    assert stored(tmp_path) == []


@pytest.mark.parametrize("error", [child.subprocess.TimeoutExpired("python", 1), BlockingIOError("no more processes")])
def test_a_server_that_has_no_room_says_so_and_blames_no_photo(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(command: list[str], **_options: Any) -> None:
        Path(command[-1]).write_bytes(b"half a copy")
        raise error

    monkeypatch.setattr(child.subprocess, "run", slow)
    with pytest.raises(Busy, match="the server is busy") as refusal:
        keep(tmp_path, encoded("JPEG"))
    assert refusal.value.status == 503
    assert stored(tmp_path) == []


WAITS = """
import os, signal, sys, time
child = os.fork()
if not child:
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
os.kill(child, signal.SIGSTOP)
time.sleep(1.5)
os.kill(child, signal.SIGCONT)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_the_work_is_limited_and_not_the_wait_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that is stopped for longer than it may work goes on afterwards, as on a machine that others use."""
    run, script = child.subprocess.run, tmp_path / "child.py"
    script.write_text(Path(files.CHILD).read_text().replace("SECONDS, MEMORY = 10,", "SECONDS, MEMORY = 1,"))
    monkeypatch.setattr(files, "CHILD", str(script))
    monkeypatch.setattr(
        child.subprocess, "run", lambda command, **more: run([command[0], "-c", WAITS, *command[1:]], **more)
    )
    assert keep(tmp_path, encoded("JPEG")).width == 64


def test_a_photo_that_uses_up_its_work_is_refused_for_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spin = tmp_path / "spin.py"
    spin.write_text("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass\n")
    monkeypatch.setattr(files, "CHILD", str(spin))
    with pytest.raises(Refused) as refusal:
        keep(tmp_path, encoded("JPEG"))
    assert refusal.value.message == files.WHY["heavy"]


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
