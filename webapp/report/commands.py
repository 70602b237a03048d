"""The command ``wangge redact``: words that must not stand in a report are taken out of it for good."""

import click

from ..console import counted, fail, ready


@click.command()
@click.argument("number")
@click.argument("words", nargs=-1, required=True)
def redact(number: str, words: tuple[str, ...]) -> None:
    """Take WORDS, such as somebody's name and telephone number, out of the report NUMBER and its history for good."""
    from ..core import chain_forget
    from ..core.errors import NotFound, Refused
    from .redacting import GONE
    from .redacting import redact as take_out

    _, store = ready(owner=True)
    try:
        with store.write() as session:
            rows = take_out(session, number, words)
    except NotFound:
        fail(f"There is no report {number}.")
    except Refused as refusal:
        fail(refusal.message)
    chain_forget.forget(store)
    click.echo(f"Report {number} now says {GONE} in their place, in {counted(rows, 'record')}.")
    click.echo("Backups made before now still hold them: make a new backup and delete the older ones.")


COMMANDS = (redact,)
