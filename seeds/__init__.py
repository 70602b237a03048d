"""Seed data with its sources, and the reader. Knows no database and no web.

``read("duties")`` gives the rows of every duties/*.csv, checked against MANIFEST.csv. Nothing comes back from a
damaged, edited or incomplete file: SeedError names file and row. What can be read stands in ``KINDS``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from seeds import manifest, parse
from seeds.errors import SeedError
from seeds.object_rows import (
    FieldChoice,
    FrequencyRule,
    FrequencyTemplate,
    ObjectField,
    ObjectStage,
    ObjectType,
    Topic,
    TypeTopic,
)
from seeds.proof.tables import Count, Excused, Tier, Words
from seeds.rows import (
    Contact,
    Day,
    Department,
    Document,
    Duty,
    EverydayWord,
    Figure,
    LedgerColumn,
    Limit,
    ProblemDuty,
    ProblemType,
    RoleWord,
    Setting,
    Succession,
    Word,
)

__all__ = [
    "IN_PLACE",
    "KINDS",
    "Contact",
    "Day",
    "Department",
    "Document",
    "Duty",
    "EverydayWord",
    "FieldChoice",
    "Figure",
    "LedgerColumn",
    "Limit",
    "ObjectField",
    "ObjectStage",
    "ObjectType",
    "ProblemDuty",
    "ProblemType",
    "RoleWord",
    "Rows",
    "SeedError",
    "Setting",
    "SourceFile",
    "Succession",
    "Topic",
    "TypeTopic",
    "Word",
    "read",
]

# name → (files, what a row is, the columns that no two rows may share)
KINDS: dict[str, tuple[str, type, tuple[str, ...]]] = {
    "documents": ("documents/*.toml", Document, ("code",)),
    "duties": ("duties/*.csv", Duty, ("code",)),
    "figures": ("figures/*.csv", Figure, ("code",)),
    "departments": ("departments.csv", Department, ("code",)),
    "succession": ("succession.csv", Succession, ("body", "canonical")),
    "limits": ("settings/limits.csv", Limit, ("code",)),
    "problem_types": ("settings/problem_types.csv", ProblemType, ("code",)),
    "problem_duties": ("settings/problem_duties.csv", ProblemDuty, ("problem", "duty")),
    "object_types": ("settings/object_types.csv", ObjectType, ("code",)),
    "frequency_rules": ("settings/frequency_rules.csv", FrequencyRule, ("type",)),
    "object_fields": ("settings/object_fields.csv", ObjectField, ("code",)),
    "object_choices": ("settings/object_choices.csv", FieldChoice, ("asked", "code")),
    "object_stages": ("settings/object_stages.csv", ObjectStage, ("code",)),
    "topics": ("settings/topics.csv", Topic, ("code",)),
    "type_topics": ("settings/type_topics.csv", TypeTopic, ("type",)),
    "ledger_columns": ("settings/ledger_columns.csv", LedgerColumn, ("part", "name")),
    "words": ("settings/words.csv", Word, ("kind", "code")),
    "role_words": ("settings/role_words.csv", RoleWord, ("word", "place")),
    "settings": ("settings/settings.csv", Setting, ("key",)),
    "calendar": ("settings/calendar.csv", Day, ("date",)),
    "contacts": ("settings/contacts.csv", Contact, ("code",)),
}

#: What the laws of content compare with: read like seeds, but nothing that a county's records hold.
PROOFS: dict[str, tuple[str, type, tuple[str, ...]]] = {
    "words_of_law": ("proof/words.csv", Words, ("kind", "code")),
    "tiers": ("proof/tiers.csv", Tier, ("part", "canonical", "body")),
    "counts": ("proof/counts.csv", Count, ("part", "kind", "status")),
    "exceptions": ("proof/exceptions.csv", Excused, ("law", "code", "value")),
}
#: Read where they stand: they go into no table.
IN_PLACE: dict[str, tuple[str, type, tuple[str, ...]]] = {
    "frequency_templates": ("settings/frequency_templates.csv", FrequencyTemplate, ("code",)),
    "everyday_words": ("settings/everyday_words.csv", EverydayWord, ("code",)),
}


@dataclass(frozen=True)
class SourceFile:
    """A seed file that rows came from: its name below seeds/ and its sha256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Rows:
    """The rows of one kind in the order of the files, and the files they came from."""

    name: str
    rows: tuple[Any, ...]
    files: tuple[SourceFile, ...]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def read(name: str, root: Traversable | None = None) -> Rows:
    """All rows called ``name`` in KINDS, PROOFS or IN_PLACE, from the package's own data or from the folder ``root``.

    Raises SeedError, and gives nothing, when a file is missing, damaged, not as MANIFEST.csv records it, lacks a
    column, holds a value its column does not allow, or repeats a key.
    """
    root = root or files("seeds")
    pattern, kind, key = (KINDS | PROOFS | IN_PLACE)[name]
    recorded = manifest.load(root)
    found = {n: entry.read_bytes() for n, entry in manifest.seed_files(root) if fnmatchcase(n, pattern)}
    if lost := [n for n in recorded if fnmatchcase(n, pattern) and n not in found] or (not found and [pattern]):
        raise SeedError(f"{lost[0]}: the file is missing")
    rows = tuple(row for n, data in found.items() for row in _rows(n, data, kind, recorded))
    _refuse_repeats(rows, key)
    return Rows(name, rows, tuple(SourceFile(n, recorded[n][0]) for n in found))


def _rows(name: str, data: bytes, kind: type, recorded: manifest.Recorded) -> list[Any]:
    """The rows of one file. The text is read before its hash is compared: a fault of a row says more."""
    text = parse.decode(name, data)
    rows = [parse.document(name, text)] if kind is Document else list(parse.table(name, text, kind))
    manifest.verify(name, data, recorded)
    return rows


def _refuse_repeats(rows: tuple[Any, ...], key: tuple[str, ...]) -> None:
    seen: dict[tuple[Any, ...], str] = {}
    for row in rows:
        value = tuple(getattr(row, column) for column in key)
        if value in seen:
            name, _, line = row.origin.rpartition(":")
            raise SeedError(f"{name}, row {line}: {' '.join(map(str, value))} stands already at {seen[value]}")
        seen[value] = row.origin
