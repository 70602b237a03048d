"""On whose list an object stood before borders changed, with its days; until now only the log of acts said it. And an
index by which a map of a past day finds what came to an end after it.

What the log says is taken over. Borders count from the day of their set, which may lie before the line of the log.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.ops import guard, references, refuse_any, unguard

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
rewrites = ("object_stay",)

FOLLOWED = sa.text(
    """
    select log.thing, log.detail, object.id, object.valid_from,
           (select borders.since from grid_change_set borders join boundary_edition edition
            on edition.id = borders.edition_id where edition.at <= log.at order by edition.id desc limit 1) as until
    from audit_log log join patrol_object object on log.thing = 'object:' || object.id
    where log.action = 'object.follow' order by log.id
    """
).columns(detail=sa.JSON(), valid_from=sa.Date(), until=sa.Date())
UNTOLD = """
    select count(*) from object_stay stay where not exists
    (select 1 from audit_log log where log.action = 'object.follow' and log.thing = 'object:' || stay.object_id)
"""


def upgrade() -> None:
    made = op.create_table(
        "object_stay",
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        *references("object_stay", object_id="patrol_object.id", grid_id="grid.id"),
        sa.PrimaryKeyConstraint("object_id", "until", name=op.f("pk_object_stay")),
    )
    op.create_index(op.f("ix_object_stay_until"), "object_stay", ["until"])
    if found := list(stays()):
        op.bulk_insert(made, found)
    guard("object_stay")
    op.create_index(op.f("ix_report_is_open_state_since"), "report", ["is_open", "state_since"])


def stays() -> Iterator[dict[str, Any]]:
    """What the log says, line by line; a line that is damaged says nothing."""
    known = set(op.get_bind().scalars(sa.text("select id from grid")))
    left: dict[int, date] = {}
    for row in op.get_bind().execute(FOLLOWED):
        before = row.detail.get("before") if isinstance(row.detail, dict) else None
        since = left.get(row.id, row.valid_from)
        if before in known and row.until and since < row.until:
            left[row.id] = row.until
            yield {"object_id": row.id, "until": row.until, "since": since, "grid_id": before}


def downgrade() -> None:
    refuse_any("0017", "lists on which objects stood", UNTOLD)
    op.drop_index(op.f("ix_report_is_open_state_since"), "report")
    unguard("object_stay")
    op.drop_table("object_stay")
