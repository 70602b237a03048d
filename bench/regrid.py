"""How long a reform of a whole county holds the write lock: every fifth village goes, all others are renamed and drawn
anew, with everything that hangs on them.

Changes the database of the URL: give it a copy of what ``bench.fill`` has filled.
"""

import argparse
import time
from typing import NamedTuple

from sqlalchemy import func, select

from webapp.access import Actor
from webapp.core import clock
from webapp.core.db import Store
from webapp.grid import changed, changes, in_force
from webapp.grid.changed import Present
from webapp.listeners import open_store
from webapp.patrol.models import PatrolObject
from webapp.people.models import Posting
from webapp.people.queries import actor_of
from webapp.report.models import Report

ROOT = "1."
EVERY = 5  # one village in so many goes


class Reform(NamedTuple):
    """Grids that changed, and of these gone; open reports, all reports, objects; seconds of the one transaction."""

    grids: int
    gone: int
    open_reports: int
    reports: int
    objects: int
    seconds: float
    cpu: float


def reform(store: Store) -> Reform:
    """Draft, propose, approve it, and put it in force; the county needs two people in its office."""
    with store.read() as session:
        there, _names = changed.present(session, ROOT)
        office = list(session.scalars(select(Posting.person_id).where(Posting.role == "county_office").distinct()))
        first, second = (actor_of(session, person) for person in sorted(office)[:2])
        numbers = [session.scalar(select(func.count()).select_from(model)) or 0 for model in (Report, PatrolObject)]
        is_open = session.scalar(select(func.count()).select_from(Report).where(Report.is_open)) or 0
    lines = _lines(there)
    _approve(store, first, second, lines)
    wall, cpu = time.perf_counter(), time.process_time()
    if in_force.put_due_in_force(store) != 1:
        raise RuntimeError("the reform was not put in force")
    took = time.perf_counter() - wall, time.process_time() - cpu
    gone = sum(line.kind == "gone" for line in lines)
    return Reform(len(lines), gone, is_open, numbers[0], numbers[1], *took)


def _lines(there: list[Present]) -> list[changes.Line]:
    """A village goes to the one that follows it in code order, where that is of its township."""
    villages = [grid for grid in there if grid.tier == max(each.tier for each in there)]
    following = dict(zip(villages[::EVERY], villages[1::EVERY], strict=False))
    heirs = {grid: heir for grid, heir in following.items() if heir.parent == grid.parent}
    ground = {heir: changes.joined(grid.boundary, heir.boundary) for grid, heir in heirs.items()}
    return [_changed(there, grid, ground.get(grid, grid.boundary)) for grid in villages if grid not in heirs] + [
        changes.Line("gone", *_as_is(there, grid), grid.boundary, heir_id=heir.id) for grid, heir in heirs.items()
    ]


def _changed(there: list[Present], grid: Present, ground: bytes | None) -> changes.Line:
    return changes.Line("changed", *_as_is(there, grid._replace(name=f"新{grid.name}")), ground)


def _as_is(there: list[Present], grid: Present) -> tuple[int, str, str, str, int, int | None, None]:
    parent = None if grid.parent is None else there[grid.parent].id
    return grid.tier, grid.code, grid.name, grid.name, grid.id, parent, None


def _approve(store: Store, first: Actor, second: Actor, lines: list[changes.Line]) -> None:
    with store.write() as session:
        made = changes.draft(session, first, "reform", lines).id
    with store.write() as session:
        changes.propose(session, first, made, clock.today(), "")
    with store.write() as session:
        changes.approve(session, second, made)


def main() -> None:
    """Put a reform in force in the database of a URL, and say how long its transaction took."""
    parser = argparse.ArgumentParser(prog="python -m bench.regrid", description=__doc__)
    parser.add_argument("url", help="SQLAlchemy URL of a copy")
    store = open_store(parser.parse_args().url)
    print(reform(store))
    store.close()


if __name__ == "__main__":
    main()
