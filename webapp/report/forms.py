"""Forms of reports: one to report a problem, one per move built from the table's ``needs`` column."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Optional

from ..core import ids
from ..core.files import PhotoFile
from ..core.process import Move
from ..web.forms import DAMAGED, BaseForm, IdField, KeyField, key, text
from ..web.places import TypedPointForm, WhenForm
from .models import SiteLook
from .service import MoveEntry, ReportEntry


class ReportForm(TypedPointForm, WhenForm):
    """What is wrong, where, how bad, what was done first, in a sentence: five fields, the rest may be left out."""

    id = IdField()
    grid = KeyField(validators=[InputRequired()])
    object_id = KeyField()
    patrol_id = IdField(may_be_absent=True)
    recurs_id = IdField(may_be_absent=True)
    person_id = SelectField(_l("Who found it"), coerce=key, validate_choice=False)
    author_id = KeyField()  # on whose phone it waited, where a desk hands it in
    place = text(_l("Where"), 200, required=True)
    between = BooleanField(_l("Between two villages"))
    joint = SelectField(_l("The other village"), coerce=key, validate_choice=False)
    joint_name = text(_l("Or its name, if it is not in the list"), 60)
    problem = SelectMultipleField(
        _l("What is wrong (you may choose several)"), validators=[InputRequired(_l("Choose what the problem is."))]
    )
    severity = RadioField(_l("How bad"), validators=[InputRequired(_l("Choose one."))])
    first_measure = RadioField(_l("What was done first"), validators=[InputRequired(_l("Choose one."))])
    note = text(_l("In a sentence (you can dictate it)"), 1000, required=True, area=True)
    photos = MultipleFileField(_l("Photos"))
    is_sure = BooleanField(_l("Position checked"))
    settle = HiddenField(validators=[Optional(), AnyOf(("yes",), _l(DAMAGED))])

    def validate_joint(self, field: SelectField) -> None:
        """Ticked means named; and who names the village need not tick."""
        if self.between.data and field.data is None and not self.joint_name.data:
            raise ValidationError(str(_l("Choose the other village.")))

    def entry(self, photos: tuple[PhotoFile, ...]) -> ReportEntry:
        """The problem as it was sent."""
        return ReportEntry(
            id=self.id.data,
            grid_id=self.grid.data,
            place=self.place.data,
            problems=tuple(sorted(self.problem.data)),
            severity=self.severity.data,
            first_measure=self.first_measure.data,
            note=self.note.data,
            occurred_at=self.occurred(),
            joint=(self.joint.data,) if self.joint.data else (),
            object_id=self.object_id.data,
            patrol_id=self.patrol_id.data,
            person_id=self.person_id.data,
            recurs_id=self.recurs_id.data,
            settle=self.settle.data == "yes",
            photos=photos,
            is_sure=self.is_sure.data,
            **self.typed(),
        )


#: What each "need" of workflow.py is on paper: field name → how to make it. A move shows the fields of its needs.
FIELDS: dict[str, tuple[tuple[str, Field], ...]] = {
    "note": (("note", text(_l("What you saw"), 1000, required=True, area=True)),),
    "reason": (("reason", text(_l("Reason"), 1000, required=True, area=True)),),
    "against": (
        (
            "against",
            text(_l("Why it is closed although the site visit found it not fixed"), 1000, required=True, area=True),
        ),
    ),
    "added": (("added", HiddenField()),),  # worked out of the rest by the act, which knows what was asked for
    "missing": (
        ("missing", SelectMultipleField(_l("What is missing"), validators=[InputRequired(_l("Choose one."))])),
        ("note", text(_l("Comment"), 500, area=True)),
    ),
    "body": (("body", RadioField(_l("Assign to"), coerce=key, validators=[InputRequired(_l("Choose one."))])),),
    "due": (("due", DateField(_l("Due"), validators=[InputRequired(_l("Choose a day."))])),),
    "ground": (
        ("coop", SelectMultipleField(_l("Cooperating"), coerce=key, validators=[Optional()])),
        ("ground", RadioField(_l("Ground"), validators=[InputRequired(_l("Choose one."))])),
        ("duty", KeyField()),
        (
            "ground_text",
            text(
                _l("Which minutes or instruction; or why no listed duty fits, or why this one"),
                500,
                area=True,
            ),
        ),
    ),
    "duty_or_none": (
        (
            "duty_or_none",
            # the act checks it (effects._bounce), after it knows a resend: the department may have closed since
            SelectField(_l("Whose duty it is"), validate_choice=False, validators=[InputRequired(_l("Choose one."))]),
        ),
    ),
    "result": (
        ("result", RadioField(_l("Finding"), validators=[InputRequired(_l("Choose one."))])),
        ("done", text(_l("What was done"), 2000, required=True, area=True)),
        ("document_no", text(_l("Document number, if there is one"), 120)),
        ("photos", MultipleFileField(_l("Photos"))),
    ),
}


#: What a move may say besides, though it needs none of it.
MORE: dict[str, tuple[tuple[str, Field], ...]] = {
    "supplement": (
        ("place", text(_l("Where, more exactly"), 200)),
        ("photos", MultipleFileField(_l("Photos"))),
        *((name, getattr(TypedPointForm, name)) for name in ("lon", "lat", "accuracy_m", "crs")),
        ("note", text(_l("What you saw"), 1000, area=True)),
    ),
    "receive": (("note", text(_l("Comment"), 500, area=True)),),
    "confirm": (
        ("note", text(_l("Comment"), 500, area=True)),
        ("photos", MultipleFileField(_l("Photos"))),
    ),
}


APART = frozenset({"id", "seen", "photos", "added"})  # no facts that the sender states


class MoveBase(BaseForm):
    """What every move says: its own id, and the state the page showed."""

    id = IdField()
    seen = HiddenField(validators=[InputRequired()])

    def given(self) -> dict[str, Any]:
        """The facts of the move as plain JSON values; empty ones left out."""
        found = {name: field.data for name, field in self._fields.items() if name not in APART}
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in found.items()
            if value not in (None, "", [])
        }

    def entry(self, action: str, photos: tuple[PhotoFile, ...]) -> MoveEntry:
        """The move as it was sent."""
        return MoveEntry(self.id.data, action, self.seen.data, self.given(), photos)


def unpicked(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """One tap on a duty says both department and ground: "body:duty" becomes the fields it stands for."""
    body, _, duty = sent.get("pick", "").partition(":")
    if not (body and duty) or sent.get("ground", "duty") != "duty":
        return sent
    opened = MultiDict(sent)
    opened.setlist("body", [body])
    opened.setlist("duty", [duty])
    opened.setlist("ground", ["duty"])
    return opened


def form_for(move: Move, choices: Mapping[str, list[tuple[Any, str]]], *args: Any, **given: Any) -> MoveBase:
    """The form of a move; ``choices`` fill its pick lists by field name."""
    if args and args[0]:
        args = (unpicked(args[0]), *args[1:])
    fields = {
        name: field
        for fields in (MORE.get(move.action, ()), *(FIELDS[need] for need in move.needs))
        for name, field in fields
    }
    made = type("MoveForm", (MoveBase,), fields)(*args, **given)
    for name, options in choices.items():
        if name in made._fields:
            made._fields[name].choices = options
    return made


class LookForm(BaseForm):
    """Ask the village to go and look."""

    id = IdField()
    question = text(_l("What to look for"), 300, area=True)
    grid = SelectField(_l("Which village"), coerce=key, validate_choice=False, validators=[Optional()])


class LookAnswerForm(BaseForm):
    """The village's answer; a page of before it had an id of its own has none."""

    id = IdField(may_be_absent=True)
    answer = RadioField(
        _l("How is it now?"),
        choices=[SelectChoice("right", _l("Fixed")), SelectChoice("not_yet", _l("Not fixed yet"))],
        validators=[InputRequired(_l("Choose one."))],
    )
    note = text(_l("Comment"), 500, area=True)
    photos = MultipleFileField(_l("Photos"))


