"""What waits on a phone that finds no signal, brought to the township's desk as a file."""

import json
import shutil
from pathlib import Path

from sqlalchemy import select

from tests import make
from tests.access_county import on_sqlite
from tests.journeys.line import Fault
from tests.journeys.sending import Message, Person, Problem, Round
from tests.journeys.waiting import ALWAYS, IN_PHONE, answer, band_says, emptied, write
from webapp.core import ids
from webapp.patrol.models import Patrol
from webapp.report.models import Report

SAID = "() => document.querySelector('[data-outbox-file]').parentNode.querySelector('.say').textContent"


def hand_in(person, file):
    """Choose it, wherever this person is offered to; what the page says then."""
    person.page.set_input_files("[data-outbox-file]", file)
    person.page.wait_for_function(f"() => ({SAID})() !== ''")
    return person.page.evaluate(SAID)


def whose(world):
    """By whom, by whom entered and how, for each round and report."""
    with world.store.read() as session:
        found = [
            session.execute(select(by, model.entered_by, model.entry_mode)).all()
            for model, by in ((Patrol, Patrol.person_id), (Report, Report.found_by))
        ]
    return [tuple(row) for rows in found for row in rows]


@on_sqlite
def test_a_desk_sends_it_under_the_officers_name_and_his_phone_later_counts_once(world, browser, line, tmp_path):
    (odd, outside), kinds = line, [Round(world), Problem(world), Message(world)]
    officer = Person(world, browser, odd, outside, "officer_a1")
    odd.faults.append(Fault("POST", "/", answer(502, "bad"), ALWAYS))
    for kind in kinds:
        write(officer, kind)
    officer.page.goto("/home")
    band_says(officer, "3 to send, 2 photos")
    with officer.page.expect_download() as saved:
        officer.page.click("[data-outbox-save]")
    file = shutil.copy(saved.value.path(), tmp_path / "file.json")
    officer.page.close()  # it would send by itself as soon as the line is good
    officer.page = officer.context.new_page()
    odd.faults.clear()

    desk = Person(world, browser, odd, outside, "township_a")
    people, expected = world.people, None
    for _ in range(2):
        desk.page.goto("/enter-for")
        assert hand_in(desk, file).startswith("2 taken from the file.")
        assert "1 more can only be sent by who wrote them" in desk.page.evaluate(SAID)
        emptied(desk)
        receipts = desk.page.locator("[data-outbox-file-sent] a")
        assert [each.inner_text()[:9] for each in receipts.all()] == ["Received:"] * 2
        for where in [each.get_attribute("href") for each in receipts.all()]:
            assert desk.page.goto(where).status == 200
        expected = [(people["officer_a1"], people["township_a"], "handed_in")] * 2
        assert whose(world) == expected
    assert [kind.there() for kind in kinds] == [(1, 0), (1, 1), (0, 0)]

    officer.page.goto("/home")
    emptied(officer)
    assert whose(world) == expected and [kind.there() for kind in kinds] == [(1, 0), (1, 1), (1, 0)]
    for person in (officer, desk):
        person.context.close()
        assert person.faults == []


@on_sqlite
def test_a_file_reaches_no_other_address_than_forms_that_wait(world, browser, line, tmp_path):
    """Somebody writes one by hand, to have an act done with the rights of who chooses it."""
    odd, outside = line
    desk = Person(world, browser, odd, outside, "township_a")
    me, officer = world.people["township_a"], world.people["officer_a1"]
    mischief = {"at": "2026-11-30T00:00:00Z", "title": "x", "fields": [["x", "y"]], "photos": []}
    move = f"/reports/{make.report(world.grids['A1']).id}/close"
    addresses = [
        move,
        f"/people/{officer}/suspend",
        "/reports/../account/password",
        "//evil.example/reports",
        "/settings",
    ]
    entries = [
        mischief | {"id": str(ids.new()), "person": str(whose), "action": address}
        for whose in (me, officer)
        for address in [*addresses, *(["/patrols", "/feedback"] if whose == me else [])]
    ]
    file = tmp_path / "file.json"
    file.write_text(json.dumps({"wangge": 1, "entries": entries}), encoding="utf-8")
    desk.page.goto("/enter-for")
    before = len(odd.seen)
    assert hand_in(desk, file).startswith(
        f"0 taken from the file. The band at the top says what still waits. {len(entries)}"
    )
    desk.page.wait_for_timeout(500)
    assert not [each for each in odd.seen[before:] if each.startswith("POST")]
    good = mischief | {"id": str(ids.new()), "person": str(officer), "action": "/patrols"}
    photo = {"sha256": "a" * 64, "name": "p.jpg", "data": "%%"}
    broken = [{"photos": [photo]}, {"id": "2"}, {"fields": None}, {"fields": [["x", 1]]}, {"title": None}]
    for text in ("no file of ours", *(json.dumps({"entries": [good, good | each]}) for each in broken)):
        Path(file).write_text(text)
        desk.page.goto("/enter-for")
        assert hand_in(desk, file) == "This is no file of ours, or it is damaged."
        assert desk.page.evaluate(IN_PHONE) == [0, 0], "all of it or nothing"
