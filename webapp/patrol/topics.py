"""What the texts want patrolled (topics), at which level and how, and what of it was looked at on a round without an
object. The county decides which level has which topic; what was delivered is our reading of the texts.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Row, Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.errors import N_, NotFound, Refused
from .models import ObjectType, PatrolTopic, TopicVisit, TypeTopic

LEVELS = ("county", "township", "village")  # columns of a topic, by the tier of a grid
LEVEL_NAMES = {"county": N_("County"), "township": N_("Township"), "village": N_("Village")}
#: How a level goes round for a topic.
RHYTHMS = {
    "regular": N_("regular"),
    "irregular": N_("irregular"),
    "both": N_("regular and irregular"),
    "unsaid": N_("the text does not say how"),
}
#: What a round is.
KINDS = {"regular": N_("Regular patrol"), "irregular": N_("Irregular patrol")}
CHANGED = N_("Someone changed this topic after you opened the page. It now stands as shown: save again to change it.")
LONGEST_PLACE, LONGEST_NOTE = 80, 300

_ROWS = insert(cast(Table, TopicVisit.__table__))
_CODES = select(PatrolTopic.code)


@dataclass(frozen=True)
class TopicEntry:
    """A topic that was looked at: ``reason`` (a ready word) only with could_not_see; the place in words, a sentence."""

    topic: str
    result: str
    reason: str | None = None
    place: str | None = None
    note: str | None = None


def level(tier: int) -> str:
    """The column of a topic that a grid of this tier goes by."""
    return LEVELS[min(tier, len(LEVELS)) - 1]


_OF_LEVEL = {
    name: select(PatrolTopic.code, PatrolTopic.zh, PatrolTopic.en)
    .where(getattr(PatrolTopic, name).is_not(None))
    .order_by(PatrolTopic.position, PatrolTopic.code)
    for name in LEVELS
}


def offered(db: Connection, tier: int) -> list[Row[Any]]:
    """Code and names of the topics of a grid of this tier, in their order."""
    return list(db.execute(_OF_LEVEL[level(tier)]))


def every(session: Session) -> list[PatrolTopic]:
    """All topics in their order."""
    return list(session.scalars(_EVERY))


_EVERY = select(PatrolTopic).order_by(PatrolTopic.position, PatrolTopic.code)


def types_of(session: Session) -> dict[str, list[ObjectType]]:
    """The types of objects that belong to each topic, by its code."""
    found: dict[str, list[ObjectType]] = {}
    for code, kind in session.execute(_TYPES):
        found.setdefault(code, []).append(kind)
    return found


_TYPES = (
    select(TypeTopic.topic, ObjectType)
    .join(ObjectType, ObjectType.code == TypeTopic.type)
    .order_by(ObjectType.position, ObjectType.code)
)


def choose(session: Session, actor: Actor, code: str, level_: str, drawn: str, rhythm: str) -> bool:
    """The county's own choice: how a level goes round for a topic, or (empty) that it does not; ``drawn`` is what stood
    on the page. Whether it was changed; Refused where somebody else chose otherwise meanwhile."""
    topic = session.get(PatrolTopic, code, with_for_update=True, populate_existing=True)
    if topic is None or level_ not in LEVELS:
        raise NotFound
    if rhythm and rhythm not in RHYTHMS:
        raise Refused(N_("Choose one."))
    before = getattr(topic, level_) or ""
    if rhythm in (drawn, before):
        return False
    if before != drawn:
        raise Refused(CHANGED)
    audit.note(
        session, actor.person_id, "topic.change", f"patrol_topic:{code}", level=level_, before=before, after=rhythm
    )
    setattr(topic, level_, rhythm or None)
    topic.changed_at, topic.changed_by = clock.now(), actor.person_id
    return True


# --- what was looked at on a round ---


def check(db: Connection, entries: Collection[TopicEntry]) -> None:
    """Refuse topics that there are not, one that stands twice, and texts that are too long. One that is no longer of
    the level is taken: it was looked at."""
    codes = {entry.topic for entry in entries}
    if len(codes) != len(entries) or not codes <= set(db.execute(_CODES).scalars()):
        raise Refused(N_("This form is damaged. Open it again."))
    if any(len(e.place or "") > LONGEST_PLACE or len(e.note or "") > LONGEST_NOTE for e in entries):
        raise Refused(N_("A place is at most 80 characters long, and a sentence at most 300."), field="topics")


def keep(db: Connection, patrol_id: uuid.UUID, entries: Collection[TopicEntry]) -> None:
    """Store them with their round. An id follows from the round's and the topic's, so a resend meets itself."""
    rows = [
        {
            "id": uuid.uuid5(patrol_id, f"topic:{entry.topic}"),
            "patrol_id": patrol_id,
            "topic": entry.topic,
            "result": entry.result,
            "reason": entry.reason,
            "place": entry.place,
            "note": entry.note,
        }
        for entry in entries
    ]
    db.execute(_ROWS, rows)


class Looked(NamedTuple):
    """A topic that was looked at on a round."""

    visit: TopicVisit
    topic: PatrolTopic


def of_round(session: Session, patrol_id: uuid.UUID) -> list[Looked]:
    """What was looked at on a round beside its objects, in the order of the topics."""
    return [Looked(*row) for row in session.execute(_OF_ROUND, {"patrol_id": patrol_id})]


_OF_ROUND = (
    select(TopicVisit, PatrolTopic)
    .join(PatrolTopic, PatrolTopic.code == TopicVisit.topic)
    .where(TopicVisit.patrol_id == bindparam("patrol_id"))
    .order_by(PatrolTopic.position, PatrolTopic.code)
)


def said(db: Connection, patrol_id: uuid.UUID) -> set[TopicEntry]:
    """The same as it was sent."""
    columns = (TopicVisit.topic, TopicVisit.result, TopicVisit.reason, TopicVisit.place, TopicVisit.note)
    return {TopicEntry(*row) for row in db.execute(select(*columns).where(TopicVisit.patrol_id == patrol_id))}


def results(session: Session, patrols: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """How often each result stands in these rounds beside their objects."""
    counted: dict[uuid.UUID, dict[str, int]] = {}
    rows = session.execute(
        select(TopicVisit.patrol_id, TopicVisit.result, func.count())
        .where(TopicVisit.patrol_id.in_(patrols))
        .group_by(TopicVisit.patrol_id, TopicVisit.result)
    )
    for patrol_id, result, number in rows:
        counted.setdefault(patrol_id, {})[result] = number
    return counted
