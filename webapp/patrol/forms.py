"""The round's form: which grid, when, and for each object what was found. An untouched object is normal or not gone."""
import re

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, SelectField, ValidationError
from wtforms.validators import InputRequired

from ..web.forms import IdField, text
from ..web.places import PointForm, WhenForm
from .service import PatrolEntry, VisitEntry

NOT_GONE = "not_gone"
OUTCOME = re.compile(r"v(\d{1,15})-outcome", re.ASCII)


class PatrolForm(PointForm, WhenForm):
    """``v<object>-outcome`` says normal, problem, could_not_see or not_gone; ``v<object>-reason`` why not seen."""

    id = IdField("")
    grid = IntegerField("", validators=[InputRequired()])
    person_id = SelectField(_l("Who walked"), coerce=lambda value: int(value or 0), validate_choice=False)
    note = text(_l("A word, if you like"), 500, area=True)

    def __init__(self, formdata: MultiDict[str, str] | None = None, **given: object):
        super().__init__(formdata, **given)
        self.sent = formdata or MultiDict()

    def visits(self) -> tuple[VisitEntry, ...]:
        """One entry per object gone to, in the order of object ids; what was not gone to is no visit."""
        found = []
        for key, value in self.sent.items():
            named = OUTCOME.fullmatch(key)
            if named and value != NOT_GONE:
                reason = self.sent.get(f"v{named[1]}-reason") or None
                found.append(VisitEntry(int(named[1]), value, reason if value == "could_not_see" else None))
        return tuple(sorted(found, key=lambda visit: visit.object_id))

    def entry(self) -> PatrolEntry:
        """The round as it was sent."""
        return PatrolEntry(id=self.id.data, grid_id=self.grid.data, occurred_at=self.occurred(), visits=self.visits(),
                           note=self.note.data, person_id=self.person_id.data or None, **self.point())


class ObjectForm(PointForm):
    """Something new for the list of a village."""

    type = SelectField(_l("Type"), validate_choice=False)
    zh = text(_l("Object name"), 80, required=True)
    en = text(_l("Romanised name"), 80)

    def validate_type(self, field: SelectField) -> None:
        """One of the county's types."""
        if field.data not in dict(field.choices or []):
            raise ValidationError(str(_l("Choose one.")))


class RetireForm(PointForm):
    """Why something leaves the list."""

    why = text(_l("Reason"), 300, required=True, area=True)
