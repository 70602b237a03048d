"""What officers propose for the lists of their grids.

Only what was not there: a table and its vocabulary.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import UUID, create_vocabulary, references, refuse_any

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("is_accepted is null")


def upgrade() -> None:
    create_vocabulary("proposal_kind", 10, ("add", "stop"))
    op.create_table(
        "object_proposal",
        sa.Column("id", UUID, nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=True),
        sa.Column("zh", sa.String(length=80), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        *references(
            "object_proposal",
            kind="proposal_kind.code",
            grid_id="grid.id",
            object_id="patrol_object.id",
            type="object_type.code",
            made_by="person.id",
            answered_by="person.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_object_proposal")),
    )
    for columns in (("object_id",), ("answered_by",), ("made_by", "made_at"), ("grid_id", "made_at")):
        op.create_index(op.f(f"ix_object_proposal_{'_'.join(columns)}"), "object_proposal", list(columns))
    op.create_index("ix_object_proposal_open", "object_proposal", ["grid_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(
        "ix_object_proposal_stop",
        "object_proposal",
        ["object_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    refuse_any("0013", "proposals of objects", "select count(*) from object_proposal")
    op.drop_table("object_proposal")
    op.drop_table("proposal_kind")
