"""gis/check.py: what does not fit is found, what fits is not complained about."""

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely
from boundary_files import NAMES, shapes

from gis.check import check
from gis.delivery import Cell, Delivery, Tolerance
from gis.read import read
from tests import cost

PUBLISHED = Path(__file__).parents[3] / "shared/data/boundaries"
published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published boundary files are not here")
FIRST, SECOND, LAST = "370900100200", "370900100201", "370900101203"
DEGREE = 110_960  # metres of a degree of latitude at 37 N, to a tenth of a percent


def delivery(made=None, names=None, parents=None):
    """The small county as a delivery; `names` and `parents` override by code."""
    made = made or shapes()
    codes = list(made)
    cells = tuple(
        Cell(
            {6: 1, 9: 2, 12: 3}[len(code)],
            code,
            {**NAMES, **(names or {})}.get(code, ""),
            codes.index((parents or {}).get(code, code[:-3])) if len(code) > 6 else None,
            shapely.to_wkb(shape) if shape else b"",
            "column",
            f"layer: {n}",
        )
        for n, (code, shape) in enumerate(made.items())
    )
    return Delivery((), cells, ())


def changed(**cells):
    """The small county with some cells drawn differently (c370900…=shape, None takes the cell out)."""
    made = shapes()
    for code, shape in cells.items():
        if shape is None:
            del made[code[1:]]
        else:
            made[code[1:]] = shape
    return delivery(made)


def found(findings, code):
    return [finding for finding in findings if finding.code == code]


def area(finding):
    return float(finding.params["area"])


def test_a_county_that_fits_has_no_findings():
    assert check(delivery()) == ()


def test_an_overlap_is_found_with_both_names_and_its_area():
    wider = shapely.union(shapes()[FIRST], shapely.box(117.0625, 37.1, 117.0635, 37.2))
    (finding,) = check(changed(**{f"c{FIRST}": wider}))
    assert (finding.code, finding.level) == ("overlap", "warning")
    assert finding.rows == (f"{FIRST} 东一村", f"{SECOND} 东二村")
    assert area(finding) == pytest.approx(0.001 * 0.1 * DEGREE**2 * np.cos(np.radians(37.15)), rel=5e-3)
    assert shapely.box(117.0625, 37.1, 117.0635, 37.2).covers(shapely.Point(finding.at))


def test_a_village_inside_another_is_found():
    inside = shapes()[SECOND].buffer(-0.01)
    findings = check(changed(**{f"c{FIRST}": inside}))
    assert [finding.rows[0][:12] for finding in found(findings, "overlap")] == [FIRST]


def test_a_gap_is_found_with_its_township_and_neighbours():
    narrower = shapely.difference(shapes()[FIRST], shapely.box(117.05, 37.1, 117.08, 37.2))
    (finding,) = check(changed(**{f"c{FIRST}": narrower}))
    assert (finding.code, finding.params["parent"]) == ("gap", "370900100 东镇")
    assert finding.rows == (f"{FIRST} 东一村", f"{SECOND} 东二村")


def test_a_gap_is_found_where_an_overlap_of_the_same_size_hides_it_in_the_sum():
    here = shapely.union(
        shapely.difference(shapes()[FIRST], shapely.box(117.0, 37.1, 117.001, 37.2)),
        shapely.box(117.0625, 37.1, 117.0635, 37.2),
    )
    assert sorted(finding.code for finding in check(changed(**{f"c{FIRST}": here}))) == ["gap", "overlap"]


def test_a_village_that_is_missing_leaves_a_gap_of_its_size():
    (finding,) = check(changed(**{f"c{LAST}": None}))
    assert finding.code == "gap"
    assert area(finding) == pytest.approx(0.0625 * 0.25 * DEGREE**2 * np.cos(np.radians(37.375)), rel=5e-3)


def test_a_village_that_leaves_its_township_is_found():
    beyond = shapely.union(shapes()[LAST], shapely.box(117.25, 37.3, 117.26, 37.4))
    (finding,) = check(changed(**{f"c{LAST}": beyond}))
    assert (finding.code, finding.params["parent"]) == ("outside_parent", "370900101 西乡")


