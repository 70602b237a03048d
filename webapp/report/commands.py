"""The commands ``wangge redact`` and ``redact-file``: what must not stand in a report is taken out of it for good."""

import re
import uuid

import click

from ..console import counted, fail, ready

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
OLDER = "Backups made before now still hold what was taken out: make a new backup and delete the older ones."


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
    click.echo(OLDER)


@click.command("redact-file")
@click.argument("number")
@click.argument("address")
def redact_file(number: str, address: str) -> None:
    """Take the photo or document with this ADDRESS, or the last part of it, out of the report NUMBER for good."""
    from ..core import chain_forget
    from ..core.errors import NotFound, Refused
    from .redacting_files import take_out

    config, store = ready(owner=True)
    try:
        places = take_out(store, config.data_dir, number, _id_in(address))
    except NotFound:
        fail(f"The report {number} has no such file.")
    except BlockingIOError:
        fail("A backup is being made, or a sweep is running. Nothing was changed; try again in some minutes.")
    except Refused as refusal:
        fail(refusal.message)
    chain_forget.forget(store)
    click.echo(f"A crossed picture stands in its place, in {counted(places, 'record')}.")
    click.echo(OLDER)


def _id_in(address: str) -> uuid.UUID:
    """The id in the address of a file as a browser shows it."""
    found = ID.search(address)
    if found is None:
        fail("The address of a file ends in its id, such as …/attachments/01a19f9b-0aac-7f98-bbfc-3b51a125615b.")
    return uuid.UUID(found[0])


COMMANDS = (redact, redact_file)
