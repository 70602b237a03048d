"""Forms of people: log-in and password; accounts and postings stand in ``account_forms``."""

from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, ValidationError
from wtforms.validators import InputRequired, Length

from ..core import passwords
from ..web.forms import BaseForm, text
from ..web.language import safe_next


class OnwardForm(BaseForm):
    """On the way in: where the person was going, and what had been typed there."""

    next = HiddenField()
    kept = HiddenField()

    @property
    def carried(self) -> dict[str, str]:
        """Both, for the next form on the way."""
        return {"next": safe_next(self.next.data), "kept": self.kept.data or ""}


class LoginForm(OnwardForm):
    """Name and password, or the one-time code in its place."""

    login = text(_l("Log-in name"), 60, required=True)
    secret = PasswordField(
        _l("Password or log-in code"),
        validators=[InputRequired(_l("Please fill this in.")), Length(max=passwords.LONGEST)],
    )
    remember = BooleanField(_l("Remember this phone (only if it is yours alone)"))


class CodeForm(OnwardForm):
    """A code of an authenticator app, or one of the recovery codes."""

    code = text(_l("Code of the app, or a recovery code"), 40, required=True)


class BeginForm(OnwardForm):
    """Who sets up a second factor says the password again."""

    current = PasswordField(_l("Current password"))


@dataclass(frozen=True)
class NewPassword:
    """What a valid PasswordForm says."""

    current: str
    new: str


class PasswordForm(OnwardForm):
    """A new password, typed twice. After a one-time code the old one is not asked."""

    current = PasswordField(_l("Current password"))
    new = PasswordField(_l("New password"), validators=[InputRequired(_l("Please fill this in."))])
    again = PasswordField(_l("New password again"), validators=[InputRequired(_l("Please fill this in."))])

    def validate_again(self, field: PasswordField) -> None:
        """Both must be the same."""
        if field.data != self.new.data:
            raise ValidationError(str(_l("The two do not match.")))

    def validate_new(self, field: PasswordField) -> None:
        """The one rule of passwords, as the command line asks it too."""
        if fault := passwords.fault(field.data or ""):
            raise ValidationError(gettext(fault, min=passwords.SHORTEST, max=passwords.LONGEST))

    def entry(self) -> NewPassword:
        """The checked values."""
        return NewPassword(self.current.data or "", self.new.data or "")
