"""The filled county of each landing, on each engine: it comes back, goes up to today's schema whole,
and work goes on in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import landed, make
from tests.landed import again, browser, posted
from tests.landed.day import Day
from tests.landed.make import KEY
from tests.landed.whole import left_out
from tests.moved import as_before
from tests.short import some
from tests.test_fingerprints import KINDS
from tests.test_migrations import FILES, lost, rows
from webapp.app import App
from webapp.config import Config
from webapp.core.db import Store
from webapp.core.entry import FIRST, NEWEST, RECIPES
from webapp.grid.models import Grid
from webapp.ops import backup, migrate, seeding, verify
from webapp.patrol.models import PatrolObject
from webapp.patrol.service import record
from webapp.people.models import Posting
from webapp.people.queries import actor_of
from webapp.report import service
from webapp.report.models import Report
from webapp.report.workflow import STATES

FOLDERS = sorted(file.parent for file in Path(landed.__file__).parent.glob("*/county.backup"))

each_landing = pytest.mark.parametrize("folder", some(FOLDERS[::-1], every=4), ids=lambda folder: folder.name)
#: The oldest comes all the way; the short run has it alone where a test is slow.
oldest_landing = pytest.mark.parametrize("folder", some(FOLDERS, every=len(FOLDERS)), ids=lambda folder: folder.name)

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")

#: Landed together with the one after them, so that no county was ever at them.
NEVER_ALONE = (
    "0006",
    "0007",
    "0008",
    "0009",
    "0011",
    "0012",
    "0013",
    "0014",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
)


def test_every_landed_revision_has_its_county() -> None:
    """A revision that has not landed yet is the newest; its county is made with the change that follows it."""
    made = sorted({folder.name[:4] for folder in FOLDERS})
    known = [file.name[:4] for file in FILES if file.name[:4] not in NEVER_ALONE]
    assert made == known[: len(made)]
    assert len(made) >= max(1, len(known) - 1)


@pytest.fixture
def serve(empty: Store, one_app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], App]:
    """``serve(folder)`` is today's application on a landed county, brought to today's schema."""

    def served(folder: Path) -> App:
        backup.restore(folder / "county.backup", empty, tmp_path / "data")
        migrate.run(empty, "upgrade", "head")
        one_app.extensions["store"], one_app.config["WANGGE"] = empty, Config("", tmp_path / "data", KEY)
        monkeypatch.setitem(one_app.config, "SECRET_KEY", KEY)  # which signed the photos that a refused form carried
        return one_app

    return served


@oldest_landing
def test_what_was_posted_to_a_landed_county_is_a_resend_today(folder: Path, serve: Callable[[Path], App]) -> None:
    """The first receipt, no new row; and with other content a refusal, whatever version stored the entry."""
    assert again.all_unchanged(serve(folder), posted.read(folder / "posted.json")) == []


def test_every_recipe_of_fingerprints_that_was_ever_stored_is_tried_on_a_landed_county() -> None:
    """The newest lands with the change that follows it."""
    entries = [entry.stored for folder in FOLDERS for entry in posted.read(folder / "posted.json") if entry.stored]
    tried = {entry.content.rpartition(":")[0] or FIRST for entry in entries}
    assert RECIPES.keys() - {NEWEST} <= tried


@oldest_landing
def test_a_landed_county_still_has_the_fingerprints_it_stored(folder: Path, serve: Callable[[Path], App]) -> None:
    """No revision writes them anew: it could not, for it knows the rows and not what was sent."""
    store = serve(folder).extensions["store"]
    kept = [entry.stored for entry in posted.read(folder / "posted.json") if entry.stored]
    assert kept and kept == [browser.stored(store, each.id) for each in kept]


def test_what_is_posted_today_is_a_resend_when_it_comes_again(
    serve: Callable[[Path], App], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day that the next landing will keep: nothing that can be posted is left out,
    each kind of entry has its pin."""
    kinds: set[type] = set()
    monkeypatch.setitem(RECIPES, NEWEST, noted(RECIPES[NEWEST], kinds))
    app = serve(FOLDERS[-1])
    seeding.seed(app.extensions["store"])  # as an update does
    diary = Day(app).lived()
    assert left_out(app, diary) == []
    assert again.all_unchanged(app, diary.entries) == []
    assert {entry.stored.content[:2] for entry in diary.entries if entry.stored} == {f"{NEWEST}:"}
    assert kinds - {dict} <= KINDS


def noted(recipe: Callable[[Any], str], kinds: set[type]) -> Callable[[Any], str]:
    """The recipe, which writes down of what kind everything is that it is used on."""

    def used(entry: Any) -> str:
        kinds.add(type(entry))
        return recipe(entry)

    return used


@each_landing
def test_a_landed_county_goes_up_whole_and_work_goes_on(folder: Path, empty: Store, tmp_path: Path) -> None:
    manifest = backup.restore(folder / "county.backup", empty, tmp_path / "data")
    assert migrate.current(empty) == manifest.revision == folder.name[:4]
    before = rows(empty)
    migrate.run(empty, "upgrade", "head")
    migrate.run(empty, "check")
    assert lost(before, as_before(rows(empty), manifest.revision, migrate.newest())) == []
    assert [str(finding) for finding in verify.verify_reports(empty)] == []
    with empty.read() as session:
        assert set(session.scalars(select(Report.state))) <= set(STATES)
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
