"""`run.sh` sets up when it must and only then, also after an interruption; a stand-in plays Python and pip."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = ("setup.cfg", "pyproject.toml", "requirements.txt", "requirements-test.txt")
PYTHON = """#!/bin/sh
case "$1 ${2:-} ${3:-}" in
"-V "*) echo Python 3.11.9 ;;
"-m venv "*)
    mkdir "$3/bin" && cp "$0" "$3/bin/python"
    printf '#!/bin/sh\\necho "wangge $*"\\n' >"$3/bin/wangge" && chmod +x "$3/bin/wangge"
    echo venv >>"$LOG" ;;
"-m pip install")
    echo install >>"$LOG"
    echo "Downloading a long list" && echo "WARNING: of pip" >&2
    [ "${DIE:-}" != pip ] || exit 1
    [ "${DIE:-}" != install ] || kill -9 $PPID ;;
esac
"""


@pytest.fixture
def tree(tmp_path):
    """A folder with spaces in its name that holds run.sh and the files it looks at."""
    folder = tmp_path / "a tree"
    folder.mkdir()
    shutil.copy(ROOT / "run.sh", folder)
    for name in FILES:
        (folder / name).write_text(f"# {name}\n")
    stand_in = tmp_path / "python"
    stand_in.write_text(PYTHON)
    stand_in.chmod(0o755)
    return folder


def run(tree: Path, *words: str, **environ: str) -> subprocess.CompletedProcess:
    """Run run.sh of `tree` from elsewhere, as a user in another folder does."""
    settings = {"PYTHON": str(tree.parent / "python"), "LOG": str(tree.parent / "log"), "PATH": os.environ["PATH"]}
    return subprocess.run(
        [str(tree / "run.sh"), *words],
        cwd="/",
        env=settings | environ,
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )


def steps(tree: Path) -> list[str]:
    """What the stand-in was asked to do since the last look."""
    log = tree.parent / "log"
    done = log.read_text().split() if log.exists() else []
    log.unlink(missing_ok=True)
    return done


def test_a_second_start_sets_nothing_up(tree):
    assert run(tree, "demo", "--fresh").stdout == "wangge demo --fresh\n"
    assert steps(tree) == ["venv", "install", "install"]
    assert run(tree, "serve").stdout == "wangge serve\n"
    assert steps(tree) == []


def test_what_pip_says_is_shown_only_when_it_failed(tree):
    done = run(tree, "demo")
    assert done.returncode == 0
    assert not [line for line in done.stderr.splitlines() if not line.startswith("run.sh: ")]
    assert len(done.stderr.splitlines()) <= 5
    assert "Downloading" in (tree / ".venv/install.log").read_text()
    shutil.rmtree(tree / ".venv")
    failed = run(tree, "demo", DIE="pip")
    assert failed.returncode == 1
    assert "Downloading a long list" in failed.stderr and "WARNING: of pip" in failed.stderr
    assert failed.stderr.splitlines()[-1].startswith("run.sh: pip failed")


@pytest.mark.parametrize("name", ["setup.cfg", "pyproject.toml", "requirements.txt"])
def test_a_changed_list_is_installed_into_the_same_environment(tree, name):
    run(tree, "demo")
    steps(tree)
    (tree / name).write_text("# changed\n")
    assert run(tree, "demo").returncode == 0
    assert steps(tree) == ["install", "install"]


def test_an_interrupted_set_up_starts_from_nothing(tree):
    assert run(tree, "demo", DIE="install").returncode != 0
    assert steps(tree) == ["venv", "install"]
    assert run(tree, "demo").stdout == "wangge demo\n"
    assert steps(tree) == ["venv", "install", "install"]


def test_every_pinned_package_is_installed_by_its_hashes_and_the_tree_without_a_network(tree):
    said = tree.parent / "python"
    said.write_text(PYTHON.replace("echo install >>", 'printf "%s " "$@" | tr " " , >>"$LOG"; echo >>'))
    said.chmod(0o755)
    assert run(tree, "demo").returncode == 0
    lists, own = [line for line in steps(tree) if "pip,install" in line]
    assert "--require-hashes" in lists and "requirements.txt" in lists and ",-e," not in lists
    assert "--no-index,--no-build-isolation,-e," in own and "--no-deps" in lists and "--no-deps" in own


def test_each_pinned_package_has_its_hashes():
    whole = re.compile(r"[^\n]+ \\(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+")
    for name in FILES[2:]:
        packages = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
        assert len(packages) > 30
        assert [each for each in packages if not whole.fullmatch(each)] == []


def test_a_moved_tree_is_installed_again(tree):
    run(tree, "demo")
    steps(tree)
    moved = tree.rename(tree.parent / "moved")
    assert run(moved, "demo").returncode == 0
    assert steps(moved) == ["install", "install"]


def test_an_old_python_is_told_what_is_needed(tree):
    old = tree.parent / "old"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2 && exit\nexit 1\n')
    old.chmod(0o755)
    done = run(tree, "demo", PYTHON=str(old))
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "3.9.2" in done.stderr
    assert not (tree / ".venv").exists()


@pytest.mark.parametrize("words", [(), ("help",), ("-h",), ("--help",)])
def test_help_needs_no_set_up(tree, words):
    assert run(tree, *words).stdout.startswith("Usage: ./run.sh")
    assert steps(tree) == []
    assert not (tree / ".venv").exists()


def test_help_names_every_command(tree):
    from webapp.cli import main

    told = run(tree).stdout
    assert [name for name in main.commands if not re.search(rf"\b{name}\b", told)] == []


def test_the_program_is_told_how_it_was_called(tree):
    wangge = tree.parent / "python"
    wangge.write_text(PYTHON.replace('"wangge $*"', '"$WANGGE_COMMAND $*"'))
    assert run(tree, "serve").stdout == f"{tree / 'run.sh'} serve\n"


def test_help_names_the_three_lengths_of_a_test(tree):
    said = run(tree, "help").stdout
    assert "--full" in said and "--long" in said
    assert "WANGGE_LONG=1" in (tree / "run.sh").read_text()
