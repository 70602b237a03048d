"""A served small county and a phone-sized browser. Skipped where no Chromium is installed, unless REQUIRE_BROWSER=1."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from waitress.server import create_server

from tests.journeys.line import Line, bad_line

#: The shell is the same browser without its own windows: journeys take less than half the time with it.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {"width": 360, "height": 740}
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """One headless Chromium for all journeys."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        launched = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@contextmanager
def served(app) -> Iterator[str]:
    """An application answered by waitress as in real use; its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown()
    # In its own thread: closed from this one, the loop would look at closed files now and then.
    server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
    thread.join(5)
    assert not thread.is_alive()


@pytest.fixture
def address(app) -> Iterator[str]:
    """The application of the test, served."""
    with served(app) as where:
        yield where


@pytest.fixture
def line(address) -> Iterator[tuple[Line, str]]:
    """A bad line to it, and the address at its other end."""
    with bad_line(address) as found:
        yield found


@pytest.fixture
def phone(browser, address):
    """``phone(login, "zh")`` is a logged-in page on a phone;
    faults of scripts or of the content policy fail the test."""
    contexts, faults = [], []

    def open_(login: str, language: str, size: dict[str, int] = PHONE):
        context = browser.new_context(viewport=size, base_url=address, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"/language?lang={language}&next=/login")
        page.fill("[name=login]", login)
        page.fill("[name=secret]", "test-pass-word")
        page.click("main button[type=submit]")
        page.wait_for_load_state()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not faults
