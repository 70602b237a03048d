"""The county of the bench: the invented one, its villages with a history of rounds,
passwords for those who take part."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from webapp.accounts.service import create_admin
from webapp.core import clock, ids, passwords
from webapp.core.db import Store
from webapp.demo import people
from webapp.grid.models import GridVersion, MapLayer
from webapp.grid.queries import current
from webapp.listeners import open_store
from webapp.ops import migrate, seeding
from webapp.patrol.models import Patrol, Visit
from webapp.patrol.service import visit_id
from webapp.people.models import Person

PASSWORD = "bench-pass-word"
KEY = "a-key-of-the-bench-and-of-nothing-else-5b1f"
OBJECTS = 5  # of a village that takes part: the round is a form of about a dozen fields
ROUNDS = 8  # weekly, the last long enough ago that everything is due again
LAST_ROUND = timedelta(days=40)


@dataclass(frozen=True)
class Walker:
    """An officer who takes part: log-in, village, and the objects of its list."""

    login: str
    grid_id: int
    objects: tuple[int, ...]


@dataclass(frozen=True)
class County:
    """A built county: where its database is, who posts, whose page is read, and the hash of the map layer."""

    url: str
    posters: tuple[Walker, ...]
    reader: Walker
    layer: str


def build(folder: Path, posters: int = 8) -> County:
    """Migrate, seed and settle a county in ``folder``; ``posters`` officers post, one more only reads."""
    url = f"sqlite:///{folder / 'wangge.db'}"
    store = open_store(url)
    migrate.run(store, "upgrade", "head")
    seeding.seed(store)
    settled = people.settle(store)
    _remember(store, settled)
    walkers = _walkers(store, settled, posters + 1)
    with store.write() as session:
        create_admin(session, "bench-admin", "bench", passwords.make(PASSWORD))  # "serve" wants one
    with store.read() as session:
        layer = session.scalars(select(MapLayer.hash)).one()
    store.close()
    return County(url, walkers[1:], walkers[0], layer)


def environment(county: County) -> dict[str, str]:
    """What a server process needs to serve it."""
    return {
        "DATABASE_URL": county.url,
        "DATA_DIR": str(Path(county.url.removeprefix("sqlite:///")).parent),
        "SECRET_KEY": KEY,
    }


def _walkers(store: Store, settled: people.County, number: int) -> tuple[Walker, ...]:
    villages = [village for village in settled.villages.values() if len(village.objects) == OBJECTS][:number]
    officers = [village.people[0] for village in villages]
    with store.write() as session:
        session.execute(update(Person).where(Person.id.in_(officers)).values(password_hash=passwords.make(PASSWORD)))
        logins = dict(session.execute(select(Person.id, Person.login)).tuples().all())
    return tuple(
        Walker(logins[officer], village.id, tuple(thing[0] for thing in village.objects))
        for officer, village in zip(officers, villages, strict=True)
    )


def _remember(store: Store, settled: people.County) -> None:
    """Eight weekly rounds in each village, so that "last seen" has something to look through."""
    chance, last = random.Random(1), clock.now() - LAST_ROUND
    with store.write() as session:
        versions = dict(session.execute(select(GridVersion.grid_id, GridVersion.id).where(current())).tuples().all())
        for village in filter(lambda place: place.objects, settled.villages.values()):
            for week in range(ROUNDS):
                patrol, visits = _round(village, versions[village.id], last - timedelta(weeks=week), chance)
                session.execute(insert(Patrol), patrol)
                if visits:  # a village may have nothing on its list
                    session.execute(insert(Visit), visits)


def _round(
    village: people.Place, version: int, at: datetime, chance: random.Random
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    id_, officer = ids.new(), village.people[0]
    patrol = {
        "id": id_,
        "content": "",
        "grid_id": village.id,
        "grid_version_id": version,
        "person_id": officer,
        "entered_by": officer,
        "entry_mode": "on_the_day",
        "occurred_at": at,
        "received_at": at,
    }
    return patrol, [
        {
            "id": visit_id(id_, thing[0]),
            "patrol_id": id_,
            "object_id": thing[0],
            "at": at,
            "result": chance.choice(("normal", "normal", "normal", "problem")),
            "reason": None,
        }
        for thing in village.objects
    ]
