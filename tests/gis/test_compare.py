"""What a delivery changes in a tree: which cell is which grid, and out of what the others are made."""

import pytest
import shapely

from gis.compare import Comparison, Grid, compare
from gis.delivery import Cell

A, B = "999901001001", "999901001002"


def square(x: float, y: float, width: float = 0.01, height: float = 0.01) -> bytes:
    return shapely.to_wkb(shapely.box(115 + x, 37 + y, 115 + x + width, 37 + y + height))


COUNTY = Grid(1, 1, "999901", "县", None, square(0, 0, 0.04))
TOWN = Grid(2, 2, "999901001", "镇", 0, square(0, 0, 0.04))
WEST = Grid(3, 3, A, "西村", 1, square(0, 0))
EAST = Grid(4, 3, B, "东村", 1, square(0.01, 0))
TREE = [COUNTY, TOWN, WEST, EAST]


def cell(grid: Grid, **other: object) -> Cell:
    said = {"tier": grid.tier, "code": grid.code, "name": grid.name, "parent": grid.parent, "boundary": grid.boundary}
    return Cell(**{**said, "how_parent": None, **other})  # type: ignore[arg-type]


def with_villages(*villages: Cell) -> Comparison:
    return compare(TREE, [cell(COUNTY), cell(TOWN), *villages])


def test_the_same_tree_changes_nothing() -> None:
    found = compare(TREE, [cell(grid) for grid in TREE])
    assert found == Comparison(same={0: 0, 1: 1, 2: 2, 3: 3})


def test_a_border_with_its_points_in_another_order_is_the_same() -> None:
    turned = shapely.to_wkb(shapely.box(115, 37, 115.01, 37.01, ccw=False))
    assert with_villages(cell(WEST, boundary=turned), cell(EAST)).what == {}


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"name": "新西村"}, ("name",)),
        ({"code": "999901001009"}, ("code",)),
        ({"code": "999901001009", "name": "新西村"}, ("code", "name")),
        ({"boundary": square(0, 0, 0.009)}, ("border",)),
        ({"parent": 0}, ("parent",)),
    ],
)
def test_a_village_stays_itself_whatever_changed_of_it(other: dict[str, object], what: tuple[str, ...]) -> None:
    found = with_villages(cell(WEST, **other), cell(EAST))
    assert found.same[2] == 2 and found.what == {2: what} and not found.gone


def test_a_row_without_a_border_takes_none_away() -> None:
    assert with_villages(cell(WEST, boundary=b""), cell(EAST)).what == {}


def test_a_code_that_another_village_elsewhere_bears_now_is_another_village() -> None:
    found = with_villages(cell(WEST, name="远村", boundary=square(0.03, 0)), cell(EAST))
    assert found.new == [2] and found.gone == [2] and 2 not in found.same


def test_of_two_that_merge_the_one_that_keeps_its_code_has_the_other_as_its_heir() -> None:
    found = with_villages(cell(EAST, boundary=square(0, 0, 0.02)))
    assert found.gone == [2] and found.heirs == {2: [2]} and found.made_of == {2: [2]}
    assert found.same[2] == 3 and found.what == {2: ("border",)}


def test_two_that_become_a_new_one_are_gone_and_it_is_made_of_both() -> None:
    found = with_villages(cell(WEST, code="999901001009", name="合村", boundary=square(0, 0, 0.02)))
    assert found.new == [2] and found.gone == [2, 3]
    assert found.heirs == {2: [2], 3: [2]} and found.made_of == {2: [2, 3]}


def test_a_part_that_becomes_a_village_is_made_of_the_one_it_lay_in() -> None:
    part = cell(WEST, code="999901001009", name="分村", boundary=square(0, 0, 0.004))
    found = with_villages(cell(WEST, boundary=square(0.004, 0, 0.006)), cell(EAST), part)
    assert found.new == [4] and found.made_of == {4: [2]} and not found.gone


def test_one_that_falls_to_pieces_has_the_largest_as_its_first_heir() -> None:
    small = cell(WEST, code="999901001008", name="小村", boundary=square(0, 0, 0.003))
    large = cell(WEST, code="999901001009", name="大村", boundary=square(0.003, 0, 0.007))
    found = with_villages(small, cell(EAST), large)
    assert found.gone == [2] and found.heirs == {2: [4, 2]} and found.new == [2, 4]


def test_two_that_exchange_their_names_are_renamed() -> None:
    found = with_villages(cell(WEST, name=EAST.name), cell(EAST, name=WEST.name))
    assert found.what == {2: ("name",), 3: ("name",)}


def test_villages_without_borders_are_told_apart_by_codes_and_names() -> None:
    bare = [grid._replace(boundary=None) for grid in TREE]
    cells = [cell(grid, boundary=b"") for grid in bare]
    assert compare(bare, cells) == Comparison(same={0: 0, 1: 1, 2: 2, 3: 3})
    assert compare(bare, cells[:3]).gone == [3]
