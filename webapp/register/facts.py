"""How what is typed into a field becomes the one text that is kept. Pure: what depends on the county is handed in.

A reader gives the text to be kept, or refuses with the sentence that says what to write instead.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from stdnum.cn import uscc

from ..core import clock
from ..core.cells import half_width
from ..core.errors import N_, TOO_LONG, Refused

LONGEST = 300
MOST = Decimal(10) ** 9
PLACES = Decimal("0.001")
YES, NO = "yes", "no"
YES_NO = {YES: N_("yes"), NO: N_("no")}
IN_ZH = {YES: "是", NO: "否"}  # as a sheet has them
CHOOSE = N_("Choose one.")

#: What may be chosen: the code that is kept, by what people call it.
Choices = Mapping[str, str]


def yes_or_no(value: bool) -> str:
    """How a truth is kept."""
    return YES if value else NO


def text(typed: str, _choices: Choices) -> str:
    """Any words."""
    if len(typed) > LONGEST:
        raise Refused(TOO_LONG, max=LONGEST)
    return typed


def number(typed: str, _choices: Choices) -> str:
    """A number from 0 on with three decimals at most, in plain digits: 1200, 0.5."""
    plain = half_width(typed).replace(",", "").replace(" ", "")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= MOST or found != found.quantize(PLACES):
        raise Refused(N_("Write a number from 0 on, with three decimals at most."))
    return format(found.normalize(), "f")


def day(typed: str, _choices: Choices) -> str:
    """A day, as 2026-09-01."""
    try:
        found = date.fromisoformat(half_width(typed).replace("/", "-").replace(".", "-"))
    except ValueError:
        raise Refused(N_("Not a date. Write it like 2026-09-01.")) from None
    if not clock.is_near(found):
        raise Refused(N_("Write a date from 2000 to 2100."))
    return found.isoformat()


def chosen(typed: str, choices: Choices) -> str:
    """One of the choices: its code as a form sends it, or what people call it, as a sheet has it."""
    if typed in choices:
        return typed
    wanted = half_width(typed).lower()
    for code, name in choices.items():
        if wanted == half_width(name).lower():
            return code
    raise Refused(CHOOSE)


def credit_code(typed: str, _choices: Choices) -> str:
    """A unified social credit code (GB 32100), whose last sign checks the others."""
    code: str = uscc.compact(half_width(typed))
    if not uscc.is_valid(code):
        raise Refused(N_("This is no credit code: 18 digits and capital letters, and the last checks the others."))
    return code


READERS: Mapping[str, Callable[[str, Choices], str]] = {
    "text": text,
    "number": number,
    "day": day,
    "choice": chosen,
    "yes_no": chosen,
    "department": chosen,
    "object": chosen,
    "uscc": credit_code,
}


def kept(kind: str, typed: str, choices: Choices) -> str:
    """What is kept of what was typed into a field of a kind; nothing of nothing."""
    return READERS[kind](typed, choices) if typed else ""
