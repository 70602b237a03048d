"""``init`` makes a place ready once and leaves it as it is then; the key lies where only its owner reads it."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp import wsgi
from webapp.cli import main
from webapp.config import KEY_FILE, Config
from webapp.listeners import open_store
from webapp.ops import migrate, secret

OTHER = "6c0b9c4f1b7e4a52b8a7d3e5f9012c4d"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A command in an empty place."""
    for name in ("SECRET_KEY", "DATABASE_URL", "WANGGE_COMMAND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(main, [*words])


def test_an_empty_place_is_ready_after_init_but_for_its_administrator(run, tmp_path):
    old = os.umask(0)
    try:
        done = run("init")
    finally:
        os.umask(old)
    assert done.exit_code == 0, done.output
    key = tmp_path / "data" / KEY_FILE
    assert key.stat().st_mode & 0o777 == 0o600
    config = Config.from_environment({"DATA_DIR": str(tmp_path / "data")})
    assert config.key_is_safe()
    assert sorted(path.name for path in key.parent.glob("secret*")) == [KEY_FILE]
    assert (
        "Next: wangge admin create LOGIN" in done.output and "log-in codes on slips and all records stay" in done.output
    )
    store = open_store(config.database_url)
    assert migrate.lacking(store) is None
    assert "admin create" in str(wsgi.refusal(config, store))
    store.close()


def test_init_again_changes_nothing(run, tmp_path):
    run("init")
    before = (tmp_path / "data" / KEY_FILE).read_text()
    again = run("init")
    assert (again.exit_code, "The key is there, and stays." in again.output) == (0, True)
    assert "Seeds: 0 rows" in again.output
    assert (tmp_path / "data" / KEY_FILE).read_text() == before


def test_the_environment_counts_before_the_file(run, tmp_path, monkeypatch):
    run("init")
    assert Config.from_environment({"DATA_DIR": str(tmp_path / "data"), "SECRET_KEY": OTHER}).secret_key == OTHER
    kept = (tmp_path / "data" / KEY_FILE).read_text().strip()
    assert Config.from_environment({"DATA_DIR": str(tmp_path / "data"), "SECRET_KEY": ""}).secret_key == kept


def test_with_a_key_in_the_environment_no_file_is_made(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", OTHER)
    assert run("init").exit_code == 0
    assert not (tmp_path / "data" / KEY_FILE).exists()


@pytest.mark.parametrize("is_there", [False, True])
def test_a_bad_key_in_the_environment_is_named_before_anything_is_made(run, tmp_path, monkeypatch, is_there):
    if is_there:
        run("init")
    before = sorted((tmp_path / "data").glob("*"))
    monkeypatch.setenv("SECRET_KEY", "change-me")
    done = run("init")
    assert done.exit_code != 0
    assert "SECRET_KEY in the environment" in done.output and KEY_FILE not in done.output
    assert sorted((tmp_path / "data").glob("*")) == before


@pytest.mark.parametrize("text", ["", "short", "é" * 40])
def test_a_file_that_is_no_key_is_named_and_never_written_over(run, tmp_path, text):
    (tmp_path / "data").mkdir()
    key = tmp_path / "data" / KEY_FILE
    key.write_text(text, encoding="utf-8")
    done = run("init")
    assert (done.exit_code, KEY_FILE in done.output, key.read_text(encoding="utf-8")) == (1, True, text)


def test_a_key_that_another_made_meanwhile_is_kept(tmp_path):
    (tmp_path / KEY_FILE).write_text(OTHER)
    assert secret.make_key(tmp_path / KEY_FILE) is False
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_messages_name_the_command_as_it_was_typed(run, monkeypatch):
    monkeypatch.setenv("WANGGE_COMMAND", "./run.sh")
    assert "Run: ./run.sh init" in run("serve").output
    assert "Run: ./run.sh migrate" in run("seed").output
    run("migrate")
    assert "Run: ./run.sh seed" in run("grids", "import", __file__).output
    assert "./run.sh admin create" in run("init").output


def test_a_backup_holds_no_key_and_after_a_restore_a_new_one_is_accepted(run, tmp_path, monkeypatch):
    run("init")
    run("admin", "create", "first", "--name", "first", "--password", "a long pass word")
    old = (tmp_path / "data" / KEY_FILE).read_bytes()
    assert run("backup", str(tmp_path / "kept")).exit_code == 0
    assert old.strip() not in (tmp_path / "kept").read_bytes()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    told = run("restore", str(tmp_path / "kept"))
    assert (told.exit_code, "No backup holds the key." in told.output) == (0, True), told.output
    assert "everybody logs in again" in told.output
    assert run("init").exit_code == 0
    config = Config.from_environment({"DATA_DIR": str(tmp_path / "new")})
    store = open_store(config.database_url)
    assert wsgi.refusal(config, store) is None
    store.close()
    assert config.secret_key != old.decode().strip()
