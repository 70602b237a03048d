"""Carrying out a sheet: each row through the same checks as on the pages, so by the same rules.

No row is written by itself: the whole sheet is worked out in memory first, so that rehearsing needs no write and
carrying out a short one, and a sheet with one wrong row leaves nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import cells, clock
from ..core.cells import IS_EMPTY
from ..core.errors import N_, Refused
from ..core.sheet import Finding, SheetRow
from ..grid import queries as grids
from ..people import departments, rules
from ..people.models import Body, Person, Posting
from . import bodies, effects, queries, service
from .sheet import PEOPLE
from .sheet_facts import Facts, Known
from .sheet_logins import proposed

_FIELDS = {"place": "grid", "grid_id": "grid"}  # a service's field → the sheet's column
TAKEN = N_("This log-in name belongs to someone else.")
TAKEN_MEANWHILE = N_("This log-in name was proposed here, but has since been taken. Check the spreadsheet again.")
WHO_IS_IT = N_(
    "Someone with this name already has an account or appears above in this spreadsheet (log-in name "
    "%(login)s). If it is the same person, write that log-in name; if not, write the telephone numbers of both."
)
ONE_ALREADY = N_(
    "Somebody else holds this role there, and one person at a time does. Post the new one under People, where the page "
    "says whose posting ends."
)
SAME, UNSURE, OTHER = "same", "unsure", "other"
NO_PROPOSAL = N_("No log-in name can be made from this name. Write one.")
#: What to write where a role's place is left empty, by the places of ``rules.POSTINGS``.
WRITE_PLACE = {
    "village": N_("The cell is empty. Write the village."),
    "township": N_("The cell is empty. Write the township."),
    "county": N_("The cell is empty. Write the county."),
    "county,township": N_("The cell is empty. Write the county or the township."),
    "department": N_("The cell is empty. Write the department."),
    "station,committee": N_("The cell is empty. Write the station or the village committee."),
}


@dataclass
class Outcome:
    """What a sheet did, or would do."""

    findings: list[Finding] = field(default_factory=list)
    people: list[tuple[str, str, str]] = field(default_factory=list)  #: log-in, name, name in Latin letters
    bodies: list[str] = field(default_factory=list)
    postings: int = 0
    unchanged: int = 0
    proposals: list[tuple[str, str, str]] = field(default_factory=list)  #: row, name, the log-in name proposed for it
    roles: Counter[tuple[str, str]] = field(default_factory=Counter)  #: what was written, the role it was taken for
    lines: list[SheetRow] = field(default_factory=list)  #: the rows, each person with his log-in name

    def changes(self) -> bool:
        """Whether anything is new."""
        return bool(self.people or self.bodies or self.postings)


def new_logins(session: Session, lines: Sequence[SheetRow]) -> list[str]:
    """The log-in names of a sheet that nobody has yet, each once: those who will need a code."""
    wanted = dict.fromkeys(_logins(lines))
    known = set(session.scalars(select(Person.login)))
    return [login for login in wanted if login not in known]


def _logins(lines: Sequence[SheetRow]) -> list[str]:
    return [login for line in lines if (login := rules.login_name(line.cells.get("login")))]


def rehearse(session: Session, actor: Actor, lines: Sequence[SheetRow]) -> Outcome:
    """What the sheet would do, and every row that is wrong. Only reads."""
    return _run(session, actor, lines).outcome


def apply(session: Session, actor: Actor, lines: Sequence[SheetRow], hashes: Mapping[str, str]) -> Outcome:
    """Carry out the rows, or none of them when one is wrong; ``hashes`` are the codes of new people by log-in name."""
    session.execute(select(Person.id).where(Person.login.in_(_logins(lines))).order_by(Person.id).with_for_update())
    run = _run(session, actor, lines)
    if not run.outcome.findings:
        run.store(hashes)
    return run.outcome


def _run(session: Session, actor: Actor, lines: Sequence[SheetRow]) -> "_Run":
    run = _Run(session, actor, lines)
    for line in lines:
        try:
            run.row(line)
        except Refused as refusal:
            column = _FIELDS.get(refusal.field or "", refusal.field)
            known = column if column in PEOPLE.columns else None
            run.outcome.findings.append(Finding(line, known, refusal))
    return run


class _Run:
    """One pass over a sheet: rows become what would be stored, in memory, and are stored all together."""

    def __init__(self, session: Session, actor: Actor, lines: Sequence[SheetRow]):
        self.session, self.actor, self.outcome = session, actor, Outcome()
        nameless = {_name(line) for line in lines if "zh" in line.cells and "login" not in line.cells}
        self.facts = Facts(session, actor, set(_logins(lines)), nameless)
        self.facts.taken |= set(_logins(lines))
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
        values = PEOPLE.values(line)
        if {"town", "grid"} <= values.keys():
            values["grid"] = f"{values['town']}/{values['grid']}"
        grid = self.facts.names.find(values["grid"]) if "grid" in values else None
        if grid is None and "town" in values:
            grid = self.facts.names.find(values["town"])
        role = self._role(values, grid)
        body_id, made = self._body(values, role, grid) if values.get("body") else (None, False)
        if role is not None:
            entry = self._posting(values, role, body_id, grid)
            line = replace(line, cells=line.cells | self._person(line, values, entry))
            self.outcome.roles[values["role"], role] += 1
        elif not made:
            self.outcome.unchanged += 1
        self.outcome.lines.append(line)

    def _role(self, values: Mapping[str, Any], grid: grids.Cell | None) -> str | None:
        """The row's role; None for a row that is about a body only."""
        if not {"login", "zh", "role"} & set(values) and values.get("body"):
            return None
        for column in ("zh", "role"):
            if not values.get(column):
                raise Refused(IS_EMPTY, field=column)
        role = self.facts.role(values["role"], grid.id if grid else None)
        if role is None:
            raise Refused(N_("There is no role with this name."), field="role")
        return role

    # --- bodies ---

    def _body(self, values: Mapping[str, Any], role: str | None, grid: grids.Cell | None) -> tuple[int, bool]:
        """The number of the body a row names, set up when there is none, and whether it was."""
        kind = self._kind(grid, role)
        grid_id = grid.id if grid else self.facts.county
        known = self.facts.bodies.get((kind, grid_id, values["body"]))
        if known is not None:
            return known, False
        entry = bodies.BodyEntry(values["body"], values.get("body_en", ""), None, self._canonical(values))
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

    def _canonical(self, values: Mapping[str, Any]) -> str | None:
        if "canonical" not in values:
            return None
        code = departments.find(values["canonical"])
        if code is None:
            raise Refused(N_("The duty lists have no department with this name."), field="canonical")
        return code

    # --- people ---

    def _posting(
        self, values: Mapping[str, Any], role: str, body_id: int | None, grid: grids.Cell | None
    ) -> service.PostingEntry:
        place = rules.POSTINGS[role]["place"]
        if body_id is None and grid is None and place in WRITE_PLACE:
            raise Refused(WRITE_PLACE[place], field="body" if rules.sits_in_body(role) else "grid")
        grid_id = grid.id if body_id is None and grid else None
        return service.PostingEntry(role, grid_id, body_id, values.get("first") or clock.today(), values.get("last"))

    def _person(self, line: SheetRow, values: Mapping[str, Any], entry: service.PostingEntry) -> dict[str, str]:
        """The log-in name of the person of a row, who is found, or made under the one given or proposed."""
        typed = rules.login_name(values.get("login"))
        known = self.facts.people.get(typed) if typed else self._namesake(values, entry)
        if known is not None:
            if not (known.is_below or known.person.id == self.actor.person_id) or known.person.zh != values["zh"]:
                raise Refused(TAKEN, field="login")
            if "proposed" in line.cells and _likeness(known, values, entry) != SAME:
                raise Refused(TAKEN_MEANWHILE, field="login")
            self._post(known, values, entry)
            return {"login": known.person.login}
        login = typed or self._propose(line, values)
        self._new_person(service.PersonEntry(login, values["zh"], values.get("en", ""), values.get("phone")), entry)
        return {"login": login} if typed else {"login": login, "proposed": "yes"}

    def _namesake(self, values: Mapping[str, Any], entry: service.PostingEntry) -> Known | None:
        """Who a row without a log-in name means; None when nobody of this name, Refused when it cannot be told."""
        alike = {known.person.login: _likeness(known, values, entry) for known in self.facts.namesakes[values["zh"]]}
        for login, likeness in sorted(alike.items(), key=lambda one: one[1] != SAME):
            if likeness == SAME:
                return self.facts.people[login]
            if likeness == UNSURE:
                raise Refused(WHO_IS_IT, field="login", login=login)
        return None

    def _propose(self, line: SheetRow, values: Mapping[str, Any]) -> str:
        login = proposed(values["zh"], values.get("phone"), self.facts.taken)
        if login is None:
            raise Refused(NO_PROPOSAL, field="login")
        self.facts.taken.add(login)
        self.outcome.proposals.append((line.where, values["zh"], login))
        return login

    def _new_person(self, names: service.PersonEntry, entry: service.PostingEntry) -> None:
        login = service.checked_name(names.login)
        service.check_lengths(names)
        self._check(entry, [])
        known = Known(service.new_person(self.actor, login, names), True, [])
        self.facts.people[login] = known
        self.facts.add_namesake(known)
        self.outcome.people.append((login, names.zh, names.en))
        self._keep(known, entry)

    def _check(self, entry: service.PostingEntry, held: list[Posting]) -> None:
        spot = self.facts.spot(entry)
        live = [posting for posting in held if _is_live(posting)]
        service.check_posting(self.actor, entry, spot.kind if spot else None, live)

    def _keep(self, known: Known, entry: service.PostingEntry) -> None:
        posting = service.new_posting(self.actor, entry)
        self._check_single(known, posting)
        known.postings.append(posting)
        known.is_below = known.is_below and self.facts.is_below(entry)
        self.postings.append((known.person, posting))
        self.outcome.postings += 1

    def _check_single(self, known: Known, posting: Posting) -> None:
        """A sheet takes nobody's place away: that is done by hand, where the page says who it is."""
        if not rules.is_single(posting.role):
            return
        posting.person_id = known.person.id
        together = [other for person, other in self.postings if person is not known.person]
        new = [other for other in together if (other.role, other.body_id) == (posting.role, posting.body_id)]
        if new or effects.others(self.session, posting):
            raise Refused(ONE_ALREADY, field="role")

    def _post(self, known: Known, values: Mapping[str, Any], entry: service.PostingEntry) -> None:
        held = _held(known, entry, "first" in values)
        if held is None:
            if known.person.id == self.actor.person_id:
                raise Refused(service.NOT_ONESELF)
            self._check(entry, known.postings)
            self._keep(known, entry)
            return
        last = queries.exclusive(entry.last)
        if "first" in values and held.valid_from != entry.first:
            raise Refused(
                N_("Already posted there with a different first day. Change it on the person's page."), field="first"
            )
        if "last" in values and held.valid_to != last:
            raise Refused(
                N_("Already posted there with a different last day. Change it on the person's page."), field="last"
            )
        self.outcome.unchanged += 1


