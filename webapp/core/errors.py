"""What a service may answer instead of a result. Messages are msgids; the web layer translates them."""

from typing import Any, NamedTuple


class Names(NamedTuple):
    """The two names of a row, as a refusal or a list keeps them: without the session that the row was read with."""

    zh: str
    en: str


def N_(text: str) -> str:
    """Mark a msgid for extraction where no request, and so no language, exists yet."""
    return text


TOO_LONG = N_("At most %(max)d characters.")


class Refused(Exception):
    """The act is not possible; ``message`` says, in an English msgid with ``%(name)s`` places, what to do next.

    ``field`` names the form field the message belongs to, when there is one. ``again``: seconds after which the same
    may succeed, where time alone helps.
    """

    status = 422
    again: int | None = None

    def __init__(self, message: str, *, field: str | None = None, **params: Any):
        super().__init__(message)
        self.message, self.field = message, field
        self.params = {
            name: Names(value.zh, value.en) if hasattr(value, "zh") else value for name, value in params.items()
        }


class Later(Refused):
    """Refused for now: the same may succeed ``again`` seconds later."""

    def __init__(self, message: str, *, again: int, field: str | None = None, **params: Any):
        super().__init__(message, field=field, **params)
        self.again = again


class Busy(Later):
    """We could not do it just now, and it is no fault of what was sent: the same again in a moment may succeed."""

    status = 503


class NotFound(Refused):
    """Not there, or not the asker's to see: one and the same answer."""

    status = 404

    def __init__(self) -> None:
        super().__init__(N_("Not there, or not yours to see"))


class Conflict(Refused):
    """The id is taken by another entry. Shows nothing of that entry; only who it is of learns that his office has put
    it right."""

    status = 409

    def __init__(self, *, is_put_right: bool = False) -> None:
        super().__init__(
            N_("Your office has entered this already, with a change. It stands under your name. Throw this one away.")
            if is_put_right
            else N_("This entry was already sent with different content. Open a new form and write it there.")
        )


class Stale(Refused):
    """Somebody moved the record after the page was made. A page says besides who, when, and what it is now."""

    status = 409

    def __init__(self) -> None:
        super().__init__(N_("Someone has acted in the meantime. Open the page again and check."))
