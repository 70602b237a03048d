"""The box, and the county office's answer."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from ..web.forms import BaseForm, IdField, clean, text
from .service import Message

LONGEST, LONGEST_PAGE = 2000, 200


class MessageForm(BaseForm):
    """One message; ``page`` is the address it was opened from."""

    id = IdField()
    page = HiddenField(filters=[clean])
    text = text(_l("What should be different? What does not work?"), LONGEST, required=True, area=True)

    def entry(self) -> Message:
        """The message as it was sent."""
        return Message(self.id.data, (self.page.data or "")[:LONGEST_PAGE], self.text.data)


class AnswerForm(BaseForm):
    """An answer; one such form stands below each message, so it is made with a prefix."""

    answer = text(_l("Answer"), LONGEST, required=True, area=True)
