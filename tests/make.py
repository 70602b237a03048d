"""One factory per thing, for every test: short names, believable defaults, the real services where there is one."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import shapely
from sqlalchemy.orm import Session

from webapp.access import SYSTEM, Actor
from webapp.core import clock, ids
from webapp.grid import service as grid_service
from webapp.patrol.models import PatrolObject
from webapp.patrol.service import PatrolEntry, VisitEntry
from webapp.people import queries as people_queries
from webapp.people.models import Body, Person, Posting
from webapp.report.service import MoveEntry, ReportEntry

BEGAN = date(2026, 1, 1)


@dataclass(frozen=True)
class Square:
    """A cell of the test county: unit squares of a hundredth of a degree, villages side by side."""

    tier: int
    code: str
    parent: int | None
    boundary: bytes


def box(x: float, y: float, width: float = 0.01, height: float = 0.01) -> bytes:
    """WKB of a rectangle at 110 E, 35 N plus the offset in degrees."""
    return shapely.to_wkb(shapely.box(110 + x, 35 + y, 110 + x + width, 35 + y + height))


def squares(townships: int = 2, villages: int = 3) -> tuple[list[Square], list[tuple[str, str]]]:
    """A county of ``townships`` rows with ``villages`` squares each, and its names."""
    cells = [Square(1, "999901000000", None, box(0, 0, 0.01 * villages, 0.01 * townships))]
    names = [("测试县", "Test County")]
    for row in range(townships):
        parent = len(cells)
        cells.append(Square(2, f"9999011{row:02d}000", 0, box(0, 0.01 * row, 0.01 * villages)))
        names.append((f"{'甲乙丙丁'[row]}镇", f"Town {'ABCD'[row]}"))
        for column in range(villages):
            cells.append(Square(3, f"9999011{row:02d}2{column:02d}", parent, box(0.01 * column, 0.01 * row)))
            names.append((f"{'甲乙丙丁'[row]}{column + 1}村", f"Village {'ABCD'[row]}{column + 1}"))
    return cells, names


def grids(session: Session, townships: int = 2, villages: int = 3, on: date = BEGAN) -> dict[str, int]:
    """Plant the test county; ids by name: county, A, A1, A2, …, B, B1, …"""
    cells, names = squares(townships, villages)
    grid_service.name_levels(session)
    planted = grid_service.import_tree(session, SYSTEM, cells, names, on, "test", {})
    keys = [name.replace("Test County", "county").removeprefix("Town ").removeprefix("Village ") for _, name in names]
    return {key: grid.id for key, grid in zip(keys, planted, strict=True)}


def person(
    session: Session,
    login: str,
    role: str | None = None,
    *,
    grid: int | None = None,
    body: int | None = None,
    since: date = BEGAN,
    until: date | None = None,
    password_hash: str | None = None,
) -> Person:
    """Somebody, with one posting when a role is given."""
    made = Person(
        login=login,
        zh=login,
        en=login,
        language="en",
        created_at=clock.now(),
        password_hash=password_hash,
        must_change=False,
        is_demo=False,
    )
    session.add(made)
    session.flush()
    if role:
        posting(session, made.id, role, grid=grid, body=body, since=since, until=until)
    return made


def crowd(
    session: Session,
    wanted: Mapping[str, tuple[str, str | None, str | None]],
    grids: Mapping[str, int],
    bodies: Mapping[str, int],
    password_hash: str,
) -> dict[str, int]:
    """Everybody of a table of log-in: (role, grid or None, body or None); their ids. Inspectors have a last day."""
    return {
        login: person(
            session,
            login,
            role,
            grid=grids[grid] if grid else None,
            body=bodies[body] if body else None,
            password_hash=password_hash,
            until=date(2030, 1, 1) if role == "inspector" else None,
        ).id
        for login, (role, grid, body) in wanted.items()
    }


def posting(
    session: Session,
    person_id: int,
    role: str,
    *,
    grid: int | None = None,
    body: int | None = None,
    since: date = BEGAN,
    until: date | None = None,
) -> Posting:
    """A dated right."""
    made = Posting(
        person_id=person_id,
        role=role,
        grid_id=grid,
        body_id=body,
        valid_from=since,
        valid_to=until,
        granted_by=None,
        granted_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def body(session: Session, kind: str, grid: int, zh: str, en: str, canonical: str | None = None) -> Body:
    """A department, station or committee."""
    made = Body(kind=kind, grid_id=grid, zh=zh, en=en, canonical=canonical)
    session.add(made)
    session.flush()
    return made


def thing(
    session: Session,
    grid: int,
    zh: str = "兴旺养殖场",
    en: str = "Xingwang Farm",
    type_: str = "livestock_farm",
    since: date | None = None,
) -> PatrolObject:
    """An object to look at, on the list for twelve weeks: windows of one, two or four weeks end today."""
    since = since or clock.today() - days(12 * 7 - 1)
    made = PatrolObject(type=type_, grid_id=grid, zh=zh, en=en, lon=None, lat=None, valid_from=since, valid_to=None)
    session.add(made)
    session.flush()
    return made


def actor(session: Session, login: str) -> Actor:
    """The actor somebody is today."""
    found = people_queries.by_login(session, login)
    assert found is not None
    return people_queries.actor_of(session, found.id)


def patrol(grid: int, results: dict[int, str], *, at: datetime | None = None, **more: Any) -> PatrolEntry:
    """A round: object id → result (a could_not_see gets the reason "locked")."""
    visits = tuple(
        VisitEntry(id_, result, "locked" if result == "could_not_see" else None)
        for id_, result in sorted(results.items())
    )
    return PatrolEntry(
        id=more.pop("id", None) or ids.new(), grid_id=grid, occurred_at=at or clock.now(), visits=visits, **more
    )


def report(grid: int, **more: Any) -> ReportEntry:
    """A problem: smoke at the kiln, minor, not heeded."""
    given: dict[str, Any] = {
        "id": ids.new(),
        "grid_id": grid,
        "place": "砖窑旧址",
        "problems": ("smoke",),
        "severity": "minor",
        "first_measure": "not_heeded",
        "note": "砖窑旧址冒烟，没劝住。",
        "occurred_at": clock.now(),
    } | more
    return ReportEntry(**given)


def move(action: str, seen: str, *, id: uuid.UUID | None = None, **given: Any) -> MoveEntry:
    """A move from the page that showed ``seen``."""
    return MoveEntry(id or ids.new(), action, seen, given)


def days(number: int) -> timedelta:
    """So many days."""
    return timedelta(days=number)


def noon() -> datetime:
    """Of today."""
    return clock.start(clock.today()) + timedelta(hours=12)


def keys(pairs: Sequence[tuple[str, Any]]) -> list[str]:
    """First members."""
    return [key for key, _ in pairs]
