"""Which version of a grid is in force is a stored pointer, not the lack of an end: planned versions can stand beside it.

Back from here the lack of an end has to say it again; a planned version makes that impossible, and the revision fails whole.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grid_current",
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_grid_current_grid_id")),
        sa.ForeignKeyConstraint(["version_id"], ["grid_version.id"], name=op.f("fk_grid_current_version_id")),
        sa.PrimaryKeyConstraint("grid_id", name=op.f("pk_grid_current")),
        sa.UniqueConstraint("version_id", name=op.f("uq_grid_current_version_id")),
    )
    op.execute(
        "insert into grid_current (grid_id, version_id) select grid_id, id from grid_version where valid_to is null"
    )
    op.drop_index("uq_grid_version_current", table_name="grid_version")


def downgrade() -> None:
    op.create_index(
        "uq_grid_version_current",
        "grid_version",
        ["grid_id"],
        unique=True,
        sqlite_where=sa.text("valid_to is null"),
        postgresql_where=sa.text("valid_to is null"),
    )
    op.drop_table("grid_current")
