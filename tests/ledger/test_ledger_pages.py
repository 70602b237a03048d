"""The pages of ledgers: what they say, hand in and give out, and their columns."""

import io
import re
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest
from sqlalchemy import select

from tests.conftest import Browser, World
from tests.ledger.conftest import DAY, busy, handed_in, ledger, reported
from webapp.core import clock, ids
from webapp.core.models import AuditEntry
from webapp.ledger import views
from webapp.ledger.models import KeptLedger
from webapp.ledger.periods import Period, around

Browse = Callable[[str], Browser]


def where(world: World, grid: str, period: Period, more: str = "") -> str:
    asked = f"span={period.span}&first={period.first}&last={period.last}"
    return f"/grids/{world.grids[grid]}/ledger{more}?{asked}"


def test_the_page_says_the_figures_and_the_text_to_copy_names_nobody(
    world: World, friday: datetime, browse: Browse
) -> None:
    busy(world, friday)
    page = browse("township_a").get(where(world, "A", around("week", clock.today()))).text
    assert "4 problems: 1 closed, 2 open (1 overdue), 1 not accepted" in page
    copied = re.search(r'data-copy="([^"]+)"', page)
    assert copied and "Town A" in copied[1] and "4 problems" in copied[1]
    people = {"officer_a1", "officer_a2", "township_a"}
    assert not any(name in copied[1] for name in people)


def test_two_presses_hand_in_and_what_was_handed_in_is_found_again(
    world: World, friday: datetime, browse: Browse
) -> None:
    busy(world, friday)
    township = browse("township_a")
    page = township.get("/ledger").text
    entry = re.search(r'name="id" value="([^"]+)"', page)
    assert entry
    week = around("week", clock.today())
    sent = {"id": entry[1], "span": "week", "first": week.first.isoformat(), "last": week.last.isoformat()}
    address = f"/grids/{world.grids['A']}/ledger"
    first, second = (township.post(address, **sent) for _ in range(2))
    assert first.status_code == second.status_code == 303 and first.location == second.location
    shown = township.get(first.location).text
    assert "As it was handed in" in shown and "砖窑旧址" in shown
    assert first.location in township.get(address).text
    assert browse("township_b").get(first.location).status_code == 404
    assert browse("county").get(first.location).status_code == 200
    other = (week.first - 7 * DAY).isoformat()
    refused = township.post(address, **sent | {"id": entry[1], "first": other})
    assert refused.status_code == 409
    assert f'name="first" value="{other}"' in refused.text, "the page goes on with the week that was asked for"


def test_the_workbook_has_the_figures_the_rows_and_the_mark_of_what_came_late(
    world: World, friday: datetime, browse: Browse
) -> None:
    busy(world, friday)
    week = around("week", clock.today())
    handed_in(world, "township_a", "A", week.before)
    reported(world, "A2", friday - 7 * DAY, place="=1+1")
    sent = {"span": "week", "first": week.first.isoformat(), "last": week.last.isoformat()}
    with browse("township_a").post(f"/grids/{world.grids['A']}/ledger/file", **sent) as answer:
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "private, no-store"
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Ledger", "Figures", "Patrols", "Problems and how they were handle"[:31]]
    _head, *villages, total = book["Figures"].values
    sums = [sum(column) for column in zip(*(row[2:] for row in villages), strict=True)]
    assert (total[1], sums) == ("All together", [*total[2:]])
    head, *rows = book[book.sheetnames[3]].values
    marked = [row for row in rows if row[head.index("Late")]]
    assert [row[head.index("Where it is")] for row in marked] == ["=1+1"]
    assert book[book.sheetnames[3]].cell(2, head.index("Where it is") + 1).data_type == "s"
    with world.store.read() as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.take")).one()
        assert line.detail["rows"] == 2 + 5 and line.detail["days"] == f"{week.first} – {week.last}"


def test_on_paper_stand_all_rows(world: World, friday: datetime, browse: Browse) -> None:
    busy(world, friday)
    page = browse("township_a").get(where(world, "A", around("week", clock.today()), "/print")).text
    assert page.count('<th scope="row">') == 2 + 1 + 2 + 4


