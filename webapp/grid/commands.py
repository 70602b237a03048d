"""The commands ``wangge grids …``: only the talk; what is done stands in ``intake``."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from gis.delivery import Choice
from gis.text import PLAUSIBLE

from .. import config
from ..access import SYSTEM
from ..console import agreed, fail, ready
from ..core import clock
from ..core.errors import Refused
from ..translations.spoken import speaker

ENCODINGS = click.Choice(["", *PLAUSIBLE])


@click.group()
def grids() -> None:
    """The tree of grids and its borders."""


@grids.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--crs", help="Coordinate system of files that do not say theirs, e.g. EPSG:4547, gcj02, bd09.")
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="The day these borders count from (default today)."
)
@click.option("--code", multiple=True, help="The column of the code, where the usual ones do not fit; per layer one.")
@click.option("--name", multiple=True, help="The column of the name.")
@click.option("--parent", multiple=True, help="The column that says what a row belongs to.")
@click.option("--layer", multiple=True, help="Take this layer only; may be said several times.")
@click.option("--encoding", default="", help="Encoding of text whose files say none or a wrong one.", type=ENCODINGS)
@click.option("--over", is_flag=True, help="Take the system of --crs also where the files say another one.")
@click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    default=config.language,
    show_default="as LANG says",
    help="Language of what is said here.",
)
@click.option("--replace", is_flag=True, help="Take the place of grids with which nothing was done yet.")
@click.option("--beside", is_flag=True, help="Bring in a further county beside those that are there.")
@click.option("--anywhere", is_flag=True, help="Take borders that lie outside the province of their codes.")
def grids_import(
    paths: tuple[Path, ...],
    yes: bool,
    crs: str | None,
    since: datetime | None,
    lang: str,
    replace: bool,
    beside: bool,
    **said: Any,
) -> None:
    """Read borders from GeoPackage, GeoJSON, KML, or shapefiles and MapInfo tables in a zip, or a list (xlsx, CSV) of
    levels, codes and names without borders; show what was understood, store all or nothing."""
    from . import intake
    from . import labels as words

    if replace and beside:
        raise click.UsageError("Say --replace or --beside, not both.")
    _, store = ready()
    word = speaker(lang)
    day = since.date() if since else clock.today()
    try:
        with store.read() as session:
            intake.refuse(session, day, replaces=replace, beside=beside)
            tolerance = intake.tolerance(session)
        examined = intake.examine(paths, crs, Choice(**said), tolerance)
    except Refused as refusal:
        _nothing_stored(refusal, word)
    for line in (*examined.understood(word), *examined.listed(word)):
        click.echo(line)
    if examined.errors:
        fail(word(words.ERRORS) % {"number": len(examined.errors)})
    for line in (*examined.advice(word), examined.summary(word)):
        click.echo(line)
    if not yes and not agreed(word(words.ASK)):
        fail(word(words.NOTHING))
    try:
        with store.write() as session:
            stored = intake.accept(session, SYSTEM, examined, day, replaces=replace, beside=beside)
    except Refused as refusal:
        _nothing_stored(refusal, word)
    click.echo(word(words.STORED) % {"number": len(stored)})


def _nothing_stored(refusal: Refused, word: Callable[[str], str]) -> NoReturn:
    from . import labels as words

    option = "--from " if refusal.field == "since" else ""
    fail(f"{word(words.NOTHING)} {option}{word(refusal.message) % refusal.params}")


COMMANDS = (grids,)
