"""Fixtures: a migrated and seeded database on each engine, the application on it,
and a small county with its people."""

import gc
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from tests import engines, given_time, kept, log_watch, make
from tests.short import FULL, is_left_out, is_the_same
from webapp.app import App, create_app
from webapp.config import Config
from webapp.core import passwords
from webapp.core.db import Store
from webapp.listeners import open_store
from webapp.ops import migrate, seeding
from webapp.translations import catalogue

catalogue.compile_stale()  # run.sh has done it; plain pytest has not

passwords._hasher = PasswordHasher(
    time_cost=1, memory_cost=8, parallelism=1
)  # a hundred log-ins in a second, not in twenty

gc.set_threshold(50_000, 20, 20)  # what a session keeps is large, and going through it again and again a tenth of a run

MEMORY = Path("/dev/shm")
if (
    not FULL
    and os.access(MEMORY, os.W_OK)
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    and shutil.disk_usage(MEMORY).free > 2 << 30
):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # each commit waits for the disk, a third of the run

KEY = "a-test-key-of-sufficient-length-0123456789"
PASSWORD = "test-pass-word"


#: Folders in whose files a test takes long: begun first, so that no process has one of them left when all others are
#: done.
SLOW = ("web", "journeys", "durability", "tests")


def pytest_configure(config: pytest.Config) -> None:
    """What is said while a run goes on."""
    given_time.register(config)


def _is_the_same(item: pytest.Item) -> bool:
    params = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return is_the_same(_text(item.path), params, item.get_closest_marker("full") is not None)


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What the short run leaves out whole; what it has done, where the full one comes right after it; and which files
    come first."""
    for item in items:
        if is_left_out(item.nodeid):
            item.add_marker(pytest.mark.full)
    if os.environ.get("WANGGE_AFTER_SHORT") == "1":
        same = {item for item in items if _is_the_same(item)}
        config.hook.pytest_deselected(items=[*same])
        items[:] = [item for item in items if item not in same]
    items.sort(key=lambda item: SLOW.index(item.path.parent.name) if item.path.parent.name in SLOW else len(SLOW))


@pytest.fixture(scope="session", autouse=True)
def clean_log() -> Iterator[None]:
    """No test writes a secret into the log; what one wrote turns the last one of its process red."""
    watch = log_watch.begin()
    yield
    assert watch.wrong == []


@pytest.fixture(scope="session")
def password_hash() -> str:
    """One hash for all test people."""
    return passwords.make(PASSWORD)


@pytest.fixture(scope="session", params=engines.record_urls())
def seeded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a migrated, seeded database, kept or made once per engine, and copied for each test."""
    return kept.database(request.param, "seeded", tmp_path_factory.mktemp("seeded"), partial(_seed, request.param))[0]


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, seeded database of SQLite that nobody has open, to be copied where an operator's would lie."""
    folder = tmp_path_factory.mktemp("seeded-file")
    kept.database("sqlite", "seeded", folder, partial(_seed, "sqlite"))
    return folder / kept.DATABASE


def _seed(engine_id: str, folder: Path) -> tuple[str, None]:
    url = engines.make(engine_id, folder)
    store = open_store(url)
    migrate.run(store, "upgrade", "head")
    seeding.seed(store)
    store.close()
    return url, None


@pytest.fixture
def store(seeded: str, tmp_path: Path) -> Iterator[Store]:
    """A migrated, seeded database of the test's own."""
    url = engines.copy(seeded, tmp_path)
    made = engines.ready(open_store(url))
    yield made
    made.close()
    engines.drop(url)


@dataclass(frozen=True)
class World:
    """The small county: ids of grids, bodies, objects and people by short name."""

    store: Store
    grids: dict[str, int]
    bodies: dict[str, int]
    things: dict[str, int]
    people: dict[str, int]


#: login → (role, grid or None, body or None)
PEOPLE = {
    "officer_a1": ("grid_officer", "A1", None),
    "officer_a2": ("grid_officer", "A2", None),
    "officer_b1": ("grid_officer", "B1", None),
    "township_a": ("township_supervisor", "A", None),
    "township_a_two": ("township_supervisor", "A", None),
    "township_b": ("township_supervisor", "B", None),
    "county": ("county_office", "county", None),
    "county_two": ("county_office", "county", None),
    "liaison": ("department_liaison", None, "housing"),
    "liaison_other": ("department_liaison", None, "ecology"),
    "committee_a1": ("station_officer", None, "committee_a1"),
    "station_a": ("station_officer", None, "station_a"),
    "leader": ("leader", "county", None),
    "inspector": ("inspector", "county", None),
    "admin": ("system_admin", None, None),
    "auditor": ("audit_admin", None, None),
}


