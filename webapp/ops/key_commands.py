"""Commands for the keys: the one that signs cookies, and the one of the backups."""

from pathlib import Path

import click

from ..config import KEY_FILE, Config
from ..config import command as said
from ..console import counted, fail, ready


@click.group()
def key() -> None:
    """Change the keys: of the backups, and of what the server signs."""


@key.command()
def backup() -> None:
    """Make a key that encrypts backups from now on. Older ones stay, so that older backups can be restored."""
    from . import secret

    config = Config.from_environment()
    place = _backup_key_file(config)
    secret.refuse_close(place, config.data_dir)
    if secret.make_key(place):
        click.echo(f"Key made: {place}. From now on every backup is encrypted with it.")
    else:
        secret.backup_keys(place, config.data_dir)
        older = counted(secret.rotate(place) - 1, "older key")
        click.echo(f"A new key stands first in {place}, and encrypts from now on; {older} below it for older backups.")
    click.echo(
        "Copy this file now to a place away from this machine and away from the backups. Without it no backup can be "
        "restored, by nobody."
    )


def _backup_key_file(config: Config) -> Path:
    assert config.backup_key_file is not None
    return config.backup_key_file


@key.command()
def rotate() -> None:
    """Sign with a new key. What the old one signed counts until `key retire`."""
    from .secret import rotate as run

    number = run(_own(Config.from_environment()))
    click.echo(
        f"A new key signs as soon as every server was started again; {counted(number - 1, 'older key')} still counts. "
        "Who opens a page meanwhile stays logged in. When all have been here, or at once when the old key is known to "
        f"somebody: {said('key retire')}"
    )


@key.command()
def retire() -> None:
    """Take the older keys away: what they signed and was not signed anew ends. Second factors are sealed anew first."""
    from ..login.second import seal_anew
    from .secret import retire as run

    config, store = ready()
    place = _own(config)
    with store.write() as session:
        sealed = seal_anew(session, [config.secret_key, *config.secret_key_fallbacks])
    click.echo(
        f"{counted(run(place), 'older key')} taken away, {counted(sealed, 'second factor')} sealed with the new one. "
        "Start every server again. Who was not here since logs in again."
    )


def _own(config: Config) -> Path:
    """The key file, where it is what counts."""
    place = config.data_dir / KEY_FILE
    if not config.key_is_kept() or not place.exists():
        fail(
            f"The key does not come from {place} but from SECRET_KEY. Put a new one there, the old one into "
            "SECRET_KEY_FALLBACKS, and start every server again."
        )
    if not config.key_is_safe():
        fail(f"{place} holds a key that is not safe. Mend that first.")
    return place
