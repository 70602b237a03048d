"""What a row of each seed file is: one frozen dataclass per kind, its fields in the order of the columns.

A field's type says how the text of the cell is read: ``str`` (may be empty), ``int``, ``bool`` (yes|no),
``date`` (ISO), and the same ``| None`` where an empty cell means that the source gives nothing.
``VOCABULARY`` lists the only words a column may hold. ``origin`` ("duties/004-13.csv:12", file and line) is
not a column: it is put in by the reader, so that every message can name file and row.
"""

from dataclasses import dataclass, field
from datetime import date

from seeds import object_rows

TIERS = ("province", "city", "county", "township", "village", "enterprise", "any")
ROLES = ("responsible", "lead", "cooperate", "leader")
TOPICS = (
    "air", "water", "soil", "noise", "solid_waste", "chemicals", "ecology", "rural", "livestock", "straw",
    "drinking_water", "projects", "emergency", "enforcement", "monitoring", "grid", "planning", "finance",
    "publicity", "inspection_rectification", "energy", "other",
)  # fmt: skip
DEADLINE_KINDS = ("", "at_once", "by_date", "by_date_kept_up", "ongoing", "long_term")
STATUSES = ("ok", "to_confirm", "unknown")
STANDINGS = ("in_force", "example", "draft", "repealed")
PROBLEM_ROLES = ("lead", "cooperate", "tell", "nobody")
FIGURE_KINDS = (
    "meeting", "disclosure", "closing_step", "sanction", "patrol_target", "supervisor", "evaluation", "target",
    "frequency", "other",
)  # fmt: skip
BODY_KINDS = ("government", "department", "party", "court", "enterprise", "township", "village", "group", "unknown")
UNITS = ("minute", "hour", "work_hour", "work_day", "calendar_day")
CATEGORIES = ("air", "water", "soil", "noise", "solid_waste", "ecology", "radiation", "other", "")
WORD_KINDS = (
    "severity", "first_measure", "could_not_see", "return_missing", "result", "ground", "category", "label",
)  # fmt: skip
SETTING_TYPES = ("int", "bool", "text", "time")
DAY_KINDS = ("holiday", "make_up_work_day")


