"""How the invented desks work: after a believable while each open report gets its next move,
and some are left lying."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import SYSTEM, holders
from ..accounts.service import end_posting, give_code
from ..core import clock, ids, passwords
from ..core.calendar import DAY, limit_after
from ..core.models import CalendarDay
from ..core.process import UNDO
from ..desk import days
from ..duty import dispatching
from ..duty import service as duty_service
from ..login import service as login_service
from ..people import queries as people_queries
from ..people.models import Person, Posting
from ..report import details, side_acts
from ..report.models import Report
from ..report.service import MoveEntry, move
from ..report.workflow import ENDS, REPORT, STATES, VACANT
from . import things
from .people import Place
from .story import Story, Thing

#: action → its weight among the moves of a state, else 1; the rest of a move is in ``_given``.
WEIGHTS = {
    **{"assign": 46, "raise": 32, "give_back": 9, "dismiss": 6, "handle": 7},
    **{"supplement": 85, "cannot_add": 15, "confirm": 86, "redo": 14, "dispatch": 90, "receive": 89, "bounce": 11},
}
#: time limit of a state → work hours it usually rests; one report in twelve rests far longer.
RESTS = {
    "review": 10,
    "supplement": 16,
    "station_handle": 40,
    "check": 34,
    "dispatch": 14,
    "receive": 14,
    "handle": 90,
}
LEFT_LYING = 0.1
LEFT_DAYS = 12  # since when the officer of one village is gone, with a report returned to him and nobody after him


def expect(story: Story, session: Session, report: Report) -> None:
    """Put the next move of a report on the agenda."""
    if report.state in ENDS or report.id in story.scene:
        return
    usual = RESTS[STATES[report.state].clocks[0]]
    hours = story.random.gauss(usual, usual / 3)
    if story.random.random() < LEFT_LYING:
        hours = hours * 6 + 40
    report_id, moment = report.id, story.at_a_desk(clock.now() + timedelta(hours=max(hours, 0.3)))
    story.at(moment, lambda session: act(story, session, report_id))


def act(story: Story, session: Session, report_id: Any, action: str | None = None, **wanted: Any) -> Report:
    """Make the next move (or the given one, with what is ``wanted`` of it) as somebody who may,
    and expect the one after it."""
    report = session.get_one(Report, report_id)
    choices = _choices(story, report)
    if not choices and not action:
        return report  # nobody is there
    action = action or story.random.choices(choices, [WEIGHTS.get(choice, 1) for choice in choices])[0]
    who = story.actor(session, _who(story, session, report, action))
    given = _given(story, session, report, action) | wanted
    move(session, who, report_id, MoveEntry(ids.new(), action, report.state, given))
    expect(story, session, report)
    return report


def _choices(story: Story, report: Report) -> list[str]:
    """The moves of who holds it, where he is; nothing is asked of the village that somebody has left."""
    holder = STATES[report.state].holder
    rows = [row for row in REPORT.leaving(report.state) if holder in row.by and not row.only_if & VACANT]
    if report.grid_id == story.county.left and clock.now() >= left_at(story):
        rows = [row for row in rows if holder not in holders("patrol.walk") and "officer" not in row.only_if]
    return list(dict.fromkeys(row.action for row in rows if row.action != UNDO))


def left_at(story: Story) -> datetime:
    """When the officer of one village stopped being it."""
    return story.ends - timedelta(days=LEFT_DAYS)


def _leave(story: Story, session: Session) -> None:
    officer = story.county.villages[story.county.left].people[0]
    end_posting(session, SYSTEM, session.scalars(select(Posting.id).where(Posting.person_id == officer)).one())


def _who(story: Story, session: Session, report: Report, action: str) -> int:
    village = story.county.villages[report.grid_id]
    if REPORT.relations[STATES[report.state].holder or ""].of == "lead":
        return story.county.speakers[details.leads(session, [report.id])[report.id].id]
    if report.state == "returned":
        return village.people[0]
    if report.state in ("township_done", "county"):
        return story.random.choice(story.county.office)
    return story.county.townships[village.township or 0].people[action in ("confirm", "redo")]


def _given(story: Story, session: Session, report: Report, action: str) -> dict[str, Any]:
    pick = story.random.choice
    village = story.county.villages[report.grid_id]
    if action == "assign":
        by_village = story.random.random() < 0.6 and not details.needs_enforcement(session, report.id)
        body = village.committee if by_village else pick(story.county.stations[village.township or 0])
        return {"body": body, "due": _day(session, "station_handle")}
    if action == "dispatch":
        return _dispatch(story, session, report)
    done, too_much, not_yet = things.FITTING[_problem(session, report)]
    result = pick(["true", "true", "true", "partly", "not_true"])
    given: dict[str, dict[str, Any]] = {
        "give_back": {"missing": pick(things.MISSING), "reason": "请乡镇先核实位置再报。"},
        "supplement": {"note": "到现场又看了一遍，已补充。", "place": "村东头第二排房后"},
        "cannot_add": {"reason": "现场已经没有痕迹，补不了。"},
        "raise": {"reason": too_much},
        "dismiss": {"reason": pick(things.DISMISS)},
        "handle": {"result": result, "done": pick(done) if result == "true" else things.DOUBTFUL},
        "confirm": {"note": things.LOOKED},
        "redo": {"reason": not_yet},
        "bounce": {"duty_or_none": "none", "reason": pick(things.BOUNCE)},
    }
    row = REPORT.row(report.state, action)
    return given.get(action, {"reason": things.REASON} if row and "reason" in row.needs else {})


def _problem(session: Session, report: Report) -> str:
    return next(iter(details.problem_codes(session, report.id)))


def _day(session: Session, code: str) -> str:
    return clock.day(limit_after(session, code, clock.now())).isoformat()


def _dispatch(story: Story, session: Session, report: Report) -> dict[str, Any]:
    """On the first row that one of the county's departments can be charged with; where there is none, as on a matter
    that is a township's, the ecology bureau without a listed duty.
    """
    departments, due = story.county.departments, {"due": _day(session, "handle")}
    for row in dispatching.linked(session, [_problem(session, report)]):
        if row.applies and row.is_countys and row.line and row.line.department.code in departments:
            lead = departments[row.line.department.code]
            others = [body for body in departments.values() if body != lead]
            coop = [story.random.choice(others)] if story.random.random() < 0.2 else []
            return due | {"body": lead, "ground": "duty", "duty": row.line.duty.id, "coop": coop}
    ecology = {"body": departments["ecology"], "ground": "none_listed"}
    return due | ecology | {"ground_text": "清单里没有完全对应的一条，按属事先派。"}


class Scene(NamedTuple):
    """A report that stays where its moves end.

    Found ``hours`` before the end (more, where nights and days off lie between), in the sample officer's village or a
    neighbour's of the same township; ``is_joint`` lies between the two. With a ``problem`` it is of that kind, wherever
    in the county such a thing can be; ``to_station`` is assigned to the sample station; ``is_left`` lies in the village
    whose officer leaves a day later. ``is_told`` is what demo/tour.py tells, with the one photo there is, of a building
    site: in the sample township if it can be there.
    """

    hours: int
    moves: tuple[str, ...] = ()
    is_neighbours: bool = False
    is_joint: bool = False
    problem: str | None = None
    to_station: bool = False
    is_told: bool = False
    is_left: bool = False


#: What a visitor meets on each sample desk, whatever the day. Dust is the sample department's.
SCENES = (
    Scene(5),
    Scene(30, ("give_back",)),
    Scene(75, ("assign", "handle", "look")),
    Scene(122, ("raise", "dispatch", "receive")),
    Scene(98, ("raise", "dispatch", "receive", "handle")),
    Scene(28, ("assign",), is_neighbours=True, to_station=True),
    Scene(53, ("assign", "handle", "look", "not_yet"), is_neighbours=True),
    Scene(54, ("handle",), is_neighbours=True),
    Scene(27, ("raise",), is_neighbours=True),
    Scene(51, ("raise", "dispatch"), is_neighbours=True),
    Scene(6, is_neighbours=True, is_joint=True),
    Scene(190, is_neighbours=True),
    Scene(170, ("dismiss",), is_neighbours=True),  # the first is long overdue
    Scene(150, ("assign", "handle", "confirm"), is_neighbours=True),
    Scene(29, ("raise", "dispatch"), problem="dust"),
    Scene(124, ("raise", "dispatch", "receive"), problem="dust"),
    Scene(218, ("raise", "dispatch"), problem="dust"),  # long overdue too, with another desk
    Scene(196, ("raise", "dispatch", "receive", "handle", "look", "right", "confirm"), problem="dust", is_told=True),
    Scene(24 * (LEFT_DAYS + 1), ("give_back",), is_left=True),
)
PACE = timedelta(hours=2)
#: Answers to a look, in the village's words.
LOOKED = {"not_yet": "墙后还有一堆没清。", "right": "裸土都盖上了，路面冲过。"}
#: One-time codes for the second of the county office: hours before the end, whether the command line gave it (else the
#: system administrator), whether it was used. The first was written down wrongly, the second was not.
CODES = ((24 * 20, True, True), (77, False, False), (76, False, True))
#: What the county's own notice says of one Saturday. Open limits in work days follow it.
WORKED = days.Entry(
    True, "县里安排上班", "Worked by the county's own notice", "县政府办通知：迎查准备，这个周六照常上班。"
)
BREATH = timedelta(minutes=20)  # the youngest act lies so far back


def set_scene(story: Story) -> None:
    """Put these reports on the agenda, told from their ends: none may still be on its way when the story is over.
    Before them comes what the county decided about the texts.
    """
    story.at(story.at_a_desk_before(story.ends - timedelta(days=12)), partial(_decide, story))
    for scene in (*SCENES, *further(SCENES)):
        found, moves = times(story, scene)
        story.at(found, partial(_open_scene, story, scene, moves))
    story.at(left_at(story), partial(_leave, story))
    story.at(story.at_a_desk_before(story.ends - timedelta(hours=25)), partial(_work_on_a_saturday, story))
    given = story.ends
    for hours, by_command, is_used in reversed(CODES):  # a code ends the one before, which may be about to be used
        given = story.at_a_desk_before(min(story.ends - timedelta(hours=hours), given - BREATH))
        story.at(given, partial(_code, story, by_command, is_used))


def _code(story: Story, by_command: bool, is_used: bool, session: Session) -> None:
    """A code for who forgot his password; it is read out on the telephone and used a few minutes later."""
    person, admin = session.get_one(Person, story.county.office[1]), people_queries.by_login(session, "admin")
    giver = SYSTEM if by_command or admin is None else story.actor(session, admin.id)
    code = give_code(session, giver, person.id, passwords.make_light(passwords.code(passwords.LONG)))
    if is_used:
        story.at(clock.now() + timedelta(minutes=4), partial(_use_code, code.id, person.id))


def _use_code(code_id: int, person_id: int, session: Session) -> None:
    login_service.begin(session, session.get_one(Person, person_id), code_id, "Chrome, Windows", remember=False)


def times(story: Story, scene: Scene) -> tuple[datetime, list[datetime]]:
    """When a scene's report is found, and when each of its moves is made: an officer by day, desks in office hours."""
    moment = story.ends - timedelta(hours=scene.hours) + len(scene.moves) * PACE
    moves = []
    for _action in scene.moves:
        moves.append(story.at_a_desk_before(min(moment, story.ends - BREATH)))
        moment = moves[-1] - PACE
    return story.by_daylight_before(min(moment, story.ends - BREATH)), moves[::-1]


