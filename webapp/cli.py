"""The command ``wangge``: set up, run and look after a county's records. Heavy imports stay inside the verbs."""

import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from .access import SYSTEM
from .config import Config
from .core import clock, files, passwords
from .core.db import Store
from .ops import faults
from .ops import migrate as migrations

THREADS = (
    12  # of ``serve``: each log-in holds one while its password is checked, and those who send something need one too
)


class _Plain(click.Group):
    """Shows nobody a traceback who did not ask for one: what went wrong is one line that says what to do."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                raise
            _fail(faults.explained(error) or _ours(error, ctx))


def _ours(error: Exception, ctx: click.Context) -> str:
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    return (
        f"This is a fault of wangge itself, not yours ({what}). To see all of it for those who can mend it: "
        f"wangge --debug {ctx.invoked_subcommand} …"
    )


@click.group(cls=_Plain)
@click.option("--debug", is_flag=True, help="Show where in the program something went wrong.")
def main(debug: bool) -> None:
    """Records of grid-based environmental supervision. Settings: DATABASE_URL, DATA_DIR, SECRET_KEY, HTTPS, PROXIES."""


def _open(config: Config | None = None) -> tuple[Config, Store]:
    config = config or Config.from_environment()
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _fail(f"DATA_DIR is no folder that can be used, {error.filename}: {error.strerror}.")
    store = Store(config.database_url)
    click.get_current_context().call_on_close(store.close)
    return config, store


def _ready(*, seeds: bool = True) -> tuple[Config, Store]:
    """A migrated and seeded database, or a message that says how to get one."""
    config, store = _open()
    if lacks := migrations.lacking(store, seeds=seeds):
        _fail(lacks)
    return config, store


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


@main.command()
def migrate() -> None:
    """Bring the database to this program's version; safe to repeat."""
    _, store = _open()
    migrations.run(store, "upgrade", "head")
    click.echo(f"Database at {migrations.current(store)}.")


@main.command()
def seed() -> None:
    """Load duty lists, settings and ready words from the seeds; says what changed."""
    from seeds import SeedError

    from .ops.seeding import seed as run

    _, store = _ready(seeds=False)
    try:
        changes = run(store)
    except SeedError as fault:
        _fail(f"Nothing stored. {fault}")
    for name, change in changes.items():
        click.echo(
            f"{name}: added {change.added}, changed {change.changed}, retired {change.retired}, same {change.same}"
        )
        for word, keys in (("changed", change.changed_keys), ("retired", change.retired_keys)):
            if keys:
                click.echo(f"  {word}: {', '.join(map(str, keys))}")


@main.group()
def seeds() -> None:
    """The seed data itself."""


@seeds.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def seeds_check(path: Path) -> None:
    """Hold the seeds against the source documents in PATH."""
    from seeds.check import check

    report = check(path)
    click.echo(report.text())
    sys.exit(report.exit_code)


@main.group()
def admin() -> None:
    """Administrators."""


@admin.command("create")
@click.argument("login")
@click.option("--name", prompt=True)
@click.password_option()
def admin_create(login: str, name: str, password: str) -> None:
    """Create a system administrator who can log in and set up everybody else."""
    from .accounts.service import create_admin

    if not name.strip():
        _fail("An administrator needs a name: the log says who did what.")
    if fault := passwords.fault(password):
        _fail("The password: " + fault % {"min": passwords.SHORTEST, "max": passwords.LONGEST})
    _, store = _ready()
    hashed = passwords.make(password)
    with store.write() as session:
        create_admin(session, login, name.strip(), hashed)
    click.echo(f"Administrator {login} created.")


@admin.command("code")
@click.argument("login")
def admin_code(login: str) -> None:
    """Print a one-time log-in code for somebody who can get none from the office above, such as the administrator."""
    from .accounts import service
    from .people import queries

    _, store = _ready()
    with store.read() as session:
        person = queries.by_login(session, login)
        person_id = person.id if person else _fail(f"Nobody is called {login}.")
    code = passwords.code()
    hashed = passwords.make(code)
    with store.write() as session:
        service.give_code(session, SYSTEM, person_id, hashed)
    click.echo(f"Log-in code of {login}, once: {code}")


@main.group()
def grids() -> None:
    """The tree of grids and its borders."""


@grids.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--crs", help="Coordinate system of files that do not say theirs, e.g. EPSG:4547, gcj02, bd09.")
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="The day these borders count from (default today)."
)
def grids_import(paths: tuple[Path, ...], yes: bool, crs: str | None, since: Any) -> None:
    """Read borders from GeoPackage, GeoJSON or zipped shapefiles, show what was understood, store all or nothing."""
    from .grid.service import refuse_filled
    from .ops.intake import counted, summary, understood

    _, store = _ready()
    if since and since.date() > clock.today():
        _fail(
            f"Nothing stored. --from {since:%Y-%m-%d} is still to come: borders count from today or from a day before."
        )
    with store.read() as session:
        refuse_filled(session)
    delivery, findings = _read(paths, crs)
    for line in (*understood(delivery), *(f"[{finding.level}] {finding}" for finding in findings)):
        click.echo(line)
    if errors := sum(finding.level == "error" for finding in findings):
        _fail(f"Nothing stored: {counted(errors, 'error')} above. Mend the files and try again.")
    click.echo(summary(delivery))
    if not yes and not _agreed("Store these grids?"):
        _fail("Nothing stored.")
    _plant(store, delivery, paths, since.date() if since else clock.today())


