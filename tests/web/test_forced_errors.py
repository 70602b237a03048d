"""Whatever breaks in whatever view: its user reads a sentence, and nothing of the program's inside."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from tests.access_county import on_sqlite
from tests.conftest import Browser, World
from tests.short import count, part
from tests.web.test_nasty import addresses, browsers, crowd, rules, turn_of  # noqa: F401  (fixture)
from webapp.app import App

SECRET = "s3cret-in-the-fault"
#: Faults as libraries raise them, with all that must not be seen in their words.
FAULTS = [
    RuntimeError(f"{SECRET} /srv/wangge/instance/wangge.db"),
    KeyError(SECRET),
    ProgrammingError(f"SELECT {SECRET} FROM person WHERE id = ?", {"id": 7}, Exception("syntax error near 'x'")),
    OperationalError(f"UPDATE {SECRET}", {}, Exception("database is locked")),
    OSError(28, "No space left on device", f"/srv/{SECRET}"),
    UnicodeEncodeError("utf-8", f"\ud800{SECRET}", 0, 1, "surrogates not allowed"),
    RecursionError(f"maximum recursion depth exceeded {SECRET}"),
    MemoryError(SECRET),
]
INSIDE = re.compile(
    rf"{SECRET}|Traceback|File \"|\.py\b|SELECT |UPDATE |sqlalchemy|sqlite|psycopg|Werkzeug|Python/|/srv/|packages",
    re.I,
)


def told(answer: Any) -> str:
    """What of the inside an answer shows: in its body or its head; empty when nothing."""
    found = INSIDE.search(answer.text + str(answer.headers))
    return found[0] if found else ""


@on_sqlite
def test_no_fault_of_any_view_shows_what_is_inside(
    app: App,
    world: World,
    crowd: dict[str, Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answers() -> Iterator[tuple[Any, Any]]:
        for method in ("GET", "POST"):
            for rule in rules(app, method):
                for browser in browsers(app, crowd, rule):
                    token = browser.token()
                    for fault in part(FAULTS, 8, turn_of(rule)):
                        yield (rule.endpoint, fault), forced(browser, rule, method, token, fault)

    def forced(browser: Browser, rule: Any, method: str, token: str, fault: Exception) -> Any:
        with monkeypatch.context() as patch:
            patch.setitem(app.view_functions, rule.endpoint, broken(app.view_functions[rule.endpoint], fault, raised))
            address = addresses(rule, world)[0]
            kind = {"Accept": "application/json"} if turn_of(rule) % 3 == 0 else {}
            return browser.client.open(address, method=method, data={"csrf_token": token}, headers=kind)

    raised: list[Exception] = []
    wrong, before = [], 0
    for what, answer in answers():
        reached, before = len(raised) > before, len(raised)
        if reached and (answer.status_code not in (500, 503) or told(answer)):
            wrong.append((what, answer.status_code, told(answer)))
    assert wrong == []
    assert len(raised) >= count(100, 500)


def broken(view: Any, fault: Exception, raised: list[Exception]) -> Any:
    """A view under the same rule that raises, and says that it did."""

    def raising(**_parts: Any) -> Any:
        raised.append(fault)
        raise fault

    raising.__dict__.update(view.__dict__)
    return raising


def test_what_is_inside_is_seen_by_the_same_look(app: App, world: World, browse: Any) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = browse("officer_a1").get("/home")
    answer.data = b"Traceback (most recent call last)"
    assert told(answer) == "Traceback"
