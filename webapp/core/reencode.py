"""Child process: decode a photo and write a lighter JPEG without any of its metadata. Arguments: source, target, and
the longest side in pixels where it is not that of a copy.

Prints width and height, or one word of ``WHY`` that says why not. Takes JPEG, PNG, WebP and HEIC of at most 50
megapixels. What stands beside the pixels (EXIF, colour profile, trailing bytes) may be damaged: it is left away.
"""

import resource
import sys
import warnings
from pathlib import Path

from PIL import Image, ImageOps

SIDE, QUALITY, PIXELS = 1600, 82, 50_000_000
SECONDS, MEMORY = 20, 700 * 2**20  # of work, not of waiting for it
FORMATS, HEIC = ("JPEG", "PNG", "WEBP"), ("HEIF",)
WHITE = (255, 255, 255)
UNKNOWN, MANY_PIXELS, DAMAGED, HEAVY = WHY = ("unknown", "many_pixels", "damaged", "heavy")
#: How the files of our formats begin: offset, bytes.
BEGINS = ((0, b"\xff\xd8\xff"), (0, b"\x89PNG"), (8, b"WEBP"), (4, b"ftyp"))


def limit() -> None:
    """Give this process little memory and time, so that a bomb bursts here and harms nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def reencode(source: str, target: str, side: int = SIDE) -> tuple[int, int]:
    """Turn upright by its EXIF, drop the EXIF, fit into ``side`` pixels, write JPEG."""
    warnings.simplefilter("ignore")  # a decoder's warning is about what stands beside the pixels, but for this one
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS
    with Image.open(source, formats=_formats(source)) as picture:
        picture.draft("RGB", (side, side))
        picture.load()
        upright = _on_white(_turned(picture))
    upright.thumbnail((side, side))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    clean.save(target, "JPEG", quality=QUALITY, optimize=True)
    return clean.size


def _head(source: str) -> bytes:
    with Path(source).open("rb") as file:
        return file.read(16)


def _formats(source: str) -> tuple[str, ...]:
    """The decoders to try; that of HEIC is loaded only for what begins like it."""
    if _head(source)[4:8] != b"ftyp":
        return FORMATS
    from pi_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    return HEIC


def _turned(picture: Image.Image) -> Image.Image:
    """Upright, or as it lies when its EXIF cannot be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:
        return picture


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
    if isinstance(error, MemoryError):
        return HEAVY
    head = _head(source)
    return DAMAGED if any(head[at : at + len(bytes_)] == bytes_ for at, bytes_ in BEGINS) else UNKNOWN


if __name__ == "__main__":
    limit()
    try:
        print(*reencode(sys.argv[1], sys.argv[2], int(sys.argv[3]) if sys.argv[3:] else SIDE))
    except Exception as error:
        print(why_not(error, sys.argv[1]))
