"""The coordinate system in which somebody typed a position, beside the position itself, which is WGS84 as ever; and
the acts by which another village leads a matter on a border, and one goes to a part of its village that was split.

Two empty columns, as of what was stored before nothing is known and phones give WGS84, and two words.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import refuse_any

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("report", "patrol_object")
ACTIONS = ("choose_lead", "follow_border")
WORDS = sa.table("report_action", sa.column("code", sa.String()))


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("crs", sa.String(length=20), nullable=True))
    op.bulk_insert(WORDS, [{"code": action} for action in ACTIONS])


def downgrade() -> None:
    for action in ACTIONS:
        refuse_any("0014", f"acts “{action}”", f"select count(*) from report_event where action = '{action}'")
    op.execute(sa.delete(WORDS).where(WORDS.c.code.in_(ACTIONS)))
    for table in TABLES:
        op.drop_column(table, "crs")
