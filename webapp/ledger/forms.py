"""The forms of ledgers: of which days, hand it in, the columns."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import FileField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from ..core import clock
from ..core.errors import N_, Refused
from ..web.bounds import whole
from ..web.errors import say
from ..web.forms import BaseForm, IdField, clean
from ..web.places import DayField, in_order
from .models import LedgerColumn
from .periods import SPANS, Period, around
from .service import LONGEST_HEADING, check

MOST_COLUMNS = 99
NO_PLACE = N_("%(column)s: write a whole number from 1 to 99, or nothing.")
LONG_HEADING = N_("%(column)s: a heading has at most %(max)d characters.")


class PeriodForm(BaseForm):
    """Which days a ledger is of: the week, month or quarter around ``first`` (today, when left out), or the days from
    ``first`` to ``last``."""

    span = SelectField(
        _l("Period"),
        choices=[SelectChoice(code, _l(word)) for code, word in SPANS.items()],
        default="week",
        validators=[InputRequired(_l("Choose one."))],
    )
    first = DayField(_l("From, or any day of it"), validators=[Optional()])
    last = DayField(_l("To (other days only)"))

    def validate_last(self, field: DayField) -> None:
        """Other days have an end, and it is not before their beginning."""
        if self.span.data != "days":
            return
        if field.data is None or self.first.data is None:
            raise ValidationError(str(_l("Other days need a first and a last day.")))
        in_order(self.first.data, field.data)

    def validate(self, *args: Any, **more: Any) -> bool:
        """Also whether there can be a ledger of these days."""
        if not super().validate(*args, **more):
            return False
        try:
            check(self.period())
        except Refused as refusal:
            self.refuse(refusal.field, say(refusal))
            return False
        return True

    @classmethod
    def of(cls, asked: MultiDict[str, str]) -> "PeriodForm":
        """What an address or a form asks for; this week where it says nothing."""
        return cls(MultiDict({"span": "week"} | dict(asked)))

    def period(self) -> Period:
        """What was chosen."""
        if self.span.data == "days":
            return around("days", self._last(), self.first.data)
        return around(self.span.data, self.first.data or clock.today())

    def _last(self) -> date:
        return self.last.data or clock.today()


class KeepForm(PeriodForm):
    """The period once more, and the id of the act."""

    id = IdField("")


class TemplateForm(BaseForm):
    """A workbook of the county's own; what is wrong with it is said by who looks at it."""

    sheet = FileField(_l("Own form (xlsx)"))


def chosen(
    sent: MultiDict[str, str], part: str, rows: list[LedgerColumn], word: dict[str, str]
) -> dict[str, tuple[int, str | None]]:
    """Place and heading of each field of a part as they were typed. Refused for what is no place and what is too long a
    heading."""
    return {row.name: _one(sent, part, row.name, word[row.name]) for row in rows if row.part == part}


def _one(sent: MultiDict[str, str], part: str, field: str, called: str) -> tuple[int, str | None]:
    typed, heading = (clean(sent.get(f"{name}-{part}-{field}")) for name in ("place", "heading"))
    if heading and len(heading) > LONGEST_HEADING:
        raise Refused(LONG_HEADING, column=called, max=LONGEST_HEADING)
    try:
        place = whole(typed) if typed else 0
    except ValueError:
        place = -1
    if not 0 <= place <= MOST_COLUMNS or (typed and place == 0):
        raise Refused(NO_PLACE, column=called)
    return place, heading
