"""Who is responsible for what somebody says in everyday words: the rows of its problem, or that nobody is named."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import or_
from sqlalchemy.orm import Session

from seeds.script import folded

from ..core import settings
from . import everyday, queries
from .dispatching import NOBODY, linked
from .models import Duty, ProblemDuty, ProblemType
from .scope import Part, counts_here, part_of, parts

_NO_WORDS = re.compile(r"[\d%_*]")  # a line, a code, the signs of a pattern
MOST = 3  # meanings of one sentence that are answered
OTHER = "other"  # the problem that stands for none of the others
#: The part that a body has, by its role in a duty that is linked to no problem.
_ROLES = {"cooperate": "cooperate"}
_LEAD, _TELL = "lead", "tell"


class Line(NamedTuple):
    """One body that is named, or (without ``row`` and ``part``) that nobody is; ``link`` says when it holds.

    ``role`` as in ProblemDuty. ``near`` counts the words of the sentence's meaning that the line is about.
    """

    role: str
    link: ProblemDuty | None
    row: queries.DutyRow | None
    part: Part | None
    near: int

    @property
    def applies(self) -> bool:
        """Whether it counts here."""
        return counts_here(self.row, self.part)


class Answer(NamedTuple):
    """What was understood (None: no problem of the forms, only words of the lists) and the lines, closest first."""

    problem: ProblemType | None
    lines: list[Line]

    @property
    def here(self) -> list[Line]:
        """The lines that apply here."""
        return [line for line in self.lines if line.applies]

    @property
    def main(self) -> list[Line]:
        """Of these what was asked for; where nobody is named for it, that and whom it concerns in general."""
        if self.nobody:
            return [line for line in self.here if line.role in (NOBODY, _TELL)]
        return [line for line in self.here if line.near] or self.here

    @property
    def cases(self) -> list[Line]:
        """Of these the other cases of the problem."""
        return [line for line in self.here if line not in self.main]

    @property
    def elsewhere(self) -> list[Line]:
        """The lines of other places' documents."""
        return [line for line in self.lines if not line.applies]

    @property
    def nobody(self) -> bool:
        """Whether what was asked for is the very thing for which nobody is named."""
        return bool(self.here) and self.here[0].role == NOBODY


def answers(session: Session, typed: str) -> list[Answer]:
    """What the typed words may mean, the closest first; a meaning without a problem is answered by the duties that hold
    its words. Empty when nothing is understood.
    """
    meant: dict[str, set[str]] = {}  # the words of the lists by problem; a meaning without one stands for itself
    for each in everyday.understood(typed, meanings(session)):
        meant.setdefault(each.problem or f"{each.code}:", set()).update(each.terms)
    made = (
        _of_words(session, terms) if problem.endswith(":") else of_problem(session, problem, terms)
        for problem, terms in list(meant.items())[:MOST]
    )
    return [answer for answer in made if answer and answer.lines]


def unknown(session: Session) -> list[Answer]:
    """The answer to what nobody understands: the documents name nobody for it, and there is the general duty."""
    return [answer for answer in [of_problem(session, OTHER)] if answer]


def meanings(session: Session) -> list[everyday.Meaning]:
    """The everyday words as delivered, with what the county's people say."""
    return everyday.with_own(settings.get(session, "everyday_words", ""))


def codes(session: Session, typed: str) -> list[str]:
    """The codes of the duties that belong to the problems which the typed words mean, if they are nothing but words."""
    if not typed.strip() or _NO_WORDS.search(typed):
        return []
    meant = [each.problem for each in everyday.understood(typed, meanings(session)) if each.problem][:MOST]
    return [each.link.duty for each in linked(session, meant) if each.link.duty] if meant else []


def of_problem(session: Session, code: str, terms: Iterable[str] = ()) -> Answer | None:
    """The rows of one problem: those first that the terms are about, then by rank."""
    problem = session.get(ProblemType, code)
    if problem is None:
        return None
    lines = [
        Line(each.link.role, each.link, each.line, each.part, _near(terms, each.link.zh, each.line))
        for each in linked(session, [code])
    ]
    return Answer(problem, _sorted(lines))


def _of_words(session: Session, terms: Iterable[str]) -> Answer:
    """The duties whose words hold one of the terms."""
    known = parts(session)
    holding = or_(*(Duty.zh.contains(term, autoescape=True) for term in terms))
    lines = [
        Line(_ROLES.get(row.duty.role, _LEAD), None, row, part_of(known, row.duty), _near(terms, "", row))
        for row in queries.rows(session, holding)
    ]
    return Answer(None, _sorted(lines))


def _near(terms: Iterable[str], when: str, row: queries.DutyRow | None) -> int:
    text = folded(f"{when} {row.duty.zh if row else ''}")
    return sum(term in text for term in terms)


def _sorted(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: -line.near)