@dataclass(frozen=True)
class Unsure:
    """One thing that is not certain about a document, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class NoDuty:
    """Lines that were read and carry no duty, and why; ``lines`` are line numbers counted from 1."""

    lines: tuple[int, ...]
    zh: str
    en: str


@dataclass(frozen=True)
class Fact:
    """What a text itself says of its place, time or issuer, and on which of its lines."""

    lines: tuple[int, ...]
    zh: str
    en: str


@dataclass(frozen=True)
class Part:
    """Lines of a document that are one plan: whose it is, of when, of which tier ("unknown" where the text does not
    say), by which facts, and how it is delivered: in force here, or only an example, a draft, repealed.
    """

    code: str
    line_from: int
    line_to: int
    zh: str
    en: str
    place_zh: str
    place_en: str
    year: str
    tier: str
    standing: str
    why_zh: str
    why_en: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Document:
    """One source document. ``number`` and ``date`` are "unknown" where the text lost or never had them.

    ``sha256`` is that of the raw file; ``sha256_clean`` that of the copy without pinyin, empty where there is none.
    """

    code: str
    title_zh: str
    title_en: str
    issuer_zh: str
    issuer_en: str
    number: str
    date: str
    script: str
    lines: int
    sha256: str
    sha256_clean: str
    unsure: tuple[Unsure, ...]
    no_duty: tuple[NoDuty, ...]
    parts: tuple[Part, ...]
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Duty:
    """One duty of one body. ``body_printed`` is as the source prints it, ``body`` the same in simplified
    characters, ``canonical`` the code in departments.csv; ``zh`` and ``en`` restate the duty in our own words.
    ``anchor`` is a short string of the cited lines that shows the row is about them.
    """

    code: str
    document: str
    section: str
    line_from: int
    line_to: int
    order: int
    body_printed: str
    body: str
    canonical: str
    tier: str
    role: str
    topic: str
    zh: str
    en: str
    target: str
    target_number: str
    target_unit: str
    target_year: str
    deadline_kind: str
    deadline_on: date | None
    frequency: str
    anchor: str
    status: str
    why_zh: str
    why_en: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Figure:
    """A figure, frequency, step, sanction or supervisor's role that a document itself states."""

    code: str
    document: str
    section: str
    line_from: int
    line_to: int
    order: int
    kind: str
    subject: str
    zh: str
    en: str
    number: str
    unit: str
    year: str
    period: str
    anchor: str
    status: str
    why_zh: str
    why_en: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Department:
    """A present-day body that duties are listed under."""

    code: str
    zh: str
    en: str
    kind: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Succession:
    """What a printed body is called now. The key is (body, canonical): when a reform split a body's duties, it
    stands here once for each successor, and the duty's own ``canonical`` says which one is meant.
    ``from_on`` is the date of the national decision, None where no change of name is known.
    """

    body: str
    canonical: str
    from_on: date | None
    event_zh: str
    event_en: str
    status: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Limit:
    """A time limit: ``number`` of ``unit``; ``code`` is the clock of the workflow table."""

    code: str
    number: int
    unit: str
    zh: str
    en: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class ProblemType:
    """A problem in everyday words. ``category`` is the 12369 one, a code of the words of kind "category"; it is
    empty where only what is found on the spot tells it. ``needs_enforcement``: no officer settles it on the spot.
    """

    code: str
    order: int
    zh: str
    en: str
    category: str
    subtype_zh: str
    subtype_en: str
    needs_enforcement: bool
    asks_emergency: bool
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class ProblemDuty:
    """Whose duty a problem is, by our reading of the texts: a row for each duty, in the order of ``rank``.

    ``duty`` is empty where ``role`` is nobody: the documents name nobody for this, and then no more than one such row
    of a problem. ``zh`` and ``en`` say when the row holds ("road dust and slag trucks"), or of what nobody is named.
    """

    problem: str
    rank: int
    duty: str
    role: str
    zh: str
    en: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class EverydayWord:
    """Ways of saying one thing, and what is meant: a problem, and words of the lists by which its rows are found.

    "a/b c; d" reads: a or b, and also c; or else d. Where ``problem`` is empty no problem of the forms fits.
    """

    code: str
    zh: str
    en: str
    problem: str
    terms: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Word:
    """One choice of a short list on a form; the key is (kind, code)."""

    kind: str
    code: str
    order: int
    zh: str
    en: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class LedgerColumn:
    """A field of the records that may be a column of a part of ledgers: its place from the left (``order``), 0 where it
    is none."""

    part: str
    name: str
    order: int
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class RoleWord:
    """What people call a role in a list: ``word`` at a ``place`` (any, county, township, village) means ``role``."""

    word: str
    place: str
    role: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Setting:
    """A value that a county may change; ``value`` is text, to be read as ``type`` (bool: yes|no, time: HH:MM)."""

    key: str
    value: str
    type: str
    zh: str
    en: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Day:
    """A day that differs from the plain week: off by the holiday notice, or a weekend day that is worked.

    Days not listed are plain: Monday to Friday worked, Saturday and Sunday off. ``confirmed`` is False for all
    rows of a year whose notice is not out; a year without any row is not known at all.
    """

    date: date
    kind: str
    name_zh: str
    name_en: str
    confirmed: bool
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Contact:
    """A telephone number that stands on every emergency page."""

    code: str
    order: int
    number: str
    zh: str
    en: str
    source: str
    origin: str = field(default="", compare=False)


VOCABULARY: dict[type, dict[str, tuple[str, ...]]] = {
    **object_rows.VOCABULARY,
    Duty: {"tier": TIERS, "role": ROLES, "topic": TOPICS, "deadline_kind": DEADLINE_KINDS, "status": STATUSES},
    Figure: {"kind": FIGURE_KINDS, "status": STATUSES},
    Department: {"kind": BODY_KINDS},
    Succession: {"status": STATUSES},
    Limit: {"unit": UNITS},
    ProblemType: {"category": CATEGORIES},
    ProblemDuty: {"role": PROBLEM_ROLES},
    Word: {"kind": WORD_KINDS},
    RoleWord: {"place": ("any", "county", "township", "village")},
    Setting: {"type": SETTING_TYPES},
    Day: {"kind": DAY_KINDS},
}
