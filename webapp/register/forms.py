"""Forms of the registers. The form of a file is made of the rows that say what a type is asked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, FileField, RadioField, SelectField
from wtforms.validators import InputRequired

from ..core import clock
from ..web.forms import BaseForm, text
from ..web.language import named
from . import facts
from .labels import PARTS
from .queries import Asked
from .service import FileEntry, PersonEntry, StepEntry

PREFIX = "f_"  # before the key of a field, so that none is called like a part of a form


#: Kinds of fields in which something is chosen.
CHOSEN = {"yes_no": RadioField, "choice": SelectField, "department": SelectField}


class FileForm(BaseForm):
    """What the file of an object says; the fields of its type stand in a subclass (``of``)."""

    seen = text("", 20)
    is_key = BooleanField(_l("Key object"))
    asked: Sequence[Asked] = ()
    words: Mapping[str, Mapping[str, Any]] = {}  # of each field with choices: what can be chosen, by its code

    @classmethod
    def of(cls, asked: Sequence[Asked], choices: Callable[[Asked], Mapping[str, Any]]) -> "type[FileForm]":
        """The form of a type: a field for each row; ``choices`` gives the words of one, by code."""
        words = {PREFIX + each.key: choices(each) for each in asked if each.field.kind in CHOSEN}
        return type(
            "TypeForm", (cls,), {"asked": asked, "words": words, **{PREFIX + each.key: _field(each) for each in asked}}
        )

    def __init__(self, *sent: Any, **given: Any):
        super().__init__(*sent, **given)
        for name, words in self.words.items():
            self[name].choices = [("", _("Not known")), *words.items()]

    def leaves_out(self, sent: Collection[str]) -> bool:
        """Whether something was sent for a field that is asked no more, and would be lost."""
        return any(name.startswith(PREFIX) and name not in self for name in sent)

    def entry(self) -> FileEntry:
        """What the file is to say."""
        return FileEntry(self.is_key.data, {each.field.code: self[PREFIX + each.key].data or "" for each in self.asked})

    def inputs(self) -> list[tuple[Asked, Field]]:
        """The fields of the type with the rows they were made of."""
        return [(each, self[PREFIX + each.key]) for each in self.asked]

    def refuse(self, field: str | None, message: str) -> None:
        """Put a refusal beside the field whose code it names."""
        at_hand = {each.field.code: PREFIX + each.key for each in self.asked}
        super().refuse(at_hand.get(field or "", field), message)


def _field(asked: Asked) -> Field:
    row = asked.field
    label = f"{named(row)} ({named(row, 'unit')})" if row.unit_zh else named(row)
    if row.kind in CHOSEN:
        return CHOSEN[row.kind](label, default="", validate_choice=False)
    return text(label, facts.LONGEST)


class PersonForm(BaseForm):
    """Who answers for an object from a day on."""

    part = SelectField(_l("As"), validate_choice=False)
    name = text(_l("Name"), 80)
    post = text(_l("Post"), 80)
    from_on = DateField(_l("From"), validators=[InputRequired()])

    def offer(self, parts: Sequence[str]) -> None:
        """The parts there are at this object."""
        self.part.choices = [(part, _(PARTS[part])) for part in parts]

    def entry(self) -> PersonEntry:
        """Who is named."""
        return PersonEntry(self.part.data or "", self.name.data or "", self.post.data or "", self.from_on.data)


class StepForm(BaseForm):
    """The stage an object came to, and when."""

    stage = SelectField(_l("Stage"), validate_choice=False)
    on = DateField(_l("Day"), validators=[InputRequired()])
    note = text(_l("Comment"), 300)

    def entry(self) -> StepEntry:
        """The step."""
        return StepEntry(self.stage.data or "", self.on.data, self.note.data or "")


class PaperForm(BaseForm):
    """Papers and photos for the file."""

    about = text(_l("What it is"), 80, required=True)
    photos = FileField(_l("Photos or files"))


def today(form: Any, field: str) -> Any:
    """The same form with a day preset: most of it is entered on the day."""
    form[field].data = clock.today()
    return form
