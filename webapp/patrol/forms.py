"""The round's form: which grid, when, and for each object what was found. An untouched object is normal or not gone."""

import re
from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, SelectField, ValidationError
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from ..core import ids
from ..core.errors import N_, Refused
from ..web.forms import DAMAGED, BaseForm, IdField, key, text
from ..web.places import PointForm, TypedPointForm, WhenForm
from ..web.sheets import SheetForm
from .proposing import ProposalEntry
from .service import PatrolEntry, VisitEntry

NOT_GONE = "not_gone"
OUTCOME = re.compile(r"v(\d{1,15})-outcome", re.ASCII)
TAKEN = N_(
    "A different patrol was already sent from this form. What you wrote is still below: send it if it is a "
    "separate patrol."
)

#: What the phone's JSON may hold, by the name of the form's field; null is as good as left out.
SHAPE: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "made_at": str,
    "occurred_at": str,
    "occurred_on": str,
    "note": str,
    "grid": int,
    "person_id": int,
    "lon": (int, float),
    "lat": (int, float),
    "accuracy_m": (int, float),
    "visits": list,
}
VISIT: dict[str, type | tuple[type, ...]] = {"object": int, "result": str, "reason": str}


class PatrolForm(PointForm, WhenForm):
    """``v<object>-outcome`` says normal, problem, could_not_see or not_gone; ``v<object>-reason`` why not seen."""

    id = IdField("")
    grid = IntegerField("", validators=[InputRequired(), NumberRange(1, ids.LARGEST)])
    person_id = SelectField(_l("Who patrolled"), coerce=key, validate_choice=False)
    note = text(_l("Comment"), 500, area=True)

    def __init__(self, formdata: MultiDict[str, str] | None = None, **given: object):
        super().__init__(formdata, **given)
        self.sent = formdata or MultiDict()

    def answers(self) -> Iterator[VisitEntry]:
        """Every object that something was said of, "not gone" too."""
        for name, value in self.sent.items(multi=True):
            named = OUTCOME.fullmatch(name)
            if named:
                reason = self.sent.get(f"v{named[1]}-reason") or None
                yield VisitEntry(int(named[1]), value, reason if value == "could_not_see" else None)

    def visits(self) -> tuple[VisitEntry, ...]:
        """One entry per object gone to, in the order of object ids; what was not gone to is no visit."""
        found = [visit for visit in self.answers() if visit.result != NOT_GONE]
        return tuple(sorted(found, key=lambda visit: visit.object_id))

    def entry(self) -> PatrolEntry:
        """The round as it was sent."""
        return PatrolEntry(
            id=self.id.data,
            grid_id=self.grid.data,
            occurred_at=self.occurred(),
            visits=self.visits(),
            note=self.note.data,
            person_id=self.person_id.data or None,
            **self.point(),
        )


class ObjectForm(TypedPointForm):
    """Something new for the list of a village; its place by the phone, from the map, or typed."""

    type = SelectField(_l("Type"), validate_choice=False)
    zh = text(_l("Object name"), 80, required=True)
    en = text(_l("Romanised name"), 80)

    def validate_type(self, field: SelectField) -> None:
        """One of the county's types."""
        if field.data not in dict(field.choices or []):
            raise ValidationError(str(_l("Choose one.")))


class ObjectsSheetForm(SheetForm):
    """A sheet of objects and the coordinate system of the rows that do not say theirs."""

    crs = SelectField(_l("Coordinates are"), validate_choice=False)

    def system(self) -> str:
        """The system chosen; degrees when none was. Refused when it is none of those on offer."""
        if self.crs.data and self.crs.data not in dict(self.crs.choices or []):
            raise Refused(N_("Choose one."), field="crs")
        return self.crs.data or ""


class RetireForm(PointForm):
    """Why something leaves the list."""

    why = text(_l("Reason"), 300, required=True, area=True)


class ProposeForm(PointForm):
    """Something that is not on the list and should be; its place by the phone, if at all."""

    id = IdField("")
    zh = text(_l("What people call it"), 80, required=True)
    type = SelectField(_l("Type"), validate_choice=False)
    why = text(_l("Comment"), 300, area=True)

    def entry(self, grid_id: int) -> ProposalEntry:
        """The proposal as it was sent."""
        place = self.point()
        return ProposalEntry(
            self.id.data,
            grid_id,
            type=self.type.data or None,
            zh=self.zh.data,
            lon=place["lon"],
            lat=place["lat"],
            why=self.why.data,
        )


class StopForm(BaseForm):
    """Why an object need not be visited any more; ``grid`` is where it stood when the form was opened."""

    id = IdField("")
    grid = IntegerField("", widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, ids.LARGEST)])
    why = text(_l("Reason"), 300, required=True, area=True)

    def entry(self, object_id: int) -> ProposalEntry:
        """The proposal as it was sent."""
        return ProposalEntry(self.id.data, self.grid.data, object_id, why=self.why.data)


class DeclineForm(BaseForm):
    """Why the list stays as it is."""

    why = text(_l("Why not"), 300, required=True, area=True)


def from_json(sent: Any) -> MultiDict[str, str]:
    """The phone's JSON in the form's own field names; Refused when it has another shape than ours."""
    given = _shaped(sent, SHAPE)
    fields = MultiDict([(key, str(value)) for key, value in given.items() if key != "visits"])
    for visit in (_shaped(one, VISIT) for one in given.get("visits", ())):
        key = f"v{visit.get('object', '')}"
        if not OUTCOME.fullmatch(f"{key}-outcome") or "result" not in visit:
            raise Refused(DAMAGED)  # left out, it would be a claim that got lost
        fields.add(f"{key}-outcome", visit["result"])
        fields.add(f"{key}-reason", visit.get("reason", ""))
    return fields


def _shaped(sent: Any, shape: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise Refused(DAMAGED)
    given = {key: sent[key] for key in shape if sent.get(key) is not None}
    if any(isinstance(value, bool) or not isinstance(value, shape[key]) for key, value in given.items()):
        raise Refused(DAMAGED)
    return given
