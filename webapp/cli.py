"""The command ``wangge``: set up, run and look after a county's records. Heavy imports stay inside the verbs."""

import logging
import os
import socket
from typing import Any

import click

from . import console, starting
from .config import Config, command
from .core.db import Store
from .listeners import open_store
from .ops import faults, migrate
from .processes import Processes, usual

NOT_OURS_TO_SWEEP = "this log-in may not delete history, so nothing is swept here: call %s from a timer, as the owner"
THREADS = 13  # of ``serve``: half of them for pages, the others for what is slow (``core/pools.py``: share)


class _Plain(click.Group):
    """Shows nobody a traceback who did not ask for one: what went wrong is one line that says what to do."""

    def invoke(self, ctx: click.Context) -> Any:
        umask = os.umask(starting.UMASK)
        try:
            starting.begin(Config.from_environment())
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                raise
            console.fail(faults.explained(error) or _ours(error, ctx))
        finally:
            os.umask(umask)


def _ours(error: Exception, ctx: click.Context) -> str:
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    return (
        f"This is a fault of wangge itself, not yours ({what}). To see all of it for those who can mend it: "
        f"{command(f'--debug {ctx.invoked_subcommand} …')}"
    )


@click.group(cls=_Plain)
@click.option("--debug", is_flag=True, help="Show where in the program something went wrong.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Records of grid-based environmental supervision. Settings: DATABASE_URL, DATA_DIR, SECRET_KEY, HTTPS, PROXIES."""
    ctx.obj = console.Above(open_store, migrate.lacking)


console.add_commands(main)


HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address of this machine to answer at.")
PORT = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes one that is free."
)


@main.command()
@HOST
@PORT
@click.option(
    "--threads",
    default=THREADS,
    show_default=True,
    type=click.IntRange(1, 200),
    help="Requests answered at the same time by a process.",
)
@click.option(
    "--processes",
    default=usual,
    show_default="2, or 1 on a machine with one core",
    type=click.IntRange(1, 32),
    help="Processes that answer.",
)
def serve(host: str, port: int, threads: int, processes: int) -> None:
    """Serve a real county. Refuses a sample key, and a county without seeds or without an administrator."""
    from .wsgi import refusal

    config, store = console.opened()
    why = refusal(config, store)
    if why:
        console.fail(why)
    sockets = listening(host, port)
    engine = "SQLite" if store.is_sqlite else "PostgreSQL"
    click.echo(
        f"wangge: {_address(host, _port(sockets))}   data folder {config.data_dir}, "
        f"{engine} {store.url.render_as_string()}"
    )
    _serve(config, store, sockets, threads, processes)


def _port(sockets: list[socket.socket]) -> int:
    """The one that was taken, where any would do."""
    return sockets[0].getsockname()[1]


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def listening(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of this name: taken before anything is done or said that needs them."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        sockets: list[socket.socket] = []
        for family, _, _, _, (address, *_) in places:
            sockets.append(socket.create_server((address, port or (_port(sockets) if sockets else 0)), family=family))
        return sockets
    except (OSError, UnicodeError) as error:
        why = str(getattr(error, "strerror", error)).partition(" (")[0]
        console.fail(
            f"{_address(host, port)} is not free, or no address of this machine: {why}. "
            "Choose another with --port or --host."
        )


def _hourly(store: Store, config: Config) -> None:
    """A head goes to the witness also where the sweep fails: it is wanted most when something is wrong."""
    from .ops import retention, witness

    try:
        retention.sweep(store, config.data_dir)
    finally:
        witness.daily(store, config)


def _serve(config: Config, store: Store, sockets: list[socket.socket], threads: int, processes: int) -> None:
    """A demo is not swept: it is invented anew, and stands still between two visits. Of several processes the first
    sweeps."""
    from .app import create_app
    from .ops import grants, sweeper
    from .serving import run
    from .wsgi import settle

    starting.log_to_stderr()
    app = create_app(config, store)
    settle()

    def work(number: int) -> None:
        if number == 0 and not config.demo:
            owned = open_store(config.owner_database_url) if config.owner_database_url else store
            sweeper.watch_clock(store)
            if grants.may_sweep(owned):
                sweeper.start(lambda: _hourly(owned, config))
            else:
                logging.getLogger("wangge.sweep").warning(NOT_OURS_TO_SWEEP, command("sweep"))
        run(app, sockets, threads, has_proxy=bool(config.proxies))

    if processes > 1:
        store.close()  # who is forked opens connections of its own
        Processes(work, processes).run()
    else:
        work(0)


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
    for line in place.welcome(config, store, _address(host, _port(sockets) if sockets else port)):
        click.echo(line)
    if not build_only:
        _serve(config, store, sockets, THREADS, 1)


if __name__ == "__main__":
    main()
