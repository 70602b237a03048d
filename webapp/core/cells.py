"""What a cell of a sheet says: its value as plain text, what is wrong with it, and how each kind of text is read.

A reader (``READERS``) turns the text of a cell into what the column means; Refused says what to write instead.
Offices type full-width digits, pad names of two characters, and let Excel keep days as numbers; all of that is read.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from . import clock
from .errors import N_, TOO_LONG, Refused

MAX_CELL = 200
#: Marks without a width that come along when text is copied from a page or a chat; taken out, and it is said.
UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u061c\u180e")
#: Marks that turn the direction of writing round: what is read is not what is kept.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
EXCEL_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})

IS_ERROR = N_("The cell shows the error %(value)s. Write the value itself.")
IS_FORMULA = N_("This is a formula (%(value)s). Write its value.")
IS_TURNED = N_("Hidden characters in this cell reverse the order of its text. Type the text again.")
IS_DAMAGED = N_("This cell holds a character that cannot be shown. Type the text again.")
IS_EMPTY = N_("The cell is empty. Please fill it in.")
SHORTENED = N_(
    "The spreadsheet program has shortened this number to %(value)s. Format the column as text and "
    "write the number in full."
)
NO_DAY = N_("Not a date. Write it like 2026-09-01.")
FAR_DAY = N_("Write a date from 2000 to 2100, or leave it empty if there is no end.")
NO_NUMBER = N_("Not a number: %(value)s")

EPOCH = date(1899, 12, 30)  # the day 0 of a spreadsheet; of the Mac's of old it is MAC_DAYS later
MAC_DAYS = 1462
_SERIAL = re.compile(r"[1-9]\d{4}")
_EIGHT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
_SHORT = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_MINUTES, _SECONDS = "[′'’分]", "(?:[″\"”秒]|′′|''|’’)"
_DEGREES = re.compile(rf"(\d{{1,3}})[°度](?:(\d{{1,2}}(?:\.\d+)?){_MINUTES})?(?:(\d{{1,2}}(?:\.\d+)?){_SECONDS})?[NE]?")


def plain(value: Any) -> str:
    """A cell as text: days as 2026-09-01, whole numbers without a point (codes and telephones are often kept so).

    Of a cell that is too long only so much is read as shows that it is: thousands of cells may share one long text.
    Ends of lines and blanks of every kind are one blank; nothing else is taken out.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(unicodedata.normalize("NFC", str(value)[: MAX_CELL + 1]).split())


def seen(text: str) -> str:
    """The text without marks that have no width."""
    return "".join(c for c in text if c not in UNSEEN).strip()


def check(text: str) -> None:
    """Refused when the text is no value: too long, an error or a formula of the spreadsheet, or damaged."""
    if len(text) > MAX_CELL:
        raise Refused(TOO_LONG, max=MAX_CELL)
    if text.upper() in EXCEL_ERRORS:
        raise Refused(IS_ERROR, value=text)
    if text[:1] in ("=", "＝"):
        raise Refused(IS_FORMULA, value=text[:30])
    if TURNING & set(text):
        raise Refused(IS_TURNED)
    if "\ufffd" in text or any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise Refused(IS_DAMAGED)


def half_width(text: str) -> str:
    """Full-width letters and digits as the plain ones they stand for."""
    return unicodedata.normalize("NFKC", text).strip()


# --- readers ---


def name(text: str) -> str:
    """A name: blanks between Chinese characters are padding, "王  强" is 王强."""
    is_chinese = all(c == " " or unicodedata.category(c) == "Lo" for c in text)
    return text.replace(" ", "") if is_chinese else text


def code(text: str) -> str:
    """A code, a log-in name, a telephone: half-width, without the ".0" of a column that was a number."""
    found = half_width(text)
    if _SHORT.fullmatch(found):
        raise Refused(SHORTENED, value=found)
    return re.sub(r"^(\d+)\.0+$", r"\1", found)


def day(text: str) -> date:
    """A day as people write it (2026-09-01, 2026年9月1日, 20260901), or as a spreadsheet counts it (46266)."""
    found = code(text)
    if _SERIAL.fullmatch(found):
        return _near(EPOCH + timedelta(days=int(found)))
    match = _EIGHT.fullmatch(found) or _DAY.fullmatch(found)
    try:
        return _near(date(*map(int, match.groups())))  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise Refused(NO_DAY) from None


def _near(found: date) -> date:
    if not clock.is_near(found):
        raise Refused(FAR_DAY)
    return found


def number(text: str) -> float:
    """A number, or degrees with minutes and seconds (115°47′15.6″)."""
    found = half_width(text).replace(" ", "")
    match = _DEGREES.fullmatch(found)
    try:
        value = sum(float(part or 0) / 60**at for at, part in enumerate(match.groups())) if match else float(found)
    except ValueError:
        raise Refused(NO_NUMBER, value=text) from None
    if not abs(value) < 1e9:
        raise Refused(NO_NUMBER, value=text)
    return value


#: What a column's text may be, by the word that stands in the table of columns.
READERS: dict[str, Callable[[str], Any]] = {
    "text": lambda text: text,
    "name": name,
    "code": code,
    "day": day,
    "number": number,
}
