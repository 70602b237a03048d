"""The application for a WSGI server: refuses what ``wangge serve`` refuses, and answers otherwise."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import World
from webapp import cli, wsgi
from webapp.accounts.service import create_admin
from webapp.app import create_app
from webapp.config import Config
from webapp.core import passwords
from webapp.core.db import Store
from webapp.core.models import Setting
from webapp.ops import durability, migrate, seeding

KEY = "6c0b9c4f1b7e4a52b8a7d3e5f9012c4d"


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """As it was."""
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()


@pytest.fixture(autouse=True)
def careless_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own PostgreSQL waits for no disk, and would be refused."""
    monkeypatch.setattr(durability, "careless", lambda _store: None)


@pytest.fixture
def environment(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """That of a county that can be served."""
    given = {
        "DATABASE_URL": world.store.url.render_as_string(hide_password=False),
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": KEY,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


def test_it_answers(environment: dict[str, str]) -> None:
    app = wsgi.application()
    assert app.test_client().get("/readyz").json["status"] == "ok"
    assert gc.get_freeze_count() > 10_000
    app.extensions["store"].close()


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SECRET_KEY", "change-me", "SECRET_KEY"),
        ("SECRET_KEY", "", "SECRET_KEY"),
        ("PROXIES", "yes", "PROXIES"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, value: str, word: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=word):
        wsgi.application()


def test_a_county_without_tables_without_seeds_or_without_an_administrator_is_refused(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SystemExit, match="wangge migrate"):
        wsgi.application()
    store = Store(url)
    migrate.run(store, "upgrade", "head")
    with pytest.raises(SystemExit, match="wangge seed"):
        wsgi.application()
    seeding.seed(store)
    with pytest.raises(SystemExit, match="admin create"):
        wsgi.application()
    with store.write() as session:
        create_admin(session, "first", "first", passwords.make("a long pass word"))
    store.close()
    wsgi.application().extensions["store"].close()


def test_serve_asks_the_same(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    monkeypatch.setattr(wsgi, "refusal", lambda _config, _store: "not so")
    answer = CliRunner().invoke(cli.main, ["serve"])
    assert (answer.exit_code, answer.output.strip()) == (1, "not so")


def test_readyz_says_what_is_still_to_do(empty: Store, tmp_path: Path) -> None:
    client = create_app(Config("", tmp_path, KEY), empty).test_client()
    said = []
    for step in (lambda: None, lambda: migrate.run(empty, "upgrade", "head"), lambda: seeding.seed(empty)):
        step()
        answer = client.get("/readyz")
        said.append((answer.status_code, answer.json["status"]))
    assert said == [(503, "no database"), (503, "seed first"), (200, "ok")]


def test_a_setting_that_came_with_an_update_has_to_be_seeded_before_the_county_is_served(
    environment: dict[str, str], world: World
) -> None:
    with world.store.write() as session:
        session.delete(session.get_one(Setting, "idle_minutes"))
    with pytest.raises(SystemExit, match="wangge seed"):
        wsgi.application()
