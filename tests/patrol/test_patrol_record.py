"""Recording a round: once, whatever is sent how often; only what was gone to; only where one may."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from tests import make
from webapp.core import clock, ids
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.patrol import coverage, queries, service
from webapp.patrol.models import Patrol, PatrolObject, Visit


def _record(world, login, entry):
    with world.store.write() as session:
        return service.record(session, make.actor(session, login), entry)


def test_the_same_round_sent_twice_is_one_record_and_one_receipt(world):
    entry = make.patrol(
        world.grids["A1"], {world.things["farm_a1"]: "normal", world.things["kiln_a1"]: "could_not_see"}
    )
    first, second = _record(world, "officer_a1", entry), _record(world, "officer_a1", entry)
    assert first == second
    assert (first.normal, first.problem, first.could_not_see) == (1, 0, 1)
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Patrol)) == 1
        assert session.scalar(select(func.count()).select_from(Visit)) == 2


def test_a_round_is_seven_statements(world):
    """Known already? the village, its list; the round, its visits; the newest link of the chain, and its own. Ready
    words are at most a minute old."""
    results = {world.things["farm_a1"]: "normal", world.things["kiln_a1"]: "could_not_see"}
    _record(world, "officer_a1", make.patrol(world.grids["A1"], results))
    with world.store.write() as session:
        officer = make.actor(session, "officer_a1")
    said = []
    event.listen(world.store.writer, "before_cursor_execute", lambda _c, _cursor, statement, *_: said.append(statement))
    with world.store.write() as session:
        service.record(session, officer, make.patrol(world.grids["A1"], results))
    assert len(said) == 7, said


def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(world):
    entry = make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"})
    _record(world, "officer_a1", entry)
    with pytest.raises(Conflict):
        _record(world, "officer_a1", replace(entry, note="other"))
    with world.store.read() as session:
        assert session.scalars(select(Patrol.note)).all() == [None]


def test_somebody_elses_id_is_a_conflict_even_with_the_same_content(world):
    entry = make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"})
    _record(world, "officer_a1", entry)
    with pytest.raises(Conflict):
        _record(world, "officer_a2", entry)


def test_another_village_is_not_found_for_the_officer(world):
    with pytest.raises(NotFound):
        _record(world, "officer_a1", make.patrol(world.grids["A2"], {world.things["farm_a2"]: "normal"}))


def test_an_object_of_another_village_is_refused_and_nothing_is_stored(world):
    with pytest.raises(Refused, match="An object in this patrol was not on the list on that day"):
        _record(world, "officer_a1", make.patrol(world.grids["A1"], {world.things["farm_a2"]: "normal"}))
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Patrol)) == 0


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ({}, "at least one object"),
        ({"farm_a1": "fine"}, "form is damaged"),
        ({"farm_a1": "normal", "kiln_a1": "fine"}, "form is damaged"),
        ({"farm_a1": "fine", "kiln_a1": "normal"}, "form is damaged"),
    ],
)
def test_a_round_needs_a_visit_and_of_each_a_known_result(world, results, why):
    entry = make.patrol(world.grids["A1"], {world.things[key]: value for key, value in results.items()})
    with pytest.raises(Refused, match=why):
        _record(world, "officer_a1", entry)


def test_could_not_see_needs_a_reason(world):
    visit = service.VisitEntry(world.things["farm_a1"], "could_not_see", None)
    entry = replace(make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}), visits=(visit,))
    with pytest.raises(Refused, match="why"):
        _record(world, "officer_a1", entry)


def test_a_day_that_has_not_come_is_refused(world):
    entry = make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}, at=clock.now() + timedelta(days=1))
    with pytest.raises(Refused, match="not come"):
        _record(world, "officer_a1", entry)


def test_a_township_types_a_sheet_in_for_a_named_officer_of_that_village(world):
    entry = make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}, person_id=world.people["officer_a1"])
    _record(world, "township_a", entry)
    with world.store.read() as session:
        row = session.scalars(select(Patrol)).one()
        assert (row.person_id, row.entered_by, row.entry_mode) == (
            world.people["officer_a1"],
            world.people["township_a"],
            "for_someone",
        )


@pytest.mark.parametrize(
    ("walker", "why"), [(None, "officer who did this patrol"), ("officer_b1", "not posted here on that day")]
)
def test_a_township_cannot_enter_a_round_as_its_own_or_of_a_stranger(world, walker, why):
    entry = make.patrol(
        world.grids["A1"], {world.things["farm_a1"]: "normal"}, person_id=world.people[walker] if walker else None
    )
    with pytest.raises(Refused, match=why) as refusal:
        _record(world, "township_a", entry)
    assert refusal.value.field == "person_id"


@pytest.mark.parametrize(("back", "posted"), [(1, False), (2, True), (9, True), (10, False)])
def test_a_sheet_can_be_typed_in_for_whoever_was_posted_on_that_day_and_for_nobody_else(world, back, posted):
    today, at = clock.today(), clock.now() - timedelta(days=back)
    with world.store.write() as session:
        former = make.person(
            session,
            "former",
            "grid_officer",
            grid=world.grids["A1"],
            since=today - timedelta(days=9),
            until=today - timedelta(days=1),
        ).id  # the first day that no longer counts
    entry = make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}, person_id=former, at=at)
    if posted:
        _record(world, "township_a", entry)
    else:
        with pytest.raises(Refused, match="not posted here on that day"):
            _record(world, "township_a", entry)


def test_a_township_that_is_an_officer_elsewhere_is_not_the_officer_here(world):
    with world.store.write() as session:
        make.posting(session, world.people["township_a"], "grid_officer", grid=world.grids["B1"])
    with pytest.raises(Refused, match="Choose the officer"):
        _record(world, "township_a", make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}))


def test_an_earlier_day_is_marked_later_and_counts_on_that_day(world):
    at = clock.now() - timedelta(days=3)
    _record(world, "officer_a1", make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}, at=at))
    with world.store.read() as session:
        assert session.scalars(select(Patrol.entry_mode)).one() == "later"
        assert session.scalars(select(Visit.at)).one() == at


def test_what_was_seen_is_due_again_after_its_interval_and_what_was_not_seen_stays_due(world):
    things = world.things
    _record(
        world,
        "officer_a1",
        make.patrol(world.grids["A1"], {things["farm_a1"]: "normal", things["kiln_a1"]: "could_not_see"}),
    )

    def due():
        with world.store.read() as session:
            lines = queries.lines(session, make.actor(session, "officer_a1"), "patrol.write")
            return {line.object.id for line in queries.due(lines)}

    assert due() == {things["kiln_a1"]}
    with clock.at(clock.now() + timedelta(days=13)):
        assert things["farm_a1"] not in due()
    with clock.at(clock.now() + timedelta(days=14)):  # livestock farms: 14 days (county setting)
        assert things["farm_a1"] in due()


def test_coverage_counts_only_what_was_due_and_keeps_could_not_see_apart(world):
    things, today = world.things, clock.today()
    _record(
        world,
        "officer_a1",
        make.patrol(world.grids["A1"], {things["farm_a1"]: "problem", things["kiln_a1"]: "could_not_see"}),
    )
    with world.store.read() as session:
        tally = coverage.due_and_seen(session, make.actor(session, "township_a"), today - timedelta(days=6), today)
    a1, a2 = world.grids["A1"], world.grids["A2"]
    assert (tally.due[a1], tally.seen[a1], tally.could_not_see[a1]) == (2, 1, 1)
    assert (tally.due[a2], tally.seen[a2], tally.could_not_see[a2]) == (2, 0, 0)
    assert world.grids["B1"] not in tally.due


def test_an_object_that_was_tried_in_vain_and_then_seen_counts_as_seen_alone(world):
    kiln, today = world.things["kiln_a1"], clock.today()
    for result in ("could_not_see", "normal"):
        _record(world, "officer_a1", make.patrol(world.grids["A1"], {kiln: result}))
    with world.store.read() as session:
        tally = coverage.due_and_seen(session, make.actor(session, "township_a"), today - timedelta(days=6), today)
    a1 = world.grids["A1"]
    assert (tally.due[a1], tally.seen[a1], tally.could_not_see[a1]) == (2, 1, 0)


def test_a_retired_object_is_no_longer_due_and_keeps_its_history(world):
    with world.store.write() as session:
        service.retire_object(session, make.actor(session, "township_a"), world.things["farm_a1"], "demolished")
    with world.store.read() as session:
        lines = queries.lines(session, make.actor(session, "officer_a1"), "patrol.write")
        assert [line.object.id for line in lines] == [world.things["kiln_a1"]]
        assert session.get(PatrolObject, world.things["farm_a1"]).retired_why == "demolished"


def test_a_retired_object_can_be_retired_by_its_own_township_only(world):
    with pytest.raises(NotFound), world.store.write() as session:
        service.retire_object(session, make.actor(session, "township_b"), world.things["farm_a1"], "x")


def test_visits_get_the_same_ids_from_the_same_round():
    patrol = ids.new()
    assert service.visit_id(patrol, 7) == service.visit_id(patrol, 7) != service.visit_id(patrol, 8)


def _put(world, zh="新砖厂", **more):
    with world.store.write() as session:
        return service.add_object(
            session, make.actor(session, "township_a"), world.grids["A1"], "enterprise", zh, "", **more
        ).id


def test_an_object_sent_twice_is_put_on_the_list_once(world):
    first = _put(world)
    assert _put(world) == first
    assert _put(world, "另一砖厂") != first


def test_a_namesake_elsewhere_in_the_village_is_refused_until_its_name_tells_it_apart(world, browse):
    _put(world, lon=110.0, lat=35.0)
    with pytest.raises(Refused, match="give them different names"):
        _put(world, lon=110.001, lat=35.0)
    page = browse("township_a").post(
        f"/grids/{world.grids['A1']}/objects", type="enterprise", zh="新砖厂", en="Another"
    )
    assert page.status_code == 422
    assert 'value="Another"' in page.text


def test_an_object_that_was_retired_can_be_put_on_the_list_again(world):
    first = _put(world)
    with world.store.write() as session:
        service.retire_object(session, make.actor(session, "township_a"), first, "closed")
    assert _put(world) != first
