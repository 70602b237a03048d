"""A sheet of people, bodies and postings, read into plain text: xlsx (read only, no macros, no links) or CSV.

Nothing in a cell is ever computed: a formula counts as the value kept beside it, text that looks like one is text.
"""

import csv
import io
import json
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from ..core.errors import N_, Refused
from ..core.json_text import parsed
from ..core.tables import table

MAX_BYTES, MAX_ROWS, MAX_CELL, MAX_COLUMNS = 2 * 2**20, 2000, 200, 40
LAST_ROW = 10_000  # blank rows between are counted too: a sheet may say that its next row is the five-millionth
MAX_UNPACKED, MAX_MEMBERS = 16 * 2**20, 200  # of an xlsx, which is a zip archive

Row = tuple[int, list[str]]  # number in the sheet, cells

#: Headings by column, compared without spaces, in small letters.
COLUMNS = {
    row["column"]: row["headings"].split(",")
    for row in table("""
column      headings
zh          姓名,name
en          拼音,英文名,romanisedname,romanizedname,pinyin
login       登录名,账号,login,log-in,log-inname,loginname
phone       电话,手机,手机号,phone,telephone
role        角色,岗位,role
grid        网格代码,网格,网格编码,grid,gridcode
body        单位,部门,站所,body,department,station
body_en     单位英文名,bodyinenglish,bodyenglish
canonical   职能部门,清单部门,dutydepartment,canonical
first       起,开始日期,任职日期,from,firstday
last        止,截止日期,结束日期,to,until,lastday
""")
}
LABELS = {
    "zh": N_("Name"),
    "en": N_("Name in Latin letters"),
    "login": N_("Log-in name"),
    "phone": N_("Telephone"),
    "role": N_("Role"),
    "grid": N_("Grid"),
    "body": N_("Body"),
    "body_en": N_("Body in English"),
    "canonical": N_("Department of the duty lists"),
    "first": N_("First day"),
    "last": N_("Last day"),
}
TOO_FAR_DOWN = N_("Something stands below row %(row)d. Delete the rows you do not need and send it again.")
UNREADABLE = N_("This file cannot be read. Save it as xlsx, or as CSV, and send it again.")


@dataclass(frozen=True)
class SheetRow:
    """One row: its number in the sheet and its cells by column, only those with text in them."""

    number: int
    cells: dict[str, str]


def read(data: bytes) -> list[SheetRow]:
    """The rows of a file, blank ones left out; Refused (field ``sheet``) when it is none,
    too big or has no headings."""
    if len(data) > MAX_BYTES:
        raise _refused(N_("The file is too large: at most %(mb)d MB."), mb=MAX_BYTES // 2**20)
    return _lines(_xlsx(data) if data[:4] == b"PK\x03\x04" else _csv(data))


def _refused(message: str, **params: Any) -> Refused:
    return Refused(message, field="sheet", **params)


def _xlsx(data: bytes) -> list[Row]:
    import openpyxl  # only here: no other page needs its memory

    _check_archive(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says about its own size is often wrong
        beyond = sheet.iter_rows(min_row=LAST_ROW + 1, max_col=1, values_only=True)
        if next(beyond, None) is not None:
            raise _refused(TOO_FAR_DOWN, row=LAST_ROW)
        return _filled(sheet.iter_rows(max_row=LAST_ROW, max_col=MAX_COLUMNS, values_only=True))
    except Refused:
        raise
    except Exception as error:  # whatever a broken archive or a hostile one makes the reader say
        raise _refused(UNREADABLE) from error


def _filled(rows: Iterable[Iterable[Any]]) -> list[Row]:
    """The rows with anything in them, numbered as in the sheet; one more than allowed at most."""
    texts = (
        (number, [_text(cell) for cell in row])
        for number, row in enumerate(rows, 1)
        if any(cell not in (None, "") for cell in row)
    )
    return list(islice(((number, cells) for number, cells in texts if any(cells)), MAX_ROWS + 2))


def _check_archive(data: bytes) -> None:
    """Refuse what would fill the memory when unpacked, by the sizes it states and the reader enforces."""
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile as error:
        raise _refused(UNREADABLE) from error
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise _refused(UNREADABLE)


def _text(value: Any) -> str:
    """A cell as text: days as 2026-09-01, whole numbers without a point (codes and telephones are often kept so).

    Of a cell that is too long only so much is read as shows that it is: thousands of cells may share one long text.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "".join(
        c
        for c in unicodedata.normalize("NFC", str(value)[: MAX_CELL + 1])
        if unicodedata.category(c) not in ("Cc", "Cs")
    ).strip()


def _csv(data: bytes) -> list[Row]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    mark = max("\t;,", key=first.count)
    try:
        return _filled(row[:MAX_COLUMNS] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise _refused(UNREADABLE) from error


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one ("Unicode text" of spreadsheets), else GB18030."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for codec in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise _refused(UNREADABLE)


def _lines(rows: list[Row]) -> list[SheetRow]:
    if not rows:
        raise _refused(N_("The sheet is empty."))
    columns = _columns(rows[0][1])
    return _checked(
        [
            SheetRow(number, cells)
            for number, row in rows[1:]
            if (cells := {columns[i]: cell for i, cell in enumerate(row) if cell and i in columns})
        ]
    )


def _checked(lines: list[SheetRow]) -> list[SheetRow]:
    if not lines:
        raise _refused(N_("The sheet has headings but no rows."))
    if len(lines) > MAX_ROWS:
        raise _refused(N_("Too many rows: at most %(rows)d in one sheet."), rows=MAX_ROWS)
    return lines


def _columns(head: list[str]) -> dict[int, str]:
    """Which column of ours stands at which place; unknown headings are left out, doubled ones refused."""
    known = {heading: column for column, headings in COLUMNS.items() for heading in headings}
    found = {i: known[key] for i, cell in enumerate(head) if (key := "".join(cell.split()).lower()) in known}
    if len(set(found.values())) < len(found):
        raise _refused(N_("One heading stands twice."))
    if not {"login", "body"} & set(found.values()):
        raise _refused(N_("The first row has no headings we know. It needs at least 登录名 (log-in) or 单位 (body)."))
    return found


def pack(lines: list[SheetRow]) -> str:
    """The rows as text for the page that asks to confirm; they are checked anew when they come back."""
    return json.dumps([[line.number, line.cells] for line in lines], ensure_ascii=False, separators=(",", ":"))


def unpack(text: str | None) -> list[SheetRow]:
    """The rows again; Refused for anything ``pack`` did not make."""
    try:
        raw = parsed(text or "")
        lines = [
            SheetRow(_number(number), {column: _text(cell) for column, cell in cells.items() if column in COLUMNS})
            for number, cells in raw
        ]
    except (ValueError, TypeError, AttributeError) as error:
        raise _refused(N_("This form is damaged. Open it again.")) from error
    return _checked(lines)


def _number(sent: Any) -> int:
    if not isinstance(sent, int):
        raise ValueError("a row's number is a whole one")
    return sent
