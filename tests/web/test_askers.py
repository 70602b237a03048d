"""The gate's askers: a browser by its cookie, a program by a key (one of this test's own), and nobody."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.wrappers import Request

from tests import make
from tests.conftest import Browser, World
from webapp.access import Actor
from webapp.app import App
from webapp.feedback.models import Feedback
from webapp.people.models import Person
from webapp.web import askers, gate
from webapp.web.request import read

JSON = "application/json"


class ByKey(askers.Asker):
    """A program by the key it shows: the log-in name of whom it acts for."""

    is_program = True
    met: list[Request]

    def __init__(self) -> None:
        self.met, self.let = [], []  # type: ignore[var-annotated]

    def __call__(self, request: Request) -> Actor | None:
        """Whose key it is; NotKnown for a key of nobody's."""
        self.met.append(request)
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return None
        if key not in ("officer_a1", "county", "auditor"):
            raise askers.NotKnown
        return make.actor(read(), key)

    def let_in(self, actor: Actor) -> None:
        """Remember that the view ran."""
        self.let.append(actor.name)


@pytest.fixture
def key(app: App, monkeypatch: pytest.MonkeyPatch) -> ByKey:
    """The asker for programs, asked before the cookie."""
    made = ByKey()
    monkeypatch.setattr(app.extensions["gate"], "askers", [made, *app.extensions["gate"].askers])
    return made


@pytest.fixture(params=["first", "after the cookie"])
def anywhere(request: pytest.FixtureRequest, key: ByKey, app: App) -> ByKey:
    """The same wherever it stands before Nobody."""
    listed = app.extensions["gate"].askers
    if request.param != "first":
        listed[:2] = reversed(listed[:2])
    return key


def held(name: str) -> dict[str, str]:
    """The header of a program with somebody's key."""
    return {"Authorization": f"Bearer {name}"}


def messages(world: World) -> list[str]:
    """Who has written feedback."""
    with world.store.read() as session:
        return list(session.scalars(select(Person.login).join(Feedback, Feedback.person_id == Person.id)))


def write(client: FlaskClient, **headers: str) -> Any:
    """One message, without a token."""
    return client.post("/feedback", data={"id": uuid.uuid4(), "text": "well", "page": "/"}, headers=headers)


# --- what is wired ---


def test_only_the_cookie_and_nobody_are_asked(one_app: App) -> None:
    assert [type(asker) for asker in one_app.extensions["gate"].askers] == [askers.ByCookie, askers.Nobody]


def test_a_key_is_no_way_in_while_none_is_wired(browse: Any) -> None:
    assert browse().client.get("/account", headers=held("officer_a1")).status_code == 302
    assert browse("officer_a1").client.get("/desk", headers=held("county")).status_code == 403


@pytest.mark.parametrize("listed", [[], [ByKey()], [askers.Nobody(), ByKey()]], ids=["none", "a key", "nobody first"])
def test_a_gate_whose_last_asker_may_say_nothing_is_not_set_up(listed: list[askers.Asker]) -> None:
    with pytest.raises(ValueError, match="the last asker has to answer always"):
        gate.Gate(listed)


def test_who_says_nothing_of_itself_has_to_bring_the_token() -> None:
    assert [kind.is_program for kind in (askers.Asker, askers.ByCookie, askers.Nobody)] == [False, False, False]


# --- a program by its key ---


def test_a_key_writes_without_a_token_as_whose_it_is(anywhere: ByKey, world: World, browse: Any) -> None:
    assert write(browse().client, **held("officer_a1")).status_code == 201
    assert messages(world) == ["officer_a1"]
    assert anywhere.let == ["officer_a1"]


def test_a_cookie_is_never_a_key_and_its_posts_go_on_needing_the_token(
    anywhere: ByKey, world: World, browse: Any
) -> None:
    for login in ("officer_a1", "county"):
        browser = browse(login)
        for headers in ({}, {"Authorization": "Basic b2ZmaWNlcl9hMTp4"}, {"Authorization": "officer_a1"}):
            assert write(browser.client, **headers, Origin="http://localhost").status_code == 401
    assert messages(world) == []
    assert anywhere.let == []


