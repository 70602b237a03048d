"""The role ``evaluator`` becomes ``inspector``: who reads only, apart from those who will evaluate."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rename_role("evaluator", "inspector")


def downgrade() -> None:
    rename_role("inspector", "evaluator")


def rename_role(old: str, new: str) -> None:
    """In postings, in the history, and in the log, whose lines go on saying what they said."""
    connection = op.get_bind()
    for name in ("posting", "report_event"):
        column: sa.ColumnClause[str] = sa.column("role")
        connection.execute(sa.update(sa.table(name, column)).where(column == old).values(role=new))
    key: sa.ColumnClause[int] = sa.column("id")
    detail: sa.ColumnClause[Any] = sa.column("detail", sa.JSON())
    log = sa.table("audit_log", key, detail)
    naming = sa.select(key, detail).select_from(log).where(sa.cast(detail, sa.Text).like(f'%"{old}"%'))
    for id_, given in connection.execute(naming).all():
        if given.get("role") == old:
            connection.execute(sa.update(log).where(key == id_).values(detail=given | {"role": new}))
