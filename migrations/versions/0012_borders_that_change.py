"""A grid goes out of force on a day and stands below its heir; borders change by sets that a second person approves."""

import sqlalchemy as sa
from alembic import op

from migrations.ops import Reference, create_vocabulary, is_sqlite, rebuild, references, refuse_broken_references

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HEIR = Reference("grid", "heir_id", "grid", "id")
ABSORBED, HAS_HEIR = "ix_grid_heir_id", sa.text("heir_id is not null")
VOCABULARIES = {
    "grid_change_kind": "new changed gone",
    "grid_change_state": "draft proposed approved in_force withdrawn",
}


def upgrade() -> None:
    for name, words in VOCABULARIES.items():
        create_vocabulary(name, 20, words.split())
    op.add_column("grid", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column("grid", sa.Column("heir_id", sa.Integer(), nullable=True))
    if is_sqlite():
        rebuild("grid", {}, add=[HEIR.constraint], drop=())
    else:
        op.create_foreign_key(op.f(HEIR.name), HEIR.table, HEIR.to, [HEIR.column], [HEIR.key])
    op.create_index(ABSORBED, "grid", ["heir_id"], sqlite_where=HAS_HEIR, postgresql_where=HAS_HEIR)
    create_sets()
    create_changes()
    refuse_broken_references()


def create_sets() -> None:
    op.create_table(
        "grid_change_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.JSON(), nullable=True),
        *references("grid_change_set", state="grid_change_state.code", base_id="boundary_edition.id"),
        *references("grid_change_set", made_by="person.id", decided_by="person.id", edition_id="boundary_edition.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_change_set")),
    )
    op.create_index(op.f("ix_grid_change_set_state"), "grid_change_set", ["state"])


def create_changes() -> None:
    op.create_table(
        "grid_change",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("zh", sa.String(length=80), nullable=False),
        sa.Column("en", sa.String(length=80), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("parent_position", sa.Integer(), nullable=True),
        sa.Column("boundary", sa.LargeBinary(), nullable=True),
        sa.Column("heir_id", sa.Integer(), nullable=True),
        sa.Column("heir_position", sa.Integer(), nullable=True),
        sa.Column("predecessors", sa.JSON(), nullable=False),
        *references("grid_change", set_id="grid_change_set.id", kind="grid_change_kind.code", tier="grid_level.tier"),
        *references("grid_change", grid_id="grid.id", parent_id="grid.id", heir_id="grid.id"),
        sa.PrimaryKeyConstraint("set_id", "position", name=op.f("pk_grid_change")),
    )


def downgrade() -> None:
    op.drop_table("grid_change")
    op.drop_table("grid_change_set")
    op.drop_index(ABSORBED, "grid")
    if is_sqlite():
        rebuild("grid", {}, add=(), drop=[HEIR.name])
    op.drop_column("grid", "heir_id")
    op.drop_column("grid", "ended_on")
    for name in VOCABULARIES:
        op.drop_table(name)
    refuse_broken_references()
