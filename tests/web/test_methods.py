"""Which methods run a view: GET and HEAD, and POST with the token of one's own browser. OPTIONS says so and runs
none."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import World
from tests.short import part
from webapp.app import App
from webapp.core.models import AuditEntry, Setting
from webapp.people.models import Person

METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "options")
PARTS = {"uuid": "00000000-0000-7000-8000-000000000000", "int": "1"}


def every_address(app: App) -> list[str]:
    """Each address of the program, with something in its places."""
    return [
        re.sub(r"<(?:(\w+):)?\w+>", lambda place: PARTS.get(place[1] or "", "one"), rule.rule)
        for rule in app.url_map.iter_rules()
    ]


@pytest.fixture
def ran(app: App, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the views that ran since."""
    names: list[str] = []

    def watched(name: str, view: Any) -> Any:
        def run(**_parts: Any) -> str:
            names.append(name)
            return "ran"

        run.rule = view.rule  # type: ignore[attr-defined]
        return run

    for name, view in list(app.view_functions.items()):
        monkeypatch.setitem(app.view_functions, name, watched(name, view))
    return names


@pytest.fixture
def crowd(browse: Any) -> list[Any]:
    """Browsers that together may call every view, and nobody's; made before the views are watched."""
    return [browse(name) for name in (None, "officer_a1", "township_a", "county", "liaison", "admin", "auditor")]


def test_no_method_but_get_and_head_runs_a_view_without_the_token(app: App, crowd: list[Any], ran: list[str]) -> None:
    addresses = every_address(app)
    for number, browser in enumerate(crowd):
        for place, address in enumerate(addresses):
            for method in part(METHODS, 4, number + place, full=2):
                answer = browser.client.open(address, method=method, data={"value": "1"})
                assert (answer.status_code < 500, ran) == (True, []), f"{method} {address}"


def test_the_watch_sees_a_view_that_runs(app: App, crowd: list[Any], ran: list[str]) -> None:
    officer = crowd[1].client
    for method in ("GET", "HEAD"):
        assert officer.open("/home", method=method).status_code == 200
    assert ran == ["desk.home", "desk.home"]


def test_options_names_the_methods_of_an_address_and_nothing_else(app: App, browse: Any) -> None:
    for browser in (browse(), browse("admin")):
        for address, methods in (
            ("/login", {"GET", "HEAD", "OPTIONS", "POST"}),
            ("/logout", {"OPTIONS", "POST"}),
            ("/people/1/suspend", {"OPTIONS", "POST"}),
            ("/people/1", {"GET", "HEAD", "OPTIONS"}),
        ):
            answer = browser.client.options(address)
            assert (answer.status_code, set(answer.allow), answer.data) == (200, methods, b""), address
        assert browser.client.options("/no/such/address").status_code == 404


def test_options_suspends_nobody_gives_no_code_sets_nothing_and_ends_no_log_in(world: World, browse: Any) -> None:
    who, admin = world.people["officer_a1"], browse("admin")
    with world.store.read() as session:
        before = session.get_one(Person, who), session.get_one(Setting, "tile_url").value
        acts = session.scalars(select(AuditEntry.id)).all()
    for address in (f"/people/{who}/suspend", f"/people/{who}/code", "/settings/map", "/logout"):
        answer = admin.client.options(address, data={"value-tile_url": "https://tiles.example/{z}/{x}/{y}"})
        assert (answer.status_code, answer.data) == (200, b""), address
    assert admin.client.get("/account").status_code == 200
    with world.store.read() as session:
        person = session.get_one(Person, who)
        assert (person.suspended_at, person.password_hash) == (before[0].suspended_at, before[0].password_hash)
        assert session.get_one(Setting, "tile_url").value == before[1]
        assert session.scalars(select(AuditEntry.id)).all() == acts


@pytest.mark.parametrize(
    ("method", "passes"), [("GET", True), ("HEAD", True), ("OPTIONS", False), ("POST", False), ("PROPFIND", False)]
)
def test_the_gate_itself_asks_every_other_method_for_the_token(app: App, method: str, passes: bool) -> None:
    with app.test_request_context("/feedback", method=method):
        refusal = app.extensions["gate"].pass_through("help.read")
        assert (refusal is None) == passes
        assert passes or refusal.status_code == 400
