"""Sheets as offices keep them, read by a table of columns: a domain says what its columns are, and no more.

Title rows above the headings, headings with marks, data on a later sheet and closing rows below are how such lists
come; what is left out for it is said. A ``Sheet`` gives the rows as text (``read``), and each row's values by the
columns' readers (``values``).
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import cells
from .cells import IS_EMPTY, MAC_DAYS, READERS
from .errors import N_, Refused
from .json_text import parsed
from .sheet_file import MAX_ROWS, Leaf, Row, leaves, refused
from .tables import table

HEADINGS_WITHIN = 10  # rows of a sheet among which its headings have to stand
SHOWN = 40  # letters of a row that is left out

#: The first words of a row that closes a list or signs it, and is nobody's.
_CLOSING = re.compile(
    r"((合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|共)\s*\d*\s*[人名个户处家]?|total|"
    r"(填表|制表|填报|审核|审批|负责|经办|联系|统计|报送|复核|签发|批准)\s*(人|单位|日期|时间|电话|人签字|人签名|领导)?|"
    r"(单位)?(盖章|公章|签章|签字|签名)|日\s*期|备\s*注|说\s*明|注)\s*(?:[:：].*)?",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"[(\[{<【〔《][^)\]}>】〕》]*[)\]}>】〕》]?")
_MARKS = re.compile(r"必填项?|选填项?|可不填|required|optional|[\s*:：★☆●_]+", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column of ours: how it is called (msgids), by which headings it is known, how its text is read."""

    key: str
    headings: tuple[str, ...]
    reader: str
    is_required: bool
    label: str
    about: str = ""
    example: str = ""


@dataclass(frozen=True)
class SheetRow:
    """One row: its number in the sheet, its cells by column, only those with text in them, and the sheet's name."""

    number: int
    cells: dict[str, str]
    leaf: str = ""

    @property
    def where(self) -> str:
        """How a person finds it."""
        return f"{self.leaf} {self.number}".strip()


