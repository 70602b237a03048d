"""Our own files, for the tests that read them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = ("webapp", "gis", "seeds", "migrations", "tests", "bench")
STATIC = ROOT / "webapp" / "web" / "static"


def sources(*endings: str, folders: tuple[str, ...] = OURS) -> Iterator[Path]:
    """Our own files of some kinds."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings:
                yield path


def name_of(path: Path) -> str:
    """A file as it is spoken of."""
    return path.relative_to(ROOT).as_posix()
