"""Registers: what a type of object is asked and which stages it has, as rows; what is known of an object, who answers
for it, the stages it went through, its papers. Objects may be key ones; matters of complaint are withheld from villages.

A county's own objects of the type of complaints are withheld from now on, whatever it set for their interval.
"""

import sqlalchemy as sa
from alembic import op

from migrations.ops import UUID, create_vocabulary, references, refuse_any

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

rewrites = ("object_type", "patrol_object")

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("to_on is null")
KINDS = ("text", "number", "day", "choice", "yes_no", "department", "object", "uscc")
FLAGS = (
    ("object_type", "is_source"),
    ("object_type", "is_withheld"),
    ("patrol_object", "is_key"),
    ("patrol_object", "is_withheld"),
)
#: As they were delivered when this came; a county may have rows of its own, which are no sources until it says so.
SOURCES = (
    "enterprise", "small_workshop", "sewage_outlet", "livestock_farm", "construction_site", "stockyard", "waste_point",
    "rural_sewage_plant", "catering", "coal_boiler", "filling_station",
)  # fmt: skip
WITHHELD = ("dispute_point",)
TYPES = sa.table("object_type", sa.column("code"), sa.column("is_source"), sa.column("is_withheld"))
OBJECTS = sa.table("patrol_object", sa.column("type"), sa.column("is_withheld"))
TABLES = (
    "object_attachment",
    "object_person",
    "stage_step",
    "object_fact",
    "object_stage",
    "field_choice",
    "object_field",
)


def words(*more: sa.Column) -> list[sa.Column]:
    """The columns of a row that the seeds deliver."""
    return [
        *more,
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
    ]


def said(who: str, when: str) -> list[sa.Column]:
    return [sa.Column(who, sa.Integer(), nullable=True), sa.Column(when, MOMENT, nullable=False)]


def upgrade() -> None:
    for table, name in FLAGS:
        op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.update(TYPES).where(TYPES.c.code.in_(SOURCES)).values(is_source=sa.true()))
    op.execute(sa.update(TYPES).where(TYPES.c.code.in_(WITHHELD)).values(is_withheld=sa.true()))
    op.execute(sa.update(OBJECTS).where(OBJECTS.c.type.in_(WITHHELD)).values(is_withheld=sa.true()))
    create_vocabulary("field_kind", 20, KINDS)
    create_vocabulary("object_part", 20, ("leader", "person", "dedicated"))
    _asked()
    _known()


def _asked() -> None:
    op.create_table(
        "object_field",
        *words(sa.Column("code", sa.String(length=60), nullable=False), sa.Column("type", sa.String(length=40))),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("unit_zh", sa.String(length=20), nullable=False),
        sa.Column("unit_en", sa.String(length=20), nullable=False),
        *references("object_field", type="object_type.code", kind="field_kind.code"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_object_field")),
    )
    op.create_index(op.f("ix_object_field_type"), "object_field", ["type"])
    op.create_table(
        "field_choice",
        *words(
            sa.Column("asked", sa.String(length=60), nullable=False),
            sa.Column("code", sa.String(length=20), nullable=False),
        ),
        *references("field_choice", asked="object_field.code"),
        sa.PrimaryKeyConstraint("asked", "code", name=op.f("pk_field_choice")),
    )
    op.create_table(
        "object_stage",
        *words(
            sa.Column("code", sa.String(length=60), nullable=False),
            sa.Column("type", sa.String(length=40), nullable=False),
        ),
        *references("object_stage", type="object_type.code"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_object_stage")),
    )
    op.create_index(op.f("ix_object_stage_type"), "object_stage", ["type"])


def _known() -> None:
    op.create_table(
        "object_fact",
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        *said("said_by", "said_at"),
        *references("object_fact", object_id="patrol_object.id", field="object_field.code", said_by="person.id"),
        sa.PrimaryKeyConstraint("object_id", "field", name=op.f("pk_object_fact")),
    )
    op.create_table(
        "stage_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        *said("said_by", "said_at"),
        *references("stage_step", object_id="patrol_object.id", stage="object_stage.code", said_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_step")),
    )
    op.create_table(
        "object_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("post", sa.String(length=80), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        *said("named_by", "named_at"),
        *references("object_person", object_id="patrol_object.id", part="object_part.code", named_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_object_person")),
    )
    op.create_table(
        "object_attachment",
        sa.Column("attachment_id", UUID, nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        *references("object_attachment", attachment_id="attachment.id", object_id="patrol_object.id"),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_object_attachment")),
    )
    for table, *columns in (
        ("object_fact", "field", "value"), ("object_fact", "said_by"),
        ("stage_step", "object_id", "on", "id"), ("stage_step", "stage"), ("stage_step", "said_by"),
        ("object_person", "object_id"), ("object_person", "named_by"), ("object_attachment", "object_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    op.create_index(
        "ix_object_person_one", "object_person", ["object_id", "part"], unique=True, sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip


def downgrade() -> None:
    for table in ("object_fact", "stage_step", "object_person", "object_attachment"):
        refuse_any("0015", f"rows of {table}", f"select count(*) from {table}")
    refuse_any("0015", "key objects", "select count(*) from patrol_object where is_key")
    refuse_any(
        "0015", "matters of complaint, which it would show", "select count(*) from patrol_object where is_withheld"
    )
    for table in TABLES:
        op.drop_table(table)
    for vocabulary in ("object_part", "field_kind"):
        op.drop_table(vocabulary)
    for table, name in FLAGS:
        op.drop_column(table, name)
