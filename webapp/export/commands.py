"""The command ``wangge export``: the same files as the page makes, of all records, for who runs the machine."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from ..access import SYSTEM
from ..console import counted, fail, ready

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "first", type=DAY, help="First day, of patrols and reports.")
@click.option("--to", "last", type=DAY, help="Last day.")
@click.option("--encoding", default="UTF-8", show_default=True, help="Of a shapefile's texts: UTF-8 or GB18030.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def export(kind: str, file: Path, first: datetime | None, last: datetime | None, encoding: str, language: str) -> None:
    """Write all records of a KIND (grids, objects, patrols, reports) into FILE: .xlsx, .csv, .gpkg, .geojson, or .zip
    for a shapefile."""
    from ..core.errors import NotFound, Refused
    from ..core.tongue import Tongue
    from ..translations.spoken import speaker
    from . import service
    from .formats import FORMATS
    from .queries import Period

    _, store = ready()
    format_ = next((key for key, way in FORMATS.items() if way.suffix == file.suffix), "")
    days = Period(first.date() if first else None, last.date() if last else None)
    wish = service.Wish(kind, format_, days, encoding)
    try:
        service.chosen(SYSTEM, wish)
    except NotFound:
        fail("There is no such kind of records, ending of a file, or encoding. See wangge export --help.")
    try:
        out = file.open("xb")
    except FileExistsError:
        fail(f"{file} is there already. Name a file that is not there yet.")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    try:
        with out, store.read() as session:
            number = service.make(session, SYSTEM, wish, Tongue(language, speaker(language)), out)
        with store.write() as session:
            service.note(session, SYSTEM, wish, number)
    except BaseException as error:
        with suppress(OSError):
            file.unlink()
        if isinstance(error, Refused):
            fail(error.message % error.params)
        raise
    click.echo(f"{file}: {counted(number, 'row')}.")


COMMANDS = (export,)
