"""Who hears what happens in a domain below: one table, read from top to bottom, for every way into the program.

A row names a type of event of ``core/happened.py`` and the act that is called with the writing session and the event.
Whoever opens a store to do acts of the domains opens it here; an act in a store that was opened elsewhere is refused as
a fault of the program, so no entry point can forget the table.
"""

from .core.db import Store
from .core.happened import INFO, Listeners

LISTENERS = Listeners()


def open_store(url: str, listeners: Listeners = LISTENERS) -> Store:
    """The database at an SQLAlchemy URL, with everybody who listens. BadAddress as in ``Store``."""
    return Store(url, {INFO: listeners})