def test_a_program_never_sees_a_cookie(key: ByKey, browse: Any) -> None:
    browse("officer_a1").client.get("/account", headers=held("officer_a1"))
    assert key.met
    for met in key.met:
        assert (met.cookies, "Cookie" in met.headers) == ({}, False)
        with pytest.raises(RuntimeError, match="shallow"):
            met.get_data()


def test_beside_a_cookie_the_first_asker_counts_and_the_two_are_never_mixed(key: ByKey, app: App, browse: Any) -> None:
    browser = browse("county")
    assert browser.client.get("/desk").status_code == 200
    assert browser.client.get("/desk", headers=held("officer_a1")).status_code == 403
    assert browser.client.get("/home", headers=held("officer_a1")).status_code == 200
    assert browser.client.get("/log", headers=held("auditor")).status_code == 200
    assert browser.client.get("/log").status_code == 403
    app.extensions["gate"].askers = [app.extensions["gate"].askers[index] for index in (1, 0, 2)]
    assert browser.client.get("/desk", headers=held("officer_a1")).status_code == 200
    assert browser.client.get("/home", headers=held("officer_a1")).status_code == 403


def test_a_key_leaves_nothing_behind_in_the_browser_it_came_from(key: ByKey, browse: Any) -> None:
    browser = browse()
    assert browser.client.get("/desk", headers=held("county")).status_code == 200
    assert browser.client.get("/desk").status_code == 302


def test_a_key_of_nobodys_is_refused_even_where_a_visitor_is_let_in(anywhere: ByKey, browse: Any) -> None:
    for address in ("/account", "/log", "/help"):
        answer = browse().client.get(address, headers=held("somebody"))
        assert (answer.status_code, answer.mimetype, set(answer.json)) == (401, JSON, {"error"})
    assert anywhere.let == []


def test_a_key_of_nobodys_is_not_made_good_by_a_cookie(key: ByKey, world: World, browse: Any) -> None:
    browser = browse("officer_a1")
    token = browser.token()
    assert browser.client.get("/home", headers=held("somebody")).status_code == 401
    assert write(browser.client, **held("somebody"), **{"X-CSRFToken": token}).status_code == 401
    assert messages(world) == []
    assert browser.client.get("/home").status_code == 200


def test_a_program_is_answered_in_json_and_told_of_no_role(anywhere: ByKey, browse: Any) -> None:
    client = browse().client
    for address in ("/log", "/reports/00000000-0000-7000-8000-000000000000", "/grids/999"):
        answer = client.get(address, headers=held("officer_a1") | {"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype, set(answer.json)) == (
            403 if address == "/log" else 404,
            JSON,
            {"error"},
        )
    assert client.get("/log", headers=held("officer_a1")).data == client.get("/people", headers=held("officer_a1")).data


@pytest.mark.parametrize("address", ["/account", "/account/password", "/"])
def test_account_pages_are_for_a_log_in_and_not_for_a_key(anywhere: ByKey, browse: Any, address: str) -> None:
    assert browse().client.get(address, headers=held("officer_a1")).status_code == 403


def test_who_has_to_choose_a_password_first_does_nothing_by_a_key(
    key: ByKey, world: World, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        make, "actor", lambda session, name, found=make.actor: replace(found(session, name), must_change=True)
    )
    assert browse().client.get("/home", headers=held("officer_a1")).status_code == 403
    assert write(browse().client, **held("officer_a1")).status_code == 403
    assert messages(world) == []


# --- nobody ---


def test_who_shows_nothing_is_a_visitor_whose_posts_need_the_token_too(world: World, browse: Any) -> None:
    visitor = browse()
    assert visitor.client.get("/help").status_code == 200
    assert visitor.client.get("/account").status_code == 302
    assert visitor.client.post("/login", data={"login": "officer_a1", "secret": "test-pass-word"}).status_code == 400
    assert visitor.client.get("/account").status_code == 302
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Feedback)) == 0


def test_a_log_in_that_has_ended_is_a_visitors(browse: Any, world: World) -> None:
    browser: Browser = browse("officer_a1")
    twin = FlaskClient(browser.client.application, browser.client.application.response_class)
    cookie = browser.client.get_cookie("wangge")
    assert cookie is not None
    twin.set_cookie("wangge", cookie.value)
    assert twin.get("/account").status_code == 200
    browser.post("/logout")
    twin.set_cookie("wangge", cookie.value)
    assert "officer_a1" not in twin.get("/help").text
    assert twin.get("/account").status_code == 302
