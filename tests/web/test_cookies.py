"""A browser's cookie that was found good before is not worked out again; everything else is as Flask has it."""

from typing import Any

import pytest
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import update

from webapp.app import App
from webapp.core import clock
from webapp.login.models import LoginSession
from webapp.web.cookies import Cookies

NAME = "wangge"


@pytest.fixture
def opened(app: App, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The application with nothing kept, and the cookies that Flask itself was asked to open."""
    asked: list[str] = []
    flask_opens = SecureCookieSessionInterface.open_session

    def noted(self: Any, app_: Any, request: Any) -> Any:
        asked.append(request.cookies.get(NAME, ""))
        return flask_opens(self, app_, request)

    monkeypatch.setattr(SecureCookieSessionInterface, "open_session", noted)
    monkeypatch.setattr(app, "session_interface", Cookies())
    return asked


def cookie(browser: Any) -> str:
    return browser.client.get_cookie(NAME).value


def test_a_good_cookie_is_opened_once(opened: list[str], browse: Any) -> None:
    browser = browse("officer_a1")
    browser.get("/")
    opened.clear()
    for _ in range(3):
        assert browser.client.get("/account").status_code == 200
    assert opened.count(cookie(browser)) <= 1


def test_a_changed_cookie_is_nobodys_also_after_the_good_one_was_kept(opened: list[str], browse: Any) -> None:
    browser = browse("officer_a1")
    browser.get("/")
    good = cookie(browser)
    said, _, signature = good.rpartition(".")
    other = "B" if signature[0] == "A" else "A"  # not the last letter: some of its bits say nothing
    for bad in (f"{said}.{other}{signature[1:]}", f"x{good}", said):
        browser.client.set_cookie(NAME, bad)
        assert browser.client.get("/account").status_code == 302
    browser.client.set_cookie(NAME, good)
    assert browser.client.get("/account").status_code == 200


def test_a_kept_cookie_does_not_outlive_the_log_in(opened: list[str], browse: Any) -> None:
    browser = browse("officer_a1")
    browser.get("/account")
    good = cookie(browser)
    assert browser.post("/logout").status_code in (302, 303)
    browser.client.set_cookie(NAME, good)
    assert browser.client.get("/account").status_code == 302


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_an_answer_to_a_log_in_that_has_ended_writes_no_cookie(app: App, browse: Any, accept: str) -> None:
    """Else it would overwrite that of a new log-in, where this came later than the answer to that."""
    browser = browse("officer_a1")
    browser.get("/account")
    before = cookie(browser)
    with app.extensions["store"].write() as session:
        session.execute(update(LoginSession).values(revoked_at=clock.now()))
    for address in ("/home", "/entries/01a22ca4-04fc-75b5-9df8-cf1890167e30"):
        answer = browser.client.get(address, headers={"Accept": accept})
        assert answer.status_code in (401, 302) and "Set-Cookie" not in answer.headers
    assert cookie(browser) == before


def test_what_a_page_changes_in_its_session_is_not_in_what_is_kept(app: App, opened: list[str]) -> None:
    with app.test_client() as client:
        with client.session_transaction() as session:
            session["lang"] = "en"
        value = client.get_cookie(NAME).value
        for _ in range(2):
            with app.test_request_context("/", headers={"Cookie": f"{NAME}={value}"}) as context:
                assert context.session["lang"] == "en"
                context.session["lang"] = "zh"


def test_words_for_one_page_are_not_kept(app: App, opened: list[str]) -> None:
    with app.test_client() as client:
        with client.session_transaction() as session:
            session["_flashes"] = [("good", "Stored.")]
        value = client.get_cookie(NAME).value
    for _ in range(2):
        with app.test_request_context("/", headers={"Cookie": f"{NAME}={value}"}) as context:
            context.session["_flashes"].clear()
    assert opened.count(value) == 2


def test_no_more_are_kept_than_fit(app: App, opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.web.cookies.MOST_KEPT", 2)
    for number in range(5):
        with app.test_client() as client:
            with client.session_transaction() as session:
                session["lang"] = str(number)
            client.get("/healthz")
    assert 0 < len(app.session_interface._good) <= 2  # type: ignore[attr-defined]
