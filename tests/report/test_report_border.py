"""A position near a border, where borders overlap, or outside of the county is asked back, once, with distances."""

import pytest
from sqlalchemy import select, update

from tests import make
from tests.report.conftest import hidden
from webapp.core.errors import Refused
from webapp.grid.models import BoundaryEdition, GridVersion
from webapp.report import service
from webapp.report.models import Report

#: In A1, which ends at 110.01 E: nine metres from A2; in A2, nine metres from A1; far from all.
NEAR = {"lon": 110.0099, "lat": 35.005, "accuracy_m": 60}
ACROSS = {"lon": 110.0101, "lat": 35.005, "accuracy_m": 60}
FAR = {"lon": 111.0, "lat": 35.005, "accuracy_m": 60}


def submitted(world, **more):
    with world.store.write() as session:
        entry = make.report(world.grids["A1"], **more)
        return service.submit(session, make.actor(session, "officer_a1"), entry)


def drawn_anew(world, village, boundary):
    """Other borders, as a new edition has them."""
    with world.store.write() as session:
        where = GridVersion.grid_id == world.grids[village] if village else GridVersion.id > 0
        session.execute(update(GridVersion).where(where).values(boundary=boundary))
        session.add(BoundaryEdition(at=make.clock.now(), source="test", facts={}))


@pytest.mark.parametrize(
    ("point", "sentence", "metres"),
    [(NEAR, service.NEAR, 9), (ACROSS, service.ACROSS, 9), (FAR, service.OUTSIDE, None)],
)
def test_it_is_asked_back_with_the_distance_and_taken_from_who_is_sure(world, point, sentence, metres):
    with pytest.raises(Refused) as refusal:
        submitted(world, **point)
    asked = refusal.value
    assert (asked.message, asked.field, asked.params.get("metres")) == (sentence, "is_sure", metres)
    assert getattr(asked.params.get("village"), "en", None) == (metres and "Village A2")
    submitted(world, **point, is_sure=True)
    with world.store.read() as session:
        stored = session.scalars(select(Report)).one()
    assert (stored.lon, stored.lat) == (point["lon"], point["lat"])


def test_who_names_the_other_village_is_not_asked(world):
    for point in (NEAR, ACROSS):
        submitted(world, **point, joint=(world.grids["A2"],))


def test_a_circle_that_stays_within_its_village_asks_nothing(world):
    submitted(world, **NEAR | {"accuracy_m": 8})
    submitted(world, **NEAR | {"accuracy_m": None})


def test_of_overlapping_borders_both_are_told_at_once(world):
    drawn_anew(world, "A2", make.box(0.005, 0))
    with pytest.raises(Refused) as refusal:
        submitted(world, lon=110.007, lat=35.005, accuracy_m=5)
    assert (refusal.value.message, refusal.value.params["village"].en) == (service.IN_BOTH, "Village A2")


def test_where_nothing_is_drawn_no_point_is_outside(world):
    drawn_anew(world, None, None)
    submitted(world, **FAR)


def test_the_page_keeps_what_was_typed_and_offers_the_villages_with_their_distances(world, browse):
    officer = browse("officer_a1")
    blank = officer.get(f"/grids/{world.grids['A1']}/report").text
    assert 'name="is_sure"' not in blank
    sent = {name: hidden(blank, name) for name in ("id", "grid")} | NEAR
    sent |= {"place": "by the mill", "note": "black smoke", "problem": "smoke"}
    sent |= {"severity": "minor", "first_measure": "not_heeded"}
    answer = officer.post("/reports", **sent)
    assert answer.status_code == 422
    assert "Village A2 is only 9 m from this position" in answer.text
    assert 'value="by the mill"' in answer.text and "black smoke" in answer.text
    offered = answer.text.split('<optgroup label="At this position">')[1].split("</optgroup>")[0]
    assert offered.count("<option") == 1 and "Village A2 (9 m)" in offered
    assert 'name="is_sure"' in answer.text
    assert officer.post("/reports", **sent, is_sure="y").status_code == 303


def test_a_report_that_was_asked_back_and_comes_twice_is_one(world):
    with world.store.write() as session:
        entry = make.report(world.grids["A1"], **FAR, is_sure=True)
        who = make.actor(session, "officer_a1")
        assert service.submit(session, who, entry).number == service.submit(session, who, entry).number
