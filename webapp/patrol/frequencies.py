"""The county's rules of how often objects are visited, as they are kept: read, set, ended. What a rule means, and which
of several holds, frequency.py says. A rule counts from today on or later, never back: what was due stays what it was.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from sqlalchemy import Connection, String, case, cast, func, or_, select
from sqlalchemy.orm import Session

import seeds

from ..access import Actor
from ..core import audit, clock
from ..core.errors import N_, NotFound, Refused
from .frequency import DAY, UNITS, Rule, Rules, is_between
from .models import FrequencyRule, ObjectType, PatrolObject

#: Templates that are no other county's: all as it stands, as it was delivered, no visit at all.
KEEP, DELIVERED, NOTHING = "keep", "delivered", "nothing"
OURS = "county setting"  # as a source
CHANGED = N_("Someone set or ended a rule after you opened the page. It shows now what stands: look, and send again.")
_READ = "rules of frequency"  # in the info of a session
#: What was withdrawn before it began never held: it is nobody's rule, and only the log speaks of it.
_HELD = or_(
    FrequencyRule.valid_to.is_(None),
    FrequencyRule.valid_from.is_(None),
    FrequencyRule.valid_from < FrequencyRule.valid_to,
)
_KEPT = select(*(getattr(FrequencyRule, name) for name in Rule._fields)).where(_HELD).order_by(FrequencyRule.id)
_ROWS = select(FrequencyRule).where(_HELD).order_by(FrequencyRule.type, FrequencyRule.for_key, FrequencyRule.id)
UNCONFIRMED = (
    select(FrequencyRule, ObjectType)
    .join(ObjectType, ObjectType.code == FrequencyRule.type)
    .where(FrequencyRule.changed_at.is_(None), FrequencyRule.valid_to.is_(None), ~ObjectType.is_withheld)
)
_WALKED = select(ObjectType).where(~ObjectType.is_withheld).order_by(ObjectType.position, ObjectType.code)


@dataclass(frozen=True)
class Wish:
    """A rule that somebody wants for some types. ``every`` None: nothing is due; ``since`` is its first day."""

    types: tuple[str, ...]
    for_key: bool
    season_from: str | None
    season_until: str | None
    every: int | None
    unit: str
    since: date
    source: str

    def slot(self, type_: str) -> tuple[str, bool, str | None, str | None]:
        """What the rule is for, as ``Rule.slot``."""
        return type_, self.for_key, self.season_from, self.season_until


def rules(db: Connection | Session) -> Rules:
    """All rules, to be asked. A session reads them once: a page asks several times."""
    if isinstance(db, Connection):
        return _read(db)
    if _READ not in db.info:
        db.info[_READ] = _read(db)
    found: Rules = db.info[_READ]
    return found


def _read(db: Connection | Session) -> Rules:
    return Rules(Rule(*row) for row in db.execute(_KEPT))


def as_text() -> Any:
    """The rules of an object's type in one text, as a column of a SELECT of objects."""
    parts = (
        *(cast(FrequencyRule.id, String), FrequencyRule.type, case((FrequencyRule.for_key, "1"), else_="")),
        *(func.coalesce(each, "") for each in (FrequencyRule.season_from, FrequencyRule.season_until)),
        *(func.coalesce(cast(FrequencyRule.every, String), ""), FrequencyRule.unit),
        *(func.coalesce(cast(each, String), "") for each in (FrequencyRule.valid_from, FrequencyRule.valid_to)),
    )
    rule = reduce(lambda text, part: text + "," + part, parts[1:], parts[0])
    text = select(func.aggregate_strings(rule, ";")).where(FrequencyRule.type == PatrolObject.type, _HELD)
    return text.correlate(PatrolObject).scalar_subquery()


@lru_cache(maxsize=64)
def of_text(text: str | None) -> Rules:
    """The rules of a text of ``as_text``."""
    return Rules(_of_parts(*each.split(",")) for each in text.split(";")) if text else Rules(())


