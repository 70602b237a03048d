"""MANIFEST.csv: for every seed file its sha256, and a short sum of every line so that an edited row can be named.

After editing seed data on purpose run ``python -m seeds``, which writes the manifest anew.
"""

import csv
import hashlib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from seeds.errors import SeedError

NAME = "MANIFEST.csv"
COLUMNS = ["file", "sha256", "lines"]
ENDINGS = (".csv", ".toml")
_SUM_DIGITS = 4  # enough to point at a row; the whole file's sha256 is what decides
#: File → its sha256, and the sums of its lines.
Recorded = dict[str, tuple[str, list[str]]]


def seed_files(root: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    """Every data file below ``root`` with its name relative to it, in the order of names."""
    for entry in sorted(root.iterdir(), key=lambda e: e.name):
        name = prefix + entry.name
        if entry.is_dir():
            yield from seed_files(entry, name + "/")
        elif name.endswith(ENDINGS) and name != NAME:
            yield name, entry


def load(root: Traversable) -> Recorded:
    """File name → (sha256, sums of its lines). Raises SeedError when the manifest is absent or damaged."""
    try:
        text = (root / NAME).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(f"{NAME}: cannot be read ({error})") from None
    rows = list(csv.reader(text.splitlines()))
    if not rows or rows[0] != COLUMNS:
        raise SeedError(f"{NAME}, row 1: the columns must be {', '.join(COLUMNS)}")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(COLUMNS):
            raise SeedError(f"{NAME}, row {number}: {len(row)} cells instead of {len(COLUMNS)}")
    return {name: (sha256, sums.split()) for name, sha256, sums in rows[1:]}


def verify(name: str, data: bytes, recorded: Recorded) -> None:
    """Raise SeedError when ``data`` is not what the manifest records for the file ``name``."""
    if name not in recorded:
        raise SeedError(f"{name}: not in {NAME}")
    sha256, sums = recorded[name]
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SeedError(f"{name}{_first_change(data, sums)}: not as recorded in {NAME} (sha256 differs)")


def _first_change(data: bytes, sums: list[str]) -> str:
    """The first row whose sum differs from the recorded one, as ", row N"; empty when none can be told."""
    found = _line_sums(data)
    if len(found) < len(sums) and found == sums[: len(found)]:
        return f", row {len(found) + 1} (rows are missing)"
    for row, line in enumerate(found, 1):
        if sums[row - 1 : row] != [line]:
            return f", row {row}"
    return ""


def _line_sums(data: bytes) -> list[str]:
    lines = data.removesuffix(b"\n").split(b"\n")
    return [hashlib.sha256(line).hexdigest()[:_SUM_DIGITS] for line in lines]


def rewrite(root: Path) -> int:
    """Write MANIFEST.csv for the seed files below ``root`` as they are now; return how many there are."""
    rows = []
    for name, entry in seed_files(root):
        data = entry.read_bytes()
        rows.append([name, hashlib.sha256(data).hexdigest(), " ".join(_line_sums(data))])
    with (root / NAME).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([COLUMNS, *rows])
    return len(rows)
