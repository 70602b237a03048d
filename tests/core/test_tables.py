"""Text tables: a slip in one is refused with its row, and tables that speak of the same things say what they lack."""

import pytest

from webapp.core.tables import must_agree, table


def test_a_row_that_does_not_fit_the_columns_is_named() -> None:
    with pytest.raises(ValueError, match=r"columns \['a', 'b'\]: \['1', '2', '3'\]"):
        table("a b\n1 2\n1 2 3  # one too many")


def test_tables_that_agree_are_taken_in_whatever_order_their_words_stand() -> None:
    must_agree(roles=("x", "y"), names={"y": 1, "x": 2})


def test_each_table_that_lacks_words_is_named_with_all_of_them() -> None:
    with pytest.raises(ValueError, match=r"^names lacks x, y; places lacks z$"):
        must_agree(roles=("x", "y", "z"), names=("z",), places=("x", "y"))
