"""Ids of what is deleted in time are never given again; the mark of the clock is a minute and not a day.

SQLite gave the ids of the newest rows again after these were deleted, so a log that was emptied began at 1 as if
nothing had been there. With AUTOINCREMENT it goes on, as PostgreSQL's sequences do.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from migrations.ops import is_sqlite, rebuild, refuse_broken_references

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SWEPT = ("audit_log", "login_code", "login_session")
PLAIN, ON_AND_ON = "INTEGER NOT NULL", "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"
COUNTER = sa.table("counter", sa.column("name", sa.String()), sa.column("value", sa.Integer()))
DAY, MARK, OTHERS = "swept-day", "clock-mark", ("clock-later", "clock-let-stand")
MINUTES, EPOCH = 24 * 60, 719_163  # of a day; 1 January 1970 as a day of Python's count


def upgrade() -> None:
    for table in SWEPT if is_sqlite() else ():
        rebuild(table, {"id": (PLAIN, ON_AND_ON, "id")}, add=(), drop=(f"pk_{table}",))
    count_as(MARK, DAY, lambda day: (day - EPOCH) * MINUTES)
    refuse_broken_references()


def downgrade() -> None:
    for table in SWEPT if is_sqlite() else ():
        key = f"CONSTRAINT pk_{table} PRIMARY KEY (id)"
        rebuild(table, {"id": (ON_AND_ON, PLAIN, "id")}, add=(key,), drop=())
    count_as(DAY, MARK, lambda minute: minute // MINUTES + EPOCH)
    op.execute(sa.delete(COUNTER).where(COUNTER.c.name.in_(OTHERS)))
    refuse_broken_references()


def count_as(name: str, was: str, count: Callable[[int], int]) -> None:
    """Keep a number under another name, counted otherwise."""
    bind = op.get_bind()
    value = bind.scalar(sa.select(COUNTER.c.value).where(COUNTER.c.name == was))
    if value is not None:
        bind.execute(sa.update(COUNTER).where(COUNTER.c.name == was).values(name=name, value=count(value)))
