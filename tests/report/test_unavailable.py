"""A disk that is full, a database that is locked or can only be read: reading goes on, writing gets the true reason."""

import errno
import html
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from tests.conftest import World
from webapp.core.db import Store
from webapp.core.trouble import Trouble
from webapp.login.models import LoginSession
from webapp.report.models import Report
from webapp.web import health
from webapp.web.errors import NOT_SAVED, TROUBLE


@contextmanager
def as_set(store: Store, statement: str) -> Iterator[None]:
    """Every connection that writes begins with this."""

    def begun(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        if not store.is_sqlite:
            connection.commit()

    event.listen(store.writer, "connect", begun)
    store.writer.dispose()
    yield
    event.remove(store.writer, "connect", begun)
    store.writer.dispose()


@contextmanager
def full(store: Store) -> Iterator[None]:
    """No further page fits; what stands on one can still be changed."""
    if not store.is_sqlite:
        pytest.skip("a disk cannot be filled here")
    with store.writer.connect() as connection:
        connection.exec_driver_sql("rollback")
        connection.exec_driver_sql("vacuum")
    with as_set(store, "PRAGMA max_page_count=1"):
        yield


@contextmanager
def read_only(store: Store) -> Iterator[None]:
    """As after a failover."""
    with as_set(store, "PRAGMA query_only=ON" if store.is_sqlite else "SET default_transaction_read_only = on"):
        yield


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Somebody holds what a write needs."""
    with store.write() as session:
        if not store.is_sqlite:
            session.execute(text("lock table counter, login_session in exclusive mode"))
        yield


TROUBLES = {"full": (full, Trouble.FULL), "read only": (read_only, Trouble.READ_ONLY), "locked": (locked, Trouble.BUSY)}


@pytest.fixture(params=TROUBLES)
def troubled(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One kind of trouble; nobody waits long, and readiness is asked each time."""
    monkeypatch.setattr(health.Writing, "EVERY", -1.0)
    monkeypatch.setattr(health.Writing, "PATIENCE_MS", 100)
    return TROUBLES[request.param]


def idle(world: World) -> None:
    """All log-ins were last in use some minutes ago, so the next page of each notes that it is."""
    with world.store.write() as session:
        session.execute(update(LoginSession).values(seen_at=LoginSession.seen_at))
        for one in session.scalars(select(LoginSession)):
            one.seen_at -= timedelta(minutes=5)


def test_reading_goes_on(world: World, browse: Any, troubled: Any, caplog: pytest.LogCaptureFixture) -> None:
    make_trouble, _ = troubled
    browsers = {login: browse(login) for login in ("officer_a1", "township_a", "county")}
    idle(world)
    with caplog.at_level(logging.WARNING), make_trouble(world.store):
        assert browsers["officer_a1"].get("/home").status_code == 200
        assert browsers["township_a"].get("/desk").status_code == 200
        assert browsers["county"].get("/map").status_code == 200
    if make_trouble is not full:  # a moment fits where one stood
        assert "was not noted" in caplog.text
    assert browsers["township_a"].get("/desk").status_code == 200


def test_readiness_says_so_until_it_is_over(world: World, browse: Any, troubled: Any) -> None:
    make_trouble, kind = troubled
    if make_trouble is full:
        pytest.skip("a number fits where one stood")
    visitor = browse()
    assert visitor.get("/readyz").json["status"] == "ok"
    with make_trouble(world.store):
        answer = visitor.get("/readyz")
        assert (answer.status_code, answer.json["status"], answer.json["why"]) == (503, "cannot write", kind)
        assert visitor.get("/healthz").status_code == 200
    assert (visitor.get("/readyz").status_code, visitor.get("/readyz").json["status"]) == (200, "ok")


def test_writing_gets_the_true_reason_once_it_is_tried(
    world: World,
    browse: Any,
    troubled: Any,
    blank: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_trouble, kind = troubled
    if make_trouble is locked:
        pytest.skip("a writer waits its fifteen seconds: tests/core/test_db.py")
    officer = browse("officer_a1")
    officer.get("/language?lang=en&next=/home")
    sent = [blank(officer) | {"note": "y" * 400} for _ in range(60)]
    with caplog.at_level(logging.WARNING), make_trouble(world.store):
        answers = []
        while not answers or answers[-1].status_code == 303:  # a few find room on pages that are there
            answers.append(officer.post("/reports", **sent[len(answers)]))
    refused = answers[-1]
    assert (refused.status_code, refused.headers.get("Retry-After")) == (503, "60")
    assert f"{TROUBLE[kind]} {NOT_SAVED}" in html.unescape(refused.text)
    assert f"POST {kind}: " in caplog.text
    with world.store.read() as session:
        stored = set(session.scalars(select(Report.id)))
    assert stored == {uuid.UUID(fields["id"]) for fields in sent[: len(answers) - 1]}
    assert officer.post("/reports", **sent[len(answers) - 1]).status_code == 303


def test_a_disk_of_photos_that_fails_is_no_fault_of_ours(
    world: World, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health.Writing, "EVERY", -1.0)
    visitor = browse()
    with monkeypatch.context() as patch:

        def worn_out(_file: int) -> None:
            raise OSError(errno.EIO, "worn out")

        patch.setattr(os, "fsync", worn_out)
        answer = visitor.get("/readyz")
        assert (answer.status_code, answer.json["why"]) == (503, "broken")
    assert visitor.get("/readyz").status_code == 200


def test_readiness_is_asked_of_the_disk_every_other_second_at_most(
    world: World, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []
    monkeypatch.setattr(health, "_tried", lambda *_: tried.append(1) or "")
    monkeypatch.setattr(health.Writing, "EVERY", 60.0)
    for _ in range(5):
        assert browse().get("/readyz").status_code == 200
    assert len(tried) <= 1
