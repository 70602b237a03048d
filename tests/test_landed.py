"""The filled county of each landing, on each engine: it comes back, goes up to today's schema whole, and work goes on in it."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import landed, make
from tests.test_migrations import FILES, lost, rows
from webapp.core.db import Store
from webapp.grid.models import Grid
from webapp.ops import backup, migrate, verify
from webapp.patrol.models import PatrolObject
from webapp.patrol.service import record
from webapp.people.models import Posting
from webapp.people.queries import actor_of
from webapp.report import service
from webapp.report.models import Report
from webapp.report.workflow import STATES

BACKUPS = sorted(Path(landed.__file__).parent.glob("*.backup"))

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")


def test_every_landed_revision_has_its_county() -> None:
    """A revision that has not landed yet is the newest; its county is made with the change that follows it."""
    made, known = [file.name[:4] for file in BACKUPS], [file.name[:4] for file in FILES]
    assert made == known[: len(made)]
    assert len(made) >= max(1, len(known) - 1)


@pytest.mark.parametrize("file", BACKUPS, ids=lambda file: file.name[:4])
def test_a_landed_county_goes_up_whole_and_work_goes_on(file: Path, empty: Store, tmp_path: Path) -> None:
    manifest = backup.restore(file, empty, tmp_path / "data")
    assert migrate.current(empty) == manifest.revision == file.name[:4]
    before = rows(empty)
    migrate.run(empty, "upgrade", "head")
    migrate.run(empty, "check")
    assert lost(before, rows(empty)) == []
    assert [str(finding) for finding in verify.verify_reports(empty)] == []
    with empty.read() as session:
        assert set(session.scalars(select(Report.state))) == set(STATES)
    _work(empty)


def _work(store: Store) -> None:
    """An officer's round and report, and what the township does with it."""
    with store.write() as session:
        grid, officer = session.execute(
            select(Posting.grid_id, Posting.person_id).where(Posting.role == "grid_officer")
        ).first() or (0, 0)
        township = _township(session, grid)
        things = session.scalars(select(PatrolObject.id).where(PatrolObject.grid_id == grid)).all()
        numbers = set(session.scalars(select(Report.number)))
        record(session, actor_of(session, officer), make.patrol(grid, dict.fromkeys(things, "normal")))
        entry = make.report(grid)
        receipt = service.submit(session, actor_of(session, officer), entry)
        service.move(
            session, actor_of(session, township), entry.id, make.move("give_back", "township", missing="哪一座窑？")
        )
        assert receipt.number not in numbers
        assert session.scalar(select(func.count()).select_from(Report)) == len(numbers) + 1


def _township(session: Session, village: int) -> int:
    above = session.get_one(Grid, village).parent_id
    return (
        session.scalars(
            select(Posting.person_id).where(Posting.role == "township_supervisor", Posting.grid_id == above)
        ).first()
        or 0
    )
