"""The commands ``wangge objects …``: the sheet of objects, as the page takes and gives it."""

from pathlib import Path

import click

from ..access import SYSTEM
from ..console import agreed, counted, fail, ready


@click.group()
def objects() -> None:
    """The lists of what there is to look at."""


@objects.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--crs", default="", help="Coordinate system of rows that do not say theirs: EPSG:4547, gcj02, bd09.")
def objects_import(file: Path, yes: bool, crs: str) -> None:
    """Read objects from xlsx or CSV, say what would happen or which rows are wrong, store all or nothing."""
    from ..core.errors import Refused
    from . import sheet_acts
    from .sheet import OBJECTS

    _, store = ready()
    try:
        given = OBJECTS.read(file.read_bytes())
    except Refused as refusal:
        fail(f"Nothing stored. {refusal.message % refusal.params}")
    with store.read() as session:
        outcome = sheet_acts.rehearse(session, SYSTEM, given.rows, crs)
    for note in (*given.notes, *outcome.remarks):
        click.echo(note.message % {name: getattr(value, "zh", value) for name, value in note.params.items()})
    for found in outcome.findings:
        click.echo(f"row {found.row.where}, {found.column or 'whole'}: {found.refusal.message % found.refusal.params}")
    if outcome.findings:
        fail(f"Nothing stored: {counted(len(outcome.findings), 'row')} to put right.")
    villages = counted(len({village for village, _ in outcome.added}), "village")
    new, placed, same = len(outcome.added), outcome.placed, outcome.unchanged
    click.echo(f"new: {new} in {villages}, places added: {placed}, on the list already: {same}")
    if not outcome.changes():
        click.echo("Nothing to store: the lists stay as they are.")
        return
    if not yes and not agreed("Store these objects?"):
        fail("Nothing stored.")
    with store.write() as session:
        done = sheet_acts.apply(session, SYSTEM, given.rows, crs)
    if done.findings:
        fail("Nothing stored: the lists have changed meanwhile. Try again.")
    places = f", {counted(done.placed, 'place')}" if done.placed else ""
    click.echo(f"Stored {counted(len(done.added), 'object')}{places}.")


@objects.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def objects_export(file: Path) -> None:
    """Write the lists into FILE (xlsx), as the import takes them."""
    from ..core.workbook import book
    from . import sheet_acts
    from .sheet import OBJECTS

    _, store = ready()
    with store.read() as session:
        rows = list(sheet_acts.rows(session, SYSTEM))
    head = [(column.headings[0], 22) for column in OBJECTS.heads()]
    file.write_bytes(book(OBJECTS.title, head, rows).getvalue())
    click.echo(f"{file}: {counted(len(rows), 'object')}.")


COMMANDS = (objects,)