def _of_parts(id_: str, type_: str, key: str, *rest: str) -> Rule:
    first, last, every, unit, since, until = rest
    days = [date.fromisoformat(day) if day else None for day in (since, until)]
    return Rule(int(id_), type_, bool(key), first or None, last or None, int(every) if every else None, unit, *days)


def walked(session: Session) -> list[ObjectType]:
    """The types that stand on villages' lists, in their order: those that have rules."""
    return list(session.scalars(_WALKED))


def of_types(session: Session) -> dict[str, list[FrequencyRule]]:
    """The rules by type, those that have ended among them."""
    found: dict[str, list[FrequencyRule]] = {}
    for row in session.scalars(_ROWS):
        found.setdefault(row.type, []).append(row)
    return found


class OfType(NamedTuple):
    """A type with the rule of today for its usual and for its key objects, the rules that stand or are to come, and
    those that held before."""

    kind: ObjectType
    usual: Rule | None
    key: Rule | None
    standing: list[FrequencyRule]
    former: list[FrequencyRule]


def by_type(session: Session) -> list[OfType]:
    """The types that have rules, in their order."""
    today, held, rows = clock.today(), rules(session), of_types(session)
    return [
        OfType(
            kind,
            held.on(kind.code, False, today),
            held.on(kind.code, True, today),
            [row for row in rows.get(kind.code, []) if _lasts(row)],
            [row for row in rows.get(kind.code, []) if not _lasts(row)],
        )
        for kind in walked(session)
    ]


def _lasts(row: FrequencyRule) -> bool:
    return row.valid_to is None or row.valid_to > clock.today()


def can_end(row: FrequencyRule) -> bool:
    """Whether the page offers to end it: the usual one of today is replaced, not ended."""
    is_special = row.for_key or row.season_from is not None
    return row.valid_to is None and (is_special or (row.valid_from or date.min) > clock.today())


def unconfirmed(session: Session) -> list[tuple[FrequencyRule, ObjectType]]:
    """The rules that are still our suggestion, with their types."""
    query = UNCONFIRMED.order_by(ObjectType.position, ObjectType.code)
    return [(rule, kind) for rule, kind in session.execute(query)]


# --- acts ---


def edition(session: Session) -> str:
    """What stands there, as a word that is another one after each act."""
    ended = func.count(FrequencyRule.valid_to)
    return ".".join(map(str, session.execute(select(func.max(FrequencyRule.id), ended)).one()))


def set_rule(session: Session, actor: Actor, wish: Wish, seen: str | None = None) -> int:
    """Let a rule hold for each of the types from a day on, in place of what stood there for the same objects and the
    same season. How many rules were written or confirmed: what stood there already stays. ``seen`` is the edition of
    the page; Refused where somebody else has set or ended a rule since."""
    _check(wish)
    kinds = _held(session, wish.types, seen)
    if kinds != set(wish.types):
        raise NotFound
    rows = of_types(session)
    return sum(_set_one(session, actor, wish, type_, rows.get(type_, [])) for type_ in sorted(kinds))


def _held(session: Session, types: Collection[str], seen: str | None = None) -> set[str]:
    """Those of the types that have rules, held until this is written: two who set one wait for each other. What this
    session has read of the rules before is forgotten."""
    session.info.pop(_READ, None)
    query = select(ObjectType.code).where(ObjectType.code.in_(types), ~ObjectType.is_withheld)
    held = set(session.scalars(query.order_by(ObjectType.code).with_for_update()))
    if seen is not None and seen != edition(session):
        raise Refused(CHANGED)
    return held


def _check(wish: Wish) -> None:
    if wish.unit not in UNITS:
        raise Refused(N_("Choose one."), field="unit")
    most = UNITS[wish.unit].most
    if wish.every is not None and not 1 <= wish.every <= most:
        raise Refused(N_("Between 1 and %(most)d: a year at most."), field="every", most=most)
    if wish.since < clock.today():
        raise Refused(N_("A rule begins today or later: what was due before stays as it was."), field="since")
    if (wish.season_from is None) != (wish.season_until is None):
        raise Refused(N_("A season has a first and a last day."), field="season_from")
    for name in ("season_from", "season_until"):
        _check_day(name, getattr(wish, name))
    if wish.season_from and wish.every and not _fits(wish):
        raise Refused(N_("No whole unit of these lies in the season, so no visit would count."), field="unit")


