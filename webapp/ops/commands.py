"""Commands that look after the records: schema, seeds, backup, verification, sweep.

Heavy imports stay inside the verbs.
"""

import sys
from pathlib import Path
from typing import Any

import click

from ..config import CHAIN_KEY_FILE, KEY_FILE, Config
from ..config import command as said
from ..console import counted, fail, opened, ready
from ..core.db import Store

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
    _give_rights(config, store)
    changes = run(store)
    click.echo(f"Seeds: {sum(change.added + change.changed for change in changes.values())} rows added or changed.")
    click.echo(f"Next: {said('admin create LOGIN')}, then {said('grids import FILE')}, then {said('serve')}")


@click.command()
def migrate() -> None:
    """Bring the database to this program's version; safe to repeat."""
    from . import migrate as revisions

    config, store = opened(owner=True)
    revisions.run(store, "upgrade", "head")
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


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write all records and their files into FILE while work goes on."""
    from .backup import backup as run

    config, store = opened()
    click.echo(f"{file}: {run(store, config.data_dir, file)}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Restore a backup into an empty place."""
    from .backup import restore as run

    config, store = opened(owner=True)
    click.echo(f"{file}: {run(file, store, config.data_dir)}")
    _give_rights(config, store)
    click.echo(
        "Accounts, log-ins and suspensions are those of that moment: what was ended since has to be ended again.\n"
        "If the backup is older than two weeks, say once that the clock is right: "
        f"{said('sweep --yes-the-clock-is-right')}"
    )
    if not config.key_is_safe():
        click.echo(f"No backup holds the key. Put the old {KEY_FILE} back, or run {said('init')}. {WITH_A_NEW_KEY}")


@click.command("verify-store")
def verify_store() -> None:
    """Compare the files on disk with the records: photos and documents."""
    from .verify import verify_store as run

    config, store = ready()
    _findings(run(store, config.data_dir))


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
    from .chain_head import NoHead, given
    from .dump import snapshot
    from .verify_audit import Audit

    _, store = ready()
    try:
        audit = Audit(given(witness) if witness else ())
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
    from .chain_head import newest, read_key

    config, store = ready()
    head, key = newest(store), read_key(config.data_dir / CHAIN_KEY_FILE)
    if head is None:
        fail("There is no link yet.")
    if key is None:
        fail(f"There is no key that signs heads. Run: {said('init')}")
    click.echo(str(head.signed(key)))


def _findings(found: Any) -> None:
    for finding in found:
        click.echo(str(finding))
    if found:
        fail(counted(len(found), "finding") + ".")
    click.echo("In order.")


@click.command()
@click.option("--yes-the-clock-is-right", is_flag=True, help="Go on after months without a sweep; it is logged.")
def sweep(yes_the_clock_is_right: bool) -> None:
    """What has to happen by itself: delete what is past its time. Safe to run often and on several machines."""
    from . import retention
    from .sweep_clock import ImplausibleClock

    config, store = ready(owner=True)
    try:
        gone = retention.sweep(store, config.data_dir, clock_is_right=yes_the_clock_is_right)
    except ImplausibleClock as refusal:
        fail(str(refusal))
    for name, number in gone.items():
        click.echo(f"{name}: {number}")


@click.command()
def docs() -> None:
    """Write docs/rules.md from the permission table and the workflow."""
    from .rules_page import render

    target = Path(__file__).parents[2] / "docs" / "rules.md"
    target.write_text(render(), encoding="utf-8")
    click.echo(f"Wrote {target.name}.")


CHECKS = (verify_store, verify_reports, verify_audit, audit_head)
COMMANDS = (init, migrate, seed, seeds, backup, restore, *CHECKS, sweep, docs)