def _decide(story: Story, session: Session) -> None:
    """Part 13 is the county's own by a notice, and the rows of two problems are confirmed."""
    county = story.actor(session, story.county.office[0])
    notice = duty_service.Decision("in_force", clock.today(), None, "县政府办通知：网格化监管方案在本县执行。")
    duty_service.decide(session, county, "004", "13", notice)
    for row in dispatching.linked(session, ["dust", "rubbish_burning"]):
        if row.applies:
            duty_service.confirm_link(session, county, row.link.id)


def _work_on_a_saturday(story: Story, session: Session) -> None:
    """The first one after the story that is a day off until now: before that nobody of it works on a Saturday."""
    on = clock.day(story.ends) + DAY
    while on.isoweekday() != 6 or session.get(CalendarDay, on) is not None:
        on += DAY
    days.change(session, story.actor(session, story.county.office[0]), lambda now: days.adding(now, on, on, WORKED))


def further(scenes: Sequence[Scene]) -> list[Scene]:
    """A scene for each state in which none of these ends, by the fewest moves: every state stands somewhere."""
    ways: dict[str, tuple[str, ...]] = {"township": ()}
    for here in (states := ["township"]):
        for row in REPORT.leaving(here):
            if row.target not in ways:
                ways[row.target] = (*ways[here], row.action)
                states.append(row.target)
    shown = {ends_in(scene) for scene in scenes}
    return [Scene(140, ways[state], is_neighbours=True) for state in states if state not in shown]


