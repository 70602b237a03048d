"""Files of borders on their way in: kept for whoever sent them until what they would change is drafted or dropped.

They lie below ``waiting``, where files are that no record names, and go with these when nobody came back for them
(``core/waiting.py``). The work on them goes on in a thread beside the request that asked for it, and in a child of
that; any process of the server sees how far it is, and a lock that it holds says whether it still goes on.
"""

import json
import logging
import os
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gis import examine, outcome
from gis.delivery import Choice, Entry, Tolerance
from gis.lines import Below, Line
from gis.outcome import Outcome

from ..core import pools
from ..core.errors import N_, Busy, NotFound, Refused
from . import changed, intake

LOG = logging.getLogger("wangge.trouble")
MOST = 3  # deliveries that wait of one person: the oldest makes room
SAID, STAGE, LOCK, PART, ANSWER, FAILED, NOTES = (
    f".{name}" for name in ("said", "stage", "lock", "part", "answer", "failed", "notes")
)
FAULTS = {
    "busy": N_("The server was busy, and the files were not read. Have them read again."),
    "fault": N_("Reading these files ended in a fault of wangge itself. It is in the server's log."),
    "stopped": N_("Reading was interrupted, because the server stopped. Have the files read again."),
}


@dataclass(frozen=True)
class Said:
    """What the sender says of his files."""

    crs: str = ""
    choice: Choice = field(default_factory=Choice)
    edition: int = 0  # the newest of the borders with which they were read: what is only a part holds these


@dataclass(frozen=True)
class Incoming:
    """The files that one person sent at once."""

    id: uuid.UUID
    folder: Path

    @property
    def files(self) -> list[Path]:
        """What was sent, in the order of the names."""
        return sorted(path for path in self.folder.iterdir() if not path.name.startswith("."))

    @property
    def is_list(self) -> bool:
        """Whether it is a list of grids, without borders."""
        return intake.is_list(self.files)

    @property
    def source(self) -> str:
        """What the files are called."""
        return ", ".join(path.name for path in self.files)

    @property
    def said(self) -> Said:
        """What was said of them last."""
        told = json.loads((self.folder / SAID).read_text("utf-8"))
        choice = Choice(**{name: _tuples(value) for name, value in told["choice"].items()})
        return Said(told["crs"], choice, told["edition"])

    @property
    def stage(self) -> str:
        """How far the work is: a key of ``gis.messages.STAGES``."""
        with suppress(OSError):
            return (self.folder / STAGE).read_text("ascii")
        return ""

    @property
    def is_working(self) -> bool:
        """Whether somebody is at work on them."""
        with self.held() as is_ours:
            return not is_ours

    def outcome(self) -> Outcome:
        """What they were read as. Raises gis.delivery.Refused where they cannot be, and Refused where it did not come
        to an answer."""
        try:
            with (self.folder / ANSWER).open("rb") as answer:
                return outcome.read(answer)
        except FileNotFoundError:
            failed = self.folder / FAILED
            why, params = json.loads(failed.read_text("utf-8")) if failed.exists() else (FAULTS["stopped"], {})
            raise Refused(why, **params) from None

    def lines(self) -> list[Line]:
        """What they would change. FileNotFoundError where ``outcome`` raises."""
        with (self.folder / ANSWER).open("rb") as answer:
            return outcome.lines(answer)

    def units(self) -> list[Below]:
        """The unit grids that came along. FileNotFoundError where ``outcome`` raises."""
        with (self.folder / ANSWER).open("rb") as answer:
            return outcome.units(answer)

    @property
    def notes(self) -> list[tuple[str, dict[str, Any]]]:
        """What was left out of a list, and how it was read: sentences with what fills them."""
        with suppress(OSError):
            told: list[tuple[str, dict[str, Any]]] = json.loads((self.folder / NOTES).read_text("utf-8"))
            return told
        return []

    def drop(self) -> None:
        """Take them away, and all that was found."""
        with suppress(OSError):  # somebody else may be at it
            for path in self.folder.iterdir():
                path.unlink(missing_ok=True)
            self.folder.rmdir()

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Nobody else works on them for as long as the block takes; False where somebody does."""
        lock = _locked(self.folder)
        try:
            yield lock is not None
        finally:
            if lock is not None:
                os.close(lock)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _locked(folder: Path) -> int | None:
    """The lock of who works on a folder; None where somebody does, or the folder is gone."""
    with suppress(FileNotFoundError):
        return pools.grasp(folder / LOCK)
    return None


def new(data_dir: Path, person_id: int) -> Incoming:
    """A folder for what somebody sends now; what he sent long ago makes room for it."""
    of_person = data_dir / "waiting" / f"borders-{person_id}"
    of_person.mkdir(parents=True, exist_ok=True)
    there = sorted(of_person.iterdir(), key=lambda folder: folder.stat().st_mtime)
    for folder in there[: max(0, len(there) - MOST + 1)]:
        Incoming(uuid.UUID(folder.name), folder).drop()
    made = Incoming(id_ := uuid.uuid4(), of_person / str(id_))
    made.folder.mkdir()
    return made


def one(data_dir: Path, person_id: int, id_: uuid.UUID) -> Incoming:
    """What somebody sent; NotFound for another's, and for what is no longer there."""
    found = Incoming(id_, data_dir / "waiting" / f"borders-{person_id}" / str(id_))
    if not (found.folder / SAID).exists() or not found.files:
        raise NotFound
    return found


