"""What leaves as a sheet is text in every cell, whatever it looks like, and one place alone writes sheets."""

import ast
from pathlib import Path

import openpyxl

import webapp
from webapp.core import workbook

STARTS = ("=", "+", "-", "@", "\t=", "\n=", " =", "＝", "=+", "{=")
REST = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://a.example","x")', "SUM(A1:A9)", "A1", "1", "0007", "")
#: Sixty and more texts that a spreadsheet would calculate, open or turn into a number.
ALIVE = [
    *(start + rest for start in STARTS for rest in REST if rest),
    *("007", "1E5", "2026-01-02", "TRUE", "http://a.example/", "mailto:a@b", "1/2", "#REF!", "\\t", "'=1"),
]


def test_nothing_that_looks_alive_is_more_than_its_words():
    assert len(ALIVE) >= 60
    book = workbook.book("=1+1", [(words, 20) for words in ALIVE], [ALIVE, ALIVE], [ALIVE, [ALIVE[0]]])
    sheet = openpyxl.load_workbook(book).active
    rows = [[cell for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    cells = [cell for row in rows for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)
    kept = [words.replace("\n", " ").strip() for words in ALIVE]
    for row in (rows[0], rows[2], rows[3], rows[4]):
        assert [str(cell.value).replace("\n", " ").strip() for cell in row] == kept


def test_one_place_alone_writes_sheets():
    root = Path(webapp.__file__).parent
    writers = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import) and any(name.name.startswith("xlsxwriter") for name in node.names)
    }
    texts = {str(path.relative_to(root)) for path in root.rglob("*.py") if "to_excel" in path.read_text()}
    assert (writers, texts) == ({"core/workbook.py"}, set())
