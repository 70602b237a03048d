"""The phone's JSON is looked at as a form is: whatever it holds is taken or refused in a sentence, and the same bytes
sent again are the same entry, also where they do not say when they were made."""

import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.short import some
from webapp.core import clock, ids
from webapp.core.json_text import parsed
from webapp.patrol.models import Patrol, Visit
from webapp.report.models import Report


def round_(world, **more):
    """A round of the first village, its farm in order; no word of when."""
    visits = [{"object": world.things["farm_a1"], "result": "normal"}]
    return {"id": str(ids.new()), "grid": world.grids["A1"], "visits": visits} | more


def send(browser, body, kind="application/json", **headers):
    """The bytes as they are."""
    return browser.client.post(
        "/patrols",
        data=body if isinstance(body, bytes) else body.encode(),
        content_type=kind,
        headers={"X-CSRFToken": browser.token(), "Accept": "application/json"} | headers,
    )


def count(world, table):
    with world.store.read() as session:
        return session.scalar(select(func.count()).select_from(table))


HALF, NUL = "\ud800", "\x00"
WRONG = {
    "half a character in a result": {"visits": [{"object": 1, "result": HALF}]},
    "half a character in a reason": {"visits": [{"object": 1, "result": "could_not_see", "reason": HALF}]},
    "NUL in a result": {"visits": [{"object": 1, "result": NUL}]},
    "NUL in a reason": {"visits": [{"object": 1, "result": "could_not_see", "reason": NUL}]},
    "half a character in the id": {"id": HALF},
    "NUL in the id": {"id": NUL},
    "half a character in a moment": {"occurred_at": HALF},
    "half a character in a day": {"occurred_on": HALF},
    "a day that is none": {"occurred_on": "2026-02-30"},
    "a made_at that is none": {"made_at": "yesterday"},
    "NUL in made_at": {"made_at": NUL + "x"},
    "a village of 2^63": {"grid": 2**63},
    "a village below nothing": {"grid": -1},
    "a village with a comma": {"grid": 1.5},
    "a village that is true": {"grid": True},
    "a village that is a list": {"grid": [1]},
    "a person of 2^63": {"person_id": 2**63},
    "a person who is not posted here": {"person_id": 999_999},
    "an object of 2^63": {"visits": [{"object": 2**63, "result": "normal"}]},
    "an object that is a text": {"visits": [{"object": "1", "result": "normal"}]},
    "an object that is none": {"visits": [{"object": None, "result": "normal"}]},
    "visits that are a text": {"visits": "all"},
    "visits that are a number": {"visits": 5},
    "visits within visits": {"visits": [[{"object": 1, "result": "normal"}]]},
    "no visits": {"visits": []},
    "a place beyond the pole": {"lon": 110.0, "lat": 91},
    "a place beyond all numbers": {"lon": 1e308 * 10, "lat": 1},
    "a place that is a text": {"lon": "110", "lat": "35"},
    "an exactness below nothing": {"lon": 110.0, "lat": 35.0, "accuracy_m": -1},
    "a note that is a number": {"note": 5},
    "a note of a million letters": {"note": "x" * 1_000_000},
}


@pytest.mark.parametrize("name", some(WRONG, every=4))
def test_what_a_phone_cannot_mean_is_refused_in_a_sentence(world, browse, name):
    body = round_(world)
    body |= {
        key: [
            {**each, "object": world.things["farm_a1"]} if isinstance(each, dict) and each["object"] == 1 else each
            for each in value
        ]
        if key == "visits" and isinstance(value, list)
        else value
        for key, value in WRONG[name].items()
    }
    answer = send(browse("officer_a1"), json.dumps(body))
    assert answer.status_code in (400, 404, 422), answer.text
    assert len(answer.json["error"]) > 8
    assert count(world, Patrol) == 0


BODIES = {
    "a million digits": b'{"grid": %s}' % (b"9" * 1_000_000),
    "nested without end": b"[" * 100_000,
    "nested to an end": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "nested within a visit": b'{"visits":' + b"[" * 900 + b"]" * 900 + b"}",
    "not a number": b'{"grid": NaN}',
    "bytes of half a character": b'{"id": "\xed\xa0\x80"}',
    "bytes of no writing": b"\xff\xfe\x00",
    "nothing": b"",
    "null": b"null",
    "a text": b'"round"',
    "cut off": b'{"id": "01',
    "a name twice": b'{"id": "a", "id": null}',
}


