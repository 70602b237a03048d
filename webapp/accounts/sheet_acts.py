"""Carrying out a sheet: each row through the same checks as on the pages, so by the same rules.

No row is written by itself: the whole sheet is worked out in memory first, so that rehearsing needs no write and
carrying out a short one, and a sheet with one wrong row leaves nothing.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock
from ..core.errors import N_, Refused
from ..grid import queries as grids
from ..people import departments, rules
from ..people.models import Body, Person, Posting
from . import bodies, queries, service
from .sheet import COLUMNS, MAX_CELL, SheetRow
from .sheet_facts import Facts, Known

#: What a role may be called in a sheet, beside its code and its English name.
ROLE_WORDS = (
    {
        "网格员": "grid_officer",
        "乡镇环保所": "township_supervisor",
        "环保所": "township_supervisor",
        "乡镇": "township_supervisor",
        "县网格办": "county_office",
        "网格办": "county_office",
        "部门联络员": "department_liaison",
        "联络员": "department_liaison",
        "站所经办人": "station_officer",
        "经办人": "station_officer",
        "领导": "leader",
        "检查人员": "inspector",
        "系统管理员": "system_admin",
        "审计管理员": "audit_admin",
    }
    | {name.lower(): role for role, name in rules.ROLE_NAMES.items()}
    | {role: role for role in rules.POSTINGS}
)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+00:00(?::00)?)?")
_FIELDS = {"place": "grid", "grid_id": "grid"}  # a service's field → the sheet's column
TAKEN = N_("This log-in name belongs to somebody else.")


@dataclass(frozen=True)
class Finding:
    """What is wrong in a row: its number, the column (of ``sheet.COLUMNS``, None = the row) and the refusal."""

    number: int
    column: str | None
    refusal: Refused


@dataclass
class Outcome:
    """What a sheet did, or would do."""

    findings: list[Finding] = field(default_factory=list)
    people: list[tuple[str, str, str]] = field(default_factory=list)  #: log-in, name, name in Latin letters
    bodies: list[str] = field(default_factory=list)
    postings: int = 0
    unchanged: int = 0

    def changes(self) -> bool:
        """Whether anything is new."""
        return bool(self.people or self.bodies or self.postings)


def new_logins(session: Session, lines: list[SheetRow]) -> list[str]:
    """The log-in names of a sheet that nobody has yet, each once: those who will need a code."""
    wanted = {rules.login_name(line.cells.get("login")): None for line in lines}
    known = set(session.scalars(select(Person.login)))
    return [login for login in wanted if login and login not in known]


def rehearse(session: Session, actor: Actor, lines: list[SheetRow]) -> Outcome:
    """What the sheet would do, and every row that is wrong. Only reads."""
    return _run(session, actor, lines).outcome


def apply(session: Session, actor: Actor, lines: list[SheetRow], hashes: Mapping[str, str]) -> Outcome:
    """Carry out the rows, or none of them when one is wrong; ``hashes`` are the codes of new people by log-in name."""
    names = {rules.login_name(line.cells.get("login")) for line in lines}
    session.execute(select(Person.id).where(Person.login.in_(names)).order_by(Person.id).with_for_update())
    run = _run(session, actor, lines)
    if not run.outcome.findings:
        run.store(hashes)
    return run.outcome


def _run(session: Session, actor: Actor, lines: list[SheetRow]) -> "_Run":
    run = _Run(session, actor, {rules.login_name(line.cells.get("login")) for line in lines})
    for line in lines:
        try:
            run.row(line)
        except Refused as refusal:
            column = _FIELDS.get(refusal.field or "", refusal.field)
            run.outcome.findings.append(Finding(line.number, column if column in COLUMNS else None, refusal))
    return run


class _Run:
    """One pass over a sheet: rows become what would be stored, in memory, and are stored all together."""

    def __init__(self, session: Session, actor: Actor, logins: Collection[str]):
        self.session, self.actor, self.outcome = session, actor, Outcome()
        self.facts = Facts(session, actor, logins)
        self.bodies: dict[int, Body] = {}  # new ones, under the numbers that stand for them meanwhile: -1, -2, …
        self.postings: list[tuple[Person, Posting]] = []

    def store(self, hashes: Mapping[str, str]) -> None:
        """Write everything with a few statements, whatever the number of rows."""
        bodies.keep_bodies(self.session, self.actor, list(self.bodies.values()))
        people = [self.facts.people[login].person for login, _, _ in self.outcome.people]
        service.keep_people(self.session, self.actor, people)
        for person, posting in self.postings:
            posting.person_id = person.id
            if posting.body_id in self.bodies:
                posting.body_id = self.bodies[posting.body_id].id
        service.keep_postings(self.session, self.actor, [posting for _, posting in self.postings])
        codes = {person.id: hashes[person.login] for person in people if person.login in hashes}
        service.keep_codes(self.session, self.actor, codes, slip=True)

    def row(self, line: SheetRow) -> None:
        """A body, a person with a posting, or both."""
        cells = line.cells
        too_long = next((column for column, cell in cells.items() if len(cell) > MAX_CELL), None)
        if too_long:
            raise Refused(N_("At most %(max)d characters."), field=too_long, max=MAX_CELL)
        role = self._role(cells)
        body_id, made = self._body(cells, role) if cells.get("body") else (None, False)
        if role is not None:
            self._person(cells, self._posting(cells, role, body_id))
        elif not made:
            self.outcome.unchanged += 1

    def _role(self, cells: Mapping[str, str]) -> str | None:
        """The row's role; None for a row that is about a body only."""
        if not {"login", "zh", "role"} & set(cells):
            if not cells.get("body"):
                raise Refused(N_("Please fill this in."), field="login")
            return None
        for column in ("login", "zh", "role"):
            if column not in cells:
                raise Refused(N_("Please fill this in."), field=column)
        role = ROLE_WORDS.get(cells["role"].strip().lower())
        if role is None:
            raise Refused(N_("No role is called so."), field="role")
        return role

    # --- bodies ---

    def _body(self, cells: Mapping[str, str], role: str | None) -> tuple[int, bool]:
        """The number of the body a row names, set up when there is none, and whether it was."""
        grid = self._grid(cells) if cells.get("grid") else None
        kind = self._kind(grid, role)
        grid_id = grid.id if grid else self.facts.county
        known = self.facts.bodies.get((kind, grid_id, cells["body"]))
        if known is not None:
            return known, False
        entry = bodies.BodyEntry(cells["body"], cells.get("body_en", ""), None, self._canonical(cells))
        try:
            return self._new_body(kind, grid_id, entry), True
        except Refused as refusal:
            raise Refused(
                refusal.message,
                field={"zh": "body", "en": "body_en"}.get(refusal.field or "", "body"),
                **refusal.params,
            ) from refusal

    def _new_body(self, kind: str, grid_id: int, entry: bodies.BodyEntry) -> int:
        bodies.check_maker(self.actor, kind)
        if not self.facts.takes(kind, grid_id):
            raise Refused(bodies.NOT_THERE)
        bodies.check(kind, entry)
        number = -1 - len(self.bodies)
        self.bodies[number] = bodies.new_body(kind, grid_id, entry)
        self.facts.add_body(self.bodies[number], number)
        self.outcome.bodies.append(entry.zh)
        return number

    def _kind(self, grid: grids.Cell | None, role: str | None) -> str:
        """A body without a grid, or at the county, is a department; a township's is a station,
        a village's a committee."""
        if grid is None and role == "station_officer":
            raise Refused(N_("Which township or village does it belong to?"), field="grid")
        place = rules.tier_kind(grid.tier, self.facts.lowest) if grid else "county"
        return next((kind for kind, row in rules.BODIES.items() if row["place"] == place), "department")

    def _canonical(self, cells: Mapping[str, str]) -> str | None:
        if "canonical" not in cells:
            return None
        code = departments.find(cells["canonical"])
        if code is None:
            raise Refused(N_("No department of the duty lists is called so."), field="canonical")
        return code

    def _grid(self, cells: Mapping[str, str]) -> grids.Cell:
        """A grid by code or name, "township/village" where two are called alike; among those within reach."""
        *above, name = [part.strip().lower() for part in re.split(r"[/／]", cells["grid"])]
        found = self.facts.by_name.get(name, [])
        if above:
            parents = {cell.id for cell in self.facts.by_name.get(above[-1], [])}
            found = [cell for cell in found if cell.parent_id in parents]
        if len(found) > 1:
            raise Refused(N_("Several grids are called so. Write the code, or township/village."), field="grid")
        if not found:
            raise Refused(N_("This place is not there, or not yours to post people to."), field="grid")
        return found[0]

    # --- people ---

    def _posting(self, cells: Mapping[str, str], role: str, body_id: int | None) -> service.PostingEntry:
        grid_id = self._grid(cells).id if body_id is None and cells.get("grid") else None
        first = _day(cells, "first") or clock.today()
        return service.PostingEntry(role, grid_id, body_id, first, _day(cells, "last"))

    def _person(self, cells: Mapping[str, str], entry: service.PostingEntry) -> None:
        known = self.facts.people.get(rules.login_name(cells["login"]))
        if known is None:
            self._new_person(
                service.PersonEntry(cells["login"], cells["zh"], cells.get("en", ""), cells.get("phone")), entry
            )
            return
        if not (known.is_below or known.person.id == self.actor.person_id) or known.person.zh != cells["zh"]:
            raise Refused(TAKEN, field="login")
        self._post(known, cells, entry)

    def _new_person(self, names: service.PersonEntry, entry: service.PostingEntry) -> None:
        login = service.checked_name(names.login)
        service.check_lengths(names)
        self._check(entry, [])
        known = Known(service.new_person(self.actor, login, names), True, [])
        self.facts.people[login] = known
        self.outcome.people.append((login, names.zh, names.en))
        self._keep(known, entry)

    def _check(self, entry: service.PostingEntry, held: list[Posting]) -> None:
        spot = self.facts.spot(entry)
        live = [posting for posting in held if _is_live(posting)]
        service.check_posting(self.actor, entry, spot.kind if spot else None, live)

    def _keep(self, known: Known, entry: service.PostingEntry) -> None:
        posting = service.new_posting(self.actor, entry)
        known.postings.append(posting)
        known.is_below = known.is_below and self.facts.is_below(entry)
        self.postings.append((known.person, posting))
        self.outcome.postings += 1

    def _post(self, known: Known, cells: Mapping[str, str], entry: service.PostingEntry) -> None:
        held = _held(known, entry, "first" in cells)
        if held is None:
            if known.person.id == self.actor.person_id:
                raise Refused(service.NOT_ONESELF)
            self._check(entry, known.postings)
            self._keep(known, entry)
            return
        last = queries.exclusive(entry.last)
        if "first" in cells and held.valid_from != entry.first:
            raise Refused(
                N_("Already posted there from another day on. Change it on the person's page."), field="first"
            )
        if "last" in cells and held.valid_to != last:
            raise Refused(N_("Already posted there until another day. Change it on the person's page."), field="last")
        self.outcome.unchanged += 1


def _held(known: Known, entry: service.PostingEntry, dated: bool) -> Posting | None:
    """The same posting as it stands; an ended one too when it began on the day the sheet says."""
    wanted = entry.role, entry.grid_id, entry.body_id
    same = [
        posting for posting in reversed(known.postings) if (posting.role, posting.grid_id, posting.body_id) == wanted
    ]
    began = [posting for posting in same if dated and posting.valid_from == entry.first]
    return next(iter(began + [posting for posting in same if _is_live(posting)]), None)


def _is_live(posting: Posting) -> bool:
    return posting.valid_to is None or posting.valid_to > clock.today()


def _day(cells: Mapping[str, str], column: str) -> date | None:
    if column not in cells:
        return None
    match = _DAY.fullmatch(cells[column])
    try:
        found = date(*map(int, match.groups()))  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise Refused(N_("Not a day. Write it like 2026-09-01."), field=column) from None
    if not clock.is_near(found):
        raise Refused(N_("Write a day from 2000 to 2100, or none when there is no end."), field=column)
    return found
