"""docs/reliability.md: every figure once, each that holds with a test that is there, and enough of them hold."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([RS]\d\d) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.M)
IDS = [f"R{number:02d}" for number in range(1, 30)] + [f"S{number:02d}" for number in range(1, 31)]
STATES = ("holds", "in part", "not built")
RUNS = ("test", "--full", "--long")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def rows() -> list[tuple[str, ...]]:
    """id, what is asked, state, run and count, where it is shown."""
    return ROW.findall(PAGE)


@cache
def named_in(file: str) -> frozenset[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_figure_stands_there_once() -> None:
    assert [row[0] for row in rows()] == IDS
    assert {row[2] for row in rows()} <= set(STATES)


def test_what_is_said_to_hold_names_its_tests_and_its_run() -> None:
    for id_, _what, state, run, shown in rows():
        named = TEST.findall(shown)
        for file, name in named:
            assert (ROOT / file).is_file(), (id_, file)
            assert not name or name in named_in(file), (id_, name)
        assert (state == "not built") == (not named and run == "-"), id_
        assert state == "not built" or re.split("[,;]", run)[0] in RUNS, (id_, run)


def test_as_many_hold_as_the_page_says() -> None:
    holding = [row[0] for row in rows() if row[2] == "holds"]
    said = re.search(r"\*\*(\d+) of 59 hold\*\*", PAGE)
    assert said and int(said[1]) == len(holding)
    assert len(holding) >= 20
