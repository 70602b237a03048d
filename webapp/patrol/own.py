"""What of patrols is about one person, for the file that he gets of it."""

from sqlalchemy import or_
from sqlalchemy.orm import join

from ..core.errors import N_
from ..core.own import ME, OwnSheet, name, ready_word, shown, word_of
from ..grid.models import GridVersion
from .models import Patrol, PatrolObject, Visit

#: How an entry came to be: the words of the vocabulary.
MODES = {
    "on_the_day": N_("on the day"),
    "later": N_("entered later"),
    "for_someone": N_("entered for someone"),
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
OWN = (ROUNDS, VISITS)
