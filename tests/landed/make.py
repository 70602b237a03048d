"""Keep the county of a landing: ``python -m tests.landed.make DEMO_DATABASE``, before the code changes again.

The database is a demo's, made anew by the same code: ``./run.sh demo --fresh --build-only``.

A demo county is too large to keep here. Of what is long one part stays: reports of every state with all that hangs on
them, some rounds, some duties, the shapes of a few grids. Then a day is lived in it through the pages (``day.py``), and
what was posted is kept beside the backup as ``posted.json``. Nobody in it exists.
"""

import gzip
import shutil
import sys
import tempfile
from pathlib import Path

from sqlalchemy import select, text

from tests.landed import again, posted
from tests.landed.day import Day
from tests.landed.whole import left_out
from webapp.app import create_app
from webapp.config import Config
from webapp.core import clock
from webapp.core.db import Store
from webapp.core.retention import history_open
from webapp.listeners import open_store
from webapp.ops import backup, chain_rows, migrate
from webapp.report.models import Report
from webapp.report.workflow import STATES

FOLDER = Path(__file__).parent
KEY = "a-landing-key-of-sufficient-length-0123456789"  # signs the photos that a refused form carried

HANGING = (
    "report_attachment",
    "site_look",
    "assignment",
    "report_problem",
    "report_joint",
    "report_event",
    "report_pair",
)
#: In the order of their references. Kept: the three newest reports of each state, and what they or their duties name.
CUT = (
    """create temp table kept as select id from (select id, row_number() over (
         partition by state order by number desc) as place from report) where place <= 3""",
    "insert into kept select recurs_id from report where id in (select id from kept) and recurs_id is not null",
    *(f"delete from {name} where report_id not in (select id from kept)" for name in HANGING),
    "delete from attachment where id not in (select attachment_id from report_attachment)",
    "delete from report where id not in (select id from kept)",
    """delete from visit where patrol_id not in (select patrol_id from report where patrol_id is not null)
         and patrol_id not in (select id from patrol order by received_at desc limit 60)""",
    "delete from patrol where id not in (select patrol_id from visit)",
    """delete from duty where id not in (select duty_id from assignment where duty_id is not null) and rowid % 50 <> 0
         and code not in (select duty from problem_duty where duty is not null)
         and id not in (select min(id) from duty where canonical = 'housing' and valid_to is null)""",
    "delete from figure where rowid % 40 <> 0",
    "delete from succession where rowid % 20 <> 0",
    "update grid_version set boundary = null where grid_id > 20",
    "delete from login_session",
    "update person set password_hash = null",
)


def make(database: Path) -> Path:
    """The folder of the landing made of a copy of that database."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        shutil.copy(database, data / "cut.db")
        store = open_store(f"sqlite:///{data / 'cut.db'}")
        target = place_for(store)
        cut(store)
        entries = lived(store, data)
        target.mkdir()
        posted.write(target / "posted.json", entries)
        backup.backup(store, data, target / "county.backup")
        store.close()
    return target


def place_for(store: Store) -> Path:
    """The folder of this landing, named by revision and day.

    A landing that is kept already stays: what an older program stored cannot be made again by this one.
    """
    if lacks := migrate.lacking(store):
        raise SystemExit(lacks)
    target = FOLDER / f"{migrate.current(store)}-{clock.today()}"
    if target.exists():
        raise SystemExit(f"{target} is there already.")
    return target


def cut(store: Store) -> None:
    """Leave of a county what is worth keeping here. Its chain begins anew with what is left."""
    with store.write() as session:
        with history_open(session, "a landing that is kept"):
            for statement in (*CUT, "delete from chain_link"):
                session.execute(text(statement))
        session.execute(text("update map_layer set body = :body"), {"body": gzip.compress(b"{}", mtime=0)})
    chain_rows.take_in(store)


def lived(store: Store, data: Path) -> list[posted.Posted]:
    """Live the day, and see at once that this very version takes every entry again for what it is."""
    app = create_app(Config("", data, KEY), store)
    diary = Day(app).lived()
    missing, wrong = [*left_out(app, diary), *states_left_out(store)], again.all_unchanged(app, diary.entries)
    if missing or wrong:
        raise SystemExit("\n".join(["This day is not whole:", *missing, *wrong]))
    with store.write() as session:
        session.execute(text("delete from login_session"))
    with store.writer.connect() as connection:
        connection.exec_driver_sql("rollback")
        connection.exec_driver_sql("vacuum")
    return diary.entries


def states_left_out(store: Store) -> list[str]:
    """States in which no report is."""
    with store.read() as session:
        return [f"state {state}" for state in sorted(STATES.keys() - set(session.scalars(select(Report.state))))]


if __name__ == "__main__":
    print(make(Path(sys.argv[1])))
