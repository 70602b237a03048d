"""How often objects are visited, as rules with days: for a type, for its key objects, for a season; what held stays.

The interval that a type had becomes its first rule, since ever, with who had set or confirmed it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import (
    Reference,
    create_vocabulary,
    is_sqlite,
    rebuild,
    references,
    refuse_any,
    refuse_broken_references,
)

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

rewrites = ("object_type", "frequency_rule")

MOMENT = sa.DateTime(timezone=True)
UNITS = "day week ten_days half_month month quarter half_year year"
SET_BY = Reference("object_type", "changed_by", "person", "id")
COLUMNS = "interval_days changed_at changed_by"
TAKE_OVER = """
    insert into frequency_rule (code, type, for_key, every, unit, source, changed_at, changed_by)
    select code, code, false, interval_days, 'day', source, changed_at, changed_by
    from object_type order by position, code
"""
OTHERS = """
    select count(*) from frequency_rule
    where code is null or unit <> 'day' or every is null or valid_to is not null
    or source <> (select object_type.source from object_type where object_type.code = frequency_rule.type)
"""
GIVE_BACK = """
    update object_type set
    interval_days = (select every from frequency_rule where frequency_rule.type = object_type.code),
    changed_at = (select rule.changed_at from frequency_rule rule where rule.type = object_type.code),
    changed_by = (select rule.changed_by from frequency_rule rule where rule.type = object_type.code)
"""


def upgrade() -> None:
    create_vocabulary("frequency_unit", 20, UNITS.split())
    op.create_table(
        "frequency_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("for_key", sa.Boolean(), nullable=False),
        sa.Column("season_from", sa.String(length=5), nullable=True),
        sa.Column("season_until", sa.String(length=5), nullable=True),
        sa.Column("every", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        *references("frequency_rule", type="object_type.code", unit="frequency_unit.code", changed_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frequency_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_frequency_rule_code")),
    )
    op.create_index(op.f("ix_frequency_rule_type"), "frequency_rule", ["type"])
    op.execute(TAKE_OVER)
    if is_sqlite():
        rebuild("object_type", {}, add=(), drop=(SET_BY.name,))
    else:
        op.drop_constraint(op.f(SET_BY.name), "object_type")
    for name in COLUMNS.split():
        op.drop_column("object_type", name)
    refuse_broken_references()


def downgrade() -> None:
    refuse_any("0019", "rules of frequency that are no plain intervals", OTHERS)
    op.add_column("object_type", sa.Column("interval_days", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("object_type", sa.Column("changed_at", MOMENT, nullable=True))
    op.add_column("object_type", sa.Column("changed_by", sa.Integer(), nullable=True))
    op.execute(GIVE_BACK)
    if is_sqlite():
        rebuild("object_type", {}, add=[SET_BY.constraint], drop=())
    else:
        op.alter_column("object_type", "interval_days", server_default=None)
        op.create_foreign_key(op.f(SET_BY.name), SET_BY.table, SET_BY.to, [SET_BY.column], [SET_BY.key])
    op.drop_table("frequency_rule")
    op.drop_table("frequency_unit")
    refuse_broken_references()
