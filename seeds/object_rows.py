"""What a row is of the seed files about objects: their types, what those are asked, their stages and topics."""

from dataclasses import dataclass, field

FIELD_KINDS = ("text", "number", "day", "choice", "yes_no", "department", "object", "uscc")
UNITS = ("day", "week", "ten_days", "half_month", "month", "quarter", "half_year", "year")
RHYTHMS = ("regular", "irregular", "both", "unsaid")  # unsaid: the text gives none


@dataclass(frozen=True)
class ObjectType:
    """A kind of patrol object. How often one of it is due, ``FrequencyRule`` says.

    ``is_source``: a pollution source, which needs a responsible leader and person (004:211; which kinds are sources is
    our reading). ``is_withheld``: a matter of complaint, which stands on no village's list, map or phone.
    """

    code: str
    order: int
    zh: str
    en: str
    is_source: bool
    is_withheld: bool
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class ObjectField:
    """What the file of an object says beside its name and place: of all types where ``type`` is empty."""

    code: str
    type: str
    order: int
    zh: str
    en: str
    kind: str
    unit_zh: str
    unit_en: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class FieldChoice:
    """One of the words that a field (``asked``) of kind choice can hold."""

    asked: str
    code: str
    order: int
    zh: str
    en: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class ObjectStage:
    """A stage that objects of a type go through, in the order of the text; one may come back to an earlier one."""

    code: str
    type: str
    order: int
    zh: str
    en: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Topic:
    """Something that the texts want patrolled, by itself or in the objects that belong to it.

    ``county``, ``township`` and ``village`` say how a grid of that level goes round for it: a word of ``RHYTHMS``,
    empty where it is not one of that level's. ``source`` are documents and lines; which level has which is our reading.
    """

    code: str
    order: int
    zh: str
    en: str
    county: str
    township: str
    village: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class TypeTopic:
    """The topic that objects of a type belong to."""

    type: str
    topic: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class FrequencyRule:
    """How often objects of a type are visited as long as the county has not said otherwise: once in ``every`` units."""

    type: str
    every: int
    unit: str
    source: str
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class FrequencyTemplate:
    """A frequency that a county can take for all its objects at once, and whose practice it is."""

    code: str
    order: int
    zh: str
    en: str
    every: int
    unit: str
    source: str
    origin: str = field(default="", compare=False)


#: The only words that a column may hold.
VOCABULARY: dict[type, dict[str, tuple[str, ...]]] = {
    ObjectField: {"kind": FIELD_KINDS},
    FrequencyRule: {"unit": UNITS},
    FrequencyTemplate: {"unit": UNITS},
    Topic: dict.fromkeys(("county", "township", "village"), ("", *RHYTHMS)),
}
