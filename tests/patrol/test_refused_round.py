"""A round that comes back: with all that was said, and with nothing that was not.

What came in a wrong shape is said to be so.
"""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import make
from webapp.core import clock, ids
from webapp.patrol import service
from webapp.patrol.models import Patrol, PatrolObject, Visit

DAMAGED = "This form is damaged"


def _sent(world, outcomes, **more):
    fields = {"id": ids.new(), "grid": world.grids["A1"], "made_at": clock.now().isoformat()}
    return fields | {f"v{world.things.get(key, key)}-outcome": value for key, value in outcomes.items()} | more


def _shown(page):
    """What the form says of each object that it holds."""
    chosen = dict.fromkeys(map(int, re.findall(r'name="v(\d+)-outcome"', page)))
    return chosen | {
        int(id_): said for id_, said in re.findall(r'name="v(\d+)-outcome" [^>]*value="(\w+)" checked', page)
    }


def _again(page, **more):
    """What the browser sends from a page as it stands."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)"', page))
    return (
        {key: html.unescape(value) for key, value in fields.items()}
        | more
        | {f"v{id_}-outcome": said for id_, said in _shown(page).items() if said}
    )


def _add(world, **more):
    with world.store.write() as session:
        return make.thing(session, world.grids["A1"], "新点位", "New place", **more).id


# --- what comes back is what was sent ---


def test_a_refused_round_shows_only_what_was_answered_for(world, browse):
    farm, new = world.things["farm_a1"], _add(world)
    answer = browse("officer_a1").post("/patrols", **_sent(world, {"farm_a1": "could_not_see"}))
    assert answer.status_code == 422
    assert _shown(answer.text) == {farm: "could_not_see"}
    assert "New place" not in answer.text and f"v{new}-" not in answer.text


def test_a_refused_round_never_turns_a_missing_answer_into_normal(world, browse):
    answer = browse("officer_a1").post("/patrols", **_sent(world, {"farm_a1": "", "kiln_a1": "not_gone"}))
    assert answer.status_code == 422
    assert _shown(answer.text) == {world.things["farm_a1"]: None, world.things["kiln_a1"]: "not_gone"}


def test_what_left_the_list_meanwhile_is_named_and_no_longer_sent(world, browse):
    browser = browse("officer_a1")
    with world.store.write() as session:
        service.retire_object(session, make.actor(session, "township_a"), world.things["kiln_a1"], "demolished")
    answer = browser.post("/patrols", **_sent(world, {"farm_a1": "problem", "kiln_a1": "normal"}))
    assert answer.status_code == 422
    assert _shown(answer.text) == {world.things["farm_a1"]: "problem"}
    assert re.search(r"no longer in this form: Old kiln\s*</p>", answer.text)
    assert browser.post("/patrols", **_again(answer.text)).status_code == 303
    with world.store.read() as session:
        assert session.scalars(select(Visit.result)).all() == ["problem"]


def test_a_round_of_an_earlier_day_comes_back_with_the_list_of_that_day(world, browse):
    browser, day = browse("officer_a1"), (clock.today() - timedelta(days=2)).isoformat()
    new = _add(world, since=clock.today())
    with world.store.write() as session:
        session.get(PatrolObject, world.things["kiln_a1"]).valid_to = clock.today()
    sent = _sent(world, {"farm_a1": "normal", "kiln_a1": "normal", new: "normal"}, occurred_on=day)
    answer = browser.post("/patrols", **sent)
    assert _shown(answer.text) == {world.things["farm_a1"]: "normal", world.things["kiln_a1"]: "normal"}
    assert browser.post("/patrols", **_again(answer.text, occurred_on=day)).status_code == 303


def test_a_round_of_which_nothing_is_left_leads_to_the_list(world, browse):
    with world.store.write() as session:
        service.retire_object(session, make.actor(session, "township_a"), world.things["kiln_a1"], "demolished")
    page = browse("officer_a1").post("/patrols", **_sent(world, {"kiln_a1": "normal"})).text
    assert "Nothing in this patrol is left to send." in page
    assert f"/grids/{world.grids['A1']}/patrol?all=1" in page


def test_an_object_of_another_village_is_not_named(world, browse):
    page = browse("officer_a1").post("/patrols", **_sent(world, {"farm_a1": "normal", "farm_a2": "normal"})).text
    assert "no longer in this form" not in page


# --- an id that stands for something else ---


@pytest.mark.parametrize("other", ["officer_a1", "officer_a2"])
def test_a_round_under_a_taken_id_comes_back_whole_under_a_new_one(world, browse, other):
    taken = ids.new()
    with world.store.write() as session:
        village = other.removeprefix("officer_")
        entry = make.patrol(
            world.grids[village.upper()], {world.things[f"farm_{village}"]: "normal"}, id=taken, note="the other entry"
        )
        service.record(session, make.actor(session, other), entry)
    browser = browse("officer_a1")
    answer = browser.post("/patrols", **_sent(world, {"kiln_a1": "problem"}, id=taken, note="kept words"))
    assert answer.status_code == 409
    assert "What you wrote is still below: send it if it is a separate patrol." in answer.text
    assert "kept words" in answer.text and "the other entry" not in answer.text
    assert _shown(answer.text) == {world.things["kiln_a1"]: "problem"}
    again = _again(answer.text, note="kept words")
    assert again["id"] != str(taken)
    assert browser.post("/patrols", **again).status_code == 303
    with world.store.read() as session:
        assert sorted(session.scalars(select(Patrol.note))) == ["kept words", "the other entry"]


# --- the phone's JSON in a wrong shape ---


def _json(world, **more):
    return {
        "id": str(ids.new()),
        "grid": world.grids["A1"],
        "occurred_at": clock.now().isoformat(),
        "visits": [{"object": world.things["farm_a1"], "result": "normal"}],
    } | more


def _post(browser, body):
    head = {"X-CSRFToken": browser.token(), "Accept": "application/json"}
    more = {"data": body, "content_type": "application/json"} if isinstance(body, str) else {"json": body}
    return browser.client.post("/patrols", headers=head, **more)


NOTHING_OF_OURS = (None, 1, 1.5, True, "x", [], [1], {}, {"a": {"b": [None]}}, -1, 10**30, "\ud800", "\0")


@pytest.mark.parametrize(
    "field", ["id", "grid", "visits", "note", "occurred_at", "occurred_on", "person_id", "lon", "accuracy_m"]
)
def test_a_field_in_a_wrong_shape_is_refused_and_never_our_fault(world, browse, field):
    browser = browse("officer_a1")
    for value in NOTHING_OF_OURS:
        answer = _post(browser, _json(world, **{field: value}))
        assert answer.status_code in (201, 404, 422), value
        assert answer.status_code != 422 or answer.json["error"], value


@pytest.mark.parametrize(
    "visit",
    [
        1,
        "x",
        None,
        [],
        {},
        {"object": 1},
        {"result": "normal"},
        {"object": "1", "result": "normal"},
        {"object": -1, "result": "normal"},
        {"object": 10**16, "result": "normal"},
        {"object": True, "result": "normal"},
        {"object": 1, "result": {}},
        {"object": 1, "result": 5},
        {"object": 1, "result": "could_not_see", "reason": ["locked"]},
    ],
)
def test_a_damaged_visit_is_refused_and_not_left_out(world, browse, visit):
    browser, good = browse("officer_a1"), {"object": world.things["farm_a1"], "result": "normal"}
    answer = _post(browser, _json(world, visits=[good, visit]))
    assert answer.status_code == 422
    assert DAMAGED in answer.json["error"]
    with world.store.read() as session:
        assert not session.scalars(select(Patrol.id)).all()


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null"])
def test_json_that_is_no_round_is_refused(browse, body):
    answer = _post(browse("officer_a1"), body)
    assert answer.status_code == 422
    assert DAMAGED in answer.json["error"]


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '{"visits":' + "[" * 100_000, '{"lon":NaN}'])
def test_what_is_no_json_is_refused_before_anybody_reads_it(browse, body):
    answer = _post(browse("officer_a1"), body)
    assert answer.status_code == 400
    assert answer.json["error"]


def test_an_object_that_stands_twice_in_the_phones_round_is_refused(world, browse):
    farm = world.things["farm_a1"]
    visits = [{"object": farm, "result": "normal"}, {"object": farm, "result": "problem"}]
    answer = _post(browse("officer_a1"), _json(world, visits=visits))
    assert (answer.status_code, answer.json["error"]) == (422, "An object appears twice in this patrol.")


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:00:00+00:00"]
)
def test_a_moment_at_the_end_of_time_is_refused(world, browse, moment):
    assert _post(browse("officer_a1"), _json(world, occurred_at=moment)).status_code == 422
    assert (
        browse("officer_a1").post("/patrols", **_sent(world, {"farm_a1": "could_not_see"}, made_at=moment)).status_code
        == 422
    )


def test_a_number_that_no_key_can_have_is_not_found(world, browse):
    browser = browse("officer_a1")
    assert browser.get(f"/objects/{10**20}").status_code == 404
    assert browser.get(f"/objects/{2**63 - 1}").status_code == 404
    assert browser.post("/patrols", **_sent(world, {"farm_a1": "normal"}, grid=10**20)).status_code == 422
