"""Hostile photos: whatever is sent, the child that decodes keeps within its memory and time and says what it met; and
what fails on our side is told as ours, never as a fault of the photo."""

import hashlib
import os
import random
import struct
import subprocess
import sys
import uuid
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.core.test_files import HEIC, HTML, encoded, jpeg_that_says, keep, picture, png_that_says, stored
from tests.short import FULL
from webapp.core import files, pools, reencode
from webapp.core.errors import Busy

MB = 2**20
MEMORY, SECONDS = 300, 3.0  # MB resident, seconds of CPU


def webp_blank(side: int) -> bytes:
    """A few bytes of WebP that unpack to so many pixels: one colour, no bits for any of them."""
    bits = (side - 1) | (side - 1) << 14
    body = b"\x2f" + struct.pack("<I", bits) + bytes.fromhex("0788fd07") + bytes(8)
    chunk = b"VP8L" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def png_of(width: int, height: int, colour: int) -> bytes:
    """A PNG of zeros with as many bytes a pixel as its kind of colour has, whole and well formed."""
    bands = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" * (width * bands + 1)) for _ in range(height)) + packer.flush()
    chunks = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def progressive(**options: Any) -> bytes:
    """A small progressive JPEG that says it has 48 megapixels."""
    whole = encoded("JPEG", progressive=True, **options)
    at = whole.index(b"\xff\xc2") + 5
    return whole[:at] + struct.pack(">HH", 6000, 8000) + whole[at + 4 :]


def scans(times: int) -> bytes:
    """Such a JPEG whose last scan comes again and again."""
    whole = progressive()
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * times + whole[-2:]


#: Those that need most memory or time; each by name.
BOMBS: dict[str, Callable[[], bytes]] = {
    "webp of 49 megapixels in a few bytes": lambda: webp_blank(7000),
    "webp of 268 megapixels": lambda: webp_blank(16383),
    "webp, real, just under what is taken": lambda: encoded("WEBP", Image.new("RGBA", (3680, 3680)), lossless=True),
    "png of 49 megapixels": lambda: png_of(7000, 7000, 2),
    "png of 49 megapixels, clear": lambda: png_of(7000, 7000, 6),
    "png of 49 megapixels, grey and clear": lambda: png_of(7000, 7000, 4),
    "png, very long": lambda: png_of(50_000, 990, 2),
    "png, very high": lambda: png_of(990, 50_000, 6),
    "png that ends early": lambda: png_that_says(7000, 7000)[:-4000],
    "progressive jpeg of 48 megapixels": lambda: encoded("JPEG", Image.new("RGB", (8000, 6000)), progressive=True),
    "progressive jpeg, no colour left out": lambda: encoded(
        "JPEG", Image.new("RGB", (8000, 6000)), progressive=True, subsampling=0
    ),
    "progressive jpeg that says no colour is left out": lambda: progressive(subsampling=0),
    "progressive jpeg with as many scans as are taken": lambda: scans(5),
    "jpeg of scans without end": lambda: scans(3000),
    "jpeg, long and thin": lambda: encoded("JPEG", Image.new("RGB", (65_000, 760))),
    "jpeg that says 49 megapixels": lambda: jpeg_that_says(7000, 7000),
    "cmyk jpeg of 48 megapixels": lambda: encoded("JPEG", Image.new("CMYK", (8000, 6000))),
}


