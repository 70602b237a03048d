"""The short run leaves out a part, the full run nothing."""

from pathlib import Path

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
    monkeypatch.setattr(short, "LONG", False)
    assert short.part("abcdefg", 3, 1) == "abcdefg" and short.part("abcdefg", 3, 1, full=2) == "bdf"
    monkeypatch.setattr(short, "LONG", True)
    assert short.part("abcdefg", 3, 1, full=2) == "abcdefg"


def test_what_is_left_out_whole_is_there() -> None:
    for each in short.LEFT_OUT:
        file, _, name = each.partition("::")
        text = (Path(__file__).parent / file).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, each
    assert short.is_left_out("tests/test_operations.py::test_x[a]") and not short.is_left_out(
        "tests/test_cli.py::test_x"
    )
    named = next(each for each in sorted(short.LEFT_OUT) if "::" in each)
    assert short.is_left_out(f"tests/{named}[sqlite]") and not short.is_left_out(f"tests/{named}_too")


def test_the_full_run_after_a_short_one_leaves_out_what_is_just_the_same_and_nothing_else() -> None:
    plain, counted = "from tests import make\n", "from tests.short import count\n"
    assert short.is_the_same(plain, ["sqlite", 3], False) and short.is_the_same(plain, [], False)
    assert not short.is_the_same(plain, ["postgis"], False) and not short.is_the_same(plain, ["x", "postgres"], False)
    assert not short.is_the_same(plain, ["sqlite"], True)
    assert not short.is_the_same(counted, ["sqlite"], False)
    assert not short.is_the_same("from tests.web.test_methods import crowd\n", [], False)
