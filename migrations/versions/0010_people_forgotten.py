"""Who left long ago, or asked for it, is forgotten: the account stands without a name from a day on. And the files
that somebody sent are found by him."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_attachment_received_by"), "attachment", ["received_by"])


def downgrade() -> None:
    op.drop_index(op.f("ix_attachment_received_by"), "attachment")
    op.drop_column("person", "erased_at")
