"""What a move changes besides the state: whose the matter is. One function per action that changes anything."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, false, or_, select, update
from sqlalchemy.orm import Session

from ..access import Actor, below
from ..core import calendar, clock
from ..core.errors import N_, Refused
from ..core.process import FILL_IN, Move
from ..duty import dispatching
from ..grid import locate
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..people import queries as people_queries
from ..people.models import Body
from . import pairs
from .details import assignments, joint_grids, needs_enforcement, problem_codes
from .given import Given
from .history import last_moves
from .models import ADDED, Assignment, Report
from .queries import Found
from .workflow import ASKED, IN_WORDS, REPORT, STATES

Effect = Callable[[Session, Actor, Found, Mapping[str, Any]], date | None]
LONGEST = timedelta(days=366)  # a later day is a slip of the finger
GROUNDS = frozenset({"duty", "none_listed", "minutes", "instruction"})
#: What is wanted of who dispatches on a duty in doubt (duty/dispatching.py: DOUBTS).
WHY_ALL_THE_SAME = {
    dispatching.OTHER_TIER: N_(
        "This duty belongs to another tier, not to a county department. Say below why you still use it as the ground."
    ),
    dispatching.NOT_APPLIED: N_(
        "This duty is in a text that does not apply here. Say below why you still use it as the ground."
    ),
    dispatching.NOT_LINKED: N_(
        "This duty is not linked to this problem. Choose one that fits, or say below why you still use it as "
        "the ground."
    ),
}
LACKING = {
    "place": N_("The place was asked for: write where it is, or add the position."),
    "photos": N_("A photo was asked for: add one, or say that it cannot be added."),
    "note": FILL_IN,
}
STATION_CLOCK, HANDLING_CLOCK = (STATES[state].clocks[0] for state in ("station", "handling"))
NOBODY = "none"  # "not ours", and no other department can be named


def apply(session: Session, actor: Actor, found: Found, move: Move, given: Mapping[str, Any]) -> date | None:
    """Change whose it is as the move asks; the day a desk set as limit, where it sets one."""
    effect = EFFECTS.get((move.action, move.target)) or EFFECTS.get((move.action, "*"))
    return effect(session, actor, found, given) if effect else None


def body_for(actor: Actor, role: str) -> int | None:
    """The body the actor speaks for in a role, where the role belongs to one."""
    return next((p.body_id for p in actor.postings if p.role == role and p.body_id is not None), None)


def _assign(session: Session, actor: Actor, found: Found, given: Mapping[str, Any]) -> date:
    """To a village committee or the township's own station, with a date."""
    body, on = session.get(Body, given["body"]), _day(given["due"])
    if body is None or body.id not in {near.id for near in near_bodies(session, actor, found.path)}:
        raise Refused(
            N_("Choose the committee of the report's own village, or a station of this township."), field="body"
        )
    if body.kind == "committee" and needs_enforcement(session, found.report.id):
        raise Refused(
            N_("A village committee cannot decide on enforcement. Choose a station, or raise it to the county."),
            field="body",
        )
    _staffed(session, [body])
    _hand_over(session, found, body.id, on, STATION_CLOCK)
    return on


def near_bodies(session: Session, actor: Actor, path: str) -> list[Body]:
    """For a report on that ground: its own village's committee, and the stations of the actor's own township."""
    roots = [p.path for p in actor.only(*REPORT.movers("assign")).postings if p.path and path.startswith(p.path)]
    return list(
        session.scalars(
            select(Body)
            .join(Grid, Grid.id == Body.grid_id)
            .where(
                or_(false(), *(below(Grid.path, root) for root in roots)),
                or_(Body.kind == "station", and_(Body.kind == "committee", Grid.path == path)),
                Body.closed_on.is_(None),
            )
            .order_by(Body.kind, Body.id)
        )
    )


def _dispatch(session: Session, _actor: Actor, found: Found, given: Mapping[str, Any]) -> date:
    """To one lead and any cooperating departments, on a duty of the lead or another ground with a reason."""
    on, lead = _day(given["due"]), session.get(Body, given["body"])
    wanted = sorted({*given.get("coop", ())} - {given["body"]})
    others = [body for id_ in wanted if (body := session.get(Body, id_)) is not None]
    if lead is None or len(others) != len(wanted) or not all(map(_can_be_dispatched_to, [lead, *others])):
        raise Refused(N_("Choose a department."), field="body")
    _staffed(session, [lead, *others])
    ground = _ground(session, found, lead, given)
    _hand_over(session, found, lead.id, on, HANDLING_CLOCK, **ground)
    theirs = min(on, clock.day(calendar.limit_after(session, "coop_result", clock.now())))
    for body in others:
        session.add(
            Assignment(
                report_id=found.report.id,
                body_id=body.id,
                role="coop",
                from_at=clock.now(),
                due_on=theirs,
                counted_from=clock.now(),
            )
        )
    return on


