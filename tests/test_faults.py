"""Whatever goes wrong around the program, its operator reads one line that says what to do, and never a traceback."""

import shutil
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from webapp import cli, wsgi
from webapp.accounts.service import create_admin
from webapp.config import Config
from webapp.core import clock, db
from webapp.core.db import Store
from webapp.demo import place
from webapp.ops import verify

KEY = "0123456789abcdef0123456789ABCDEF-test"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of an operator whose only settings are it and a key."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "data"


@pytest.fixture
def county(data: Path, seeded_file: Path) -> Store:
    """What can be served: migrated, seeded, with an administrator."""
    data.mkdir()
    shutil.copyfile(seeded_file, data / "wangge.db")
    store = Store(f"sqlite:///{data / 'wangge.db'}")
    with store.write() as session:
        create_admin(session, "first", "first", "no hash")
    store.close()
    return store


def run(*words: object) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


def line(*words: object) -> str:
    """The one line that a failing command says."""
    done = run(*words)
    assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.output
    (said,) = done.output.splitlines()
    return said


@pytest.mark.parametrize(
    "url",
    [
        "foo",
        "mysql://host/name",
        "postgresql://host:port/name",
        "postgresql+none://host/name",
        "postgresql+psycopg2://host/name",
        "sqlite+none:///x",
        "sqlite:/x",
    ],
)
def test_an_address_of_no_database_is_refused_with_how_one_looks(
    data: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    for verb in ("migrate", "serve", "verify-reports"):
        assert line(verb).startswith("DATABASE_URL is no address of a database: postgresql+psycopg://")
    with pytest.raises(SystemExit, match="DATABASE_URL is no address"):
        wsgi.application()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql+psycopg://me:hush@127.0.0.1:1/name", "Does the server run"),
        ("postgresql+psycopg://me:hush@127.0.0.1:1/name?unknown=1", "unknown"),
        ("sqlite:////nowhere/at/all.db", "Its folder has to be there"),
    ],
)
def test_a_database_that_cannot_be_reached_is_said_without_its_password(
    data: Path, monkeypatch: pytest.MonkeyPatch, url: str, why: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    for verb in ("migrate", "serve"):
        said = line(verb)
        assert why in said and "DATABASE_URL" in said and "hush" not in said
    with pytest.raises(SystemExit, match=why):
        wsgi.application()


def test_a_file_that_is_no_database_is_said_to_be_none(data: Path) -> None:
    data.mkdir()
    (data / "wangge.db").write_text("no database at all, but longer than the head of one" * 9)
    for verb in ("migrate", "serve", "sweep"):
        assert "file is not a database. Move that file away" in line(verb)


def test_a_database_that_another_program_holds_is_said_to_be_held(
    county: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_MS", 50)
    holder = db._sqlite_module().connect(data / "wangge.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert "database is locked. Another program holds it" in line("seed")
    holder.close()


def test_a_database_of_a_newer_program_is_left_alone(county: Store) -> None:
    with county.writer.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    county.close()
    assert "perhaps a newer one" in line("migrate")


def test_a_data_folder_that_is_a_file_is_said_to_be_none(data: Path) -> None:
    data.write_text("a file")
    for verb in ("migrate", "serve", "backup"):
        assert "DATA_DIR is no folder" in line(verb, *(["x"] if verb == "backup" else []))
    assert str(data) in line("demo", "--build-only")


def test_sources_that_are_not_there_are_said_in_a_line(data: Path, tmp_path: Path) -> None:
    assert "no source file in here" in line("seeds", "check", tmp_path)


@pytest.fixture
def taken() -> int:
    """A port at which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_port_in_use_is_said_before_anything_else(county: Store, data: Path, taken: int) -> None:
    for verb in ("serve", "demo"):
        assert f"http://127.0.0.1:{taken}/ is not free, or no address of this machine: Address already in use." in line(
            verb, "--port", taken
        )
    assert not (data / "demo").exists() and not (data / "demo.new").exists()


@pytest.mark.parametrize("host", ["203.0.113.7", "a" * 80, "2001:db8::1"])
def test_a_host_that_is_not_this_machine_is_refused(county: Store, host: str) -> None:
    assert "no address of this machine" in line("serve", "--host", host)


def test_a_host_that_nobody_knows_is_refused(county: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "999.1.1.1:8000/ is not free, or no address of this machine: Name or service not known" in line(
        "serve", "--host", "999.1.1.1"
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [("--port", 99999999), ("--port", -1), ("--threads", 0), ("--threads", 9999), ("--processes", 0)],
)
def test_a_number_that_cannot_be_is_refused_by_its_option(county: Store, option: str, value: int) -> None:
    done = run("serve", option, value)
    assert done.exit_code == 2 and f"Invalid value for '{option}'" in done.output
    assert option != "--port" or run("demo", option, value).exit_code == 2


def test_serve_says_where_it_answers_and_what_it_works_on(
    county: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_serve", lambda *_: None)
    monkeypatch.setattr(cli, "listening", lambda _host, port: [SimpleNamespace(getsockname=lambda: ("", port))])
    assert (
        run("serve", "--port", 8123).output
        == f"wangge: http://127.0.0.1:8123/   data folder {data}, SQLite sqlite:///{data}/wangge.db\n"
    )
    assert "http://[::1]:8000/" in run("serve", "--host", "::1").output


def test_serve_answers_at_the_port_it_was_given() -> None:
    sockets = cli.listening("127.0.0.1", 0)
    with socket.create_connection(sockets[0].getsockname(), timeout=5):
        pass
    sockets[0].close()


def broken(*_: object) -> None:
    raise KeyError("some\nkey")


def test_a_fault_of_the_program_is_called_one_and_shown_whole_on_demand(
    county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "verify_reports", broken)
    said = line("verify-reports")
    assert "a fault of wangge itself, not yours (KeyError" in said and "wangge --debug verify-reports" in said
    assert isinstance(run("--debug", "verify-reports").exception, KeyError)


def test_a_statement_that_the_database_cannot_read_is_a_fault_of_the_program(
    county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_twice(store: Store) -> None:
        with store.write() as session:
            for _ in range(2):
                session.execute(text("insert into grid_level (tier, zh, en) values (9, 'x', 'x')"))

    monkeypatch.setattr(verify, "verify_reports", write_twice)
    assert "a fault of wangge itself" in line("verify-reports")


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "made").write_text("yesterday"),
        lambda folder: (folder / "made").write_bytes(b"\xff"),
        lambda folder: (folder / "key").unlink(),
        lambda folder: (folder / "wangge.db").write_text("gone" * 99),
        lambda folder: (folder / "wangge.db").unlink(),
    ],
)
def test_a_damaged_demo_is_made_anew(
    county: Store, data: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], object]
) -> None:
    def make(folder: Path, _say: object) -> None:
        (folder / "made").write_text("2026-02-02")
        (folder / "key").write_text(KEY)

    def made_on() -> str:
        config, store = place.opened(data, fresh=False, say=print)
        store.close()
        return str(config.demo_made)

    folder = data / "demo"
    folder.mkdir()
    (data / "wangge.db").rename(folder / "wangge.db")
    make(folder, print)
    (folder / "made").write_text("2026-01-01")
    monkeypatch.setattr(place, "_make", make)
    assert made_on() == "2026-01-01"
    damage(folder)
    assert made_on() == "2026-02-02"


def test_a_demo_of_another_day_says_so_in_the_terminal(county: Store, tmp_path: Path) -> None:
    def welcome(days: int) -> str:
        made = Config("", tmp_path, KEY, demo_made=clock.today() - timedelta(days=days))
        return "\n".join(place.welcome(made, county, "http://127.0.0.1:8000/"))

    assert "--fresh" not in welcome(0)
    assert "./run.sh demo --fresh" in welcome(1) and "http://127.0.0.1:8000/" in welcome(1)
    county.close()
