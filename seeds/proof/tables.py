"""The rows of the four tables that the laws of content compare with."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """Words that stand for one code of a column, or for one turn of meaning, in both languages.

    ``zh`` and ``en`` are separated by spaces. In English an underscore stands for a space and a star for any ending.
    """

    kind: str
    code: str
    zh: str
    en: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Tier:
    """Which tiers the bodies under ``canonical`` have in one part of a document; ``body`` narrows it to one name."""

    part: str
    canonical: str
    body: str
    tiers: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Count:
    """How many rows of a kind ("duty" or the kind of a figure) and a status a part of a document has."""

    part: str
    kind: str
    status: str
    rows: int
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Excused:
    """One finding that is right all the same: which law, which row, which value, and why."""

    law: str
    code: str
    value: str
    reason: str
    origin: str = field(default="", compare=False)
