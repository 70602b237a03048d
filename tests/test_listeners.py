"""The table of listeners: all of it stands here again, and every way into the program carries it."""

import ast
from pathlib import Path

import webapp
from tests.conftest import KEY
from webapp.app import create_app
from webapp.config import Config
from webapp.core.happened import INFO
from webapp.listeners import LISTENERS, open_store

#: Event → who is called, in this order. Whoever adds a listener writes it here too.
EVERYBODY: list[tuple[str, str]] = [
    ("GridsChanged", "webapp.people.heirs.follow"),
    ("GridsChanged", "webapp.patrol.heirs.follow"),
    ("GridsChanged", "webapp.report.heirs.follow"),
    ("GridsChanged", "webapp.card.units.refuse_planted"),
    ("HandedOver", "webapp.card.service.take_over"),
]


def test_everybody_who_listens_is_listed() -> None:
    found = [(row.to.__name__, f"{row.act.__module__}.{row.act.__qualname__}") for row in LISTENERS]
    assert found == EVERYBODY


def test_the_table_is_the_programs_own_unless_another_is_given() -> None:
    assert open_store("sqlite://").info[INFO] is LISTENERS


def test_the_application_opens_its_database_with_the_table(tmp_path: Path) -> None:
    assert create_app(Config("sqlite://", tmp_path, KEY)).extensions["store"].info[INFO] is LISTENERS


def opened_elsewhere() -> list[str]:
    """Where the program opens a database past the table."""
    root = Path(webapp.__file__).parent
    return [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Store"
    ]


def test_nothing_in_the_program_opens_a_database_past_the_table() -> None:
    assert [place.partition(":")[0] for place in opened_elsewhere()] == ["listeners.py"]
