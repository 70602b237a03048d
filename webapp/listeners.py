"""Who hears what happens in a domain below: one table, read from top to bottom, for every way into the program.

A row names a type of event of ``core/happened.py`` and the act that is called with the writing session and the event.
Whoever opens a store to do acts of the domains opens it here; an act in a store that was opened elsewhere is refused as
a fault of the program, so no entry point can forget the table.
"""

from . import domains
from .card import service as card
from .card import units as card_units
from .core.db import Store
from .core.happened import INFO, GridsChanged, HandedOver, Listener, Listeners
from .patrol import heirs as patrol_heirs
from .people import heirs as people_heirs
from .report import heirs as report_heirs

LISTENERS = Listeners(
    Listener(GridsChanged, people_heirs.follow),
    Listener(GridsChanged, patrol_heirs.follow),
    Listener(GridsChanged, report_heirs.follow),
    Listener(GridsChanged, card_units.refuse_planted),
    Listener(HandedOver, card.take_over),  # who stood for his grid towards those below it
)


def open_store(url: str, listeners: Listeners = LISTENERS) -> Store:
    """The database at an SQLAlchemy URL, with everybody who listens. BadAddress as in ``Store``.

    From here on the tables of all domains are known: a key of one may point into any other, so an act that has met
    only its own would fail.
    """
    for _tables in domains.modules("models"):
        pass
    return Store(url, {INFO: listeners})
