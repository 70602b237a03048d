"""What the county types: the values of a group of settings, each beside what it was when the page was drawn; and the
days of the calendar, what one of them is, and the notice that confirms a year."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Field, HiddenField, IntegerField, RadioField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from ..core.errors import Refused
from ..core.models import CalendarDay
from ..core.settings import KINDS
from ..web.errors import say
from ..web.forms import BaseForm, clean, text
from ..web.language import named
from .days import Entry
from .settings import Item, Wish, check

BOX, DRAWN = "value-", "drawn-"
LONGEST, LONGEST_LONG = 500, 10_000
HOLIDAY, MAKE_UP = "holiday", "make_up_work_day"  # as in seeds/settings/calendar.csv


class SettingsForm(BaseForm):
    """All of a group (``items``), each with two fields, ``value-KEY`` and ``drawn-KEY``."""

    items: Sequence[Item] = ()
    adopt = BooleanField(_l("Adopt the remaining suggestions as they are"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: each value fits and was not meanwhile changed by somebody else."""
        good = super().validate(extra_validators)
        for item in self.items:
            try:
                if not self.box(item).errors:
                    check(item, self.wish(item))
            except Refused as refusal:
                self.refuse(BOX + item.key, say(refusal))
                good = False
        return good

    @property
    def can_adopt(self) -> bool:
        """Whether a limit is still our proposal; a setting of another kind binds nobody."""
        return any(item.is_proposal and item.kind != "setting" for item in self.items)

    def box(self, item: Item) -> Field:
        """The field that is typed in."""
        return self._fields[BOX + item.key]

    def wish(self, item: Item) -> Wish:
        """What was typed, as it would be stored."""
        drawn = (self._fields[DRAWN + item.key].data or "").replace("\r\n", "\n")
        typed = self.box(item).data
        value = typed.strftime("%H:%M") if hasattr(typed, "strftime") else "" if typed is None else str(typed)
        return Wish(drawn, drawn if value == (clean(drawn) or "") else value)

    def wishes(self) -> Mapping[str, Wish]:
        """All of them, by key."""
        return {item.key: self.wish(item) for item in self.items}


def _text(item: Item, **given: Any) -> Field:
    longest = LONGEST_LONG if item.rule.is_long else LONGEST
    return text(named(item.words), longest, area=item.rule.is_long, **given)


def _choice(item: Item, **given: Any) -> Field:
    words = dict(item.rule.choices)
    words.setdefault(item.value, item.value)  # of before there were choices
    choices = [SelectChoice(code, _(word) if word else "") for code, word in words.items()]
    return SelectField(named(item.words), choices=choices, **given)


def _yes_no(item: Item, **given: Any) -> Field:
    return RadioField(named(item.words), choices=[SelectChoice("yes", _("yes")), SelectChoice("no", _("no"))], **given)


#: The box of each type of value.
BOXES: Mapping[str, Callable[..., Field]] = {
    "int": lambda item, **given: IntegerField(named(item.words), **given),
    "time": lambda item, **given: TimeField(named(item.words), **given),
    "bool": _yes_no,
    "text": _text,
}


def settings_form(items: Sequence[Item], sent: MultiDict[str, str] | None = None) -> SettingsForm:
    """The form of a group, with what stands in it; of what was sent, only what somebody wants to be otherwise."""
    if sent is None:
        return _form(items, None)
    first = _form(items, sent)
    left = {start + item.key for item in items for start in (BOX, DRAWN) if first.wish(item).is_none}
    return _form(items, MultiDict([pair for pair in sent.items(multi=True) if pair[0] not in left]))


def _form(items: Sequence[Item], sent: MultiDict[str, str] | None) -> SettingsForm:
    fields: dict[str, Any] = {"items": items}
    for item in items:
        value = item.value if item.type in ("text", "bool") else KINDS[item.type](item.value)
        make = _choice if item.rule.choices else BOXES[item.type]
        fields[BOX + item.key] = make(item, default=value, id=f"in-{item.kind}-{item.key}")
        fields[DRAWN + item.key] = HiddenField(default=item.value)
    made = type("GroupForm", (SettingsForm,), fields)(sent)
    made.adopt.id = f"adopt-{items[0].rule.group}"  # the forms of all groups stand on one page
    return made


def sent_keys(sent: Mapping[str, Any]) -> set[str]:
    """The keys for which a value was sent."""
    return {name.removeprefix(BOX) for name in sent if name.startswith(BOX)}


class DayForm(BaseForm):
    """What a day is: kind, name, source."""

    kind = RadioField(_l("What the day is"), validators=[InputRequired(_l("Choose one."))])
    zh = text(_l("Name in Chinese"), 60, required=True)
    en = text(_l("Name in English"), 120)
    source = text(_l("According to which notice"), 300, required=True)

    def process(self, *sent: Any, **given: Any) -> None:
        """Fill the choices, then read what was sent."""
        self.kind.choices = [(HOLIDAY, _("Holiday")), (MAKE_UP, _("Make-up working day"))]
        super().process(*sent, **given)

    def entry(self) -> Entry:
        """What the days become."""
        return Entry(self.kind.data == MAKE_UP, self.zh.data, self.en.data or "", self.source.data)


class RunForm(DayForm):
    """A day, or a run of days, with what it is."""

    first = DateField(_l("Day, or first day"), validators=[InputRequired(_l("Choose a day."))])
    last = DateField(_l("Last day, if more than one"), validators=[Optional()])


class ConfirmForm(BaseForm):
    """The notice that confirms a year."""

    source = text(_l("Number of the notice"), 300, required=True, id="notice")  # beside the RunForm, which has one too


def of_day(row: CalendarDay) -> DayForm:
    """The form of a day that is there."""
    return DayForm(obj=row, data={"kind": MAKE_UP if row.is_workday else HOLIDAY})
