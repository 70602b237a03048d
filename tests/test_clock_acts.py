"""What the clock decides stands in one table, docs/decisions/0037: each file that asks it, and each kind that goes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp import domains

ROOT = Path(__file__).parents[1]
PAGE = next((ROOT / "docs" / "decisions").glob("0037-*.md")).read_text(encoding="utf-8")
ASKS = re.compile(r"\bclock\.(?:now|today|machine)\(|\btime\.time\(|\bdatetime\.now\(|\bfiles\.age\(")
NAMED = re.compile(r"`([a-z_]+/[a-z_]+\.py)`")


def rows() -> list[list[str]]:
    """The table's rows: act, where, guard."""
    return [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ") and "`" in line]


def test_every_file_that_asks_the_clock_is_in_one_of_the_two_lists_and_no_other_is() -> None:
    files = (ROOT / "webapp").glob("*/*.py")
    asking = {
        file.relative_to(ROOT / "webapp").as_posix()
        for file in files
        if file.parent.name != "demo" and ASKS.search(file.read_text(encoding="utf-8"))
    }
    shows = set(NAMED.findall(PAGE.split("Stamps and shows:")[1].split("\n\n")[0]))
    acts = {name for _act, where, _guard in rows() for name in NAMED.findall(where)}
    assert shows & acts == set()
    assert asking - shows - acts == set(), "say in 0037 what the clock decides there, and what guards it"
    assert (shows | acts) - asking == set()


def test_every_kind_that_a_sweep_deletes_is_in_the_table_and_every_act_has_a_guard() -> None:
    kinds = {kind for act, *_ in rows() if act.strip().startswith("delete") for kind in re.findall(r"`(\w+)`", act)}
    assert kinds == {*domains.sweep(), "uploads", "photos", "photo_places"}
    assert all(guard.strip() for *_, guard in rows()) and len(rows()) > 8


# --- a test that runs after midnight ---


def asked_at_import(text: str) -> list[int]:
    """The lines at which a file asks which day it is while it is loaded: at its outermost level, in a decorator or in
    a default. A run of all tests may last past midnight, and that day is yesterday then."""
    return [call.lineno for call in _calls(ast.parse(text)) if ast.unparse(call.func).endswith("clock.today")]


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    if isinstance(node, ast.Call):
        yield node
    inner = (
        [node.args, *getattr(node, "decorator_list", [])] if isinstance(node, DEFINED) else ast.iter_child_nodes(node)
    )
    for each in inner:
        yield from _calls(each)


DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@pytest.mark.parametrize(
    "text",
    [
        "DAY = clock.today()",
        "class A:\n    day = [clock.today() + STEP]",
        "def f(day=clock.today()):\n    pass",
        "@mark([clock.today()])\ndef f():\n    pass",
    ],
)
def test_a_day_that_is_asked_at_import_is_found(text: str) -> None:
    assert asked_at_import(text) and not asked_at_import("def f(day):\n    return clock.today(), lambda: clock.today()")


def test_no_file_remembers_the_day_on_which_it_was_loaded() -> None:
    files = [file for folder in ("webapp", "tests", "bench") for file in (ROOT / folder).rglob("*.py")]
    found = {file.relative_to(ROOT).as_posix(): asked_at_import(file.read_text(encoding="utf-8")) for file in files}
    assert {name: lines for name, lines in found.items() if lines} == {}
