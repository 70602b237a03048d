"""What stands in the log, in a history or beside a waiting photo, however damaged, costs its own line and no page."""

import io
import uuid
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import insert, update

from tests import make
from tests.short import part
from webapp.core import calendar, clock, files, ids, waiting
from webapp.core.models import AuditEntry
from webapp.core.retention import history_open
from webapp.duty.details import wordings
from webapp.duty.models import Duty
from webapp.report.models import ReportEvent
from webapp.report.side_acts import answer_look, ask_look

DAMAGED = [
    None,
    [],
    [1],
    "text",
    7,
    True,
    {"before": 5, "after": 5},
    {"before": {"zh": [1], "number": "x", "unit": {}}, "after": {"zh": None}},
    {"before": ["x"], "after": [["x"], 1, None]},
    {"role": ["x"], "before": "\ud800", "after": "\ud800", "x": {"y": "\ud800"}},
    {"before": None, "after": None},
    {"before": 2**70, "after": "x" * 65_536},
    {"\x00": "\x00", "<b>": "<b>x"},
]
ACTS = ["duty.name", "seed.change", "limit.change", "setting.change", "never.heard", "\x00<b>"]


def note(session, action, thing, detail):
    session.execute(
        insert(AuditEntry).values(at=clock.now(), person_id=None, action=action, thing=thing, detail=detail)
    )


def a_duty(session):
    return session.query(Duty).filter(Duty.status == "ok").first()


@pytest.mark.parametrize("turn", range(3))
def test_a_damaged_line_of_the_log_stops_no_page(world, browse, turn):
    with world.store.write() as session:
        duty = a_duty(session)
        code, id_ = duty.code, duty.id
        for detail in part(DAMAGED, 3, turn):
            for action in ACTS if world.store.is_sqlite else [act.replace("\x00", "") for act in ACTS]:
                for thing in (f"duty:{id_}", "time_limit:review", "person:x", "person:" + "9" * 30, "", "\ud800"[:0]):
                    note(session, action, thing, detail)
    assert browse("auditor").get("/log").status_code == 200
    county = browse("county")
    for address in ("/", f"/duties/{code}", "/calendar", "/calendar/limits", "/settings"):
        assert county.get(address).status_code == 200, address
    with world.store.read() as session:
        cited = wordings(session, [id_]).at(id_, clock.now() - timedelta(days=9))
        assert cited is None or isinstance(cited.zh, str)
        assert isinstance(calendar.Numbers(session).at("review", clock.now() - timedelta(days=9)), int | None)


def test_an_answer_whose_look_is_damaged_is_not_taken_back_and_says_so(world, browse):
    with world.store.write() as session:
        from webapp.report import service

        officer, report = make.actor(session, "officer_a1"), make.report(world.grids["A1"])
        service.submit(session, officer, report)
        look = ask_look(session, make.actor(session, "township_a"), report.id, ids.new(), "clean?")
        event = ids.new()
        answer_look(session, officer, look.id, "right", None, event_id=event)
    browser = browse("officer_a1")
    odd = [{"look": "x"}, {}, {"look": 7}, {"look": str(uuid.uuid4())}, [], None, "x"]
    for damaged in part(odd, 4):
        with world.store.write() as session, history_open(session, "a test"):
            session.execute(update(ReportEvent).where(ReportEvent.id == event).values(given=damaged))
        answer = browser.post(f"/reports/{report.id}/beside/undo", event=event)
        assert answer.status_code == 422, damaged
        assert browser.get("/").status_code == browser.get(f"/reports/{report.id}").status_code == 200


LINES = [
    b"",
    b"{",
    b"null",
    b"[1]",
    b'"x"',
    b"\xff\x00",
    b"[" * 100_000,
    b'{"at": "x"}',
    b'{"at": 1, "file": 5, "name": "a"}',
    b'{"at": 1, "file": {"copy": "x"}, "name": "a"}',
    b'{"at": 1, "file": {"copy": 5, "sha256": 5, "width": 1, "height": 1}, "name": "a"}',
    b'{"at": 1, "file": {"copy": "../x", "sha256": "../x", "width": 1, "height": 1}, "name": "a"}',
    b'{"at": 1e400, "file": {}, "name": "a"}',
]


def test_a_damaged_line_beside_a_waiting_photo_is_no_photo_and_stops_nothing(tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG")
    kept = waiting.Waiting(files.keep(tmp_path, io.BytesIO(picture.getvalue())), "a.jpg")
    entry = ids.new()
    waiting.put(tmp_path, 1, entry, kept)
    beside = next((tmp_path / "waiting" / "1" / str(entry)).glob("?" * 64)).with_name("0" * 64)
    for line in LINES:
        beside.write_bytes(line)
        assert waiting.every(tmp_path, 1, entry) == [kept], line[:40]
        assert waiting.one(tmp_path, 1, entry, "0" * 64) is None
    beside.write_bytes(beside.with_name(kept.file.sha256).read_bytes())
    assert waiting.one(tmp_path, 1, entry, "0" * 64) is None, "a line names its own file and no other"
