"""Child process: write a photo anew without anything that may say where it was taken, and its picture bit for bit.
Arguments: source and target.

Of the file are kept the chunks that a decoder needs for the picture and its colours, and of the Exif the few words of
``KEPT``, in an Exif of our own making. All else goes, known to us or not: positions also hide in the maker's notes, in
XMP, in comments, and in films behind the end of the picture. Prints SAME when there was nothing to take out, BARE when
the target was written, UNSURE when the file is not built as we know it, or of a kind (HEIC) in which places of one
chunk are named in another.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from . import reencode

SAME, BARE, UNSURE = WORDS = ("same", "bare", "unsure")
EXIF, EXIF_IFD = b"Exif\0\0", 0x8769
LONGEST = 64  # letters of a maker's or a camera's name
NUMBER, NAME, MOMENT, ZONE = r"[1-8]", r"[ -~]+", r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", r"[+-]\d\d:\d\d"


class Unsure(Exception):
    """The file is not built as we know it."""


def bare(data: bytes) -> bytes:
    """The file without what may hold a position; the same bytes when nothing was to be taken out, and whenever its
    result is given again."""
    try:
        for begins, write in ((b"\xff\xd8\xff", _jpeg), (PNG, _png), (b"RIFF", _webp)):
            if data.startswith(begins):
                return write(data)
    except (IndexError, struct.error) as error:
        raise Unsure from error
    raise Unsure


# --- what is said beside the picture -------------------------------------------------------------------

#: Where it stands in an Exif (IFD 0 or that of the picture), under which tag, and how it must look.
KEPT = (
    (None, 0x010F, NAME),  # maker
    (None, 0x0110, NAME),  # model
    (None, 0x0112, NUMBER),  # which side is up
    (EXIF_IFD, 0x9003, MOMENT),  # when it was taken
    (EXIF_IFD, 0x9011, ZONE),  # and how far that clock is from UTC
)


def exif_of(given: bytes) -> bytes:
    """An Exif of ours with what is kept of the given one; empty when it says nothing of it, or cannot be read."""
    try:
        old, fresh = Image.Exif(), Image.Exif()
        old.load(given)
        said = [(ifd, tag, _value(old.get_ifd(ifd) if ifd else old, tag, like)) for ifd, tag, like in KEPT]
        for ifd, tag, value in said:
            if value is not None:
                (fresh.get_ifd(ifd) if ifd else fresh)[tag] = value
        return fresh.tobytes().removeprefix(EXIF) if any(value is not None for *_, value in said) else b""
    except Exception:  # whatever a stranger's Exif makes the library do
        return b""


def _value(ifd: Any, tag: int, like: str) -> Any:
    value = ifd.get(tag)
    text = value.strip("\0 ") if isinstance(value, str) else str(value)
    if not isinstance(value, str | int) or len(text) > LONGEST or not re.fullmatch(like, text, re.ASCII):
        return None
    return text if isinstance(value, str) else value


# --- JPEG ----------------------------------------------------------------------------------------------

SOI, EOI, SOS, APP0, APP1, COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xFE
#: Tables, frames and scans.
PICTURE = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0)}) - {0xC8}  # which is of no use yet
#: Of the applications' segments those that say what the numbers of the picture mean, by how each begins, and how long
#: it is: what stands behind that (JFIF has room for a small picture) goes.
COLOURS = {0xE0: (b"JFIF\0", 14), 0xE2: (b"ICC_PROFILE\0", None), 0xEE: (b"Adobe", 12)}
MARKER = re.compile(rb"\xff+([^\x00\xff])", re.DOTALL)
#: What ends a scan: a marker that is no restart. A zero after 0xFF says that it is part of the picture.
SCAN_ENDS = re.compile(rb"(?<!\xff)\xff+[\x01-\xcf\xd8-\xfe]")


def _jpeg(data: bytes) -> bytes:
    kept, exif = [], b""
    for marker, body, scan in _segments(data):
        if marker == APP1 and body.startswith(EXIF):
            exif = exif or exif_of(body)
        elif (needed := _needed(marker, body)) is not None:
            kept.append(_segment(marker, needed) + scan)
    first = 1 if kept[0][1] == APP0 else 0
    if exif:
        kept.insert(first, _segment(APP1, EXIF + exif))
    return b"".join([bytes([0xFF, SOI]), *kept, bytes([0xFF, EOI])])


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, content and, of a scan, the packed pixels behind it, up to the end of the picture."""
    at, has_scan = 2, False
    while True:
        found = MARKER.match(data, at)
        if found is None:
            raise Unsure
        marker, start = found[1][0], found.end()
        if marker == EOI and has_scan:
            return
        size, end = _number(data, start, 2), start + _number(data, start, 2)
        if size < 2 or end > len(data) or not (marker in PICTURE or APP0 <= marker <= 0xEF or marker == COM):
            raise Unsure
        at, has_scan = end, has_scan or marker == SOS
        if marker == SOS:
            ends = SCAN_ENDS.search(data, end)
            if ends is None:
                raise Unsure
            at = ends.start()
        yield marker, data[start + 2 : end], data[end:at]


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise Unsure
    return int.from_bytes(data[at : at + size])


