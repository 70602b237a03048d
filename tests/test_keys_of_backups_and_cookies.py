"""Keys are made, changed and taken away by commands; what an older one signed or sealed counts until it goes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.conftest import Browser, World
from tests.report.conftest import blank, hidden, picture  # noqa: F401  (fixtures)
from webapp.app import App, create_app
from webapp.cli import main
from webapp.config import KEY_FILE, Config
from webapp.core import clock
from webapp.login import second
from webapp.login.models import SecondFactor
from webapp.web.cookies import Cookies

SAFE = "0123456789abcdef0123456789ABCDEF-test"


@pytest.fixture
def run(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A command on the small county, whose key lies in the data folder."""
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "BACKUP_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", world.store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def ran(*words: object, fails: bool = False) -> str:
        done = CliRunner().invoke(main, [*map(str, words)])
        assert (done.exit_code != 0) == fails, done.output
        return done.output

    return ran


@pytest.fixture
def served(app: App, run: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], App]:
    """``served()`` is the application as a server that was started just now has it."""
    run("init")

    def start() -> App:
        config = Config.from_environment()
        app.config["WANGGE"] = config
        monkeypatch.setitem(app.config, "SECRET_KEY", config.secret_key)
        monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", list(config.secret_key_fallbacks))
        monkeypatch.setattr(app, "session_interface", Cookies())
        return app

    return start


def moved(browser: Browser, app: App) -> Browser:
    """The same browser, with its cookies, at a server that was started again."""
    after = Browser(app.test_client())
    for cookie in browser.client._cookies.values():
        after.client.set_cookie(cookie.key, cookie.value)
    return after


def refused_with_a_photo(browser: Browser, blank: Any) -> dict[str, Any]:
    """The fields of a form that has still to be put right, whose photo was kept."""
    form = blank(browser)
    page = browser.post("/reports", **form | {"problem": [], "photos": (picture(), "a.jpg")})
    assert page.status_code == 422, page.text
    return form | {"kept": hidden(page.text, "kept"), "csrf_token": hidden(page.text, "csrf_token")}


def send(browser: Browser, form: dict[str, Any]) -> Any:
    """As the page of before would, with its own token."""
    return browser.client.post("/reports", data=form, headers={"Origin": "http://localhost"})


def test_log_in_open_page_and_kept_photo_survive_a_new_key_and_end_with_the_old_one(
    run: Any, served: Callable[[], App], blank: Any
) -> None:
    browser = Browser(served().test_client())
    browser.login("officer_a1")
    first, second = (refused_with_a_photo(browser, blank) for _ in range(2))
    absent = moved(browser, served())

    assert "1 older key still counts" in run("key", "rotate")
    served()
    assert send(browser, first).status_code == 303

    assert "1 older key taken away" in run("key", "retire")
    served()
    assert browser.client.get("/home").status_code == 200  # its cookie was signed anew meanwhile
    assert absent.client.get("/home").status_code == 302
    late = browser.post("/reports", **{name: value for name, value in second.items() if name != "csrf_token"})
    assert late.status_code == 422 and 'name="kept"' not in late.text  # the photo has to be chosen again


def test_second_factors_are_sealed_anew_before_the_old_key_goes(
    run: Any, served: Callable[[], App], world: World
) -> None:
    served()
    old = Config.from_environment().secret_key
    with world.store.write() as session:
        mine = SecondFactor(person_id=world.people["county"], sealed=second.seal([old], "SECRET"), made_at=clock.now())
        session.add(mine)
    run("key", "rotate")
    assert "1 second factor sealed" in run("key", "retire")
    keys = [Config.from_environment().secret_key]
    assert keys != [old]
    with world.store.read() as session:
        assert second.opened(keys, session.scalars(select(SecondFactor.sealed)).one()) == "SECRET"


def test_the_application_is_given_the_older_keys(world: World, tmp_path: Path) -> None:
    app = create_app(Config("", tmp_path, SAFE, secret_key_fallbacks=(f"{SAFE}2",)), world.store)
    assert app.config["SECRET_KEY_FALLBACKS"] == [f"{SAFE}2"]


def test_keys_of_the_environment_rotate_too(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", SAFE)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f"{SAFE}2 {SAFE}3")
    config = Config.from_environment()
    assert (config.secret_key, config.secret_key_fallbacks) == (SAFE, (f"{SAFE}2", f"{SAFE}3")) and config.key_is_safe()
    assert "SECRET_KEY_FALLBACKS" in run("key", "rotate", fails=True)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", "change-me")
    assert not Config.from_environment().key_is_safe()


def test_a_sample_below_a_good_key_is_refused(run: Any, tmp_path: Path) -> None:
    run("init")
    file = tmp_path / "data" / KEY_FILE
    file.write_text(file.read_text() + "change-me\n")
    assert "no key that is safe" in run("serve", fails=True)
    assert "not safe" in run("key", "rotate", fails=True)


def test_a_backup_key_is_made_once_then_changed_and_opens_what_older_ones_sealed(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init")
    assert "Not encrypted" in run("backup", tmp_path / "plain")
    key = tmp_path / "backup.key"
    said = run("key", "backup")
    assert str(key) in said and "away from this machine" in said and key.read_text().strip() not in said
    assert key.stat().st_mode & 0o777 == 0o600
    assert "Not encrypted" not in run("backup", tmp_path / "first")
    assert "1 older key below" in run("key", "backup")
    run("backup", tmp_path / "second")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "other" / "data"))
    monkeypatch.setenv("BACKUP_KEY_FILE", str(key))
    for name in ("first", "second"):
        assert "were ended" in run("restore", tmp_path / name)
        (tmp_path / "other.db").unlink()
    assert "anybody could have written it" in run("restore", tmp_path / "plain", fails=True)
    run("restore", tmp_path / "plain", "--unsigned")


def test_a_backup_key_in_the_data_folder_or_a_file_of_something_else_is_refused(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init")
    monkeypatch.setenv("BACKUP_KEY_FILE", str(tmp_path / "data" / "backup.key"))
    assert "lies in the data folder" in run("key", "backup", fails=True)
    monkeypatch.setenv("BACKUP_KEY_FILE", str(tmp_path / "none.key"))
    assert "no key in BACKUP_KEY_FILE" in run("backup", tmp_path / "b", fails=True)
    (tmp_path / "none.key").write_text("a word\n")
    assert "does not hold keys" in run("backup", tmp_path / "b", fails=True)
    assert "does not hold keys" in run("key", "backup", fails=True)
    assert (tmp_path / "none.key").read_text() == "a word\n" and not (tmp_path / "b").exists()
    assert os.listdir(tmp_path / "data")
