"""No page that is kept, and no link, is made of a name or a path that somebody else chose."""

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import World
from webapp.app import App
from webapp.web import drawn, request, static_files

ROUND = "/grids/{}/patrol?all=1"
EVIL = "//evil.example"


def ask(browser: Any, where: str, root: str = "", host: str = "localhost", scheme: str = "http") -> Any:
    """A page below a path, under a name."""
    cookie = browser.client.get_cookie("wangge").value  # a proxy would send it under any name
    return browser.client.application.test_client(use_cookies=False).get(
        where,
        headers={"Cookie": f"wangge={cookie}"},
        environ_overrides={"SCRIPT_NAME": root, "HTTP_HOST": host, "wsgi.url_scheme": scheme},
        follow_redirects=False,
    )


def links(page: Any) -> set[str]:
    """The addresses on a page."""
    return set(re.findall(r'(?:href|src|action)="([^"]*)"', page.text))


@pytest.fixture
def round_page(world: World, browse: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens the round of an officer, which is kept for all, as asked."""
    monkeypatch.setattr(drawn, "_kept", {})
    browser = browse("officer_a1")
    form = ask(browser, ROUND.format(world.grids["A1"])).location.removeprefix("http://localhost")
    return lambda **more: ask(browser, form, **more)


@pytest.mark.parametrize(
    "root", [EVIL, "/\\evil.example", "/a//b", "https://evil.example", "/%2f", "/a?b", '/"><script>', "/a\n"]
)
def test_a_path_that_is_another_site_makes_no_page(round_page: Any, root: str) -> None:
    answer = round_page(root=root)
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "evil" not in answer.text
    assert not any("evil" in link for link in links(round_page()))


def test_a_page_below_a_path_is_kept_for_that_path_alone(round_page: Any) -> None:
    plain, below = round_page(), round_page(root="/wangge")
    assert below.status_code == plain.status_code == 200
    assert all(link.startswith(("/wangge/", "#")) for link in links(below))
    assert not any(link.startswith("/wangge") for link in links(plain) | links(round_page()))


def test_name_and_scheme_have_a_page_of_their_own(round_page: Any) -> None:
    round_page()
    before = len(drawn._kept)
    round_page(host="127.0.0.1:8000")
    assert len(drawn._kept) > before
    between = len(drawn._kept)
    round_page(scheme="https")
    assert len(drawn._kept) > between


def test_what_is_kept_has_a_bound_whatever_is_asked(app: App, round_page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "MOST_KEPT", 10)
    for number in range(12):
        assert round_page(root=f"/{number}", host=f"h{number}").status_code == 200
    assert len(drawn._kept) <= 10
    for kept in (request._address, static_files._address):
        assert kept.cache_info().maxsize is not None


@pytest.fixture
def guarded(app: App) -> App:
    """The same, reached under two names only."""
    app.config["WANGGE"] = replace(app.config["WANGGE"], trusted_hosts=("wangge.example", ".county.example"))
    return app


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("wangge.example", True),
        ("wangge.example:8443", True),
        ("WANGGE.example", True),
        ("a.county.example", True),
        ("county.example", True),
        ("evil.example", False),
        ("wangge.example.evil.example", False),
        ("evilcounty.example", False),
        ("localhost", False),
        ("wangge.example@evil.example", False),
        ("", False),
        ("[::1]", False),
    ],
)
def test_only_the_names_of_the_setting_get_an_answer(guarded: App, host: str, is_ours: bool) -> None:
    client = guarded.test_client()
    for where in ("/login", "/healthz", "/nothing/there", "//grids", "/assets/x/y/z"):
        answer = client.get(where, environ_overrides={"HTTP_HOST": host, "SERVER_NAME": "elsewhere"})
        assert (answer.status_code != 400) is is_ours, where
        assert is_ours or ("evil" not in answer.text and "evil" not in answer.headers.get("Location", ""))
    posted = client.post("/login", environ_overrides={"HTTP_HOST": host, "SERVER_NAME": "elsewhere"})
    assert (posted.mimetype == "text/plain") is not is_ours


def test_without_the_setting_any_name_does(app: App) -> None:
    assert app.test_client().get("/login", environ_overrides={"HTTP_HOST": "10.0.0.5"}).status_code == 200


def test_a_shared_link_has_the_name_that_was_checked(guarded: App, world: World, browse: Any) -> None:
    from tests import make
    from webapp.report import service

    with world.store.write() as session:
        entry = make.report(world.grids["A1"])
        service.submit(session, make.actor(session, "officer_a1"), entry)
    guarded.config["WANGGE"] = replace(guarded.config["WANGGE"], trusted_hosts=())
    browser = browse("officer_a1")
    guarded.config["WANGGE"] = replace(guarded.config["WANGGE"], trusted_hosts=("localhost",))
    assert f"http://localhost/reports/{entry.id}" in browser.get(f"/reports/{entry.id}").text
    assert ask(browser, f"/reports/{entry.id}", host="evil.example").status_code == 400