def _can_be_dispatched_to(body: Body) -> bool:
    return body.kind == "department" and body.closed_on is None


def _staffed(session: Session, bodies: Sequence[Body]) -> None:
    """Whom nobody speaks for can receive nothing, and nobody else may move what rests there."""
    staffed = people_queries.spoken_for(session, [body.id for body in bodies])
    empty = next((body for body in bodies if body.id not in staffed), None)
    if empty is not None:
        raise Refused(N_("Nobody is posted to %(body)s. Post someone there first."), field="body", body=empty)


def _ground(session: Session, found: Found, lead: Body, given: Mapping[str, Any]) -> dict[str, Any]:
    """A duty that is no plain ground for this report needs a reason, and the reason stays beside it."""
    kind = given["ground"]
    if kind not in GROUNDS:
        raise Refused(N_("Choose a ground."), field="ground")
    if kind != "duty":
        if not given.get("ground_text"):
            raise Refused(N_("Say which minutes or instruction, or why no listed duty fits."), field="ground_text")
        return {"ground": kind, "ground_text": given["ground_text"]}
    duty = dispatching.duty_of(session, given.get("duty"), lead.canonical)
    if duty is None:
        raise Refused(N_("Choose a duty of this department, or another ground."), field="ground")
    doubt, reason = dispatching.doubt(session, duty, problem_codes(session, found.report.id)), given.get("ground_text")
    if doubt and not reason:
        raise Refused(WHY_ALL_THE_SAME[doubt], field="ground_text")
    return {"ground": kind, "duty_id": duty.id, "doubt": doubt, "ground_text": reason if doubt else None}


def _hand_over(session: Session, found: Found, body_id: int, on: date, code: str, **ground: Any) -> None:
    """To a body that leads it, until a day; where that is the limit's own, its work days are counted from now."""
    _release(session, found)
    now = clock.now()
    is_limits = on == clock.day(calendar.limit_after(session, code, now))
    session.add(
        Assignment(
            report_id=found.report.id,
            body_id=body_id,
            role="lead",
            from_at=now,
            due_on=on,
            counted_from=now if is_limits else None,
            **ground,
        )
    )
    session.flush()


def _release(session: Session, found: Found) -> None:
    session.execute(
        update(Assignment)
        .where(Assignment.report_id == found.report.id, Assignment.to_at.is_(None))
        .values(to_at=clock.now())
    )


def _let_go(session: Session, _actor: Actor, found: Found, _given: Mapping[str, Any]) -> None:
    _release(session, found)


def _bounce(session: Session, actor: Actor, found: Found, given: Mapping[str, Any]) -> None:
    """Not ours: it names one of the departments whose it may be, or nobody."""
    if str(given["duty_or_none"]) not in {NOBODY, *(str(body.id) for body in whose_it_may_be(session, actor))}:
        raise Refused(N_("Choose one."), field="duty_or_none")
    _release(session, found)


def whose_it_may_be(session: Session, actor: Actor) -> list[Body]:
    """The departments that somebody who says "not ours" may name: all but the own ones."""
    return [body for body in people_queries.departments(session) if body.id not in actor.bodies()]


def _agreed_day(session: Session, _actor: Actor, found: Found, _given: Mapping[str, Any]) -> date | None:
    """Receiving starts the clock that the dispatch set."""
    return next(
        (
            place.assignment.due_on
            for place in assignments(session, found.report.id, now=True)
            if place.assignment.role == "lead"
        ),
        None,
    )


def _again(code: str) -> Effect:
    """Sent back to the same body: its limit begins anew, and with it the day that stands beside its name."""

    def effect(session: Session, _actor: Actor, found: Found, _given: Mapping[str, Any]) -> date:
        on = clock.day(calendar.limit_after(session, code, clock.now()))
        session.execute(
            update(Assignment)
            .where(Assignment.report_id == found.report.id, Assignment.role == "lead", Assignment.to_at.is_(None))
            .values(due_on=on, counted_from=clock.now())
        )
        return on

    return effect


