"""A merger of two villages that waits for its approval: the county's other officer has proposed it."""

from datetime import date, timedelta

from ..core import clock
from ..core.db import Store
from ..grid import changes, locate
from ..people import queries as people_queries
from .people import County


def propose(store: Store, county: County) -> None:
    """The smallest change there is: of two neighbours in one township, away from the sample's, one goes."""
    with store.write() as session:
        office = people_queries.actor_of(session, county.office[1])
        near = county.villages[county.sample_village].township
        for village in county.villages.values():
            beside = sorted(locate.beside(session, village.id))
            heir = next((id_ for id_ in beside if county.villages[id_].township == village.township), None)
            if village.township != near and heir is not None:
                made = changes.merge(session, office, village.id, heir)
                changes.propose(session, office, made.id, _first_of_next_month(clock.today()), "")
                return


def _first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
