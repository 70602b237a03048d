"""Reads of the duty lists; open to every desk and officer, they hold no records of the county."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from seeds.script import spellings

from ..core import audit
from ..core.models import AuditEntry
from ..people.models import Person
from .models import Department, Document, Duty, Succession
from .scope import Part, applies

UNKNOWN = "unknown"  # the department (and the kind of department) that stands for "not named in the text"
NAMED, RETIRED = "named", "retired"  # beside the three statuses of the seeds
ALL = "all"  # of Wanted.scope
EMPTY = frozenset({"004-13-dept22-01"})  # rows that say that a number of the text has nothing behind it
NUMBERED = "004", re.compile("篇十三 部门(\\d+)")  # where the document numbers the departments: code, section
_BEGINS = NUMBERED[1].pattern.partition("(")[0]

Condition = ColumnElement[bool]
Now = aliased(Department, name="now")  # whose a duty is today: what the county has named, else the list's reading
WHOSE = func.coalesce(Duty.named, Duty.canonical)


# --- the list of duties ---


class DutyRow(NamedTuple):
    """A duty, the department it is today, and how the printed name became that one (None when nothing is known)."""

    duty: Duty
    department: Department
    succession: Succession | None


LINES = (
    select(Duty, Now, Succession)
    .join(Now, Now.code == WHOSE)
    .outerjoin(
        Succession, and_(Succession.body == Duty.body, Succession.canonical == Now.code, Succession.valid_to.is_(None))
    )
)
IN_ORDER = (Duty.document, Duty.line_from, Duty.position, Duty.id)


def rows(session: Session, *conditions: Condition) -> list[DutyRow]:
    """The duties in force of which the conditions are true, in the order of the documents."""
    query = LINES.where(Duty.valid_to.is_(None), *conditions).order_by(*IN_ORDER)
    return [DutyRow(*row) for row in session.execute(query)]


def duty(session: Session, code: str) -> DutyRow | None:
    """One duty, also a retired one."""
    row = session.execute(LINES.where(Duty.code == code)).first()
    return DutyRow(*row) if row else None


def same_lines(session: Session, one: Duty) -> list[DutyRow]:
    """The other duties that stand on the same lines of the document."""
    return rows(
        session,
        Duty.document == one.document,
        Duty.line_from <= one.line_to,
        Duty.line_to >= one.line_from,
        Duty.id != one.id,
    )


def silent_beside(session: Session, one: Duty) -> list[Duty]:
    """The other duties of the same section that print the same body or none, and whose department nobody knows."""
    return list(
        session.scalars(
            select(Duty)
            .where(
                Duty.document == one.document,
                Duty.section == one.section,
                Duty.body == one.body,
                Duty.tier == one.tier,
                Duty.canonical == UNKNOWN,
                Duty.named.is_(None),
                Duty.valid_to.is_(None),
                Duty.id != one.id,
            )
            .order_by(*IN_ORDER)
        )
    )


# --- documents ---


class Section(NamedTuple):
    """A section of a document: its lines, the names printed in it in their order ("" = none), how many duties it
    holds, and for how many of these nobody knows yet whose they are.
    """

    section: str
    line_from: int
    line_to: int
    printed: tuple[str, ...]
    duties: int
    unknown: int


def documents(session: Session) -> list[Document]:
    """All documents in the order of their codes."""
    return list(session.scalars(select(Document).order_by(Document.code)))


def document(session: Session, code: str) -> Document | None:
    """One document."""
    return session.get(Document, code)


def tally(session: Session) -> dict[str, int]:
    """Duties in force by document."""
    rows = session.execute(select(Duty.document, func.count()).where(Duty.valid_to.is_(None)).group_by(Duty.document))
    return dict(rows.all())


def sections(session: Session, code: str) -> list[Section]:
    """The sections of a document that hold duties, in the order of their lines."""
    rows = session.execute(
        select(Duty.section, Duty.line_from, Duty.line_to, Duty.body_printed, WHOSE.label("whose"))
        .where(Duty.document == code, Duty.valid_to.is_(None))
        .order_by(*IN_ORDER)
    ).all()
    by_section: dict[str, list[Any]] = {}
    for row in rows:
        by_section.setdefault(row.section, []).append(row)
    return [
        Section(
            section,
            min(row.line_from for row in found),
            max(row.line_to for row in found),
            tuple(dict.fromkeys(row.body_printed for row in found)),
            len(found),
            sum(row.whose == UNKNOWN for row in found),
        )
        for section, found in by_section.items()
    ]


class Numbered(NamedTuple):
    """A department as a document numbers it: the name printed there ("" = none), its own duties in force (those that
    print the same name) and the lines of the number.

    ``line`` is its first duty of that name, with whose it is today: unknown until a county names it on the screen.
    """

    number: int
    printed: str
    line: DutyRow
    line_from: int
    line_to: int
    duties: int


def numbered(session: Session) -> list[Numbered]:
    """The numbered departments of document 004 in their printed order, the nameless and the empty one too."""
    code, label = NUMBERED
    sections: dict[int, list[DutyRow]] = {}
    wanted = LINES.where(Duty.document == code, Duty.section.startswith(_BEGINS), Duty.valid_to.is_(None))
    for row in session.execute(wanted.order_by(*IN_ORDER)):
        if match := label.fullmatch(row[0].section):
            sections.setdefault(int(match[1]), []).append(DutyRow(*row))
    return [
        Numbered(
            number,
            found[0].duty.body_printed,
            found[0],
            min(line.duty.line_from for line in found),
            max(line.duty.line_to for line in found),
            sum(_is_own(line.duty, found[0].duty) for line in found),
        )
        for number, found in sorted(sections.items())
    ]


def _is_own(duty: Duty, first: Duty) -> bool:
    return duty.body_printed == first.body_printed and duty.code not in EMPTY


# --- departments ---


class DepartmentRow(NamedTuple):
    """A department of today with its number of duties that apply here, and of those in all texts."""

    department: Department
    duties: int
    everywhere: int


class Past(NamedTuple):
    """A printed name that is a department today, and who of the county confirmed it."""

    succession: Succession
    confirmed_by: Person | None


def departments(session: Session, known: Iterable[Part]) -> list[DepartmentRow]:
    """Departments that hold a duty or have a printed name, those with most duties in the known parts here first."""
    # grouped before it is joined: whose a duty is has no index, and each department went through all of them
    counted = (
        select(
            WHOSE.label("whose"),
            func.count(Duty.id).label("number"),
            func.count(case((applies(known), 1))).label("here"),
        )
        .where(Duty.valid_to.is_(None))
        .group_by(WHOSE)
        .subquery()
    )
    here, number = (func.coalesce(column, 0) for column in (counted.c.here, counted.c.number))
    rows = session.execute(
        select(Department, here, number)
        .outerjoin(counted, counted.c.whose == Department.code)
        .where(or_(number > 0, exists().where(Succession.canonical == Department.code, Succession.valid_to.is_(None))))
        .order_by(here.desc(), number.desc(), Department.code)
    )
    return [DepartmentRow(*row) for row in rows]


def narrowed(bodies: Iterable[DepartmentRow], names: dict[str, list[Past]], words: str) -> list[DepartmentRow]:
    """Those in whose names of today or printed names every word stands, in either script."""

    def text(body: DepartmentRow) -> str:
        printed = (past_.succession.body for past_ in names.get(body.department.code, ()))
        return " ".join((body.department.zh, body.department.en, *printed)).casefold()

    return [
        body
        for body in bodies
        if all(any(spelling in text(body) for spelling in spellings(word)) for word in words.casefold().split())
    ]


def choosable(session: Session) -> list[Department]:
    """The departments that a county may name."""
    return list(
        session.scalars(select(Department).where(Department.kind != UNKNOWN).order_by(Department.kind, Department.code))
    )


def past_of(session: Session, row: Succession | None) -> Past | None:
    """One printed name with who confirmed it."""
    if row is None:
        return None
    return Past(row, session.get(Person, row.confirmed_by) if row.confirmed_by else None)


def past(session: Session) -> dict[str, list[Past]]:
    """By department the printed names that are this department today, oldest event first, undated last."""
    rows = session.execute(
        select(Succession, Person)
        .outerjoin(Person, Person.id == Succession.confirmed_by)
        .where(Succession.valid_to.is_(None))
        .order_by(
            Succession.canonical, Succession.from_on.is_(None), Succession.from_on, Succession.body, Succession.id
        )
    )
    found: dict[str, list[Past]] = {}
    for row in rows:
        found.setdefault(row[0].canonical, []).append(Past(*row))
    return found


# --- what happened to a row ---


class Act(NamedTuple):
    """One line of a row's history; ``person`` None = the program itself."""

    entry: AuditEntry
    person: Person | None

    @property
    def after(self) -> str:
        """The word that stands there since; empty where it is none."""
        after = audit.said(self.entry.detail).get("after")
        return after if isinstance(after, str) else ""

    @property
    def fields(self) -> list[str]:
        """The names of what a new list changed."""
        after = audit.said(self.entry.detail).get("after")
        return [str(name) for name in after] if isinstance(after, list | dict) else []


def acts(session: Session, thing: str) -> list[Act]:
    """What was done to "duty:7" or "succession:3", newest first."""
    rows = session.execute(
        select(AuditEntry, Person)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(AuditEntry.thing == thing)
        .order_by(AuditEntry.id.desc())
    )
    return [Act(*row) for row in rows]
