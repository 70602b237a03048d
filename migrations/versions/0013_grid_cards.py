"""The card of a grid, the office above's person for it, who runs the platform, the principal of a department,
and whose place a posting fills while he is away.

Only what was not there: tables, and two empty columns.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import create_vocabulary, references

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = ("county", "township", "subdistrict", "village", "community")
PARTS = ("owner", "operator", "entry")
NAMES = ("body", "post", "leader")
TEXTS = ("duties", "tasks", "rewards", "penalties")
PRINCIPAL = ("principal", "principal_post")
OPEN = sa.text("to_on is null")


def _both(names: tuple[str, ...], type_: sa.types.TypeEngine[str]) -> list[sa.Column[str]]:
    return [sa.Column(f"{name}_{tongue}", type_, nullable=False) for name in names for tongue in ("zh", "en")]


def upgrade() -> None:
    create_vocabulary("grid_kind", 20, KINDS)
    create_vocabulary("platform_part", 20, PARTS)
    _create_cards()
    _create_links()
    _create_roles()
    _create_acting()
    for name in PRINCIPAL:
        op.add_column("body", sa.Column(name, sa.String(length=80), nullable=True))


def _create_cards() -> None:
    op.create_table(
        "grid_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        *_both(NAMES, sa.String(length=80)),
        *_both(TEXTS, sa.Text()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("said_by", sa.Integer(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        *references("grid_card", grid_id="grid.id", kind="grid_kind.code", said_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_card")),
    )
    op.create_index(op.f("ix_grid_card_grid_id"), "grid_card", ["grid_id"])


def _create_links() -> None:
    op.create_table(
        "upper_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upper_id", sa.Integer(), nullable=False),
        sa.Column("lower_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("named_by", sa.Integer(), nullable=True),
        sa.Column("named_at", MOMENT, nullable=False),
        *references("upper_link", upper_id="grid.id", lower_id="grid.id", person_id="person.id", named_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upper_link")),
    )
    op.create_index(op.f("ix_upper_link_lower_id"), "upper_link", ["lower_id"])
    op.create_index(op.f("ix_upper_link_person_id"), "upper_link", ["person_id"])
    op.create_index(
        "ix_upper_link_one", "upper_link", ["lower_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def _create_roles() -> None:
    op.create_table(
        "platform_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("zh", sa.String(length=80), nullable=False),
        sa.Column("en", sa.String(length=80), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        *references("platform_role", grid_id="grid.id", part="platform_part.code", said_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_role")),
    )
    op.create_index(op.f("ix_platform_role_grid_id"), "platform_role", ["grid_id"])


def _create_acting() -> None:
    op.create_table(
        "acting_for",
        sa.Column("posting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        *references("acting_for", posting_id="posting.id", person_id="person.id"),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_acting_for")),
    )
    op.create_index(op.f("ix_acting_for_person_id"), "acting_for", ["person_id"])


def downgrade() -> None:
    for name in PRINCIPAL:
        op.drop_column("body", name)
    for table in ("acting_for", "platform_role", "upper_link", "grid_card", "platform_part", "grid_kind"):
        op.drop_table(table)
