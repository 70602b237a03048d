"""A database that goes away, can only be read, is locked or has no room, under a served county: reading goes on where
it can, writing gets the true reason, and it is over by itself when the trouble is."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, func, select, text
from sqlalchemy.pool import NullPool

from tests import engines
from tests.conftest import Browser, World
from tests.report.conftest import blank  # noqa: F401  (fixture)
from tests.short import FULL
from webapp.app import App
from webapp.config import Config
from webapp.core.models import Counter
from webapp.listeners import open_store
from webapp.report.models import Report
from webapp.web import health

RECOVERY = 10  # seconds after which work goes on by itself
HELD = 20  # seconds that somebody holds what a write needs; in the short run no longer than it takes to look


@pytest.fixture
def county(world: World, app: App, monkeypatch: pytest.MonkeyPatch) -> World:
    """Served as in real use: on PostgreSQL nothing waits for ever."""
    world.store.serve()
    monkeypatch.setattr(health.Writing, "EVERY", -1.0)
    monkeypatch.setattr(health.Writing, "PATIENCE_MS", 300)
    return world


def readiness(app: App) -> tuple[int, str]:
    """What a machine that watches is told."""
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json["status"]


def recovered(app: App, since: float) -> float:
    """Seconds until it was ready again."""
    while readiness(app) != (200, "ok"):
        assert time.monotonic() - since < RECOVERY, readiness(app)
        time.sleep(0.1)
    return time.monotonic() - since


# --- PostgreSQL ----------------------------------------------------------------------------------------


def _administer(url: URL, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


@pytest.fixture
def postgres(county: World) -> World:
    """The county on PostgreSQL."""
    if county.store.is_sqlite:
        pytest.skip("of PostgreSQL")
    return county


def test_a_database_that_can_only_be_read_is_read_and_told_and_recovers(
    postgres: World, app: App, browse: Any, blank: Any
) -> None:
    """As the standby is after a failover that has not come to its end: set in the server, every connection cut."""
    officer, name = browse("officer_a1"), postgres.store.url.database
    form = blank(officer)
    server = engines.server()
    assert server is not None

    def set_to(value: str) -> None:
        _administer(server, f'alter database "{name}" set default_transaction_read_only = {value}')
        _administer(server, f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")

    set_to("on")
    try:
        assert officer.get("/home").status_code == 200
        refused = officer.post("/reports", **form)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
        assert readiness(app) == (503, "cannot write")
    finally:
        set_to("off")
    assert recovered(app, time.monotonic()) < RECOVERY
    assert officer.post("/reports", **form).status_code == 303


def test_a_server_that_is_restarted_under_load_loses_nothing_that_was_answered(
    postgres: World, app: App, browse: Any, blank: Any
) -> None:
    """Every connection is cut, again and again, as a restart does it, while officers send and send again."""
    name, server = postgres.store.url.database, engines.server()
    assert server is not None
    officers = [browse(login) for login in ("officer_a1", "officer_a2", "officer_b1")]
    forms = [
        [blank(officer, village) for _ in range(8)]
        for officer, village in zip(officers, ("A1", "A2", "B1"), strict=True)
    ]
    answered: list[str] = []
    statuses: set[int] = set()
    over = threading.Event()

    def send(officer: Browser, mine: list[dict[str, Any]]) -> None:
        for form in mine:
            for _ in range(100):
                status = officer.client.post(
                    "/reports", data=form | {"csrf_token": tokens[id(officer)]}, headers={"Origin": "http://localhost"}
                ).status_code
                statuses.add(status)
                if status == 303:
                    answered.append(form["id"])
                    break
                time.sleep(0.05)

    tokens = {id(officer): officer.token() for officer in officers}
    threads = [threading.Thread(target=send, args=(o, f)) for o, f in zip(officers, forms, strict=True)]
    cut = threading.Thread(target=_cut_again_and_again, args=(server, name, over))
    for thread in (*threads, cut):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    cut.join()
    assert recovered(app, time.monotonic()) < RECOVERY
    assert statuses <= {303, 503} and len(answered) == 24
    with postgres.store.read() as session:
        assert {str(id_) for id_ in session.scalars(select(Report.id))} == set(answered)
        numbers = session.scalars(select(Report.number).order_by(Report.number)).all()
    assert [int(number[-5:]) for number in numbers] == list(range(1, 25))


def _cut_again_and_again(server: URL, name: str, over: threading.Event) -> None:
    while not over.wait(0.2):
        _administer(server, f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")


# --- either engine -------------------------------------------------------------------------------------


def test_a_lock_that_somebody_holds_lets_everybody_read_and_is_over_when_he_lets_go(
    county: World, app: App, browse: Any, blank: Any
) -> None:
    officer, township = browse("officer_a1"), browse("township_a")
    form, held, let_go = blank(officer), threading.Event(), threading.Event()
    other = open_store(county.store.url.render_as_string(hide_password=False))

    def hold() -> None:
        with other.write() as session:
            if not other.is_sqlite:
                session.execute(text("lock table counter, login_session, report in exclusive mode"))
            held.set()
            let_go.wait(HELD)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        began = time.monotonic()
        for browser, page in ((officer, "/home"), (township, "/desk")):
            assert browser.client.get(page).status_code == 200
        assert time.monotonic() - began < HELD / 2, "a page waited for the lock"
        assert readiness(app)[0] == 503
        assert app.test_client().get("/healthz").status_code == 200
        if FULL:  # longer than any write waits
            sent = officer.client.post(
                "/reports", data=form | {"csrf_token": officer.token()}, headers={"Origin": "http://localhost"}
            )
            assert (sent.status_code, sent.headers["Retry-After"]) == (503, "5")
    finally:
        let_go.set()
        holder.join()
        other.close()
    assert recovered(app, time.monotonic()) < RECOVERY
    assert officer.post("/reports", **form).status_code == 303


def test_readiness_leaves_one_number_and_nothing_of_the_records(county: World, app: App) -> None:
    """What it writes to see whether a write works: one row under one name, however often it is asked."""
    for _ in range(3):
        assert readiness(app) == (200, "ok")
    with county.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Counter).where(Counter.name == "ready")) == 1


@contextmanager
def _small_disk(place: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place.mkdir()
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root may mount a disk of its own")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _fill(ballast: Path) -> None:
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(file, bytes(4096)):
            pass
    except OSError:
        os.close(file)


def test_a_full_disk_is_read_and_told_and_recovers_when_there_is_room(
    county: World, app: App, blank: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not county.store.is_sqlite:
        pytest.skip("the disk of PostgreSQL's server is not ours to fill")
    with _small_disk(tmp_path / "disk") as disk:
        shutil.copy(str(county.store.url.database), disk / "wangge.db")
        small = open_store(f"sqlite:///{disk / 'wangge.db'}")
        app.extensions["store"], app.config["WANGGE"] = small, Config("", disk, app.config["SECRET_KEY"])
        officer = Browser(app.test_client())
        officer.login("officer_a1")
        form = blank(officer)
        token = officer.token()
        with small.writer.connect() as connection:
            connection.exec_driver_sql("rollback")
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
        _fill(disk / "ballast")
        assert officer.client.get("/home").status_code == 200
        sent = officer.client.post(
            "/reports", data=form | {"csrf_token": token}, headers={"Origin": "http://localhost"}
        )
        assert (sent.status_code, sent.headers["Retry-After"]) == (503, "60"), sent.text
        assert readiness(app) == (503, "cannot write")
        (disk / "ballast").unlink()
        assert recovered(app, time.monotonic()) < RECOVERY
        assert officer.post("/reports", **form).status_code == 303
        with small.read() as session:
            assert [str(id_) for id_ in session.scalars(select(Report.id))] == [form["id"]]
        small.close()
