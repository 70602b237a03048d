"""The coordinate system in which somebody typed a position, beside the position itself, which is WGS84 as ever.

Only two empty columns: of what was stored before nothing is known, and phones give WGS84.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("report", "patrol_object")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("crs", sa.String(length=20), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "crs")
