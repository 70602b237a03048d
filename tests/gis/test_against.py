"""gis/against.py: a delivery that lies beside the borders in force is found, with the system that explains it."""

import numpy as np
import pytest
import shapely
from boundary_files import shapes

from gis import crs
from gis.against import findings
from gis.delivery import Cell, Tolerance

TIERS = {6: 1, 9: 2, 12: 3}
PRESENT = [(TIERS[len(code)], code, shape.wkb) for code, shape in shapes().items()]
ALL = Tolerance()


def cells(move=lambda points: points, **other):
    """The small county moved, some cells drawn otherwise (c370900…=shape)."""
    drawn = {**shapes(), **{code[1:]: shape for code, shape in other.items()}}
    return [
        Cell(TIERS[len(code)], code, code, None, shapely.transform(shape, move).wkb, None)
        for code, shape in drawn.items()
    ]


def told(found):
    return [(each.code, each.level, each.params.get("system")) for each in found]


@pytest.mark.parametrize(("name", "move"), [("GCJ-02", crs.wgs84_to_gcj02), ("BD-09", crs.wgs84_to_bd09)])
def test_a_delivery_in_a_shifted_system_is_an_error_that_names_it(name, move):
    found = list(findings(PRESENT, cells(move), ALL))
    assert told(found) == [("shift_system", "error", name)]
    assert 300 < float(found[0].params["distance"]) < 1500 and found[0].at


@pytest.mark.parametrize(("name", "move"), [("GCJ-02", crs.gcj02_to_wgs84), ("BD-09", crs.bd09_to_wgs84)])
def test_a_shift_that_was_taken_away_without_being_there_is_a_warning(name, move):
    assert told(findings(PRESENT, cells(move), ALL)) == [("shift_undone", "warning", name)]


def test_villages_that_were_drawn_anew_beside_do_not_hide_a_shift():
    other = {f"c37090010{n}200": shapes()[f"37090010{n}200"].buffer(-0.01) for n in (0, 1)}
    assert ("shift_system", "error", "GCJ-02") in told(findings(PRESENT, cells(crs.wgs84_to_gcj02, **other), ALL))


def test_any_other_shift_of_all_borders_is_a_warning_with_its_direction():
    (found,) = findings(PRESENT, cells(lambda points: points + np.array([0.0, 0.001])), ALL)
    assert told([found]) == [("shift", "warning", None)]
    assert (float(found.params["north"]), float(found.params["east"])) == pytest.approx((111, 0), abs=1)


def test_borders_that_stay_or_move_a_little_are_no_shift():
    assert not list(findings(PRESENT, cells(), ALL))
    assert not list(findings(PRESENT, cells(lambda points: points + 0.0001), ALL))
    assert not list(findings([], cells(crs.wgs84_to_gcj02), ALL))


def test_a_grid_that_becomes_much_larger_is_named_with_both_areas():
    larger = shapely.box(117.0, 37.0, 117.08, 37.25)
    (found,) = findings(PRESENT, cells(c370900100200=larger), ALL)
    assert (found.code, found.level, found.rows) == ("area_changed", "warning", ("370900100200 370900100200",))
    assert float(found.params["after"]) / float(found.params["before"]) == pytest.approx(0.08 / 0.0625, rel=1e-3)
    assert larger.covers(shapely.Point(found.at))
    assert not list(findings(PRESENT, cells(c370900100200=larger), Tolerance(change=30)))
