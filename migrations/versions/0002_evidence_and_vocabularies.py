"""Photos become attachments, which may belong to anything; the role ``evaluator`` becomes ``inspector``."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_attachments()
    photos_to_attachments()
    rename_role("evaluator", "inspector")


def downgrade() -> None:
    rename_role("inspector", "evaluator")
    create_photo()
    attachments_to_photos()


def create_attachments() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("copy", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["received_by"], ["person.id"], name=op.f("fk_attachment_received_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_table(
        "report_attachment",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_report_attachment_attachment_id")),
        sa.ForeignKeyConstraint(["event_id"], ["report_event.id"], name=op.f("fk_report_attachment_event_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_attachment_report_id")),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_report_attachment")),
    )


def photos_to_attachments() -> None:
    """When and from whom a photo came is known from the report or the move that it came with; its size is not."""
    op.execute(
        """insert into attachment (id, kind, sha256, copy, size, width, height, media_type, name, received_at, received_by)
           select photo.id, 'image', photo.sha256, photo.copy, null, width, height, 'image/jpeg', null,
             case when event_id is null then report.received_at else report_event.at end,
             case when event_id is null then report.entered_by else report_event.person_id end
           from photo join report on report.id = photo.report_id
             left join report_event on report_event.id = photo.event_id"""
    )
    op.execute(
        """insert into report_attachment (attachment_id, report_id, event_id, position)
           select id, report_id, event_id, position from photo"""
    )
    op.drop_table("photo")
    op.create_index(op.f("ix_report_attachment_report_id"), "report_attachment", ["report_id"])


def create_photo() -> None:
    """As it stood in 0001."""
    op.create_table(
        "photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("copy", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["report_event.id"], name=op.f("fk_photo_event_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_photo_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )


def attachments_to_photos() -> None:
    """Refuses what 0001 has no place for, instead of losing it."""
    connection = op.get_bind()
    left = connection.scalar(
        sa.text(
            """select count(*) from attachment where kind <> 'image'
               or id not in (select attachment_id from report_attachment)"""
        )
    )
    if left:
        raise RuntimeError(
            f"0001 has no place for {left} attachments that are no photos of reports; nothing was changed"
        )
    op.execute(
        """insert into photo (id, report_id, event_id, sha256, copy, width, height, position)
           select id, report_id, event_id, sha256, copy, width, height, position
           from report_attachment join attachment on attachment.id = attachment_id"""
    )
    op.drop_table("report_attachment")
    op.drop_table("attachment")
    op.create_index(op.f("ix_photo_report_id"), "photo", ["report_id"])


def rename_role(old: str, new: str) -> None:
    """In postings, in the history, and in the log, whose lines go on saying what they said."""
    connection = op.get_bind()
    for name in ("posting", "report_event"):
        column: sa.ColumnClause[str] = sa.column("role")
        connection.execute(sa.update(sa.table(name, column)).where(column == old).values(role=new))
    key: sa.ColumnClause[int] = sa.column("id")
    detail: sa.ColumnClause[Any] = sa.column("detail", sa.JSON())
    log = sa.table("audit_log", key, detail)
    naming = sa.select(key, detail).select_from(log).where(sa.cast(detail, sa.Text).like(f'%"{old}"%'))
    for id_, given in connection.execute(naming).all():
        if given.get("role") == old:
            connection.execute(sa.update(log).where(key == id_).values(detail=given | {"role": new}))
