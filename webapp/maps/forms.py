"""The period that the map looks at: the last so many days, or from a day to a day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from gis import crs as systems
from gis.delivery import Choice, Seen
from gis.delivery import Refused as Unreadable
from gis.text import PLAUSIBLE

from ..core import clock, ids
from ..core.errors import N_
from ..grid.incoming import Said
from ..grid.labels import CODECS
from ..web.bounds import whole
from ..web.forms import BaseForm, clean
from ..web.places import has_come, in_order, last_days
from .shape import COLOURS, SEEN

LONGEST = 366
NOW, THEN = "now", "then"  # the borders under which the figures of a past period stand
MOST_FILES = 6  # of borders, roads or waters at once
ONLY_PART = N_("This is only a part: what is not in these files stays as it is")
NO_SYSTEM = N_("This coordinate system is not known here. Choose one of the list.")
LONGEST_WORDS = 80  # of what is looked for


class Period(NamedTuple):
    """County days, both included; ``days`` when it was chosen as "the last so many days"."""

    first: date
    last: date
    days: int | None

    def query(self) -> dict[str, Any]:
        """The same period as parameters of an address."""
        if self.days is not None:
            return {"days": str(self.days)}
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    def before(self) -> "Period":
        """As many days, up to the day before it begins."""
        return self._moved(self.first - timedelta(days=1))

    def after(self) -> "Period | None":
        """As many days after it, or up to today where there are fewer; None after one that ends today."""
        today, length = clock.today(), self.last - self.first + timedelta(days=1)
        return None if self.last >= today else self._moved(min(self.last + length, today))

    def moved(self, days: int) -> "Period | None":
        """The same so many days later; None where that has not come."""
        last = self.last + timedelta(days=days)
        return None if last > clock.today() else self._moved(last)

    def _moved(self, last: date) -> "Period":
        return Period(last - (self.last - self.first), last, None)


def recent(days: int) -> Period:
    """The last so many days, today included."""
    return Period(*last_days(days), days)


class View(NamedTuple):
    """What a map shows, all of which stands in its address: the period, what it is coloured by, the grid chosen, and
    whether under the borders of then."""

    period: Period
    by: str
    at: int | None
    borders: str = NOW

    @property
    def as_of(self) -> date | None:
        """The day at whose end that is shown which is not counted over a period; None: now."""
        last = self.period.last
        return last if self.by != SEEN and last < clock.today() else None

    def query(self, **other: Any) -> dict[str, Any]:
        """The same as parameters of an address, some of them ``other`` than they are."""
        chosen = self._replace(**other)
        by = {} if chosen.by == SEEN else {"by": chosen.by}
        borders = {} if chosen.borders == NOW else {"borders": chosen.borders}
        return {**chosen.period.query(), **by, **borders, **({} if chosen.at is None else {"at": chosen.at})}


def _looked_for(words: str | None) -> str | None:
    return clean((words or "")[:LONGEST_WORDS])


class MapForm(BaseForm):
    """What may stand in the page's address: ``days``, or ``from`` with or without ``to`` (then until today); ``by``,
    ``borders`` and ``at``, of which nonsense is left out, as it comes out of links that people send; and ``q``, what is
    looked for.
    """

    by = StringField("")
    borders = StringField("")
    at = StringField("")
    q = StringField(_l("Village, object or report number"), filters=[_looked_for])

    days = IntegerField(
        _l("Days"), validators=[Optional(), NumberRange(1, LONGEST, _l("Write a number from %(min)d to %(max)d."))]
    )
    first = DateField(_l("From"), name="from", validators=[Optional()])
    last = DateField(_l("To"), name="to", validators=[Optional()])

    def validate_first(self, field: DateField) -> None:
        """A day that has come, and no more than a year before the end; without an end, before today."""
        has_come(field.data)
        if field.data and ((self.last.data or clock.today()) - field.data).days >= LONGEST:
            raise ValidationError(str(_l("At most %(days)d days.", days=LONGEST)))

    def validate_last(self, field: DateField) -> None:
        """A day that has come, not before the beginning; the end alone says no period, but a day."""
        has_come(field.data)
        if field.data and self.first.data is None and not self.first.errors and self.by.data not in COLOURS[1:]:
            raise ValidationError(str(_l("Give the first day, too.")))
        in_order(self.first.data, field.data)

    def view(self, usual_days: int) -> View:
        """What was chosen."""
        at, by = self.at.data or "", self.by.data
        is_id = at.isascii() and at.isdecimal() and len(at) <= len(str(ids.LARGEST)) and 0 < int(at) <= ids.LARGEST
        borders = THEN if self.borders.data == THEN else NOW
        if by in COLOURS[1:]:
            self.last.label.text = _l("Day")
        return View(self.period(usual_days), by if by in COLOURS else SEEN, int(at) if is_id else None, borders)

    def period(self, usual_days: int) -> Period:
        """The period chosen; the usual days when none was, or none that makes sense."""
        if self.errors:
            return recent(usual_days)
        if self.first.data:
            return Period(self.first.data, self.last.data or clock.today(), None)
        if self.last.data:
            return Period(self.last.data, self.last.data, None)
        return recent(self.days.data or usual_days)


class BordersForm(BaseForm):
    """Files of borders; who sends them confirms that no classified data are among them."""

    files = MultipleFileField(
        _l("Files: GeoPackage, GeoJSON, KML, or shapefiles and MapInfo tables in a zip; or a list (xlsx or CSV)")
    )
    is_part = BooleanField(_l(ONLY_PART))
    is_open = BooleanField(
        _l("I confirm that these files hold no classified surveying data"),
        validators=[InputRequired(_l("Please confirm this. Classified surveying data must not be uploaded here."))],
    )


class BackdropForm(BaseForm):
    """Files of roads and waters; who sends them confirms that no classified data are among them."""

    roads = MultipleFileField(_l("Roads: lines in a GeoPackage, GeoJSON, or shapefiles in a zip"))
    waters = MultipleFileField(_l("Waters: lines and areas, in the same kinds of files"))
    crs = StringField(_l("Coordinate system, where the files do not say theirs"), filters=[_looked_for])
    is_open = BooleanField(
        _l("I confirm that these files hold no classified surveying data"),
        validators=[InputRequired(_l("Please confirm this. Classified surveying data must not be uploaded here."))],
    )


class ReadingForm(BaseForm):
    """How files of borders are to be read; ``reading_form`` adds the columns of each layer."""

    encoding = RadioField(_l("Encoding of the text"), validators=[Optional()])
    crs = StringField(_l("Coordinate system"), filters=[_looked_for])
    over = BooleanField(_l("Take it also where the files say another one"))
    is_part = BooleanField(_l(ONLY_PART))
    fourth = BooleanField(_l("Take the fourth level as unit grids of communities of subdistricts"))
    anywhere = BooleanField(_l("The borders may lie outside the province of their codes"))
    layer = SelectMultipleField(_l("Layers to take"), validators=[Optional()])

    def validate_crs(self, field: StringField) -> None:
        """A system that is known here."""
        if field.data:
            try:
                systems.from_name(field.data, "–")
            except Unreadable:
                raise ValidationError(str(_l(NO_SYSTEM))) from None

    def said(self, seen: Sequence[Seen]) -> Said:
        """What was chosen; all layers are none in particular."""
        layers = tuple(self.layer.data or ())
        columns = [(each.layer, *self._columns(at)) for at, each in enumerate(seen)]
        choice = Choice(
            layer=() if len(layers) == len(seen) else layers,
            columns=tuple(row for row in columns if any(row[1:])),
            encoding=self.encoding.data or "",
            anywhere=self.anywhere.data,
            over=self.over.data,
            is_part=self.is_part.data,
            fourth=self.fourth.data,
        )
        return Said(self.crs.data or "", choice)

    def _columns(self, at: int) -> tuple[str, str, str]:
        code, name, parent = (self[f"{kind}_{at}"].data or "" for kind in COLUMNS)
        return code, name, parent


COLUMNS = {"code": _l("Column of the code"), "name": _l("Column of the name"), "parent": _l("Column of the parent")}


def reading_form(seen: Sequence[Seen], said: Said, sent: Any = None) -> ReadingForm:
    """The form for these layers, filled with what was said last."""
    fields: dict[str, Any] = {}
    for at in range(len(seen)):
        fields |= {f"{kind}_{at}": SelectField(label) for kind, label in COLUMNS.items()}
    chosen = said.choice
    data: dict[str, Any] = {
        name: getattr(chosen, name) for name in ("encoding", "over", "anywhere", "is_part", "fourth")
    }
    data |= {"crs": said.crs, "layer": list(chosen.layer) or [layer.layer for layer in seen]}
    for of, *names in chosen.columns:
        at = next((at for at, layer in enumerate(seen) if layer.layer == of), -1)
        data |= {f"{kind}_{at}": name for kind, name in zip(COLUMNS, names, strict=True)}
    form: ReadingForm = type("ReadingForm", (ReadingForm,), fields)(sent, data=data)
    form.encoding.choices = [("", _l("as found")), *((codec, CODECS[codec]) for codec in PLAUSIBLE)]
    form.layer.choices = [(layer.layer, layer.layer) for layer in seen]
    for at, layer in enumerate(seen):
        for kind in COLUMNS:
            form[f"{kind}_{at}"].choices = [("", _l("as found")), *((name, name) for name in layer.columns)]
    return form


class ProposalForm(BaseForm):
    """From which day a set shall be in force, and why its warnings are accepted."""

    since = DateField(_l("In force from"), validators=[DataRequired(_l("Please fill this in."))])
    reason = TextAreaField(
        _l("Why the borders are right in spite of the warnings"), filters=[clean], validators=[Length(max=1000)]
    )


class _OneBorder(BaseForm):
    """A file with the border of one grid."""

    file = FileField(_l("File with this one border: GeoJSON, KML, GeoPackage or a zip"))
    crs = StringField(_l("Coordinate system, where the file does not say its own"), filters=[_looked_for])
    is_open = BooleanField(_l("I confirm that this file holds no classified surveying data"))


class BorderForm(_OneBorder):
    """Another border for a grid."""


class _Named(BaseForm):
    """What a grid is called."""

    zh = StringField(
        _l("Name in Chinese"), filters=[clean], validators=[DataRequired(_l("Please fill this in.")), Length(max=80)]
    )
    en = StringField(_l("Name in English"), filters=[clean], validators=[Length(max=80)])
    code = StringField(
        _l("Code"), filters=[clean], validators=[DataRequired(_l("Please fill this in.")), Length(max=20)]
    )


class NewGridForm(_Named, _OneBorder):
    """A grid that is added below another one, with its border or still without."""


class GridForm(_Named):
    """A grid by hand: its names, code, where it belongs, or the grid that takes it over."""

    parent = SelectField(_l("Belongs to"), coerce=whole)
    heir = SelectField(_l("Merge into"), coerce=whole)