def _needed(marker: int, body: bytes) -> bytes | None:
    """What is kept of a segment; None when nothing is."""
    if marker in PICTURE:
        return body
    begins, length = COLOURS.get(marker, (b"", None))
    if not begins or not body.startswith(begins) or len(body) < (length or 0):
        return None
    if marker == APP0:
        return body[:12] + b"\0\0"
    return body[:length]


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


# --- PNG and WebP --------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n"
PNG_PICTURE = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP".split())
WEBP_PICTURE = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"))
HAS_FILM, KEPT_FLAGS, HAS_EXIF = 0x02, 0x30, 0x08  # of VP8X: colours and transparency are kept


def _png(data: bytes) -> bytes:
    kept, exif, at = [PNG], b"", len(PNG)
    name = b""
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if end > len(data) or (name not in PNG_PICTURE and name[:1].isupper()):  # one that a decoder has to know
            raise Unsure
        if name in PNG_PICTURE:
            kept.append(data[at:end])
        elif name == b"eXIf":
            exif = exif or exif_of(data[at + 8 : end - 4])
        at = end
    if exif:
        kept.insert(2, _png_chunk(b"eXIf", exif))
    return b"".join(kept)


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _webp(data: bytes) -> bytes:
    chunks, exif, at = [], b"", 12
    end = 8 + int(struct.unpack_from("<I", data, 4)[0])
    if data[8:12] != b"WEBP" or end > len(data):
        raise Unsure
    while at < end:
        name, size = struct.unpack_from("<4sI", data, at)
        body, at = data[at + 8 : at + 8 + size], at + 8 + size + size % 2
        if len(body) < size or at > end:
            raise Unsure
        if name in WEBP_PICTURE:
            chunks.append((name, body))
        elif name == b"EXIF":
            exif = exif or exif_of(body)
    return _webp_of(chunks, exif)


def _webp_of(chunks: list[tuple[bytes, bytes]], exif: bytes) -> bytes:
    """Only a file with a head for it (VP8X) may have an Exif, which stands behind the picture."""
    name, head = chunks[0]
    if name == b"VP8X":
        if head[0] & HAS_FILM:
            raise Unsure
        flags = head[0] & KEPT_FLAGS | (HAS_EXIF if exif else 0)
        chunks = [(name, bytes([flags]) + head[1:]), *chunks[1:], *([(b"EXIF", exif)] if exif else [])]
    packed = b"".join(struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2) for name, body in chunks)
    return b"RIFF" + struct.pack("<I", len(packed) + 4) + b"WEBP" + packed


def main(source: str, target: str) -> None:
    """What the child does."""
    reencode.limit()
    try:
        data = Path(source).read_bytes()
        made = bare(data)
    except (Unsure, MemoryError):
        print(UNSURE)
        return
    if made != data:
        Path(target).write_bytes(made)
    print(SAME if made == data else BARE)
