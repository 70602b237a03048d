"""Numbers and days that somebody typed are read in one place, which knows what a table keeps: pages call no int() of
their own. Where they seem to, the table below says what bounds it."""

import ast
from collections.abc import Iterator

import pytest

from tests.rooms import is_page, tree
from webapp.web import bounds

PARSERS = frozenset({"int", "float", "Decimal", "complex"})
METHODS = frozenset({"fromisoformat", "strptime", "fromtimestamp", "fromordinal"})
#: file → how often it reads a number or a day by itself, and why that cannot break.
ALLOWED = {
    "webapp/web/bounds.py": (3, "the one place: digits counted before, a day in a try"),
    "webapp/web/places.py": (2, "the phone's moments, in a try; out of reach they count as none"),
    "webapp/web/language.py": (1, "minutes between two moments of ours"),
    "webapp/web/health.py": (2, "seconds of the clock, and a number that is larger than all"),
    "webapp/web/lists.py": (1, "number of a page: Sent.get() answers with the first for what is none"),
    "webapp/feedback/views.py": (1, "number of a page: Sent.get()"),
    "webapp/desk/views.py": (2, "number of a page, and of the line of the log before it: Sent.get()"),
    "webapp/desk/calendar_views.py": (1, "the year of the address: Sent.get()"),
    "webapp/patrol/pages.py": (1, "number of a grid: Sent.get()"),
    "webapp/patrol/forms.py": (1, "digits of a pattern that takes fifteen"),
    "webapp/maps/forms.py": (2, "digits are counted on the line above"),
    "webapp/maps/views.py": (1, "a place, in a try, and then held against the globe"),
    "webapp/duty/words.py": (2, "lines of the seeds' own sources, by a pattern"),
}


def readings(text: str) -> Iterator[int]:
    """The lines on which a text is made a number or a day: by a call, or by a name handed on (``coerce=int``)."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            tried = [node.func, *node.args, *(word.value for word in node.keywords)]
            for each in tried if not _asks_for_the_type(node) else ():
                if (isinstance(each, ast.Name) and each.id in PARSERS) or (
                    isinstance(each, ast.Attribute) and each.attr in METHODS
                ):
                    yield each.lineno


def _asks_for_the_type(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in ("isinstance", "issubclass")


def test_pages_read_typed_numbers_and_days_in_one_place() -> None:
    found = {path: len(lines) for path, text in tree().items() if is_page(path) and (lines := [*readings(text)])}
    assert found == {path: number for path, (number, _) in ALLOWED.items()}


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("x = int(request.args['page'])", 1),
        ("lon, lat = map(float, typed.split(','))", 1),
        ("person = SelectField('', coerce=int)", 1),
        ("x = date.fromisoformat(text)", 1),
        ("x: int = whole(text)\nif isinstance(x, int): pass", 0),
    ],
)
def test_a_new_reading_is_seen(line: str, number: int) -> None:
    assert len([*readings(line)]) == number


@pytest.mark.parametrize("typed", ["", "-1", "²", "１２", "1.0", "9" * 11, "9" * 5000, "2147483648", None])
def test_what_no_table_keeps_is_no_number(typed: str | None) -> None:
    with pytest.raises(ValueError, match="no number"):
        bounds.whole(typed)


def test_a_number_and_a_day_are_read() -> None:
    assert (bounds.whole("2147483647"), bounds.whole(0), bounds.whole("007")) == (2147483647, 0, 7)
    assert (str(bounds.day("2026-02-28")), bounds.day("2026-02-30"), bounds.day("9" * 5000)) == (
        "2026-02-28",
        None,
        None,
    )
