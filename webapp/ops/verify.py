"""Does what is stored still hold together? Photo files against their rows, reports against their history. Reads only."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ..core import clock
from ..core.db import Store
from ..core.files import UNNAMED, path
from ..report.models import Photo, Report, ReportEvent
from ..report.workflow import ALL, START, STATES

PAGE = 500  # rows a look: no transaction stays open while files are read
ORPHAN_AFTER = timedelta(seconds=UNNAMED, hours=2)  # a younger file may belong to a form that is being put right
SAME_MOMENT = timedelta(minutes=1)  # report and event are written in one transaction, each with its look at the clock
COLUMNS = {"originals": Photo.sha256, "copies": Photo.copy}
MOVES = {(move.source, move.action, move.target): move.roles for move in ALL}


@dataclass(frozen=True)
class Finding:
    """Something that does not hold together; ``str()`` is a line to print.

    ``kind``: missing, damaged, orphan (files); order, move, state, due (history). ``place`` is a file below the data
    folder or a report's number.
    """

    kind: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind:8} {self.place}: {self.what}"


def verify_store(store: Store, data_dir: Path) -> list[Finding]:
    """Compare photo rows and files: both files of a photo there and unchanged, no file that the sweep should have dropped."""
    return [
        finding for kind in COLUMNS for finding in (*_lost(store, data_dir, kind), *_orphans(store, data_dir, kind))
    ]


def _lost(store: Store, data_dir: Path, kind: str) -> Iterator[Finding]:
    """Files that rows name and that are not there or hold something else."""
    for fingerprint in _fingerprints(store, kind):
        file = path(data_dir, kind, fingerprint)
        try:
            with file.open("rb") as source:
                found = hashlib.file_digest(source, "sha256").hexdigest()
        except OSError as error:
            yield Finding("missing", _place(data_dir, file), f"{error.strerror}; {_named(store, kind, fingerprint)}")
        else:
            if found != fingerprint:
                yield Finding(
                    "damaged", _place(data_dir, file), f"sha256 is {found}; {_named(store, kind, fingerprint)}"
                )


def _fingerprints(store: Store, kind: str) -> Iterator[str]:
    column, last = COLUMNS[kind], ""
    while True:
        with store.read() as session:
            page = list(session.scalars(select(column).distinct().where(column > last).order_by(column).limit(PAGE)))
        if not page:
            return
        yield from page
        last = page[-1]


def _named(store: Store, kind: str, fingerprint: str) -> str:
    with store.read() as session:
        numbers = session.scalars(
            select(Report.number)
            .distinct()
            .join(Photo, Photo.report_id == Report.id)
            .where(COLUMNS[kind] == fingerprint)
            .order_by(Report.number)
        )
        return "report " + ", ".join(numbers)


def _orphans(store: Store, data_dir: Path, kind: str) -> Iterator[Finding]:
    """Files that have lain longer than the sweep lets them and that no row names."""
    latest = (clock.now() - ORPHAN_AFTER).timestamp()
    for folder in sorted((data_dir / "photos" / kind).glob("*")):
        files = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.stat().st_mtime < latest]
        known = _known(store, kind, [file.name for file in files])
        for file in files:
            if file.name not in known or file != path(data_dir, kind, file.name):
                yield Finding("orphan", _place(data_dir, file), "no report names it")


def _known(store: Store, kind: str, fingerprints: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(fingerprints), PAGE):
        with store.read() as session:
            known |= set(
                session.scalars(select(COLUMNS[kind]).where(COLUMNS[kind].in_(fingerprints[start : start + PAGE])))
            )
    return known


def _place(data_dir: Path, file: Path) -> str:
    return str(file.relative_to(data_dir))


def verify_reports(store: Store) -> list[Finding]:
    """Replay every report's history by the workflow table and compare its state and clock with what came out."""
    return [finding for report, events in _histories(store) for finding in _replay(report, events)]


def _histories(store: Store) -> Iterator[tuple[Report, list[ReportEvent]]]:
    """Every report with its events by number. One statement a page, so that both are of one moment on any engine."""
    last = uuid.UUID(int=0)
    while True:
        page = select(Report.id).where(Report.id > last).order_by(Report.id).limit(PAGE).subquery()
        with store.read() as session:
            rows = session.execute(
                select(Report, ReportEvent)
                .join(page, page.c.id == Report.id)
                .outerjoin(ReportEvent, ReportEvent.report_id == Report.id)
                .order_by(Report.id, ReportEvent.seq)
            ).all()
        if not rows:
            return
        for report, group in groupby(rows, key=lambda row: row[0]):
            yield report, [event for _, event in group if event is not None]
            last = report.id


def _replay(report: Report, events: list[ReportEvent]) -> Iterator[Finding]:
    def wrong(kind: str, what: str) -> Finding:
        return Finding(kind, report.number, what)

    if [event.seq for event in events] != list(range(1, len(events) + 1)) or not events:
        yield wrong("order", f"the events are numbered {[event.seq for event in events]}")
    state, due, since = None, None, None
    for event in events:
        if event.to_state is None:
            continue  # an act beside the state
        yield from (wrong(*fault) for fault in _faults(event, state, due))
        state, due, since = event.to_state, event.due_after, event.at
    if report.state != state or since is None or abs(report.state_since - since) > SAME_MOMENT:
        yield wrong("state", f"is {report.state} since {report.state_since}, its history says {state} since {since}")
    if report.due_at != due:
        yield wrong("due", f"is {report.due_at}, its history says {due}")
    has_clock = STATES.get(report.state, {}).get("clock") != "-"
    if has_clock != (report.due_at is not None):
        yield wrong(
            "due", f"the state {report.state} has {'a' if has_clock else 'no'} clock, but the limit is {report.due_at}"
        )


def _faults(event: ReportEvent, state: str | None, due: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with a move made when the report was in ``state`` with the limit ``due``."""
    move = f"event {event.seq}, {event.action} {event.from_state or START} → {event.to_state}"
    roles = MOVES.get((event.from_state or START, event.action, event.to_state))
    if roles is None:
        yield "move", f"{move}: there is no such move"
    elif event.role not in roles:
        yield "move", f"{move}: not a move of {event.role}"
    if event.from_state != state:
        yield "move", f"{move}: the report was in {state or START}"
    if event.due_before != due:
        yield "due", f"{move}: the limit before was {due}, not {event.due_before}"
