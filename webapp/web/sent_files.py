"""Files that come in by a form and are opened elsewhere."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from werkzeug.utils import secure_filename

from .forms import clean

LONGEST = 200  # bytes of a name


def kept(folder: Path, sent: Iterable[Any]) -> list[Path]:
    """Files as they were sent, each in the folder under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    places = []
    for number, file in enumerate(sent):
        places.append(under_its_name(folder, str(file.filename), number))
        file.save(places[-1])
    return places


def under_its_name(folder: Path, filename: str, number: int) -> Path:
    """A file under the name that it was sent by, which messages and layers bear; never a name of ours."""
    name = (clean(Path(filename.replace("\\", "/")).name) or "").lstrip(".")
    if not name or len(name.encode()) >= LONGEST:
        name = secure_filename(name).lstrip(".")[-LONGEST // 2 :] or "file"
    return folder / name if not (folder / name).exists() else folder / f"{number}-{name}"
