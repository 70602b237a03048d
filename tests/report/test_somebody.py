"""The law: each open thing has a living person who can move it, or stands in the list of those that have none.

People come and go at random over a county with something in every state: postings end at once or tonight, accounts are
suspended, bodies go out of use, somebody is posted anew, a day passes, and whoever is there makes some of his moves.
After each step the law is worked out by hand, from the permission table and the table of moves, and held against the
program.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import World
from webapp.access import MATRIX, SYSTEM
from webapp.accounts import bodies as body_acts
from webapp.accounts import service as accounts
from webapp.core import clock, ids
from webapp.core.errors import Refused
from webapp.core.process import UNDO, Move, Process
from webapp.desk import tabs
from webapp.grid.models import Grid
from webapp.people.models import Body, Person, Posting
from webapp.people.queries import actor_of
from webapp.report import queries, seats, service, side_acts
from webapp.report.models import Assignment, Report, ReportEvent, ReportJoint, SiteLook
from webapp.report.workflow import ENDS, REPORT, STATES

DAY = timedelta(days=1)
GRID_ROLES = {"grid_officer": 3, "township_supervisor": 2, "county_office": 1}  # and the tier they sit at
BODY_ROLES = {"department": "department_liaison", "station": "station_officer", "committee": "station_officer"}


# --- the county as it stands, in plain words over plain rows ---


@dataclass(frozen=True)
class Seat:
    """A living person's posting: who, in which role, where."""

    person: int
    role: str
    grid: int | None
    path: str
    body: int | None


class Truth:
    """Who is there, and what of the reports follows from it, worked out without any condition of the program."""

    def __init__(self, session: Session):
        self.paths = dict(session.execute(select(Grid.id, Grid.path)).all())
        self.tiers = dict(session.execute(select(Grid.id, Grid.tier)).all())
        self.bodies = {body.id: body for body in session.scalars(select(Body))}
        self.reports = list(session.scalars(select(Report)))
        self.looks = list(session.scalars(select(SiteLook)))
        self.parts = [part for part in session.scalars(select(Assignment)) if part.to_at is None]
        self.joint = list(session.scalars(select(ReportJoint)))
        self.handlers: dict[Any, set[int | None]] = {}
        for event in session.scalars(select(ReportEvent).where(ReportEvent.action == "handle")):
            self.handlers.setdefault(event.report_id, set()).add(event.person_id)
        today, people = clock.today(), {person.id: person for person in session.scalars(select(Person))}
        self.living = [
            Seat(p.person_id, p.role, p.grid_id, self.paths.get(p.grid_id or 0, ""), p.body_id)
            for p in session.scalars(select(Posting))
            if p.valid_from <= today
            and (p.valid_to is None or p.valid_to > today)
            and people[p.person_id].suspended_at is None
        ]

    def lead(self, report: Report) -> int | None:
        return next((part.body_id for part in self.parts if part.report_id == report.id and part.role == "lead"), None)

    def reach(self, role: str, report: Report) -> set[int]:
        """The living people whose role moves this very report."""
        kind, path = MATRIX["report.move"].get(role, "."), self.paths[report.grid_id]
        fits: Callable[[Seat], bool] = {
            "own": lambda seat: seat.grid == report.grid_id,
            "tree": lambda seat: bool(seat.path) and path.startswith(seat.path),
            "lead": lambda seat: seat.body is not None and seat.body == self.lead(report),
            ".": lambda seat: False,
        }[kind]
        return {seat.person for seat in self.living if seat.role == role and fits(seat)}

    def facts(self, report: Report) -> dict[str, bool]:
        """The guards of the process but for what depends on who asks."""
        holder = STATES[report.state].holder
        there = self.reach(holder, report) if holder else set()
        if any("handled" in move.unless for move in REPORT.leaving(report.state)):
            there = there - self.handlers.get(report.id, set())
        lead = {seat.person for seat in self.living if seat.body is not None and seat.body == self.lead(report)}
        officer, township = (bool(self.reach(role, report)) for role in ("grid_officer", "township_supervisor"))
        return {
            "nobody": holder is not None and not there,
            "officer": officer,
            "township": township,
            "no_township": not township,
            "lead": bool(lead),
            "no_lead": not lead,
            "waits_for_sample": report.settled and report.sampled_at is None,
            "not_right": False,  # the looks of this county all say "put right"
            "just_done": False,  # what one tap did is no way on: wrong() leaves it out
        }

    def moves(self, report: Report, person: int) -> list[Move]:
        """What somebody may do to it, row by row."""
        roles = {seat.role for seat in self.living if seat.person == person and person in self.reach(seat.role, report)}
        facts = self.facts(report) | {"handled": person in self.handlers.get(report.id, set())}
        return [
            move
            for move in REPORT.leaving(report.state)
            if move.by & roles and all(facts[name] for name in move.only_if) and not any(map(facts.get, move.unless))
        ]

    def movers(self, report: Report) -> dict[int, list[Move]]:
        """Everybody alive who can go on with it, with what he can do."""
        people = {seat.person for seat in self.living}
        return {person: found for person in people if (found := self.moves(report, person))}

    def samplers(self, report: Report) -> set[int]:
        above = self.reach("township_supervisor", report) | self.reach("county_office", report)
        return above - {report.entered_by, report.found_by}

    def left(self, report: Report) -> bool:
        """Something of it rests with nobody."""
        is_open = report.state not in ENDS
        officers = {seat.grid for seat in self.living if seat.role == "grid_officer"}
        spoken = {seat.body for seat in self.living}
        look = any(x.report_id == report.id and x.answer is None and x.grid_id not in officers for x in self.looks)
        part = any(x.report_id == report.id and x.role == "coop" and x.body_id not in spoken for x in self.parts)
        sample = report.settled and report.sampled_at is None and not self.samplers(report)
        return (is_open and (self.facts(report)["nobody"] or look or part)) or sample

    def vacant(self) -> dict[tuple[str, int | None, int | None], int]:
        """The seats in which nobody sits, with how many reports wait there; those out of use only with something."""
        found = {}
        for role, tier in GRID_ROLES.items():
            for grid, path in self.paths.items():
                if self.tiers[grid] == tier and not any(s.role == role and s.grid == grid for s in self.living):
                    found[role, grid, None] = sum(self.waits_in_grid(r, role, grid, path) for r in self.reports)
        for body in self.bodies.values():
            waiting = sum(self.waits_in_body(report, body.id) for report in self.reports)
            if not any(seat.body == body.id for seat in self.living) and (body.closed_on is None or waiting):
                found[BODY_ROLES[body.kind], None, body.id] = waiting
        return found

    def waits_in_grid(self, report: Report, role: str, grid: int, path: str) -> bool:
        rests = STATES[report.state].holder == role and self.paths[report.grid_id].startswith(path)
        look = any(x.report_id == report.id and x.answer is None and x.grid_id == grid for x in self.looks)
        return rests or (role == "grid_officer" and look and report.state not in ENDS)

    def waits_in_body(self, report: Report, body: int) -> bool:
        mine = [part.role for part in self.parts if part.report_id == report.id and part.body_id == body]
        held = STATES[report.state].holder in BODY_ROLES.values()
        return (held and "lead" in mine) or ("coop" in mine and report.state not in ENDS)


