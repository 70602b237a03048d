"""``python -m bench.fill URL --visits 1000000 --reports 100000``: years of work in an empty database, in minutes.

The database is migrated and seeded; the county is the invented one, or with ``--villages 3000`` or ``30000`` a
prefecture or a province (``bench/realm.py``). The same numbers give the same county, ending yesterday.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from webapp.core import clock
from webapp.core import numbers as counts
from webapp.core.db import Store
from webapp.core.models import AuditEntry
from webapp.demo import people
from webapp.listeners import open_store
from webapp.models import metadata
from webapp.ops import chain_rows, migrate, seeding
from webapp.patrol.models import Patrol, Visit
from webapp.report.models import Report

from . import realm, years
from .land import Land, read
from .sink import Row, Sink, open_sink, pieces

TOGETHER = 10_000  # rounds or reports whose rows are held at a time
LOGINS = 20  # rounds to a line of the log
PLACE = {table.name: place for place, table in enumerate(metadata.sorted_tables)}


def prepare(store: Store, villages: int = 0) -> None:
    """Migrate, seed and settle an empty database."""
    migrate.run(store, "upgrade", "head")
    seeding.seed(store)
    if villages:
        realm.settle(store, villages)
    else:
        people.settle(store)


def fill(store: Store, visits: int, reports: int, seed: int = 1) -> Counter[str]:
    """Put years of work into a settled county; how many rows of each table."""
    chance = random.Random(seed)
    with store.read() as session:
        land = read(session)
    with open_sink(store) as sink:
        written: Counter[str] = Counter()
        found = _walk(sink, land, chance, visits, written)
        matters = years.to_report(land, chance, found, reports)
        _tell(sink, land, chance, matters, written)
    _count(store, matters)
    chain_rows.follow(store, [table.name for table in chain_rows.tables()])  # what went past the sessions has none
    return written


def _walk(sink: Sink, land: Land, chance: random.Random, visits: int, written: Counter[str]) -> list[years.Seen]:
    found: list[years.Seen] = []
    for part in pieces(years.rounds(land, chance, visits), TOGETHER):
        _put(sink, written, Patrol, (patrol for patrol, _, _ in part))
        _put(sink, written, Visit, (visit for _, seen, _ in part for visit in seen))
        _put(sink, written, AuditEntry, (_login(patrol) for patrol, _, _ in part[::LOGINS]))
        found += [wrong for _, _, several in part for wrong in several]
    return found


def _tell(sink: Sink, land: Land, chance: random.Random, matters: list[years.Seen], written: Counter[str]) -> None:
    for part in pieces(years.reports(land, chance, matters), TOGETHER):
        rows: dict[type[Any], list[Row]] = {}
        for told in part:
            for model, some in told.items():
                rows.setdefault(model, []).extend(some)
        for model in sorted(rows, key=lambda model: PLACE[model.__tablename__]):  # what others stand on comes first
            _put(sink, written, model, rows[model])


def _put(sink: Sink, written: Counter[str], model: type[Any], rows: Iterable[Row]) -> None:
    written[model.__tablename__] += sink.add(model, rows)


def _login(patrol: Row) -> Row:
    detail = {"device": "Chrome, Android", "remembered": True}
    who = patrol["person_id"]
    return {
        "at": patrol["received_at"],
        "person_id": who,
        "action": "login",
        "thing": f"person:{who}",
        "detail": detail,
    }


def _count(store: Store, matters: list[years.Seen]) -> None:
    """The numbers of the next reports go on from here."""
    with store.write() as session:
        for year, number in Counter(clock.day(seen.at).year for seen in matters).items():
            counts.keep(session, f"{Report.__tablename__}-{year}", number)


def main() -> None:
    """Fill the database of a URL, and say how many rows and how fast."""
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description=__doc__)
    parser.add_argument("url", help="SQLAlchemy URL of an empty database")
    parser.add_argument("--visits", type=int, default=10_000)
    parser.add_argument("--reports", type=int, default=1_000)
    parser.add_argument(
        "--villages", type=int, default=0, choices=(0, *realm.SIZES), help="a prefecture, or a province"
    )
    chosen = parser.parse_args()
    store = open_store(chosen.url)
    prepare(store, chosen.villages)
    began = time.monotonic()
    written = fill(store, chosen.visits, chosen.reports)
    took = time.monotonic() - began
    print("\n".join(f"{number:>10,} {name}" for name, number in written.most_common()))
    print(f"{written.total():>10,} rows in {took:.0f} s, {written.total() / took:,.0f} a second")
    store.close()


if __name__ == "__main__":
    main()
