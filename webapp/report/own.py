"""What of reports is about one person, for the file that he gets of it: what he found, entered, wrote and sent.

What others did with his reports is theirs. Where somebody else has added to the place of one, or put another position
in the place of the first, the file has what was there before.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import aliased, join, outerjoin

from ..core.errors import N_
from ..core.models import Attachment
from ..core.own import ME, OwnColumn, OwnSheet, name, ready_word, shown, word_of
from ..core.tongue import Tongue
from ..duty.models import ProblemType
from ..grid.models import GridVersion
from ..patrol.own import MODES
from ..people.models import Body
from ..people.rules import ROLE_NAMES
from . import labels
from .given import TYPED, Given
from .models import ADDED, Report, ReportAttachment, ReportEvent, ReportProblem, SiteLook

KINDS = {"image": N_("Photo"), "document": N_("Document")}
ANSWERS = {answer: word for answer, (word, _tone) in labels.LOOK_ANSWERS.items()}
NUMBER = shown(N_("Report no."), Report.number)
WHERE = shown(N_("Village"), GridVersion.zh, GridVersion.en, say=name)


def _added(said: str) -> Any:
    """What somebody else was the first to add of a kind: the facts of that step."""
    other = aliased(ReportEvent, name="added")
    found = select(other.given).where(
        other.report_id == Report.id,
        other.action == "supplement",
        other.person_id != ME,
        other.given[said].as_string().is_not(None),
    )
    return found.order_by(other.seq).limit(1).scalar_subquery()


def _problems(name_: Any, between: str) -> Any:
    """The problem types, as long as nobody else has corrected them."""
    other = aliased(ReportEvent)
    is_corrected = exists().where(
        other.report_id == Report.id, other.action == "correct", or_(other.person_id != ME, other.person_id.is_(None))
    )
    found = select(func.aggregate_strings(name_, between)).join(
        ReportProblem, ReportProblem.problem == ProblemType.code
    )
    return case((~is_corrected, found.where(ReportProblem.report_id == Report.id).scalar_subquery()))


def first_place(_tongue: Tongue, now: str, added: Mapping[str, Any] | None) -> str:
    """The place as it was before somebody else added to it."""
    return now.partition(ADDED)[0] if added else now


def _position(heading: str, at: int, now: Any) -> OwnColumn:
    """A part of the position, as it was before somebody else put another in its place."""

    def first(_tongue: Tongue, value: float | None, added: Mapping[str, Any] | None) -> float | None:
        before = (added or {}).get("point_before") or [None, None, None]
        return before[at] if added else value

    return shown(heading, now, _added("lon"), say=first)


REPORTS = OwnSheet(
    70,
    N_("Reports"),
    join(Report, GridVersion, GridVersion.id == Report.grid_version_id),
    or_(Report.found_by == ME, Report.entered_by == ME),
    (
        NUMBER,
        shown(N_("When"), Report.occurred_at),
        WHERE,
        shown(N_("I found it"), Report.found_by == ME),
        shown(N_("I entered it"), Report.entered_by == ME),
        shown(N_("How it was entered"), Report.entry_mode, say=word_of(MODES)),
        shown(N_("Received at"), Report.received_at),
        shown(N_("Where it is"), Report.place, _added("place"), say=first_place),
        shown(N_("Problems"), _problems(ProblemType.zh, "、"), _problems(ProblemType.en, ", "), say=name),
        _position(N_("Longitude"), 0, Report.lon),
        _position(N_("Latitude"), 1, Report.lat),
        _position(N_("Accuracy in metres"), 2, Report.accuracy_m),
        shown(N_("Coordinates were typed as"), Report.crs),
        shown(N_("How bad"), Report.severity, say=ready_word("severity")),
        shown(N_("What was done first"), Report.first_measure, say=ready_word("first_measure")),
        shown(N_("Note"), Report.note),
    ),
    (Report.received_at, Report.number),
)


# --- steps ---


def action(tongue: Tongue, code: str, target: str | None) -> str:
    """The word of a button or of an act beside the state."""
    return tongue.among(labels.ACTIONS, known if (known := f"{code}:{target}") in labels.ACTIONS else code)


def typed(tongue: Tongue, given: Any) -> str:
    """All that he wrote there."""
    return tongue.listed([Given(given).text(field) for field in TYPED])


def chosen(tongue: Tongue, given: Any) -> str:
    """What he picked among ready words."""
    said = Given(given)
    missing = [tongue.ready_word("return_missing", code) for code in said.texts("missing")]
    result, answer = tongue.ready_word("result", said.text("result")), tongue.among(ANSWERS, said.text("answer"))
    return tongue.listed([*missing, result, answer])


def _number_given(heading: str, field: str) -> OwnColumn:
    """A number that the step brought along, such as a part of a position."""

    def said(_tongue: Tongue, given: Any) -> float | None:
        value = given.get(field) if isinstance(given, Mapping) else None
        return value if isinstance(value, int | float) else None

    return shown(heading, ReportEvent.given, say=said)


STEPS = OwnSheet(
    80,
    N_("My steps of reports"),
    outerjoin(join(ReportEvent, Report, Report.id == ReportEvent.report_id), Body, Body.id == ReportEvent.body_id),
    ReportEvent.person_id == ME,
    (
        shown(N_("When"), ReportEvent.at),
        NUMBER,
        shown(N_("Role"), ReportEvent.role, say=word_of(ROLE_NAMES)),
        shown(N_("For"), Body.zh, Body.en, say=name),
        shown(N_("What"), ReportEvent.action, ReportEvent.to_state, say=action),
        shown(N_("State before"), ReportEvent.from_state, say=word_of(labels.STATES)),
        shown(N_("State after"), ReportEvent.to_state, say=word_of(labels.STATES)),
        shown(N_("What I chose"), ReportEvent.given, say=chosen),
        shown(N_("What I wrote"), ReportEvent.given, say=typed),
        _number_given(N_("Longitude"), "lon"),
        _number_given(N_("Latitude"), "lat"),
        _number_given(N_("Accuracy in metres"), "accuracy_m"),
    ),
    (ReportEvent.at, ReportEvent.id),
)


# --- beside them ---


def _if(mine: Any, heading: str, column: Any, **more: Any) -> OwnColumn:
    """What stands there, where it was he who asked, or who answered."""
    return shown(heading, case((mine == ME, column)), **more)


LOOKS = OwnSheet(
    90,
    N_("Site visits"),
    join(
        join(SiteLook, Report, Report.id == SiteLook.report_id), GridVersion, GridVersion.id == Report.grid_version_id
    ),
    or_(SiteLook.asked_by == ME, SiteLook.answered_by == ME),
    (
        NUMBER,
        WHERE,
        _if(SiteLook.asked_by, N_("I asked"), SiteLook.asked_at),
        _if(SiteLook.asked_by, N_("My question"), SiteLook.question),
        _if(SiteLook.answered_by, N_("I answered"), SiteLook.answered_at),
        _if(SiteLook.answered_by, N_("My answer"), SiteLook.answer, say=word_of(ANSWERS)),
        _if(SiteLook.answered_by, N_("Note"), SiteLook.note),
    ),
    (SiteLook.asked_at, SiteLook.id),
)
FILES = OwnSheet(
    100,
    N_("Photos and documents I sent"),
    outerjoin(
        outerjoin(Attachment, ReportAttachment, ReportAttachment.attachment_id == Attachment.id),
        Report,
        Report.id == ReportAttachment.report_id,
    ),
    Attachment.received_by == ME,
    (
        shown(N_("Received at"), Attachment.received_at),
        NUMBER,
        shown(N_("Kind"), Attachment.kind, say=word_of(KINDS)),
        shown(N_("File name"), Attachment.name),
        shown(N_("Format"), Attachment.media_type),
        shown(N_("Size in bytes"), Attachment.size),
        shown(N_("Width of the picture"), Attachment.width),
        shown(N_("Height of the picture"), Attachment.height),
    ),
    (Attachment.received_at, Attachment.id),
)
OWN = (REPORTS, STEPS, LOOKS, FILES)
