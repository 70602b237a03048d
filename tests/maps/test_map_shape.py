"""Figures of the map without a database: sums, classes, what is a line and what is not."""

from collections import Counter
from types import SimpleNamespace

import pytest

from webapp.grid.queries import Cell
from webapp.maps import shape
from webapp.patrol.coverage import NOTHING_DUE, Now, Tally

CELLS = [
    Cell(1, 1, None, "1.", 1, "10", "县", "County"),
    Cell(2, 2, 1, "1.2.", 2, "11", "镇", "Town"),
    Cell(3, 3, 2, "1.2.3.", 3, "111", "甲", "A"),
    Cell(4, 3, 2, "1.2.4.", 4, "112", "乙", "B"),
]


def sheet(readable, due=(), seen=(), missed=(), open_=(), late=(), due_now=(), few=5, by=shape.SEEN):
    tally = Tally(Counter(dict(due)), Counter(dict(seen)), Counter(dict(missed)), Counter())
    now = {id_: Now(due, 0, due) for id_, due in dict(due_now).items()}
    overdue = dict(late)
    counts = {id_: (number, overdue.get(id_, 0)) for id_, number in dict(open_).items()}
    return shape.sheet(CELLS, set(readable), tally, shape.Counts(counts, now, by), few)


@pytest.mark.parametrize(
    ("due", "seen", "name"),
    [
        (8, 8, "cover-3"),
        (8, 7, "cover-2"),
        (8, 6, "cover-2"),
        (8, 5, "cover-1"),
        (8, 4, "cover-1"),
        (8, 3, "cover-0"),
        (8, 0, "cover-0"),
        (4, 4, "cover-few-all"),
        (4, 3, "cover-few"),
        (0, 0, "cover-nil"),
    ],
)
def test_classes_of_a_village(due, seen, name):
    made = sheet({3}, {3: due}, {3: seen})
    assert [line.shade for line in made.villages()] == [name]
    assert made.shades == {name, "cover-none"}  # the other village is drawn as a plain outline


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        (1000, "cover-3"),
        (999, "cover-2"),
        (750, "cover-2"),
        (749, "cover-1"),
        (500, "cover-1"),
        (499, "cover-0"),
        (0, "cover-0"),
    ],
)
def test_a_class_begins_at_its_share_and_not_one_object_sooner(seen, name):
    assert [line.shade for line in sheet({3}, {3: 1000}, {3: seen}).villages()] == [name]


@pytest.mark.parametrize(("due", "seen", "name"), [(5, 5, "cover-3"), (5, 4, "cover-2"), (4, 4, "cover-few-all")])
def test_a_share_is_told_from_the_few_on_and_not_one_object_sooner(due, seen, name):
    assert [line.shade for line in sheet({3}, {3: due}, {3: seen}, few=5).villages()] == [name]


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (0, "age-1"),
        (7, "age-1"),
        (8, "age-2"),
        (14, "age-2"),
        (15, "age-3"),
        (30, "age-3"),
        (31, "age-4"),
        (900, "age-4"),
    ],
)
def test_a_village_is_as_old_as_its_longest_unseen_object(days, name):
    now = Now(listed=1, unseen=days) + Now(listed=1)
    made = shape.sheet(CELLS, {3, 4}, NOTHING_DUE, shape.Counts({}, {3: now}, shape.LAST), 5)
    assert [(line.shade, line.label) for line in made.villages()] == [(name, str(days)), ("age-nil", "")]


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "count-nil"), (1, "count-1"), (2, "count-2"), (3, "count-2"), (4, "count-3"), (7, "count-3"), (8, "count-4")],
)
def test_a_village_has_the_class_of_the_number_of_its_open_or_overdue_reports(number, name):
    (line, _other) = sheet({3, 4}, open_={3: number}, by=shape.OPEN).villages()
    assert (line.shade, line.label, line.numbers) == (name, str(number or ""), (0, 0))
    (line, _other) = sheet({3, 4}, open_={3: 9}, late={3: number}, by=shape.LATE).villages()
    assert (line.shade, line.label, line.numbers) == (name, str(number or ""), (9, 0))


def test_coloured_by_reports_a_village_that_is_not_the_readers_is_empty_only_if_he_sees_none():
    (line,) = sheet(set(), open_={4: 2}, by=shape.OPEN).villages()
    assert line.shade == "count-2"
    assert "count-nil" not in sheet(set(), open_={4: 2}, by=shape.OPEN).shades


def test_the_overdue_of_the_whole_are_summed():
    assert (sheet({3, 4}, open_={3: 3, 4: 2}, late={3: 2, 4: 1}).late, sheet({3, 4}).late) == (3, 0)


def test_the_map_has_each_class_that_a_village_has_once():
    made = sheet({3, 4}, {3: 8, 4: 8}, {3: 8, 4: 3})
    assert [line.shade for line in made.villages()] == ["cover-3", "cover-0"]
    assert made.shades == {"cover-3", "cover-0", "cover-none"}  # somewhere is a village that is not the reader's


def test_a_township_that_is_read_in_part_has_no_sum():
    (group,) = sheet({3}, {3: 4}, {3: 1}).groups
    assert group.line.label == ""


def test_a_township_sums_its_own_objects_too():
    (group,) = sheet({2, 3, 4}, {2: 1, 3: 4, 4: 2}, {3: 4, 4: 1}, {4: 1}, {2: 1, 3: 2}).groups
    assert (group.line.label, group.line.share.could_not_see, group.line.not_gone, group.line.open) == ("5/7", 1, 1, 3)


def test_the_whole_is_the_sum_of_all_that_is_read():
    made = sheet({1, 2, 3, 4}, {3: 4, 4: 2}, {3: 4, 4: 1}, open_={3: 1, 4: 1})
    assert (made.total.seen, made.total.due, made.open) == (5, 6, 2)
    assert sheet(set()).total is None


def test_an_open_report_makes_a_line_without_figures():
    made = sheet(set(), open_={4: 2})
    (line,) = made.villages()
    assert (line.cell.id, line.label, line.shade, line.open) == (4, "", "cover-none", 2)


def test_reports_without_a_point_are_loose_and_say_whether_they_are_overdue():
    made = sheet({3, 4}, {3: 5}, {3: 5}, open_={3: 3}, late={3: 2})
    assert shape.values(made, {3: 1}, {3: 1}) == {
        "3": {"class": "cover-3", "label": "5/5", "open": 3, "late": 2, "loose": 2, "loose_late": 1},
        "4": {"class": "cover-nil", "label": ""},
    }


def test_a_township_and_the_whole_sum_what_is_overdue_and_what_is_due_now():
    made = sheet({1, 2, 3, 4}, open_={3: 2, 4: 1}, late={3: 1, 4: 1}, due_now={2: 1, 3: 2, 4: 3})
    (group,) = made.groups
    assert (group.line.late, group.line.due_now, made.now.due) == (2, 6, 6)
    assert [(line.late, line.due_now) for line in group.villages] == [(1, 2), (1, 3)]


def test_the_county_has_a_card_for_who_reads_all_of_it():
    assert sheet({1, 2, 3, 4}).root == CELLS[0]
    assert sheet({2, 3, 4}).root is None


def test_points_carry_longitude_first_and_metres_enough():
    made = shape.points([SimpleNamespace(lon=115.12345678, lat=37.5)], lambda report: {"number": "00001"})
    assert made["features"][0]["geometry"] == {"type": "Point", "coordinates": [115.123457, 37.5]}
    assert made["features"][0]["properties"] == {"number": "00001"}
