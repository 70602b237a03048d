"""What of patrols is about one person, for the file that he gets of it."""

from sqlalchemy import or_
from sqlalchemy.orm import join, outerjoin

from ..core.errors import N_
from ..core.own import ME, OwnSheet, name, ready_word, shown, word_of
from ..grid.models import GridVersion
from .models import FrequencyRule, ObjectProposal, ObjectType, Patrol, PatrolObject, PatrolTopic, TopicVisit, Visit
from .topics import KINDS as PATROL_KINDS

#: How an entry came to be: the words of the vocabulary.
MODES = {
    "on_the_day": N_("on the day"),
    "later": N_("entered later"),
    "for_someone": N_("entered for someone"),
    "handed_in": N_("handed in as a file"),
}
RESULTS = {"normal": N_("Normal"), "problem": N_("Problem"), "could_not_see": N_("Could not check")}
MINE = or_(Patrol.person_id == ME, Patrol.entered_by == ME)
VILLAGE = shown(N_("Village"), GridVersion.zh, GridVersion.en, say=name)
ROUND = join(Patrol, GridVersion, GridVersion.id == Patrol.grid_version_id)

ROUNDS = OwnSheet(
    60,
    N_("Patrols"),
    ROUND,
    MINE,
    (
        shown(N_("When"), Patrol.occurred_at),
        VILLAGE,
        shown(N_("I went there"), Patrol.person_id == ME),
        shown(N_("I entered it"), Patrol.entered_by == ME),
        shown(N_("How it was entered"), Patrol.entry_mode, say=word_of(MODES)),
        shown(N_("Received at"), Patrol.received_at),
        shown(N_("Kind of patrol"), Patrol.kind, say=word_of(PATROL_KINDS)),
        shown(N_("Note"), Patrol.note),
        shown(N_("Longitude"), Patrol.lon),
        shown(N_("Latitude"), Patrol.lat),
        shown(N_("Accuracy in metres"), Patrol.accuracy_m),
    ),
    (Patrol.occurred_at, Patrol.id),
)
VISITS = OwnSheet(
    61,
    N_("Visits"),
    join(join(ROUND, Visit, Visit.patrol_id == Patrol.id), PatrolObject, PatrolObject.id == Visit.object_id),
    MINE,
    (
        shown(N_("When"), Visit.at),
        VILLAGE,
        shown(N_("Object"), PatrolObject.zh, PatrolObject.en, say=name),
        shown(N_("Result"), Visit.result, say=word_of(RESULTS)),
        shown(N_("Reason"), Visit.reason, say=ready_word("could_not_see")),
    ),
    (Visit.at, Visit.id),
)
TOPICS = OwnSheet(
    63,
    N_("Topics looked at"),
    join(join(ROUND, TopicVisit, TopicVisit.patrol_id == Patrol.id), PatrolTopic, PatrolTopic.code == TopicVisit.topic),
    MINE,
    (
        shown(N_("When"), Patrol.occurred_at),
        VILLAGE,
        shown(N_("Topic"), PatrolTopic.zh, PatrolTopic.en, say=name),
        shown(N_("Result"), TopicVisit.result, say=word_of(RESULTS)),
        shown(N_("Reason"), TopicVisit.reason, say=ready_word("could_not_see")),
        shown(N_("Place"), TopicVisit.place),
        shown(N_("Note"), TopicVisit.note),
    ),
    (Patrol.occurred_at, TopicVisit.id),
)
KINDS = {"add": N_("put on the list"), "stop": N_("take off the list")}
PROPOSALS = OwnSheet(
    62,
    N_("Proposed objects"),
    outerjoin(ObjectProposal, PatrolObject, PatrolObject.id == ObjectProposal.object_id),
    or_(ObjectProposal.made_by == ME, ObjectProposal.answered_by == ME),
    (
        shown(N_("When"), ObjectProposal.made_at),
        shown(N_("I proposed it"), ObjectProposal.made_by == ME),
        shown(N_("What"), ObjectProposal.kind, say=word_of(KINDS)),
        shown(N_("Object"), PatrolObject.zh, PatrolObject.en, say=name),
        shown(N_("Proposed name"), ObjectProposal.zh),
        shown(N_("Comment"), ObjectProposal.why),
        shown(N_("Longitude"), ObjectProposal.lon),
        shown(N_("Latitude"), ObjectProposal.lat),
        shown(N_("Accepted"), ObjectProposal.is_accepted),
        shown(N_("Answer"), ObjectProposal.answer),
        shown(N_("Answered at"), ObjectProposal.answered_at),
    ),
    (ObjectProposal.made_at, ObjectProposal.id),
)
FREQUENCIES = OwnSheet(
    132,
    N_("Frequencies that I set"),
    join(FrequencyRule, ObjectType, ObjectType.code == FrequencyRule.type),
    FrequencyRule.changed_by == ME,
    (
        shown(N_("When"), FrequencyRule.changed_at),
        shown(N_("Object type"), ObjectType.zh, ObjectType.en, say=name),
        shown(N_("Source"), FrequencyRule.source),
    ),
    (FrequencyRule.changed_at, FrequencyRule.id),
)
OWN = (ROUNDS, VISITS, PROPOSALS, TOPICS, FREQUENCIES)
