"""The round in a browser without JavaScript, and by the phone's own JSON."""

import html
import re
from datetime import timedelta

from sqlalchemy import delete, select

from tests import make
from webapp.core import clock, ids
from webapp.patrol.models import Patrol, Visit
from webapp.people.models import Person, Posting


def _hidden(page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def _round(world, browser, outcomes, **more):
    page = browser.get(f"/grids/{world.grids['A1']}/patrol").text
    fields = {name: _hidden(page, name) for name in ("id", "grid")}
    fields |= {f"v{world.things[key]}-outcome": value for key, value in outcomes.items()}
    return fields | more


def test_two_taps_record_that_everything_due_is_normal(world, browse):
    browser = browse("officer_a1")
    fields = _round(world, browser, {"farm_a1": "normal", "kiln_a1": "normal"})
    answer = browser.post("/patrols", **fields)
    assert answer.status_code == 303
    assert "Received" in browser.get(answer.location).text
    with world.store.read() as session:
        assert sorted(session.scalars(select(Visit.result))) == ["normal", "normal"]


def test_the_same_page_sent_twice_leads_to_the_same_receipt(world, browse):
    browser = browse("officer_a1")
    fields = _round(world, browser, {"farm_a1": "normal", "kiln_a1": "not_gone"})
    first, second = browser.post("/patrols", **fields), browser.post("/patrols", **fields)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    with world.store.read() as session:
        assert len(session.scalars(select(Patrol.id)).all()) == 1
        assert len(session.scalars(select(Visit.id)).all()) == 1


def test_a_refused_round_keeps_everything_typed(world, browse):
    browser = browse("officer_a1")
    fields = _round(world, browser, {"farm_a1": "could_not_see"}, note="the gate was locked")
    answer = browser.post("/patrols", **fields)
    assert answer.status_code == 422
    assert "the gate was locked" in answer.text
    farm = world.things["farm_a1"]
    assert re.search(rf'id="v{farm}-could_not_see"[^>]*checked', answer.text)
    assert re.search(rf'id="v{farm}-error">Say why it could not be checked', answer.text)
    assert f'id="v{world.things["kiln_a1"]}-error"' not in answer.text


def test_a_problem_leads_to_its_report_prefilled(world, browse):
    browser = browse("officer_a1")
    answer = browser.post("/patrols", **_round(world, browser, {"kiln_a1": "problem"}))
    page = browser.get(answer.location).text
    link = re.search(r'href="(/grids/\d+/report\?[^"]+)"', page)[1].replace("&amp;", "&")
    form = browser.get(link).text
    assert 'value="Old kiln"' in form
    assert _hidden(form, "object_id") == str(world.things["kiln_a1"])
    assert "problem seen, not reported yet" in browser.get("/home").text


def test_the_phones_json_gets_201_each_time_and_409_for_other_content(world, browse):
    browser = browse("officer_a1")
    body = {
        "id": str(ids.new()),
        "grid": world.grids["A1"],
        "occurred_at": clock.now().isoformat(),
        "visits": [{"object": world.things["farm_a1"], "result": "normal"}],
    }
    head = {"X-CSRFToken": browser.token(), "Accept": "application/json"}
    answers = [browser.client.post("/patrols", json=body, headers=head) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    other = browser.client.post("/patrols", json=body | {"note": "x"}, headers=head)
    assert other.status_code == 409
    assert world.things["farm_a1"] not in other.json.values()


def test_a_post_without_the_token_is_not_taken(world, browse):
    browser = browse("officer_a1")
    answer = browser.client.post("/patrols", data=_round(world, browser, {"farm_a1": "normal"}))
    assert answer.status_code == 401
    with world.store.read() as session:
        assert not session.scalars(select(Patrol.id)).all()


def _ended(world, login, on):
    with world.store.write() as session:
        session.scalars(select(Posting).where(Posting.person_id == world.people[login])).one().valid_to = on


def _options(page):
    return re.findall(r'<option value="(\d+)"[^>]*>([^<]*)', page.split('name="person_id"')[1].split("</select>")[0])


def test_a_village_without_an_officer_says_so_and_offers_who_was_posted_there(world, browse):
    township, person = browse("township_a"), world.people["officer_a1"]
    address = f"/grids/{world.grids['A1']}/patrol?all=1"
    assert _options(township.get(address).text) == [(str(person), "officer_a1")]
    _ended(world, "officer_a1", clock.today() - timedelta(days=1))
    page = township.get(address).text
    assert "Nobody is posted here now." in page and 'href="/people"' in page.split("<main")[1]
    assert [name.split(",")[0] for _id, name in _options(page)] == ["officer_a1"]
    fields = _round(world, township, {"farm_a1": "normal"}, person_id=person)
    refused = township.post("/patrols", **fields)
    assert refused.status_code == 422 and "was not posted here on that day" in refused.text
    fields["occurred_on"] = (clock.today() - timedelta(days=2)).isoformat()
    assert township.post("/patrols", **fields).status_code == 303


def test_a_suspended_officer_is_offered_up_to_the_day_before(world, browse):
    with world.store.write() as session:
        session.get(Person, world.people["officer_a1"]).suspended_at = clock.now()
    page = browse("township_a").get(f"/grids/{world.grids['A1']}/patrol").text
    assert "Nobody is posted here now." in page
    yesterday = (clock.today() - timedelta(days=1)).strftime("%-d %b")
    assert _options(page) == [(str(world.people["officer_a1"]), f"officer_a1, until {yesterday}")]


def test_a_village_that_never_had_an_officer_offers_no_empty_choice(world, browse):
    with world.store.write() as session:
        session.execute(delete(Posting).where(Posting.person_id == world.people["officer_a1"]))
    page = browse("township_a").get(f"/grids/{world.grids['A1']}/patrol").text
    assert "Nobody is posted here now." in page and "<select" not in page and 'action="/patrols"' not in page


def test_those_posted_now_are_offered_before_those_who_were(world, browse):
    _ended(world, "officer_a1", clock.today() - timedelta(days=9))
    with world.store.write() as session:
        make.posting(session, world.people["officer_a2"], "grid_officer", grid=world.grids["A1"])
        make.posting(
            session,
            world.people["officer_b1"],
            "grid_officer",
            grid=world.grids["A1"],
            since=clock.today() + timedelta(days=1),
        )
    page = browse("township_a").get(f"/grids/{world.grids['A1']}/patrol").text
    assert "Nobody is posted here now." not in page
    assert [name.split(",")[0] for _id, name in _options(page)] == ["officer_a2", "officer_a1"]


def test_what_was_typed_survives_a_log_in_that_ended(world, browse):
    browser = browse("officer_a1")
    fields = _round(world, browser, {"farm_a1": "normal"}, note="kept words")
    with clock.at(clock.now() + timedelta(minutes=31)):
        page = browser.post("/patrols", **fields)
        assert page.status_code == 401
        kept = re.search(r'name="kept"[^>]*value="([^"]*)"', page.text)[1]
        assert "kept words" in kept
        again = browser.post(
            "/login", login="officer_a1", secret="test-pass-word", next="/patrols", kept=html.unescape(kept)
        )
        assert again.status_code == 200
        assert "kept words" in again.text
        sent = dict(re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', again.text, re.S))
        sent["csrf_token"] = _hidden(again.text, "csrf_token")
        done = browser.client.post("/patrols", data={key: html.unescape(value) for key, value in sent.items()})
        assert done.status_code == 303
