"""An index of the newest reports, so that the search of a word that many say looks at the newest alone."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAME = "ix_report_is_open_received_at_id"


def upgrade() -> None:
    op.create_index(NAME, "report", ["is_open", "received_at", "id"])


def downgrade() -> None:
    op.drop_index(NAME, "report")
