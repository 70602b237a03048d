"""What every command of ``wangge`` may use: the installation's settings, an open database,
and one way to say that it failed."""

import sys
from collections.abc import Callable
from typing import NamedTuple, NoReturn

import click

from . import domains
from .config import Config
from .core.db import Store


class Above(NamedTuple):
    """What the commands use of what stands above the domains: it goes along as the root context's object."""

    open_store: Callable[[str], Store]
    lacking: Callable[..., str | None]


def _above() -> Above:
    return click.get_current_context().find_root().obj


def opened(config: Config | None = None, *, owner: bool = False) -> tuple[Config, Store]:
    """The settings and the database, which is closed when the command ends; as its owner, where that is another
    log-in."""
    config = config or Config.from_environment()
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"DATA_DIR is no folder that can be used, {error.filename}: {error.strerror}.")
    store = _above().open_store((owner and config.owner_database_url) or config.database_url)
    click.get_current_context().call_on_close(store.close)
    return config, store


def ready(*, seeds: bool = True, owner: bool = False) -> tuple[Config, Store]:
    """A migrated and seeded database, or a message that says how to get one."""
    config, store = opened(owner=owner)
    if lacks := _above().lacking(store, seeds=seeds):
        fail(lacks)
    return config, store


def fail(message: str) -> NoReturn:
    """End the command: one line that says what to do."""
    click.echo(message, err=True)
    sys.exit(1)


def agreed(question: str) -> bool:
    """Whether it was answered with yes; an end of input, or Ctrl-C, is a no."""
    try:
        return click.confirm(question)
    except click.Abort:
        click.echo()
        return False


def counted(number: int, word: str) -> str:
    """ "1 finding", "2 findings"."""
    return f"{number} {word}{'s' * (number != 1)}"


def add_commands(main: click.Group) -> None:
    """Every command that a domain has in its ``commands.py``, by name."""
    for module in domains.modules("commands"):
        for command in module.COMMANDS:
            main.add_command(command)
