"""The same days' work, done by a process in whatever zone it was started in: prints what stands in the tables
afterwards, and the pages. ``python -m tests.at_zone URL FOLDER RECORDS`` on a copy of the small county."""

import json
import re
import sys
import uuid
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import KEY, Browser
from webapp.app import create_app
from webapp.config import Config
from webapp.core import clock
from webapp.core.db import Store
from webapp.listeners import open_store
from webapp.ops import dump
from webapp.patrol import service as patrol_service
from webapp.patrol.models import PatrolObject
from webapp.report import service as report_service

#: Midnight of the county, and both changes of the clocks of New York in 2026.
EDGES = (
    datetime(2026, 3, 6, 16, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 9, 4, 16, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
)
SECONDS = (-3601, -1, 0, 1, 3600)
MIDNIGHT = datetime(2026, 3, 6, 16, tzinfo=UTC)  # of the county; further records lie around it, day after day
AT_ONCE = 50  # records of one commit
TABLES = frozenset({"report", "report_event", "patrol", "visit", "counter"})
CHANGING = re.compile(r'csrf_token" value="[^"]+"|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}')


def moments(records: int) -> list[datetime]:
    """When the records were made, two at each moment: at the edges, and then around the midnights of the county."""
    at_edges = [edge + timedelta(seconds=s) for edge in EDGES for s in SECONDS]
    more = range(max(0, records // 2 - len(at_edges)))
    around = [
        MIDNIGHT + timedelta(days=turn % 200, seconds=turn * 37 % 7201 - 3600, milliseconds=turn) for turn in more
    ]
    return sorted([*at_edges, *around])


def work(store: Store, records: int) -> list[uuid.UUID]:
    """A report and a round at each moment, a minute after it, under ids that are always the same."""
    with store.write() as session:  # the small county's objects are of another day than the work here
        session.execute(update(PatrolObject).values(valid_from=make.BEGAN))
    sent, left = [], enumerate(moments(records))
    while batch := list(islice(left, AT_ONCE)):
        with store.write() as session:
            sent += [_at(session, turn, at) for turn, at in batch]
    return sent


def _at(session: Session, turn: int, at: datetime) -> uuid.UUID:
    with clock.at(at + timedelta(minutes=1)):
        officer = make.actor(session, "officer_a1")
        village = officer.grids_for("patrol.walk")[0]
        things = session.scalars(select(PatrolObject.id).where(PatrolObject.grid_id == village)).all()
        of_report, of_round = (uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {turn}") for kind in ("report", "round"))
        report_service.submit(session, officer, make.report(village, id=of_report, occurred_at=at))
        seen = dict.fromkeys(things, "normal")
        patrol_service.record(session, officer, make.patrol(village, seen, id=of_round, at=at))
        session.flush()
        return of_report


def rows(store: Store) -> list[str]:
    """The tables' lines, as a backup has them."""
    with dump.snapshot(store) as connection:
        found = [each for each in dump.layouts(connection) if each.name in TABLES]
        return [line for layout in sorted(found, key=lambda each: each.name) for line in dump.lines(connection, layout)]


def pages(store: Store, folder: Path, sent: list[uuid.UUID]) -> list[str]:
    """What the officer and his township see then."""
    app = create_app(Config("", folder, KEY), store)
    with clock.at(EDGES[-1] + timedelta(days=1)):
        found = []
        for login in ("officer_a1", "township_a"):
            browser = Browser(app.test_client())
            assert browser.login(login).status_code == 302
            for address in ("/", "/mine", *(f"/reports/{id_}" for id_ in sent[:: max(len(sent) // 5, 1)])):
                answer = browser.get(address)
                found.append(f"{login} {address} {answer.status_code} {CHANGING.sub('', answer.text)}")
        return found


def main(url: str, folder: str, records: str, *more: str) -> None:
    """All of it, as JSON; the pages where they are asked for."""
    store = open_store(url)
    sent = work(store, int(records))
    shown = pages(store, Path(folder), sent) if "pages" in more else []
    found = rows(store)
    mark = sha256("\n".join(found).encode()).hexdigest()
    print(json.dumps({"rows": found[:500], "number": len(found), "mark": mark, "pages": shown}, ensure_ascii=True))
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
