"""Unit grids: compounds below a community of a subdistrict, as a kind of grid, and who looks after one.

A word and an empty table. The word of their tier is written with the first of them.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import references, refuse_any

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UNIT_TIER = 4
KINDS = sa.table("grid_kind", sa.column("code", sa.String()))


def upgrade() -> None:
    op.create_table(
        "unit_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(length=80), nullable=False) for name in ("zh", "en", "post_zh", "post_en")),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("said_by", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        *references("unit_person", grid_id="grid.id", said_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_person")),
    )
    op.create_index(op.f("ix_unit_person_grid_id"), "unit_person", ["grid_id"])
    op.bulk_insert(KINDS, [{"code": "unit"}])


def downgrade() -> None:
    refuse_any("0018", "unit grids", f"select count(*) from grid where tier = {UNIT_TIER}")
    op.execute(sa.delete(KINDS).where(KINDS.c.code == "unit"))
    op.drop_table("unit_person")
