"""A photo for the invented county, painted: a building site behind a fence on a dusty afternoon. Nobody is in it."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDE, HIGH = 1280, 960
SKY, HAZE, EARTH, FENCE, CONCRETE, STEEL = (
    (172, 190, 205),
    (214, 203, 182),
    (150, 124, 94),
    (62, 112, 92),
    (158, 156, 150),
    (196, 120, 52),
)


def site(seed: int = 7) -> bytes:
    """JPEG bytes, as a phone would send them; the same for the same seed."""
    chance = np.random.default_rng(seed)
    picture = Image.fromarray(_ground(chance))
    draw = ImageDraw.Draw(picture)
    _building(draw)
    _crane(draw)
    picture = picture.filter(ImageFilter.GaussianBlur(1.2))
    picture = Image.composite(Image.new("RGB", picture.size, HAZE), picture, _cloud(chance))
    _fence(ImageDraw.Draw(picture))
    picture = picture.filter(ImageFilter.GaussianBlur(0.8))
    grain = chance.normal(0, 5, (HIGH, WIDE, 1))
    kept = io.BytesIO()
    Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype("uint8")).save(kept, "JPEG", quality=85)
    return kept.getvalue()


def _noise(chance: np.random.Generator, high: int, wide: int) -> np.ndarray:
    """Soft noise between 0 and 1: coarse grids drawn large, over each other."""
    whole = np.zeros((high, wide))
    for cells in (4, 9, 22, 60):
        grid = Image.fromarray((chance.random((cells, cells)) * 255).astype("uint8"))
        whole += np.asarray(grid.resize((wide, high), Image.Resampling.BICUBIC)) / 255 / cells**0.7
    return (whole - whole.min()) / (whole.max() - whole.min())


def _ground(chance: np.random.Generator) -> np.ndarray:
    """Sky that grows hazy downwards over trodden earth."""
    down = np.linspace(0, 1, HIGH)[:, None, None]
    sky = (1 - down) * np.array(SKY) + down * np.array(HAZE)
    earth = np.array(EARTH) * (0.7 + 0.5 * _noise(chance, HIGH, WIDE))[..., None]
    horizon = int(HIGH * 0.6)
    whole = np.where(np.arange(HIGH)[:, None, None] < horizon, sky, earth)
    return np.clip(whole, 0, 255).astype("uint8")


def _building(draw: ImageDraw.ImageDraw) -> None:
    """A shell of concrete, floor over floor."""
    for number, top in enumerate(range(200, 600, 66)):
        shade = tuple(value - 6 * number for value in CONCRETE)
        draw.rectangle((620, top, 1130, top + 18), fill=shade)
        for left in range(630, 1130, 82):
            draw.rectangle((left, top + 18, left + 14, top + 66), fill=shade)


def _crane(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((372, 70, 388, 600), fill=STEEL)
    draw.rectangle((180, 96, 860, 108), fill=STEEL)
    draw.line((380, 40, 190, 98), fill=STEEL, width=3)
    draw.line((380, 40, 840, 98), fill=STEEL, width=3)
    draw.line((760, 106, 760, 250), fill=(70, 70, 70), width=2)


def _cloud(chance: np.random.Generator) -> Image.Image:
    """How much of the picture the dust hides: most of it low at the gate."""
    y, x = np.mgrid[0:HIGH, 0:WIDE]
    near = np.exp(-(((x - 640) / 460) ** 2) - ((y - 620) / 170) ** 2)
    hidden = np.clip(near * (0.55 + 0.7 * _noise(chance, HIGH, WIDE)), 0, 0.9)
    return Image.fromarray((hidden * 255).astype("uint8")).filter(ImageFilter.GaussianBlur(6))


def _fence(draw: ImageDraw.ImageDraw) -> None:
    """Panels on both sides; the gate between them is open."""
    for left in (*range(-20, 440, 92), *range(850, 1300, 92)):
        draw.rectangle((left, 540, left + 86, 690), fill=FENCE)
        draw.rectangle((left, 560, left + 86, 566), fill=tuple(value + 30 for value in FENCE))
