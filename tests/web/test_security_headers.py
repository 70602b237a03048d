"""Each view has a rule of access, and each answer carries the security headers."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask

import webapp.app
from tests.conftest import KEY, World
from webapp.app import App, create_app
from webapp.config import Config
from webapp.core.db import Store
from webapp.web import headers
from webapp.web.request import may


def test_program_refuses_to_start_with_a_view_that_says_nothing_about_access(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/bare", "page", lambda: "all records")
    register = webapp.app.register

    def with_bare(app: App) -> None:
        register(app)
        app.register_blueprint(bare)

    monkeypatch.setattr(webapp.app, "register", with_bare)
    with pytest.raises(RuntimeError, match=r"bare\.page"):
        create_app(Config("", tmp_path, KEY), store)


ANSWERS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "a page": (200, lambda client: client.get("/login")),
    "JSON": (200, lambda client: client.get("/healthz")),
    "a file": (200, lambda client: client.get(re.search(r'href="(/assets/[^"]+\.css)"', client.get("/login").text)[1])),  # type: ignore[index]
    "a redirect": (302, lambda client: client.get("/")),
    "no token": (400, lambda client: client.post("/login", data={"login": "x"})),
    "not logged in": (401, lambda client: client.get("/", headers={"Accept": "application/json"})),
    "no such page": (404, lambda client: client.get("/nothing-here")),
    "no such file": (404, lambda client: client.get("/assets/0/own/css/none.css")),
    "wrong method": (405, lambda client: client.delete("/login")),
    "too large": (413, lambda client: client.post("/login", data={}, environ_overrides={"CONTENT_LENGTH": "99999999"})),
    "our fault": (500, lambda client: client.get("/broken")),
}


@pytest.fixture
def breaking(world: World, tmp_path: Path) -> App:
    """An application of its own with one view that fails."""
    app = create_app(Config("", tmp_path, KEY), world.store)

    @may("help.read")
    def broken() -> str:
        raise ZeroDivisionError

    app.add_url_rule("/broken", view_func=broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_carries_all_security_headers(breaking: Flask, name: str) -> None:
    status, ask = ANSWERS[name]
    with ask(breaking.test_client()) as response:
        assert response.status_code == status
        assert {key: response.headers.get(key) for key in headers.FIXED} == headers.FIXED
        assert response.headers["Cache-Control"] == (
            "public, max-age=31536000, immutable" if name == "a file" else "private, no-store"
        )


def test_fixed_headers_are_these() -> None:
    assert (
        headers.FIXED
        | {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Security-Policy": headers.CSP,
        }
        == headers.FIXED
    )
    assert "geolocation=(self)" in headers.FIXED["Permissions-Policy"]


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert headers.CSP.startswith("default-src 'self'") or "default-src 'none'" in headers.CSP
    assert not re.search(r"unsafe|\*|https?:", headers.CSP)
    assert "frame-ancestors 'none'" in headers.CSP
    assert "object-src 'none'" in headers.CSP


@pytest.mark.parametrize("https", [True, False])
def test_https_binds_browser_and_cookie_where_it_is_on(world: World, tmp_path: Path, https: bool) -> None:
    client = create_app(Config("", tmp_path, KEY, https=https), world.store).test_client()
    response = client.get("/login", base_url="https://localhost" if https else "http://localhost")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie, "Strict-Transport-Security" in response.headers) == (https, https)