class ResultForm(BaseForm):
    """What a cooperating department did."""

    id = IdField()
    done = text(_l("What was done"), 2000, required=True, area=True)


class ReasonForm(BaseForm):
    """Why a look is taken back that nobody can answer."""

    reason = text(_l("Reason"), 500, required=True, area=True)


class PartForm(ReasonForm):
    """Whose part is taken back, of the cooperating bodies for which nobody speaks; and why."""

    part = SelectField(_l("Whose part to take back"), coerce=key, validate_choice=False, validators=[InputRequired()])


class LeadForm(BaseForm):
    """Which village leads a matter on a border."""

    id = IdField()
    lead = SelectField(_l("Which village leads"), coerce=key, validate_choice=False, validators=[InputRequired()])


class SampleForm(BaseForm):
    """A second look at what was settled on the spot; a page of before it had an id of its own has none."""

    id = IdField(may_be_absent=True)
    note = text(_l("What you saw"), 500, area=True)
    photos = MultipleFileField(_l("Photos"))


def look_form(look: SiteLook) -> LookAnswerForm:
    """The two lines of an answer, on a page with others: the ids of its fields are its own."""
    form = LookAnswerForm(data={"id": ids.new()})
    for field in form:
        field.id = f"{field.id}-{look.id.hex}"
    return form


class UndoForm(BaseForm):
    """What has just been said and is taken back."""

    event = IdField()


class ProblemsForm(BaseForm):
    """The corrected problem types."""

    id = IdField()
    problem = SelectMultipleField(
        _l("What is wrong (you may choose several)"), validators=[InputRequired(_l("Choose what the problem is."))]
    )
