"""What asks to come again says when, and what cannot be done now is told as that, with a way on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Response

from tests.conftest import PEOPLE, Browser, World
from tests.make import actor
from tests.make import report as report_entry
from webapp.app import App
from webapp.core.errors import Busy
from webapp.report import service as reports
from webapp.web import errors


def test_the_brake_on_guessing_says_after_how_many_seconds(browse: Callable[..., Browser]) -> None:
    browser = browse()
    for _ in range(5):
        browser.login("officer_a1", "wrong")
    answer = browser.login("officer_a1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    inside = browse("township_a")
    fields = {"current": "wrong", "new": "another-pass-word", "again": "another-pass-word"}
    answers = [inside.post("/account/password", **fields) for _ in range(6)]
    assert (answers[-1].status_code, answers[-1].headers.get("Retry-After")) == (429, "900")
    assert "Retry-After" not in answers[0].headers


@pytest.mark.parametrize("status", [429, 503])
def test_every_answer_that_asks_to_come_again_says_when(app: App, status: int) -> None:
    with app.test_request_context("/healthz"):
        bare = app.process_response(Response(status=status))
        refused = app.process_response(errors.refused(Busy("so", again=7)))
    assert int(bare.headers["Retry-After"]) > 0
    assert refused.headers["Retry-After"] == "7"


def test_a_move_that_cannot_be_made_now_is_told_on_the_report(browse: Callable[..., Browser], world: World) -> None:
    with world.store.write() as session:
        id_ = reports.submit(session, actor(session, "officer_a1"), report_entry(world.grids["A1"])).id
    browser = browse("township_a")
    assert browser.get(f"/reports/{id_}/raise").status_code == 200
    answer = browser.get(f"/reports/{id_}/close")
    assert answer.status_code == 409
    assert "cannot be done at this stage" in answer.text and f"/reports/{id_}/raise" in answer.text
    assert "cannot be done at this stage" not in browser.get(f"/reports/{id_}").text


def test_who_never_does_this_is_told_in_a_sentence_with_a_way_on(browse: Callable[..., Browser]) -> None:
    for login, address in {"admin": "/map", "auditor": "/map", "officer_a1": "/settings", "liaison": "/people"}.items():
        answer: Any = browse(login).get(address)
        assert answer.status_code == 403 and login in PEOPLE
        main = answer.text.split("<main")[1]
        assert "<h1>" in main and 'class="btn btn-filled" href="/"' in main
