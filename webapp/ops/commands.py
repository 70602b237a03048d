"""Commands that look after the records: schema, seeds, backup, verification, sweep.

Heavy imports stay inside the verbs.
"""

import json
import sys
from pathlib import Path
from typing import Any, TextIO

import click

from ..config import CHAIN_KEY_FILE, KEY_FILE, Config
from ..config import command as said
from ..console import counted, fail, opened, ready
from ..core import clock
from ..core.db import Store
from . import key_commands, proof_commands

#: What a new key ends, and what it does not: nothing in the records depends on it.
WITH_A_NEW_KEY = (
    "With a new key everybody logs in again, pages that are open have to be opened anew, and photos that came with a "
    "refused form have to be chosen again; passwords, log-in codes on slips and all records stay."
)
SHOWN = 50  # findings of the chain that are printed; a table that was replaced would fill the screen
NO_WITNESS = (
    "In order. Without --witness a chain that was cut at its end, or made anew from its first link, looks the same."
)


@click.command()
def init() -> None:
    """Make the place ready: data folder, key, tables, seeds. Safe to repeat; what is there stays."""
    from . import identity
    from . import migrate as revisions
    from .chain_head import new_key
    from .secret import make_key
    from .seeding import seed as run

    config, store = opened(owner=True)
    key = config.data_dir / KEY_FILE
    if not config.key_is_kept() and not config.key_is_safe():
        fail("SECRET_KEY in the environment is not safe, and counts before any other key. Take it out or mend it.")
    if config.key_is_safe():
        click.echo("The key is there, and stays.")
    elif make_key(key):
        click.echo(f"Key made: {key}. Keep a copy of it apart from the backups. {WITH_A_NEW_KEY}")
    else:
        fail(
            f"{key} is there, but it is no key that is safe, or this user may not read it. Mend that, or move it away."
        )
    sealing = config.data_dir / CHAIN_KEY_FILE
    if make_key(sealing, new_key()):
        click.echo(f"Key made: {sealing}. It signs the heads of the chain. Keep a copy of it apart from the backups.")
    revisions.run(store, "upgrade", "head")
    click.echo(f"Database at {revisions.current(store)}.")
    identity.ensure(store, config.data_dir)
    _give_rights(config, store)
    changes = run(store)
    click.echo(f"Seeds: {sum(change.added + change.changed for change in changes.values())} rows added or changed.")
    click.echo(f"Next: {said('admin create LOGIN')}, then {said('grids import FILE')}, then {said('serve')}")


@click.command()
def migrate() -> None:
    """Bring the database to this program's version; safe to repeat."""
    from . import identity
    from . import migrate as revisions

    config, store = opened(owner=True)
    if why := identity.mismatch(store, config.data_dir):
        fail(why)
    revisions.run(store, "upgrade", "head")
    identity.ensure(store, config.data_dir)
    click.echo(f"Database at {revisions.current(store)}.")
    _give_rights(config, store)


def _give_rights(config: Config, store: Store) -> None:
    """Where the log-in that serves is another than the owner's: what it may do, and no more."""
    from .grants import OwnsTables, give, serving_role

    if role := serving_role(config):
        try:
            give(store, role)
        except OwnsTables as fault:
            fail(str(fault))
        click.echo(f"The log-in {role} may read and write, and not change history.")


@click.command()
def seed() -> None:
    """Load duty lists, settings and ready words from the seeds; says what changed."""
    from seeds import SeedError

    from .seeding import seed as run

    _, store = ready(seeds=False)
    try:
        changes = run(store)
    except SeedError as fault:
        fail(f"Nothing stored. {fault}")
    for name, change in changes.items():
        click.echo(
            f"{name}: added {change.added}, changed {change.changed}, retired {change.retired}, same {change.same}"
        )
        for word, keys in (("changed", change.changed_keys), ("retired", change.retired_keys)):
            if keys:
                click.echo(f"  {word}: {', '.join(map(str, keys))}")


@click.group()
def seeds() -> None:
    """The seed data itself."""


@seeds.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
def seeds_check(path: Path | None) -> None:
    """Hold the seeds against the source documents in PATH; without PATH, to the laws that need none."""
    from seeds.check import check

    report = check(path)
    click.echo(report.text())
    sys.exit(report.exit_code)


