"""Rounds of every level and what is looked at without an object: who may, what is stored once, and that what a level
above saw hides nothing that the village did not do."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

import seeds
from tests import make
from webapp.core import clock, ids
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.models import AuditEntry
from webapp.patrol import coverage, queries, retention, service, topics
from webapp.patrol.models import Patrol, PatrolTopic, TopicVisit, Visit
from webapp.patrol.topics import TopicEntry

HAZARD = TopicEntry("hazard", "problem", place="old kiln", note="drums without a label")
BLOCKED = TopicEntry("ecology", "could_not_see", "no_way")


def _record(world, login, entry):
    with world.store.write() as session:
        return service.record(session, make.actor(session, login), entry)


def _count(world, model):
    with world.store.read() as session:
        return session.scalar(select(func.count()).select_from(model))


# --- which level has which topic ---


def test_nine_topics_are_delivered_for_the_levels_above_and_six_for_villages_beside_the_three_bans():
    rows = seeds.read("topics").rows
    by = {level: {row.code: getattr(row, level) for row in rows if getattr(row, level)} for level in topics.LEVELS}
    of_183 = {row.code for row in rows if "004:183" in row.source}
    of_203 = {row.code for row in rows if "004:203" in row.source}
    bans = {row.code for row in rows if row.source == "004:655"}
    assert (len(of_183), len(of_203), len(bans)) == (9, 6, 3)
    assert by["county"] == dict.fromkeys(of_183, "both")
    assert by["township"] == dict.fromkeys(of_183, "both") | dict.fromkeys(bans, "unsaid")
    assert by["village"] == dict.fromkeys(of_203, "regular") | dict.fromkeys(bans, "unsaid")


def test_every_type_of_object_belongs_to_one_topic():
    types, known = {row.code for row in seeds.read("object_types")}, {row.code for row in seeds.read("topics")}
    links = seeds.read("type_topics").rows
    assert {link.type for link in links} == types and {link.topic for link in links} <= known


def test_the_county_takes_a_topic_to_another_level_and_the_log_keeps_what_was(world, browse):
    county, officer = browse("county"), browse("officer_a1")
    page = f"/grids/{world.grids['A1']}/patrol"
    assert "t-ecology-outcome" not in officer.get(page).text
    sent = {"drawn-ecology-village": "", "ecology-village": "irregular"}
    assert county.post("/topics", **sent).status_code == 303
    assert "t-ecology-outcome" in officer.get(page).text
    with world.store.read() as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "topic.change")).one()
        assert (line.thing, line.person_id) == ("patrol_topic:ecology", world.people["county"])
        assert session.get_one(PatrolTopic, "ecology").village == "irregular"
    assert "changed on" in county.get("/topics").text


def test_of_two_who_change_a_topic_the_second_is_told_and_nothing_of_his_is_stored(world, browse):
    county = browse("county")
    county.post("/topics", **{"drawn-ecology-village": "", "ecology-village": "irregular"})
    late = {"drawn-hazard-county": "both", "hazard-county": "", "drawn-ecology-village": "", "ecology-village": "both"}
    answer = county.post("/topics", **late)
    assert answer.status_code == 422 and "Someone changed this topic" in answer.text
    with world.store.read() as session:
        assert session.get_one(PatrolTopic, "hazard").county == "both"
    for wrong in ({"hazard-county": "daily"}, {"hazard-planet": "both"}, {"none-county": "both"}):
        assert county.post("/topics", **wrong).status_code in (404, 422)


# --- a round of a village ---


def test_a_village_round_carries_topics_and_its_kind_and_is_one_however_often_it_is_sent(world):
    entry = make.patrol(
        world.grids["A1"], {world.things["farm_a1"]: "normal"}, kind="regular", topics=(BLOCKED, HAZARD)
    )
    first, second = _record(world, "officer_a1", entry), _record(world, "officer_a1", entry)
    assert first == second and (first.normal, first.problem, first.could_not_see) == (1, 1, 1)
    assert (_count(world, Patrol), _count(world, TopicVisit)) == (1, 2)
    for other in (replace(entry, kind="irregular"), replace(entry, kind=None), replace(entry, topics=(HAZARD,))):
        with pytest.raises(Conflict):
            _record(world, "officer_a1", other)
    assert _count(world, TopicVisit) == 2


def test_a_round_of_topics_alone_is_a_round(world):
    _record(world, "officer_a1", make.patrol(world.grids["A1"], {}, topics=(HAZARD,)))
    assert (_count(world, Patrol), _count(world, Visit), _count(world, TopicVisit)) == (1, 0, 1)
    with world.store.read() as session:
        stored = session.scalars(select(Patrol)).one()
        assert stored.kind is None, "nobody said it"
        found = queries.one(session, make.actor(session, "officer_a1"), stored.id)
        assert [(looked.topic.code, looked.visit.place) for looked in found.topics] == [("hazard", "old kiln")]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"topics": (replace(BLOCKED, reason=None),)}, "Say why"),
        ({"topics": (replace(HAZARD, topic="weather"),)}, "damaged"),
        ({"topics": (replace(HAZARD, result="fine"),)}, "damaged"),
        ({"topics": (HAZARD, replace(HAZARD, place="beside it"))}, "damaged"),
        ({"topics": (replace(HAZARD, place="x" * 81),)}, "at most 80"),
        ({"topics": (replace(HAZARD, note="x" * 301),)}, "at most 300"),
        ({"topics": (HAZARD,), "kind": "daily"}, "damaged"),
        ({}, "at least one object or topic"),
    ],
)
def test_what_a_round_cannot_say_of_a_topic_is_refused_and_nothing_is_stored(world, more, why):
    with pytest.raises(Refused, match=why):
        _record(world, "officer_a1", make.patrol(world.grids["A1"], {}, **more))
    assert _count(world, Patrol) == 0


def test_a_resend_after_the_point_was_forgotten_still_compares_the_topics(world):
    entry = make.patrol(
        world.grids["A1"], {}, topics=(HAZARD,), lon=110.0, lat=35.0, at=clock.now() - timedelta(days=3)
    )
    first = _record(world, "officer_a1", entry)
    with world.store.write() as session:
        retention.forget(session, [world.people["officer_a1"]])
    assert _record(world, "officer_a1", entry) == first
    for other in (replace(entry, topics=(BLOCKED,)), replace(entry, kind="regular")):
        with pytest.raises(Conflict):
            _record(world, "officer_a1", other)


def _fields(page):
    return {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1] for name in ("id", "grid")}


def test_the_page_sends_topics_and_a_refused_one_keeps_them(world, browse):
    officer = browse("officer_a1")
    page = officer.get(f"/grids/{world.grids['A1']}/patrol").text
    assert re.search(r'name="kind" value="regular" checked', page), "what is due is a regular round"
    sent = _fields(page) | {
        "t-hazard-outcome": "problem",
        "t-hazard-place": "old kiln",
        "t-diffuse-outcome": "could_not_see",
        "t-key_river-outcome": "not_gone",
        "kind": "irregular",
    }
    back = officer.post("/patrols", **sent)
    assert back.status_code == 422 and "Say why it could not be checked" in back.text
    assert 'value="old kiln"' in back.text and 'name="kind" value="irregular" checked' in back.text
    assert 'id="t-hazard-problem" value="problem" checked' in back.text
    receipt = officer.get(officer.post("/patrols", **sent, **{"t-diffuse-reason": "weather"}).location).text
    assert "Irregular patrol" in receipt and "old kiln" in receipt and "Environmental hazards" in receipt
    assert f"/grids/{world.grids['A1']}/report?patrol=" in receipt, "a problem leads to its report"
    with world.store.read() as session:
        assert set(session.scalars(select(TopicVisit.topic))) == {"hazard", "diffuse"}


def test_the_whole_list_states_no_kind_beforehand(world, browse):
    page = browse("officer_a1").get(f"/grids/{world.grids['A1']}/patrol?all=1").text
    assert 'name="kind" value="regular"' in page and 'value="regular" checked' not in page


def test_the_phone_sends_topics_as_json(world, browse):
    officer = browse("officer_a1")
    body = {
        "id": str(ids.new()),
        "grid": world.grids["A1"],
        "kind": "irregular",
        "topics": [{"topic": "hazard", "result": "normal", "place": "old kiln"}],
    }
    headers = {"X-CSRFToken": officer.token(), "Accept": "application/json"}
    assert officer.client.post("/patrols", json=body, headers=headers).status_code == 201
    for wrong in (
        {"topics": ["hazard"]},
        {"topics": [{"topic": "hazard"}]},
        {"topics": [{"topic": "!", "result": "x"}]},
    ):
        answer = officer.client.post("/patrols", json=body | {"id": str(ids.new())} | wrong, headers=headers)
        assert answer.status_code == 422, wrong
    assert _count(world, TopicVisit) == 1


# --- rounds of the levels above ---


def test_township_and_county_go_round_in_their_own_grid_and_see_objects_of_its_villages(world):
    for login, grid, tier in (("township_a", "A", 2), ("county", "county", 1)):
        entry = make.patrol(world.grids[grid], {world.things["farm_a1"]: "normal"}, kind="irregular", topics=(BLOCKED,))
        assert _record(world, login, entry) == _record(world, login, entry)
        with world.store.read() as session:
            stored = session.get_one(Patrol, entry.id)
            assert (stored.person_id, stored.entered_by) == (world.people[login], world.people[login])
            assert session.scalars(select(Visit.above).where(Visit.patrol_id == entry.id)).all() == [tier]


@pytest.mark.parametrize(
    ("login", "grid"),
    [
        ("township_a", "B"),
        ("township_a", "county"),
        ("township_a", "B1"),
        ("county", "A"),
        ("county", "A1"),
        ("officer_a1", "A"),
        ("officer_a1", "county"),
        ("leader", "county"),
        ("inspector", "county"),
    ],
)
def test_nobody_records_for_a_grid_that_is_not_his(world, login, grid):
    with pytest.raises(NotFound):
        _record(world, login, make.patrol(world.grids[grid], {}, topics=(HAZARD,)))


def test_a_township_sees_no_object_of_another_and_enters_no_round_for_somebody_else(world):
    with world.store.write() as session:
        beside = make.thing(session, world.grids["B1"], "别处的厂", "Elsewhere").id
    with pytest.raises(Refused, match="was not on the list"):
        _record(world, "township_a", make.patrol(world.grids["A"], {beside: "normal"}))
    with pytest.raises(Refused, match="for somebody else"):
        entry = make.patrol(world.grids["A"], {}, topics=(HAZARD,), person_id=world.people["township_a_two"])
        _record(world, "township_a", entry)
    assert _count(world, Patrol) == 0


def _figures(world):
    with world.store.read() as session:
        county, a1 = make.actor(session, "county"), world.grids["A1"]
        today = clock.today()
        tally = coverage.due_and_seen(session, county, today - timedelta(days=27), today)
        now = coverage.standing(session, county)[a1]
        listed = [line.last_seen for line in queries.lines(session, county, "patrol.read", a1)]
        return (tally.due[a1], tally.seen[a1], tally.could_not_see[a1]), now, listed, tally.above[a1]


def test_what_a_level_above_saw_leaves_the_villages_figures_as_they_were_and_stands_apart(world):
    before, now, listed, above = _figures(world)
    assert above == 0
    farm, kiln = world.things["farm_a1"], world.things["kiln_a1"]
    _record(world, "township_a", make.patrol(world.grids["A"], {farm: "normal", kiln: "could_not_see"}))
    assert _figures(world) == (before, now, listed, 1)
    with world.store.read() as session:
        assert len(queries.history(session, farm)) == 1, "it stands in the object's file"


def test_a_village_that_goes_itself_counts_beside_the_township(world):
    farm = world.things["farm_a1"]
    _record(world, "township_a", make.patrol(world.grids["A"], {farm: "normal"}))
    _record(world, "officer_a1", make.patrol(world.grids["A1"], {farm: "normal"}))
    counts, _now, _listed, above = _figures(world)
    assert counts[1] == 1 and above == 1
    with world.store.read() as session:
        seen = {
            line.object.id: line.last_seen
            for line in queries.lines(session, make.actor(session, "county"), "patrol.read")
        }
        assert seen[farm] is not None


def test_a_township_starts_from_its_desk_chooses_a_village_and_sends(world, browse):
    township, a, a1 = browse("township_a"), world.grids["A"], world.grids["A1"]
    assert f"/grids/{a}/patrol" in township.get("/desk").text
    start = township.get(f"/grids/{a}/patrol").text
    assert f"at={a1}" in start and "t-ecology-outcome" in start
    page = township.get(f"/grids/{a}/patrol?at={a1}").text
    farm = world.things["farm_a1"]
    assert f'id="v{farm}-not_gone" value="not_gone" checked' in page, "nothing is stated beforehand"
    fields = _fields(page)
    assert fields["grid"] == str(a)
    answer = township.post("/patrols", **fields, **{f"v{farm}-outcome": "normal", "kind": "irregular"})
    receipt = township.get(answer.location).text
    assert "Irregular patrol" in receipt and "Xingwang Farm" in receipt
    assert "township patrol" in browse("officer_a1").get(f"/objects/{farm}").text


def test_a_county_chooses_by_township_and_then_by_village(world, browse):
    county, root = browse("county"), world.grids["county"]
    start = county.get(f"/grids/{root}/patrol").text
    assert f"at={world.grids['A']}" in start and f"at={world.grids['A1']}" not in start
    assert f"at={world.grids['A1']}" in county.get(f"/grids/{root}/patrol?at={world.grids['A']}").text
    assert county.get(f"/grids/{world.grids['A1']}/patrol").status_code == 404
    township = browse("township_a")
    assert township.get(f"/grids/{world.grids['A']}/patrol?at={world.grids['B1']}").status_code == 404
    assert township.get(f"/grids/{world.grids['A']}/patrol?at={root}").status_code == 404


def test_a_refused_round_of_a_township_comes_back_with_what_was_marked(world, browse):
    township, farm = browse("township_a"), world.things["farm_a1"]
    page = township.get(f"/grids/{world.grids['A']}/patrol?at={world.grids['A1']}").text
    back = township.post("/patrols", **_fields(page), **{f"v{farm}-outcome": "could_not_see"})
    assert back.status_code == 422 and f'id="v{farm}-could_not_see" value="could_not_see" checked' in back.text
