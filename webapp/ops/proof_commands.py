"""Commands for the proof of one row: made where the records are, checked anywhere."""

from pathlib import Path

import click

from ..config import CHAIN_KEY_FILE
from ..config import command as said
from ..console import counted, fail, ready


@click.command()
@click.argument("table")
@click.argument("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def prove(table: str, key: str, file: Path) -> None:
    """Write the proof that a row is in the chain into FILE: TABLE and KEY as verify-audit names them.

    The file holds the row itself: hand it only to who may read that.
    """
    from .chain_head import read_key
    from .dump import snapshot
    from .proof import NoProof
    from .proof import prove as run

    config, store = ready()
    signing = read_key(config.data_dir / CHAIN_KEY_FILE)
    try:
        with snapshot(store) as connection:
            made = run(connection, table, key, signing)
    except NoProof as fault:
        fail(str(fault))
    file.write_text(made.text(), encoding="utf-8")
    click.echo(f"{file}: {table} {key} in link {made.seq}, under {made.head}")
    if signing is None:
        click.echo(f"Nobody signed this head: there is no {CHAIN_KEY_FILE}. To make one: {said('init')}", err=True)


@click.command("check-proof")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", metavar="HEX", help="The public key of the county, as audit-head prints it.")
@click.option("--witness", metavar="FILE|HEAD", help="Heads that were handed out: a file with one a line, or one head.")
def check_proof(file: Path, key: str | None, witness: str | None) -> None:
    """Check a proof. No database is needed, and nothing is asked of the network."""
    from .chain_head import NoHead, given, public_key
    from .proof import NoProof, check, read

    try:
        proof = read(file)
        head = check(proof, public_key(key) if key else None, given(witness) if witness else None)
    except (NoProof, NoHead) as fault:
        fail(str(fault))
    click.echo(f"{proof.table} {proof.key}: {proof.row}")
    click.echo(f"In order: it stands in link {proof.seq}, {counted(head.seq - proof.seq, 'link')} before {head}")
    if not (key or witness):
        click.echo(
            "Without --key or --witness this says that the file adds up, not that it comes from the county. "
            f"The key that it names is {proof.public_key or 'none'}."
        )


COMMANDS = (prove, check_proof)
