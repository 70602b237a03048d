"""Eight weeks of work, told day by day through the services: rounds in the morning, desks during the day."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import partial

from sqlalchemy.orm import Session

from ..core import clock
from ..core.calendar import load
from ..core.db import Store
from ..core.files import PhotoFile
from ..patrol import frequencies
from ..patrol.service import PatrolEntry, VisitEntry, record
from . import desks, ledgers, often, proposals, reform, registers, tours
from .people import County, Place
from .story import Story, Thing
from .things import new_id

WEEKS = 8
SAMPLE_RESTS = 9  # days the sample officer has not walked, so that a visitor finds something due


def told(store: Store, county: County, photo: PhotoFile) -> Iterator[int]:
    """Tell it; yields the number of each week that is over. One transaction a day. ``photo`` is the only one."""
    ends, first = clock.now(), clock.today() - timedelta(weeks=WEEKS)
    with store.read() as session:
        calendar = load(session, time(18))
        rules = frequencies.rules(session)
    story = Story(county, calendar, rules, ends, desks.expect, photo)
    _before(story, first)
    desks.set_scene(story)
    proposals.plan(story)
    registers.plan(story)
    tours.plan(story)
    often.plan(story)
    ledgers.plan(story)
    for number in range(WEEKS * 7 + 1):
        on = first + timedelta(days=number)
        if number == WEEKS * 7 * 5 // 8:
            county.villages.update(reform.merge(store, county, on))
            story.actors.clear()
        with store.write() as session:
            story.rules = frequencies.rules(session)
            _morning(story, on)
            story.run_until(session, min(clock.start(on + timedelta(days=1)), ends))
        if number % 7 == 6:
            yield number // 7 + 1


def _before(story: Story, first: date) -> None:
    """When each object was seen last before the story: some day within its interval."""
    for village in story.county.villages.values():
        for id_, type_, *_ in village.objects:
            often = story.rules.on(type_, False, first)
            back = story.random.randint(1, (often.longest if often else 0) + 2)
            story.seen[id_] = clock.at_hour(first - timedelta(days=back), time(8))


def _morning(story: Story, on: date) -> None:
    """Put today's rounds on the agenda: where something is due, as keen as the officer is."""
    for village in story.county.villages.values():
        due = [thing for thing in village.objects if _is_due(story, thing, on)]
        if village.id == story.county.sample_village and (clock.day(story.ends) - on).days < SAMPLE_RESTS:
            continue
        if village.id == story.county.left and (clock.day(story.ends) - on).days <= desks.LEFT_DAYS:
            continue
        if due and story.random.random() < story.zeal[village.id] * (1 if story.calendar.is_workday(on) else 0.3):
            start = clock.at_hour(on, time(6, 40)) + timedelta(minutes=story.random.randint(0, 260))
            story.at(start, partial(_round, story, village, due))


def _is_due(story: Story, thing: Thing, on: date) -> bool:
    seen = clock.day(story.seen[thing[0]]).toordinal()
    return (story.rules.of(on).due_on(thing[1], False, date.min, seen) or date.max) <= on


def _round(story: Story, village: Place, due: list[Thing], session: Session) -> None:
    visits, troubles = [], []
    for thing in due:
        luck = story.random.random()
        if luck < 0.05:
            continue  # not gone to: no visit, stays due
        result = "could_not_see" if luck < 0.09 else "problem" if luck > 0.955 else "normal"
        reason = story.random.choice(["locked", "nobody", "weather", "no_way"]) if result == "could_not_see" else None
        visits.append(VisitEntry(thing[0], result, reason))
        if result != "could_not_see":
            story.seen[thing[0]] = clock.now()
        if result == "problem":
            troubles.append(thing)
    if not visits:
        return
    looked = tours.by_the_way(story.beside)
    entry = PatrolEntry(new_id(), village.id, clock.now(), tuple(visits), kind="regular", topics=looked)
    record(session, story.actor(session, village.people[0]), entry)
    for thing in troubles:
        moment = clock.now() + timedelta(minutes=story.random.randint(1, 9))
        story.at(moment, partial(_found_on_the_way, story, village, thing, entry))


def _found_on_the_way(story: Story, village: Place, thing: Thing, entry: PatrolEntry, session: Session) -> None:
    story.found(session, village, thing, entry)
