"""Fields that many forms share: an optional point, and an optional day that is not today."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FloatField, HiddenField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, NumberRange, Optional
from wtforms.widgets import HiddenInput

from ..core import clock, clock_mark, ids
from .forms import DAMAGED, BaseForm
from .request import read


class PointForm(BaseForm):
    """Longitude, latitude (WGS84 degrees) and accuracy (metres), all or none, filled by the phone when asked."""

    lon = FloatField("", widget=HiddenInput(), validators=[Optional(), NumberRange(-180, 180)])
    lat = FloatField("", widget=HiddenInput(), validators=[Optional(), NumberRange(-90, 90)])
    accuracy_m = FloatField("", widget=HiddenInput(), validators=[Optional(), NumberRange(0, 100_000)])

    def point(self) -> dict[str, float | None]:
        """The three values for an entry; none of them unless both coordinates are there."""
        if self.lon.data is None or self.lat.data is None:
            return {"lon": None, "lat": None, "accuracy_m": None}
        return {"lon": self.lon.data, "lat": self.lat.data, "accuracy_m": self.accuracy_m.data}


#: In what a position is typed: degrees as phones give them, or shifted ones, as the maps that people look at have them.
SYSTEMS = {
    "": _l("Degrees (CGCS2000, WGS84, GPS)"),
    "gcj02": _l("Degrees, Gaode or Tencent (GCJ-02)"),
    "bd09": _l("Degrees, Baidu (BD-09)"),
}


class TypedPointForm(PointForm):
    """A point that may be typed as well, in the system that is chosen; who takes it turns it into WGS84."""

    lon = FloatField(_l("Longitude"), validators=[Optional(), NumberRange(-180, 180, _l("Between -180 and 180."))])
    lat = FloatField(_l("Latitude"), validators=[Optional(), NumberRange(-90, 90, _l("Between -90 and 90."))])
    crs = SelectField(
        _l("Coordinates are"),
        choices=[SelectChoice(code, word) for code, word in SYSTEMS.items()],
        validate_choice=False,
        validators=[Optional(), AnyOf(list(SYSTEMS), _l("Choose one."))],
    )

    def validate_lon(self, _field: FloatField) -> None:
        """A place is both numbers or none; an empty field is not asked, so either asks for both."""
        if (self.lon.data is None) != (self.lat.data is None):
            raise ValidationError(str(_l("Longitude and latitude belong together: one of them is empty.")))

    validate_lat = validate_lon

    def typed(self) -> dict[str, Any]:
        """The point for an entry, as it was typed, with its system."""
        return {**self.point(), "crs": (self.crs.data or None) if self.lon.data is not None else None}


def has_come(day: date | None) -> None:
    """For forms that look back: ValidationError for a day that is still to come."""
    if day and day > clock.today():
        raise ValidationError(str(_l("This day has not come yet.")))


def in_order(first: date | None, last: date | None) -> None:
    """For forms that ask from when to when: ValidationError where the end comes before the start."""
    if first and last and last < first:
        raise ValidationError(str(_l("The end is before the start.")))


class DayField(DateField):
    """A day; an empty one is none, without an attempt to read it."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read it."""
        if any(valuelist):
            super().process_formdata(valuelist)
        elif valuelist:
            self.data = None


class WhenForm(BaseForm):
    """When it was: ``occurred_at`` (moment, from the phone), ``occurred_on`` (a day), else when the entry began.

    That is told by its id, a UUIDv7. ``made_at`` is what pages and phones sent until November 2026 besides, and still
    goes before it, or their entries would not be the same when they come again.
    """

    id: Any
    occurred_on = DayField(_l("Day"), validators=[Optional()])
    occurred_at = HiddenField("")
    made_at = HiddenField("")

    def validate_occurred_on(self, field: DateField) -> None:
        """Any day back, none ahead. What the fault of our own clock may be, the act refuses, for later."""
        if field.data and field.data > clock.today() and not clock_mark.may_have_come(read(), clock.start(field.data)):
            raise ValidationError(str(_l("This day has not come yet.")))

    def validate_occurred_at(self, field: HiddenField) -> None:
        """A moment with its zone, or nothing."""
        if field.data and _moment(field.data) is None:
            raise ValidationError(gettext(DAMAGED))

    def validate_made_at(self, field: HiddenField) -> None:
        """A moment, or nothing; one of a clock that stands far off is passed over, for the phone cannot help it."""
        try:
            datetime.fromisoformat(field.data or "2026-01-01")
        except ValueError:
            raise ValidationError(gettext(DAMAGED)) from None

    def occurred(self) -> datetime | None:
        """The moment the entry is about. Without one it is when the entry began, so that a resend says the same; None
        where nothing tells that either: then it is when it arrives, which is no part of what was sent."""
        on, at = self.occurred_on.data, _moment(self.occurred_at.data)
        made = _moment(self.made_at.data) or (ids.made_at(self.id.data) if self.id.data else None)
        if on and made is None:
            return at if at and clock.day(at) == on else clock.at_hour(on, time(0))
        if on and made and on != clock.day(made):
            return clock.at_hour(on, time(12))
        return at or made


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo and clock.is_near(found.date()) else None


def last_days(days: int) -> tuple[date, date]:
    """The period of the last so many days, today included."""
    return clock.today() - timedelta(days=days - 1), clock.today()
