"""Spreadsheets made to harm or made badly, each from a number: the same number is always the same file."""

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl

Rows = list[list[Any]]
ODD = (
    *(
        "=1+1",
        '=HYPERLINK("http://a.example","x")',
        "=cmd|' /C calc'!A0",
        "+1",
        "@SUM(A1)",
        "#REF!",
        "#N/A",
        "\u202eabc",
    ),
    *(-1, 0, 1e308, -1e308, 2**63, 1.5, True, date(1900, 1, 1), date(9999, 12, 31), "1e999", "NaN", "0x10", "１２３"),
    *(
        "x" * 32_000,
        "𠮷" * 300,
        "\ufeff",
        "\u200b",
        "'; drop table person; --",
        "<script>alert(1)</script>",
        "../../etc",
    ),
    *("%s%n", "{{7*7}}", "${7*7}", "\ud83d", "a\nb\r\nc", "\t", " ", "0", "-", "null", "合计", "姓名", "2026-02-30"),
)
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (98 + turn, b"&%c;" % (97 + turn) * 10) for turn in range(9)
)
SECRET = b'<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'


def book(head: list[str], rows: Rows, leaves: int = 1) -> bytes:
    """A workbook."""
    made = openpyxl.Workbook(write_only=True)
    for _ in range(leaves):
        sheet = made.create_sheet()
        for row in [head, *rows]:
            sheet.append(row)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def csv(head: list[str], rows: Rows, mark: str = ",") -> str:
    """The same as text."""
    return "\r\n".join(mark.join("" if cell is None else str(cell) for cell in row) for row in [head, *rows])


def rewritten(data: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """A workbook with its members changed, and more of them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in more.items():
            new.writestr(name, content)
    return made.getvalue()


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    """A change of the sheet's own XML."""
    return lambda name, data: data.replace(old, new, 1) if "worksheets/sheet" in name else data


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Some bytes are others."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def broken(head: list[str], rows: Rows, chance: random.Random) -> bytes:
    """A file that is wrong as a whole."""
    data, end, head_end = book(head, rows), b"</sheetData>", b"<sheetData>"
    ways: list[Callable[[], bytes]] = [
        lambda: flipped(data, chance),
        lambda: data[: chance.randrange(1, len(data))],
        lambda: rewritten(data, lambda _name, body: flipped(body, chance)),
        lambda: rewritten(data, in_sheet(end, b"<row/>" * 1_000_000 + end)),
        lambda: rewritten(data, in_sheet(end, b'<row r="1048576"><c t="n"><v>1</v></c></row>' + end)),
        lambda: rewritten(data, in_sheet(end, b"<row>" + b"<c/>" * 200_000 + b"</row>" + end)),
        lambda: rewritten(data, in_sheet(head_end, b"<sheetData><row><c t='s'><v>99999</v></c></row>")),
        lambda: rewritten(data, in_sheet(b"<worksheet", chance.choice([ENTITIES, SECRET]) + b"<worksheet")),
        lambda: rewritten(data, in_sheet(end, b"<row><c t='inlineStr'><is><t>&j;</t></is></c></row>" + end)),
        lambda: rewritten(data, lambda _name, body: body, **{"xl/externalLinks/externalLink1.xml": SECRET}),
        lambda: rewritten(data, lambda _name, body: body, **{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(5000)}),
        lambda: rewritten(data, lambda _name, body: body, **{"xl/worksheets/sheet9.xml": bytes(40_000_000)}),
        lambda: rewritten(data, lambda name, body: b"" if name == chance.choice(["xl/workbook.xml", name]) else body),
        lambda: book(head, rows, 60),
        lambda: book([*head, *head], rows),
        lambda: book([], rows),
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
        lambda: b"<html><table><tr><td>" + csv(head, rows).encode() + b"</td></tr></table>",
        lambda: b"PK\x03\x04" + chance.randbytes(3000),
        lambda: chance.randbytes(3000),
        lambda: b"",
        lambda: b"x" * (2 * 2**20 + 1),
        lambda: csv(head, rows).encode(chance.choice(["utf-32", "utf-7", "utf-16-le", "big5hkscs"]), "replace"),
        lambda: csv(head, rows).replace(",", ",\0").encode(),
        lambda: csv(head, [*rows, ['"' + "x" * 200_000]]).encode(),
        lambda: csv(head, [["x"] * 5000]).encode(),
        lambda: csv(head, [["", ""]] * 200_000 + rows).encode()[: 2 * 2**20],
    ]
    return chance.choice(ways)()


def with_a_wrong_row(head: list[str], rows: Rows, chance: random.Random) -> bytes:
    """Good rows and among them some with odd cells, as a workbook or as text in an encoding of offices."""
    changed = [list(row) for row in rows]
    for _ in range(chance.randint(1, 3)):
        row = chance.choice(changed)
        row[chance.randrange(len(row))] = chance.choice(ODD)
    if chance.random() < 0.5:
        text = csv(head, changed, chance.choice([",", "\t", ";"]))
        return text.encode(chance.choice(["utf-8-sig", "gb18030", "utf-16"]), "replace")
    return book(
        head, [[str(cell) if isinstance(cell, str) and not fits(cell) else cell for cell in row] for row in changed]
    )


def fits(cell: str) -> bool:
    """Whether a workbook can hold it at all."""
    return cell.isprintable() and "\ud83d" not in cell


def sheet(number: int, head: list[str], rows: Rows) -> tuple[str, bytes]:
    """The file of a number; of three, one is broken as a whole."""
    chance = random.Random(number)
    name = chance.choice(["a.xlsx", "a.csv", "a.xls", "a.xlsm", "a", "../a.xlsx"])
    return name, (broken if number % 3 == 0 else with_a_wrong_row)(head, rows, chance)
