"""The county changes the calendar, and open limits follow it.

A day knows who changed it and whether it was taken out, so that no seeding undoes it; a body's day knows since when its
work days are counted; and a limit that is moved is a line of the history.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import Reference, Unfit, rebuild, refuse_broken_references

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BY = Reference("calendar_day", "changed_by", "person", "id")
GUARD = f"CONSTRAINT {BY.name} FOREIGN KEY({BY.column}) REFERENCES {BY.to} ({BY.key})"
ACTION = "move_limit"


def upgrade() -> None:
    op.add_column("calendar_day", sa.Column("is_out", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("calendar_day", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("calendar_day", sa.Column(BY.column, sa.Integer(), nullable=True))
    if is_sqlite():
        rebuild(BY.table, {}, add=[GUARD], drop=())
    else:
        op.create_foreign_key(op.f(BY.name), BY.table, BY.to, [BY.column], [BY.key])
    op.add_column("assignment", sa.Column("counted_from", sa.DateTime(timezone=True), nullable=True))
    op.bulk_insert(sa.table("report_action", sa.column("code", sa.String())), [{"code": ACTION}])
    refuse_broken_references()


def downgrade() -> None:
    refuse_what_has_no_place()
    actions = sa.table("report_action", sa.column("code", sa.String()))
    op.execute(sa.delete(actions).where(actions.c.code == ACTION))
    op.drop_column("assignment", "counted_from")
    if is_sqlite():
        rebuild(BY.table, {}, add=(), drop=[BY.name])
    else:
        op.drop_constraint(op.f(BY.name), BY.table, type_="foreignkey")
    for column in (BY.column, "changed_at", "is_out"):
        op.drop_column("calendar_day", column)
    refuse_broken_references()


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


#: What 0003 could not keep → how many there are.
ONLY_HERE = {
    "days that the county changed": "select count(*) from calendar_day where changed_at is not null",
    "limits that were moved": f"select count(*) from report_event where action = '{ACTION}'",
}


def refuse_what_has_no_place() -> None:
    for what, counted in ONLY_HERE.items():
        number = op.get_bind().scalar(sa.text(counted))
        if number:
            raise Unfit(f"0003 has no place for {number} {what}. Nothing was changed.")
