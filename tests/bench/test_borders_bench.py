"""bench/borders.py: what it measures finds what was put in."""

import pickle
from pathlib import Path

import shapely

from bench import borders


def test_both_sides_are_given_the_same_faults_and_the_check_finds_them_all(tmp_path: Path) -> None:
    file = tmp_path / "county"
    file.write_bytes(pickle.dumps(borders.county(400)))
    one = {name: borders.side(name, str(file)) for name in borders.SIDES}
    assert (one["check"]["gaps"], one["check"]["overlaps"]) == (borders.FAULTS, borders.FAULTS)
    assert (one["overlay"]["gaps"], one["overlay"]["overlaps"]) == (0, borders.FAULTS)
    assert {figure.median for figure in borders.figures([one]) if "not found" in figure.name} == {0}


def test_villages_share_their_borders_point_by_point() -> None:
    shapes = borders.villages(400)
    assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)
