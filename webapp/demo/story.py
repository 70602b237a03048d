"""The state of the telling: the agenda of acts, who acts, and what an officer finds wrong."""

import heapq
import uuid
from collections.abc import Callable
from datetime import datetime
from itertools import count
from random import Random

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock
from ..core.calendar import Calendar
from ..core.files import PhotoFile
from ..patrol.frequency import Rules
from ..patrol.service import PatrolEntry
from ..people.queries import actor_of
from ..report.models import Report
from ..report.service import ReportEntry, submit
from . import hours
from .people import County, Place
from .things import MEASURES, TROUBLES, new_id

Act = Callable[[Session], object]
Thing = tuple[int, str, str, float, float]  # id, type, name, longitude, latitude


#: What puts the next move of an open report on the agenda: the desks do (``demo/desks.py``).
Expect = Callable[["Story", Session, Report], None]


class Story:
    """What was last seen where, and what happens next at which moment; ``expect`` is told of each open report."""

    def __init__(
        self,
        county: County,
        calendar: Calendar,
        rules: Rules,
        ends: datetime,
        expect: Expect,
        photo: PhotoFile,
    ):
        self.photo = photo
        self.county, self.calendar, self.rules, self.ends = county, calendar, rules, ends
        self.expect = expect
        self.random, self.beside = Random(2026), Random(2027)  # the second decides what came later into the story
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

    def at_a_desk(self, moment: datetime) -> datetime:
        """That moment, or the next at which a desk is open."""
        return hours.at_a_desk(self.calendar, self.random, moment)

    def at_a_desk_before(self, moment: datetime) -> datetime:
        """That moment, or the last before at which a desk was open."""
        return hours.at_a_desk_before(self.calendar, self.random, moment)

    def by_daylight_before(self, moment: datetime) -> datetime:
        """That moment, or the last before at which an officer was out."""
        return hours.by_daylight_before(self.random, moment)

    def actor(self, session: Session, person_id: int) -> Actor:
        """The actor somebody is; postings change only with the borders during the story."""
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
        with_photo: bool = False,
        joint: tuple[int, ...] = (),
    ) -> Report:
        """The officer reports what is wrong with an object: ``problem``,
        or something that can be wrong with its type."""
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
            is_sure=has_point,
            object_id=id_,
            patrol_id=patrol.id if patrol else None,
            settle=settle,
            joint=joint,
            photos=(self.photo,) if with_photo else (),
        )
        submit(session, self.actor(session, village.people[0]), entry)
        report = session.get_one(Report, entry.id)
        if is_scene:
            self.scene.add(report.id)
        if not settle:
            self.expect(self, session, report)
        return report
