"""Make the backup of the newest revision: ``python -m tests.landed.make DEMO_DATABASE``, before a new revision is written.

A demo county is too large to keep here. Of what is long one part stays: reports of every state with all that hangs on
them, some rounds, some duties, the shapes of a few grids. Nobody in it exists.
"""

import gzip
import shutil
import sys
import tempfile
from pathlib import Path

from sqlalchemy import text

from webapp.core.db import Store
from webapp.ops import backup, migrate

FOLDER = Path(__file__).parent

#: In the order of their references. Kept: the three newest reports of each state, and what they or their duties name.
CUT = (
    """create temp table kept as select id from (select id, row_number() over (
         partition by state order by number desc) as place from report) where place <= 3""",
    "insert into kept select recurs_id from report where id in (select id from kept) and recurs_id is not null",
    *(
        f"delete from {name} where report_id not in (select id from kept)"
        for name in ("photo", "site_look", "assignment", "report_problem", "report_joint", "report_event")
    ),
    "delete from report where id not in (select id from kept)",
    """delete from visit where patrol_id not in (select patrol_id from report where patrol_id is not null)
         and patrol_id not in (select id from patrol order by received_at desc limit 60)""",
    "delete from patrol where id not in (select patrol_id from visit)",
    "delete from duty where id not in (select duty_id from assignment where duty_id is not null) and rowid % 50 <> 0",
    "delete from figure where rowid % 40 <> 0",
    "delete from succession where rowid % 20 <> 0",
    "update grid_version set boundary = null where grid_id > 20",
    "delete from login_session",
    "update person set password_hash = null",
)


def make(database: Path) -> Path:
    """The backup of a copy of that database, cut; its path."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(database, Path(folder) / "cut.db")
        store = Store(f"sqlite:///{folder}/cut.db")
        with store.write() as session:
            for statement in CUT:
                session.execute(text(statement))
            session.execute(text("update map_layer set body = :body"), {"body": gzip.compress(b"{}", mtime=0)})
        with store.writer.connect() as connection:
            connection.exec_driver_sql("rollback")
            connection.exec_driver_sql("vacuum")
        target = FOLDER / f"{migrate.current(store)}.backup"
        target.unlink(missing_ok=True)
        backup.backup(store, Path(folder), target)
        store.close()
    return target


if __name__ == "__main__":
    print(make(Path(sys.argv[1])))
