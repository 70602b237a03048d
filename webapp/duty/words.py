"""Sentences about a row, in the page's language: where it stands, what its body is called now, until when."""

import re
from collections.abc import Collection, Mapping

from flask import g

from seeds.lines import ranges

from ..web.language import day, named
from ..web.language import said as _
from ..web.request import read
from . import labels, scope
from .details import Cited
from .models import Duty, Figure
from .queries import NAMED, NUMBERED, RETIRED, DutyRow

_CITED = re.compile(r"(\d{3}) lines? (\d+)(?:-(\d+))?")


def word(table: Mapping[str, str], code: str) -> str:
    """A code's word; what the table does not know stands as it is."""
    return _(table[code]) if code in table else code


def source(row: Duty | Figure | Cited) -> str:
    """The document and the lines a row stands on."""
    return lines(row.document, row.line_from, row.line_to)


def plan(row: Duty | Figure | Cited) -> str:
    """Whose plan a row is of, of when, and its lines."""
    name = plan_name(row)
    return _("%(plan)s · %(lines)s", plan=name, lines=source(row)) if name else source(row)


def plan_name(row: Duty | Figure | Cited) -> str:
    """Whose plan a row is of, and of when; empty where no part is known."""
    return _placed(row)[0]


def away(row: Duty | Figure) -> str:
    """That a row does not apply here, and what it is instead."""
    return _placed(row)[1]


def here(row: Duty | Figure) -> str:
    """What the text of a row is here: in force, an example, a draft, repealed."""
    part = scope.part_of(parts(), row)
    return word(labels.STANDINGS, part.standing) if part else ""


def _placed(row: Duty | Figure | Cited) -> tuple[str, str]:
    """Whose plan a row is of, and that it does not apply here: said once a page for all rows on its line."""
    known = g.setdefault("duty_placed", {})
    at = row.document, row.line_from
    if at not in known:
        part = scope.part_of(parts(), row)
        away_ = "" if part is None or part.applies else f" · {word(labels.STANDINGS, part.standing)}"
        known[at] = (whose(part) if part else "", away_)
    return known[at]


def whose(part: scope.Part) -> str:
    """The place and year of a plan, as far as the text tells."""
    place, year = named(part, "place"), part.year
    return _(
        "%(place)s, %(year)s",
        place=_("place unknown") if place == "unknown" else place,
        year=_("year unknown") if year == "unknown" else year,
    )


def parts() -> list[scope.Part]:
    """The parts of all documents today, read once for a page."""
    if "duty_parts" not in g:
        g.duty_parts = scope.parts(read())
    return g.duty_parts


def lines(document: str, first: int, last: int) -> str:
    """One line of a document, or a run of them."""
    return on_lines(document, range(first, last + 1))


def on_lines(document: str, numbers: Collection[int]) -> str:
    """One line of a document, or several, which need not stand together: "lines 29, 35-37"."""
    if len(numbers) == 1:
        return _("document %(code)s, line %(line)s", code=document, line=ranges(numbers))
    return _("document %(code)s, lines %(lines)s", code=document, lines=ranges(numbers))


def cited(text: str) -> str:
    """Where the history of a name comes from: "004 line 91" and general knowledge, in the page's language."""
    match = _CITED.fullmatch(text)
    if match is None:
        return word(labels.SOURCES, text)
    return lines(match[1], int(match[2]), int(match[3] or match[2]))


def standing(duty: Duty) -> str:
    """The code of STATUSES that a page shows."""
    if duty.valid_to is not None:
        return RETIRED
    return NAMED if duty.named is not None else duty.status


def printed(text: str) -> str:
    """What the source prints, or that it prints nothing."""
    return text or _("no name printed")


def section(text: str) -> str:
    """A section's name; the numbered departments in the page's language, others exist in Chinese only."""
    match = NUMBERED[1].fullmatch(text)
    return _("part 13, department %(number)s", number=match[1]) if match else text


def why(row: Duty | Figure) -> str:
    """What the text leaves open; nothing any more once the county has named the department."""
    return "" if isinstance(row, Duty) and row.named is not None else named(row, "why")


def now_called(line: DutyRow) -> str:
    """ "formerly …, now …" where the printed name's body was reformed on a known date; empty where it was not."""
    past = line.succession
    if past is None or past.from_on is None:
        return ""
    return _(
        "formerly %(old)s, now %(new)s (%(day)s)", old=past.body, new=named(line.department), day=day(past.from_on)
    )


def target(duty: Duty) -> str:
    """The target as the text gives it; empty when it gives none."""
    amount = f"{duty.target_number} {duty.target_unit}".strip()
    year = _("by %(year)s", year=duty.target_year) if duty.target_year else ""
    return " · ".join(part for part in (duty.target, amount, year) if part)


def deadline(duty: Duty) -> str:
    """Until when; what the text leaves open is called unknown."""
    kind = word(labels.DEADLINES, duty.deadline_kind)
    if not duty.deadline_kind.startswith("by_date"):
        return kind
    if duty.deadline_on is not None:
        return _("%(kind)s: %(day)s", kind=kind, day=day(duty.deadline_on))
    if duty.target_year:
        return _("%(kind)s: %(year)s, the text gives no day", kind=kind, year=duty.target_year)
    return _("%(kind)s: the text gives none", kind=kind)


def known(text: str) -> str:
    """A number or date of a document; "unknown" in the reader's words."""
    return _("unknown: the text does not say") if text == "unknown" else text


#: For the templates.
HELPERS = {
    each.__name__: each
    for each in (
        word,
        source,
        plan,
        away,
        whose,
        cited,
        standing,
        printed,
        section,
        why,
        lines,
        on_lines,
        now_called,
        target,
        deadline,
        ranges,
        known,
    )
} | {"labels": labels}
