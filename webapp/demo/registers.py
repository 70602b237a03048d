"""What offices know of their objects: some files are full, some say little, some sources have nobody who answers."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from ..core import clock
from ..patrol import service as patrol
from ..register import service
from ..register.service import FileEntry, PersonEntry, StepEntry
from .people import Place
from .story import Story

DAY = timedelta(days=1)
#: What the office of a township writes of the objects of a type, one after the other: who has a file says most.
FILES: dict[str, tuple[dict[str, str], ...]] = {
    "enterprise": (
        {"permit": "简化管理", "permit_no": "省排许0417号", "pollutants": "颗粒物", "state": "在用在产"},
        {"permit": "登记管理", "pollutants": "粉尘、噪声"},
    ),
    "livestock_farm": (
        {"scale": "规模化", "animals": "猪", "heads": "1200", "manure": "沼气池，还田", "risk_area": "是"},
        {"scale": "规模以下", "animals": "羊", "heads": "60"},
    ),
    "water_source": ({"supply": "集中式", "people": "3400", "zone": "已划定一级保护区", "risk_area": "是"},),
    "construction_site": (
        {"fenced": "是", "cameras": "否", "wheel_wash": "是", "sprinkling": "是", "earthwork": "是"},
        {"fenced": "是", "cameras": "是"},
    ),
    "straw_plot": ({"area_mu": "45", "crop": "玉米", "prone": "是"},),
}
#: Of every four sources three have a leader and two a person besides.
NAMED = (("leader", "person"), ("leader",), ("leader", "person"), ())
PEOPLE = {
    "leader": (("陈志明", "刘桂兰", "孙德海"), "副镇长"),
    "person": (("周立国", "何秀英", "马长青", "郭建平"), "村环保专干"),
}
WATERS = (("listed", 50), ("treated", 41), ("compliant", 20), ("returned", 4))


def plan(story: Story) -> None:
    """In the second week of the story, so that a reader of the files finds them kept for a while."""
    at = story.at_a_desk(story.ends - 44 * DAY)
    for number, township in enumerate(sorted(story.county.townships)):
        story.at(story.at_a_desk(at + number * DAY / 24), partial(_written, story, township))
    story.at(story.at_a_desk(story.ends - 40 * DAY), partial(_named, story))
    village = story.county.villages[story.county.sample_village]
    _black_water(story, village)
    story.at(story.at_a_desk(story.ends - 9 * DAY), partial(_dispute, story, village))


def _office(story: Story, session: Session, village: Place) -> Any:
    return story.actor(session, story.county.townships[village.township or 0].people[0])


def _of(story: Story, type_: str) -> Iterator[tuple[Place, int]]:
    """The objects of a type with their villages."""
    for village in story.county.villages.values():
        yield from ((village, thing[0]) for thing in village.objects if thing[1] == type_)


def _written(story: Story, township: int, session: Session) -> None:
    for type_, files in FILES.items():
        mine = [(village, id_) for village, id_ in _of(story, type_) if village.township == township]
        for (village, id_), said in zip(mine, files, strict=False):
            typed = {key if key == "state" else f"{type_}.{key}": value for key, value in said.items()}
            service.write(session, _office(story, session, village), id_, FileEntry(False, typed))


def _named(story: Story, session: Session) -> None:
    for type_ in ("enterprise", "livestock_farm", "construction_site"):
        for number, (village, id_) in enumerate(_of(story, type_)):
            for part in NAMED[number % len(NAMED)]:
                _name(story, session, village, id_, part)


def _name(story: Story, session: Session, village: Place, id_: int, part: str) -> None:
    """Leaders are of the township, persons of the village; nobody of these names exists."""
    names, post = PEOPLE[part]
    entry = PersonEntry(part, names[village.id % len(names)], post, clock.today() - DAY)
    service.name_person(session, _office(story, session, village), id_, entry)


def _black_water(story: Story, village: Place) -> None:
    """A pond that was put right, and is black again."""
    made: list[int] = []
    at = story.at_a_desk(story.ends - 51 * DAY)
    story.at(at, partial(_listed, story, village, made))
    for stage, days in WATERS:  # two days on which no desk is open lead to one morning, where each keeps its turn
        at = max(at, story.at_a_desk(story.ends - days * DAY))
        story.at(at, partial(_stage, story, village, made, stage))


def _listed(story: Story, village: Place, made: list[int], session: Session) -> None:
    office = _office(story, session, village)
    lon, lat = village.objects[0][3:]
    water = patrol.add_object(session, office, village.id, "black_water", "村南坑塘", "South Pond", lon, lat)
    typed = {"black_water.area_m2": "800", "black_water.announced": "是", "black_water.rubbish": "是"}
    service.write(session, office, water.id, FileEntry(True, typed))
    made.append(water.id)
    village.objects.append((water.id, water.type, water.zh, lon, lat))  # from now on it is walked
    story.seen[water.id] = clock.now()


def _stage(story: Story, village: Place, made: list[int], stage: str, session: Session) -> None:
    note = {"returned": "上游管道又有污水流入。"}.get(stage, "")
    entry = StepEntry(f"black_water.{stage}", clock.today(), note)
    service.enter_stage(session, _office(story, session, village), made[0], entry)


def _dispute(story: Story, village: Place, session: Session) -> None:
    """A matter of complaint, which the village does not see."""
    office = _office(story, session, village)
    matter = patrol.add_object(session, office, village.id, "dispute_point", "养殖臭味纠纷", "Dispute about farm smell")
    typed = {"dispute_point.matter": "两家因养殖臭味争执，村委会调解过一次。"}
    service.write(session, office, matter.id, FileEntry(False, typed))
