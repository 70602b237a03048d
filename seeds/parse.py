"""Text of one seed file → rows. Everything wrong is a SeedError that names the file and the row (line)."""

import csv
import tomllib
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

from seeds.errors import SeedError
from seeds.rows import STANDINGS, TIERS, VOCABULARY, Document, Fact, NoDuty, Part, Unsure

_HEX = frozenset("0123456789abcdef")


def _truth(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text == "yes"


Reader = Callable[[str], Any]
_READERS: dict[Any, Reader] = {str: str, int: int, bool: _truth, date: date.fromisoformat}


@cache
def columns(kind: type) -> dict[str, tuple[Reader, bool]]:
    """Column → (how to read its text, may it be empty), in the order of the file."""
    hints = typing.get_type_hints(kind)
    return {f.name: _reader(hints[f.name]) for f in fields(kind) if f.name != "origin"}


def _reader(hint: Any) -> tuple[Reader, bool]:
    if isinstance(hint, types.UnionType):
        return _READERS[typing.get_args(hint)[0]], True
    return _READERS[hint], hint is str


def decode(name: str, data: bytes) -> str:
    """The text of a seed file: UTF-8, LF, no byte order mark."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise SeedError(f"{name}, row {row}: not UTF-8") from None
    if "\r" in text:
        raise SeedError(f"{name}, row {text[: text.index(chr(13))].count(chr(10)) + 1}: line ends must be LF alone")
    return text


def table(name: str, text: str, kind: type) -> Iterator[Any]:
    """The rows of a CSV file as objects of the dataclass ``kind``."""
    reader = csv.reader(text.split("\n"), strict=True)
    try:
        _check_header(name, next(reader, []), list(columns(kind)))
        for cells in reader:
            if cells:
                yield _row(name, reader.line_num, cells, kind)
    except csv.Error as error:
        raise SeedError(f"{name}, row {reader.line_num}: {error}") from None


def _check_header(name: str, found: list[str], wanted: list[str]) -> None:
    missing = [c for c in wanted if c not in found]
    extra = [c for c in found if c not in wanted]
    if missing or extra:
        parts = [f"missing column {c}" for c in missing] + [f"unknown column {c!r}" for c in extra]
        raise SeedError(f"{name}, row 1: {'; '.join(parts)}")
    if found != wanted:
        raise SeedError(f"{name}, row 1: the columns must stand in this order: {', '.join(wanted)}")


def _row(name: str, line: int, cells: list[str], kind: type) -> Any:
    wanted = columns(kind)
    if len(cells) != len(wanted):
        raise SeedError(f"{name}, row {line}: {len(cells)} cells instead of {len(wanted)}")
    words = VOCABULARY.get(kind, {})
    values = {}
    for (column, (read, may_be_empty)), cell in zip(wanted.items(), cells, strict=True):
        try:
            values[column] = _value(cell, read, may_be_empty, words.get(column))
        except ValueError as error:
            raise SeedError(f"{name}, row {line}, column {column}: {cell!r}: {error}") from None
    return kind(**values, origin=f"{name}:{line}")


def _value(cell: str, read: Reader, may_be_empty: bool, words: tuple[str, ...] | None) -> Any:
    if cell != cell.strip():
        raise ValueError("space before or after the text")
    if words is not None and cell not in words:
        raise ValueError(f"must be one of {', '.join(words)}")
    if not cell and may_be_empty:
        return "" if read is str else None
    return read(cell)


def document(name: str, text: str) -> Document:
    """A source document's header from its TOML file."""
    try:
        given = tomllib.loads(text)
        given["unsure"] = tuple(Unsure(**item) for item in given.get("unsure", []))
        given["no_duty"] = tuple(_no_duty(item) for item in given.get("no_duty", []))
        given["parts"] = tuple(_part(item) for item in given.pop("part", []))
        found = Document(**{"sha256_clean": "", **given}, origin=f"{name}:1")
        _check_document(found)
    except KeyError as error:
        raise SeedError(f"{name}: a [[no_duty]] lacks {error}") from None
    except (TypeError, ValueError) as error:  # a TOML fault is a ValueError and says its line
        raise SeedError(f"{name}: {error}") from None
    return found


def _no_duty(item: dict[str, Any]) -> NoDuty:
    """``from`` and ``to`` give a range of lines, ``lines`` single ones."""
    lines = item["lines"] if "lines" in item else range(item["from"], item["to"] + 1)
    return NoDuty(tuple(lines), item["zh"], item["en"])


def _part(item: dict[str, Any]) -> Part:
    """``from`` and ``to`` are its lines."""
    facts = tuple(_fact(fact) for fact in item.pop("facts", []))
    names = {"from": "line_from", "to": "line_to"}
    return Part(**{names.get(name, name): value for name, value in item.items()}, facts=facts)


def _fact(item: dict[str, Any]) -> Fact:
    if "lines" not in item:
        raise ValueError("a fact of a [[part]] lacks 'lines'")
    return Fact(**item | {"lines": tuple(item["lines"])})


def _check_parts(found: Document) -> None:
    """Each after the one before it, within the document, in known words; each fact on lines of its part."""
    last = 0
    for part in found.parts:
        if not last < part.line_from <= part.line_to <= found.lines:
            raise ValueError(f"part {part.code}: lines {part.line_from} to {part.line_to} do not follow {last}")
        if part.standing not in STANDINGS or part.tier not in (*TIERS, "unknown"):
            raise ValueError(f"part {part.code}: {part.standing!r} or {part.tier!r} is no known word")
        if not all(part.line_from <= line <= part.line_to for fact in part.facts for line in fact.lines):
            raise ValueError(f"part {part.code}: a fact stands on lines outside it")
        last = part.line_to


def _check_document(found: Document) -> None:
    _check_parts(found)
    for sha256 in filter(None, (found.sha256, found.sha256_clean)):
        if len(sha256) != 64 or not _HEX.issuperset(sha256):
            raise ValueError(f"{sha256!r} is no sha256")
    if found.script not in ("simplified", "traditional"):
        raise ValueError(f"script must be simplified or traditional, not {found.script!r}")
    for item in found.no_duty:
        if not item.lines or not 1 <= min(item.lines) <= max(item.lines) <= found.lines:
            raise ValueError(f"no_duty lines {list(item.lines)} are not within 1 to {found.lines} ({item.en})")
