"""For a WSGI server of one's own: ``gunicorn -w 2 "webapp.wsgi:application()"``; ``wangge serve`` needs none.

Sync workers, one a core, behind a proxy that takes in whole requests and limits connections and log-ins by address, as
``wangge serve`` does itself (``lanes.py``); ``wangge sweep`` from a timer.
"""

import gc

from . import starting
from .accounts.service import has_admin
from .app import App, create_app
from .config import FEW_PROXIES, KEY_FILE, Config, command
from .core.db import Store
from .listeners import open_store
from .ops import durability, faults, identity, migrate
from .ops.sweeper import ClockWatch


def refusal(config: Config, store: Store) -> str | None:
    """Why a real county cannot be served so; None when it can."""
    if not config.key_is_safe():
        return (
            f"There is no key that is safe: {KEY_FILE} in DATA_DIR is missing or cannot be read, and SECRET_KEY is "
            f"missing, a sample or too short. Run: {command('init')}"
        )
    if not config.proxies_are_few():
        return FEW_PROXIES
    if lacks := migrate.lacking(store) or durability.careless(store):
        return lacks
    identity.ensure(store, config.data_dir)
    if strange := identity.mismatch(store, config.data_dir):
        return strange
    with store.read() as session:
        if not has_admin(session):
            return f"Nobody administers this place yet. Run: {command('admin create LOGIN')}"
    return None


def application() -> App:
    """The application of a worker, on the settings of the environment; refuses what ``wangge serve`` refuses."""
    config = Config.from_environment()
    starting.begin(config)
    starting.log_to_stderr()
    try:
        store = open_store(config.database_url)
        try:
            why = refusal(config, store)
            if not why:
                durability.warn(store)
                ClockWatch(store)()
        finally:
            store.close()  # a worker forked later opens its own connections
    except Exception as error:
        why = faults.explained(error)
        if not why:
            raise
    if why:
        raise SystemExit(why)
    app = create_app(config, store)
    settle()
    return app


def settle() -> None:
    """Tell Python's collector that what is loaded now stays;
    looking through it again took about 4 % of a page (measured)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
