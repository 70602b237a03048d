"""Tables of the chain: its links, and the pass that a rule of retention needs to delete history."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .columns import Base, Moment


class ChainLink(Base):
    """One link: what one transaction did to chained rows. ``head`` is over ``previous``, seq, at and ``root``.

    ``leaves`` are packed one behind the other (chain_form.py), with the salts; ``root`` is their Merkle root.
    """

    __tablename__ = "chain_link"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    previous: Mapped[str] = mapped_column(String(64))
    root: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64))
    leaves: Mapped[bytes] = mapped_column(LargeBinary)


class HistoryOpen(Base):
    """While a row stands here, which only its own transaction sees, the database lets history be deleted."""

    __tablename__ = "history_open"
    reason: Mapped[str] = mapped_column(Text, primary_key=True)
