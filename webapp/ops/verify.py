"""Does what is stored still hold together? Files against their rows, reports against their history. Reads only."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ..attachment import queries as attachment_queries
from ..core import clock, waiting
from ..core.attachments import FOLDERS, named
from ..core.clock_mark import SLACK
from ..core.db import Store
from ..core.files import UNNAMED, path
from ..core.history import replay
from ..report.models import Report, ReportEvent
from ..report.workflow import REPORT

PAGE = 500  # rows a look: no transaction stays open while files are read
ORPHAN_AFTER = timedelta(seconds=UNNAMED, hours=2)  # a younger file may belong to a form that is being put right


@dataclass(frozen=True)
class Finding:
    """Something that does not hold together; ``str()`` is a line to print.

    ``kind``: missing, damaged, orphan, unowned (files); order, move, state, due (history), clock (numbers). ``place``
    is a file below the data folder, an attachment's id or a report's number.
    """

    kind: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind:8} {self.place}: {self.what}"


def verify_store(store: Store, data_dir: Path) -> list[Finding]:
    """Compare attachments and files: each file there and unchanged, none that the sweep should have dropped, each
    attachment with an owner."""
    found = [
        finding for kind in FOLDERS for finding in (*_lost(store, data_dir, kind), *_orphans(store, data_dir, kind))
    ]
    with store.read() as session:
        left = attachment_queries.without_owner(session)
    return [*found, *(Finding("unowned", f"attachment {id_}", "nothing names it") for id_ in left)]


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
    column: Any = FOLDERS[kind]
    last = ""
    while True:
        with store.read() as session:
            page = list(session.scalars(select(column).distinct().where(column > last).order_by(column).limit(PAGE)))
        if not page:
            return
        yield from page
        last = page[-1]


def _named(store: Store, kind: str, fingerprint: str) -> str:
    with store.read() as session:
        return ", ".join(attachment_queries.names(session, FOLDERS[kind] == fingerprint)) or "nothing names it"


def _orphans(store: Store, data_dir: Path, kind: str) -> Iterator[Finding]:
    """Files that have lain longer than the sweep lets them and that no row names."""
    latest, held = (clock.now() - ORPHAN_AFTER).timestamp(), waiting.held(data_dir)
    for folder in sorted((data_dir / "photos" / kind).glob("*")):
        files = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.stat().st_mtime < latest]
        known = named(store, kind, [file.name for file in files])
        for file in files:
            if file.name not in known | held or file != path(data_dir, kind, file.name):
                yield Finding("orphan", _place(data_dir, file), "nothing names it")


def _place(data_dir: Path, file: Path) -> str:
    return str(file.relative_to(data_dir))


def verify_reports(store: Store) -> list[Finding]:
    """Replay every report's history by the workflow table and compare its state and clock with what came out; and
    whether the reports came in the order of their numbers."""
    replayed = [
        Finding(kind, report.number, what)
        for report, events in _histories(store)
        for kind, what in replay(REPORT, report, events)
    ]
    return [*replayed, *_backwards(store)]


def _backwards(store: Store) -> Iterator[Finding]:
    """Where a number was given later than the one before it, and its report says that it came earlier: the server's
    clock went back in between, or had been ahead. Servers side by side may differ by ``SLACK``."""
    numbered = select(Report.number, Report.received_at).order_by(func.length(Report.number), Report.number)
    with store.read() as session:
        for one, other in pairwise(session.execute(numbered, execution_options={"yield_per": PAGE})):
            if one.number[:4] == other.number[:4] and other.received_at < one.received_at - SLACK:
                came, before = clock.minute(other.received_at), clock.minute(one.received_at)
                what = f"came {came}, and {one.number}, before it, {before}"
                yield Finding("clock", other.number, what)


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