def _held(known: Known, entry: service.PostingEntry, dated: bool) -> Posting | None:
    """The same posting as it stands; an ended one too when it began on the day the sheet says."""
    wanted = entry.role, entry.grid_id, entry.body_id
    same = [
        posting for posting in reversed(known.postings) if (posting.role, posting.grid_id, posting.body_id) == wanted
    ]
    began = [posting for posting in same if dated and posting.valid_from == entry.first]
    return next(iter(began + [posting for posting in same if _is_live(posting)]), None)


def _likeness(known: Known, values: Mapping[str, Any], entry: service.PostingEntry) -> str:
    """Whether a person of the row's name is the row's: his telephone tells, or else the posting he holds already.

    Two rows of one sheet without telephones may be two people of one name; nobody is guessed to be another.
    """
    phones = {cells.code(known.person.phone or ""), values.get("phone") or ""}
    holds = _held(known, entry, "first" in values) is not None
    if "" not in phones:
        return SAME if len(phones) == 1 else UNSURE if holds else OTHER
    return SAME if holds and known.person.id is not None else UNSURE


def _name(line: SheetRow) -> str:
    return cells.name(line.cells["zh"])


def _is_live(posting: Posting) -> bool:
    return posting.valid_to is None or posting.valid_to > clock.today()
