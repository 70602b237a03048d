"""gis/coverage.py: shares that claim no more than was counted."""

import pytest

from gis.coverage import Share, by_cell


def test_the_share_is_seen_over_due_and_all_counts_are_kept():
    assert by_cell([1], {1: 8}, {1: 6}, {1: 1}) == {1: Share(8, 6, 1, 0.75, False)}


def test_nothing_due_is_no_share_at_all():
    assert by_cell([1], {}, {}, {}) == {1: Share(0, 0, 0, None, True)}


def test_nothing_due_is_no_share_even_when_one_would_be_enough():
    assert by_cell([1], {}, {}, {}, few=0)[1].share is None


@pytest.mark.parametrize("seen", [0, 4])
def test_four_objects_are_too_few_for_0_or_100_percent(seen):
    assert by_cell([1], {1: 4}, {1: seen}, {}) == {1: Share(4, seen, 0, None, True)}


def test_five_objects_are_enough():
    assert by_cell([1], {1: 5}, {1: 5}, {})[1] == Share(5, 5, 0, 1.0, False)


def test_what_is_too_few_is_for_the_caller_to_say():
    assert by_cell([1], {1: 4}, {1: 1}, {}, few=4)[1].share == 0.25


def test_objects_that_could_not_be_seen_do_not_count_as_seen():
    assert by_cell([1], {1: 10}, {}, {1: 10})[1] == Share(10, 0, 10, 0.0, False)


def test_cells_come_in_the_order_asked_and_only_those():
    assert list(by_cell([3, 1, 2], {1: 5, 9: 5}, {}, {})) == [3, 1, 2]


@pytest.mark.parametrize("counts", [({1: 5}, {1: 6}, {}), ({1: 5}, {1: 3}, {1: 3}), ({1: 5}, {1: -1}, {})])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError, match="cell 1:"):
        by_cell([1], *counts)
