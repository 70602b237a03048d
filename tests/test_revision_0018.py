"""Revision 0018 on a county whose objects followed borders before it: the log's lines become days on lists."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Date, bindparam, func, insert, select, text
from sqlalchemy.orm import Session

from migrations.ops import Unfit
from tests.revisions import landed
from tests.test_migrations import layout, rows
from webapp.core import audit, clock
from webapp.core.db import Store
from webapp.grid.models import BoundaryEdition, GridChangeSet
from webapp.ops import migrate
from webapp.patrol.models import ObjectStay, PatrolObject

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")

LONG, BACK, LATE = timedelta(days=80), timedelta(days=40), timedelta(days=3)
DAMAGED: list[tuple[str, Any]] = [("object:x", {}), ("odd", {}), ("object:1", {"before": "?"}), ("object:1", [])]


@pytest.fixture
def county(empty: Store, tmp_path: Path) -> tuple[Store, int, int, int]:
    """A county with an object that followed borders to another grid and back, each time when the sweep put them in
    force some days late; and with lines that are damaged."""
    county = landed("0015", empty, tmp_path)
    with county.write() as session:
        listed = select(PatrolObject.id, PatrolObject.grid_id).where(PatrolObject.id > 1).order_by(PatrolObject.id)
        things = session.execute(listed).all()
        thing, first = things[0]
        other = next(grid for _id, grid in things if grid != first)
        # By text: today's model has columns which that county has not.
        listed_since = text("update patrol_object set valid_from = :day").bindparams(bindparam("day", type_=Date))
        session.execute(listed_since, {"day": clock.today() - LONG})
        for ago, was, now in ((BACK, first, other), (BACK / 2, other, first)):
            moment = clock.now() - ago
            put_in_force(session, moment)
            with clock.at(moment + LATE):
                audit.note_all(session, None, "object.follow", [(f"object:{thing}", {"before": was, "after": now})])
                audit.note_all(session, None, "object.follow", DAMAGED)
    return county, thing, first, other


def put_in_force(session: Session, moment: datetime) -> None:
    """A set of changes that counts from the day of a moment."""
    at = moment + LATE - timedelta(seconds=1)
    session.execute(insert(BoundaryEdition).values(at=at, source="x", facts={}))
    edition = session.scalar(select(func.max(BoundaryEdition.id)))
    session.execute(
        insert(GridChangeSet).values(
            state="in_force",
            since=clock.day(moment),
            source="x",
            facts={},
            base_id=1,
            made_at=moment,
            edition_id=edition,
        )
    )


def test_what_the_log_says_becomes_days_on_lists(county: tuple[Store, int, int, int]) -> None:
    store, thing, first, other = county
    migrate.run(store, "upgrade", "head")
    with store.read() as session:
        found = session.execute(
            select(ObjectStay.object_id, ObjectStay.grid_id, ObjectStay.since, ObjectStay.until).order_by(
                ObjectStay.until
            )
        ).all()
    long, back, half = (clock.today() - each for each in (LONG, BACK, BACK / 2))
    assert found == [(thing, first, long, back), (thing, other, back, half)]


def but_the_chain(store: Store) -> dict[str, Any]:
    """All rows; the chain has got links more, for the rows that were taken over."""
    return {table: found for table, found in rows(store).items() if table != "chain_link"}


def test_the_way_down_is_free_while_the_log_says_the_same(county: tuple[Store, int, int, int]) -> None:
    store = county[0]
    before, was = but_the_chain(store), layout(store)
    migrate.run(store, "upgrade", "0018")
    migrate.run(store, "downgrade", "0015")
    assert (layout(store), but_the_chain(store)) == (was, before)
    migrate.run(store, "upgrade", "0018")
    with store.write() as session:
        session.execute(text("insert into history_open (reason) values ('test')"))
        session.execute(text("delete from audit_log where action = 'object.follow'"))
        session.execute(text("delete from history_open"))
    with pytest.raises(Unfit, match="no place for 2 lists"):
        migrate.run(store, "downgrade", "0015")
