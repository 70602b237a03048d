"""Chinese by default, English complete, switchable by everybody on every page;
dates and numbers as each writes them."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from babel import Locale
from flask import Blueprint, Flask, Response, g, redirect, request, session
from flask_babel import Babel, get_locale, gettext, ngettext
from markupsafe import Markup

from ..core import clock
from ..core.tongue import Tongue
from .request import address, address_of, may, person

LOCALES = {language: Locale(language) for language in ("zh", "en")}  # parsed once
MONTHS = LOCALES["en"].months["format"]["abbreviated"]
bp = Blueprint("language", __name__)
_MISREAD = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")


def chosen() -> Locale:
    """The page's language: this browser's choice, else the person's, else what the browser asks for, else Chinese."""
    reader = person()
    language = session.get("lang") or (reader.language if reader else _asked_for())
    return LOCALES.get(language, LOCALES["zh"])


def _asked_for() -> str:
    """The first of our languages in Accept-Language, whatever country stands behind it."""
    tags = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((tag for tag in tags if tag in LOCALES), "zh")


def is_zh() -> bool:
    """Whether the page is in Chinese."""
    return of_page() == "zh"


def of_page() -> str | None:
    """The page's language, found once per request."""
    language = g.get("language")
    if language is None:
        language = g.language = getattr(get_locale(), "language", None)
    return language


def word(text: str, **values: Any) -> Markup:
    """``_()`` of the templates: a msgid in the page's language, with values escaped into it.

    What has no values is looked up once per language; a page asks for some sixty of them.
    """
    return word_in(of_page(), text, **values)


def word_in(language: str | None, text: str, **values: Any) -> Markup:
    """The same for one who knows the page's language already: asking for it costs more than looking the word up."""
    return _pattern(language, text) % values if values else _fixed(language, text)


def said(text: str, **values: Any) -> str:
    """``gettext`` for code that makes sentences about each row of a long list: looked up once per language."""
    pattern = _plain(of_page(), text)
    return pattern % values if values else pattern


@cache
def _plain(_language: str | None, text: str) -> str:
    return gettext(text)


@cache
def _pattern(_language: str | None, text: str) -> Markup:
    return Markup(gettext(text))


@cache
def _fixed(language: str | None, text: str) -> Markup:
    return _pattern(language, text) % {}


def named(row: Any, field: str = "") -> str:
    """A data row's name in the page's language (columns zh/en, or field_zh/field_en); the other when one is empty."""
    return named_in(of_page(), row, field)


def named_in(language: str | None, row: Any, field: str = "") -> str:
    """The same for one who knows the page's language already."""
    first, second = ("zh", "en") if language == "zh" else ("en", "zh")
    if field:
        first, second = f"{field}_{first}", f"{field}_{second}"
    if isinstance(row, dict):
        return row.get(first) or row.get(second) or ""
    return getattr(row, first, "") or getattr(row, second, "") or ""


@cache
def in_words(language: str | None) -> dict[str, Callable[..., str]]:
    """``_()`` and ``named()`` of a page in this language; what pages import finds the slower ones of every template."""
    return {"_": partial(word_in, language), "named": partial(named_in, language)}


def tongue() -> Tongue:
    """The page's language, for what is no page."""
    return Tongue(of_page(), said)


def moment(at: datetime | None) -> str:
    """A moment in county time: 9月4日 15:42, or 4 Sep, 15:42; with the year when it is another one."""
    if at is None:
        return ""
    here = at.astimezone(clock.ZONE)
    return f"{day(here.date())}{' ' if is_zh() else ', '}{here:%H:%M}"


def day(on: date | datetime | None) -> str:
    """A day in county time: 9月4日, or 4 Sep; with the year when it is another one."""
    if on is None:
        return ""
    on = clock.day(on) if isinstance(on, datetime) else on
    year = "" if on.year == clock.today().year else str(on.year)
    if is_zh():
        return f"{year and year + '年'}{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month]}{year and ' ' + year}"


def left(due: datetime | None) -> str:
    """How long until a limit runs out, or how long it has: "2 h 18 min left", "3 days late"."""
    if due is None:
        return ""
    minutes = int((due - clock.now()).total_seconds() // 60)
    amount = _amount(abs(minutes))
    return said("%(time)s left", time=amount) if minutes >= 0 else said("%(time)s late", time=amount)


def _amount(minutes: int) -> str:
    if minutes >= 2 * 24 * 60:
        return ngettext("%(num)d day", "%(num)d days", minutes // (24 * 60))
    hours, rest = divmod(minutes, 60)
    if hours >= 24:
        return ngettext("%(num)d h", "%(num)d h", hours)
    if hours:
        return said("%(hours)d h %(minutes)d min", hours=hours, minutes=rest)
    return said("%(minutes)d min", minutes=rest)


@bp.get("/language")
@may("language.choose")
def switch() -> Response:
    """Keep this browser's choice (language, print size) and go back to the page it was made on."""
    if request.args.get("lang") in LOCALES:
        session["lang"] = request.args["lang"]
    if request.args.get("large") in ("yes", "no"):
        session["large"] = request.args["large"] == "yes"
    return redirect(safe_next(request.args.get("next")))  # type: ignore[return-value]


def safe_next(address: str | None) -> str:
    """An address on this site only: a path that begins with one slash.

    Browsers, and Werkzeug before them, drop control characters and spaces around an address, and take a backslash for a
    slash: with any of them an address is not what it looks like.
    """
    address = (address or "").strip()
    if not address.startswith("/") or address.startswith("//") or _MISREAD.search(address):
        return "/"
    return address


def init(app: Flask) -> None:
    """Languages for the app and its templates."""
    app.config.update(
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_DEFAULT_TIMEZONE=str(clock.ZONE),
        BABEL_TRANSLATION_DIRECTORIES=str(app.root_path) + "/translations",
    )
    Babel(app, locale_selector=chosen)
    app.register_blueprint(bp)
    app.jinja_env.globals.update({"named": named, "address": address, "address_of": address_of, "_": word})
    app.jinja_env.filters.update(moment=moment, day=day, left=left)
