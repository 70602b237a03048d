"""Forms for those who look after accounts: people, postings, bodies."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as MayBeEmpty

from ..core import clock
from ..web.bounds import whole
from ..web.forms import BaseForm, clean, key, text
from .bodies import BodyEntry
from .service import PersonEntry, PostingEntry


class NamesForm(BaseForm):
    """What may be corrected of an account."""

    zh = text(_l("Name"), 80, required=True)
    en = text(_l("Name in Latin letters"), 80)
    phone = text(_l("Telephone"), 40)

    def person(self, login: str = "") -> PersonEntry:
        """The checked values."""
        return PersonEntry(login, self.zh.data, self.en.data or "", self.phone.data)


class _Days(BaseForm):
    """A role's place and days. Choices of ``place`` are set by the view: "g12" a grid, "b5" a body, "-" nowhere."""

    role = HiddenField()
    place = SelectField(_l("Place"), validators=[InputRequired(_l("Please choose."))])
    first = DateField(
        _l("First day"), validators=[InputRequired(_l("Please fill this in."))], default=lambda: clock.today()
    )
    last = DateField(_l("Last day"), validators=[MayBeEmpty()])

    def posting(self) -> PostingEntry:
        """The checked values."""
        kind, number = self.place.data[:1], self.place.data[1:]
        return PostingEntry(
            self.role.data or "",
            whole(number) if kind == "g" else None,
            whole(number) if kind == "b" else None,
            self.first.data,
            self.last.data,
        )


class PostingForm(_Days):
    """A further posting of somebody who has an account."""


class NewPersonForm(NamesForm, _Days):
    """A new account with its first posting."""

    login = text(_l("Log-in name"), 60, required=True)


class EndForm(BaseForm):
    """When a posting ends: its last day, or at once when left empty."""

    last = DateField(_l("Last day"), validators=[MayBeEmpty()])


class HandoverForm(BaseForm):
    """Who takes over all postings of somebody. Choices are set by the view."""

    successor = SelectField(_l("Successor"), coerce=key, validate_choice=False)


class StandInForm(BaseForm):
    """Who acts in a posting's place, from when to when. Choices are set by the view."""

    stand_in = SelectField(_l("Who acts for him"), coerce=key, validate_choice=False)
    first = DateField(
        _l("First day"), validators=[InputRequired(_l("Please fill this in."))], default=lambda: clock.today()
    )
    last = DateField(_l("Last day"), validators=[InputRequired(_l("Please fill this in."))])


class BodyForm(BaseForm):
    """A department, station or committee. ``grid_id`` and ``canonical`` get their choices from the view."""

    zh = text(_l("Name in Chinese"), 80, required=True)
    en = text(_l("Name in English"), 80)
    phone = text(_l("Telephone"), 40)
    principal = text(_l("Principal: name"), 80)
    principal_post = text(_l("Principal: post"), 80)
    grid_id = SelectField(_l("Belongs to"), coerce=whole, validate_choice=False)
    canonical = SelectField(_l("Department of the duty lists"), validate_choice=False)

    def entry(self) -> BodyEntry:
        """The checked values."""
        principal = self.principal.data, self.principal_post.data
        return BodyEntry(self.zh.data, self.en.data or "", self.phone.data, self.canonical.data or None, *principal)


class SearchForm(BaseForm):
    """The search box above the list of people."""

    q = StringField(_l("Name, log-in name or place"), filters=[clean], validators=[Length(max=60)])


def place_choices(
    cells: list[Any], bodies: list[Any], named: Any, nowhere: Any = None, now: Mapping[int, str] | None = None
) -> list[tuple[str, str]]:
    """The choices of ``place``; ``named`` gives a row's name in the page's language. ``now``: by body, who holds there
    what one person at a time holds."""
    choices = [("-", nowhere)] if nowhere else [("", "")]
    choices += [(f"g{cell.id}", f"{cell.code} {named(cell)}") for cell in cells]
    said = now or {}
    return choices + [
        (f"b{line.body.id}", f"{named(line.body)} ({named(line.grid)}){said.get(line.body.id, '')}") for line in bodies
    ]
