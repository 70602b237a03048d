"""Settings and limits: whose each is, in which group it stands, and the acts that change one or several."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import time
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import seeds

from .. import domains
from ..access import Actor
from ..core import audit, calendar, clock
from ..core.announce import SettingRule
from ..core.errors import N_, NotFound, Refused
from ..core.models import Setting, TimeLimit
from .labels import GROUPS

LIMIT = SettingRule("setting.edit", 1, 366, group="limits")  # the unit is the row's own
LONGEST_NUMBER = 9  # digits
CHANGED = N_("Someone set this to %(value)s after you opened the page. Save again to use your value.")
EMPTIED = N_("Someone emptied this after you opened the page. Save again to use your value.")


@dataclass(frozen=True)
class Kind:
    """What can be set, as it is stored: the column of the value, and the seeds that it was delivered in."""

    model: Any
    column: str
    seeds: str


KINDS = {
    "limit": Kind(TimeLimit, "number", "limits"),
    "setting": Kind(Setting, "value", "settings"),
}


@dataclass(frozen=True)
class Item:
    """One thing to be set. ``value`` is text as it is typed, read as ``type`` (a key of ``core.settings.KINDS``);
    ``proposed`` is what was delivered, None where the seeds no longer have it."""

    kind: str
    key: str
    row: Any
    rule: SettingRule
    type: str
    value: str
    proposed: str | None
    words: Any

    @property
    def is_proposal(self) -> bool:
        """Whether nobody has set or confirmed it yet."""
        return self.row.changed_at is None

    @property
    def is_changed(self) -> bool:
        """Whether somebody has set it to something else than what was delivered."""
        return not self.is_proposal and self.value != self.proposed


@dataclass(frozen=True)
class Wish:
    """What somebody wants a value to be, and what it was on the page he saw."""

    drawn: str
    value: str

    @property
    def is_none(self) -> bool:
        """Whether the value was left as it was."""
        return self.drawn == self.value


def groups(session: Session, actor: Actor) -> dict[str, list[Item]]:
    """What is the actor's to set, groups and what stands in them each in their order."""
    found: dict[str, list[Item]] = {name: [] for name in GROUPS}
    for kind in KINDS:
        for item in _items(session, kind):
            if actor.may(item.rule.right):
                found[item.rule.group].append(item)
    return {name: items for name, items in found.items() if items}


def group(session: Session, actor: Actor, name: str) -> list[Item]:
    """One group; without anything in it for the actor it is not there for him."""
    found = groups(session, actor).get(name)
    if found is None:
        raise NotFound
    return found


def save(session: Session, actor: Actor, name: str, wishes: Mapping[str, Wish], adopt: bool = False) -> int:
    """Set all of a group that is wished to be otherwise, or nothing; how many values were written.

    ``adopt`` confirms, as they stand, those that are still our proposal. A wish for what is not the actor's to set is
    a wish for what is not there.
    """
    calendar.hold(session, to_change=True)  # nobody counts by the number of before meanwhile
    mine = {item.key: item for item in group(session, actor, name)}
    if wishes.keys() - mine.keys():
        raise NotFound
    return sum(_grant(session, actor, item, wishes.get(key), adopt) for key, item in mine.items())


def _grant(session: Session, actor: Actor, seen: Item, wish: Wish | None, adopt: bool) -> bool:
    """Whether a value was written; only a row about to be written is locked, and looked at again."""
    is_left = wish is None or wish.is_none
    if is_left and not (adopt and seen.is_proposal):
        return False
    item = _locked(session, seen.kind, seen.key)
    if wish is None or wish.is_none:
        return item.is_proposal and _put(session, actor, item, item.value)
    check(item, wish)
    return wish.value != item.value and _put(session, actor, item, wish.value)


def check(item: Item, wish: Wish) -> None:
    """Refuse a wish whose value does not fit or was meanwhile changed by somebody else; what is left as it was fits."""
    if wish.is_none:
        return
    if item.value not in (wish.drawn, wish.value):
        raise Refused(CHANGED if item.value else EMPTIED, value=item.value)
    fit(item, wish.value)


def fit(item: Item, value: str) -> None:
    """Refuse a value that the program could not work with."""
    rule = item.rule
    if item.type == "int":
        _fit_number(rule, value)
    elif item.type == "time" and not _is_time(value):
        raise Refused(N_("Write a time like 18:00."))
    elif (item.type == "bool" and value not in ("yes", "no")) or (rule.choices and value not in rule.choices):
        raise Refused(N_("Choose one."))
    if rule.check:
        try:
            rule.check(value)
        except ValueError as error:
            raise Refused(N_("This value is not valid: %(value)s"), value=str(error)) from None


def _fit_number(rule: SettingRule, value: str) -> None:
    if not value.isdecimal():
        raise Refused(N_("Write a whole number."))
    if len(value) > LONGEST_NUMBER or not rule.least <= int(value) <= rule.most:
        raise Refused(N_("Between %(least)d and %(most)d."), least=rule.least, most=rule.most)


def _is_time(value: str) -> bool:
    try:
        return time.fromisoformat(value).strftime("%H:%M") == value
    except ValueError:
        return False


def _put(session: Session, actor: Actor, item: Item, value: str) -> bool:
    """Write a value that fits into a locked row, with its line in the log."""
    row, who, key = item.row, actor.person_id, item.key
    if item.kind == "limit":
        audit.note(session, who, "limit.change", f"time_limit:{key}", before=row.number, after=int(value))
        row.number = int(value)
    else:
        audit.note(session, who, "setting.change", f"setting:{key}", before=row.value, after=value)
        row.value = value
    row.changed_at, row.changed_by = clock.now(), who
    return True


def _items(session: Session, kind: str) -> Iterator[Item]:
    """All of a kind, in the order in which it was delivered; what nobody announced is nobody's."""
    places = {key: place for place, key in enumerate(_delivered(kind))}
    rows = session.scalars(select(KINDS[kind].model))
    for row in sorted(rows, key=lambda each: (places.get(_key(each), len(places)), _key(each))):
        item = _item(kind, row)
        if item is not None:
            yield item


def _locked(session: Session, kind: str, key: str) -> Item:
    row = session.get(KINDS[kind].model, key, with_for_update=True, populate_existing=True) if kind in KINDS else None
    item = _item(kind, row) if row is not None else None
    if item is None:
        raise NotFound
    return item


def _item(kind: str, row: Any) -> Item | None:
    rule = _rule(kind, row)
    if rule is None:
        return None
    seed = _delivered(kind).get(_key(row))
    column, type_ = KINDS[kind].column, getattr(row, "kind", "int")
    proposed = None if seed is None else str(getattr(seed, column))
    return Item(kind, _key(row), row, rule, type_, str(getattr(row, column)), proposed, row if seed is None else seed)


def _rule(kind: str, row: Any) -> SettingRule | None:
    if kind == "limit":
        return replace(LIMIT, unit=row.unit)
    return domains.settings().get(row.key)


def _key(row: Any) -> str:
    return row.key if hasattr(row, "key") else row.code


@cache
def _delivered(kind: str) -> Mapping[str, Any]:
    return {_key(row): row for row in seeds.read(KINDS[kind].seeds).rows}
