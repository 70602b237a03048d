"""Two mergers of villages: one that came in force some weeks ago, and one that waits for its approval."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock
from ..core.db import Store
from ..grid import changes, in_force, locate
from ..people import queries as people_queries
from .people import County, Place

AHEAD = 9  # days before it takes effect that the past one was proposed
REASON = "两村合并，已由县人民政府批准。"


def propose(store: Store, county: County) -> None:
    """The smallest change there is: of two neighbours in one township, away from the sample's, one goes."""
    with store.write() as session:
        office = people_queries.actor_of(session, county.office[1])
        village, heir = _neighbours(session, county, county.villages.values())
        made = changes.merge(session, office, village.id, heir.id)
        changes.propose(session, office, made.id, _first_of_next_month(clock.today()), "")


def _first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def merge(store: Store, county: County, on: date) -> Mapping[int, Place]:
    """Another such merger, proposed, approved, and in force from a day on, as it begins; of the village that went what
    the story goes on with: its people and objects, at the heir."""
    first, second = county.office[:2]
    with clock.at(clock.at_hour(on - timedelta(days=AHEAD), time(10))), store.write() as session:
        office = _office(session, first)
        places = list(county.villages.values())
        gone, heir = _neighbours(session, county, places[len(places) // 2 :])
        set_id = changes.merge(session, office, gone.id, heir.id).id
        changes.propose(session, office, set_id, on, REASON)
    with clock.at(clock.at_hour(on - timedelta(days=AHEAD - 1), time(15))), store.write() as session:
        changes.approve(session, _office(session, second), set_id)
    with clock.at(clock.at_hour(on, time(0, 10))):
        in_force.put_due_in_force(store)
    return {gone.id: replace(gone, id=heir.id)}


def _office(session: Session, person_id: int) -> Actor:
    return people_queries.actor_of(session, person_id)


def _neighbours(session: Session, county: County, places: Iterable[Place]) -> tuple[Place, Place]:
    """The first of these that has a neighbour in its township, and that one."""
    near = county.villages[county.sample_village].township
    for village in places:
        if village.township == near or village.id == county.left:
            continue
        for id_ in sorted(locate.beside(session, village.id)):
            other = county.villages[id_]
            if other.township == village.township and other.id not in (village.id, county.left):
                return village, other
    raise LookupError("no two neighbours in one township")