def test_more_rows_than_a_ledger_has_room_for_are_neither_printed_nor_handed_in_and_it_is_said(
    world: World, friday: datetime, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(world, friday)
    monkeypatch.setattr(views, "MOST", 3)
    week = around("week", clock.today())
    sent = {"id": str(ids.new()), "span": "week", "first": week.first.isoformat()}
    township, said = browse("township_a"), "There are more than 3 rows. Choose a shorter period."
    printed = township.get(where(world, "A", week, "/print"))
    assert printed.status_code == 200 and said in printed.text and "4 problems" in printed.text
    for more in ("", "/file"):
        answer = township.post(f"/grids/{world.grids['A']}/ledger{more}", **sent)
        assert answer.status_code == 422 and said in answer.text
    with world.store.read() as session:
        assert not session.scalars(select(KeptLedger)).all()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("span=year", "Choose one"),
        ("span=days&first=2026-09-01", "need a first and a last day"),
        ("span=days&first=2026-09-04&last=2026-09-01", "before the start"),
        ("span=days&first=2020-01-01&last=2026-09-01", "at most 366 days"),
        ("span=week&first=2999-09-01", ""),
        ("span=week&first=soon", "Not a date"),
    ],
)
def test_a_period_that_cannot_be_is_said_beside_the_form_and_this_week_is_shown(
    world: World, browse: Browse, asked: str, said: str
) -> None:
    answer = browse("township_a").get(f"/grids/{world.grids['A']}/ledger?{asked}")
    assert answer.status_code == 422 and said in answer.text
    assert around("week", clock.today()).first.isoformat() in answer.text


def test_an_officer_has_no_ledger_and_a_grid_of_another_is_not_found(world: World, browse: Browse) -> None:
    assert browse("officer_a1").get("/ledger").status_code == 403
    assert browse("township_a").get(f"/grids/{world.grids['B']}/ledger").status_code == 404
    assert browse("township_a").post(f"/grids/{world.grids['B']}/ledger", id=ids.new(), span="week").status_code == 404
    assert browse("leader").post(f"/grids/{world.grids['A']}/ledger", id=ids.new(), span="week").status_code == 403


# --- the columns ---


def typed(page: str, part: str) -> dict[str, str]:
    """What stands in the form of a part."""
    form = page.split(f"/ledger/columns/{part}")[1].split("</form>")[0]
    boxes = re.findall(r'name="((?:place|heading)-[^"]+)" id="[^"]+" value="([^"]*)"', form)
    seen = re.search(r'name="seen" value="([^"]+)"', form)
    assert seen
    return dict(boxes) | {"seen": seen[1]}


def test_the_county_orders_and_names_the_columns_and_what_was_handed_in_keeps_its_own(
    world: World, friday: datetime, browse: Browse
) -> None:
    busy(world, friday)
    week = around("week", clock.today())
    kept_id = handed_in(world, "township_a", "A", week)
    county = browse("county")
    form = typed(county.get("/ledger/columns").text, "reports")
    shown = {name: "" for name in form if name.startswith("place-")}
    shown |= {"place-reports-state": "1", "place-reports-number": "2", "heading-reports-state": "办理情况"}
    assert county.post("/ledger/columns/reports", **form | shown).status_code == 303
    heads = ledger(world, "township_a", "A", week).sheets[1].heads
    assert list(heads) == ["办理情况", "Report no."]
    assert browse("township_a").get(f"/ledgers/{kept_id}").text.count('<th scope="col"') > 20
    stale = county.post("/ledger/columns/reports", **form | {"place-reports-due": "3"})
    assert stale.status_code == 422 and "Someone changed the columns" in stale.text
    with world.store.read() as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.columns")).one()
        assert line.detail == {"columns": "state number"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"place-patrols-at": "first"}, "whole number"),
        ({"place-patrols-at": "0"}, "whole number"),
        ({"place-patrols-at": "100"}, "whole number"),
        ({"heading-patrols-at": "字" * 41}, "at most 40"),
        (None, "At least one column"),
    ],
)
def test_a_column_that_cannot_be_is_refused_and_what_was_typed_stays(
    world: World, browse: Browse, change: dict[str, str] | None, said: str
) -> None:
    county = browse("county")
    form = typed(county.get("/ledger/columns").text, "patrols")
    none = {name: "" for name in form if name.startswith("place-")}
    answer = county.post("/ledger/columns/patrols", **form | (none if change is None else change))
    assert answer.status_code == 422 and said in answer.text
    if change:
        assert f'value="{next(iter(change.values()))}"' in answer.text
    with world.store.read() as session:
        assert not session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.columns")).all()
    assert county.post("/ledger/columns/nothing", **form).status_code == 404
