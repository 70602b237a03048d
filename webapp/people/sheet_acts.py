"""Carrying out a sheet: each row through the same services as on the pages, so by the same rules.

All or nothing is the caller's transaction: he undoes it when a row was found wrong, and always when only rehearsing.
"""
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock
from ..core.errors import N_, Refused
from ..grid import queries as grids
from . import account_queries as queries
from . import bodies, departments, rules, service
from .models import Body, Person, Posting
from .queries import by_login
from .sheet import COLUMNS, MAX_CELL, Line

#: What a role may be called in a sheet, beside its code and its English name.
ROLE_WORDS = {
    "网格员": "grid_officer", "乡镇环保所": "township_supervisor", "环保所": "township_supervisor",
    "乡镇": "township_supervisor", "县网格办": "county_office", "网格办": "county_office",
    "部门联络员": "department_liaison", "联络员": "department_liaison", "站所经办人": "station_officer",
    "经办人": "station_officer", "领导": "leader", "检查人员": "evaluator", "系统管理员": "system_admin",
    "审计管理员": "audit_admin",
} | {name.lower(): role for role, name in rules.ROLE_NAMES.items()} | {role: role for role in rules.POSTINGS}
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


class Undo(Exception):
    """Raised inside a write by a caller that only rehearses, or that found rows wrong; carries the outcome."""

    def __init__(self, outcome: Outcome):
        super().__init__()
        self.outcome = outcome


def new_logins(session: Session, lines: list[Line]) -> list[str]:
    """The log-in names of a sheet that nobody has yet, each once: those who will need a code."""
    wanted = {rules.login_name(line.cells.get("login")): None for line in lines}
    known = set(session.scalars(select(Person.login)))
    return [login for login in wanted if login and login not in known]


def apply(session: Session, actor: Actor, lines: list[Line], hashes: Mapping[str, str]) -> Outcome:
    """Carry out the rows; ``hashes`` are the codes of new people by log-in name, empty when only rehearsing."""
    run = _Run(session, actor, hashes)
    for line in lines:
        try:
            run.row(line)
        except Refused as refusal:
            column = _FIELDS.get(refusal.field or "", refusal.field)
            run.outcome.findings.append(Finding(line.number, column if column in COLUMNS else None, refusal))
    return run.outcome


class _Run:
    """One pass over a sheet."""

    def __init__(self, session: Session, actor: Actor, hashes: Mapping[str, str]):
        self.session, self.actor, self.hashes, self.outcome = session, actor, hashes, Outcome()

    @cached_property
    def cells(self) -> list[grids.Cell]:
        return queries.cells(self.session, self.actor, ("county", "township", "village"))

    @cached_property
    def by_name(self) -> dict[str, list[grids.Cell]]:
        """Grids by code, Chinese and English name."""
        found: dict[str, list[grids.Cell]] = {}
        for cell in self.cells:
            for name in {cell.code, cell.zh, cell.en.lower()}:
                found.setdefault(name, []).append(cell)
        return found

    def row(self, line: Line) -> None:
        """A body, a person with a posting, or both."""
        cells = line.cells
        too_long = next((column for column, cell in cells.items() if len(cell) > MAX_CELL), None)
        if too_long:
            raise Refused(N_("At most %(max)d characters."), field=too_long, max=MAX_CELL)
        role = self._role(cells)
        body, made = self._body(cells, role) if cells.get("body") else (None, False)
        if role is not None:
            self._person(cells, self._posting(cells, role, body))
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

    def _body(self, cells: Mapping[str, str], role: str | None) -> tuple[Body, bool]:
        """The body a row names, set up when there is none, and whether it was."""
        grid = self._grid(cells) if cells.get("grid") else None
        kind = self._kind(grid, role)
        grid_id = grid.id if grid else bodies.county_grid(self.session)
        known = queries.same_body(self.session, kind, grid_id, cells["body"])
        if known is not None:
            return known, False
        entry = bodies.BodyEntry(cells["body"], cells.get("body_en", ""), None, self._canonical(cells))
        try:
            body = bodies.create_body(self.session, self.actor, kind, grid_id, entry)
        except Refused as refusal:
            raise Refused(refusal.message, field={"zh": "body", "en": "body_en"}.get(refusal.field or "", "body"),
                          **refusal.params) from refusal
        self.outcome.bodies.append(body.zh)
        return body, True

    def _kind(self, grid: grids.Cell | None, role: str | None) -> str:
        """A body without a grid, or at the county, is a department; a township's is a station, a village's a committee."""
        if grid is None and role == "station_officer":
            raise Refused(N_("Which township or village does it belong to?"), field="grid")
        place = rules.tier_kind(grid.tier, grids.lowest_tier(self.session)) if grid else "county"
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
        found = self.by_name.get(name, [])
        if above:
            parents = {cell.id for cell in self.by_name.get(above[-1], [])}
            found = [cell for cell in found if cell.parent_id in parents]
        if len(found) > 1:
            raise Refused(N_("Several grids are called so. Write the code, or township/village."), field="grid")
        if not found:
            raise Refused(N_("This place is not there, or not yours to post people to."), field="grid")
        return found[0]

    # --- people ---

    def _posting(self, cells: Mapping[str, str], role: str, body: Body | None) -> service.PostingEntry:
        grid_id = self._grid(cells).id if body is None and cells.get("grid") else None
        first = _day(cells, "first") or clock.today()
        return service.PostingEntry(role, grid_id, body.id if body else None, first, _day(cells, "last"))

    def _person(self, cells: Mapping[str, str], entry: service.PostingEntry) -> None:
        login = rules.login_name(cells["login"])
        person = by_login(self.session, login)
        if person is None:
            names = service.PersonEntry(login, cells["zh"], cells.get("en", ""), cells.get("phone"))
            service.create_person(self.session, self.actor, names, entry, self.hashes.get(login))
            self.outcome.people.append((login, names.zh, names.en))
            self.outcome.postings += 1
            return
        if not self._is_known(person) or person.zh != cells["zh"]:
            raise Refused(TAKEN, field="login")
        self._post(person, cells, entry)

    def _is_known(self, person: Person) -> bool:
        """Whose name the sheet may confirm: one's own, and those of people below."""
        return person.id == self.actor.person_id or queries.may_help(self.session, self.actor, person.id)

    def _post(self, person: Person, cells: Mapping[str, str], entry: service.PostingEntry) -> None:
        held = self._held(person, entry, "first" in cells)
        if held is None:
            service.grant_posting(self.session, self.actor, person.id, entry)
            self.outcome.postings += 1
            return
        last = queries.exclusive(entry.last)
        if "first" in cells and held.valid_from != entry.first:
            raise Refused(N_("Already posted there from another day on. Change it on the person's page."), field="first")
        if "last" in cells and held.valid_to != last:
            raise Refused(N_("Already posted there until another day. Change it on the person's page."), field="last")
        self.outcome.unchanged += 1

    def _held(self, person: Person, entry: service.PostingEntry, dated: bool) -> Posting | None:
        """The same posting as it stands; an ended one too when it began on the day the sheet says."""
        same = list(self.session.scalars(select(Posting).where(
            Posting.person_id == person.id, Posting.role == entry.role, Posting.grid_id == entry.grid_id,
            Posting.body_id == entry.body_id).order_by(Posting.id.desc())))
        began = [posting for posting in same if dated and posting.valid_from == entry.first]
        live = [posting for posting in same if posting.valid_to is None or posting.valid_to > clock.today()]
        return next(iter(began + live), None)


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
