"""The cards of the invented county: one township has fixed most of its own, the rest is still to come. All invented."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ..card.models import UpperLink
from ..card.service import CardEntry, set_platform, write_card
from ..core import clock
from ..core.db import Store
from ..desk import settings
from ..people.queries import actor_of
from . import compounds
from .people import YEAR, County, Place

AS_CARD = {"town": "township"}  # kinds of the invented land that a card calls otherwise
BODIES = {
    "county": ("人民政府", " People's Government"),
    "township": ("人民政府", " Government"),
    "subdistrict": ("办事处", " Subdistrict Office"),
    "village": ("村委会", " village committee"),
    "community": ("居委会", " residents' committee"),
}
OFFICE: dict[str, Any] = {
    "duties_zh": "组织本辖区环境巡查，核查村里报来的问题，能办的自己办，办不了的报县里。",
    "duties_en": "Organises patrols in its area, checks what villages report, settles what it can, raises the rest.",
    "tasks_zh": "报来的问题两天内审核；办完的到现场核查。",
    "tasks_en": "Reviews each report within two days; looks on site at what was put right.",
    "rewards_zh": "工作好的，年底通报表扬。",
    "rewards_en": "Good work is commended at the end of the year.",
    "penalties_zh": "不核查就结案的，由县里约谈。",
    "penalties_en": "Who closes without checking is summoned by the county.",
    "post_zh": "分管环保副镇长",
    "post_en": "Deputy head for the environment",
    "leader_zh": "方志远",
    "leader_en": "Fang Zhiyuan",
}
VILLAGE: dict[str, Any] = {
    "duties_zh": "巡查村里的企业、养殖场、河段和秸秆地块；发现问题先劝，当天上报。",
    "duties_en": "Goes round enterprises, farms, river sections and straw fields; asks to stop, reports the same day.",
    "tasks_zh": "清单上的点位按时看；秋收时每天看秸秆地块。",
    "tasks_en": "Visits each object of the list in time; straw fields every day at harvest.",
    "rewards_zh": "评先进网格员时优先。",
    "rewards_en": "Comes first when the best officers are chosen.",
    "penalties_zh": "该报不报的，由镇里约谈。",
    "penalties_en": "Who does not report what he has to is summoned by the township.",
}
HEADS = {"village": ("村主任", "Village head"), "community": ("社区主任", "Head of the community")}
PLATFORM = {
    "owner": ("{}人民政府", "{} People's Government"),
    "operator": ("县生态环境分局", "Ecology and Environment Bureau"),
    "entry": ("各乡镇环保所", "Township offices"),
}


def write(store: Store, county: County) -> None:
    """The cards of the sample township and some of its villages, who stands above whom, and the platform."""
    home = county.townships[county.villages[county.sample_village].township or 0]
    since = clock.today() - YEAR
    with store.write() as session, clock.at(clock.start(since)):
        _links(session, county)
        office = actor_of(session, county.office[0])
        for part, (zh, en) in PLATFORM.items():
            set_platform(session, office, county.root.id, part, zh.format(county.root.zh), en.format(county.root.en))
        settings.save(session, office, "work", {"village_least": settings.Wish("0", "1")})
        township = actor_of(session, home.people[0])
        write_card(session, township, home.id, _card(home, OFFICE))
        villages = [county.villages[id_] for id_ in _of(county, home.id) if id_ != county.left]
        duties = {name: VILLAGE[name] for name in ("duties_zh", "duties_en")}
        for number, place in enumerate(villages):
            fixed = VILLAGE if number % 3 < 2 else duties  # in every third the rest is still to come
            head = dict(zip(("post_zh", "post_en"), HEADS[place.kind], strict=True)) if fixed is VILLAGE else {}
            write_card(session, township, place.id, _card(place, fixed | head))
        compounds.write(session, county, BODIES)


def _card(place: Place, fixed: dict[str, Any]) -> CardEntry:
    kind = AS_CARD.get(place.kind, place.kind)
    zh, en = BODIES[kind]
    day = clock.today()
    return CardEntry(kind, place.zh + zh, place.en + en, valid_from=day, published_on=day, **fixed)


def _links(session: Session, county: County) -> None:
    """An office's person for each village, and for each township but the last: that one is still to be named."""
    pairs = [(town.id, id_, town.people[0]) for town in county.townships.values() for id_ in _of(county, town.id)]
    pairs += [(county.root.id, id_, county.office[0]) for id_ in list(county.townships)[:-1]]
    named = {"from_on": clock.today(), "named_at": clock.now()}
    rows = [{"upper_id": upper, "lower_id": lower, "person_id": person, **named} for upper, lower, person in pairs]
    session.execute(insert(UpperLink), rows)


def _of(county: County, township: int) -> list[int]:
    """The villages of a township."""
    return [id_ for id_, place in county.villages.items() if place.township == township]