def ends_in(scene: Scene) -> str:
    """The state in which a scene stays; a look moves nothing."""
    state = "township"
    for action in scene.moves:
        row = REPORT.row(state, action)
        state = row.target if row else state
    return state


def _open_scene(story: Story, scene: Scene, moves: Sequence[datetime], session: Session) -> None:
    places = list(_places(story, scene))
    if scene.is_told:
        near = story.county.villages[story.county.sample_village].township
        places = [place for place in places if place[0].township == near] or places
    village, thing = story.random.choice(places)
    report = story.found(
        session,
        village,
        thing,
        None,
        problem=scene.problem,
        settle=False,
        is_scene=True,
        with_photo=scene.is_told,
        joint=(story.county.sample_village,) if scene.is_joint else (),
    )
    report_id = report.id  # the acts may come on another day, in another session
    for moment, action in zip(moves, scene.moves, strict=True):
        story.at(moment, partial(_scene_act, story, report_id, action, scene))


def _places(story: Story, scene: Scene) -> Iterator[tuple[Place, Thing]]:
    """Where a scene may be set: villages with their objects."""
    sample = story.county.villages[story.county.sample_village]
    for village in story.county.villages.values():
        is_near, is_left = (
            village is not sample and village.township == sample.township,
            village.id == story.county.left,
        )
        if scene.is_left != is_left:
            continue
        if scene.is_left or scene.problem or (is_near if scene.is_neighbours else village is sample):
            yield from (
                (village, thing)
                for thing in village.objects
                if scene.problem is None or things.can_be(scene.problem, thing[1])
            )


def _scene_act(story: Story, report_id: Any, action: str, scene: Scene, session: Session) -> None:
    township = story.county.townships[story.county.villages[story.county.sample_village].township or 0]
    if action == "look":
        side_acts.ask_look(session, story.actor(session, township.people[0]), report_id, ids.new(), "清干净了没有？")
    elif action in LOOKED:
        look = details.looks(session, report_id)[0]
        officer = story.county.villages[look.grid_id].people[0]
        side_acts.answer_look(session, story.actor(session, officer), look.id, action, LOOKED[action])
    elif action == "assign" and scene.to_station:
        act(story, session, report_id, action, body=story.county.stations[township.id][0])
    else:
        act(story, session, report_id, action)