def _read(paths: tuple[Path, ...], crs: str | None) -> tuple[Any, tuple[Any, ...]]:
    """The delivery, and all that is doubtful in it."""
    from gis.check import check
    from gis.read import Refused as Unreadable
    from gis.read import read

    try:
        delivery = read(*paths, system=crs)
    except Unreadable as refusal:
        _fail(f"Nothing stored. {refusal}")
    return delivery, (*delivery.findings, *check(delivery))


def _agreed(question: str) -> bool:
    """Whether it was answered with yes; an end of input, or Ctrl-C, is a no."""
    try:
        return click.confirm(question)
    except click.Abort:
        click.echo()
        return False


def _plant(store: Store, delivery: Any, paths: tuple[Path, ...], since: Any) -> None:
    from .grid.service import import_tree, name_levels

    names = [(cell.name, "") for cell in delivery.cells]
    facts = {"layers": [vars(fact) for fact in delivery.facts]}
    with store.write() as session:
        name_levels(session)
        import_tree(session, SYSTEM, delivery.cells, names, since, ", ".join(path.name for path in paths), facts)
    click.echo(f"Stored {len(delivery.cells)} grids.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write all records and photos into FILE while work goes on."""
    from .ops.backup import backup as run

    config, store = _open()
    click.echo(f"{file}: {run(store, config.data_dir, file)}")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Restore a backup into an empty place."""
    from .ops.backup import restore as run

    config, store = _open()
    click.echo(f"{file}: {run(file, store, config.data_dir)}")
    click.echo(
        "Accounts, log-ins and suspensions are those of that moment: what was ended since has to be ended again."
    )


@main.command("verify-store")
def verify_store() -> None:
    """Compare the photos on disk with the records."""
    from .ops.verify import verify_store as run

    config, store = _ready()
    _findings(run(store, config.data_dir))


@main.command("verify-reports")
def verify_reports() -> None:
    """Replay every report's history and compare it with its state."""
    from .ops.verify import verify_reports as run

    _, store = _ready()
    _findings(run(store))


def _findings(found: Any) -> None:
    from .ops.intake import counted

    for finding in found:
        click.echo(str(finding))
    if found:
        _fail(counted(len(found), "finding") + ".")
    click.echo("In order.")


@main.command()
def sweep() -> None:
    """What has to happen by itself: delete what is past its time. Safe to run often and on several machines."""
    config, store = _ready()
    for name, number in _sweep(config, store).items():
        click.echo(f"{name}: {number}")


def _sweep(config: Config, store: Store) -> dict[str, int]:
    from .ops.retention import drop_photos, purge

    with store.write() as session:
        gone = purge(session)
    return gone | {"uploads": files.tidy(config.data_dir), "photos": drop_photos(store, config.data_dir)}


@main.command()
def docs() -> None:
    """Write docs/rules.md from the permission table and the workflow."""
    from .ops.rules_page import render

    target = Path(__file__).parent.parent / "docs" / "rules.md"
    target.write_text(render(), encoding="utf-8")
    click.echo(f"Wrote {target.name}.")


HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address of this machine to answer at.")
PORT = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))


@main.command()
@HOST
@PORT
@click.option(
    "--threads",
    default=THREADS,
    show_default=True,
    type=click.IntRange(1, 200),
    help="Requests answered at the same time.",
)
def serve(host: str, port: int, threads: int) -> None:
    """Serve a real county. Refuses a sample key, and a county without seeds or without an administrator."""
    from .wsgi import refusal

    config, store = _open()
    why = refusal(config, store)
    if why:
        _fail(why)
    sockets = listening(host, port)
    engine = "SQLite" if store.is_sqlite else "PostgreSQL"
    click.echo(
        f"wangge: {_address(host, port)}   data folder {config.data_dir}, {engine} {store.url.render_as_string()}"
    )
    _serve(config, store, sockets, threads)


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def listening(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of this name: taken before anything is done or said that needs them."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return [socket.create_server(place[:2], family=family) for family, _, _, _, place in places]
    except (OSError, UnicodeError) as error:
        why = str(getattr(error, "strerror", error)).partition(" (")[0]
        _fail(
            f"{_address(host, port)} is not free, or no address of this machine: {why}. Choose another with --port or --host."
        )


def _serve(config: Config, store: Store, sockets: list[socket.socket], threads: int) -> None:
    """Waitress takes in a whole request before a thread is spent on it, so one slow phone holds up nobody."""
    from waitress import serve as run

    from .app import create_app
    from .ops.sweeper import start
    from .wsgi import settle

    app = create_app(config, store)
    settle()
    start(lambda: _sweep(config, store))
    run(
        app,
        sockets=sockets,
        threads=threads,
        ident=None,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
        inbuf_overflow=2**20,
        channel_timeout=120,
        connection_limit=500,
        clear_untrusted_proxy_headers=not config.proxies,
    )


@main.command()
@click.option("--fresh", is_flag=True, help="Invent the county anew, so that its eight weeks end today.")
@PORT
@HOST
@click.option("--build-only", is_flag=True, help="Make the demo and stop.")
def demo(fresh: bool, port: int, host: str, build_only: bool) -> None:
    """Invent a county with eight weeks of work and serve it, with sample log-ins. Never for real records."""
    from .demo import place

    sockets = [] if build_only else listening(host, port)
    config, store = place.opened(Config.from_environment().data_dir, fresh=fresh, say=click.echo)
    for line in place.welcome(config, store, _address(host, port)):
        click.echo(line)
    if not build_only:
        _serve(config, store, sockets, THREADS)


if __name__ == "__main__":
    main()
