"""What officers propose for their lists: two that wait for the sample's township, one accepted, one declined."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from ..patrol import proposing
from ..patrol.proposing import ProposalEntry
from .people import Place
from .story import Story
from .things import new_id

DAY = timedelta(days=1)
FARM = "livestock_farm"


def plan(story: Story) -> None:
    """In the last days of the story, in the sample's village and beside it."""
    village = story.county.villages[story.county.sample_village]
    _, type_, name, *_ = village.objects[0]
    pit = {"type": "waste_point", "zh": "村口土坑", "why": "下雨天积污水，有人往里倒垃圾。"}
    twice = {"type": type_, "zh": f"{name}东侧", "why": "上次路过看到的。"}
    shredder = {"type": "enterprise", "zh": "老校园粉碎机", "why": "租给外村人粉碎秸秆，夜里开。"}
    _proposed(story, village, 12, twice, f"就是清单上的“{name}”，巡查时一并看。")
    _proposed(story, village, 6, pit, accepted=True)
    _proposed(story, village, 2, shredder)
    beside = [each for each in story.county.villages.values() if each.township == village.township and each != village]
    farms = ((other, thing[0]) for other in beside for thing in other.objects if thing[1] == FARM)
    for other, farm in list(farms)[:1]:
        _proposed(story, other, 1, {"object_id": farm, "why": "猪已卖完，主人改行开货车，不再养了。"})


def _proposed(
    story: Story, village: Place, days: int, says: dict[str, Any], why_not: str = "", *, accepted: bool = False
) -> None:
    """So many days before the end; answered on the next, if at all."""
    at = story.by_daylight_before(story.ends - days * DAY)
    made: list[uuid.UUID] = []
    story.at(at, partial(_propose, story, village, says, made))
    if accepted or why_not:
        story.at(story.at_a_desk(at + DAY / 2), partial(_answer, story, village, made, why_not))


def _propose(story: Story, village: Place, says: dict[str, Any], made: list[uuid.UUID], session: Session) -> None:
    entry = ProposalEntry(new_id(), village.id, **says)
    proposing.propose(session, story.actor(session, village.people[0]), entry)
    made.append(entry.id)


def _answer(story: Story, village: Place, made: list[uuid.UUID], why_not: str, session: Session) -> None:
    office = story.actor(session, story.county.townships[village.township or 0].people[0])
    if why_not:
        proposing.decline(session, office, made[0], why_not)
    else:
        proposing.accept(session, office, made[0])
