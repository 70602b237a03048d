"""One way to write a value down, so that equal values give equal text whatever program, version or type wrote them.

A fingerprint outlives the classes it was made from. So nothing of a class goes into the text but the names of the
fields that say something: a class may be renamed, its fields may change their order, and a field that is added later is
invisible until somebody uses it. Types have a form of their own here and never the one that ``str`` or ``repr`` happens
to give.
"""

import hashlib
import json
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, get_type_hints

SIZED = (str, tuple, list, set, frozenset, Mapping)


def canonical(value: Any) -> str:
    """The text of a frozen dataclass or a mapping.

    TypeError or ValueError names the field that has no canonical form.
    """
    return _text(_form(value, type(value).__name__))


def mark(value: Any) -> str:
    """A short text that is another one as soon as the value is: what a page gives back of what it showed, so that
    nobody writes over what he has not seen."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]


def says_nothing(value: Any) -> bool:
    """Whether a field is as good as left out: None, False, an empty text, an empty collection. Zero says something.

    It does not depend on the field's default, so a default that is added, taken away or changed between two of these
    leaves every fingerprint as it is.
    """
    return value is None or value is False or (isinstance(value, SIZED) and not value)


def named(entry: Any) -> dict[str, Any]:
    """The fields of a dataclass under the names by which fingerprints know them.

    That is the field's own name, unless it was renamed: then ``field(metadata={"sent_as": …})`` keeps the old one.
    """
    kind: Any = type(entry)
    return {sent_as: getattr(entry, name) for name, sent_as in _names(kind)}


def said(entry: Any) -> dict[str, Any]:
    """What a dataclass says: of the fields those that hold something."""
    return _holding_something(named(entry))


def _holding_something(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not says_nothing(value)}


@cache
def _names(kind: type) -> tuple[tuple[str, str], ...]:
    """Field and name of each. TypeError for a field whose absence could come to mean something else."""
    hints = get_type_hints(kind)
    for each in fields(kind):
        _check(f"{kind.__name__}.{each.name}", each, hints[each.name])
    return tuple((each.name, each.metadata.get("sent_as", each.name)) for each in fields(kind))


def _check(name: str, each: "Field[Any]", hint: Any) -> None:
    default = each.default_factory() if each.default_factory is not MISSING else each.default
    if default is not MISSING and not says_nothing(default):
        raise TypeError(
            f"{name}: its default {default!r} says something. If it changed, entries that left the field out "
            "would say another thing than when they were sent. Make the default None and decide where it is read."
        )
    if hint == bool | None:
        raise TypeError(f"{name}: False and None are both nothing. Use a word for each answer.")


def _text(form: Any) -> str:
    return json.dumps(form, ensure_ascii=True, separators=(",", ":"))


def _form(value: Any, name: str) -> Any:
    """The value as JSON. A text stands for itself; everything else is a list that begins with its kind."""
    if value is None or value is True or value is False:
        return value
    kind: Any = type(value)
    write = _writer(kind)
    if write is not None:
        return write(value, name)
    if hasattr(value, "as_sent"):
        return _form(value.as_sent(), name)
    if is_dataclass(value) and not isinstance(value, type):
        return _pairs(said(value), name)
    raise TypeError(f"{name}: {type(value).__name__} has no canonical form")


@cache
def _writer(kind: type) -> Callable[[Any, str], Any] | None:
    """The form of a type, looked for once."""
    return next((write for kinds, write in FORMS if issubclass(kind, kinds)), None)


def _enum(value: Enum, name: str) -> Any:
    """A word of a list is the word: a text may become an enumeration later."""
    return _form(value.value, name)


def _id(value: uuid.UUID, _name: str) -> Any:
    return ["id", value.hex]


def _moment(value: datetime, name: str) -> Any:
    """UTC to the millisecond, which is what both engines keep."""
    if value.tzinfo is None:
        raise TypeError(f"{name}: a moment without its zone")
    return ["moment", value.astimezone(UTC).isoformat(timespec="milliseconds")]


def _day(value: date, _name: str) -> Any:
    return ["day", value.isoformat()]


def _number(value: int | float | Decimal, name: str) -> Any:
    """Decimal digits without an exponent and without zeros at the end: 1, 1.0 and Decimal("1.00") are the same number.

    The digits of a float are the fewest that lead back to it, which is a property of the number and not of a version.
    """
    if not math.isfinite(value):
        raise ValueError(f"{name}: {value} is not a number")
    digits = format(Decimal(float.__repr__(value) if isinstance(value, float) else value), "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return ["number", "0" if digits == "-0" else digits]


def _list(value: tuple[Any, ...] | list[Any], name: str) -> Any:
    return ["list", *(_form(each, f"{name}[{place}]") for place, each in enumerate(value))]


def _set(value: set[Any] | frozenset[Any], name: str) -> Any:
    return ["set", *sorted((_form(each, f"{name}{{}}") for each in value), key=_text)]


def _mapping(value: Mapping[Any, Any], name: str) -> Any:
    if not all(isinstance(key, str) for key in value):
        raise TypeError(f"{name}: a key that is not a text")
    return _pairs(_holding_something(value), name)


def _pairs(value: Mapping[str, Any], name: str) -> Any:
    return ["map", *([key, _form(value[key], f"{name}.{key}")] for key in sorted(value))]


#: In this order: an enumeration may be a text, a moment is a day.
FORMS: tuple[tuple[Any, Callable[[Any, str], Any]], ...] = (
    (Enum, _enum),
    (str, lambda value, _name: value),
    ((int, float, Decimal), _number),
    ((tuple, list), _list),
    (uuid.UUID, _id),
    (datetime, _moment),
    (date, _day),
    ((set, frozenset), _set),
    (Mapping, _mapping),
)
