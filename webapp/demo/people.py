"""Everybody of the invented county: bodies, people for each role, objects; sample log-ins for one of each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from gis import invent

from ..access import SYSTEM
from ..core import clock, passwords
from ..core.db import Store
from ..core.tables import table
from ..grid import service as grid_service
from ..login.service import DEMO_PASSWORD
from ..patrol.models import PatrolObject
from ..people.models import Body, Person, Posting

YEAR = timedelta(days=365)

DEPARTMENTS = table("""
canonical           zh              en
ecology             县生态环境分局   Ecology_and_Environment_Bureau
housing             县住建局         Housing_and_Construction_Bureau
urban_management    县城管执法局     Urban_Management_Bureau
agriculture         县农业农村局     Agriculture_and_Rural_Affairs_Bureau
water               县水利局         Water_Bureau
natural_resources   县自然资源局     Natural_Resources_Bureau
public_security     县公安局         Public_Security_Bureau
transport           县交通运输局     Transport_Bureau
industry            县工信局         Industry_Bureau
emergency           县应急管理局     Emergency_Management_Bureau
market              县市场监管局     Market_Supervision_Bureau
health              县卫健局         Health_Bureau
""")


@dataclass
class Place:
    """A grid of the invented county with who works there; ids only, so it outlives the session that made it."""

    id: int
    zh: str
    en: str
    code: str
    kind: str
    township: int | None = None
    committee: int | None = None
    people: list[int] = field(default_factory=list)
    objects: list[tuple[int, str, str, float, float]] = field(default_factory=list)  # id, type, zh, lon, lat


@dataclass
class County:
    """The whole cast; ``speakers`` by body id. In the village ``left`` nobody is posted since some days."""

    root: Place
    townships: dict[int, Place]
    villages: dict[int, Place]
    departments: dict[str, int]
    stations: dict[int, list[int]]
    office: list[int]
    speakers: dict[int, int]
    sample_village: int
    left: int


class Registry:
    """Hands out names and log-ins, and writes people with their postings."""

    def __init__(self, session: Session, since: date):
        self.session, self.since, self.hash = session, since, passwords.make(DEMO_PASSWORD)
        self.names: Iterator[tuple[str, str]] = iter(invent.people_names(1200))

    def person(
        self,
        login: str,
        role: str,
        *,
        grid: int | None = None,
        body: int | None = None,
        sample: bool = False,
        until: date | None = None,
    ) -> int:
        """One person with one posting; ``sample`` people are listed on the demo's log-in page,
        nobody else can log in."""
        zh, en = next(self.names)
        person = Person(
            login=login,
            zh=zh,
            en=en,
            language="zh",
            must_change=False,
            is_demo=sample,
            password_hash=self.hash if sample else None,
            created_at=clock.now(),
        )
        self.session.add(person)
        self.session.flush()
        self.session.add(
            Posting(
                person_id=person.id,
                role=role,
                grid_id=grid,
                body_id=body,
                valid_from=self.since,
                valid_to=until,
                granted_at=clock.now(),
            )
        )
        return person.id

    def body(self, kind: str, grid: int, zh: str, en: str, canonical: str | None = None) -> int:
        """A department, station or committee."""
        body = Body(kind=kind, grid_id=grid, zh=zh, en=en, canonical=canonical)
        self.session.add(body)
        self.session.flush()
        return body.id


def settle(store: Store) -> County:
    """Plant the invented grid and fill it with people and objects, as of a year ago."""
    land, since = invent.county(), clock.today() - YEAR
    with store.write() as session, clock.at(clock.start(since)):
        grid_service.name_levels(session)
        names = [(cell.name_zh, cell.name_en) for cell in land.cells]
        grids = grid_service.import_tree(
            session, SYSTEM, land.cells, names, since, "invented county", {"invented": True}
        )
        ids = [grid.id for grid in grids]
        county = _staffed(Registry(session, since), land, ids)
        _objects(session, county, land, ids, since)
    return county


def _staffed(register: Registry, land: invent.County, ids: list[int]) -> County:
    cells = list(zip(land.cells, ids, strict=True))
    places = {
        id_: Place(
            id_, cell.name_zh, cell.name_en, cell.code, cell.kind, None if cell.parent is None else ids[cell.parent]
        )
        for cell, id_ in cells
    }
    root = places[ids[0]]
    townships = {id_: places[id_] for cell, id_ in cells if cell.tier == 2}
    villages = {id_: places[id_] for cell, id_ in cells if cell.tier == 3}
    sample = next(id_ for cell, id_ in cells if cell.tier == 3 and cell.kind == "village")
    left = max(id_ for id_, place in villages.items() if place.township == villages[sample].township and id_ != sample)
    county = County(root, townships, villages, {}, {}, [], {}, sample, left)
    _office(register, county)
    for township in townships.values():
        _township(register, county, township)
    for village in villages.values():
        _village(register, county, village)
    return county


def _office(register: Registry, county: County) -> None:
    root = county.root.id
    county.office = [
        register.person("county", "county_office", grid=root, sample=True),
        register.person("county2", "county_office", grid=root),
    ]
    for row in DEPARTMENTS:
        body = register.body("department", root, row["zh"], row["en"].replace("_", " "), row["canonical"])
        county.departments[row["canonical"]] = body
        login = "department" if row["canonical"] == "housing" else f"dept-{row['canonical'].replace('_', '-')}"
        county.speakers[body] = register.person(login, "department_liaison", body=body, sample=login == "department")
    register.person("leader", "leader", grid=root, sample=True)
    register.person("inspector", "inspector", grid=root, sample=True, until=clock.today() + 2 * YEAR)
    register.person("admin", "system_admin", sample=True)
    register.person("auditor", "audit_admin", sample=True)


def _township(register: Registry, county: County, township: Place) -> None:
    is_sample = township.id == county.villages[county.sample_village].township
    short = township.code[6:9]
    township.people = [
        register.person(
            "township" if is_sample else f"town{short}", "township_supervisor", grid=township.id, sample=is_sample
        ),
        register.person(
            "township2" if is_sample else f"town{short}b", "township_supervisor", grid=township.id, sample=is_sample
        ),
    ]
    county.stations[township.id] = []
    for suffix, zh, en in (("law", "综合执法队", "enforcement team"), ("farm", "农业服务中心", "agricultural centre")):
        body = register.body("station", township.id, township.zh + zh, f"{township.en} {en}")
        login = "station" if is_sample and suffix == "law" else f"{suffix}{short}"
        county.speakers[body] = register.person(login, "station_officer", body=body, sample=login == "station")
        county.stations[township.id].append(body)


def _village(register: Registry, county: County, village: Place) -> None:
    is_sample = village.id == county.sample_village
    login = "officer" if is_sample else f"v{village.code[6:]}"
    village.people = [register.person(login, "grid_officer", grid=village.id, sample=is_sample)]
    zh, en = ("居委会", "residents' committee") if village.zh.endswith("社区") else ("村委会", "village committee")
    village.committee = register.body("committee", village.id, village.zh + zh, f"{village.en} {en}")
    county.speakers[village.committee] = register.person(
        f"c{village.code[6:]}", "station_officer", body=village.committee
    )


def _unlisted(county: County) -> set[int]:
    """The two last villages, unless they are the sample's neighbours: their lists are still to be made."""
    near = county.villages[county.sample_village].township
    return {id_ for id_ in list(county.villages)[-2:] if county.villages[id_].township != near}


def _objects(session: Session, county: County, land: invent.County, ids: list[int], since: date) -> None:
    unlisted = _unlisted(county)
    rows: list[dict[str, Any]] = [
        {
            "id": number,
            "type": thing.type,
            "grid_id": ids[thing.cell],
            "zh": thing.name_zh,
            "en": thing.name_en,
            "lon": thing.lon,
            "lat": thing.lat,
            "valid_from": since,
        }
        for number, thing in enumerate(land.objects, 1)
        if ids[thing.cell] not in unlisted
    ]
    session.execute(insert(PatrolObject), rows)
    for row in rows:
        county.villages[row["grid_id"]].objects.append((row["id"], row["type"], row["zh"], row["lon"], row["lat"]))
