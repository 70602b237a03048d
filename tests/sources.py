"""Our own files, for the tests that read them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("webapp", "gis", "seeds", "migrations", "tests", "bench")
STATIC = ROOT / "webapp" / "web" / "static"
#: The texts that the seeds were taken from, where they are: the folder that SOURCES names, or one beside the project or
#: beside the folder it is in.
TEXTS = next(
    (
        path
        for path in (
            *([Path(os.environ["SOURCES"])] if "SOURCES" in os.environ else []),
            ROOT.parent / "shared" / "seeds",
            ROOT.parent.parent / "shared" / "seeds",
        )
        if path.is_dir()
    ),
    None,
)
needs_texts = pytest.mark.skipif(TEXTS is None, reason="the source texts are not beside the project")


def sources(*endings: str, folders: tuple[str, ...] = OURS) -> Iterator[Path]:
    """Our own files of some kinds."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings:
                yield path


def name_of(path: Path) -> str:
    """A file as it is spoken of."""
    return path.relative_to(ROOT).as_posix()