ALLOW_MISSING = click.option("--allow-missing", is_flag=True, help="Files that are missing on disk are no failure.")


@click.command()
@click.argument("file", metavar="FOLDER|FILE", type=click.Path(path_type=Path))
@ALLOW_MISSING
def backup(file: Path, allow_missing: bool) -> None:
    """Write all records and their files while work goes on; encrypted where there is a backup key.

    In a FOLDER the backup gets a name of its moment, and older ones there go when the days of the setting for backups
    are over.
    """
    from . import old_backups
    from .backup import backup as run
    from .backup import note
    from .secret import backup_keys

    config, store = opened()
    keys = backup_keys(config.backup_key_file, config.data_dir)
    if not keys and config.backup_key_is_named():
        fail(f"There is no key in BACKUP_KEY_FILE. Nothing was written. To make one: {said('key backup')}")
    target = old_backups.target(file) if file.is_dir() else file
    made = run(store, config.data_dir, target, keys[0] if keys else None)
    click.echo(f"{target}: {made}")
    if not keys:
        click.echo(f"Not encrypted: who has this file can read all of it. To make a key: {said('key backup')}")
    if not note(store, made, encrypted=bool(keys)):
        click.echo("The database takes no write just now, so this backup does not stand in the log.", err=True)
    lost = sum(fault.endswith("missing") for fault in made.faults)
    if lost and not allow_missing:
        fail(
            f"The backup was written, but lacks {counted(lost, 'file')} that the records name. Is DATA_DIR right, and "
            "its disk there? If they are really lost, --allow-missing says so."
        )
    if file.is_dir():
        if len(made.faults) > lost:
            fail(
                f"No older backup was deleted, for {counted(len(made.faults) - lost, 'file')} of this one can be whole "
                f"there alone. Which: {said('verify-store')}"
            )
        _say_what_aged(old_backups.age_out(store, target, keys))


