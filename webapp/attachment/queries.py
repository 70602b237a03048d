"""What attachments belong to. One table of owners; who may see an attachment is whoever may see one of its owners.

A new owner is a link table in its domain (``attachment_id`` to ``attachment.id``, and whose it is) and a row of OWNERS.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Select, or_, select
from sqlalchemy.orm import Session

from ..access import Actor, Condition
from ..core.errors import NotFound
from ..core.models import Attachment
from ..patrol.models import PatrolObject
from ..register import queries as register_queries
from ..register.models import ObjectAttachment
from ..report import queries as report_queries
from ..report.models import Report, ReportAttachment


@dataclass(frozen=True)
class Owner:
    """Something that attachments belong to, and its link table.

    ``read(actor)`` selects the ids of the attachments whose owner the actor may see; ``named`` the id of every
    attachment with what people call its owner.
    """

    name: str
    link: FromClause
    read: Callable[[Actor], Select[uuid.UUID]]
    named: Select[uuid.UUID, str]


OWNERS: tuple[Owner, ...] = (
    Owner(
        "report",
        ReportAttachment.__table__,
        report_queries.attachments_read,
        select(ReportAttachment.attachment_id, Report.number).join(Report, Report.id == ReportAttachment.report_id),
    ),
    Owner(
        "object",
        ObjectAttachment.__table__,
        register_queries.attachments_read,
        select(ObjectAttachment.attachment_id, PatrolObject.zh).join(
            PatrolObject, PatrolObject.id == ObjectAttachment.object_id
        ),
    ),
)


def one(session: Session, actor: Actor, attachment_id: uuid.UUID, owners: Sequence[Owner] | None = None) -> Attachment:
    """An attachment of something that the actor may see, else NotFound."""
    may = or_(*(_is_read(owner, actor) for owner in (OWNERS if owners is None else owners)))
    found = session.scalar(select(Attachment).where(Attachment.id == attachment_id, may))
    if found is None:
        raise NotFound
    return found


def _is_read(owner: Owner, actor: Actor) -> Condition:
    return owner.read(actor).where(owner.link.c.attachment_id == Attachment.id).correlate(Attachment).exists()


def names(session: Session, which: Condition) -> list[str]:
    """What the attachments that meet a condition belong to, as people call it: "report 2026-00412"."""
    return [f"{owner.name} {name}" for owner in OWNERS for name in _names(session, owner, which)]


def _names(session: Session, owner: Owner, which: Condition) -> list[str]:
    named = owner.named.subquery()
    id_, name = named.columns
    rows: Any = session.scalars(
        select(name).distinct().join(Attachment, Attachment.id == id_).where(which).order_by(name)
    )
    return list(rows)


def without_owner(session: Session) -> list[uuid.UUID]:
    """Attachments that no link table names: nobody can see them. No act of the program leaves one."""
    named = or_(
        *(
            select(owner.link.c.attachment_id).where(owner.link.c.attachment_id == Attachment.id).exists()
            for owner in OWNERS
        )
    )
    return list(session.scalars(select(Attachment.id).where(~named).order_by(Attachment.id)))
