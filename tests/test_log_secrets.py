"""The logs of the tests hold no secret, whatever test wrote them (tests/conftest.py listens); two hundred texts with
ends of lines in them forge none."""

import logging
import re
from itertools import product
from typing import Any

import pytest

from tests import log_watch
from tests.conftest import World
from tests.test_private import lines, open_to_all, wrapped  # noqa: F401  (fixtures)
from webapp.app import App
from webapp.core import passwords
from webapp.login import service

#: What ends a line somewhere, or takes one back.
ENDS = (
    "\n",
    "\r",
    "\r\n",
    "\x0b",
    "\x0c",
    "\x85",
    "\u2028",
    "\u2029",
    "\x1b[2K\x1b[1G",
    "\x1b[1A",
    "\x00\n",
    "\x08\x08\n",
)
#: What would pass for an event of ours.
EVENTS = (
    "2026-11-29 12:00:00,000 ERROR wangge.trouble: forged",
    "2026-11-29 12:00:00,000 WARNING wangge.sweep: forged",
    "2026-11-29 12:00:00 +0000 [1] [INFO] forged",
    'forged - - [29/Nov/2026:12:00:00 +0800] "GET / HTTP/1.1" 200 1',
)
PLACES = ("message", "argument", "exception", "cause", "name of a file")
FORGERIES = [(place, f"x{end}{event}") for place, end, event in product(PLACES, ENDS, EVENTS)]
EVENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:ERROR|WARNING) [\w.]+: ")


def written(place: str, text: str) -> None:
    """An event of the log with what somebody typed in it."""
    log = logging.getLogger("wangge.trouble")
    if place == "message":
        log.warning(text)
    elif place == "argument":
        log.warning("no post of %s", text)
    elif place == "name of a file":
        log.warning("%r cannot be read: %s", text, FileNotFoundError(2, "No such file", text))
    else:
        try:
            try:
                raise ValueError(text)
            except ValueError as error:
                raise RuntimeError(text if place == "exception" else "x") from error
        except RuntimeError:
            log.exception("on %s", text)


def test_two_hundred_texts_with_ends_of_lines_forge_none(lines: Any) -> None:
    assert len(FORGERIES) >= 200
    for place, text in FORGERIES:
        written(place, text)
    said = lines()
    events = [line for line in said if not line.startswith("    ")]
    assert len(events) == len(FORGERIES) and all(EVENT.match(line) for line in events)
    assert [line for line in said if line.startswith(EVENTS)] == []
    assert not set("\x1b\x0b\x0c\x85\u2028\u2029\x00\x08\r") & set("".join(said))


def test_addresses_and_heads_with_ends_of_lines_forge_none(
    lines: Any, app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flask import request

    def broken(*_: object) -> None:
        raise RuntimeError(f"{request.full_path} {request.headers} {request.args}")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app.logger, "handlers", [])
    monkeypatch.setitem(app.view_functions, "health.alive", wrapped(app, broken))
    client = app.test_client()
    for end, event in product(("%0a", "%0d%0a", "%0d", "%e2%80%a8", "%c2%85", "\x1b[2K"), EVENTS):
        where = {"REMOTE_USER": f"x{event}", "HTTP_USER_AGENT": f"x\x1b[2K{event}"}
        assert client.get(f"/healthz?q=x{end}{event}", environ_overrides=where).status_code == 500
    said = lines()
    assert len([line for line in said if EVENT.match(line)]) == 24
    assert [line for line in said if line.startswith(EVENTS) or (line[:1] not in " 2" and "forged" in line)] == []


def test_each_kind_of_secret_in_a_log_is_found(world: World) -> None:
    code = passwords.code(passwords.LONG)
    with world.store.write() as session:
        person = session.get_one(service.Person, world.people["county"])
        token = service.begin(session, person, None, "test", remember=False)
    for secret in (code, token, "test-pass-word", "$argon2id$v=19", "13800000001", "110101199003074477"):
        assert log_watch.found(f"ERROR x: on {secret} it ended") != [], secret
    assert log_watch.found("WARNING wangge.sweep: 999901100000 2026-00012 01890a5d-ac96-774b-bcce-b302099a8057") == []