def _fits(wish: Wish) -> bool:
    """Whether a window lies in the season of one of the years that follow each other."""
    rule = Rule(0, "", False, wish.season_from, wish.season_until, wish.every, wish.unit, None, None)
    return bool(Rules([rule]).windows("", False, date(2026, 1, 1), None, date(2026, 1, 1), date(2030, 12, 31)))


def _check_day(name: str, day: str | None) -> None:
    try:
        if day is not None and f"{date.fromisoformat('2028-' + day):%m-%d}" != day:
            raise ValueError
    except ValueError:
        raise Refused(N_("Write month and day, like 05-10."), field=name) from None
    if name == "season_from" and day == "02-29":
        raise Refused(N_("A season cannot begin on a day that most years do not have."), field=name)


def _set_one(session: Session, actor: Actor, wish: Wish, type_: str, rows: Sequence[FrequencyRule]) -> bool:
    standing = [row for row in rows if row.valid_to is None or row.valid_to > wish.since]
    _refuse_overlap(wish, standing)
    same = [row for row in rows if _rule(row).slot == wish.slot(type_)]
    gone = [row for row in same if _gives_way(row, wish)]
    for row in gone:
        _withdraw(same, row)
        _note_end(session, actor, row)
    now = next((row for row in same if row.valid_to is None), None)
    if now and _is_alike(now, wish) and (now.valid_from or date.min) <= wish.since:
        return _confirm(session, actor, now, wish.source) or bool(gone)
    for row in same:
        if row.valid_to is None or row.valid_to > wish.since:
            _close(row, wish.since)
    fresh = FrequencyRule(type=type_, valid_from=wish.since, changed_at=clock.now(), changed_by=actor.person_id)
    for name in ("for_key", "season_from", "season_until", "every", "unit", "source"):
        setattr(fresh, name, getattr(wish, name))
    session.add(fresh)
    before, after, since = in_log(now) if now else "", in_log(fresh), wish.since.isoformat()
    audit.note(
        session, actor.person_id, "frequency.set", f"object_type:{type_}", before=before, after=after, since=since
    )
    return True


def _refuse_overlap(wish: Wish, standing: Sequence[FrequencyRule]) -> None:
    """On no day may two seasons speak for the same objects."""
    if wish.season_from is None or wish.season_until is None:
        return
    mine = (wish.season_from, wish.season_until)
    for row in standing:
        theirs = (row.season_from, row.season_until)
        if row.for_key == wish.for_key and row.season_from and theirs != mine and _meet(mine, theirs):
            raise Refused(
                N_("This season meets another one of the same objects, %(first)s to %(last)s. End that one first."),
                field="season_from",
                first=row.season_from,
                last=row.season_until,
            )


def _meet(one: tuple[str, str], other: tuple[Any, Any]) -> bool:
    return is_between(one[0], *other) or is_between(other[0], *one)


def _is_alike(row: FrequencyRule, wish: Wish) -> bool:
    return (row.every, row.unit) == (wish.every, wish.unit)


def _gives_way(row: FrequencyRule, wish: Wish) -> bool:
    """Whether a rule still to come is not to be any more: a new one comes before it, or it is put off."""
    if row.valid_from is None or row.valid_from <= clock.today() or row.valid_to is not None:
        return False
    return row.valid_from > wish.since or (_is_alike(row, wish) and row.valid_from != wish.since)


def _close(row: FrequencyRule, since: date) -> None:
    """It holds until the day before; what had not begun by then never holds. One that nobody had confirmed is no longer
    the seeds' to change, and is still nobody's."""
    row.valid_to = max(since, row.valid_from) if row.valid_from else since
    row.changed_at = row.changed_at or clock.now()


