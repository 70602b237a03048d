"""Ledgers of a period: which columns they have, and those that were handed in."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import UUID, create_vocabulary, references, refuse_any

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SPANS = "week month quarter days"


def upgrade() -> None:
    create_vocabulary("ledger_span", 20, SPANS.split())
    op.create_table(
        "ledger_column",
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=40), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        *references("ledger_column", changed_by="person.id"),
        sa.PrimaryKeyConstraint("part", "name", name=op.f("pk_ledger_column")),
    )
    op.create_table(
        "kept_ledger",
        sa.Column("id", UUID, nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("span", sa.String(length=20), nullable=False),
        sa.Column("begins", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("kept_by", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        *references("kept_ledger", grid_id="grid.id", span="ledger_span.code", kept_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_ledger")),
    )
    op.create_table(
        "kept_entry",
        sa.Column("ledger_id", UUID, nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("ref", UUID, nullable=False),
        *references("kept_entry", ledger_id="kept_ledger.id"),
        sa.PrimaryKeyConstraint("ledger_id", "part", "ref", name=op.f("pk_kept_entry")),
    )
    op.create_index(op.f("ix_kept_entry_ref"), "kept_entry", ["ref"])
    op.create_index(op.f("ix_report_grid_id_occurred_at"), "report", ["grid_id", "occurred_at"])
    op.create_index(op.f("ix_kept_ledger_kept_by"), "kept_ledger", ["kept_by"])
    op.create_index(op.f("ix_kept_ledger_grid_id_ends"), "kept_ledger", ["grid_id", "ends"])


def downgrade() -> None:
    refuse_any("0020", "ledgers that were handed in, or columns that were set", KEPT)
    op.drop_index(op.f("ix_report_grid_id_occurred_at"), "report")
    for name in ("kept_entry", "kept_ledger", "ledger_column", "ledger_span"):
        op.drop_table(name)


KEPT = """
    select (select count(*) from kept_ledger) + (select count(*) from ledger_column where changed_at is not null)
"""
