"""The calendar as the county changes it: days added, changed, taken out, a year confirmed by its notice. Open limits
follow in the same write."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..access import Actor, holders
from ..core import audit, calendar, clock, settings
from ..core.calendar import DAY
from ..core.errors import N_, NotFound, Refused
from ..core.history import Author
from ..core.models import CalendarDay
from ..report import limits
from ..report.limits import Moved

LONGEST = 31  # days of a run; the longest holiday so far had nine
REMIND = 12  # the month in which the desk begins to ask for the notice of the coming year
OFFICE = holders("setting.edit")
SAID = ("is_workday", "zh", "en", "is_confirmed", "source", "is_out")

Values = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """What a run of days is: holiday or make-up working day, its name, and the notice that says so."""

    is_workday: bool
    zh: str
    en: str
    source: str


class Plan(NamedTuple):
    """What the rows of some days are to hold, and the word of the log for it."""

    act: str
    days: Mapping[date, Values]


#: Looks at the calendar and says what would be stored; Refused when it cannot be.
Edit = Callable[[Session], Plan]


def of_year(session: Session, year: int) -> list[CalendarDay]:
    """The days of a year that are not simply what their weekday says, in order."""
    within = CalendarDay.on.between(date(year, 1, 1), date(year, 12, 31))
    return list(session.scalars(select(CalendarDay).where(within, ~CalendarDay.is_out).order_by(CalendarDay.on)))


def years(session: Session) -> range:
    """The years that a page offers: those with days, this one and the next."""
    first, last = session.execute(select(func.min(CalendarDay.on), func.max(CalendarDay.on))).one()
    this = clock.today().year
    return range(min(first.year if first else this, this), max(last.year if last else this, this + 1) + 1)


def one(session: Session, on: date) -> CalendarDay:
    """A day of the list, else NotFound."""
    row = session.get(CalendarDay, on)
    if row is None or row.is_out:
        raise NotFound
    return row


def is_taken_out(session: Session, on: date) -> bool:
    """Whether somebody has taken this day out already."""
    row = session.get(CalendarDay, on)
    return row is not None and row.is_out


def to_confirm(session: Session, actor: Actor) -> list[int]:
    """The years whose notice the actor should have typed by now: this one, from December on the next; none for who
    cannot."""
    if not actor.may("setting.edit"):
        return []
    today = clock.today()
    asked = [today.year, *([today.year + 1] if today.month >= REMIND else [])]
    return sorted(calendar.provisional(session, asked))


# --- what can be changed ---


def adding(session: Session, first: date, last: date, entry: Entry) -> Plan:
    """A run of days; confirmed where the year is."""
    if last < first:
        raise Refused(N_("The last day is before the first one."), field="last")
    if (last - first).days >= LONGEST:
        raise Refused(N_("At most %(most)d days at once."), field="last", most=LONGEST)
    days = [first + number * DAY for number in range((last - first).days + 1)]
    for on in days:
        _check(on, entry)
        row = session.get(CalendarDay, on)
        if row is not None and not row.is_out:
            raise Refused(
                N_("%(day)s is in the calendar already: %(name)s. Open that day to change it."),
                field="first",
                day=on.isoformat(),
                name=row,
            )
    guesses = calendar.provisional(session, {on.year for on in days})
    return Plan("calendar.add", {on: _said(entry, on.year not in guesses) for on in days})


def seen(row: CalendarDay) -> str:
    """What a page gives back that showed a day: another one as soon as somebody changes it."""
    return row.changed_at.isoformat() if row.changed_at else ""


def _as_seen(session: Session, on: date, was: str | None) -> CalendarDay:
    """The day, if it still is what the page showed; ``was`` is None where no page did."""
    row = one(session, on)
    if was is not None and was != seen(row):
        raise Refused(N_("Someone changed this day after you opened the page. It now says what stands below."))
    return row


def changing(session: Session, on: date, entry: Entry, was: str | None = None) -> Plan:
    """One day becomes something else, or is called otherwise."""
    row = _as_seen(session, on, was)
    _check(on, entry)
    return Plan("calendar.change", {on: _said(entry, row.is_confirmed)})


def taking_out(session: Session, on: date, was: str | None = None) -> Plan:
    """One day is what its weekday says again."""
    row = _as_seen(session, on, was)
    kept = {name: getattr(row, name) for name in SAID}
    return Plan("calendar.remove", {on: kept | {"is_workday": on.weekday() < 5, "is_out": True}})


def confirming(session: Session, year: int, source: str) -> Plan:
    """The notice of a year is out: what was a guess has it as its source."""
    days = of_year(session, year)
    guesses = [row for row in days if not row.is_confirmed]
    if not days:
        raise Refused(
            N_("No day of %(year)d is in the calendar yet. Add the days of the notice first, then confirm."),
            field="source",
            year=year,
        )
    if not guesses:
        raise Refused(N_("%(year)d is confirmed already."), field="source", year=year)
    sure = {"is_confirmed": True, "source": source}
    return Plan("calendar.confirm", {row.on: {name: getattr(row, name) for name in SAID} | sure for row in guesses})


def _said(entry: Entry, is_confirmed: bool) -> Values:
    names = {"zh": entry.zh or entry.en, "en": entry.en or entry.zh}
    return {
        **names,
        "is_workday": entry.is_workday,
        "is_confirmed": is_confirmed,
        "source": entry.source,
        "is_out": False,
    }


def _check(on: date, entry: Entry) -> None:
    """A holiday can be any day, a make-up working day only a Saturday or Sunday."""
    if not clock.is_near(on):
        raise Refused(N_("Write a date from 2000 to 2100."), field="first")
    if entry.is_workday and on.weekday() < 5:
        raise Refused(
            N_("%(day)s is a working day anyway. A make-up working day is a Saturday or a Sunday."),
            field="first",
            day=on.isoformat(),
        )


# --- the act, and its rehearsal ---


def rehearse(session: Session, actor: Actor, edit: Edit) -> list[Moved]:
    """The open limits that a change would move; nothing is stored."""
    _refuse_others(actor)
    old, new = _both(session, edit(session))
    return limits.moving(session, old, new)


def change(session: Session, actor: Actor, edit: Edit) -> list[Moved]:
    """Store a change; the open limits that it moved. Each day stands in the log as it was and as it is now."""
    _refuse_others(actor)
    calendar.hold(session, to_change=True)
    plan = edit(session)
    old, new = _both(session, plan)
    lines = list(_store(session, actor, plan))
    moved = limits.move(session, Author(actor.person_id, min(actor.roles() & {*OFFICE}), None), old, new)
    audit.note_all(session, actor.person_id, plan.act, lines)
    if moved:
        audit.note(session, actor.person_id, "calendar.limits", "calendar_day", moved=len(moved))
    return moved


def _refuse_others(actor: Actor) -> None:
    if not actor.may("setting.edit"):
        raise NotFound


def _both(session: Session, plan: Plan) -> tuple[calendar.Calendar, calendar.Calendar]:
    old = calendar.load(session, settings.get(session, "work_to"))
    return old, old.changed({on: None if day["is_out"] else day["is_workday"] for on, day in plan.days.items()})


def _store(session: Session, actor: Actor, plan: Plan) -> Iterator[tuple[str, Values]]:
    """Keep the rows that change; for each its line of the log, with what is different."""
    for on, values in plan.days.items():
        row = session.get(CalendarDay, on)
        before = {name: getattr(row, name) for name in SAID} if row is not None and not row.is_out else {}
        if before == values:
            continue
        if row is None:
            row = CalendarDay(on=on)
            session.add(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.changed_at, row.changed_by = clock.now(), actor.person_id
        after = {name: value for name, value in values.items() if before.get(name) != value}
        yield f"calendar_day:{on}", {"before": {name: before[name] for name in after if name in before}, "after": after}
    session.flush()