def _withdraw(rows: Sequence[FrequencyRule], row: FrequencyRule) -> None:
    """A rule that has not begun never does, and what was to end by it goes on."""
    for before in rows:
        if before.id != row.id and _rule(before).slot == _rule(row).slot and before.valid_to == row.valid_from:
            before.valid_to = None
            before.changed_at = before.changed_at if before.changed_by else None
    row.valid_to = row.valid_from


def _confirm(session: Session, actor: Actor, row: FrequencyRule, source: str) -> bool:
    """Whether it was not confirmed yet, or by another source."""
    if row.changed_at is not None and row.source == source:
        return False
    before, row.source, row.changed_at, row.changed_by = row.source, source, clock.now(), actor.person_id
    after = f"{in_log(row)}, {source}"
    audit.note(session, actor.person_id, "frequency.confirm", f"object_type:{row.type}", before=before, after=after)
    return True


def end_rule(session: Session, actor: Actor, rule_id: int) -> None:
    """Let a rule hold no more from today on; what had not begun never does, and then what stood before it goes on."""
    type_ = session.scalar(select(FrequencyRule.type).where(FrequencyRule.id == rule_id))
    if type_ is None or not _held(session, [type_]):
        raise NotFound
    row = session.get_one(FrequencyRule, rule_id, populate_existing=True)
    if row.valid_to is not None:
        raise Refused(N_("This rule has ended already."))
    if row.valid_from and row.valid_from > clock.today():
        _withdraw(of_types(session)[type_], row)
    _end(session, actor, row)


def _end(session: Session, actor: Actor, row: FrequencyRule) -> None:
    _close(row, clock.today())
    _note_end(session, actor, row)


def _note_end(session: Session, actor: Actor, row: FrequencyRule) -> None:
    audit.note(session, actor.person_id, "frequency.end", f"object_type:{row.type}", before=in_log(row))


class Template(NamedTuple):
    """A frequency of all objects at once that somebody uses: its code and its names."""

    code: str
    zh: str
    en: str


def templates() -> list[Template]:
    """Those of other counties, in their order. Beside them stand KEEP, DELIVERED and NOTHING."""
    return [Template(row.code, row.zh, row.en) for row in seeds.read("frequency_templates")]


def apply(session: Session, actor: Actor, code: str, seen: str | None = None) -> int:
    """Take a template for all types from today on; rules for key objects or a season end by it. KEEP ends nothing and
    confirms what stands. How many rules were written, ended or confirmed."""
    types = tuple(kind.code for kind in walked(session))
    held = _held(session, types, seen)
    if code == KEEP:
        unconfirmed_ = unconfirmed(session)
        return sum(_confirm(session, actor, rule, rule.source) for rule, kind in unconfirmed_ if kind.code in held)
    special = [
        row
        for type_, rows in of_types(session).items()
        for row in rows
        if type_ in held and (row.for_key or row.season_from) and _lasts(row)
    ]
    for row in special:
        _end(session, actor, row)
    return len(special) + sum(set_rule(session, actor, wish) for wish in _wishes(code, types))


def _wishes(code: str, types: tuple[str, ...]) -> Iterator[Wish]:
    """A template, as the wishes of somebody who types it in."""
    blank = Wish(types, False, None, None, None, DAY, clock.today(), OURS)
    other = next((row for row in seeds.read("frequency_templates") if row.code == code), None)
    if code == NOTHING:
        yield blank
    elif code == DELIVERED:
        for row in seeds.read("frequency_rules"):
            if row.type in types:
                yield replace(blank, types=(row.type,), every=row.every, unit=row.unit, source=row.source)
    elif other:
        yield replace(blank, every=other.every, unit=other.unit, source=other.source)
    else:
        raise NotFound


def _rule(row: FrequencyRule) -> Rule:
    return Rule(*(getattr(row, name) for name in Rule._fields))


def in_log(row: FrequencyRule) -> str:
    """A rule for the log: "1 week key 05-10/07-20"."""
    often = f"{row.every} {row.unit}" if row.every else "0"
    season = f"{row.season_from}/{row.season_until}" if row.season_from else ""
    return " ".join(filter(None, (often, "key" if row.for_key else "", season)))