@pytest.mark.parametrize("name", some(BODIES, every=3))
def test_a_body_that_is_no_round_is_refused_in_a_sentence(world, browse, name):
    answer = send(browse("officer_a1"), BODIES[name])
    assert 400 <= answer.status_code < 500 and len(answer.json["error"]) > 8
    assert count(world, Patrol) == 0


@pytest.mark.parametrize("kind", some(["text/plain", "application/xml", "", "multipart/form-data"], every=4))
def test_json_under_another_name_is_no_round(world, browse, kind):
    answer = send(browse("officer_a1"), json.dumps(round_(world)), kind)
    assert 400 <= answer.status_code < 500
    assert count(world, Patrol) == 0


def test_a_note_that_was_cut_off_within_a_character_is_kept_and_shown(world, browse):
    officer, body = browse("officer_a1"), round_(world, note="smoke \ud83d")
    assert send(officer, json.dumps(body)).status_code == 201
    assert send(officer, json.dumps(body)).status_code == 201
    assert "smoke" in officer.get(f"/patrols/{body['id']}").text
    assert count(world, Patrol) == 1


def test_whole_characters_stay_and_halves_become_a_mark():
    assert parsed('{"a": ["\\ud83d\\ude00", "\\ud83d", 1, null], "\\ude00": true}') == {
        "a": ["😀", "?", 1, None],
        "?": True,
    }


@pytest.mark.parametrize("id_", some([uuid.uuid4, ids.new, uuid.uuid1], every=2))
@pytest.mark.parametrize("said", [{}, {"occurred_on": "today"}, {"occurred_on": "past"}, {"made_at": None}], ids=str)
def test_the_same_round_again_is_the_same_though_it_does_not_say_when(world, browse, id_, said):
    days = {"today": clock.today().isoformat(), "past": (clock.today() - timedelta(days=3)).isoformat()}
    body = json.dumps(round_(world, id=str(id_())) | {key: days.get(value) for key, value in said.items()})
    officer = browse("officer_a1")
    first = send(officer, body)
    assert first.status_code == 201, first.text
    with clock.at(clock.now() + timedelta(hours=26)):
        officer.login("officer_a1")
        again = send(officer, body)
    assert (again.status_code, again.json) == (201, first.json)
    assert (count(world, Patrol), count(world, Visit)) == (1, 1)
    with world.store.read() as session:
        at = session.scalars(select(Patrol.occurred_at)).one()
        assert session.scalars(select(Visit.at)).one() == at
        assert clock.day(at).isoformat() == days.get(said.get("occurred_on"), days["today"])


def test_a_round_without_a_moment_says_another_thing_with_other_words(world, browse):
    officer, body = browse("officer_a1"), round_(world, id=str(uuid.uuid4()))
    assert send(officer, json.dumps(body)).status_code == 201
    assert send(officer, json.dumps(body | {"note": "else"})).status_code == 409
    assert count(world, Patrol) == 1


def test_the_same_report_again_is_the_same_though_it_does_not_say_when(world, browse):
    officer = browse("officer_a1")
    body = {
        "id": str(uuid.uuid4()),
        "grid": world.grids["A1"],
        "place": "ditch",
        "problem": "smoke",
        "severity": "minor",
        "first_measure": "not_heeded",
        "note": "smoke",
        "csrf_token": officer.token(),
    }
    first = officer.client.post("/reports", data=body, headers={"Accept": "application/json"})
    with clock.at(clock.now() + timedelta(hours=2)):
        officer.login("officer_a1")
        body["csrf_token"] = officer.token()
        again = officer.client.post("/reports", data=body, headers={"Accept": "application/json"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert count(world, Report) == 1


def test_a_program_is_told_what_is_wrong_with_a_report(world, browse):
    officer = browse("officer_a1")
    sent = {"id": str(ids.new()), "grid": world.grids["A1"], "csrf_token": officer.token(), "place": "x"}
    answer = officer.client.post("/reports", data=sent, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (422, "Choose what the problem is.")