def wrong(session: Session, leader: int) -> Iterator[str]:
    """What breaks the law now, and where the program says something else than the truth."""
    truth = Truth(session)
    desk = tabs.Desk(session, actor_of(session, leader), clock.now())
    counts, listed = desk.counts(), {report.id for report in desk.rows("nobody", 0, 999)}
    if counts["nobody"] != len(listed) or listed != {report.id for report in truth.reports if truth.left(report)}:
        yield f"the list of what rests with nobody: {counts['nobody']}, {len(listed)}"
    vacancies = seats.vacancies(session, actor_of(session, leader))
    said = {(v.seat.role, v.seat.grid_id, v.seat.body_id): v.waiting for v in vacancies}
    if said != truth.vacant() or counts["vacant"] != len(vacancies):
        yield f"the list of vacant seats: {counts['vacant']}, {set(said.items()) ^ set(truth.vacant().items())}"
    if [v.waiting > 0 for v in vacancies] != sorted((v.waiting > 0 for v in vacancies), reverse=True):
        yield "what holds something does not stand first"
    for person in {seat.person for seat in truth.living}:
        actor = actor_of(session, person)
        offered = queries.moves(session, actor, [report.id for report in truth.reports])
        for report in truth.reports:
            if [move for move in offered.get(report.id, ()) if move.action != UNDO] != truth.moves(report, person):
                yield f"{report.number}, {report.state}: {person} is offered {offered.get(report.id)}"
    for report in truth.reports:
        yield from _law(truth, report, listed)


