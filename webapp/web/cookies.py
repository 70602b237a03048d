"""The signed cookie of a browser, its signature worked out once per worker and not at every request."""

from typing import Any

from flask import Flask, Request, Response, current_app
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

MOST_KEPT = 4096  # some 300 bytes each


def keys() -> list[str]:
    """Whose signature counts, as itsdangerous wants them: the last one signs, those before it were replaced."""
    return [*reversed(current_app.config["SECRET_KEY_FALLBACKS"] or ()), current_app.config["SECRET_KEY"]]


class _Ageless(URLSafeTimedSerializer):
    """Takes what we signed, whenever that was.

    The cookie's age is told by our own clock alone: one that goes back would find every cookie to be of the future and
    put everybody out, and one that is far ahead would have them thrown away for good.
    """

    def loads(self, s: str | bytes, *_age: Any, **_more: Any) -> Any:
        """What was signed; BadSignature when it was not by us."""
        return super().loads(s)


class Cookies(SecureCookieSessionInterface):
    """Flask's own, which takes again what it found good before: the same signature is no better the second time.

    Whether the log-in in it still counts is asked of the database at every request (``login/queries.py: by_token``),
    so nothing lasts longer for being kept here. Words for one page alone (flash messages) are not kept. What an older
    key signed is signed anew with the next answer, so that the old key can be taken away once everybody was here.
    """

    def __init__(self) -> None:
        self._good: dict[str, dict[str, Any]] = {}

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Flask's own, but for the age."""
        own = super().get_signing_serializer(app)
        if own is None:
            return None
        return _Ageless(own.secret_keys, salt=own.salt, serializer=own.serializer, signer_kwargs=own.signer_kwargs)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie says; empty without one, or when its signature is not ours."""
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        said = self._good.get(cookie)
        if said is not None:
            return self.session_class(said)
        opened = super().open_session(app, request)
        if opened and self._is_old(app, cookie):
            opened.is_old = True  # type: ignore[attr-defined]
        elif opened and "_flashes" not in opened:
            self._keep(cookie, dict(opened))
        return opened

    def _is_old(self, app: Flask, cookie: str) -> bool:
        """Whether an older key than today's signed it."""
        signer = self.get_signing_serializer(app)
        if signer is None or not signer.secret_keys[1:]:
            return False
        signer.secret_keys = signer.secret_keys[-1:]
        try:
            signer.loads(cookie)
        except BadSignature:
            return True
        return False

    def _keep(self, cookie: str, said: dict[str, Any]) -> None:
        if len(self._good) >= MOST_KEPT:
            self._good.clear()
        self._good[cookie] = said

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Flask's own, but for what is the same for everybody: the gate read the cookie, the answer does not depend on
        it, and a cache between may keep it for all."""
        if not response.cache_control.public:
            session.modified |= getattr(session, "is_old", False)
        if session.modified or not response.cache_control.public:
            super().save_session(app, session, response)
