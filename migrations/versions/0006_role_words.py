"""What people call a role in a list of names is a table, so that a sheet is read by the county's own words."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An empty table; ``seed`` fills it."""
    op.create_table(
        "role_word",
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["role"], ["role.code"], name=op.f("fk_role_word_role")),
        sa.PrimaryKeyConstraint("word", "place", name=op.f("pk_role_word")),
    )


def downgrade() -> None:
    """Its rows are seeds, nothing of the county's is lost."""
    op.drop_table("role_word")