def _law(truth: Truth, report: Report, listed: set[Any]) -> Iterator[str]:
    if report.state not in ENDS:
        movers = truth.movers(report)
        if not movers and report.id not in listed:
            yield f"{report.number}, {report.state}: nobody can move it, and no list says so"
        # who sits above is enough; only he who handled it cannot pass his own work
        free = truth.reach("county_office", report) - truth.handlers.get(report.id, set())
        if free and not movers:
            yield f"{report.number}, {report.state}: not even the county can go on"
    elif report.settled and report.sampled_at is None and not truth.samplers(report) and report.id not in listed:
        yield f"{report.number}: nobody can look again, and no list says so"


# --- a county with something in every state, and what happens in it ---


@pytest.fixture
def filled(world: World) -> World:
    """A report in each state, one on a border, looks asked, departments that cooperate, matters settled on the spot."""
    due = (clock.today() + 5 * DAY).isoformat()
    to = {"ground": "none_listed", "ground_text": "x", "due": due}
    housing = to | {"body": world.bodies["housing"], "coop": [world.bodies["ecology"]]}
    out = {"body": world.bodies["station_a"], "due": due}
    near = {"body": world.bodies["committee_a1"], "due": due}
    done = {"result": "true", "done": "x"}
    up = [("township_a", "raise", {"reason": "x"}), ("county", "dispatch", housing)]
    ways: list[list[tuple[str, str, dict[str, Any]]]] = [
        [],
        [("township_a", "give_back", {"missing": ["place"]})],
        [("township_a", "assign", out)],
        [("township_a", "assign", near), ("committee_a1", "handle", done)],
        [("township_a", "handle", done)],
        up[:1],
        up,
        [*up, ("liaison", "receive", {})],
        [*up, ("liaison", "receive", {}), ("liaison", "handle", done)],
        [("township_a", "dismiss", {"reason": "x"})],
    ]
    with world.store.write() as session:
        for number, moves in enumerate(ways):
            border = (world.grids["A2"],) if number % 2 else ()
            entry = make.report(world.grids["A1"], problems=("dust",), joint=border)
            _send(session, entry, moves)
            if number < 4:
                township = make.actor(session, "township_a")
                side_acts.ask_look(
                    session, township, entry.id, ids.new(), None, world.grids["A2"] if number == 1 else None
                )
        for village, officer in (("A1", "officer_a1"), ("B1", "officer_b1")):
            minor = make.report(world.grids[village], problems=("dust",), severity="minor", settle=True)
            service.submit(session, make.actor(session, officer), minor)
        _send(session, make.report(world.grids["B1"]), [], "officer_b1")
    return world


def _send(session: Session, entry: Any, moves: list[tuple[str, str, dict[str, Any]]], by: str = "officer_a1") -> None:
    service.submit(session, make.actor(session, by), entry)
    for login, action, given in moves:
        state = session.get_one(Report, entry.id).state
        service.move(session, make.actor(session, login), entry.id, make.move(action, state, **given))


def _given(dice: random.Random, truth: Truth, move: Move) -> dict[str, Any]:
    """Something for each need of a move; a body only where somebody is."""
    spoken = {seat.body for seat in truth.living if seat.body is not None}
    wanted = ("department",) if move.action == "dispatch" else ("station", "committee")
    bodies = sorted(id_ for id_ in spoken if truth.bodies[id_].kind in wanted)
    more = {"body": dice.choice(bodies or [0]), "coop": dice.sample(bodies, min(1, len(bodies)))}
    facts = {
        "due": (clock.today() + DAY).isoformat(),
        "ground": "none_listed",
        "duty_or_none": "none",
        "missing": ["place"],
    }
    given: dict[str, Any] = {need: facts.get(need, "x") for need in move.needs} | {"done": "x", "ground_text": "x"}
    return given | {"result": "true", "place": "x"} | (more if "body" in move.needs else {})


def a_move(dice: random.Random, session: Session) -> None:
    truth = Truth(session)
    report = dice.choice(truth.reports)
    ways = sorted((person, move.action) for person, moves in truth.movers(report).items() for move in moves)
    if ways:
        person, action = dice.choice(ways)
        made = next(move for move in truth.moves(report, person) if move.action == action)
        entry = make.move(action, report.state, **_given(dice, truth, made))
        service.move(session, actor_of(session, person), report.id, entry)


def beside_the_state(dice: random.Random, session: Session) -> None:
    """A look is asked, answered or taken back; a part is taken back; a matter is looked at again."""
    truth = Truth(session)
    report, seat = dice.choice(truth.reports), dice.choice(truth.living)
    actor = actor_of(session, seat.person)
    for look in [look for look in truth.looks if look.answer is None]:
        act = side_acts.withdraw_look if dice.random() < 0.5 else None
        with suppress(Refused):
            if act:
                act(session, actor, look.report_id, look.id, "x")
            else:
                side_acts.answer_look(session, actor, look.id, "right", None)
    for part in [part for part in truth.parts if part.role == "coop"]:
        with suppress(Refused):
            side_acts.release_part(session, actor, part.report_id, part.id, "x")
    with suppress(Refused):
        side_acts.ask_look(session, actor, report.id, ids.new(), None)
    with suppress(Refused):
        side_acts.sample(session, actor, report.id, "x")


