"""Eight weeks of work, told day by day through the services: rounds in the morning, desks during the day."""

import heapq
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock
from ..core.calendar import Calendar, load
from ..core.db import Store
from ..patrol.models import ObjectType
from ..patrol.queries import due_day
from ..patrol.service import PatrolEntry, VisitEntry, record
from ..people.queries import actor_of
from ..report.models import Report
from ..report.service import ReportEntry, submit
from . import desks
from .people import County, Place
from .things import MEASURES, TROUBLES, new_id

WEEKS = 8
SAMPLE_RESTS = 9  # days the sample officer has not walked, so that a visitor finds something due
Act = Callable[[Session], object]
Thing = tuple[int, str, str, float, float]  # id, type, name, longitude, latitude


class Story:
    """The state of the telling: what was last seen where, and what happens next at which moment."""

    def __init__(self, county: County, calendar: Calendar, intervals: dict[str, int], ends: datetime):
        self.county, self.calendar, self.intervals, self.ends = county, calendar, intervals, ends
        self.random = Random(2026)
        self.agenda: list[tuple[datetime, int, Act]] = []
        self.order = count()
        self.seen: dict[int, datetime] = {}
        self.zeal = {id_: self.random.uniform(0.35, 0.95) for id_ in county.villages}
        self.actors: dict[int, Actor] = {}
        self.scene: set[uuid.UUID] = set()

    def at(self, moment: datetime, act: Act) -> None:
        """Put an act on the agenda; what would come after the end does not happen."""
        if moment < self.ends:
            heapq.heappush(self.agenda, (moment, next(self.order), act))

    def actor(self, session: Session, person_id: int) -> Actor:
        """The actor somebody is; postings do not change during the story."""
        if person_id not in self.actors:
            self.actors[person_id] = actor_of(session, person_id)
        return self.actors[person_id]

    def run_until(self, session: Session, moment: datetime) -> None:
        """Let everything up to a moment happen in its order, each with the clock set to it."""
        while self.agenda and self.agenda[0][0] < moment:
            now, _, act = heapq.heappop(self.agenda)
            with clock.at(now):
                act(session)

    def found(
        self,
        session: Session,
        village: Place,
        thing: Thing,
        patrol: PatrolEntry | None,
        *,
        problem: str | None = None,
        settle: bool | None = None,
        is_scene: bool = False,
        joint: tuple[int, ...] = (),
    ) -> Report:
        """The officer reports what is wrong with an object: ``problem``, or something that can be wrong with its type."""
        id_, type_, zh, lon, lat = thing
        code, place, words = self.random.choice(
            [trouble for trouble in TROUBLES[type_] if problem in (None, trouble[0])]
        )
        small = code in ("rubbish_dumping", "smell", "dust", "noise") and self.random.random() < 0.35
        settle = small if settle is None else settle
        measure = "cleared" if settle else self.random.choice(list(MEASURES))
        severity = "minor" if settle else self.random.choices(["minor", "moderate", "severe"], [70, 24, 6])[0]
        has_point = self.random.random() < 0.6
        entry = ReportEntry(
            id=new_id(),
            grid_id=village.id,
            place=f"{zh}{place}",
            problems=(code,),
            severity=severity,
            first_measure=measure,
            note=f"{zh}{place}{words}，{MEASURES.get(measure, '已清走')}。",
            occurred_at=clock.now(),
            lon=lon if has_point else None,
            lat=lat if has_point else None,
            accuracy_m=25 if has_point else None,
            object_id=id_,
            patrol_id=patrol.id if patrol else None,
            settle=settle,
            joint=joint,
        )
        submit(session, self.actor(session, village.people[0]), entry)
        report = session.get_one(Report, entry.id)
        if is_scene:
            self.scene.add(report.id)
        if not settle:
            desks.expect(self, session, report)
        return report


def told(store: Store, county: County) -> Iterator[int]:
    """Tell it; yields the number of each week that is over. One transaction a day."""
    ends, first = clock.now(), clock.today() - timedelta(weeks=WEEKS)
    with store.read() as session:
        calendar = load(session, time(18))
        intervals = {row.code: row.interval_days for row in session.scalars(select(ObjectType))}
    story = Story(county, calendar, intervals, ends)
    _before(story, first)
    desks.set_scene(story)
    for number in range(WEEKS * 7 + 1):
        on = first + timedelta(days=number)
        with store.write() as session:
            _morning(story, on)
            story.run_until(session, min(clock.start(on + timedelta(days=1)), ends))
        if number % 7 == 6:
            yield number // 7 + 1


def _before(story: Story, first: date) -> None:
    """When each object was seen last before the story: some day within its interval."""
    for village in story.county.villages.values():
        for id_, type_, *_ in village.objects:
            back = story.random.randint(1, story.intervals[type_] + 2)
            story.seen[id_] = clock.at_hour(first - timedelta(days=back), time(8))


def _morning(story: Story, on: date) -> None:
    """Put today's rounds on the agenda: where something is due, as keen as the officer is."""
    for village in story.county.villages.values():
        due = [
            thing
            for thing in village.objects
            if due_day(date.min, story.seen[thing[0]], story.intervals[thing[1]]) <= on
        ]
        if village.id == story.county.sample_village and (clock.day(story.ends) - on).days < SAMPLE_RESTS:
            continue
        if due and story.random.random() < story.zeal[village.id] * (1 if story.calendar.is_workday(on) else 0.3):
            start = clock.at_hour(on, time(6, 40)) + timedelta(minutes=story.random.randint(0, 260))
            story.at(start, lambda session, village=village, due=due: _round(story, session, village, due))


def _round(story: Story, session: Session, village: Place, due: list[Thing]) -> None:
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
    entry = PatrolEntry(id=new_id(), grid_id=village.id, occurred_at=clock.now(), visits=tuple(visits))
    record(session, story.actor(session, village.people[0]), entry)
    for thing in troubles:
        moment = clock.now() + timedelta(minutes=story.random.randint(1, 9))
        story.at(moment, lambda session, thing=thing: story.found(session, village, thing, entry))
