"""Whole pages in filled counties: CPU of each beside that of hello in the same round, in process, and how it grows.

In an application of its own for each county, all in one process, by the test client: no socket and no second process
take part. On PostgreSQL the CPU of its processes for our connections counts too, where they are on this machine.
"""

import argparse
import gc
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine, func, make_url, select, text, update

from webapp.app import create_app
from webapp.config import Config
from webapp.core import passwords
from webapp.core.db import Store
from webapp.core.tables import table
from webapp.listeners import open_store
from webapp.patrol.models import Patrol, Visit
from webapp.people.models import Person
from webapp.report.models import Report

from . import fill, land
from .client import TOKEN
from .county import KEY, PASSWORD
from .figures import Figure, ratios
from .figures import table as table_of
from .procs import cpu

CALLS = 6  # of a page in a round; the least counts
GROWTH = 2  # at most, from the least county to the largest
HELLO = "hello"
#: Who asks for what, and at most how many times hello, however much has happened.
PAGES = table("""
page                 who                  address                    times_hello
hello                -                    /healthz                   1
officer's_home       grid_officer         /home                      25
receipt_of_a_round   grid_officer         /patrols/{round}           25
report's_page        township_supervisor  /reports/{report}          25
township's_desk      township_supervisor  /desk                      40
county's_desk        county_office        /desk                      40
map_card             grid_officer         /map/grids/{village}/card  40
search               county_office        /search?q=秸秆             60
county's_map         county_office        /map                       150
""")


@dataclass(frozen=True)
class Served:
    """A filled county with its application: a client for each role, and what stands for the names in addresses."""

    store: Store
    clients: dict[str, Any]
    names: dict[str, Any]
    visits: int

    def ask(self, page: dict[str, str]) -> None:
        """One page; anything but 200 ends the run."""
        answer = self.clients[page["who"]].get(page["address"].format(**self.names))
        if answer.status_code != 200:
            raise RuntimeError(f"{page['page']}: answered {answer.status_code}")

    def cpu(self) -> float:
        """Seconds of CPU until now: ours, and of PostgreSQL for us."""
        return time.process_time() + sum(map(cpu, self.names["backends"]))


def measure(folder: Path, sizes: Sequence[int], server: str | None, rounds: int) -> list[Figure]:
    """Fill a county for each number of visits, on SQLite or on a PostgreSQL ``server``, and compare their pages."""
    with ExitStack() as stack:
        stores = [stack.enter_context(_filled(folder, visits, server)) for visits in sizes]
        return compare(stores, folder, rounds)


def compare(stores: Sequence[Store], folder: Path, rounds: int) -> list[Figure]:
    """Ask for every page of these counties in turn."""
    counties = [_serve(store, folder) for store in stores]
    return list(_figures(counties, _rounds(counties, rounds)))


@contextmanager
def _filled(folder: Path, visits: int, server: str | None) -> Iterator[Store]:
    """A filled county for as long as the block takes; a tenth as many reports."""
    name = f"wangge_bench_{os.getpid()}_{visits}"
    with _database(name, server) if server else nullcontext(f"sqlite:///{folder / name}.db") as url:
        store = open_store(url)
        fill.prepare(store)
        fill.fill(store, visits, visits // 10)
        yield store
        store.close()


@contextmanager
def _database(name: str, server: str) -> Iterator[str]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _serve(store: Store, folder: Path) -> Served:
    app = create_app(Config(store.url.render_as_string(hide_password=False), folder, KEY), store)
    with store.read() as session:
        here = land.read(session)
        village, last = next(filter(lambda found: all(found[1].values()), _newest(session, here)))
        visits = session.scalars(select(func.count()).select_from(Visit)).one()
    people = {role: here.person(role, village) for role in {page["who"] for page in PAGES} - {"-"}}
    with store.write() as session:
        secret = passwords.make(PASSWORD)
        session.execute(
            update(Person).where(Person.id.in_(people.values())).values(password_hash=secret, is_demo=False)
        )
        logins = {person.id: person.login for person in session.scalars(select(Person))}
    clients = {role: _logged_in(app.test_client(), logins[person]) for role, person in people.items()}
    names = {"village": village.id, "backends": _backends(store), **last}
    return Served(store, {"-": app.test_client(), **clients}, names, visits)


def _newest(session: Any, here: land.Land) -> Iterator[tuple[land.Village, dict[str, Any]]]:
    """Of each village its last round and its last report, where there are some."""
    for village in here.villages:
        yield (
            village,
            {
                name: session.scalars(
                    select(model.id).where(model.grid_id == village.id).order_by(model.id.desc()).limit(1)
                ).first()
                for name, model in (("round", Patrol), ("report", Report))
            },
        )


def _logged_in(client: Any, login: str) -> Any:
    found = TOKEN.search(client.get("/login").get_data(as_text=True))
    assert found is not None
    answer = client.post("/login", data={found[1]: found[2], "login": login, "secret": PASSWORD})
    if answer.status_code != 302:
        raise RuntimeError(f"log-in answered {answer.status_code}")
    return client


def _backends(store: Store) -> list[int]:
    """The processes of PostgreSQL for our connections, if they can be looked at from here."""
    if store.is_sqlite:
        return []
    with store.read() as session:
        of_us = (
            "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"
        )
        return [pid for pid in session.scalars(text(of_us)) if Path(f"/proc/{pid}/task").exists()]


def _rounds(counties: list[Served], rounds: int) -> dict[tuple[str, int], list[float]]:
    """Of each page and county the least CPU in each round, in milliseconds."""
    for county in counties:
        for page in PAGES * 2:
            county.ask(page)
    gc.collect()
    gc.freeze()
    taken: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for page in PAGES:
            calls = [[_cpu(county, page) for county in counties] for _ in range(CALLS)]
            for number, times in enumerate(zip(*calls, strict=True)):
                taken.setdefault((page["page"], number), []).append(min(times) * 1000)
    return taken


def _cpu(county: Served, page: dict[str, str]) -> float:
    began = county.cpu()
    county.ask(page)
    return county.cpu() - began


def _figures(counties: Sequence[Served], taken: dict[tuple[str, int], list[float]]) -> Iterator[Figure]:
    for page in PAGES:
        name, goal = page["page"].replace("_", " "), float(page["times_hello"])
        for number, county in enumerate(counties):
            here = taken[page["page"], number]
            yield Figure(f"{name}, {county.visits:,} visits", here, "ms CPU")
            if page["page"] != HELLO:
                yield Figure(f"{name} / hello", ratios(here, taken[HELLO, number]), "x", goal)
        if page["page"] != HELLO and len(counties) > 1:
            grown = min(taken[page["page"], len(counties) - 1]) / min(taken[page["page"], 0])
            yield Figure(f"{name}, from the least to the largest", [grown], "x", GROWTH)


def main() -> None:
    """Compare the pages of databases that were filled before, the least first; logs in, so never on real records."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=main.__doc__)
    parser.add_argument("urls", nargs="+", help="SQLAlchemy URLs of what bench.fill has filled")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="wangge-bench-") as folder:
        found = compare(list(map(open_store, chosen.urls)), Path(folder), chosen.rounds)
    print("\n".join(table_of("Pages of filled counties", found)))


if __name__ == "__main__":
    main()
