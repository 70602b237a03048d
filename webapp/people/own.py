"""What of accounts is about one person, for the file that he gets of it."""

from datetime import date

from sqlalchemy import and_
from sqlalchemy.orm import outerjoin

from ..core.errors import N_
from ..core.own import ME, OwnSheet, shown, word_of
from ..core.tongue import Tongue
from ..grid import queries as grids
from ..grid.models import GridVersion
from .models import ActingFor, Body, Person, Posting
from .queries import ONE_DAY
from .rules import ROLE_NAMES

LANGUAGES = {"zh": N_("Chinese"), "en": N_("English")}


def place(tongue: Tongue, *names: str | None) -> str:
    """Where somebody is posted, or for whom he speaks: the names of a grid or of a body."""
    return tongue.name(*names[:2]) or tongue.name(*names[2:])


def last_day(_tongue: Tongue, end: date | None) -> date | None:
    """The last day that counts; the tables keep the first that no longer does."""
    return end and end - ONE_DAY


def is_there(tongue: Tongue, value: int | None) -> str:
    """Whether there is one, without saying who: other people's names are in no such file."""
    return tongue.yes_no(value is not None)


ACCOUNT = OwnSheet(
    10,
    N_("Account"),
    Person,
    Person.id == ME,
    (
        shown(N_("Log-in name"), Person.login),
        shown(N_("Name in Chinese"), Person.zh),
        shown(N_("Name in English"), Person.en),
        shown(N_("Telephone"), Person.phone),
        shown(N_("Language of my pages"), Person.language, say=word_of(LANGUAGES)),
        shown(N_("Account made"), Person.created_at),
        shown(N_("Account suspended"), Person.suspended_at),
        shown(N_("Has to choose a new password"), Person.must_change),
        shown(N_("Sample account"), Person.is_demo),
    ),
    (Person.id,),
)
POSTINGS = OwnSheet(
    20,
    N_("Postings"),
    outerjoin(
        outerjoin(
            outerjoin(Posting, GridVersion, and_(GridVersion.grid_id == Posting.grid_id, grids.current())),
            Body,
            Body.id == Posting.body_id,
        ),
        ActingFor,
        ActingFor.posting_id == Posting.id,
    ),
    Posting.person_id == ME,
    (
        shown(N_("Role"), Posting.role, say=word_of(ROLE_NAMES)),
        shown(N_("Where"), GridVersion.zh, GridVersion.en, Body.zh, Body.en, say=place),
        shown(N_("First day"), Posting.valid_from),
        shown(N_("Last day"), Posting.valid_to, say=last_day),
        shown(N_("Given on"), Posting.granted_at),
        shown(N_("Acting for somebody"), ActingFor.person_id, say=is_there),
    ),
    (Posting.valid_from, Posting.id),
)
OWN = (ACCOUNT, POSTINGS)
