"""Whether the database keeps what it has confirmed, also when the power goes: asked before anybody is served."""

from sqlalchemy import text

from ..core.db import Store

#: Settings of PostgreSQL with which a confirmed write can be lost or torn, and the value that does it (manual, 20.5).
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def careless(store: Store) -> str | None:
    """What is set so that receipts would be given for what can be lost; None where nothing is. SQLite is set by us."""
    if store.is_sqlite:
        return None
    with store.read() as session:
        off = [name for name, bad in CARELESS.items() if session.scalar(text(f"show {name}")) == bad]
    if not off:
        return None
    return (
        f"PostgreSQL is set so that it loses what it has confirmed when the power goes: {', '.join(off)} = off. "
        "Set this to on for the database or its server, and start again."
    )
