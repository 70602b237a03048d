"""Every transaction leaves a link of the chain, and history is only added to."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import GUARD_FUNCTION, guard, is_sqlite, unguard

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GUARDED = (
    "audit_log",
    "boundary_edition",
    "chain_link",
    "document_decision",
    "report_attachment",
    "report_event",
    "visit",
)
#: The last link, under a lock that is held until the transaction ends. In a function that is volatile each statement
#: sees what was committed before it, so the look comes after the lock.
NEWEST = """
create function chain_newest() returns table (seq integer, head varchar) language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(7301602);
    return query select l.seq, l.head from chain_link l order by l.seq desc limit 1;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "chain_link",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_chain_link")),
    )
    op.create_table(
        "history_open",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reason", name=op.f("pk_history_open")),
    )
    if not is_sqlite():
        op.execute(NEWEST)
        op.execute(GUARD_FUNCTION)
    for table in GUARDED:
        guard(table)


def downgrade() -> None:
    for table in GUARDED:
        unguard(table)
    if not is_sqlite():
        op.execute("drop function history_guard()")
        op.execute("drop function chain_newest()")
    op.drop_table("history_open")
    op.drop_table("chain_link")
