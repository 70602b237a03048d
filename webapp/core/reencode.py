"""Child process: decode a photo and write a lighter JPEG without any of its metadata. Arguments: source, target.

Prints width and height. Exits non-zero for everything that is not a JPEG, PNG or WebP of at most 50 megapixels.
"""

import resource
import sys
import warnings

from PIL import Image, ImageOps

SIDE, QUALITY, PIXELS = 1600, 82, 50_000_000
SECONDS, MEMORY = 20, 700 * 2**20


def limit() -> None:
    """Give this process little memory and time, so that a bomb bursts here and harms nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def reencode(source: str, target: str) -> tuple[int, int]:
    """Turn upright by its EXIF, drop the EXIF, fit into SIDE pixels, write JPEG."""
    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = PIXELS
    with Image.open(source, formats=["JPEG", "PNG", "WEBP"]) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((SIDE, SIDE))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    clean.save(target, "JPEG", quality=QUALITY, optimize=True)
    return clean.size


if __name__ == "__main__":
    limit()
    print(*reencode(*sys.argv[1:3]))
