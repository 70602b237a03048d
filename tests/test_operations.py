"""docs/operations.md: each of its commands is run on a county, and its samples hold our limits."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests import engines
from tests.test_landed import FOLDERS
from webapp.app import UPLOAD_MB
from webapp.listeners import open_store
from webapp.ops import backup

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)( \w+)?\n(.*?)^```$", re.M | re.S)
POSTGRESQL = "postgresql+psycopg://wangge@db.example/wangge"


def blocks(language: str) -> list[tuple[str, str]]:
    """The blocks of the page in a language: the word behind it, and the text."""
    return [(mark.strip(), text) for kind, mark, text in BLOCK.findall(PAGE) if kind == language]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folders that the page names, with the program in two versions and the county of the last landing."""
    for folder in ("app", "next"):
        (tmp_path / folder).mkdir()
        script = tmp_path / folder / "run.sh"
        script.write_text(f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -m webapp.cli "$@"\n')
        script.chmod(0o755)
    (tmp_path / "backups").mkdir()
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'wangge.db'}")
    (tmp_path / "data").mkdir()
    backup.restore(FOLDERS[-1] / "county.backup", store, tmp_path / "data")
    store.close()
    run(tmp_path, f"cd {tmp_path}/app && DATA_DIR={tmp_path}/data ./run.sh init")
    return tmp_path


def run(place: Path, script: str) -> None:
    """The commands, one after the other; the first that fails ends it."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
    done = subprocess.run(
        ["sh", "-eu", "-c", script], cwd=place, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def test_every_command_of_the_page_works_in_its_order(place: Path, tmp_path: Path) -> None:
    server = engines.server()
    url = engines.make(engines.record_urls()[-1], tmp_path) if server else ""
    wanted = [text for mark, text in blocks("sh") if not mark or server]
    assert len(wanted) >= 4
    try:
        run(
            place,
            "\n".join(wanted).replace("/srv/wangge", str(place)).replace(POSTGRESQL, shlex.quote(url or POSTGRESQL)),
        )
    finally:
        if url:
            engines.drop(url)
    assert list((place / "backups").glob("*.backup"))


def test_a_command_that_is_no_longer_there_is_found(place: Path) -> None:
    with pytest.raises(AssertionError, match="No such command"):
        run(place, f"cd {place}/app && ./run.sh verify-everything")


def test_samples_for_proxies_let_through_what_the_program_takes() -> None:
    (nginx,), (caddy,) = blocks("nginx"), blocks("caddy")
    assert f"client_max_body_size {UPLOAD_MB}m;" in nginx[1]
    assert f"max_size {UPLOAD_MB}MB" in caddy[1]


def test_units_start_what_is_there() -> None:
    starts = [line for _, unit in blocks("ini") for line in unit.splitlines() if line.startswith("ExecStart=")]
    assert {word for line in starts for word in re.findall(r"run\.sh ([\w-]+)", line)} == {"serve", "backup"}
