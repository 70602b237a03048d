"""How long a reform of a whole county holds the write lock: every fifth village goes, some are split, all others are
renamed and drawn anew, with everything that hangs on them.

Changes the database of the URL: give it a copy of what ``bench.fill`` has filled. ``--villages 300 --objects 3000
--open 1000`` brings it to these numbers first, through the services: parts of villages, copies of objects, reports.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import cycle, islice
from typing import Any, NamedTuple

import shapely
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from gis.lines import Line
from webapp.access import Actor
from webapp.core import clock, ids
from webapp.core.db import Store
from webapp.grid import changed, changes, in_force
from webapp.grid.changed import Present
from webapp.listeners import open_store
from webapp.patrol.models import PatrolObject
from webapp.people.models import Posting
from webapp.people.queries import actor_of
from webapp.report import service as report_service
from webapp.report.models import Report

ROOT = "1."
EVERY = 5  # one village in so many goes


class Reform(NamedTuple):
    """Grids that changed, and of these gone and new; open reports, all reports, objects; what of the closed reports was
    touched; seconds of the one transaction."""

    grids: int
    gone: int
    new: int
    open_reports: int
    reports: int
    objects: int
    closed_touched: int
    seconds: float
    cpu: float


def reform(store: Store, villages: int = 0) -> Reform:
    """Draft, propose, approve it, and put it in force; the county needs two people in its office. So many villages are
    in it at least, where enough can be split."""
    with store.read() as session:
        there, _names = changed.present(session, ROOT)
        office = list(session.scalars(select(Posting.person_id).where(Posting.role == "county_office").distinct()))
        first, second = (actor_of(session, person) for person in sorted(office)[:2])
        numbers = [session.scalar(select(func.count()).select_from(model)) or 0 for model in (Report, PatrolObject)]
        is_open = session.scalar(select(func.count()).select_from(Report).where(Report.is_open)) or 0
        closed = _closed(session)
    lines = _lines(there)
    lines += _split(lines, villages - len(lines))
    _approve(store, first, second, lines)
    wall, cpu = time.perf_counter(), time.process_time()
    if in_force.put_due_in_force(store) != 1:
        raise RuntimeError("the reform was not put in force")
    took = time.perf_counter() - wall, time.process_time() - cpu
    with store.read() as session:
        touched = sum(closed[id_] != content for id_, content in _closed(session).items())
    gone, new = (sum(line.kind == kind for line in lines) for kind in ("gone", "new"))
    return Reform(len(lines), gone, new, is_open, *numbers, touched, *took)


def _closed(session: Session) -> Mapping[Any, str]:
    """The rows of reports that are closed, in short."""
    rows = session.execute(select(Report.__table__).where(~Report.is_open)).all()
    return {row.id: sha256(repr(row).encode()).hexdigest() for row in rows}


def _lines(there: list[Present]) -> list[Line]:
    """A village goes to the one that follows it in code order, where that is of its township."""
    villages = [grid for grid in there if grid.tier == max(each.tier for each in there)]
    following = dict(zip(villages[::EVERY], villages[1::EVERY], strict=False))
    heirs = {grid: heir for grid, heir in following.items() if heir.parent == grid.parent}
    ground = {heir: changes.joined(grid.boundary, heir.boundary) for grid, heir in heirs.items()}
    return [_changed(there, grid, ground.get(grid, grid.boundary)) for grid in villages if grid not in heirs] + [
        Line("gone", *_as_is(there, grid), grid.boundary, heir_id=heir.id) for grid, heir in heirs.items()
    ]


def _split(lines: list[Line], number: int) -> list[Line]:
    """The eastern halves of so many of the villages, as new ones; of the others the western remain."""
    found = []
    for at, line in enumerate(lines):
        if len(found) >= number or line.kind != "changed" or not line.boundary or line.grid_id is None:
            continue
        whole = shapely.from_wkb(line.boundary)
        west, south, east, north = whole.bounds
        half = shapely.box(west, south, (west + east) / 2, north)
        lines[at] = replace(line, boundary=shapely.to_wkb(whole & half))
        rest, code = shapely.to_wkb(whole - half), f"N{line.grid_id}"
        found.append(
            replace(
                line,
                kind="new",
                code=code,
                zh=f"东{line.zh}",
                grid_id=None,
                boundary=rest,
                predecessors=(line.grid_id,),
            )
        )
    return found


def _changed(there: list[Present], grid: Present, ground: bytes | None) -> Line:
    return Line("changed", *_as_is(there, grid._replace(name=f"新{grid.name}")), ground)


def _as_is(there: list[Present], grid: Present) -> tuple[int, str, str, str, int, int | None, None]:
    parent = None if grid.parent is None else there[grid.parent].id
    return grid.tier, grid.code, grid.name, grid.name, grid.id, parent, None


def _approve(store: Store, first: Actor, second: Actor, lines: list[Line]) -> None:
    with store.write() as session:
        made = changes.draft(session, first, "reform", lines).id
    with store.write() as session:
        changes.propose(session, first, made, clock.today(), "")
    with store.write() as session:
        changes.approve(session, second, made)


# --- more to move ---------------------------------------------------------------------------------


def top_up(store: Store, objects: int, open_reports: int) -> None:
    """Bring a filled county to so many objects and open reports, in all villages in turn."""
    with store.read() as session:
        there, _names = changed.present(session, ROOT)
        officers = dict(
            session.execute(select(Posting.grid_id, Posting.person_id).where(Posting.role == OFFICER)).all()
        )
        lacks = objects - (session.scalar(select(func.count()).select_from(PatrolObject)) or 0)
        wanting = open_reports - (session.scalar(select(func.count()).where(Report.is_open)) or 0)
    villages = [(each.id, *_inside(each.boundary)) for each in there if each.id in officers and each.boundary]
    with store.write() as session:
        kind = session.scalars(select(PatrolObject.type).limit(1)).one()
        rows = [
            {"type": kind, "zh": "点位", "en": "Object", "valid_from": clock.today(), "crs": None} | _at(village)
            for village in islice(cycle(villages), max(0, lacks))
        ]
        if rows:
            session.execute(insert(PatrolObject), rows)
    for village in islice(cycle(villages), max(0, wanting)):
        with store.write() as session:
            report_service.submit(session, actor_of(session, officers[village[0]]), _report(village))


OFFICER = "grid_officer"
Village = tuple[int, float, float]


def _inside(boundary: bytes) -> tuple[float, float]:
    point = shapely.point_on_surface(shapely.from_wkb(boundary))
    return point.x, point.y


def _at(village: Village) -> dict[str, Any]:
    return dict(zip(("grid_id", "lon", "lat"), village, strict=True))


def _report(village: Village) -> report_service.ReportEntry:
    said: Sequence[str] = ("minor", "not_heeded")
    return report_service.ReportEntry(
        ids.new(), village[0], "桥下", ("smoke",), *said, "冒烟", clock.now(), village[1], village[2]
    )


def main() -> None:
    """Put a reform in force in the database of a URL, and say how long its transaction took."""
    parser = argparse.ArgumentParser(prog="python -m bench.regrid", description=__doc__)
    parser.add_argument("url", help="SQLAlchemy URL of a copy")
    for name in ("--villages", "--objects", "--open"):
        parser.add_argument(name, type=int, default=0)
    said = parser.parse_args()
    store = open_store(said.url)
    top_up(store, said.objects, said.open)
    print(reform(store, said.villages))
    store.close()


if __name__ == "__main__":
    main()
