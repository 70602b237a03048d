"""The shape of the tree: short files and functions, everything explained, true pages, nothing of this machine."""

import ast
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.sources import ROOT, STATIC, name_of, sources
from webapp.ops.rules_page import render

GENERATED = "migrations/versions/"  # one long function each, as Alembic writes them
FRAMEWORK = frozenset({"process_bind_param", "process_result_value"})  # what these do, SQLAlchemy says


# --- files and functions -------------------------------------------------------------------------------


@cache
def tree(path: Path) -> ast.Module:
    """A parsed Python file."""
    return ast.parse(path.read_text(encoding="utf-8"))


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with its length in lines."""
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{name_of(path)}: {node.name}", node.end_lineno - node.lineno + 1  # type: ignore[operator]


def public_definitions(node: ast.AST) -> Iterator[Definition]:
    """Functions, classes and methods that others may use; what stands inside a function is its own."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from public_definitions(child)


def test_no_file_is_longer_than_400_lines() -> None:
    long = [
        (name_of(path), lines)
        for path in sources(".py", ".html", ".js", ".css")
        if GENERATED not in name_of(path)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert long == []


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        (name, lines)
        for path in sources(".py")
        if GENERATED not in name_of(path)
        for name, lines in functions(path)
        if lines > 50
    ]
    assert long == []


def test_half_of_the_functions_are_shorter_than_10_lines() -> None:
    lengths = [lines for path in sources(".py", folders=("webapp", "gis", "seeds")) for _, lines in functions(path)]
    assert len(lengths) > 500
    assert statistics.median(lengths) < 10


def test_each_module_says_what_it_is() -> None:
    assert [name_of(path) for path in sources(".py") if not ast.get_docstring(tree(path)) and path.stat().st_size] == []


def test_each_public_function_and_class_says_what_it_means() -> None:
    silent = [
        f"{name_of(path)}: {node.name}"
        for path in sources(".py", folders=("webapp", "gis", "seeds"))
        for node in public_definitions(tree(path))
        if not ast.get_docstring(node) and node.name not in FRAMEWORK
    ]
    assert silent == []


def test_nothing_is_left_to_be_done() -> None:
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|raise NotImplemented" r"Error")
    found = [
        name_of(path)
        for path in sources(".py", ".html", ".js", ".css")
        if marks.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_nothing_in_the_tree_knows_this_machine_or_a_registry() -> None:
    parts = (
        "/work/",
        "/farm",
        "/home/",
        "/Users/",
        "pypi" + ".org",
        "pythonhosted",
        "npmjs",
        "unpkg",
        "jsdelivr",
        "cdnjs",
        "index-url",
    )
    hidden = {".venv", ".git", "instance", "__pycache__"}
    found = [
        (name_of(path), part)
        for path in ROOT.rglob("*")
        if path.is_file()
        and path != Path(__file__)  # names them
        and not hidden & set(path.parts)
        and not any(folder.endswith((".egg-info", "_cache")) for folder in path.relative_to(ROOT).parts)
        for part in parts
        if part.encode() in path.read_bytes()
    ]
    assert found == []


# --- pages about the code ------------------------------------------------------------------------------


def test_page_of_rules_is_what_the_tables_say() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == render(), "stale: run ./run.sh docs"


def test_each_function_that_the_architecture_page_names_exists() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.(?:py|js)): (\w+)\(\)`", page)
    assert len(named) > 15
    assert [f"{file}: {function}" for file, function in named if not _defines(file, function)] == []


def _defines(file: str, function: str) -> bool:
    places = [path for path in (ROOT / file, ROOT / "webapp" / file, STATIC / "js" / file) if path.exists()]
    return any(re.search(rf"\b(def|class|function) {function}\b", path.read_text(encoding="utf-8")) for path in places)


def test_each_file_that_the_pages_name_exists() -> None:
    for page in ("architecture.md", "glossary.md", "rules.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
        assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