def test_a_village_under_the_wrong_township_is_an_error():
    findings = check(delivery(parents={LAST: "370900100"}))
    (finding,) = found(findings, "parent_wrong")
    assert (finding.level, finding.params) == ("error", {"parent": "370900100 东镇", "share": "100"})
    assert findings[0] is finding  # errors stand first


def test_slivers_are_one_line_and_not_one_each():
    # 2 m wide for 400 m, and a notch of some square metres elsewhere
    narrower = shapely.difference(shapes()[FIRST], shapely.box(117.06248, 37.1, 117.0625, 37.104))
    notched = shapely.difference(shapes()[LAST], shapely.box(117.24999, 37.49999, 117.25, 37.5))
    findings = check(changed(**{f"c{FIRST}": narrower, f"c{LAST}": notched}))
    assert [(finding.code, finding.params["count"], finding.level) for finding in findings] == [
        ("sliver", "1", "note")
    ] * 2


def strip(width, length):
    """The small county with a gap between the first two villages, metres wide and long."""
    east, north = width / (DEGREE * np.cos(np.radians(37.15))), length / DEGREE
    cut = shapely.box(117.0625 - east, 37.1, 117.0625, 37.1 + north)
    return changed(**{f"c{FIRST}": shapely.difference(shapes()[FIRST], cut)})


@pytest.mark.parametrize(
    ("width", "length", "code"), [(10, 5000, "gap"), (5, 190, "sliver"), (5, 210, "gap"), (28, 34, "sliver")]
)
def test_what_is_narrow_but_large_is_named_with_both_villages(width, length, code):
    (finding,) = check(strip(width, length))
    assert finding.code == code and f"{SECOND} 东二村" in finding.rows


def test_what_is_wide_but_small_is_named():
    assert [each.code for each in check(strip(40, 40), Tolerance(area=10_000))] == ["gap"]
    assert [each.code for each in check(strip(20, 40), Tolerance(area=10_000))] == ["sliver"]
    assert [each.code for each in check(strip(20, 40), Tolerance(width=10, area=10_000))] == ["gap"]


def test_places_between_the_same_two_villages_count_together():
    cut = [shapely.box(117.06245, 37.1 + n / 100, 117.0625, 37.102 + n / 100) for n in range(3)]  # 5 m by 220 m each
    narrower = shapely.difference(shapes()[FIRST], shapely.union_all(cut))
    (finding,) = check(changed(**{f"c{FIRST}": narrower}), Tolerance(area=2500))
    assert finding.code == "gap" and area(finding) == pytest.approx(3 * 980, rel=0.05)


def test_a_township_with_nothing_below_it_is_a_gap():
    findings = check(changed(**{f"c370900101{n}": None for n in range(200, 204)}))
    assert [(each.code, each.params["parent"]) for each in findings] == [("gap", "370900101 西乡")]


def test_a_layer_that_is_there_again_and_again_is_one_error_and_not_a_million_overlaps():
    cells = delivery().cells * 200
    with cost.at_most(seconds=5):
        findings = check(Delivery((), cells, ()))
    assert len(found(findings, "stacked")) == 1 and not found(findings, "overlap")
    assert not found(check(Delivery((), delivery().cells * 2, ())), "stacked")


def test_a_part_that_lies_far_away_is_an_exclave_with_its_place():
    away = shapely.box(117.1875, 37.1, 117.2, 37.2)
    findings = check(changed(**{f"c{FIRST}": shapely.union(shapes()[FIRST], away)}))
    (finding,) = found(findings, "exclave")
    assert (finding.rows, finding.level, finding.params["count"]) == ((f"{FIRST} 东一村",), "note", "1")
    assert away.covers(shapely.Point(finding.at)) and not found(findings, "multipart")
    assert float(finding.params["distance"]) == pytest.approx(0.125 * 88_400, rel=0.01)


def test_parts_that_lie_near_each_other_are_a_note():
    two = shapely.difference(shapes()[FIRST], shapely.box(117.03, 36.9, 117.032, 37.3))
    (finding,) = found(check(changed(**{f"c{FIRST}": two})), "multipart")
    assert (finding.rows, finding.level) == ((f"{FIRST} 东一村",), "note")


def test_a_border_that_crosses_itself_is_found_and_the_rest_still_checked():
    bow = shapely.Polygon([(117.0, 37.0), (117.0625, 37.25), (117.0625, 37.0), (117.0, 37.25)])
    findings = check(changed(**{f"c{FIRST}": bow}))
    assert [finding.rows for finding in found(findings, "invalid")] == [(f"{FIRST} 东一村",)]
    assert len(found(findings, "gap")) == 2


