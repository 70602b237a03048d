"""The form for taking records out: what, in which format, of which days."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from ..web.forms import BaseForm
from ..web.places import has_come, in_order
from .formats import ENCODINGS
from .queries import Period
from .service import Wish


class ExportForm(BaseForm):
    """The lists of the kinds and formats are set by the view, in the reader's words."""

    kind = RadioField(_l("What to take out"), validators=[InputRequired(_l("Choose one."))])
    format = RadioField(_l("Format"), validators=[InputRequired(_l("Choose one."))])
    first = DateField(_l("From"), validators=[Optional()])
    last = DateField(_l("To"), validators=[Optional()])
    encoding = SelectField(_l("Encoding of a shapefile"), choices=list(ENCODINGS), default=ENCODINGS[0])

    def validate_first(self, field: DateField) -> None:
        """A day that has come."""
        has_come(field.data)

    def validate_last(self, field: DateField) -> None:
        """Not before the beginning."""
        in_order(self.first.data, field.data)

    def wish(self) -> Wish:
        """What was chosen."""
        return Wish(self.kind.data, self.format.data, Period(self.first.data, self.last.data), self.encoding.data)