@dataclass(frozen=True)
class Note:
    """Something that reading did or left out, as a msgid with what fills it."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """What a file holds: its rows, and what was done to get them."""

    rows: list[SheetRow]
    notes: list[Note]


@dataclass(frozen=True)
class Finding:
    """What is wrong in a row: the column (of the sheet; None = the row), and the refusal."""

    row: SheetRow
    column: str | None
    refusal: Refused


HEADINGS_AT = N_("Sheet “%(sheet)s”: the headings are in row %(row)d.")
NO_HEADINGS_IN = N_("Sheet “%(sheet)s” was left out: it has no headings we recognise.")
HIDDEN = N_("Hidden sheets were left out: %(names)s")
UNKNOWN = N_("Columns we do not recognise were left out: %(names)s")
LEFT_OUT = N_("Row %(row)d was left out as a total or a signature: %(text)s")
OTHER_COLUMNS = N_("Row %(row)d was left out, because it has nothing in a column we recognise: %(text)s")
TAKEN_OUT = N_("Row %(row)d: invisible characters were removed.")
DAMAGED = N_("This form is damaged. Open it again.")
CHANGED = N_("The columns of this spreadsheet have changed since you looked. Send the file again.")


@dataclass(frozen=True)
class Sheet:
    """A kind of sheet. A heading row has at least one of ``needs``, or all of them when ``needs_all``; ``wants`` is the
    sentence that says so. ``title`` names the sheet in a file of ours."""

    title: str
    columns: Mapping[str, Column]
    needs: frozenset[str]
    wants: str
    needs_all: bool = False

    def read(self, data: bytes, reader: Callable[[bytes], tuple[list[Leaf], list[str]]] = leaves) -> Given:
        """The rows of a file and what was left out; Refused (field ``sheet``) when it is none, too big, or has no
        headings of ours. A server gives the ``reader`` that works in a child process."""
        found, hidden = reader(data)
        notes = [Note(HIDDEN, {"names": ", ".join(hidden)})] if hidden else []
        filled = [leaf for leaf in found if leaf.rows]
        if not filled:
            raise refused(N_("The spreadsheet is empty."))
        rows: list[SheetRow] = []
        taken = 0
        for leaf in filled:
            at = self._heading_row(leaf.rows)
            if at is None:
                notes.append(Note(NO_HEADINGS_IN, {"sheet": leaf.name}))
                continue
            taken += 1
            rows += self._leaf(leaf, at, notes, is_only=len(filled) == 1)
        if not taken:
            raise refused(self.wants)
        return Given(checked(rows), notes)

    def _heading_row(self, rows: Sequence[Row]) -> int | None:
        """Where among the rows the headings are: of the first ones the one with most that we know."""
        known = [self._known(cells_) for _, cells_ in rows[:HEADINGS_WITHIN]]
        best = max(range(len(known)), key=lambda at: (len(set(known[at].values())), -at))
        there = self.needs & set(known[best].values())
        return best if (there == self.needs if self.needs_all else there) else None

    def _known(self, head: Sequence[str]) -> dict[int, str]:
        """Which column of ours stands at which place."""
        known = {name: column.key for column in self.heads() for name in (heading(column.label), *column.headings)}
        return {at: known[key] for at, cell in enumerate(head) if (key := heading(cell)) in known}

    def _leaf(self, leaf: Leaf, at: int, notes: list[Note], *, is_only: bool) -> list[SheetRow]:
        number, head = leaf.rows[at]
        columns = self._known(head)
        if len(set(columns.values())) < len(columns):
            raise refused(N_("One heading appears twice."))
        if not is_only or at:
            notes.append(Note(HEADINGS_AT, {"sheet": leaf.name, "row": number}))
        strange = [cell for place, cell in enumerate(head) if cell and place not in columns]
        if strange:
            notes.append(Note(UNKNOWN, {"names": ", ".join(strange)}))
        name = "" if is_only else leaf.name
        found = (self._row(row, columns, notes, name, leaf.counts_from_1904) for row in leaf.rows[at + 1 :])
        return [row for row in found if row is not None]

    def _row(
        self, row: Row, columns: Mapping[int, str], notes: list[Note], leaf: str, counts_from_1904: bool
    ) -> SheetRow | None:
        number, texts = row
        if self._closes(texts, columns):
            notes.append(Note(LEFT_OUT, {"row": number, "text": " ".join(filter(None, texts))[:SHOWN]}))
            return None
        found = {columns[at]: cells.seen(text) for at, text in enumerate(texts) if text and at in columns}
        if any(text != found[columns[at]] for at, text in enumerate(texts) if text and at in columns):
            notes.append(Note(TAKEN_OUT, {"row": number}))
        if counts_from_1904:
            found = {key: self._later(key, text) for key, text in found.items()}
        found = {key: text for key, text in found.items() if text}
        if not found and any(text and not text.isdecimal() for text in texts):  # a number alone counts empty lines
            notes.append(Note(OTHER_COLUMNS, {"row": number, "text": " ".join(filter(None, texts))[:SHOWN]}))
        return SheetRow(number, found, leaf) if found else None

    def _later(self, key: str, text: str) -> str:
        is_serial = self.columns[key].reader == "day" and text.isdecimal() and len(text) in (4, 5)
        return str(int(text) + MAC_DAYS) if is_serial else text

    def _closes(self, texts: Sequence[str], columns: Mapping[int, str]) -> bool:
        """Whether a row is no entry but the end of the list: its first words say so, and it lacks what an entry has."""
        first = next(filter(None, texts), "")
        there = {columns[at] for at, text in enumerate(texts) if text and at in columns}
        if len(there) > max(2, len(columns) // 2) or (self.needs_all and self.needs <= there):
            return False
        return bool(_CLOSING.fullmatch(cells.half_width(first)))

    def values(self, row: SheetRow) -> dict[str, Any]:
        """What the cells of a row mean, by column; Refused, naming the column (its field), for the first that means
        nothing, or that is empty and must not be."""
        found = {}
        for key, text in row.cells.items():
            try:
                cells.check(text)
                found[key] = READERS[self.columns[key].reader](text)
            except Refused as refusal:
                raise Refused(refusal.message, field=key, **refusal.params) from refusal
        for key, column in self.columns.items():
            if column.is_required and found.get(key) in (None, ""):
                raise Refused(IS_EMPTY, field=key)
        return found

    def heads(self) -> list[Column]:
        """The columns that people fill in."""
        return [column for column in self.columns.values() if column.headings]

    def unpack(self, text: str | None) -> list[SheetRow]:
        """The rows that ``pack`` wrote; Refused for anything else."""
        try:
            lines = [
                SheetRow(
                    _number(number),
                    {key: cells.seen(cells.plain(cell)) for key, cell in self._still_known(found).items()},
                    cells.plain("".join(leaf)),
                )
                for number, found, *leaf in parsed(text or "")
            ]
        except (ValueError, TypeError, AttributeError) as error:
            raise refused(DAMAGED) from error
        return checked(lines)

    def _still_known(self, found: dict[str, Any]) -> dict[str, Any]:
        """Refused where a column was there when the sheet was looked at and is gone since."""
        if not found.keys() <= self.columns.keys():
            raise refused(CHANGED)
        return found


def declared(text: str, labels: Mapping[str, str], abouts: Mapping[str, str] | None = None) -> dict[str, Column]:
    """The columns of a text table: column, reader, required (yes or -), headings (the first is the one we write),
    example (``-`` for none, ``_`` for a blank). A column without headings (``-``) is one that we fill in ourselves."""
    return {
        row["column"]: Column(
            row["column"],
            () if row["headings"] == "-" else tuple(row["headings"].split(",")),
            row["reader"],
            row["required"] == "yes",
            labels[row["column"]],
            (abouts or {}).get(row["column"], ""),
            "" if row["example"] == "-" else row["example"].replace("_", " "),
        )
        for row in table(text)
    }


def heading(cell: str) -> str:
    """A heading as it is compared: without blanks, brackets, * and 必填, in small half-width letters."""
    return _MARKS.sub("", _IN_BRACKETS.sub("", cells.half_width(cells.seen(cell)))).lower()


def checked(rows: list[SheetRow]) -> list[SheetRow]:
    """The rows, when there are any, and not too many."""
    if not rows:
        raise refused(N_("The spreadsheet has headings but no rows."))
    if len(rows) > MAX_ROWS:
        raise refused(N_("Too many rows: at most %(rows)d in one spreadsheet."), rows=MAX_ROWS)
    return rows


def pack(rows: Iterable[SheetRow]) -> str:
    """The rows as text for the page that asks to confirm; they are checked anew when they come back."""
    found = [[row.number, row.cells, row.leaf] for row in rows]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _number(sent: Any) -> int:
    if not isinstance(sent, int):
        raise ValueError("a row's number is a whole one")
    return sent