def every(data_dir: Path, person_id: int) -> list[Incoming]:
    """All that somebody sent and that is still there, the newest first."""
    folders = (data_dir / "waiting" / f"borders-{person_id}").glob("*/" + SAID)
    newest = sorted((place.parent for place in folders), key=lambda folder: folder.stat().st_mtime, reverse=True)
    found = (Incoming(uuid.UUID(folder.name), folder) for folder in newest)
    return [each for each in found if each.files]


def work(
    data_dir: Path,
    incoming: Incoming,
    said: Said,
    tolerance: Tolerance,
    present: tuple[Sequence[changed.Present], Mapping[int, str]],
    patience: float,
) -> None:
    """Have the files read with what is said of them, and compared with the grids in force (as ``changed.present`` has
    them), beside this request; it waits so many seconds for the answer. Where somebody is at work on them already,
    nothing begins."""
    lock = _locked(incoming.folder)
    if lock is None:
        return
    for name in (ANSWER, FAILED, STAGE, NOTES):
        (incoming.folder / name).unlink(missing_ok=True)
    (incoming.folder / SAID).write_text(json.dumps(asdict(said)), "utf-8")
    thread = threading.Thread(
        target=_work, args=(data_dir, incoming, said, tolerance, present, lock), daemon=True, name="borders"
    )
    thread.start()
    thread.join(patience)


def _work(
    data_dir: Path,
    incoming: Incoming,
    said: Said,
    tolerance: Tolerance,
    present: tuple[Sequence[changed.Present], Mapping[int, str]],
    lock: int,
) -> None:
    folder = incoming.folder
    try:
        with pools.turn(data_dir, "borders"), (folder / PART).open("w+b") as answer:
            sent = _entries(incoming) if incoming.is_list else incoming.files
            examine.prepare(answer, sent, said.crs or None, said.choice, tolerance, *present, folder / STAGE)
        os.replace(folder / PART, folder / ANSWER)
    except Busy:
        _fail(folder, FAULTS["busy"])
    except Refused as refusal:
        _fail(folder, refusal.message, refusal.params)
    except Exception:
        if (folder / SAID).exists():  # else they were dropped meanwhile
            LOG.exception("borders that were sent were not read")
            _fail(folder, FAULTS["fault"])
    finally:
        os.close(lock)


def _entries(incoming: Incoming) -> list[Entry]:
    """The rows of a list without borders; what was left out of it is said beside."""
    entries, notes = intake.entries(incoming.files[0])
    told = [(note.message, dict(note.params)) for note in notes]
    (incoming.folder / NOTES).write_text(json.dumps(told), "utf-8")
    return entries


def _fail(folder: Path, why: str, params: Mapping[str, Any] | None = None) -> None:
    with suppress(OSError):
        (folder / FAILED).write_text(json.dumps([why, dict(params or {})]), "utf-8")
