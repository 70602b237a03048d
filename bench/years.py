"""What happened in a county over the years, as rows: rounds with their visits, and reports with their histories.

A report's way is a list of actions; each is looked up in the table of moves, so every history replays. Moments are
spread over the years, more of them in villages with more to do; a way breaks off where it would go on after now.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from webapp.core import clock
from webapp.core.models import Attachment
from webapp.core.process import START, Move
from webapp.core.tables import table
from webapp.demo import things
from webapp.patrol.service import visit_id
from webapp.report import pairs
from webapp.report.models import (
    Assignment,
    Report,
    ReportAttachment,
    ReportEvent,
    ReportJoint,
    ReportPair,
    ReportProblem,
)
from webapp.report.workflow import REPORT

from .land import Land, Thing, Village
from .sink import Row

DAYS = 3 * 365
MOST = 10  # objects that one round takes in
MORNING, EVENING = 7 * 3600, 18 * 3600
#: Of a hundred reports so many go this way.
WAYS = table("""
of_100  actions
20      settle
35      submit,assign,handle,confirm
4       submit,assign,handle,redo,handle,confirm
5       submit,give_back,supplement,assign,handle,confirm
22      submit,raise,dispatch,receive,handle,confirm
3       submit,raise,dispatch,bounce,dispatch,receive,handle,confirm
2       submit,raise,dispatch,receive,handle,redo,handle,confirm
7       submit,handle,confirm
2       submit,dismiss
""")
SHARES = [int(way["of_100"]) for way in WAYS]
SEVERITIES, OFTEN = ("minor", "moderate", "severe", "emergency"), (700, 240, 58, 2)
WITH_A_POINT, WITH_A_PHOTO, ON_A_BORDER, AGAIN, FROM_A_ROUND = 0.6, 0.7, 0.03, 0.03, 0.5
SAMPLED = 0.9  # of what was settled on the spot
STUCK = 0.01  # of the moves take ten times as long
FITTING_ELSE = (("已到场处理，现场恢复。",), "镇里处理不了，请县里派人。", "现场还有残留。")


class Seen(NamedTuple):
    """What somebody came upon and reports: when, where, at what, and in which round, if in one."""

    at: datetime
    village: Village
    thing: Thing
    patrol: uuid.UUID | None


def moments(chance: random.Random, number: int) -> list[datetime]:
    """So many moments of the days of work of these years, in order; the last one yesterday."""
    today = clock.today()
    starts = [clock.start(today - timedelta(days=back)) for back in range(DAYS, 0, -1)]
    return sorted(
        chance.choice(starts)
        + timedelta(seconds=chance.randrange(MORNING, EVENING), milliseconds=chance.randrange(1000))
        for _ in range(number)
    )


def new_id(chance: random.Random, at: datetime) -> uuid.UUID:
    """A UUIDv7 of that moment, as a phone would have made it."""
    value = int(at.timestamp() * 1000) << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    return uuid.UUID(int=value)


def busy(chance: random.Random, villages: Sequence[Village], number: int) -> list[Village]:
    """So many villages by chance: some have three times as much to do as others."""
    return chance.choices(villages, [chance.uniform(0.5, 1.5) for _ in villages], k=number)


def rounds(land: Land, chance: random.Random, visits: int) -> Iterator[tuple[Row, list[Row], list[Seen]]]:
    """Rounds until there are so many visits: the round, its visits, and what was not in order."""
    size = sum(min(len(village.things), MOST) for village in land.villages) / len(land.villages)
    number = int(visits / size * 1.02) + 1
    left = visits
    for at, village in zip(moments(chance, number), busy(chance, land.villages, number), strict=True):
        if left <= 0:
            return
        id_, officer = new_id(chance, at), land.person("grid_officer", village)
        seen = [_visit(chance, id_, at, thing) for thing in _some(chance, village.things)[:left]]
        left -= len(seen)
        wrong = [Seen(at, village, thing, id_) for thing, row in seen if row["result"] == "problem"]
        yield _round(chance, id_, at, village, officer), [row for _, row in seen], wrong


def _some(chance: random.Random, of: list[Thing]) -> list[Thing]:
    return of if len(of) <= MOST else chance.sample(of, MOST)


def _round(chance: random.Random, id_: uuid.UUID, at: datetime, village: Village, officer: int) -> Row:
    """The point of a round is kept for a month only."""
    thing = village.things[0] if at > clock.now() - timedelta(days=30) else None
    return {
        "id": id_,
        "content": "",
        "grid_id": village.id,
        "grid_version_id": village.version,
        "person_id": officer,
        "entered_by": officer,
        "entry_mode": "on_the_day" if chance.random() < 0.95 else "later",
        "occurred_at": at,
        "received_at": at,
        "note": None,
        "lon": thing and thing.lon,
        "lat": thing and thing.lat,
        "accuracy_m": thing and 12.0,
    }


def _visit(chance: random.Random, patrol: uuid.UUID, at: datetime, thing: Thing) -> tuple[Thing, Row]:
    luck = chance.random()
    result = "problem" if luck < 0.04 else "could_not_see" if luck < 0.08 else "normal"
    return thing, {
        "id": visit_id(patrol, thing.id),
        "patrol_id": patrol,
        "object_id": thing.id,
        "at": at,
        "result": result,
        "reason": "locked" if result == "could_not_see" else None,
    }


def to_report(land: Land, chance: random.Random, found: Sequence[Seen], number: int) -> list[Seen]:
    """So many things to report, in order: half of them found in rounds, as far as those go."""
    walked = chance.sample(found, min(len(found), int(number * FROM_A_ROUND)))
    left = number - len(walked)
    others = zip(moments(chance, left), busy(chance, land.villages, left), strict=True)
    alone = [Seen(at, village, chance.choice(village.things), None) for at, village in others]
    return sorted([*walked, *alone], key=attrgetter("at"))


@dataclass
class Story:
    """One report while it is told: where it stands, and the rows it leaves, by table."""

    land: Land
    chance: random.Random
    seen: Seen
    id: uuid.UUID
    problem: str
    state: str = START
    since: datetime = field(init=False)
    due: datetime | None = None
    body: int | None = None
    rows: dict[type[Any], list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.since = self.seen.at

    def add(self, model: type[Any], **row: Any) -> Row:
        """One more row."""
        self.rows.setdefault(model, []).append(row)
        return row

    def tell(self, actions: Sequence[str]) -> None:
        """Move after move, as long as they lie before now."""
        at = self.seen.at
        for action in actions:
            move = REPORT.row(self.state, action)
            if move is None or at > clock.now():
                return
            self._move(move, at)
            at += timedelta(days=self._pause())

    def _pause(self) -> float:
        """Most are in time; some are late, and a few are stuck."""
        state = REPORT.states[self.state]
        limit = self.land.days[state.clocks[0]] if state.clocks else 1.0
        return limit * self.chance.uniform(0.05, 1.2) * (10 if self.chance.random() < STUCK else 1)

    def _move(self, move: Move, at: datetime) -> None:
        role = min(move.by)  # the officer, where he and the township may
        clocks = REPORT.states[move.target].clocks
        due = at + timedelta(days=self.land.days[clocks[0]]) if clocks else None
        given = self._given(move, due, at)
        speaks = role in ("station_officer", "department_liaison")
        self.add(
            ReportEvent,
            id=new_id(self.chance, at),
            report_id=self.id,
            seq=len(self.rows.get(ReportEvent, ())) + 1,
            content="",
            at=at,
            person_id=self.land.speakers[self.body or 0] if speaks else self.land.person(role, self.seen.village),
            role=role,
            body_id=self.body if speaks else None,
            action=move.action,
            from_state=None if move.source == START else move.source,
            to_state=move.target,
            due_before=self.due,
            due_after=due,
            given=given,
        )
        if move.action in ("bounce", "confirm") and self.body is not None:
            self._let_go(at)
        self.state, self.since, self.due = move.target, at, due

    def _given(self, move: Move, due: datetime | None, at: datetime) -> dict[str, Any]:
        """What the form of the move said. Who is handed the matter leads it from then on."""
        done, why, left = things.FITTING.get(self.problem, FITTING_ELSE)
        if move.action in ("assign", "dispatch"):
            role = str(REPORT.states[move.target].holder)
            on = clock.day(due or at)
            self.body = self.chance.choice(self.land.bodies_for(role, self.seen.village, self.problem))
            return self._hand_over(move.action == "dispatch", at, on)
        said: dict[str, dict[str, Any]] = {
            "handle": {"result": "true", "done": self.chance.choice(done)},
            "raise": {"reason": why},
            "redo": {"reason": left},
            "give_back": {"missing": ["facts"], "reason": "请补充看到的情况。"},
            "supplement": {"note": "到现场又看了一遍，已补充。", "added": ["note"]},
            "bounce": {"duty_or_none": "none", "reason": things.BOUNCE[0]},
            "dismiss": {"reason": things.DISMISS[0]},
            "confirm": {"note": things.LOOKED},
        }
        return said.get(move.action, {})

    def _hand_over(self, is_dispatch: bool, at: datetime, on: date) -> dict[str, Any]:
        ground = {"ground": "none_listed", "ground_text": "清单没有对应条目，按属事先派。"} if is_dispatch else {}
        self.add(
            Assignment,
            report_id=self.id,
            body_id=self.body,
            role="lead",
            ground=ground.get("ground"),
            ground_text=ground.get("ground_text"),
            from_at=at,
            to_at=None,
            due_on=on,
        )
        return {"body": self.body, "due": on.isoformat(), **ground, **({"coop": []} if is_dispatch else {})}

    def _let_go(self, at: datetime) -> None:
        self.rows[Assignment][-1]["to_at"] = at
        self.body = None


def reports(land: Land, chance: random.Random, matters: Sequence[Seen]) -> Iterator[dict[type[Any], list[Row]]]:
    """Of each matter the rows of its report, by table, those first that others stand on."""
    numbers: dict[int, int] = {}
    before: dict[int, uuid.UUID] = {}  # thing → its report of before
    for seen in matters:
        year = clock.day(seen.at).year
        numbers[year] = numbers.get(year, 0) + 1
        problem, place, what = chance.choice(things.TROUBLES[seen.thing.type])
        story = Story(land, chance, seen, new_id(chance, seen.at), problem)
        (way,) = chance.choices(WAYS, SHARES)
        if problem in land.enforced and way["actions"] == "settle":
            way = WAYS[1]  # such a thing is not settled on the spot
        story.tell(way["actions"].split(","))
        again = before.get(seen.thing.id) if chance.random() < AGAIN else None
        before[seen.thing.id] = story.id
        report = _report(story, f"{year}-{numbers[year]:05}", f"{seen.thing.zh}{place}", what, again)
        yield {Report: [report], **story.rows, **_beside(story, report)}


def _report(story: Story, number: str, place: str, what: str, again: uuid.UUID | None) -> Row:
    chance, seen = story.chance, story.seen
    officer, settled = story.land.person("grid_officer", seen.village), story.rows[ReportEvent][0]["action"] == "settle"
    measure = chance.choice(tuple(things.MEASURES))
    has_point = chance.random() < WITH_A_POINT
    return {
        "id": story.id,
        "number": number,
        "content": "",
        "state": story.state,
        "state_since": story.since,
        "is_open": story.state not in REPORT.ends,
        "due_at": story.due,
        "grid_id": seen.village.id,
        "grid_version_id": seen.village.version,
        "object_id": seen.thing.id,
        "patrol_id": seen.patrol,
        "found_by": officer,
        "entered_by": officer,
        "entry_mode": "on_the_day",
        "occurred_at": seen.at,
        "received_at": seen.at,
        "place": place,
        "lon": seen.thing.lon if has_point else None,
        "lat": seen.thing.lat if has_point else None,
        "accuracy_m": 25.0 if has_point else None,
        "severity": "minor" if settled else chance.choices(SEVERITIES, OFTEN)[0],
        "first_measure": measure,
        "note": f"{place}{what}，{things.MEASURES[measure]}。",
        "settled": settled,
        "sampled_at": seen.at + timedelta(days=3) if settled and chance.random() < SAMPLED else None,
        "recurs_id": again,
    }


def _beside(story: Story, report: Row) -> dict[type[Any], list[Row]]:
    """Problem, words of the search, the other village of a border, a photo."""
    chance, neighbour = story.chance, story.seen.village.neighbour
    joint = [{"report_id": story.id, "grid_id": neighbour}] if neighbour and chance.random() < ON_A_BORDER else []
    photo = new_id(chance, story.seen.at)
    has_photo = chance.random() < WITH_A_PHOTO
    return {
        ReportProblem: [{"report_id": story.id, "problem": story.problem}],
        ReportPair: pairs.rows(story.id, report["place"], report["note"]),
        ReportJoint: joint,
        Attachment: [_photo(chance, photo, report)] if has_photo else [],
        ReportAttachment: [{"attachment_id": photo, "report_id": story.id, "event_id": None, "position": 0}][
            : int(has_photo)
        ],
    }


def _photo(chance: random.Random, id_: uuid.UUID, report: Row) -> Row:
    """The row of a photo; no file lies behind it."""
    return {
        "id": id_,
        "kind": "image",
        "sha256": chance.randbytes(32).hex(),
        "copy": chance.randbytes(32).hex(),
        "size": 212187,
        "width": 1280,
        "height": 960,
        "media_type": "image/jpeg",
        "name": None,
        "received_at": report["received_at"],
        "received_by": report["entered_by"],
    }
