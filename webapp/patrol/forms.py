"""The round's form: which grid, when, and for each object what was found. An untouched object is normal or not gone."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, IntegerField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from ..core import clock, ids
from ..core.errors import N_, Refused
from ..web.bounds import day as typed_day
from ..web.bounds import whole
from ..web.forms import DAMAGED, BaseForm, IdField, KeyField, clean, key, text
from ..web.places import DayField, PointForm, TypedPointForm, WhenForm
from ..web.sheets import SheetForm
from .frequencies import Wish
from .proposing import ProposalEntry
from .service import PatrolEntry, VisitEntry
from .topics import TopicEntry
from .week import WeekEntry
from .words import UNIT_NAMES

NOT_GONE = "not_gone"
OUTCOME = re.compile(r"v(\d{1,15})-outcome", re.ASCII)
BOX = re.compile(r"w(\d{1,9})-(20\d\d-\d\d-\d\d)", re.ASCII)
TOPIC_OUTCOME = re.compile(r"t-([a-z_]{1,40})-outcome", re.ASCII)
TOPIC_TEXT = re.compile(r"t-([a-z_]{1,40})-(?:place|note)", re.ASCII)
TOPIC_PARTS = ("reason", "place", "note")
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
    "kind": str,
    "visits": list,
    "topics": list,
}
VISIT: dict[str, type | tuple[type, ...]] = {"object": int, "result": str, "reason": str}
TOPIC: dict[str, type | tuple[type, ...]] = dict.fromkeys(("topic", "result", "reason", "place", "note"), str)


class PatrolForm(PointForm, WhenForm):
    """``v<object>-outcome`` says normal, problem, could_not_see or not_gone; ``v<object>-reason`` why not seen.
    ``t-<topic>-outcome`` and ``-reason`` say the same of a topic without an object, ``-place`` and ``-note`` where and
    what. ``kind`` is no field: nothing is assumed where it was not sent."""

    id = IdField("")
    grid = IntegerField("", validators=[InputRequired(), NumberRange(1, ids.LARGEST)])
    person_id = SelectField(_l("Who patrolled"), coerce=key, validate_choice=False)
    author_id = KeyField()  # on whose phone it waited, where a desk hands it in
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

    def kind(self) -> str | None:
        """Regular or irregular, as a word of ``topics.KINDS``; None where nothing was chosen."""
        return self.sent.get("kind") or None

    def looked(self) -> tuple[TopicEntry, ...]:
        """One entry per topic that was looked at, in the order of their codes."""
        found = []
        for name, value in self.sent.items(multi=True):
            named = TOPIC_OUTCOME.fullmatch(name)
            if named and value != NOT_GONE:
                found.append(self._topic(named[1], value))
        return tuple(sorted(found, key=lambda each: each.topic))

    def _topic(self, code: str, result: str) -> TopicEntry:
        reason, place, note = (clean(self.sent.get(f"t-{code}-{part}")) for part in TOPIC_PARTS)
        return TopicEntry(code, result, reason if result == "could_not_see" else None, place, note)

    def written(self) -> dict[str, TopicEntry]:
        """What stands in the fields of each topic, for the form that comes again: also of those of which nothing was
        said but a place or a sentence."""
        said = {each.topic: each for each in self.looked()}
        typed = {named[1] for name, value in self.sent.items() if value and (named := TOPIC_TEXT.fullmatch(name))}
        return {code: self._topic(code, "") for code in typed} | said

    def entry(self) -> PatrolEntry:
        """The round as it was sent."""
        return PatrolEntry(
            id=self.id.data,
            grid_id=self.grid.data,
            occurred_at=self.occurred(),
            visits=self.visits(),
            note=self.note.data,
            person_id=self.person_id.data or None,
            kind=self.kind(),
            topics=self.looked(),
            **self.point(),
        )


class WeekAsked(BaseForm):
    """Which week a sheet is of: any of its days; without one, this week."""

    first = DayField(validators=[Optional()])


class WeekForm(WeekAsked):
    """``w<object>-<day>`` is a box of the sheet and holds the figure that stands for what was found (week.marks)."""

    id = IdField("")
    person_id = SelectField(_l("Who patrolled"), coerce=key, validate_choice=False)

    def __init__(self, formdata: MultiDict[str, str] | None = None, **given: object):
        super().__init__(formdata, **given)
        sent = formdata or MultiDict()
        boxes = {name: clean(figure) for name, figure in sent.items() if BOX.fullmatch(name)}
        self.boxes = {name: figure for name, figure in boxes.items() if figure}

    def entry(self, grid_id: int, days: Collection[date], marks: Mapping[str, tuple[str, str | None]]) -> WeekEntry:
        """The sheet as it was sent. Refused where a box holds what is no figure of the legend, where it is of none of
        the days of the week, or where none holds a figure."""
        found: dict[date, list[VisitEntry]] = {}
        for name, figure in sorted(self.boxes.items()):
            if figure not in marks:
                raise Refused(N_("%(mark)s is none of the figures below the sheet."), mark=figure)
            object_id, on = BOX.fullmatch(name).groups()  # type: ignore[union-attr]
            day = typed_day(on)
            if day is None or day not in days:
                raise Refused(DAMAGED)
            found.setdefault(day, []).append(VisitEntry(whole(object_id), *marks[figure]))
        if not found:
            raise Refused(N_("Nothing is marked yet."))
        visits = {day: tuple(sorted(each, key=lambda visit: visit.object_id)) for day, each in found.items()}
        return WeekEntry(self.id.data, grid_id, self.person_id.data or None, visits)


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


ALL, NO_VISIT = "all", "none"  # types of objects; a unit
FOR_WHAT = [SelectChoice("", _l("all objects")), SelectChoice("key", _l("key objects"))]


class FrequencyForm(BaseForm):
    """How often objects of a type, or of all types, are visited from a day on. The view gives the types."""

    type = SelectField(_l("Object type"), validate_choice=False)
    for_key = SelectField(_l("For which objects"), choices=FOR_WHAT, default="")
    every = IntegerField(_l("Once in"), validators=[Optional(), NumberRange(1, 366, _l("Between 1 and 366."))])
    unit = SelectField(_l("Counted in"))
    season_from = text(_l("Season from"), 5)
    season_until = text(_l("Season until"), 5)
    since = DayField(_l("Holds from"), validators=[Optional()])
    source = text(_l("Source"), 200, required=True)
    seen = HiddenField()

    def __init__(self, formdata: MultiDict[str, str] | None = None, **given: object):
        super().__init__(formdata, **given)
        self.unit.choices = [*((unit, _l(word)) for unit, word in UNIT_NAMES.items()), (NO_VISIT, _l("no visit due"))]

    def validate_type(self, field: SelectField) -> None:
        """One of the types that have rules, or all of them; nothing is assumed."""
        if not field.data or field.data not in dict(field.choices or []):
            raise ValidationError(str(_l("Choose one.")))

    def validate_unit(self, field: SelectField) -> None:
        """Once in how many of them has to be said; an empty number means nothing by itself."""
        if field.data != NO_VISIT and self.every.data is None and not self.every.errors:
            raise ValidationError(str(_l("How many? To have nothing due, choose that.")))

    def wish(self) -> Wish:
        """The rule as it was typed."""
        types = [code for code, _word in self.type.choices if code not in ("", ALL) and self.type.data in (ALL, code)]
        is_none = self.unit.data == NO_VISIT
        return Wish(
            tuple(types),
            self.for_key.data == "key",
            self.season_from.data or None,
            self.season_until.data or None,
            None if is_none else self.every.data,
            "day" if is_none else self.unit.data,
            self.since.data or clock.today(),
            self.source.data,
        )


class TemplateForm(BaseForm):
    """A frequency for all objects at once; the view gives the choices."""

    template = SelectField(_l("Template"))
    seen = HiddenField()


class DeclineForm(BaseForm):
    """Why the list stays as it is."""

    why = text(_l("Why not"), 300, required=True, area=True)


def from_json(sent: Any) -> MultiDict[str, str]:
    """The phone's JSON in the form's own field names; Refused when it has another shape than ours."""
    given = _shaped(sent, SHAPE)
    fields = MultiDict([(key, str(value)) for key, value in given.items() if key not in ("visits", "topics")])
    for visit in (_shaped(one, VISIT) for one in given.get("visits", ())):
        key = f"v{visit.get('object', '')}"
        if not OUTCOME.fullmatch(f"{key}-outcome") or "result" not in visit:
            raise Refused(DAMAGED)  # left out, it would be a claim that got lost
        fields.add(f"{key}-outcome", visit["result"])
        fields.add(f"{key}-reason", visit.get("reason", ""))
    for topic in (_shaped(one, TOPIC) for one in given.get("topics", ())):
        key = f"t-{topic.get('topic', '')}"
        if not TOPIC_OUTCOME.fullmatch(f"{key}-outcome") or "result" not in topic:
            raise Refused(DAMAGED)
        fields.add(f"{key}-outcome", topic["result"])
        fields.update({f"{key}-{part}": topic.get(part, "") for part in TOPIC_PARTS})
    return fields


def _shaped(sent: Any, shape: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise Refused(DAMAGED)
    given = {key: sent[key] for key in shape if sent.get(key) is not None}
    if any(isinstance(value, bool) or not isinstance(value, shape[key]) for key, value in given.items()):
        raise Refused(DAMAGED)
    return given
