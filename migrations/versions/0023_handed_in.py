"""How an entry came in: "handed_in", as a file of what waited on an officer's phone."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import refuse_any

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MODE = "handed_in"
MODES = sa.table("entry_mode", sa.column("code", sa.String()))
COUNTED = " + ".join(f"(select count(*) from {table} where entry_mode = '{MODE}')" for table in ("patrol", "report"))


def upgrade() -> None:
    op.bulk_insert(MODES, [{"code": MODE}])


def downgrade() -> None:
    refuse_any("0022", "entries that were handed in as files", f"select {COUNTED}")
    op.execute(sa.delete(MODES).where(MODES.c.code == MODE))