@pytest.mark.parametrize(
    ("wrong", "code", "row"),
    [
        (delivery(names={FIRST: ""}), "name_empty", f"{FIRST} (layer: 2)"),
        (delivery(names={FIRST: "村" * 81}), "too_long", f"{FIRST} {'村' * 81}"),
        (Delivery((), (*delivery().cells, delivery().cells[3]), ()), "code_twice", f"{SECOND} 东二村"),
        (
            Delivery((), (*delivery().cells, Cell(3, "", "无码村", 1, shapes()[FIRST].wkb, "place", "village: 9")), ()),
            "code_empty",
            "无码村 (village: 9)",
        ),
        (
            Delivery((), (*delivery().cells, Cell(3, "7", "孤村", None, shapes()[FIRST].wkb, None)), ()),
            "parent_none",
            "7 孤村",
        ),
        (
            Delivery((), (*delivery().cells, Cell(1, "7", "二县", None, shapes()[FIRST].wkb, None)), ()),
            "counties_many",
            "7 二县",
        ),
    ],
)
def test_rows_that_cannot_be_stored_are_errors(wrong, code, row):
    (finding,) = found(check(wrong), code)
    assert finding.level == "error" and row in finding.rows


def test_a_village_without_a_border_is_a_warning():
    (finding,) = found(check(delivery({**shapes(), FIRST: None})), "no_shape")
    assert (finding.level, finding.rows) == ("warning", (f"{FIRST} 东一村",))


def test_a_delivery_without_villages_is_a_warning():
    only = {code: shape for code, shape in shapes().items() if len(code) < 12}
    assert [finding.level for finding in found(check(delivery(only)), "villages_missing")] == ["warning"]


@published
def test_the_published_county_may_be_imported_with_warnings():
    delivery = read(PUBLISHED / "clean.gpkg")
    findings = (*delivery.findings, *check(delivery))
    assert {finding.level for finding in findings} == {"warning", "note"}
    (invalid,) = found(findings, "invalid")
    assert len(invalid.rows) == 1
    assert len(found(findings, "sliver")) == 13 and len(findings) < 60  # told in lines a person can read


# What each fault of the list must be found as, and whether as an error.
EXPECTED = {
    "overlap": "overlap",
    "gap": "gap",
    "missing": "gap",
    "duplicate_row": "merged",
    "self_intersection": "invalid",
    "unknown_parent": "parent_unknown",
    "wrong_parent": "parent_wrong",
    "empty_name": "name_empty",
    "shifted": "overlap",
    "exclave": "exclave",
}


@published
def test_each_of_the_ten_faults_put_into_the_published_county_is_found():
    delivery, clean = read(PUBLISHED / "defects.gpkg"), read(PUBLISHED / "clean.gpkg")
    findings = (*delivery.findings, *check(delivery))
    usual = {(finding.code, row) for finding in (*clean.findings, *check(clean)) for row in finding.rows}
    with (PUBLISHED / "defects.csv").open(encoding="utf-8") as listed:
        faults = list(csv.DictReader(listed))
    assert {fault["defect"] for fault in faults} == set(EXPECTED)
    for fault in faults:
        said = {
            (finding.code, row) for finding in found(findings, EXPECTED[fault["defect"]]) for row in finding.rows
        } - usual
        if fault["defect"] == "missing":  # it cannot be named: its hole is, by its township and with its size
            (hole,) = (cell for cell in clean.cells if cell.code == fault["code"])
            gone = Delivery((), tuple(cell for cell in clean.cells if cell is not hole), ())
            size = max(area(finding) for finding in found(check(gone), "gap"))
            said = {
                ("gap", fault["code"])
                for finding in found(findings, "gap")
                if finding.params["parent"].startswith(fault["code"][:8])
                and area(finding) == pytest.approx(size, rel=1e-3)
            }
        assert any(row.startswith(fault["code"]) for _, row in said), fault


@published
def test_an_exclave_is_also_said_to_lie_outside_its_township():
    findings = check(read(PUBLISHED / "defects.gpkg"))
    assert any(finding.rows[0].startswith("10002100014") for finding in found(findings, "outside_parent"))
