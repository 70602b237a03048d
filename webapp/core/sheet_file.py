"""The leaves of a file with a table: xlsx (read only, no macros, no links) or CSV, as rows of plain text.

Nothing in a cell is ever computed: a formula counts as the value kept beside it, and where there is none it stands as
the text it is, so that it is refused and not taken for an empty cell.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .cells import plain
from .errors import N_, Refused

MAX_BYTES, MAX_ROWS, MAX_COLUMNS = 2 * 2**20, 2000, 40
LAST_ROW = 10_000  # blank rows between are counted too: a sheet may say that its next row is the five-millionth
LONGEST = 1_048_576  # rows that a spreadsheet can have; so many are walked through in a whole file, and no more
MAX_UNPACKED, MAX_MEMBERS, MAX_LEAVES = 16 * 2**20, 200, 30  # of an xlsx, which is a zip archive

Row = tuple[int, list[str]]  # number in the sheet, cells

TOO_FAR_DOWN = N_("There is something below row %(row)d. Delete the rows you do not need and send the file again.")
UNREADABLE = N_("This file cannot be read. Save it as xlsx, or as CSV, and send it again.")
NO_FILE = N_("Choose a file first.")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_PAGE = re.compile(r"\s*<(?:!doctype|html|\?xml|table)", re.IGNORECASE)


@dataclass(frozen=True)
class Leaf:
    """One sheet of a file: its name, and the rows with anything in them.

    ``counts_from_1904``: its numbers of days begin later, as on the Macs of old.
    """

    name: str
    rows: list[Row]
    counts_from_1904: bool = False


def leaves(data: bytes) -> tuple[list[Leaf], list[str]]:
    """The sheets of a file, and the names of the hidden ones, which are left out. Refused (field ``sheet``) for what is
    no such file, or too big."""
    check_size(data)
    return _xlsx(data) if is_archive(data) else ([Leaf("CSV", _csv(data))], [])


def check_size(data: bytes) -> None:
    """Refused for no file, and for one that is too big."""
    if not data:
        raise refused(NO_FILE)
    if len(data) > MAX_BYTES:
        raise refused(N_("The file is too large: at most %(mb)d MB."), mb=MAX_BYTES // 2**20)


def is_archive(data: bytes) -> bool:
    """Whether a file begins as a zip archive does, which an xlsx is."""
    return data.startswith(b"PK\x03\x04")


def refused(message: str, **params: Any) -> Refused:
    """A refusal of the file as a whole."""
    return Refused(message, field="sheet", **params)


# --- xlsx ---


def _xlsx(data: bytes) -> tuple[list[Leaf], list[str]]:
    import openpyxl  # only here: no other page needs its memory
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    has_formulas = check_archive(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        written = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False) if has_formulas else None
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:MAX_LEAVES]
        is_mac = book.epoch == CALENDAR_MAC_1904
        steps = iter(range(LONGEST))
        found = [Leaf(sheet.title, _rows(sheet, written and written[sheet.title], steps), is_mac) for sheet in shown]
        return found, [sheet.title for sheet in book.worksheets if sheet not in shown]
    except (Refused, MemoryError):
        raise
    except Exception as error:  # whatever a broken archive or a hostile one makes the reader say
        raise refused(UNREADABLE) from error


def check_archive(data: bytes) -> bool:
    """Whether there are formulas in it. Refused for what would fill the memory when unpacked, by the sizes it states
    and the reader enforces, and for more rows than a spreadsheet can have, before one of them is read."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
            raise refused(UNREADABLE)
        bodies = [archive.read(member) for member in members if "worksheets/" in member.filename]
        if sum(1 for body in bodies for _ in _ROW.finditer(body)) > LONGEST:
            raise refused(TOO_FAR_DOWN, row=LAST_ROW)
    except (Refused, MemoryError):
        raise
    except Exception as error:
        raise refused(UNREADABLE) from error
    return any(_FORMULA.search(body) for body in bodies)


def _rows(sheet: Any, written: Any, steps: Iterator[int]) -> list[Row]:
    """The rows of a sheet; those with nothing but a format, as a whole column that was coloured has them, are none."""
    found = _filled(_values(sheet), steps)
    if written is None or not found:
        return found
    last = found[-1][0]
    formulas = list(islice(_values(written), last))
    return [
        (number, [cell or _formula(formulas, number, at) for at, cell in enumerate(cells)]) for number, cells in found
    ]


def _formula(formulas: list[tuple[Any, ...]], number: int, at: int) -> str:
    row = formulas[number - 1] if number <= len(formulas) else ()
    text = plain(row[at]) if at < len(row) else ""
    return text if text.startswith("=") else ""


def _values(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a file says about its own size is often wrong
    return sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)


def _filled(rows: Iterable[Iterable[Any]], steps: Iterator[int]) -> list[Row]:
    """The rows with anything in them, numbered as in the sheet; a few more than allowed at most.

    The reader of xlsx makes an empty row for every one that is not there, so each takes one of the ``steps``.
    """
    found: list[Row] = []
    for number, row in enumerate(rows, 1):
        if next(steps, None) is None:
            raise refused(TOO_FAR_DOWN, row=LAST_ROW)
        if not any(cell not in (None, "") for cell in row):
            continue
        cells = [plain(cell) for cell in row]
        if not any(cells):
            continue
        if number > LAST_ROW:
            raise refused(TOO_FAR_DOWN, row=LAST_ROW)
        found.append((number, cells))
        if len(found) > MAX_ROWS + 20:  # the caller counts, and knows which of them are headings
            break
    return found


# --- CSV ---


def _csv(data: bytes) -> list[Row]:
    text = _decoded(data)
    if _PAGE.match(text) or data[:4] == b"\xd0\xcf\x11\xe0":  # a page or an old book under another name
        raise refused(UNREADABLE)
    first = "\n".join(text.split("\n", 10)[:10])
    mark = max("\t;,", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        return _filled((row[:MAX_COLUMNS] for row in rows), iter(range(LONGEST)))
    except csv.Error as error:
        raise refused(UNREADABLE) from error


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one ("Unicode text" of spreadsheets), else GB18030."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for codec in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise refused(UNREADABLE)
