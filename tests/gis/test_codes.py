"""gis/codes.py and gis/place.py: what is odd about codes, and whether the border is in the province of its code."""

import pytest
import shapely
from boundary_files import NAMES, shapes

from gis import place
from gis.check import check
from gis.delivery import Cell, Delivery

FIRST, LAST = "370900100200", "370900101203"


def delivery(renamed=None, names=None, move=(0, 0)):
    """The small county with some codes and names written otherwise, and moved by some degrees."""
    made = shapes()
    order = list(made)
    cells = tuple(
        Cell(
            {6: 1, 9: 2, 12: 3}[len(code)],
            (renamed or {}).get(code, code),
            (names or {}).get(code, NAMES[code]),
            order.index(code[:-3]) if len(code) > 6 else None,
            shapely.to_wkb(shapely.affinity.translate(shape, *move)),
            "column",
            f"layer: {n}",
        )
        for n, (code, shape) in enumerate(made.items())
    )
    return Delivery((), cells, ())


def findings(*given, **more):
    """(kind, rows) of what is said about the small county."""
    return [(finding.code, finding.rows) for finding in check(delivery(*given, **more))]


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("1.00E+10", ["code_excel", "code_prefix"]),
        ("3.709E11", ["code_excel", "code_prefix"]),
        (LAST[1:], ["code_length", "code_prefix"]),  # lost a zero, if it had begun with one
        (LAST + "1", ["code_length"]),
        ("第四村", ["code_odd", "code_prefix"]),
        ("37090010120A", ["code_odd"]),
        ("370900100203", ["code_twice", "code_prefix"]),
        ("370999101203", ["code_prefix"]),
    ],
)
def test_a_code_that_is_spoilt_is_said_with_its_row(code, kinds):
    found = dict(findings({LAST: code}))
    assert sorted(found) == sorted(kinds)
    assert all(f"{code} 吳丁村" in rows for rows in found.values())


def test_code_and_name_exchanged_is_an_error():
    renamed = {code: NAMES[code] for code in NAMES}
    found = findings(renamed, names={code: code for code in NAMES})
    assert [kind for kind, _ in found] == ["code_swapped"] * 3 and len(found[2][1]) == 8


def test_a_countys_own_codes_with_letters_are_a_warning():
    found = findings({code: f"A{code}" for code in NAMES})
    assert [kind for kind, _ in found] == ["code_letters"] * 3


def test_codes_that_tell_no_parent_are_not_held_against_anybody():
    scrambled = {code: f"{900000000000 + n}" for n, code in enumerate(NAMES) if len(code) == 12}
    assert findings(scrambled) == []


# --- the place ---------------------------------------------------------------------------------------------------


def test_there_are_34_provinces_and_each_has_a_frame():
    assert len(place.FRAMES) == 34
    for _, (west, south, east, north) in place.FRAMES.values():
        assert 73 < west < east < 136 and 3 < south < north < 54


@pytest.mark.parametrize("move", [(-3, 0), (0, 2), (-112, 0)])
def test_a_county_outside_of_its_province_is_an_error(move):
    (finding,) = (finding for finding in check(delivery(move=move)) if finding.level == "error")
    assert (finding.code, finding.params, len(finding.rows)) == ("place_wrong", {"province": "山东"}, 11)


def test_one_row_elsewhere_is_named_alone():
    made = delivery()
    far = Cell(**{**vars(made.cells[-1]), "boundary": shapely.box(80, 40, 80.1, 40.1).wkb})
    found = [each for each in check(Delivery((), (*made.cells[:-1], far), ())) if each.code == "place_wrong"]
    assert [finding.rows for finding in found] == [(f"{LAST} 吳丁村",)]


@pytest.mark.parametrize("begin", ["99", "10", "3"])
def test_codes_of_no_province_may_be_anywhere(begin):
    renamed = {code: begin + code[2:] for code in NAMES}
    assert findings(renamed, move=(-80, 10)) == []


def test_a_border_that_is_missing_is_nowhere_wrong():
    made = delivery()
    without = Cell(**{**vars(made.cells[-1]), "boundary": b""})
    assert "place_wrong" not in {each.code for each in check(Delivery((), (*made.cells[:-1], without), ()))}
