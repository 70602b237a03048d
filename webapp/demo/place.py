"""Where a demo lives: a folder of its own beside the real records, made whole or not at all."""
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from .. import migrate, seeding
from ..config import Config
from ..core import clock
from ..core.db import Store
from ..people import queries as people_queries
from ..people.login import DEMO_PASSWORD
from . import people, story

Say = Callable[[str], object]


def opened(data_dir: Path, *, fresh: bool, say: Say) -> tuple[Config, Store]:
    """The demo below ``data_dir``, made now when there is none, when asked, or when it is of another version."""
    place = data_dir / "demo"
    if fresh or not (place / "made").exists() or _is_outdated(place):
        _make(place, say)
    config = _config(place)
    return config, Store(config.database_url)


def _config(place: Path) -> Config:
    made = date.fromisoformat((place / "made").read_text())
    return Config(f"sqlite:///{place / 'wangge.db'}", place, (place / "key").read_text(), demo_made=made)


def _is_outdated(place: Path) -> bool:
    store = Store(f"sqlite:///{place / 'wangge.db'}")
    try:
        return migrate.current(store) != migrate.newest()
    finally:
        store.close()


def _make(place: Path, say: Say) -> None:
    """Build beside and rename, so that an interrupted making leaves nothing that looks finished."""
    new = place.with_name("demo.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    say("Inventing a county with eight weeks of work …")
    store = Store(f"sqlite:///{new / 'wangge.db'}")
    migrate.run(store, "upgrade", "head")
    seeding.seed(store)
    county = people.settle(store)
    for week in story.told(store, county):
        say(f"  week {week} of {story.WEEKS}")
    store.close()
    (new / "key").write_text(secrets.token_hex(32))
    (new / "made").write_text(clock.today().isoformat())
    shutil.rmtree(place, ignore_errors=True)
    new.rename(place)


def welcome(store: Store, host: str, port: int) -> Iterator[str]:
    """The address, and the sample log-ins with what each is."""
    yield ""
    yield f"wangge demo: http://{host}:{port}/   (people and records are invented)"
    yield f"Log-ins, password of all of them: {DEMO_PASSWORD}"
    with store.read() as session:
        for person, postings in people_queries.demo_people(session):
            where = ", ".join(line.grid.en if line.grid else line.body.en if line.body else "-" for line in postings)
            yield f"  {person.login:12} {postings[0].posting.role:20} {where}"
    yield ""
