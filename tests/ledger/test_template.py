"""A workbook of the county's own: brought in, filled by a ledger of now and by one that was handed in, taken out."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from tests.access_ledgers import sample
from tests.conftest import Browser, World
from tests.ledger.conftest import busy, handed_in, ledger
from webapp.core import clock, named_cells
from webapp.core.models import AuditEntry
from webapp.ledger import filling
from webapp.ledger.figures import NAMES
from webapp.ledger.models import LedgerColumn, LedgerTemplate
from webapp.ledger.parts import PARTS
from webapp.ledger.periods import around

Browse = Callable[[str], Browser]


@pytest.fixture
def form(world: World) -> bytes:
    """The sample, as it is given."""
    with world.store.read() as session:
        return sample(session)


def sent(data: bytes, name: str = "周报 样表.xlsx") -> dict[str, Any]:
    return {"sheet": (io.BytesIO(data), name)}


def opened(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def test_every_name_of_the_sample_is_known_and_it_has_all_but_fields_that_are_no_columns(form: bytes) -> None:
    seen = named_cells.look(form, filling.known())
    assert seen.unknown == [] and {name for name, _word in filling.meanings()} == set(filling.known())
    fields = {f"{part}_{key}" for part, about in PARTS.items() for key in about.fields}
    left = set(filling.known()) - set(seen.used) - fields
    assert left == {f"{part}_{what}" for part in PARTS for what in ("rows", "late")}


def test_a_ledger_fills_the_countys_form_and_one_handed_in_does_so_too(
    world: World, friday: datetime, browse: Browse, form: bytes
) -> None:
    busy(world, friday)
    week = around("week", clock.today())
    kept_id = handed_in(world, "township_a", "A", week)
    township, county = browse("township_a"), browse("county")
    address = f"/grids/{world.grids['A']}/ledger"
    assert "own form" not in township.get(address).text
    assert county.post("/ledger/template", **sent(form)).status_code == 303
    page = county.get("/ledger/template").text
    assert "周报 样表" in page and "stay empty" not in page
    assert "In our own form" in township.get(address).text
    days = {"span": "week", "first": week.first.isoformat(), "last": week.last.isoformat()}
    said = ledger(world, "township_a", "A", week)
    for answer in (
        township.post(f"{address}/file", own="1", **days),
        township.post(f"/ledgers/{kept_id}/file", own="1"),
    ):
        with answer:
            book = opened(answer)
        first = book.worksheets[0]
        values = {row[0].value: row[1].value for row in first.iter_rows(max_row=7 + len(NAMES))}
        assert values["Grid"] == "Town A" and values["First day"].date() == week.first
        assert [*values.values()][7:] == [getattr(said.total, name) for name in NAMES]
        assert first.max_row == 7 + len(NAMES) + 2 + len(said.lines)
        for sheet, part in zip(book.worksheets[1:], said.sheets, strict=True):
            assert sheet.max_row == 1 + len(part.rows) and next(sheet.values)[:-1] == (*part.heads,)
        assert book["Patrols"]["A2"].value == said.sheets[0].rows[0].cells[0].astimezone(clock.ZONE).replace(
            tzinfo=None
        )
    with world.store.read() as session:
        assert session.scalar(select(func.count()).where(AuditEntry.action == "ledger.take")) == 2


def test_a_second_press_and_the_same_file_again_change_nothing_and_a_new_one_takes_its_place(
    world: World, browse: Browse, form: bytes
) -> None:
    county = browse("county")
    other = named_cells.fill(form, {"title": "a"}, {})
    for data in (form, form, other):
        assert county.post("/ledger/template", **sent(data)).status_code == 303
    with world.store.read() as session:
        kept = session.scalars(select(LedgerTemplate).order_by(LedgerTemplate.id)).all()
        assert [bool(each.ended_at) for each in kept] == [True, False] and kept[1].body == other
        first, second = (each.id for each in kept)
    with county.get("/ledger/template/file") as answer:
        assert answer.data == other
    for template, shown in ((first, True), (second, False), (second, False), ("x", False)):
        assert county.post("/ledger/template/end", template=template).status_code == 303
        assert ("In use since" in county.get("/ledger/template").text) is shown
    assert county.get("/ledger/template/file").status_code == 404
    with world.store.read() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.thing.like("ledger_template:%"))).all()
        assert acts == ["ledger.template", "ledger.template", "ledger.template_end"]


def test_who_asks_for_a_form_that_is_gone_meanwhile_is_told(world: World, browse: Browse, friday: datetime) -> None:
    answer = browse("township_a").post(f"/grids/{world.grids['A']}/ledger/file", own="1", span="week")
    assert answer.status_code == 422 and "no form of its own" in answer.text


def test_a_field_that_is_no_column_stays_empty_and_the_page_says_so(
    world: World, browse: Browse, friday: datetime, form: bytes
) -> None:
    busy(world, friday)
    county = browse("county")
    county.post("/ledger/template", **sent(form))
    with world.store.write() as session:
        session.get_one(LedgerColumn, ("reports", "place")).position = 0
    assert "stay empty" in county.get("/ledger/template").text
    with browse("township_a").post(f"/grids/{world.grids['A']}/ledger/file", own="1", span="week") as answer:
        head, *rows = opened(answer).worksheets[2].values
    assert {row[head.index("Where it is")] for row in rows} == {None} and rows[0][head.index("Report no.")]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "Choose a file first"), (b"PK\x03\x04", "cannot be read"), (b"code,name\n", "cannot be read")],
)
def test_a_file_that_is_no_form_is_refused_and_nothing_is_kept(
    world: World, browse: Browse, data: bytes, said: str
) -> None:
    answer = browse("county").post("/ledger/template", **sent(data))
    assert answer.status_code == 422 and said in answer.text
    with world.store.read() as session:
        assert not session.scalar(select(func.count()).select_from(LedgerTemplate))
