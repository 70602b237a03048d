"""An act can be taken back: the word for it among the acts of a report's history."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import Unfit

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ACTIONS: sa.TableClause = sa.table("report_action", sa.column("code", sa.String()))
EVENTS: sa.TableClause = sa.table("report_event", sa.column("action", sa.String()))
WORD = "undo"


def upgrade() -> None:
    op.bulk_insert(ACTIONS, [{"code": WORD}])


def downgrade() -> None:
    number = op.get_bind().scalar(sa.select(sa.func.count()).select_from(EVENTS).where(EVENTS.c.action == WORD))
    if number:
        raise Unfit(f"0002 has no place for {number} acts that were taken back. Nothing was changed.")
    op.execute(sa.delete(ACTIONS).where(ACTIONS.c.code == WORD))