def small_ones() -> Iterator[bytes]:
    """Files of all kinds, cut, turned about and sewn together, without end; the same every time."""
    luck = random.Random(48)
    kinds = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "MPO", "JPEG2000")
    good = [encoded(kind) for kind in kinds]
    good += [encoded("GIF", save_all=True, append_images=[picture("L")] * 3), HEIC, HTML]
    good += [encoded(kind, save_all=True, append_images=[picture("RGB", (64, 48))] * 20) for kind in ("PNG", "WEBP")]
    good += [b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"]
    good += [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n{} loop\n", b"%PDF-1.7\n", b"#!/bin/sh\n", b""]
    ways: tuple[Callable[[bytes, bytes], bytes], ...] = (
        lambda one, other: one[: luck.randrange(len(one) + 1)],
        lambda one, other: one + other,
        lambda one, other: one[: len(one) // 2] + other,
        lambda one, other: other[:32] + one[32:],
        lambda one, other: bytes(b ^ (luck.random() < 0.01) * luck.randrange(256) for b in one),
        lambda one, other: one,
    )
    while True:
        yield luck.choice(ways)(luck.choice(good), luck.choice(good))


#: Runs the child as it is and tells its own greatest resident memory; what the system counts of a child includes that
#: of the process which started it.
TOLD = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    lines = open("/proc/self/status").read().splitlines()
    print(next(line.split()[1] for line in lines if line.startswith("VmHWM")), file=sys.stderr)
"""


def decoded(folder: Path, data: bytes) -> tuple[str, int, float, float]:
    """What the child says of a file, its status, its greatest resident memory in MB, its CPU in seconds."""
    source, said, told = folder / "sent", folder / "said", folder / "told"
    source.write_bytes(data)
    with said.open("wb") as out, told.open("wb") as memory:
        child = subprocess.Popen(
            [sys.executable, "-I", "-c", TOLD, files.CHILD, str(source), str(folder / "made")],
            stdout=out,
            stderr=memory,
            env={"PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"},
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    peak = int(told.read_text().split()[-1]) / 1024
    return said.read_text().strip(), child.returncode, peak, used.ru_utime + used.ru_stime


def check(folder: Path, name: str, data: bytes) -> None:
    said, status, memory, cpu = decoded(folder, data)
    assert status == 0, f"{name}: {status}"
    assert said in reencode.WHY or all(word.isdigit() for word in said.split()), f"{name}: {said}"
    assert memory <= MEMORY and cpu <= SECONDS, f"{name}: {memory:.0f} MB, {cpu:.1f} s"


QUICK = [name for name in BOMBS if "says" in name or "few bytes" in name or "scans" in name]  # to make, that is


@pytest.mark.parametrize("name", BOMBS if FULL else QUICK)
def test_a_bomb_keeps_within_memory_and_time(name: str, tmp_path: Path) -> None:
    check(tmp_path, name, BOMBS[name]())


def test_three_hundred_hostile_files_and_none_breaks_out(tmp_path: Path) -> None:
    luck = small_ones()
    for number, data in enumerate(next(luck) for _ in range(300 if FULL else 5)):
        check(tmp_path, str(number), data)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("webp of 49 megapixels in a few bytes", "heavy"),
        ("progressive jpeg that says no colour is left out", "heavy"),
        ("jpeg of scans without end", "heavy"),
    ],
)
def test_what_the_head_says_is_refused_before_memory_is_taken(name: str, why: str, tmp_path: Path) -> None:
    said, status, memory, _ = decoded(tmp_path, BOMBS[name]())
    assert (said, status) == (why, 0)
    assert memory < 60


@pytest.mark.full
def test_an_honest_photo_of_48_megapixels_is_decoded_at_a_fraction(tmp_path: Path) -> None:
    noise = Image.effect_noise((8000, 6000), 60).convert("RGB")
    said, _, memory, cpu = decoded(tmp_path, encoded("JPEG", noise, quality=70))
    assert said == "1600 1200" and memory < 130 and cpu < SECONDS


# --- what is our fault ---

STOPPED = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n"
KILLED = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
BROKEN = "raise SystemExit(1)\n"
CRAMPED = Path(files.CHILD).read_text().replace("RLIMIT_AS, (MEMORY, MEMORY)", "RLIMIT_AS, (50 * 2**20, 50 * 2**20)", 1)


@pytest.mark.parametrize("child", [STOPPED, KILLED, BROKEN, CRAMPED])
def test_a_decoder_that_is_stopped_killed_or_without_memory_is_our_fault(
    child: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "child.py"
    script.write_text(child)
    monkeypatch.setattr(files, "CHILD", str(script))
    monkeypatch.setattr(files, "PATIENCE", 1)
    with pytest.raises(Busy, match="because the server is busy") as refusal:
        keep(tmp_path / "data", encoded("PNG", Image.new("RGB", (4000, 3000))))
    assert refusal.value.again
    assert stored(tmp_path / "data") == []


def test_a_photo_that_we_did_not_come_to_is_503_with_a_time_and_taken_when_sent_again(
    app: Any, browse: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, data = browse("officer_a1"), encoded("JPEG")
    address = f"/entries/{uuid.uuid4()}/photos/{hashlib.sha256(data).hexdigest()}?name=a.jpg"
    headers = {"X-CSRFToken": browser.token(), "Accept": "application/json", "Origin": "http://localhost"}

    def put() -> Any:
        return browser.client.put(address, data=data, headers=headers)

    monkeypatch.setitem(pools.POOLS, "photo", pools.Pool("photo", at_once=1, waits=0.1, share=0, queue=0, again=10))
    with pools.turn(app.config["WANGGE"].data_dir, "photo"):
        refused = put()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert "a.jpg" in refused.json["error"] and "busy" in refused.json["error"]
    assert put().status_code == 201
