"""A store knows its folder: another disk, or another county's, is told at the start and while it is served."""

import shutil
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from tests.conftest import KEY, World
from tests.test_backup import data_dir, empty, lived, photo  # noqa: F401  (fixtures)
from webapp import wsgi
from webapp.app import App
from webapp.cli import main
from webapp.config import Config
from webapp.core import files
from webapp.core.db import Store
from webapp.core.models import Attachment, StoreIdentity
from webapp.listeners import open_store
from webapp.ops import backup, identity, retention, verify


def stored(store: Store) -> list[str]:
    with store.read() as session:
        return [str(id_) for id_ in session.scalars(select(StoreIdentity.id))]


def test_a_store_of_before_gets_an_id_once_and_in_both_places(lived: World, data_dir: Path) -> None:
    assert (stored(lived.store), identity.mismatch(lived.store, data_dir)) == ([], None)
    identity.ensure(lived.store, data_dir)
    kept = (data_dir / identity.FILE).read_text().strip()
    assert stored(lived.store) == [kept] == [str(uuid.UUID(kept))]
    identity.ensure(lived.store, data_dir)
    assert (stored(lived.store), identity.mismatch(lived.store, data_dir)) == ([kept], None)


def test_two_nodes_at_once_agree(lived: World, data_dir: Path) -> None:
    url = lived.store.url.render_as_string(hide_password=False)
    nodes, ready, wrong = [open_store(url) for _ in range(4)], threading.Barrier(4), []

    def start(node: Store) -> None:
        ready.wait()
        try:
            identity.ensure(node, data_dir)
            wrong.append(identity.mismatch(node, data_dir))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=start, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for node in nodes:
        node.close()
    assert wrong == [None] * 4 and len(stored(lived.store)) == 1


def test_a_folder_without_the_photos_of_the_records_is_not_taken_for_the_stores(
    lived: World, data_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "other disk").mkdir()
    with pytest.raises(identity.Strange, match="other disk"):
        identity.ensure(lived.store, tmp_path / "other disk")
    assert stored(lived.store) == [] and list((tmp_path / "other disk").iterdir()) == []
    identity.ensure(lived.store, data_dir)


def test_another_countys_folder_is_not_taken_by_a_store_without_photos(world: World, tmp_path: Path) -> None:
    identity.keep_in(tmp_path, str(uuid.uuid4()))
    photo(tmp_path, "theirs")
    with pytest.raises(identity.Strange, match="knows nothing of"):
        identity.ensure(world.store, tmp_path)


@pytest.fixture
def second(lived: World, data_dir: Path, tmp_path: Path) -> Path:
    """The folder of a second node, on a disk of its own; the first has been started."""
    identity.ensure(lived.store, data_dir)
    (tmp_path / "second").mkdir()
    return tmp_path / "second"


def test_a_second_node_with_a_disk_of_its_own_is_not_served_until_it_has_the_stores(
    lived: World, data_dir: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wsgi.durability, "careless", lambda _: None)  # of a server for tests
    config = Config("", second, KEY)
    said = wsgi.refusal(config, lived.store)
    wanted = stored(lived.store)[0]
    assert said and str(second) in said and "has no id" in said and f"echo {wanted} > " in said
    identity.keep_in(second, str(uuid.uuid4()))
    assert "says " in (wsgi.refusal(config, lived.store) or "")
    identity.keep_in(second, wanted)
    assert "administers" in (wsgi.refusal(config, lived.store) or "administers")


def test_a_disk_that_goes_away_while_it_is_served_is_told(lived: World, data_dir: Path, second: Path, app: App) -> None:
    app.extensions["store"], app.config["WANGGE"] = lived.store, Config("", data_dir, KEY)
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    data_dir.rename(data_dir.with_name("away"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "not the folder of this database")
    assert stored(lived.store)[0] not in answer.text
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.with_name("away").rename(data_dir)
    assert client.get("/readyz").status_code == 200


def test_a_restored_place_is_a_store_of_its_own(lived: World, data_dir: Path, empty: Store, tmp_path: Path) -> None:
    identity.ensure(lived.store, data_dir)
    backup.backup(lived.store, data_dir, tmp_path / "b.tar")
    backup.restore(tmp_path / "b.tar", empty, tmp_path / "new")
    assert len(stored(empty)) == 1 and stored(empty) != stored(lived.store)
    assert identity.mismatch(empty, tmp_path / "new") is None
    assert identity.mismatch(empty, data_dir) is not None


@pytest.fixture
def run(lived: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A command on the lived county."""
    monkeypatch.setenv("DATABASE_URL", lived.store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.delenv("BACKUP_KEY_FILE", raising=False)
    return lambda *words: CliRunner().invoke(main, [*map(str, words)])


def test_a_backup_or_a_check_that_misses_a_file_fails_unless_it_is_said(
    run: Any, lived: World, data_dir: Path, tmp_path: Path
) -> None:
    assert run("backup", tmp_path / "whole").exit_code == 0
    with lived.store.read() as session:
        lost = session.scalar(select(func.min(Attachment.sha256)))
    files.path(data_dir, "originals", lost).unlink()
    for words in (("backup", tmp_path / "b"), ("verify-store",)):
        done = run(*words)
        assert done.exit_code == 1 and lost in done.output, done.output
        told = run(*words, "--allow-missing")
        assert told.exit_code == 0 and lost in told.output, told.output
    assert backup.examine(tmp_path / "b").faults == (f"originals/{lost} missing",)
    files.path(data_dir, "copies", lost).parent.mkdir(parents=True, exist_ok=True)
    first = next((data_dir / "photos" / "copies").glob("*/*"))
    first.write_bytes(b"changed")
    assert {finding.kind for finding in verify.verify_store(lived.store, data_dir)} == {"missing", "damaged"}
    assert run("verify-store", "--allow-missing").exit_code == 1


def test_a_sweep_and_a_migration_touch_no_folder_of_another_store(world: World, tmp_path: Path) -> None:
    """What this database does not name would be taken for left over, and deleted."""
    folder = tmp_path / "data"
    folder.mkdir(exist_ok=True)
    identity.ensure(world.store, folder)
    (folder / identity.FILE).write_text(str(uuid.uuid4()))
    with pytest.raises(identity.Strange, match="says"):
        retention.sweep(world.store, folder)