def _say_what_aged(aged: Any) -> None:
    """Each backup by its name: which were deleted, and which should not be there any more."""
    for old in aged.gone:
        click.echo(f"Deleted, past its days: {old}")
    for old in aged.kept:
        click.echo(f"Past its days, and not deleted: {old}", err=True)
    if aged.refusal:
        click.echo(f"No backup was deleted. {aged.refusal}", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unsigned", is_flag=True, help="Take a backup that was made without a key, though there is one here.")
def restore(file: Path, unsigned: bool) -> None:
    """Restore a backup into an empty place. All log-ins and log-in codes of that moment end by it."""
    from .backup import restore as run
    from .secret import backup_keys

    config, store = opened(owner=True)
    keys = backup_keys(config.backup_key_file, config.data_dir)
    click.echo(f"{file}: {run(file, store, config.data_dir, keys, unsigned=unsigned)}")
    _give_rights(config, store)
    click.echo(
        "All log-ins and log-in codes of that moment were ended: everybody logs in again with his password. Accounts, "
        "passwords and suspensions are those of that moment: what was changed since has to be changed again.\n"
        "If the backup is older than two weeks, say once that the clock is right: "
        f"{said('sweep --really')}"
    )
    if not config.key_is_safe():
        click.echo(
            f"No backup holds the key. Put the old {KEY_FILE} back, or run {said('init')}: with a new one pages "
            "that are open have to be opened anew, and photos that came with a refused form chosen again."
        )


@click.command("verify-store")
@ALLOW_MISSING
def verify_store(allow_missing: bool) -> None:
    """Compare the files on disk with the records: photos and documents."""
    from .verify import verify_store as run

    config, store = ready()
    found = run(store, config.data_dir)
    for finding in found if allow_missing else ():
        if finding.kind == "missing":
            click.echo(str(finding))
    _findings([finding for finding in found if not (allow_missing and finding.kind == "missing")])


@click.command("verify-reports")
def verify_reports() -> None:
    """Replay every report's history and compare it with its state."""
    from .verify import verify_reports as run

    _, store = ready()
    _findings(run(store))


@click.command("verify-audit")
@click.option("--witness", metavar="FILE|HEAD", help="Heads that were handed out: a file with one a line, or one head.")
def verify_audit(witness: str | None) -> None:
    """Hold the chain against itself, all records, and what a witness saw."""
    from .chain_head import NoHead, checked, given, read_key
    from .dump import snapshot
    from .verify_audit import Audit

    config, store = ready()
    try:
        key = read_key(config.data_dir / CHAIN_KEY_FILE)
        audit = Audit(checked(given(witness), key.public_key() if key else None) if witness else ())
    except NoHead as fault:
        fail(str(fault))
    broken = 0
    with snapshot(store) as connection:
        for broken, finding in enumerate(audit.findings(connection), 1):
            if broken <= SHOWN:
                click.echo(str(finding))
    if broken > SHOWN:
        click.echo(f"... and {broken - SHOWN} more")
    click.echo(
        f"{counted(audit.links, 'link')}, {counted(audit.rows, 'row')}; {audit.expired} deleted by rule, "
        f"{audit.deleted} otherwise."
    )
    if broken:
        fail(counted(broken, "finding") + ".")
    click.echo("In order." if witness else NO_WITNESS)


@click.command("audit-head")
def audit_head() -> None:
    """Print the newest head of the chain, signed, for a witness."""
    from .chain_head import newest, public, read_key

    config, store = ready()
    head, key = newest(store), read_key(config.data_dir / CHAIN_KEY_FILE)
    if head is None:
        fail("There is no link yet.")
    if key is None:
        fail(f"There is no key that signs heads. Run: {said('init')}")
    click.echo(str(head.signed(key)))
    click.echo(f"Public key, for who checks it elsewhere: {public(key)}", err=True)


def _findings(found: Any) -> None:
    for finding in found:
        click.echo(str(finding))
    if found:
        fail(counted(len(found), "finding") + ".")
    click.echo("In order.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and delete nothing.")
@click.option(
    "--really",
    is_flag=True,
    help="The clock is right, and all that is past its time goes, however much it is; it is logged.",
)
@click.option("--photos-again", is_flag=True, help="Look for positions inside all photos again, after files came back.")
def sweep(dry_run: bool, really: bool, photos_again: bool) -> None:
    """What has to happen by itself: delete what is past its time. Safe to run often and on several machines."""
    from . import photo_places, retention, witness
    from .identity import Strange
    from .sweep_clock import ImplausibleClock

    config, store = ready(owner=True)
    if dry_run:
        _say_what_would_go(store, config.data_dir)
        return
    if photos_again:
        with store.write() as session:
            photo_places.again(session)
    try:
        gone, waiting = retention.sweep(store, config.data_dir, really=really)
    except (ImplausibleClock, Strange) as refusal:
        fail(str(refusal))
    finally:
        has_witness = witness.daily(store, config)  # a head is wanted most when something is wrong
    for name, number in gone.items():
        click.echo(f"{name}: {number}")
    for name, number in waiting.items():
        click.echo(f"{name}: {number} more wait for the next run, as one deletes at most {retention.MOST:,} of a kind.")
    if waiting:
        click.echo(f"If so much is right, all at once: {said('sweep --really')}")
    if has_witness:
        click.echo("The head of today was handed to the witness.")


def _say_what_would_go(store: Store, data_dir: Path) -> None:
    from . import retention, sweep_clock

    for name, look in retention.foreseen(store, data_dir).items():
        days = f", {clock.day(look.oldest)} to {clock.day(look.newest)}" if look.oldest and look.newest else ""
        click.echo(f"{name}: {look.number}{days}")
    click.echo("Nothing was deleted.")
    if refusal := sweep_clock.refusal(store):
        fail(f"A sweep would be refused. {refusal}")


@click.command()
@click.argument("file", type=click.File("w", encoding="utf-8"))
def sbom(file: TextIO) -> None:
    """Write what third parties' software is installed here into FILE (- for the screen), as CycloneDX."""
    from .sbom import document

    json.dump(document(), file, ensure_ascii=False, indent=1)


@click.command()
def docs() -> None:
    """Write docs/rules.md from the permission table and the workflow."""
    from .rules_page import render

    target = Path(__file__).parents[2] / "docs" / "rules.md"
    target.write_text(render(), encoding="utf-8")
    click.echo(f"Wrote {target.name}.")


CHECKS = (verify_store, verify_reports, verify_audit, audit_head, *proof_commands.COMMANDS)
COMMANDS = (init, migrate, seed, seeds, backup, restore, key_commands.key, *CHECKS, sweep, docs, sbom)
