"""The lists as xlsx."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from flask_babel import gettext as _

from ..core import workbook
from ..core.errors import N_
from ..web.language import named
from . import labels
from .models import Figure
from .queries import DutyRow
from .words import here, plan_name, standing, why, word

Column = tuple[str, int, Callable[[Any], Any]]  # heading (msgid), width in characters, a row's value

DUTIES: tuple[Column, ...] = (
    (N_("Code"), 18, lambda line: line.duty.code),
    (N_("Document"), 9, lambda line: line.duty.document),
    (N_("Whose plan"), 20, lambda line: plan_name(line.duty)),
    (N_("Here"), 10, lambda line: here(line.duty)),
    (N_("Section"), 16, lambda line: line.duty.section),
    (N_("From line"), 8, lambda line: line.duty.line_from),
    (N_("To line"), 8, lambda line: line.duty.line_to),
    (N_("Order"), 6, lambda line: line.duty.position),
    (N_("Name as printed"), 20, lambda line: line.duty.body_printed),
    (N_("In simplified characters"), 20, lambda line: line.duty.body),
    (N_("Department"), 20, lambda line: named(line.department)),
    (N_("Tier"), 9, lambda line: word(labels.TIERS, line.duty.tier)),
    (N_("Part"), 10, lambda line: word(labels.ROLES, line.duty.role)),
    (N_("Topic"), 14, lambda line: word(labels.TOPICS, line.duty.topic)),
    (N_("Duty in Chinese"), 40, lambda line: line.duty.zh),
    (N_("Duty in English"), 40, lambda line: line.duty.en),
    (N_("Target"), 20, lambda line: line.duty.target),
    (N_("Number"), 8, lambda line: line.duty.target_number),
    (N_("Unit"), 8, lambda line: line.duty.target_unit),
    (N_("Year"), 8, lambda line: line.duty.target_year),
    (N_("Deadline"), 14, lambda line: word(labels.DEADLINES, line.duty.deadline_kind)),
    (N_("Date"), 12, lambda line: line.duty.deadline_on),
    (N_("How often"), 14, lambda line: word(labels.PERIODS, line.duty.frequency)),
    (N_("Words of the text"), 18, lambda line: line.duty.anchor),
    (N_("Status"), 14, lambda line: word(labels.STATUSES, standing(line.duty))),
    (N_("Why"), 30, lambda line: why(line.duty)),
    (N_("Confirmed on"), 18, lambda line: line.duty.confirmed_at and line.duty.confirmed_at.isoformat()),
)
FIGURES: tuple[Column, ...] = (
    (N_("Code"), 18, lambda row: row.code),
    (N_("Document"), 9, lambda row: row.document),
    (N_("Whose plan"), 20, plan_name),
    (N_("Here"), 10, here),
    (N_("Section"), 16, lambda row: row.section),
    (N_("From line"), 8, lambda row: row.line_from),
    (N_("To line"), 8, lambda row: row.line_to),
    (N_("Order"), 6, lambda row: row.position),
    (N_("Kind"), 12, lambda row: word(labels.FIGURES, row.kind)),
    (N_("About"), 16, lambda row: row.subject),
    (N_("In Chinese"), 40, lambda row: row.zh),
    (N_("In English"), 40, lambda row: row.en),
    (N_("Number"), 8, lambda row: row.number),
    (N_("Unit"), 8, lambda row: row.unit),
    (N_("Year"), 8, lambda row: row.year),
    (N_("How often"), 14, lambda row: word(labels.PERIODS, row.period)),
    (N_("Words of the text"), 18, lambda row: row.anchor),
    (N_("Status"), 14, lambda row: word(labels.STATUSES, row.status)),
    (N_("Why"), 30, lambda row: named(row, "why")),
)


def duties(lines: Iterable[DutyRow]) -> BytesIO:
    """Duties with their source columns."""
    return _book(_("Duties"), DUTIES, lines)


def figures(rows: Iterable[Figure]) -> BytesIO:
    """Figures with their source columns."""
    return _book(_("Figures of the documents"), FIGURES, rows)


def _book(title: str, columns: tuple[Column, ...], rows: Iterable[Any]) -> BytesIO:
    head = [(_(heading), width) for heading, width, _value in columns]
    return workbook.book(title, head, ([value(row) for _heading, _width, value in columns] for row in rows))
