"""A fourth level of a delivery is left out and said, or taken as unit grids below the grids that may have some."""

import io

import shapely

from gis import answer, examine
from gis.delivery import Cell, Choice
from gis.listed import Entry, delivery
from gis.read import read
from tests.gis.boundary_files import geojson, shapes
from tests.gis.test_complete import fourth

ONE = "370900101201"


def codes(found):
    return [each.code for each in found.findings]


def test_only_those_below_communities_are_taken_and_the_rest_is_said(tmp_path):
    path = geojson(tmp_path / "a.geojson", {**shapes(), **fourth(tmp_path)})
    found = read(path, choice=Choice(fourth=True, below=(ONE,)))
    assert [(unit.code, found.cells[unit.parent].code) for unit in found.units] == [
        (f"{ONE}001", ONE),
        (f"{ONE}002", ONE),
    ]
    assert all(unit.boundary for unit in found.units) and {cell.tier for cell in found.cells} == {1, 2, 3}
    (said,) = [each for each in found.findings if each.code == "unit_elsewhere"]
    assert (said.level, said.params["count"]) == ("warning", "14")


def test_without_that_choice_the_delivery_is_what_it_was(tmp_path):
    path = geojson(tmp_path / "a.geojson", {**shapes(), **fourth(tmp_path)})
    found = read(path, choice=Choice(below=(ONE,)))
    assert found.units == () and codes(found) == ["fourth_left_out"]


def test_they_come_through_the_child_with_their_borders(tmp_path):
    path = geojson(tmp_path / "a.geojson", {**shapes(), **fourth(tmp_path)})
    found = examine.examine([path], choice=Choice(fourth=True, below=(ONE,)))
    assert [shapely.from_wkb(unit.boundary).geom_type for unit in found.units] == ["Polygon", "Polygon"]


def test_the_answer_of_before_there_were_any_is_still_read():
    file = io.BytesIO()
    answer.write(file, {"facts": [], "cells": [], "findings": [], "seen": []}, [])
    file.seek(0)
    assert examine.answered(file).units == ()


def test_a_list_may_say_the_level_and_needs_no_code_for_them():
    there = [
        Cell(1, "370900", "东辽县", None, b"", None),
        Cell(2, "370900001", "城关街道", 0, b"", None),
        Cell(3, "370900001001", "和安社区", 1, b"", None),
    ]
    rows = [
        Entry("a.csv", 2, "小区", "", "锦园", parent="和安社区"),
        Entry("a.csv", 3, "4", "", "和苑", parent="370900001001"),
    ]
    found = delivery(rows, there, Choice(fourth=True, below=("370900001001",)))
    assert [(unit.name, unit.parent) for unit in found.units] == [("锦园", 2), ("和苑", 2)] and codes(found) == []
    assert delivery(rows, there).units == ()


def test_a_name_that_is_missing_and_a_place_outside_are_said(tmp_path):
    far = {f"{ONE}001": shapely.box(118.5, 37.3, 118.6, 37.4)}
    found = read(geojson(tmp_path / "a.geojson", {**shapes(), **far}), choice=Choice(fourth=True, below=(ONE,)))
    assert "unit_outside" in codes(found)
    there = [
        Cell(1, "1", "县", None, b"", None),
        Cell(2, "11", "街道", 0, b"", None),
        Cell(3, "111", "社区", 1, b"", None),
    ]
    listed = delivery([Entry("a.csv", 2, "4", "1111", "")], there, Choice(fourth=True, below=("111",)))
    assert "name_empty" in {each.code for each in listed.errors}
