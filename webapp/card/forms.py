"""Forms of the card: what is fixed, the office above's person, the parts of the platform."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, SelectField
from wtforms.validators import InputRequired, Optional

from ..core import clock
from ..grid.queries import Cell
from ..grid.units import CODE, Unit
from ..people.models import Person
from ..web.bounds import whole
from ..web.forms import BaseForm, KeyField, text
from ..web.language import named
from . import labels, units
from .models import PlatformRole
from .service import NAME, TEXT, CardEntry


class CardForm(BaseForm):
    """What is fixed for a grid; everything may stay empty. ``kind`` gets its choices from ``offer``."""

    seen = KeyField()
    kind = SelectField(_l("Kind of grid"), default="", validate_choice=False)
    body_zh = text(_l("Responsible body"), NAME)
    body_en = text(_l("Responsible body, in English"), NAME)
    post_zh = text(_l("Post of the responsible leader"), NAME)
    post_en = text(_l("Post, in English"), NAME)
    leader_zh = text(_l("Name of the responsible leader"), NAME)
    leader_en = text(_l("Name in Latin letters"), NAME)
    duties_zh = text(_l("Duties"), TEXT, area=True)
    duties_en = text(_l("Duties, in English"), TEXT, area=True)
    tasks_zh = text(_l("Tasks"), TEXT, area=True)
    tasks_en = text(_l("Tasks, in English"), TEXT, area=True)
    rewards_zh = text(_l("Rewards"), TEXT, area=True)
    rewards_en = text(_l("Rewards, in English"), TEXT, area=True)
    penalties_zh = text(_l("Penalties"), TEXT, area=True)
    penalties_en = text(_l("Penalties, in English"), TEXT, area=True)
    valid_from = DateField(_l("Counts from"), validators=[InputRequired(_l("Choose a day."))])
    published_on = DateField(_l("Announced on"), validators=[Optional()])

    def offer(self, tier: str) -> None:
        """The kinds that a grid of this tier can be."""
        kinds = [(kind, _(labels.KIND_NAMES[kind])) for kind, of in labels.KINDS.items() if of == tier]
        self.kind.choices = [("", _("not fixed")), *kinds]

    def entry(self) -> CardEntry:
        """The checked values."""
        texts: dict[str, Any] = {name: self[name].data or "" for name in self._fields if name[-3:] in ("_zh", "_en")}
        days = self.valid_from.data, self.published_on.data
        return CardEntry(self.kind.data or None, valid_from=days[0], published_on=days[1], **texts)


class UnitForm(BaseForm):
    """How a unit grid is called."""

    zh = text(_l("Name of the unit grid"), NAME, required=True)
    en = text(_l("Name in English"), NAME)
    code = text(_l("Code of the grid"), CODE)

    def unit(self, parent_id: int) -> Unit:
        """The checked values."""
        return Unit(parent_id, self.code.data or "", self.zh.data or "", self.en.data or "")


class UnitChangeForm(UnitForm):
    """The same of one that is there, and below which community it stands."""

    seen = KeyField()
    parent = SelectField(_l("Community"), coerce=whole)

    def offer(self, communities: Iterable[Cell]) -> None:
        """Below which it may stand."""
        self.parent.choices = [(cell.id, named(cell)) for cell in communities]


class UnitPersonForm(BaseForm):
    """Who looks after a unit grid."""

    zh = text(_l("Name"), NAME, required=True)
    en = text(_l("Name in Latin letters"), NAME)
    post_zh = text(_l("Post or task"), NAME)
    post_en = text(_l("Post, in English"), NAME)
    from_on = DateField(_l("First day"), validators=[InputRequired(_l("Choose a day."))], default=lambda: clock.today())

    def entry(self) -> units.PersonEntry:
        """The checked values."""
        said = {name: self[name].data or "" for name in ("zh", "en", "post_zh", "post_en")}
        return units.PersonEntry(**said, from_on=self.from_on.data)


class UpperForm(BaseForm):
    """Whom the upper grid names, and from when."""

    person = SelectField(_l("Who"), coerce=whole, validate_choice=False)
    first = DateField(_l("First day"), validators=[InputRequired(_l("Choose a day."))], default=lambda: clock.today())

    def offer(self, people: Iterable[Person]) -> None:
        """Those who can be named."""
        self.person.choices = [(person.id, named(person)) for person in people]


def platform_form(now: dict[str, PlatformRole], sent: Any = None) -> BaseForm:
    """Two names for each part of the platform: those of now, or what was sent."""
    fields: dict[str, Any] = {}
    for part, label in labels.PARTS.items():
        row = now.get(part)
        fields[f"{part}_zh"] = text(_(label), NAME, default=row.zh if row else "")
        fields[f"{part}_en"] = text(_("%(part)s, in English", part=_(label)), NAME, default=row.en if row else "")
    made: type[Form] = type("PlatformForm", (BaseForm,), fields)
    return made(sent)
