"""Child process: decode a photo and write a lighter JPEG without any of its metadata. Arguments: source, target, and
the longest side in pixels where it is not that of a copy.

Prints width and height, or one word of ``WHY`` that says why not; ends with the status OURS where it is no fault of the
photo. Takes JPEG, PNG, WebP and HEIC of at most 50 megapixels, of HEIC and WebP fewer, since their decoders need more
memory a pixel. What the head of the file says is checked before memory is taken for it. What stands beside the pixels
(EXIF, colour profile, trailing bytes) may be damaged: it is left away.
"""

import os
import resource
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

SIDE, QUALITY, PIXELS, LONGEST = 1600, 82, 50_000_000, 65_535
NICE = 10
SECONDS, MEMORY = 10, 300 * 2**20  # of work, not of waiting for it; of address space, so what is resident is less
ROOM = MEMORY - 80 * 2**20  # without the interpreter, the libraries and the small picture
STRIP = 500_000  # pixels that are worked on at once
SCANS = 16 * PIXELS  # pixels times scans of a progressive JPEG: cameras write about ten scans, a bomb thousands
FORMATS, HEIC = ("JPEG", "PNG", "WEBP"), ("HEIF",)
WHITE, ORIENTATION = (255, 255, 255), 0x0112
UNKNOWN, MANY_PIXELS, DAMAGED, HEAVY = WHY = ("unknown", "many_pixels", "damaged", "heavy")
OURS = 3  # exit status: memory that the photo was promised was not to be had
#: How the files of our formats begin: offset, bytes.
BEGINS = ((0, b"\xff\xd8\xff"), (0, b"\x89PNG"), (8, b"WEBP"), (4, b"ftyp"))


class TooHeavy(Exception):
    """Decoding it would take more memory or time than a photo gets."""


def limit() -> None:
    """Give this process little memory and time, so that a bomb bursts here and harms nothing, and let whoever wants a
    page go first."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))  # the first is told apart from other ends
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def reencode(source: str, target: str, side: int = SIDE) -> tuple[int, int]:
    """Turn upright by its EXIF, drop the EXIF, fit into ``side`` pixels, write JPEG."""
    warnings.simplefilter("ignore")  # a decoder's warning is about what stands beside the pixels, but for this one
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS
    head = _head(source)
    if size := webp_size(head):
        _check("WEBP", *size)  # its decoder takes the memory for all pixels already when it is opened
    with Image.open(source, formats=_formats(head)) as picture:
        if isinstance(picture, JpegImageFile):  # of several pictures in one (MPO) the first
            _check_jpeg(picture, source, side)
        else:
            _check(picture.format or "", *picture.size)
        picture.load()
        upright = _turned(_reduced(picture, side), picture)
    upright.thumbnail((side, side))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    clean.save(target, "JPEG", quality=QUALITY, optimize=True)
    return clean.size


# --- before memory is taken ---

#: Bytes a pixel that decoding takes at most (measured).
NEEDS = {"PNG": 4, "WEBP": 17, "HEIF": 12, "JPEG": 4}


def _check(kind: str, width: int, height: int) -> None:
    if width * height > PIXELS:
        raise Image.DecompressionBombError
    if width * height * NEEDS[kind] > ROOM or max(width, height) > LONGEST:
        raise TooHeavy


def _check_jpeg(picture: JpegImageFile, source: str, side: int) -> None:
    """Decoded at a fraction of its size, which costs next to nothing; a progressive one keeps all its coefficients."""
    whole = picture.size[0] * picture.size[1]
    picture.draft("RGB", (side, side))
    need = picture.size[0] * picture.size[1] * NEEDS["JPEG"]
    if "progressive" in picture.info:
        layers = picture.layer
        most = max(across * down for _, across, down, _ in layers)
        need += 2 * sum(whole * across * down // most for _, across, down, _ in layers)
    scans = Path(source).read_bytes().count(b"\xff\xda")
    if need > ROOM or whole * scans > SCANS + whole:
        raise TooHeavy


def _head(source: str) -> bytes:
    with Path(source).open("rb") as file:
        return file.read(32)


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height that the first chunk of a WebP states; None for any other file, or one that is cut."""
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < 30:
        return None

    def number(at: int, size: int) -> int:
        return int.from_bytes(head[at : at + size], "little")

    sizes: dict[bytes, Callable[[], tuple[int, int]]] = {
        b"VP8X": lambda: (number(24, 3) + 1, number(27, 3) + 1),
        b"VP8L": lambda: ((number(21, 4) & 0x3FFF) + 1, (number(21, 4) >> 14 & 0x3FFF) + 1),
        b"VP8 ": lambda: (number(26, 2) & 0x3FFF, number(28, 2) & 0x3FFF),
    }
    return sizes[head[12:16]]() if head[12:16] in sizes else None


def _formats(head: bytes) -> tuple[str, ...]:
    """The decoders to try; that of HEIC is loaded only for what begins like it."""
    if head[4:8] != b"ftyp":
        return FORMATS
    import pi_heif

    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener(thumbnails=False)
    return HEIC


# --- the pixels ---


def _reduced(picture: Image.Image, side: int) -> Image.Image:
    """Without transparency, and not much larger than wanted; strip by strip, so that only the picture as decoded is in
    memory whole."""
    width, height = picture.size
    by = max(1, max(width, height) // side)
    small = Image.new("RGB", (-(-width // by), -(-height // by)))
    rows = max(1, STRIP // (width * by)) * by
    for top in range(0, height, rows):
        strip = picture.crop((0, top, width, min(height, top + rows)))
        small.paste(_on_white(strip).reduce(by), (0, top // by))
    return small


def _turned(small: Image.Image, picture: Image.Image) -> Image.Image:
    """Upright, or as it lies when the EXIF of the picture cannot be read."""
    try:
        if turn := picture.getexif().get(ORIENTATION):
            small.getexif()[ORIENTATION] = turn
        return ImageOps.exif_transpose(small)
    except Exception:
        return small


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: what could be seen through is white, as on the screen it was taken from."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    white = Image.new("RGB", seen.size, WHITE)
    white.paste(seen, mask=seen.getchannel("A"))
    return white


def why_not(error: Exception, source: str) -> str:
    """The word for what the decoder met in a file."""
    if isinstance(error, Image.DecompressionBombWarning | Image.DecompressionBombError):
        return MANY_PIXELS
    if isinstance(error, TooHeavy):
        return HEAVY
    head = _head(source)
    return DAMAGED if any(head[at : at + len(bytes_)] == bytes_ for at, bytes_ in BEGINS) else UNKNOWN


def main(source: str, target: str, side: str = str(SIDE)) -> int:
    """The exit status."""
    try:
        print(*reencode(source, target, int(side)))
    except MemoryError:
        return OURS
    except Exception as error:
        print(why_not(error, source))
    return 0


if __name__ == "__main__":
    limit()
    sys.exit(main(*sys.argv[1:]))
