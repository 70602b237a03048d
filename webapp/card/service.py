"""Acts on cards: what is fixed for a grid, whom the office above names towards it, who runs the platform."""

from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.errors import N_, TOO_LONG, NotFound, Refused, Stale
from ..core.happened import HandedOver
from ..grid import queries as grids
from ..grid import units
from ..grid.models import UNIT_TIER
from ..grid.queries import Cell
from ..people import rules
from . import queries
from .labels import HAVE_UNITS, KINDS, PARTS, UNIT
from .models import GridCard, PlatformRole, UpperLink

NAME, TEXT = 80, 2000  # characters, of a name or post and of one of the texts
NAMES, TEXTS = ["body", "post", "leader"], ["duties", "tasks", "rewards", "penalties"]  # each in two languages
LONGEST = dict.fromkeys(NAMES, NAME) | dict.fromkeys(TEXTS, TEXT)
DAMAGED = N_("This form is damaged. Open it again.")
LATER = N_("This day is still to come. Write it when it has come.")
UNITS_BELOW = N_("Unit grids stand below it, as they do in communities of subdistricts only. End them first.")
EARLIER = N_("What is fixed now counts from %(day)s. A later day is needed, or the same.")


@dataclass(frozen=True)
class CardEntry:
    """What a card says from ``valid_from`` on. Empty is "not fixed". ``published_on``: when it was announced."""

    kind: str | None = None
    body_zh: str = ""
    body_en: str = ""
    post_zh: str = ""
    post_en: str = ""
    leader_zh: str = ""
    leader_en: str = ""
    duties_zh: str = ""
    duties_en: str = ""
    tasks_zh: str = ""
    tasks_en: str = ""
    rewards_zh: str = ""
    rewards_en: str = ""
    penalties_zh: str = ""
    penalties_en: str = ""
    valid_from: date | None = None
    published_on: date | None = None


def write_card(session: Session, actor: Actor, grid_id: int, entry: CardEntry, seen: int | None = None) -> GridCard:
    """Fix what is fixed for a grid; what was said before stays readable. The same once more writes nothing.

    ``seen``: the card that the form began with; Stale when another has been written since. Refused, with its field,
    for a kind that fits another tier, a text that is too long, or a day that is to come or lies before the last card's.
    """
    cell = grids.any_cell(session, actor, "card.edit", grid_id)
    if cell.tier == UNIT_TIER:
        entry = replace(entry, kind=UNIT)
    before = queries.newest(session, grid_id)
    if seen is not None and getattr(session.get(GridCard, seen), "grid_id", None) != grid_id:
        raise Refused(DAMAGED, field="seen")
    if (before.id if before else None) != seen:
        raise Stale
    _check(session, cell, entry, before)
    given = asdict(entry) | {"valid_from": entry.valid_from or clock.today()}
    changed = sorted(name for name, value in given.items() if before is None or getattr(before, name) != value)
    if before is not None and not changed:
        return before
    card = GridCard(grid_id=grid_id, said_by=actor.person_id or None, said_at=clock.now(), **given)
    session.add(card)
    session.flush()
    audit.note(session, actor.person_id or None, "card.write", f"grid:{grid_id}", changed=changed)
    return card


def _check(session: Session, cell: Cell, entry: CardEntry, before: GridCard | None) -> None:
    tier = rules.tier_kind(cell.tier, grids.working_tier(session))
    if entry.kind is not None and KINDS.get(entry.kind) != tier:
        raise Refused(N_("A grid of this tier cannot be of that kind."), field="kind")
    if before and before.kind in HAVE_UNITS and entry.kind != before.kind and units.are_below(session, cell.path):
        raise Refused(UNITS_BELOW, field="kind")
    for name, longest in LONGEST.items():
        for field in (f"{name}_zh", f"{name}_en"):
            if len(getattr(entry, field)) > longest:
                raise Refused(TOO_LONG, field=field, max=longest)
    check_day("valid_from", entry.valid_from, before.valid_from if before else None)
    check_day("published_on", entry.published_on, None)


def check_day(field: str, day: date | None, after: date | None) -> None:
    """Refused, with its field, for a day that is to come, is far away, or lies before another."""
    if day is None:
        return
    if day > clock.today():
        raise Refused(LATER, field=field)
    if not clock.is_near(day):
        raise Refused(N_("Write a date from 2000 to 2100."), field=field)
    if after is not None and day < after:
        raise Refused(EARLIER, field=field, day=after.isoformat())


def name_upper(session: Session, actor: Actor, lower_id: int, person_id: int, first: date) -> UpperLink:
    """Name who stands for the upper grid towards a lower one from a day on (004:168); who was named before ends on it.

    NotFound for the county, above which there is none, and where the upper grid is not the actor's. Refused for who is
    not posted there, and for a day that is to come or lies before that from which the other counts.
    """
    lower = next(iter(grids.named(session, {lower_id}).values()), None)
    if lower is None or lower.parent_id is None:
        raise NotFound
    upper = grids.cell(session, actor, "card.edit", lower.parent_id)
    if person_id not in {person.id for person in queries.nameable(session, upper.id)}:
        raise Refused(N_("This person is not posted in the office above. Choose one of the list."), field="person")
    now = queries.upper(session, lower_id)
    if now and (now.link.person_id, now.link.upper_id) == (person_id, upper.id):
        return now.link
    check_day("first", first, now.link.from_on if now else None)
    if now:
        now.link.to_on = first
        session.flush()  # before the next: there is never more than one without an end
    return _link(session, actor, upper.id, lower_id, person_id, first, now.link.person_id if now else None)


def _link(
    session: Session, actor: Actor, upper_id: int, lower_id: int, person_id: int, first: date, before: int | None
) -> UpperLink:
    link = UpperLink(
        upper_id=upper_id,
        lower_id=lower_id,
        person_id=person_id,
        from_on=first,
        named_by=actor.person_id or None,
        named_at=clock.now(),
    )
    session.add(link)
    session.flush()
    audit.note(
        session,
        actor.person_id or None,
        "upper.name",
        f"grid:{lower_id}",
        before=before,
        after=person_id,
        first=first.isoformat(),
    )
    return link


def take_over(session: Session, event: HandedOver) -> None:
    """Whoever took over somebody's posting at a grid stands for it towards those below, as he did, from today on."""
    for link in queries.links_of(session, event.person_id, event.grid_ids):
        if event.successor_id in {person.id for person in queries.nameable(session, link.upper_id)}:
            link.to_on = max(link.from_on, clock.today())
            session.flush()
            who = Actor(event.by or 0, "", ())
            _link(session, who, link.upper_id, link.lower_id, event.successor_id, clock.today(), link.person_id)


def set_platform(session: Session, actor: Actor, county_id: int, part: str, zh: str, en: str = "") -> None:
    """Say which body has a part in the county's platform; an empty name takes it back to "not fixed"."""
    county = grids.cell(session, actor, "card.edit", county_id)
    if county.parent_id is not None or part not in PARTS:
        raise NotFound
    for name, text in (("zh", zh), ("en", en)):
        if len(text) > NAME:
            raise Refused(TOO_LONG, field=f"{part}_{name}", max=NAME)
    now = queries.platform(session, county_id).get(part)
    before = (now.zh, now.en) if now else ("", "")
    if before == (zh, en):
        return
    row = PlatformRole(grid_id=county_id, part=part, zh=zh, en=en, said_by=actor.person_id or None, said_at=clock.now())
    session.add(row)
    session.flush()
    audit.note(
        session, actor.person_id or None, "platform.set", f"grid:{county_id}", part=part, before=before[0], after=zh
    )
