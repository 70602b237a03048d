"""What of the cards is about one person, for the file that he gets of it."""

from sqlalchemy import and_
from sqlalchemy.orm import join

from ..core.errors import N_
from ..core.own import ME, OwnSheet, acts, name, shown, word_of
from ..grid import queries as grids
from ..grid.models import GridVersion
from ..people.own import last_day
from .labels import PARTS
from .models import GridCard, PlatformRole, UnitPerson, UpperLink

_OF_LOWER = and_(GridVersion.grid_id == UpperLink.lower_id, grids.current())
NAMED = OwnSheet(
    150,
    N_("Grids below that I stand for"),
    join(UpperLink, GridVersion, _OF_LOWER),
    UpperLink.person_id == ME,
    (
        shown(N_("Grid"), GridVersion.zh, GridVersion.en, say=name),
        shown(N_("First day"), UpperLink.from_on),
        shown(N_("Last day"), UpperLink.to_on, say=last_day),
    ),
    (UpperLink.id,),
)
WRITTEN = acts(
    151,
    N_("Grid cards that I wrote"),
    *(GridCard.said_by, GridCard.said_at),
    shown(N_("Responsible body"), GridCard.body_zh, GridCard.body_en, say=name),
)
NAMING = acts(
    152,
    N_("Persons that I named"),
    *(UpperLink.named_by, UpperLink.named_at),
    shown(N_("First day"), UpperLink.from_on),
)
PLATFORM = acts(
    153,
    N_("Parts of the platform I set"),
    *(PlatformRole.said_by, PlatformRole.said_at),
    shown(N_("Part"), PlatformRole.part, say=word_of(PARTS)),
    shown(N_("Body"), PlatformRole.zh, PlatformRole.en, say=name),
)
UNITS = acts(
    154,
    N_("Unit grid persons that I named"),
    *(UnitPerson.said_by, UnitPerson.said_at),
    shown(N_("First day"), UnitPerson.from_on),
)
OWN = (NAMED, WRITTEN, NAMING, PLATFORM, UNITS)
