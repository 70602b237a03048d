"""The compounds of one community of the invented county's first subdistrict, as unit grids. All invented."""

from sqlalchemy.orm import Session

from ..access import Actor
from ..card import units
from ..card.queries import newest
from ..card.service import CardEntry, name_upper, write_card
from ..core import clock
from ..core.tables import table
from ..grid.units import Unit
from ..people.queries import actor_of
from .people import County, Place

COMPOUNDS = table("""
zh        en              person  person_en     post      post_en
锦绣花园  Jinxiu_Garden   韩秀英  Han_Xiuying   楼长      Head_of_the_buildings
县医院家属院  Hospital_Yard  邓国强  Deng_Guoqiang  物业经理  Property_manager
育才小区  Yucai_Estate    -       -             -         -
""")
DUTIES = (
    "看小区里的垃圾分类、油烟和装修噪声；发现问题先劝，劝不住的告诉社区网格员。",
    "Watches rubbish, cooking smoke and noise of building work; asks to stop, else tells the community's officer.",
)


def write(session: Session, county: County, bodies: dict[str, tuple[str, str]]) -> None:
    """A subdistrict, its first community, and what is fixed for the compounds of this one; one is still to come."""
    town = next(place for place in county.townships.values() if place.kind == "subdistrict")
    community = next(
        place for place in county.villages.values() if (place.township, place.kind) == (town.id, "community")
    )
    office = actor_of(session, town.people[0])
    for place in (place for place in (town, community) if newest(session, place.id) is None):
        zh, en = bodies[place.kind]
        card = CardEntry(place.kind, place.zh + zh, place.en + en, valid_from=clock.today())
        write_card(session, office, place.id, card)
    english = [row["en"].replace("_", " ") for row in COMPOUNDS]
    given = [Unit(community.id, "", row["zh"], en) for row, en in zip(COMPOUNDS, english, strict=True)]
    for id_, row in zip(units.add(session, office, given), COMPOUNDS, strict=True):
        if row["person"] != "-":
            _fix(session, office, community, id_, row)


def _fix(session: Session, office: Actor, community: Place, unit_id: int, row: dict[str, str]) -> None:
    day = clock.today()
    zh, en, post_zh, post_en = (row[name].replace("_", " ") for name in ("person", "person_en", "post", "post_en"))
    units.name_person(session, office, unit_id, units.PersonEntry(zh, en, post_zh, post_en, day))
    name_upper(session, office, unit_id, community.people[0], day)
    write_card(session, office, unit_id, CardEntry("unit", duties_zh=DUTIES[0], duties_en=DUTIES[1], valid_from=day))
