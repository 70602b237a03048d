"""A restore lets nobody in whom the county had shut out since: log-ins and codes end by it, over HTTP too."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests import make
from tests.conftest import PASSWORD, Browser, World
from tests.test_backup import data_dir, empty  # noqa: F401  (fixtures)
from webapp.accounts import service as accounts
from webapp.app import App
from webapp.core import passwords
from webapp.core.db import Store
from webapp.core.models import AuditEntry
from webapp.login.models import LoginCode, LoginSession
from webapp.ops import backup

CODE = "234567"


def test_a_stolen_phone_of_before_the_backup_is_out(
    world: World, app: App, browse: Any, empty: Store, data_dir: Path, tmp_path: Path
) -> None:
    phone = browse()
    phone.login("officer_a1", remember="y")
    assert phone.client.get("/home").status_code == 200
    with world.store.write() as session:
        code = passwords.make(CODE)
        accounts.give_code(session, make.actor(session, "township_a"), world.people["officer_a2"], code)
    backup.backup(world.store, data_dir, tmp_path / "b.tar")
    backup.restore(tmp_path / "b.tar", empty, tmp_path / "data")

    app.extensions["store"] = empty
    assert "/login" in phone.client.get("/home").headers["Location"]  # the same cookie
    assert Browser(app.test_client()).login("officer_a2", CODE).status_code == 422
    assert Browser(app.test_client()).login("officer_a1", PASSWORD).status_code == 302
    with empty.read() as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "restore")).one()
        open_before = session.scalars(select(LoginSession).where(LoginSession.revoked_at == line.at)).all()
        assert (line.person_id, line.detail["sessions"], line.detail["codes"]) == (None, 1, 1)
        assert len(open_before) <= 1 and session.scalars(select(LoginCode.used_at)).all() == [None]


def test_what_had_ended_before_stays_as_it_ended(
    world: World, browse: Any, empty: Store, data_dir: Path, tmp_path: Path
) -> None:
    desk = browse("township_a")
    desk.post("/logout")
    with world.store.read() as session:
        ended = session.scalars(select(LoginSession.revoked_at)).all()
    backup.backup(world.store, data_dir, tmp_path / "b.tar")
    backup.restore(tmp_path / "b.tar", empty, tmp_path / "new")
    with empty.read() as session:
        assert session.scalars(select(LoginSession.revoked_at)).all() == ended != [None]
