"""Two to eight people act on one report at the same moment: one wins, the others are told and leave nothing."""

import random
import threading

from sqlalchemy import func, select

from tests.report.conftest import Way
from tests.report.test_random_walk import RULES, given
from tests.short import count
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.ops import verify
from webapp.report.models import ReportEvent

RACES = count(8, 200, 1000)
#: Who may act in each state, and how; the same act by two people is a race too.
RACERS = {
    "township": [(who, act) for who in ("township_a", "township_a_two") for act in ("raise", "give_back", "dismiss")],
    "county": [(who, act) for who in ("county", "county_two") for act in ("dispatch", "give_back", "dismiss")],
    "department": [("liaison", "receive"), ("liaison", "bounce")],
    "department_done": [(who, act) for who in ("township_a", "township_a_two") for act in ("confirm", "redo")],
}
#: How a report gets to the state in which the race is.
BEFORE = {
    "township": [],
    "county": [("township_a", "raise")],
    "department": [("township_a", "raise"), ("county", "dispatch")],
    "department_done": [
        ("township_a", "raise"),
        ("county", "dispatch"),
        ("liaison", "receive"),
        ("liaison", "handle"),
    ],
}


def events(way: Way) -> int:
    """Lines in the report's history."""
    with way.world.store.read() as session:
        return session.scalar(select(func.count()).where(ReportEvent.report_id == way.entry.id))


def race(way: Way, state: str, racers: list[tuple[str, str]]) -> tuple[list[str], list[BaseException]]:
    """Everybody acts on what the same page showed; the states to which it was led, and what the others were told."""
    start, won, told = threading.Barrier(len(racers)), [], []

    def run(login: str, action: str) -> None:
        start.wait()
        try:
            way.move(login, action, seen=seen, **given(way, action, "housing"))
            won.append(RULES[state, action][1])
        except (Refused, NotFound, Conflict) as refusal:
            told.append(refusal)

    seen = way.seen(racers[0][0])
    threads = [threading.Thread(target=run, args=racer) for racer in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won, told


def test_of_those_who_act_at_one_moment_one_wins_and_the_others_are_told(world):
    chance = random.Random(11)
    for turn in range(RACES):
        state = list(RACERS)[turn % len(RACERS)]
        way = Way(world)
        for login, action in BEFORE[state]:
            way.move(login, action, **given(way, action, "housing"))
        racers = chance.choices(RACERS[state], k=chance.randint(2, 8))
        before = events(way)
        won, told = race(way, state, racers)
        assert (len(won), len(told)) == (1, len(racers) - 1), (state, racers, won, told)
        assert (way.state(), events(way)) == (won[0], before + 1)
    assert verify.verify_reports(world.store) == []
