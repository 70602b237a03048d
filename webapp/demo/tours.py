"""Rounds beside the villages' own lists: what officers look at without an object, and where township and county go."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from random import Random

from sqlalchemy.orm import Session

from ..patrol.service import PatrolEntry, VisitEntry, record
from ..patrol.topics import TopicEntry
from .people import Place
from .story import Story
from .things import new_id

OFTEN = 0.12  # of an officer's rounds say something of a topic
#: What an officer looks at on the way, and what he writes.
BY_THE_WAY = (
    TopicEntry("ban_burning", "normal", place="村东麦地", note="地头没有烧过的印子。"),
    TopicEntry("ban_burning", "normal"),
    TopicEntry("hazard", "normal", place="老油坊", note="废桶还在，没有漏。"),
    TopicEntry("diffuse", "normal", place="南坡果园"),
    TopicEntry("ban_smoking", "normal", place="集市口", note="有两户熏腊肉，都用了带罩的熏炉。"),
    TopicEntry("hazard", "could_not_see", "no_way", "后山旧矿洞", "下雨塌了一段路。"),
)
#: What township and county look at when they go round: their kind, days before the end, topics, and how many objects of
#: the village they come through.
TOWNSHIP = (
    ("irregular", 24, (TopicEntry("ecology", "normal", place="北山林地"),), 2),
    ("regular", 10, (TopicEntry("hazard", "problem", place="旧砖厂", note="堆了几十个没有标签的铁桶。"),), 3),
    ("irregular", 3, (TopicEntry("ban_burning", "normal", note="夜里转了一圈，没有火点。"),), 0),
)
COUNTY = (
    ("irregular", 16, (TopicEntry("water_source", "normal", place="取水口上游两公里"),), 1),
    ("irregular", 5, (TopicEntry("rural_cleanup", "normal"), TopicEntry("ecology", "normal", place="河滩")), 0),
)


def by_the_way(random: Random) -> tuple[TopicEntry, ...]:
    """What an officer looks at beside his list, most days nothing."""
    return (random.choice(BY_THE_WAY),) if random.random() < OFTEN else ()


def plan(story: Story) -> None:
    """In the sample's township and in the county, through the sample's village."""
    village = story.county.villages[story.county.sample_village]
    township = story.county.townships[village.township or 0]
    _planned(story, township.id, township.people[0], village, TOWNSHIP)
    _planned(story, story.county.root.id, story.county.office[0], village, COUNTY)


def _planned(
    story: Story,
    grid_id: int,
    person_id: int,
    village: Place,
    rounds: Iterable[tuple[str, int, tuple[TopicEntry, ...], int]],
) -> None:
    for kind, days, topics, objects in rounds:
        at = story.by_daylight_before(story.ends - timedelta(days=days))
        visits = tuple(VisitEntry(thing[0], "normal") for thing in village.objects[:objects])
        entry = PatrolEntry(new_id(), grid_id, at, visits, kind=kind, topics=topics)
        story.at(at, partial(_go, story, person_id, entry))


def _go(story: Story, person_id: int, entry: PatrolEntry, session: Session) -> None:
    record(session, story.actor(session, person_id), entry)