@pytest.fixture(scope="session")
def populated(seeded: str, password_hash: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, World]:
    """The small county, kept or made once per engine: its database and ids."""

    def make_it(folder: Path) -> tuple[str, dict[str, dict[str, int]]]:
        url = engines.copy(seeded, folder)
        store = open_store(url)
        with store.write() as session:
            ids = _people_the_county(session, password_hash)
        store.close()
        return url, ids

    engine_id = make_url(seeded).get_backend_name()
    url, ids = kept.database(engine_id, "populated", tmp_path_factory.mktemp("populated"), make_it)
    return url, World(open_store(url), **ids)


def _people_the_county(session: Session, password_hash: str) -> dict[str, dict[str, int]]:
    grids = make.grids(session)
    bodies = {
        "housing": make.body(session, "department", grids["county"], "县住建局", "Housing Bureau", "housing").id,
        "ecology": make.body(session, "department", grids["county"], "县生态环境局", "Ecology Bureau", "ecology").id,
        "station_a": make.body(session, "station", grids["A"], "甲镇综合执法队", "Town A team").id,
        "committee_a1": make.body(session, "committee", grids["A1"], "甲1村委会", "Village A1 committee").id,
    }
    people = make.crowd(session, PEOPLE, grids, bodies, password_hash)
    things = {}
    for village in ("A1", "A2", "B1"):
        things[f"farm_{village.lower()}"] = make.thing(session, grids[village]).id
        things[f"kiln_{village.lower()}"] = make.thing(session, grids[village], "砖窑旧址", "Old kiln", "enterprise").id
    return {"grids": grids, "bodies": bodies, "things": things, "people": people}


@pytest.fixture
def world(populated: tuple[str, World], tmp_path: Path) -> Iterator[World]:
    """Two townships A and B with three villages each, people for every role, two objects a village; the test's own."""
    url = engines.copy(populated[0], tmp_path)
    made = replace(populated[1], store=engines.ready(open_store(url)))
    yield made
    made.store.close()
    engines.drop(url)


@pytest.fixture(params=engines.urls())
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new database without a table, on each engine that is here."""
    url = engines.make(request.param, tmp_path)
    made = open_store(url)
    yield made
    made.close()
    engines.drop(url)


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> App:
    """The application, made once: compiling its templates takes longer than answering with them."""
    return create_app(Config("sqlite://", tmp_path_factory.mktemp("app"), KEY))


@pytest.fixture
def app(one_app: App, world: World, tmp_path: Path) -> App:
    """The application on the small county."""
    one_app.extensions["store"] = world.store
    one_app.config["WANGGE"] = Config("", tmp_path / "data", KEY)
    return one_app


class Browser:
    """A person at a browser without JavaScript: keeps cookies, takes the token out of the page, follows redirects."""

    def __init__(self, client: FlaskClient):
        self.client = client

    def token(self) -> str:
        """The token of this browser's session, from the privacy page's frame or the log-in form."""
        page = self.client.get("/login").text
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]

    def login(self, name: str, password: str = PASSWORD, **more: Any) -> Any:
        """Log in; the answer to the post."""
        return self.post("/login", login=name, secret=password, **more)

    def get(self, address: str, **more: Any) -> Any:
        """A page, redirects followed."""
        return self.client.get(address, follow_redirects=True, **more)

    def post(self, address: str, *, follow: bool = False, **fields: Any) -> Any:
        """A form with the session's token, its sender named as every browser names it."""
        return self.client.post(
            address,
            data={"csrf_token": self.token(), **fields},
            follow_redirects=follow,
            headers={"Origin": "http://localhost"},
        )


@pytest.fixture
def browse(app: App) -> Any:
    """``browse("officer_a1")`` is a logged-in browser; ``browse()`` nobody's."""

    def make_browser(name: str | None = None) -> Browser:
        browser = Browser(app.test_client())
        if name:
            answer = browser.login(name)
            assert answer.status_code == 302, answer.text
        return browser

    return make_browser
