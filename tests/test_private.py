"""What the program writes is for its own user alone, whatever the umask; what is typed forges no line of its log."""

import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.conftest import Browser, World
from tests.report.conftest import blank, picture  # noqa: F401  (fixtures)
from webapp import starting, wsgi
from webapp.app import App
from webapp.cli import main
from webapp.config import Config
from webapp.core.db import Store

FORGED = "x\r\n2026-11-29 12:00:00,000 ERROR wangge.trouble: forged\u2028\x1b[2Kforged"


@pytest.fixture(autouse=True)
def open_to_all(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The umask of a careless service; afterwards that of before."""
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "BACKUP_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    old = os.umask(0)
    yield
    os.umask(old)


def run(*words: object) -> str:
    """A command, which has to succeed."""
    done = CliRunner().invoke(main, [*map(str, words)])
    assert done.exit_code == 0, done.output
    assert os.umask(0) == 0, "a command in a process of somebody else leaves its umask alone"
    return done.output


def left_open(place: Path) -> list[str]:
    """What anybody else may read, write or enter."""
    return sorted(str(each.relative_to(place)) for each in place.rglob("*") if each.stat().st_mode & 0o077)


def test_everything_of_a_county_that_was_made_served_and_backed_up_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setenv("DATA_DIR", str(place / "data"))
    run("init")
    run("admin", "create", "first", "--name", "first", "--password", "a long pass word")
    monkeypatch.setattr(logging.getLogger(), "handlers", logging.getLogger().handlers[:])
    app = wsgi.application()
    browser = Browser(app.test_client())
    browser.login("first", "a long pass word")
    app.extensions["store"].read().execute(text("select 1"))
    from webapp.core import files

    kept = files.keep(app.config["WANGGE"].data_dir, picture())
    files.small(app.config["WANGGE"].data_dir, kept.copy)
    assert sorted(file.name for file in (place / "data").glob("wangge.db*"))[1:], "no WAL to look at"
    assert app.test_client().get("/readyz").status_code == 200
    os.umask(0)
    app.extensions["store"].close()
    run("key", "backup")
    run("backup", place / "b")
    run("key", "rotate")
    assert left_open(place) == []
    assert {(place / name).stat().st_mode & 0o777 for name in ("b", "backup.key", "data/secret.key")} == {0o600}


def test_what_an_older_version_left_open_is_closed_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    for folder in starting.FOLDERS:
        (tmp_path / "data" / folder).mkdir(parents=True)
    for name in ("wangge.db", "wangge.db-wal", "secret.key"):
        (tmp_path / "data" / name).touch()
    (tmp_path / "data" / "of somebody else").touch()
    starting.begin(Config.from_environment())
    assert left_open(tmp_path / "data") == ["of somebody else"]


# --- the log of the server -----------------------------------------------------------------------------


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``lines()`` is what a server's log holds."""
    kept = io.StringIO()
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(sys, "stderr", kept)
    starting.log_to_stderr()
    return lambda: kept.getvalue().splitlines()


def test_what_is_typed_is_one_line_of_the_log(lines: Any) -> None:
    log = logging.getLogger("wangge.trouble")
    log.warning("no post of %s", FORGED)
    try:
        raise ValueError(FORGED)
    except ValueError:
        log.exception("on %s", FORGED)
    said = lines()
    assert [line for line in said if "forged" in line and not line.startswith(("20", "    "))] == []
    events = [line for line in said if not line.startswith("    ")]
    assert len(events) == 2 and all(" wangge.trouble: " in line for line in events)
    assert not any("\x1b" in line for line in said)


def test_an_address_that_fails_is_one_line_of_the_log(
    lines: Any, app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app.logger, "handlers", [])

    def broken(*_: object) -> None:
        raise RuntimeError(FORGED)

    monkeypatch.setitem(app.view_functions, "health.alive", wrapped(app, broken))
    assert app.test_client().get("/healthz").status_code == 500
    said = lines()
    assert said and [line for line in said if line.startswith("2026-11-29 12:00:00,000 ERROR")] == []


def wrapped(app: App, view: Any) -> Any:
    """A view with the rule of the one in its place."""
    view.rule = app.view_functions["health.alive"].rule  # type: ignore[attr-defined]
    return view


def test_a_database_error_tells_nothing_of_what_was_typed(
    world: World, app: App, blank: Any, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app.logger, "handlers", [])
    refuse_reports(world.store)
    browser = Browser(app.test_client())
    browser.login("officer_a1")
    form = blank(browser) | {"note": "typed-by-an-officer", "place": "typed-place"}
    assert browser.post("/reports", **form).status_code in (409, 500)
    with pytest.raises(DBAPIError) as error, world.store.write() as session:
        session.execute(
            text(
                "insert into person (id, login, zh, en, language, must_change, is_demo, created_at) "
                "values (:id, 'typed-name', :zh, '', 'zh', false, false, :at)"
            ),
            {"id": world.people["officer_a1"], "zh": "typed-name", "at": "2026-01-01"},
        )
    assert "typed-name" not in str(error.value).partition("[SQL")[0] and "parameters hidden" in str(error.value)
    assert [line for line in lines() if "typed-" in line] == []


def refuse_reports(store: Store) -> None:
    """No event of a report can be written, and the database says so with the row."""
    with store.writer.begin() as connection:
        if store.is_sqlite:
            connection.exec_driver_sql(
                "create trigger stop before insert on report_event begin select raise(abort, 'stopped'); end"
            )
        else:
            connection.exec_driver_sql("alter table report_event add constraint stop check (seq < 0) not valid")
