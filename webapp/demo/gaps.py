"""What the invented county still lacks, as counties do, so that the page of the first day has something to say."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..core import clock
from ..core.db import Store
from ..people.models import Body, Posting
from ..report.models import Report
from .people import County

LEFT = 2  # villages whose officer went and was not followed yet
NEW_DEPARTMENT = ("县文化广电和旅游局", "Culture and Tourism Bureau")


def leave(store: Store, county: County) -> None:
    """After the story: two officers went yesterday with nothing open, and a new department has no liaison yet."""
    with store.write() as session:
        zh, en = NEW_DEPARTMENT
        session.add(Body(kind="department", grid_id=county.root.id, zh=zh, en=en, canonical=None))
        officers = [county.villages[id_].people[0] for id_ in _quiet(session, county)[:LEFT]]
        session.execute(update(Posting).where(Posting.person_id.in_(officers)).values(valid_to=clock.today()))


def _quiet(session: Session, county: County) -> list[int]:
    """Villages beside the sample's township where nothing is open, the last first."""
    at_work = set(session.scalars(select(Report.grid_id).where(Report.is_open)))
    near = county.villages[county.sample_village].township
    return [
        id_ for id_, village in reversed(county.villages.items()) if village.township != near and id_ not in at_work
    ]