def asked_of(session: Session, report: Report) -> list[str]:
    """The fields that answer what a returned report was returned for, in the order of the words; each once."""
    last = last_moves(session, [report.id])[report.id].event
    if not last.to_state == report.state == "returned":
        return []
    return list(dict.fromkeys(ASKED.get(code, IN_WORDS) for code in Given(last.given).texts("missing"))) or [IN_WORDS]


def supplemented(session: Session, report: Report, given: Mapping[str, Any], has_photos: bool) -> dict[str, Any]:
    """What a supplement says, with what of it answers something, and the point that a better one takes the place of.

    Refused when it says nothing, by the first field that was asked for.
    """
    facts = dict(given)
    has_point = given.get("lon") is not None and given.get("lat") is not None
    answers = {"place": given.get("place") or has_point, "photos": has_photos, "note": given.get("note")}
    facts["added"] = [field for field, is_there in answers.items() if is_there]
    asked = asked_of(session, report)
    if asked and not facts["added"]:
        raise Refused(LACKING[asked[0]], field=asked[0])
    if has_point and report.lon is not None:
        facts["point_before"] = [report.lon, report.lat, report.accuracy_m]
    return facts


def _supplement(session: Session, _actor: Actor, found: Found, given: Mapping[str, Any]) -> None:
    """Everything that was asked for. A better place is added to the first one; a better point takes the place of the
    first one, which stays in the history."""
    lacking = next((field for field in asked_of(session, found.report) if field not in given["added"]), None)
    if lacking is not None:
        raise Refused(LACKING[lacking], field=lacking)
    if given.get("lon") is not None and given.get("lat") is not None:
        _place_anew(session, found.report, given)
    if given.get("place"):
        found.report.place = f"{found.report.place}{ADDED}{given['place']}"
        pairs.write_anew(session, found.report)


def look_again(report: Report, actor: Actor) -> None:
    """What was settled on the spot was looked at by somebody else; Refused for who settled it."""
    if actor.person_id in (report.entered_by, report.found_by):
        raise Refused(N_("You settled this yourself; someone else has to check it."))
    report.sampled_at = clock.now()


def _taken_up(_session: Session, _actor: Actor, found: Found, _given: Mapping[str, Any]) -> None:
    """The county reopens it: what was settled on the spot needs no second look any more."""
    if found.report.waits_for_sample:
        found.report.sampled_at = clock.now()


def _unsettle(_session: Session, actor: Actor, found: Found, _given: Mapping[str, Any]) -> None:
    look_again(found.report, actor)


def _day(value: Any) -> date:
    on = value if isinstance(value, date) else date.fromisoformat(str(value))
    if on < clock.today():
        raise Refused(N_("Choose today or a later day."), field="due")
    if on > clock.today() + LONGEST:
        raise Refused(N_("Choose a day within a year."), field="due")
    return on


def _place_anew(session: Session, report: Report, given: Mapping[str, Any]) -> None:
    """The point that the officer added; Refused where it lies in a village that the matter does not concern."""
    lon, lat, accuracy = (given.get(name) for name in ("lon", "lat", "accuracy_m"))
    if not all(isinstance(each, int | float) for each in (lon, lat, accuracy or 0)):
        raise Refused(N_("This form is damaged. Open it again."))
    assert lon is not None and lat is not None
    lon, lat = locate.entered(lon, lat, given.get("crs"))
    found = locate.candidates(session, lon, lat, accuracy or 0)
    ours = grid_queries.named(session, {report.grid_id, *joint_grids(session, report.id)}).values()
    if locate.elsewhere(session, found, ours):
        raise Refused(
            N_("This position is in another village. Remove it and write where the problem is."), field="place"
        )
    report.lon, report.lat, report.accuracy_m, report.crs = lon, lat, accuracy, locate.source(given.get("crs"))


EFFECTS: dict[tuple[str, str], Effect] = {
    ("assign", "*"): _assign,
    ("dispatch", "*"): _dispatch,
    ("bounce", "*"): _bounce,
    ("confirm", "*"): _let_go,
    ("take_back", "*"): _let_go,
    ("receive", "*"): _agreed_day,
    ("redo", "station"): _again(STATION_CLOCK),
    ("redo", "handling"): _again(HANDLING_CLOCK),
    ("supplement", "*"): _supplement,
    ("unsettle", "*"): _unsettle,
    ("reopen", "*"): _taken_up,
}
