"""The drawing of a change of borders."""

import re

import shapely

from gis.picture import WIDTH, picture


def box(west: float, south: float, east: float, north: float) -> bytes:
    return shapely.to_wkb(shapely.box(west, south, east, north))


def test_cells_lie_where_they_are_and_fill_the_width() -> None:
    found = picture([("same", "西", box(115, 37, 115.1, 37.1)), ("new", "东", box(115.1, 37, 115.2, 37.1))])
    assert found is not None and [(part.kind, part.name) for part in found.parts] == [("same", "西"), ("new", "东")]
    west, east = ([float(x) for x in re.findall(r"[ML]([\d.]+) ", part.path)] for part in found.parts)
    assert min(west) == 8 and max(west) == min(east) and max(east) == WIDTH - 8
    assert 300 < found.height < 500


def test_a_hole_is_drawn_and_what_has_no_border_is_left_out() -> None:
    ring = shapely.box(115, 37, 115.2, 37.2) - shapely.box(115.05, 37.05, 115.1, 37.1)
    found = picture([("same", "环", shapely.to_wkb(ring)), ("same", "无", None)])
    assert found is not None and [part.path.count("M") for part in found.parts] == [2]
    assert picture([("same", "无", None), ("same", "空", b"")]) is None


def test_marks_stand_where_they_are_and_those_outside_do_not() -> None:
    found = picture([("same", "西", box(115, 37, 115.1, 37.1))], [(120, 30), (115.05, 37.05)])
    assert found is not None and len(found.marks) == 1
    number, x, y = found.marks[0]
    assert number == 2 and abs(x - WIDTH / 2) < 1 and abs(y - found.height / 2) < 1


def test_what_only_surrounds_is_drawn_near_what_is_shown() -> None:
    row = [("same", str(at), box(115 + at, 37, 116 + at, 38)) for at in range(9)]
    found = picture([*row, ("new", "新", box(115, 37, 115.5, 38))], around="same")
    assert found is not None and [part.name for part in found.parts] == ["0", "1", "新"]
    alone = picture(row, around="same")
    assert alone is not None and len(alone.parts) == 9
