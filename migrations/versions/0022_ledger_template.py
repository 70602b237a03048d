"""A workbook of the county's own, in whose named cells a ledger is filled in."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import references, refuse_any

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ledger_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        *references("ledger_template", added_by="person.id", ended_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_template")),
    )


def downgrade() -> None:
    refuse_any("0021", "workbooks of a county's own for ledgers", "select count(*) from ledger_template")
    op.drop_table("ledger_template")
