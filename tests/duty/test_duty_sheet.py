"""The exported sheets: all text, nothing alive, the same rows as on the page."""

from dataclasses import replace
from io import BytesIO

import openpyxl

import seeds
from webapp import domains

ALIVE = ("=1+1", "+1", "-1", "@SUM(1)", "https://a.example", "{=1}", "007")


def cells(answer):
    book = openpyxl.load_workbook(BytesIO(answer.data))
    return [[cell for cell in row if cell.value is not None] for row in book.active.iter_rows()]


def column(answer, heading):
    head, *rows = openpyxl.load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True)
    return [row[head.index(heading)] for row in rows]


def test_every_cell_is_text_in_both_sheets(pages):
    for address in ("/duties.xlsx?document=003&scope=all", "/figures.xlsx?scope=all"):
        kinds = {cell.data_type for row in cells(pages.get(address)) for cell in row}
        assert kinds <= {"s", "inlineStr"}


def test_words_that_look_alive_stay_the_words_they_are(pages, store):
    rows = list(seeds.read("duties"))
    live = [replace(row, zh=words, target=words) for row, words in zip(rows, ALIVE, strict=False)]
    with store.write() as session:
        domains.seeds()["duties"].bring_in(session, None, [*live, *rows[len(live) :]], "test")
    answer = pages.get("/duties.xlsx", scope="all", document=rows[0].document)
    assert set(ALIVE) <= set(column(answer, "Duty in Chinese")) & set(column(answer, "Target"))
    found = [cell for row in cells(answer) for cell in row if cell.value in ALIVE]
    assert {cell.data_type for cell in found} <= {"s", "inlineStr"} and not any(cell.hyperlink for cell in found)


def test_the_sheet_holds_the_rows_of_the_page_with_their_source(pages):
    answer = pages.get("/duties.xlsx", scope="all", document="004", section="篇十三 部门6")
    assert column(answer, "Code") == ["004-13-dept06-01", "004-13-dept06-02", "004-13-dept06-03"]
    assert column(answer, "Document") == ["004"] * 3
    assert column(answer, "From line") == ["223", "224", "225"]
    assert column(answer, "Name as printed") == [None, "建設單位", None]


def test_the_sheet_of_figures_respects_the_choice(pages):
    answer = pages.get("/figures.xlsx", scope="all", kind="meeting")
    assert len(column(answer, "Code")) == sum(row.kind == "meeting" for row in seeds.read("figures"))


def test_the_file_is_named_and_typed_as_a_sheet(pages):
    answer = pages.get("/duties.xlsx", scope="all", document="000")
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    assert ".xlsx" in answer.headers["Content-Disposition"]
