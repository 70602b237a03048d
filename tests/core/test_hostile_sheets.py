"""Spreadsheets that are small and unpack to much: they are read in a child with limits, the server keeps its size, and
what fails on our side is told as ours."""

import io
import resource
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_sheet import BEES, HEAD, xlsx
from webapp.core import child, pools, sheet_child, sheet_file
from webapp.core.errors import Busy, Refused

MB = 2**20


def with_rows(rows: str) -> bytes:
    """A workbook whose one sheet has these rows, as XML."""
    data, made = xlsx(("甲", [HEAD, ["王强", "1"]])), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            body = whole.read(name)
            if "worksheets/" in name:
                body = body.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            archive.writestr(name, body)
    return made.getvalue()


def millions() -> bytes:
    """26 KB with 2.5 million empty rows."""
    return with_rows("<row/>" * 2_500_000)


def spent(data: bytes) -> tuple[Exception | None, float]:
    """What reading it ends with, and the CPU seconds of its child."""
    before, error = resource.getrusage(resource.RUSAGE_CHILDREN), None
    try:
        BEES.read(data, sheet_child.leaves)
    except Refused as refusal:
        error = refusal
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return error, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def resident() -> float:
    """MB of this process, as it was at most since it was last asked."""
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")
    return peak


def test_millions_of_empty_rows_are_refused_at_once_and_cost_the_server_nothing() -> None:
    data = millions()
    assert len(data) < 30_000
    resident()
    before = resident()
    error, cpu = spent(data)
    assert isinstance(error, Refused) and error.message == sheet_file.TOO_FAR_DOWN
    assert cpu < 2
    assert resident() - before < 30


@pytest.mark.full
@pytest.mark.parametrize(
    "rows",
    [
        '<row r="5000000"><c t="n"><v>1</v></c></row>',
        "<row/>" * 1_000_000 + '<row><c t="n"><v>1</v></c></row>',
        "<row>" + "<c/>" * 1_000_000 + "</row>",
        '<row><c t="n"><v>1</v></c></row>' * 400_000,
        ("<row>" + '<c t="inlineStr"><is><t>x</t></is></c>' * 400 + "</row>") * 900,
        '<row><c t="inlineStr"><is><t>' + "x" * 8_000_000 + "</t></is></c></row>",
    ],
    ids=["far down", "a million empty ones", "a wide one", "many", "many and wide", "one long cell"],
)
def test_whatever_it_unpacks_to_the_server_keeps_its_size(rows: str) -> None:
    data = with_rows(rows)
    resident()
    before = resident()
    error, cpu = spent(data)
    assert not isinstance(error, Busy)
    assert cpu < sheet_child.SECONDS + 2
    assert resident() - before < 30


def test_apart_reads_what_is_read_here() -> None:
    for data in (xlsx(("甲", [HEAD, ["王强", "1"]]), ("乙", [HEAD, ["李丽", "2"]])), "谁,编号\n王强,1\n".encode()):
        assert sheet_child.leaves(data) == sheet_file.leaves(data)


def test_a_refusal_comes_over_with_what_fills_it() -> None:
    for data, words in ((b"", "Choose a file"), (b"a" * (2 * MB + 1), "too large"), (b"PK\x03\x04x", "Save it as")):
        with pytest.raises(Refused, match=words) as refusal:
            sheet_child.leaves(data)
        assert refusal.value.field == "sheet"
        assert refusal.value.message % refusal.value.params


ENDS = {
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "stopped": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "broken": "raise SystemExit(1)",
}


@pytest.mark.parametrize("end", ENDS)
def test_a_reader_that_is_killed_stopped_or_broken_is_our_fault(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "START", ENDS[end])
    monkeypatch.setattr(sheet_child, "PATIENCE", 0.5)
    with pytest.raises(Busy, match="because the server is busy"):
        sheet_child.leaves(xlsx(("甲", [HEAD])))


HOARDS = "import webapp.core.sheet_child as c; c.sheet_file.leaves = lambda data: bytearray(1 << 30)"


@pytest.mark.parametrize(
    "end",
    [
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass",
        child.START.format("webapp.core", "sheet_child").replace("; work.main", f"; {HOARDS}; work.main"),
    ],
    ids=["time", "memory"],
)
def test_a_file_that_uses_up_its_share_is_told_what_to_do(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "START", end)
    with pytest.raises(Refused, match="Copy the rows you need") as refusal:
        sheet_child.leaves(xlsx(("甲", [HEAD])))
    assert refusal.value.status == 422


def test_a_page_says_that_we_are_busy_when_the_turn_does_not_come(
    app: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pools.POOLS, "sheet", pools.Pool("sheet", at_once=1, waits=0.1, share=0, queue=0, again=10))
    browser = browse("county")
    with pools.turn(app.config["WANGGE"].data_dir, "sheet"):
        page = browser.client.post(
            "/people/import",
            data={"csrf_token": browser.token(), "sheet": (io.BytesIO(xlsx(("甲", [HEAD]))), "a.xlsx")},
            headers={"Origin": "http://localhost"},
        )
    assert page.status_code == 503 and int(page.headers["Retry-After"]) > 0
    assert "could not be read just now" in page.text or "正忙" in page.text
