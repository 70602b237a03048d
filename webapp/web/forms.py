"""The base of all forms: messages in the reader's language, text cleaned once, the gate's CSRF check not repeated."""

import unicodedata
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from ..core import clock
from ..core.errors import N_, TOO_LONG
from .bounds import MOST, whole

UNSAID = N_("Please check what you wrote.")
DAMAGED = N_("This form is damaged. Open it again.")
#: WTForms' own messages in words that say what to write.
PLAIN = {
    "This field is required.": N_("Please fill this in."),
    "Not a valid choice.": N_("Choose one."),
    "Invalid Choice: could not coerce.": N_("Choose one."),
    "Not a valid date value.": N_("Not a date. Write it like 2026-09-01."),
    "Not a valid integer value.": N_("Write a whole number."),
    "Not a valid time value.": N_("Write a time like 18:00."),
}


class Messages:
    """What WTForms asks for its messages: ours, in the page's language."""

    def gettext(self, text: str) -> str:
        """A plain message for WTForms' own."""
        return gettext(PLAIN.get(text, UNSAID))

    def ngettext(self, one: str, _many: str, _number: int) -> str:
        """The same; no message of WTForms with a number is used."""
        return self.gettext(one)


class Meta:
    """No CSRF check (the gate has made it), no messages in WTForms' own words."""

    csrf = False
    messages = Messages()

    def get_translations(self, _form: Form) -> Messages:
        """Asked by every field."""
        return self.messages


class BaseForm(Form):
    """A form whose cleaned result is a frozen dataclass made by the subclass (``entry()``), never populate_obj."""

    Meta = Meta

    def process(self, *sent: Any, **given: Any) -> None:
        """Read what was sent; a number or a day that no table keeps counts as one that cannot be read."""
        super().process(*sent, **given)
        for field in self:
            wrong = next(filter(None, map(_out_of_bounds, _values(field))), None)
            if wrong is not None:
                field.process_errors = [gettext(wrong)]
                field.data = [] if isinstance(field.data, list) else None

    def first_error(self) -> str:
        """What is wrong, in a sentence that can stand alone: for a program, which has no fields to put it beside."""
        return next((str(error) for errors in self.errors.values() for error in errors), gettext(UNSAID))

    def refuse(self, field: str | None, message: str) -> None:
        """Put a service's refusal beside the field it is about, or at the top."""
        target = self._fields.get(field or "")
        if target is None:
            self.form_errors.append(message)
        else:
            target.errors = [*target.errors, message]


def _values(field: Field) -> list[Any]:
    return field.data if isinstance(field.data, list) else [field.data]


def _out_of_bounds(value: Any) -> str | None:
    """What is wrong with a field's value, as a msgid; None when nothing is."""
    if isinstance(value, date) and not clock.is_near(value):
        return N_("Write a date from 2000 to 2100.")
    if isinstance(value, int) and abs(value) > MOST:
        return N_("This number is too large.")
    return None


def clean(text: str | None) -> str | None:
    """Normal form C without control characters (NUL is an error on PostgreSQL); None when nothing is left."""
    if text is None:
        return None
    kept = "".join(
        c for c in unicodedata.normalize("NFC", text) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")
    )
    return kept.strip() or None


def text(label: Any, longest: int, *, required: bool = False, area: bool = False, **options: Any) -> Field:
    """A text field with a length that says so, cleaned."""
    checks: list[Any] = [InputRequired(_l("Please fill this in."))] if required else []
    checks.append(Length(max=longest, message=_l(TOO_LONG)))
    kind = TextAreaField if area else StringField
    return kind(label, filters=[clean], validators=[*checks, *([filled] if required else [])], **options)


def filled(_form: Form, field: Field) -> None:
    """White space alone is not an answer."""
    if not field.data:
        raise ValidationError(str(_l("Please fill this in.")))


def key(value: Any) -> int | None:
    """A choice that is the number of a row; None when nothing is chosen. ValueError for what no row can have.

    What cannot be read is not taken for "nothing chosen": then it would be left out, and nobody would be told.
    """
    typed = "" if value is None else str(value)
    if not typed:
        return None
    try:
        found = whole(typed)
    except ValueError:
        found = 0
    if found < 1:
        raise ValueError(gettext(N_("Choose one.")))
    return found


class KeyField(HiddenField):
    """The number of a row that the page put there; None when it put nothing."""

    data: Any  # the number; None when there is none, or none that can be

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read it; what no row can have makes the form invalid."""
        try:
            self.data = key(valuelist[0] if valuelist else None)
        except ValueError:
            self.data = None
            raise ValueError(gettext(DAMAGED)) from None


class IdField(HiddenField):
    """An id (UUID). Without more words the entry's own, made by the client or by the page: the idempotency key.

    ``may_be_absent``: the id of something else, which the entry may name or not.
    """

    data: Any  # a UUID; None before the form is valid, or where it may be absent

    def __init__(self, *args: Any, may_be_absent: bool = False, **more: Any):
        super().__init__(*args, **more)
        self.may_be_absent = may_be_absent

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Parse the id; anything else makes the form invalid."""
        if not valuelist or not valuelist[0]:
            self.data = None
            return
        try:
            self.data = uuid.UUID(valuelist[0])
        except ValueError:
            self.data = None
            raise ValidationError(gettext(DAMAGED)) from None

    def pre_validate(self, form: Any) -> None:
        """An entry without an id cannot be told from another."""
        if self.data is None and not self.may_be_absent:
            raise ValidationError(gettext(DAMAGED))
