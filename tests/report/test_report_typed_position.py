"""A position may be typed in the system of the map somebody looks at; it is kept in WGS84, and what it was typed in."""

import numpy as np
import pytest
from sqlalchemy import select

from gis import crs
from gis.metres import metres_per_degree
from tests import make
from tests.report.conftest import hidden
from webapp.core.errors import Conflict, Refused
from webapp.patrol import service as patrol_service
from webapp.patrol.models import PatrolObject
from webapp.report import service
from webapp.report.models import Report

HERE = (110.004, 35.006)  # in A1
FORWARD = {"gcj02": crs.wgs84_to_gcj02, "bd09": crs.wgs84_to_bd09}
CENTIMETRE = 0.01


def typed(system):
    """The point as a map in that system shows it."""
    lon, lat = FORWARD[system](np.array([HERE]))[0].tolist()
    return {"lon": lon, "lat": lat, "crs": system}


def is_here(thing):
    east, north = metres_per_degree(HERE[1])
    return np.hypot((thing.lon - HERE[0]) * east, (thing.lat - HERE[1]) * north) <= CENTIMETRE


def submitted(world, **more):
    entry = make.report(world.grids["A1"], **more)
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    return entry


@pytest.mark.parametrize("system", FORWARD)
def test_a_report_is_within_a_centimetre_and_says_in_what_it_was_typed(world, browse, system):
    entry = submitted(world, **typed(system))
    with world.store.read() as session:
        report = session.scalars(select(Report)).one()
        assert report.crs == system and is_here(report)
    named = {"gcj02": "GCJ-02", "bd09": "BD-09"}[system]
    assert f"110.00400, 35.00600 (typed as {named})" in browse("township_a").get(f"/reports/{entry.id}").text


def test_untyped_positions_and_those_in_ours_say_nothing(world):
    submitted(world, lon=HERE[0], lat=HERE[1])
    with world.store.read() as session:
        report = session.scalars(select(Report)).one()
        assert (report.crs, report.lon, report.lat) == (None, *HERE)


def test_the_same_numbers_in_another_system_are_another_entry(world):
    entry = submitted(world, **typed("gcj02"))
    with world.store.write() as session, pytest.raises(Conflict):
        other = make.report(world.grids["A1"], id=entry.id, occurred_at=entry.occurred_at, lon=entry.lon, lat=entry.lat)
        service.submit(session, make.actor(session, "officer_a1"), other)


def test_the_village_is_looked_up_after_the_conversion(world):
    shifted = typed("gcj02")
    with pytest.raises(Refused, match="This position is in"):
        submitted(world, **shifted | {"crs": None, "lon": shifted["lon"] + 0.004})
    submitted(world, **typed("bd09"))


def sent(officer, world, **more):
    blank = officer.get(f"/grids/{world.grids['A1']}/report").text
    given = {name: hidden(blank, name) for name in ("id", "grid")}
    given |= {"place": "by the mill", "note": "black smoke", "problem": "smoke"}
    return officer.post("/reports", **given | {"severity": "minor", "first_measure": "not_heeded"} | more)


def test_the_form_takes_typed_numbers_with_their_system(world, browse):
    officer = browse("officer_a1")
    assert 'name="crs"' in officer.get(f"/grids/{world.grids['A1']}/report").text
    assert sent(officer, world, **typed("gcj02")).status_code == 303
    assert sent(officer, world).status_code == 303
    with world.store.read() as session:
        assert {report.crs for report in session.scalars(select(Report))} == {"gcj02", None}
    half = sent(officer, world, lon="110.004")
    assert half.status_code == 422 and "belong together" in half.text
    assert sent(officer, world, lon="110.004", lat="35.006", crs="xian80").status_code == 422


def test_what_is_asked_back_keeps_the_typed_numbers_and_offers_by_the_true_place(world, browse):
    lon, lat = crs.wgs84_to_gcj02(np.array([[110.0099, 35.005]]))[0].tolist()
    answer = sent(browse("officer_a1"), world, lon=f"{lon:.8f}", lat=f"{lat:.8f}", crs="gcj02", accuracy_m="60")
    assert answer.status_code == 422 and "Village A2 (9 m)" in answer.text
    assert f'value="{lon:.8f}"'.rstrip('0"') in answer.text and 'value="gcj02" selected' in answer.text


def test_a_supplement_may_be_typed_too(world):
    entry = submitted(world)
    with world.store.write() as session:
        back = make.move("give_back", "township", missing=["place"])
        service.move(session, make.actor(session, "township_a"), entry.id, back)
    with world.store.write() as session:
        given = typed("bd09") | {"place": "behind the kiln"}
        service.move(session, make.actor(session, "officer_a1"), entry.id, make.move("supplement", "returned", **given))
    with world.store.read() as session:
        report = session.scalars(select(Report)).one()
        assert report.crs == "bd09" and is_here(report)


def test_an_object_is_kept_the_same_way_and_once(world, browse):
    point = typed("gcj02")
    with world.store.write() as session:
        township = make.actor(session, "township_a")
        given = (world.grids["A1"], "enterprise", "顺发砖厂", "", point["lon"], point["lat"], "gcj02")
        first = patrol_service.add_object(session, township, *given)
        assert patrol_service.add_object(session, township, *given).id == first.id
        assert first.crs == "gcj02" and is_here(first)
    form = {"type": "enterprise", "zh": "另一厂", "en": "", **{name: str(value) for name, value in point.items()}}
    assert browse("township_a").post(f"/grids/{world.grids['A1']}/objects", **form).status_code == 303
    with world.store.read() as session:
        assert is_here(session.scalars(select(PatrolObject).where(PatrolObject.zh == "另一厂")).one())
