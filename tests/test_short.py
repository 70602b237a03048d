"""The short run leaves out a part, the full run nothing."""

from tests import short


def test_a_case_that_the_short_run_leaves_out_is_still_there_for_the_full_one() -> None:
    cases = short.some([("a", 1), ("b", 2), ("c", 3), ("d", 4)], every=3)
    left_out = [case.values for case in cases if not isinstance(case, tuple) or hasattr(case, "marks")]
    assert left_out == [("b", 2), ("c", 3)] and cases[0] == ("a", 1) and cases[3] == ("d", 4)
    (only,) = [case for case in short.some(["a", "b"], every=2) if not isinstance(case, str)]
    assert (only.values, [mark.name for mark in only.marks]) == (("b",), ["full"])


def test_every_turn_takes_another_part_and_all_turns_together_take_all(monkeypatch) -> None:
    monkeypatch.setattr(short, "FULL", False)
    turns = [list(short.part("abcdefg", 3, turn)) for turn in range(3)]
    assert turns == [["a", "d", "g"], ["b", "e"], ["c", "f"]] and short.part("abc", 3, 7) == "b"
    monkeypatch.setattr(short, "FULL", True)
    assert short.part("abcdefg", 3, 1) == "abcdefg"
