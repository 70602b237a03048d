"""What the texts want patrolled, by level; rounds of every level, regular or irregular, and what is looked at on them
that is no object.

Tables that were not there, and two empty columns: nobody said of an earlier round whether it was a regular one, and all
of them were a village's own.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import (
    UUID,
    Reference,
    create_vocabulary,
    guard,
    is_sqlite,
    rebuild,
    references,
    refuse_any,
    refuse_broken_references,
    unguard,
)

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KIND = Reference("patrol", "kind", "patrol_kind")
VOCABULARIES = {"patrol_kind": "regular irregular", "topic_rhythm": "regular irregular both unsaid"}
LEVELS = ("county", "township", "village")


def upgrade() -> None:
    for name, words in VOCABULARIES.items():
        create_vocabulary(name, 20, words.split())
    op.add_column("patrol", sa.Column("kind", sa.String(length=20), nullable=True))
    if is_sqlite():
        rebuild("patrol", {}, add=[KIND.constraint], drop=())
    else:
        op.create_foreign_key(op.f(KIND.name), KIND.table, KIND.to, [KIND.column], [KIND.key])
    op.add_column("visit", sa.Column("above", sa.Integer(), nullable=True))
    create_topics()
    create_visits()
    refuse_broken_references()


def create_topics() -> None:
    op.create_table(
        "patrol_topic",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        *(sa.Column(level, sa.String(length=20), nullable=True) for level in LEVELS),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        *references("patrol_topic", changed_by="person.id", **dict.fromkeys(LEVELS, "topic_rhythm.code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_patrol_topic")),
    )
    op.create_table(
        "type_topic",
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        *references("type_topic", type="object_type.code", topic="patrol_topic.code"),
        sa.PrimaryKeyConstraint("type", name=op.f("pk_type_topic")),
    )


def create_visits() -> None:
    op.create_table(
        "topic_visit",
        sa.Column("id", UUID, nullable=False),
        sa.Column("patrol_id", UUID, nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("place", sa.String(length=80), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        *references("topic_visit", patrol_id="patrol.id", topic="patrol_topic.code", result="visit_result.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_visit")),
        sa.UniqueConstraint("patrol_id", "topic", name=op.f("uq_topic_visit_patrol_id_topic")),
    )
    guard("topic_visit")


def downgrade() -> None:
    for what, rows in {
        "rounds of a stated kind": "patrol where kind is not null",
        "visits by levels above": "visit where above is not null",
        "visits without an object": "topic_visit",
        "topics that the county chose": "patrol_topic where changed_at is not null",
    }.items():
        refuse_any("0016", what, f"select count(*) from {rows}")
    unguard("topic_visit")
    for table in ("topic_visit", "type_topic", "patrol_topic"):
        op.drop_table(table)
    op.drop_column("visit", "above")
    if is_sqlite():
        rebuild("patrol", {}, add=(), drop=[KIND.name])
    else:
        op.drop_constraint(op.f(KIND.name), "patrol", type_="foreignkey")
    op.drop_column("patrol", "kind")
    for name in VOCABULARIES:
        op.drop_table(name)
    refuse_broken_references()
