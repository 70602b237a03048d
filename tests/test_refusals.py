"""A test of a refusal says which refusal it means, or it stays green when the act is refused for another reason."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def bare(source: str) -> list[int]:
    """Lines of ``raises(Refused)`` that neither match a message nor keep the refusal to look at it."""
    return [
        item.context_expr.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.context_expr, ast.Call)
        and ast.unparse(item.context_expr) in ("pytest.raises(Refused)", "raises(Refused)")
        and item.optional_vars is None
    ]


def test_every_test_of_a_refusal_says_which() -> None:
    found = {path.relative_to(TESTS): bare(path.read_text(encoding="utf-8")) for path in TESTS.rglob("*.py")}
    assert {str(path): lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("line", "is_bare"),
    [
        ("with pytest.raises(Refused):", True),
        ("with write() as session, pytest.raises(Refused):", True),
        ('with pytest.raises(Refused, match="x"):', False),
        ("with pytest.raises(Refused) as refusal:", False),
    ],
)
def test_the_check_sees_a_bare_one(line: str, is_bare: bool) -> None:
    assert bool(bare(f"{line}\n    act()\n")) == is_bare
