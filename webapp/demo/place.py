"""Where a demo lives: a folder of its own beside the real records, made whole or not at all."""

import io
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from ..config import Config
from ..core import clock, files
from ..core.db import Store
from ..listeners import open_store
from ..login.service import DEMO_PASSWORD
from ..ops import migrate, seeding
from ..people import queries as people_queries
from ..people.rules import ROLE_NAMES
from . import cards, gaps, ground, people, picture, reform, tour, weeks

Say = Callable[[str], object]


def opened(data_dir: Path, *, fresh: bool, say: Say) -> tuple[Config, Store]:
    """The demo below ``data_dir``, made now when asked, and when there is none that is whole and of this version."""
    place = data_dir / "demo"
    if fresh or not _is_whole(place):
        _make(place, say)
    config = _config(place)
    return config, open_store(config.database_url)


def _config(place: Path) -> Config:
    made = date.fromisoformat((place / "made").read_text())
    return Config(f"sqlite:///{place / 'wangge.db'}", place, (place / "key").read_text(), demo_made=made)


def _is_whole(place: Path) -> bool:
    """Whether it can be served; what is damaged holds nothing of worth and is invented anew."""
    try:
        store = open_store(_config(place).database_url)
    except (OSError, ValueError):  # "made" or "key" is not there, or says nothing
        return False
    try:
        return migrate.lacking(store) is None
    except SQLAlchemyError:
        return False
    finally:
        store.close()


def _make(place: Path, say: Say) -> None:
    """Build beside and rename, so that an interrupted making leaves nothing that looks finished."""
    new = place.with_name("demo.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    say("Inventing a county with eight weeks of work …")
    store = open_store(f"sqlite:///{new / 'wangge.db'}")
    migrate.run(store, "upgrade", "head")
    seeding.seed(store)
    county = people.settle(store)
    cards.write(store, county)
    ground.draw(store, county)
    photo = files.keep(new, io.BytesIO(picture.site()))
    for week in weeks.told(store, county, photo):
        say(f"  week {week} of {weeks.WEEKS}")
    gaps.leave(store, county)
    reform.propose(store, county)
    store.close()
    (new / "key").write_text(secrets.token_hex(32))
    (new / "made").write_text(clock.today().isoformat())
    shutil.rmtree(place, ignore_errors=True)
    new.rename(place)


def welcome(config: Config, store: Store, address: str) -> Iterator[str]:
    """The address, and the sample log-ins with what each is."""
    yield ""
    yield f"wangge demo: {address}   (people and records are invented)"
    if config.demo_made and config.demo_made < clock.today():
        yield f"Made on {config.demo_made}, and its eight weeks ended then. Anew, ending today: ./run.sh demo --fresh"
    yield f"Log-ins, password of all of them: {DEMO_PASSWORD}"
    with store.read() as session:
        for person, postings in people_queries.demo_people(session):
            where = ", ".join(line.grid.en if line.grid else line.body.en if line.body else "-" for line in postings)
            yield f"  {person.login:12}{ROLE_NAMES[postings[0].posting.role]:28}{where}"
        yield ""
        yield from tour.told(session)
    yield ""
    yield f"Open {address} in a browser. Ctrl-C stops it."
