"""The text of a value: the same for equal values of whatever type, another for any difference,
an error for all else."""

import uuid
from collections import UserDict
from dataclasses import dataclass, field, make_dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest

from webapp.core.canonical import canonical

NOON = datetime(2026, 3, 1, 4, 0, 0, 123000, UTC)


class Word(StrEnum):
    """A text that became a word of a list."""

    SMOKE = "smoke"


class Number(Enum):
    """A word with a number for its value."""

    ONE = 1


@dataclass(frozen=True)
class Inner:
    """A part of an entry."""

    name: str
    note: str | None = None


@dataclass(frozen=True)
class Outer:
    """An entry with parts."""

    id: uuid.UUID
    parts: tuple[Inner, ...] = ()
    given: Any = field(default_factory=dict)
    is_done: bool = False


def text(value: Any) -> str:
    """The text of a value within a mapping."""
    return canonical({"value": value})


def test_the_text_of_an_entry_is_readable_and_fixed() -> None:
    entry = Outer(
        uuid.UUID(int=7), (Inner("窑", "烟"), Inner("b")), {"due": date(2026, 3, 1), "coop": [], "lon": 110.50}
    )
    assert canonical(entry) == (
        '["map",["given",["map",["due",["day","2026-03-01"]],["lon",["number","110.5"]]]],'
        '["id",["id","00000000000000000000000000000007"]],'
        '["parts",["list",["map",["name","\\u7a91"],["note","\\u70df"]],["map",["name","b"]]]]]'
    )


def test_a_set_is_written_in_the_order_of_its_texts_and_not_of_its_hashes() -> None:
    words = frozenset(["窑", "b", "a", "d", "c"])
    assert text(words) == '["map",["value",["set","\\u7a91","a","b","c","d"]]]'
    assert text({10, 9}) == '["map",["value",["set",["number","10"],["number","9"]]]]'


@pytest.mark.parametrize(
    "values",
    [
        (1, 1.0, Decimal("1.00"), Decimal("1E0"), Number.ONE),
        (0, 0.0, -0.0, Decimal("-0.00")),
        (0.1, Decimal("0.1"), Decimal("0.10")),
        (1e16, 10**16, Decimal("1E16")),
        (1e-7, Decimal("0.0000001")),
        ("smoke", Word.SMOKE),
        (NOON, NOON.astimezone(timezone(timedelta(hours=8))), NOON + timedelta(microseconds=999)),
        (("a", "b"), ["a", "b"]),
        ({"b", "a", "c"}, frozenset(("c", "a", "b"))),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, MappingProxyType({"a": 1, "b": 2}), UserDict({"b": 2, "a": 1})),
        ({"name": "a"}, Inner("a"), Inner("a", ""), {"name": "a", "note": None, "is_done": False, "coop": []}),
        (None, False, "", (), [], {}, frozenset()),
    ],
)
def test_equal_values_have_one_text_whatever_their_type_and_order(values: tuple[Any, ...]) -> None:
    assert len({text(value) for value in values}) == 1


@pytest.mark.parametrize(
    "values",
    [
        (1, "1", True, None, ("1",), frozenset(("1",))),
        (0, None, "0"),
        (0.1, 0.1 + 2**-56),
        (10**40, 10**40 + 1),
        (NOON, NOON + timedelta(milliseconds=1), NOON.isoformat(), NOON.date(), "2026-03-01"),
        (uuid.UUID(int=7), uuid.UUID(int=8), uuid.UUID(int=7).hex, str(uuid.UUID(int=7))),
        (("a", "b"), ("b", "a"), {"a", "b"}, ("ab",), ("a", "b", None), (("a", "b"),), {"a": "b"}),
        (("map", ("a", "b")), {"a": "b"}),
        (("number", "1"), 1),
        ("None", None, "False", "null"),
        ("e\u0301", "\u00e9"),
    ],
)
def test_different_values_have_different_texts(values: tuple[Any, ...]) -> None:
    found = [text(value) for value in values]
    same = [(a, b) for i, a in enumerate(values) for j, b in enumerate(values) if i < j and found[i] == found[j]]
    assert same == []


@pytest.mark.parametrize(
    "value",
    [object(), b"bytes", time(4), timedelta(1), NOON.replace(tzinfo=None), 1j, Inner, {1: "a"}, range(3)],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_form_is_an_error_that_names_the_field(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^Outer\.parts\[1\]\.note"):
        canonical(Outer(uuid.UUID(int=7), (Inner("a"), Inner("b", value))))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_an_error_that_names_the_field(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^Outer\.given\.lon"):
        canonical(Outer(uuid.UUID(int=7), given={"lon": value}))


@pytest.mark.parametrize("default", ["minor", 0, 1.5, True, ("a",)])
def test_a_default_that_says_something_is_refused_because_it_could_change(default: Any) -> None:
    entry = make_dataclass("Entry", [("severity", type(default), default)], frozen=True)
    with pytest.raises(TypeError, match=r"^Entry\.severity: its default"):
        canonical(entry())
    made = make_dataclass("Entry", [("severity", type(default), field(default_factory=lambda: default))], frozen=True)
    with pytest.raises(TypeError, match=r"^Entry\.severity: its default"):
        canonical(made())


def test_a_truth_that_may_also_be_unknown_is_refused_because_both_are_nothing() -> None:
    entry = make_dataclass("Entry", [("is_heard", bool | None, None)], frozen=True)
    with pytest.raises(TypeError, match=r"^Entry\.is_heard"):
        canonical(entry())


def test_neither_the_default_nor_its_kind_of_nothing_goes_into_the_text() -> None:
    fields = [("name", str)]
    texts = {
        canonical(make_dataclass("Entry", [*fields, ("more", Any, nothing)], frozen=True)("a"))
        for nothing in (None, False, "", (), frozenset())
    }
    assert texts == {canonical(make_dataclass("Another", fields, frozen=True)("a"))}


def test_a_field_that_was_renamed_keeps_the_name_it_was_sent_as() -> None:
    was = make_dataclass("Entry", [("seen_state", str)], frozen=True)
    renamed = make_dataclass("Entry", [("seen", str, field(metadata={"sent_as": "seen_state"}))], frozen=True)
    assert canonical(renamed("county")) == canonical(was("county"))