def an_ending(dice: random.Random, session: Session) -> None:
    live = [p for p in session.scalars(select(Posting)) if p.valid_to is None or p.valid_to > clock.today()]
    movable = sorted((p for p in live if MATRIX["report.move"][p.role] != "."), key=lambda p: p.id)
    if movable:
        accounts.end_posting(session, SYSTEM, dice.choice(movable).id, dice.choice([None, clock.today()]))


def a_suspension(dice: random.Random, session: Session) -> None:
    people = sorted(session.scalars(select(Person.id).where(Person.login.not_in(["leader", "inspector"]))))
    accounts.suspend(session, SYSTEM, dice.choice(people))


def a_return(dice: random.Random, session: Session) -> None:
    people = sorted(session.scalars(select(Person.id).where(Person.suspended_at.is_not(None))))
    if people:
        accounts.resume(session, SYSTEM, dice.choice(people))


def a_closing(dice: random.Random, session: Session) -> None:
    body = dice.choice(sorted(session.scalars(select(Body.id))))
    dice.choice([body_acts.close_body, body_acts.reopen_body])(session, SYSTEM, body)


def a_posting(dice: random.Random, session: Session) -> None:
    """Somebody new, who never logged in; or, half of the time, somebody who was there before in another seat."""
    seats_ = sorted(Truth(session).vacant(), key=str)
    if seats_:
        role, grid, body = dice.choice(seats_)
        known = sorted(session.scalars(select(Person.id).where(Person.login.like("%a%"), Person.login != "leader")))
        id_ = dice.choice(known) if dice.random() < 0.5 else make.person(session, f"new{ids.new().hex[:12]}").id
        make.posting(session, id_, role, grid=grid, body=body, since=clock.today())


ACTS = (a_move, a_move, a_move, beside_the_state, an_ending, an_ending, a_suspension, a_return, a_closing, a_posting)


def _live(world: World, seed: int, steps: int) -> None:
    dice, days = random.Random(seed), 0
    for step in range(steps):
        days += dice.random() < 0.2
        with clock.at(clock.now() + days * DAY):
            act = dice.choice(ACTS)
            with suppress(Refused), world.store.write() as session:
                act(dice, session)
            with world.store.read() as session:
                found = list(wrong(session, world.people["leader"]))
        assert found == [], f"seed {seed}, step {step}, {act.__name__}: " + "; ".join(found)


@pytest.mark.parametrize("seed", range(2))
def test_each_open_thing_has_somebody_or_stands_in_the_list(filled: World, seed: int) -> None:
    _live(filled, seed, 15)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 112))
def test_each_open_thing_has_somebody_or_stands_in_the_list_whoever_goes(filled: World, seed: int) -> None:
    _live(filled, seed, 60)


def test_without_anybody_everything_stands_in_the_list(filled: World) -> None:
    with filled.store.write() as session:
        for id_ in session.scalars(select(Person.id).where(Person.login.not_in(["leader"]))).all():
            accounts.suspend(session, SYSTEM, id_)
    with filled.store.read() as session:
        leader = actor_of(session, filled.people["leader"])
        desk = tabs.Desk(session, leader, clock.now())
        waiting = {r.id for r in session.scalars(select(Report)) if r.state not in ENDS or r.settled}
        assert {report.id for report in desk.rows("nobody", 0, 99)} == waiting
        assert desk.counts()["vacant"] == 1 + 2 + 6 + 4, "county, townships, villages, bodies"
        assert list(wrong(session, filled.people["leader"])) == []


def test_the_law_sees_a_way_that_is_missing(filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the row for it a report of a village without officer could be moved by nobody: the law turns red."""
    moves = tuple(move for move in REPORT.moves if (move.action, move.source) != ("take_back", "returned"))
    with filled.store.write() as session:
        accounts.suspend(session, SYSTEM, filled.people["officer_a1"])
    with filled.store.read() as session:
        assert list(wrong(session, filled.people["leader"])) == []
        monkeypatch.setattr(Process, "leaving", lambda _, state: [move for move in moves if move.source == state])
        assert any("not even the county" in fault for fault in wrong(session, filled.people["leader"]))
