"""The county changes the calendar, and open limits follow it; whether a report is open is stored with it.

A day knows who changed it and whether it was taken out, so that no seeding undoes it; a body's day knows since when its
work days are counted; and a limit that is moved is a line of the history. Until now lists asked for the states that are
no end: no engine finds an index by that, and every list and every number cost the whole history.
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
ENDS = ("closed", "void")
NOT_ENDED = sa.text("state not in ('closed', 'void')")  # the index of 0003
#: Name → table, columns, and which rows it holds (on SQLite, on PostgreSQL); None for all.
INDEXES = {
    "ix_report_open": ("report", ["grid_id", "due_at"], ("is_open = 1", "is_open")),
    "ix_report_unsampled": (
        "report",
        ["grid_id", "received_at"],
        ("settled = 1 and sampled_at is null", "settled and sampled_at is null"),
    ),
    "ix_report_recurs_id": ("report", ["recurs_id"], ("recurs_id is not null",) * 2),
    "ix_report_patrol_id": ("report", ["patrol_id"], ("patrol_id is not null",) * 2),
    "ix_report_found_by_is_open_received_at": ("report", ["found_by", "is_open", "received_at"], None),
    "ix_report_joint_grid_id": ("report_joint", ["grid_id"], None),
    "ix_report_event_person_id_at": ("report_event", ["person_id", "at"], None),
    "ix_report_event_moved_limit": ("report_event", ["at"], (f"action = '{ACTION}'",) * 2),
    "ix_patrol_person_id": ("patrol", ["person_id"], None),
}


def upgrade() -> None:
    op.add_column("calendar_day", sa.Column("is_out", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("calendar_day", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("calendar_day", sa.Column(BY.column, sa.Integer(), nullable=True))
    if is_sqlite():
        rebuild(BY.table, {}, add=[GUARD], drop=())
    else:
        op.create_foreign_key(op.f(BY.name), BY.table, BY.to, [BY.column], [BY.key])
    op.add_column("assignment", sa.Column("counted_from", sa.DateTime(timezone=True), nullable=True))
    store_what_is_open()
    op.bulk_insert(sa.table("report_action", sa.column("code", sa.String())), [{"code": ACTION}])
    refuse_broken_references()


def downgrade() -> None:
    refuse_what_has_no_place()
    actions = sa.table("report_action", sa.column("code", sa.String()))
    op.execute(sa.delete(actions).where(actions.c.code == ACTION))
    op.drop_column("assignment", "counted_from")
    forget_what_is_open()
    if is_sqlite():
        rebuild(BY.table, {}, add=(), drop=[BY.name])
    else:
        op.drop_constraint(op.f(BY.name), BY.table, type_="foreignkey")
    for column in (BY.column, "changed_at", "is_out"):
        op.drop_column("calendar_day", column)
    refuse_broken_references()


def store_what_is_open() -> None:
    op.add_column("report", sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.true()))
    report = sa.table("report", sa.column("state", sa.String()), sa.column("is_open", sa.Boolean()))
    op.execute(sa.update(report).where(report.c.state.in_(ENDS)).values(is_open=sa.false()))
    op.drop_index("ix_report_open", "report")
    op.drop_index(op.f("ix_report_found_by"), "report")
    for name, (table, columns, which) in INDEXES.items():
        on_sqlite, on_postgresql = map(sa.text, which) if which else (None, None)
        op.create_index(op.f(name), table, columns, sqlite_where=on_sqlite, postgresql_where=on_postgresql)


def forget_what_is_open() -> None:
    for name, (table, _columns, _which) in INDEXES.items():
        op.drop_index(op.f(name), table)
    op.create_index(op.f("ix_report_found_by"), "report", ["found_by"])
    op.create_index(
        "ix_report_open", "report", ["grid_id", "due_at"], sqlite_where=NOT_ENDED, postgresql_where=NOT_ENDED
    )
    op.drop_column("report", "is_open")


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
