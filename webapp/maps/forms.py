"""The period that the map looks at: the last so many days, or from a day to a day."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from werkzeug.utils import secure_filename
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from ..core import clock, ids
from ..web.bounds import whole
from ..web.forms import BaseForm, clean
from ..web.places import has_come, last_days
from .shape import COLOURS, SEEN

LONGEST = 366
NOW, THEN = "now", "then"  # the borders under which the figures of a past period stand
MOST_FILES = 6  # of borders, roads or waters at once
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
        """A day that has come, not before the beginning; the end alone says no period."""
        has_come(field.data)
        if field.data and self.first.data is None and not self.first.errors:
            raise ValidationError(str(_l("Give the first day, too.")))
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(str(_l("The end is before the start.")))

    def view(self, usual_days: int) -> View:
        """What was chosen."""
        at, by = self.at.data or "", self.by.data
        is_id = at.isascii() and at.isdecimal() and len(at) <= len(str(ids.LARGEST)) and 0 < int(at) <= ids.LARGEST
        borders = THEN if self.borders.data == THEN and by not in COLOURS[1:] else NOW
        return View(self.period(usual_days), by if by in COLOURS else SEEN, int(at) if is_id else None, borders)

    def period(self, usual_days: int) -> Period:
        """The period chosen; the usual days when none was, or none that makes sense."""
        if self.errors:
            return recent(usual_days)
        if self.first.data:
            return Period(self.first.data, self.last.data or clock.today(), None)
        return recent(self.days.data or usual_days)


class BordersForm(BaseForm):
    """Files of borders; who sends them confirms that no classified data are among them."""

    files = MultipleFileField(_l("Files: GeoPackage, GeoJSON, or shapefiles in a zip; or a list (xlsx or CSV)"))
    is_part = BooleanField(_l("This is only a part: what is not in these files stays as it is"))
    crs = StringField(_l("Coordinate system, where the files do not say theirs"), filters=[_looked_for])
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


class ProposalForm(BaseForm):
    """From which day a set shall be in force, and why its warnings are accepted."""

    since = DateField(_l("In force from"), validators=[DataRequired(_l("Please fill this in."))])
    reason = TextAreaField(
        _l("Why the borders are right in spite of the warnings"), filters=[clean], validators=[Length(max=1000)]
    )


class GridForm(BaseForm):
    """A grid by hand: its names, code, where it belongs, or the grid that takes it over."""

    zh = StringField(
        _l("Name in Chinese"), filters=[clean], validators=[DataRequired(_l("Please fill this in.")), Length(max=80)]
    )
    en = StringField(_l("Name in English"), filters=[clean], validators=[Length(max=80)])
    code = StringField(
        _l("Code"), filters=[clean], validators=[DataRequired(_l("Please fill this in.")), Length(max=20)]
    )
    parent = SelectField(_l("Belongs to"), coerce=whole)
    heir = SelectField(_l("Merge into"), coerce=whole)


def saved(sent: Any, folder: Path) -> list[Path]:
    """The files under names of their own that keep the ending: what they hold decides, and messages name them."""
    paths = []
    for number, file in enumerate(sent):
        name = clean(Path(file.filename.replace("\\", "/")).name) or ""
        place = folder / str(number)
        place.mkdir(parents=True)
        path = place / (
            name if len(name.encode()) < 200 and name not in ("", ".", "..") else secure_filename(name) or "file"
        )
        file.save(path)
        paths.append(path)
    return paths
