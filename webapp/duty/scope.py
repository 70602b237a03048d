"""Which texts apply here: the parts of the documents, whose plan each is, and what the county decided about it.

``applies`` is the one answer that lists, counters and dispatch read; ``county_duty`` says what a department of a county
can be charged with at all. Both go by the parts that were read once.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from seeds import rows

from ..core import clock
from ..people.models import Person
from .models import Document, DocumentDecision, Duty, Figure

IN_FORCE = "in_force"
EXAMPLE = "example"  # what a part is once what was in force has ended
STANDINGS = (IN_FORCE, EXAMPLE, "draft", "repealed")
ABOVE = frozenset({"city", "province"})  # whose plans charge no department of a county

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Part(rows.Part):
    """A part of a document as it stands on a day; ``decision`` is None where what was delivered still counts."""

    document: str
    decision: DocumentDecision | None

    @property
    def applies(self) -> bool:
        """Whether it is in force here."""
        return self.standing == IN_FORCE

    def holds(self, document: str, line: int) -> bool:
        """Whether a line of a document is one of its lines."""
        return self.document == document and self.line_from <= line <= self.line_to


def parts(session: Session, on: date | None = None) -> list[Part]:
    """All parts of all documents as they stand on a day (today), in the order of the texts."""
    day, counts = on or clock.today(), {}
    for decision in session.scalars(_DECISIONS):
        if decision.from_on <= day:
            counts[decision.document, decision.part] = decision
    found = session.execute(_PARTS)
    return [_part(code, given, counts.get((code, given["code"])), day) for code, all_ in found for given in all_]


_DECISIONS = select(DocumentDecision).order_by(DocumentDecision.id)
_PARTS = select(Document.code, Document.parts).order_by(Document.code)


def _part(document: str, given: dict[str, Any], decision: DocumentDecision | None, day: date) -> Part:
    standing = decision.standing if decision else given["standing"]
    if decision and decision.to_on and decision.to_on <= day:
        standing = EXAMPLE
    facts = tuple(rows.Fact(**fact | {"lines": tuple(fact["lines"])}) for fact in given["facts"])
    return Part(**given | {"facts": facts, "document": document, "standing": standing, "decision": decision})


class Placed(Protocol):
    """Whatever stands on a line of a document: a duty, a figure, a duty as it was cited."""

    @property
    def document(self) -> str:
        """Its code."""

    @property
    def line_from(self) -> int:
        """The first line."""


def part_of(found: Iterable[Part], row: Placed) -> Part | None:
    """The part that a duty or figure stands in; None only where nothing is seeded."""
    return next((part for part in found if part.holds(row.document, row.line_from)), None)


def applies(known: Iterable[Part], table: type[Duty] | type[Figure] = Duty) -> Condition:
    """Rows of the duty lists (or of the figures) that stand in one of these parts which is in force here."""
    return _within((part for part in known if part.applies), table)


def counts_here(row: object | None, part: Part | None) -> bool:
    """Whether a row counts here: what names nobody (no row) always does, a duty by its part."""
    return row is None or (part is not None and part.applies)


def county_duty(known: Iterable[Part]) -> Condition:
    """Duties that a department of a county can be charged with: of the county's own tier, or of any tier in a plan that
    is not a city's or a province's.
    """
    below = _within((part for part in known if part.tier not in ABOVE), Duty)
    return or_(Duty.tier == "county", and_(Duty.tier == "any", below))


def _within(found: Iterable[Part], table: type[Duty] | type[Figure]) -> Condition:
    ranges = ((table.document == part.document, part.line_from, part.line_to) for part in found)
    return or_(false(), *(and_(same, table.line_from.between(first, last)) for same, first, last in ranges))


def counted(session: Session, known: Collection[Part]) -> dict[tuple[str, str], int]:
    """How many duties in force stand in each of these parts."""
    found: Counter[tuple[str, str]] = Counter()
    lines = session.execute(
        select(Duty.document, Duty.line_from, func.count())
        .where(Duty.valid_to.is_(None))
        .group_by(Duty.document, Duty.line_from)
    )
    for document, line, number in lines:
        if part := next((each for each in known if each.holds(document, line)), None):
            found[document, part.code] += number
    return found


class Said(NamedTuple):
    """A decision and who made it."""

    decision: DocumentDecision
    person: Person


def decisions(session: Session, document: str, part: str) -> list[Said]:
    """All that the county ever decided about a part, newest first."""
    found = session.execute(
        select(DocumentDecision, Person)
        .join(Person, Person.id == DocumentDecision.decided_by)
        .where(DocumentDecision.document == document, DocumentDecision.part == part)
        .order_by(DocumentDecision.id.desc())
    )
    return [Said(*row) for row in found]
