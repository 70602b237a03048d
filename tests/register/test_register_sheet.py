"""The register of a type goes out as a sheet, is filled in, and comes back: all rows or none."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
from sqlalchemy import Engine, event

from tests.conftest import World
from tests.register.test_files import said, thing, write
from webapp.patrol.models import PatrolObject


def sheet(answer: Any) -> list[list[Any]]:
    page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    return [list(row) for row in page.iter_rows(values_only=True)]


def as_csv(rows: list[list[Any]]) -> tuple[io.BytesIO, str]:
    text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    return io.BytesIO(text.encode()), "register.csv"


def bring_in(browser: Any, rows: list[list[Any]]) -> Any:
    """Look at a filled sheet, and confirm it where it can be."""
    looked = browser.post("/registers/sewage_outlet/import", sheet=as_csv(rows))
    rows_ = re.search(r'name="rows" value="([^"]+)"', looked.text)
    if rows_ is None:
        return looked
    return browser.post("/registers/sewage_outlet/import/confirm", rows=rows_[1].replace("&#34;", '"'))


def test_a_register_goes_out_is_filled_in_and_comes_back(world: World, browse: Any) -> None:
    first, second, _far = (thing(world, "sewage_outlet", grid) for grid in ("A1", "A2", "B1"))
    write(world, first, sign="yes", outlet_class="industry")
    browser = browse("township_a")
    browser.post("/account/language", language="zh")
    head, *rows = sheet(browser.get("/registers/sewage_outlet/export"))
    assert [row[0] for row in rows] == [str(first), str(second)]
    at = {str(name).rstrip("*"): place for place, name in enumerate(head)}
    assert (rows[0][at["有标识牌"]], rows[0][at["排口类别"]]) == ("是", "工业排污口")
    rows[1][at["受纳水体"]], rows[1][at["重点点位"]] = "清河", "是"
    assert bring_in(browser, [head, *rows]).status_code == 303
    assert said(world, first) == {"sign": "yes", "outlet_class": "industry"}  # an empty cell empties nothing
    assert said(world, second) == {"water": "清河"}
    with world.store.read() as session:
        assert session.get_one(PatrolObject, second).is_key


def test_one_wrong_row_leaves_all_as_it_was(world: World, browse: Any) -> None:
    first, second, far = (thing(world, "sewage_outlet", grid) for grid in ("A1", "A2", "B1"))
    browser = browse("township_a")
    head = ["点位序号", "受纳水体", "排口类别"]
    for wrong in ([second, "清河", "月亮"], [far, "清河", ""], [first, "白河", ""], ["x", "清河", ""]):
        answer = bring_in(browser, [head, [first, "清河", ""], wrong])
        assert answer.status_code == 422
        assert said(world, first) == said(world, second) == said(world, far) == {}


@contextmanager
def hearing(engine: Engine, asked: list[str]) -> Iterator[None]:
    """Every statement that an engine is sent meanwhile."""

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def test_a_sheet_of_many_rows_asks_for_its_objects_once(world: World, browse: Any) -> None:
    """Rehearsing costs no statement a row, and a number that no table keeps is refused in words."""
    ids = [thing(world, "sewage_outlet", zh=f"口{number}") for number in range(30)]
    head, rows = ["点位序号", "受纳水体"], [[id_, "清河"] for id_ in ids]
    browser, asked = browse("township_a"), list[str]()
    counts = []
    for some in (rows[:2], rows):
        asked.clear()
        with hearing(world.store.reader, asked):
            assert browser.post("/registers/sewage_outlet/import", sheet=as_csv([head, *some])).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert bring_in(browser, [head, ["9" * 30, "清河"]]).status_code == 422
