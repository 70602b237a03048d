"""The few settings of an installation: read once, each explained where it stands,
nothing else read from the environment."""

import dataclasses
import re
from datetime import date
from pathlib import Path

import pytest

from webapp import config
from webapp.config import Config

ROOT = Path(__file__).parent.parent
VARIABLES = (
    *("DATABASE_URL", "OWNER_DATABASE_URL", "DATA_DIR", "SECRET_KEY", "SECRET_KEY_FALLBACKS"),
    *("HTTPS", "PROXIES", "TRUSTED_HOSTS", "BACKUP_KEY_FILE", "WITNESS_FILE", "WITNESS_URL"),
)
GOOD_KEY = "6c0b9c4f1b7e4a52b8a7d3e5f9012c4d"


def comments() -> dict[str, str]:
    """Field → what its ``#:`` comment says."""
    text = Path(config.__file__).read_text(encoding="utf-8")
    return dict(re.findall(r"^    (\w+): [^#\n]+#: (.+)$", text, re.M))


def test_each_field_is_explained_where_it_stands() -> None:
    assert [field.name for field in dataclasses.fields(Config) if len(comments().get(field.name, "")) < 20] == []


def test_each_variable_is_named_at_its_field_and_in_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in VARIABLES:
        assert comments()[name.lower()].startswith(f"{name}:")
        assert f"`{name}`" in page
    assert set(comments()) - {name.lower() for name in VARIABLES} == {
        "demo_made"
    }  # no variable: only ``wangge demo`` sets it


def test_nothing_else_reads_the_environment() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for folder in ("webapp", "gis", "seeds", "migrations")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if re.search(
            r"\bos\.(environ(?!\[[^]]+\] = )|getenv)|from os import .*environ", path.read_text(encoding="utf-8")
        )
    ]
    assert readers == ["webapp/config.py"]


def test_each_variable_reaches_its_field(tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql+psycopg://db/wangge",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": GOOD_KEY,
        "SECRET_KEY_FALLBACKS": f"{GOOD_KEY[::-1]} {GOOD_KEY * 2}",
        "HTTPS": "yes",
        "BACKUP_KEY_FILE": str(tmp_path / "keys"),
        "TRUSTED_HOSTS": "wangge.example, .example.cn ,",
    }
    assert Config.from_environment(given) == Config(
        "postgresql+psycopg://db/wangge",
        tmp_path,
        GOOD_KEY,
        https=True,
        secret_key_fallbacks=(GOOD_KEY[::-1], GOOD_KEY * 2),
        backup_key_file=tmp_path / "keys",
        trusted_hosts=("wangge.example", ".example.cn"),
    )


def test_empty_environment_gives_a_sqlite_file_in_the_data_folder_and_no_key() -> None:
    found = Config.from_environment({})
    assert found.data_dir == Path("instance").absolute()
    assert found.database_url == f"sqlite:///{found.data_dir / 'wangge.db'}"
    assert (found.secret_key, found.https, found.demo) == ("", False, False)


def test_sqlite_file_follows_the_data_folder_and_an_empty_address_is_none(tmp_path: Path) -> None:
    found = Config.from_environment({"DATA_DIR": str(tmp_path), "DATABASE_URL": ""})
    assert found.database_url == f"sqlite:///{tmp_path}/wangge.db"


@pytest.mark.parametrize("value", ["", "no", "0", "true", "YES"])
def test_https_is_on_for_yes_alone(value: str) -> None:
    assert not Config.from_environment({"HTTPS": value}).https


def test_no_variable_can_turn_a_real_county_into_a_demo() -> None:
    assert not Config.from_environment({"DEMO": "yes", "demo": "yes", "WANGGE_DEMO": "yes"}).demo


@pytest.mark.parametrize("key", ["", "change-me", "secret", "a" * 64, "abcd" * 16, GOOD_KEY[:31]])
def test_sample_short_or_repeating_key_is_not_safe(key: str) -> None:
    assert not Config("", Path(), key).key_is_safe()


def test_random_key_is_safe() -> None:
    assert Config("", Path(), GOOD_KEY).key_is_safe()


def test_settings_cannot_change_while_the_program_runs() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config("", Path(), GOOD_KEY).secret_key = "other"  # type: ignore[misc]


@pytest.mark.parametrize("said", ["yes", "-1", "10", "1.5", "１"])
def test_a_number_of_proxies_that_cannot_be_is_refused(tmp_path: Path, said: str) -> None:
    from click.testing import CliRunner

    from webapp.app import create_app
    from webapp.cli import main

    read = Config.from_environment({"PROXIES": said, "DATA_DIR": str(tmp_path), "SECRET_KEY": GOOD_KEY})
    with pytest.raises(ValueError, match="0 to 9"):
        create_app(read)
    environment = {"PROXIES": said, "DATA_DIR": str(tmp_path), "SECRET_KEY": GOOD_KEY}
    assert CliRunner().invoke(main, ["migrate"], env=environment).exit_code == 0
    answer = CliRunner().invoke(main, ["serve"], env=environment)
    assert (answer.exit_code, "0 to 9" in answer.output) == (1, True)


@pytest.mark.parametrize(("proxies", "is_cleared"), [(0, True), (1, False)])
def test_serve_hands_on_what_our_proxies_say_and_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxies: int, is_cleared: bool
) -> None:
    from webapp import cli, serving
    from webapp.core.db import Store
    from webapp.ops import sweeper

    given: dict[str, object] = {}

    def create_server(_app: object, **options: object) -> None:
        given.update(options)
        raise SystemExit

    monkeypatch.setattr(serving, "create_server", create_server)
    monkeypatch.setattr(sweeper, "start", lambda _act: None)
    monkeypatch.setattr(sweeper, "watch_clock", lambda _store: None)
    store = Store("sqlite://")
    with pytest.raises(SystemExit):
        cli._serve(Config("sqlite://", tmp_path, GOOD_KEY, proxies=proxies), store, [], 1, 1)
    store.close()
    assert given["clear_untrusted_proxy_headers"] is is_cleared


@pytest.mark.parametrize(("proxies", "address"), [(0, "10.0.0.9"), (1, "203.0.113.7"), (2, "198.51.100.1")])
def test_the_address_of_a_person_comes_from_our_own_proxies_only(tmp_path: Path, proxies: int, address: str) -> None:
    from flask import request

    from webapp.app import create_app

    app = create_app(Config("sqlite://", tmp_path, GOOD_KEY, proxies=proxies))
    seen = []
    app.before_request(lambda: seen.append(request.remote_addr))
    app.test_client().get(
        "/healthz",
        headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"},
        environ_overrides={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert seen == [address]


@pytest.mark.parametrize(("made", "is_swept"), [(None, True), (date(2026, 1, 1), False)])
def test_a_county_is_swept_while_it_is_served_and_a_demo_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: date | None, is_swept: bool
) -> None:
    """A demo opened again after weeks would ask for the clock of the real county to be confirmed."""
    from webapp import cli, serving
    from webapp.core.db import Store
    from webapp.ops import sweeper

    started: list[object] = []
    monkeypatch.setattr(serving, "run", lambda *_, **_options: None)
    monkeypatch.setattr(sweeper, "start", started.append)
    monkeypatch.setattr(sweeper, "watch_clock", started.append)
    store = Store("sqlite://")
    cli._serve(Config("sqlite://", tmp_path, GOOD_KEY, demo_made=made), store, [], 1, 1)
    store.close()
    assert len(started) == (2 if is_swept else 0)
