"""On PostgreSQL the log-in that serves people cannot change history; all of a normal day works with it."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from tests import engines, make
from tests.chain_county import found, live
from tests.conftest import KEY, World
from tests.test_photo_places import kept, photo, whole
from webapp.config import Config
from webapp.core import audit, clock
from webapp.listeners import open_store
from webapp.ops import grants, retention, seeding, sweep_clock

pytestmark = [
    pytest.mark.skipif(engines.server() is None, reason="needs PostgreSQL"),
    pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'"),
]


@pytest.fixture
def served(world: World) -> Iterator[World]:
    """The county by a log-in that serves and owns nothing."""
    if world.store.is_sqlite:
        pytest.skip("SQLite knows no log-ins")
    role = f"serving_{uuid.uuid4().hex[:8]}"
    with world.store.writer.begin() as connection:
        connection.execute(text(f"create role {role} login"))
    grants.give(world.store, role)
    store = open_store(world.store.url.set(username=role).render_as_string(hide_password=False))
    yield replace(world, store=store)
    store.close()
    with world.store.writer.begin() as connection:
        connection.execute(text(f"drop owned by {role}"))
        connection.execute(text(f"drop role {role}"))


REFUSED = [
    "update audit_log set action = 'x'",
    "delete from audit_log",
    "delete from report_event",
    "update report_event set role = 'leader'",
    "update visit set result = 'normal'",
    "update chain_link set head = previous",
    "delete from chain_link",
    "truncate chain_link",
    "insert into history_open values ('let me')",
    "alter table audit_log disable trigger all",
    "drop trigger audit_log_kept on audit_log",
    "create table mine (x int)",
    "insert into role values ('king')",
    "update alembic_version set version_num = '0001'",
]


def test_the_serving_log_in_cannot_change_history_and_a_normal_day_works(
    served: World, world: World, tmp_path: Path
) -> None:
    live(served, tmp_path / "data", 2)
    seeding.seed(served.store)
    for statement in REFUSED:
        refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
        with refused, served.store.writer.begin() as connection:
            connection.execute(text(statement))
    assert found(world.store) == found(served.store) == set()


def test_the_sweep_deletes_history_as_the_owner_and_not_as_who_serves(
    served: World, world: World, tmp_path: Path
) -> None:
    with clock.at(clock.now() - make.days(2000)), served.store.write() as session:
        audit.note(session, None, "old", "x:1")
    with world.store.write() as session:
        sweep_clock.confirm(session)
    with pytest.raises(ProgrammingError, match="permission denied"):
        retention.sweep(served.store, tmp_path / "data")
    assert (grants.may_sweep(served.store), grants.may_sweep(world.store)) == (False, True)
    assert retention.sweep(world.store, tmp_path / "data").gone["log"] == 1
    assert found(world.store) == set()


def test_the_owner_takes_places_out_of_photos_and_who_serves_goes_on(
    served: World, world: World, tmp_path: Path
) -> None:
    with world.store.write() as session:
        sweep_clock.confirm(session)
    for number in range(2):
        kept(served, tmp_path / "data", photo(number), days=100 - number)  # minutes are gone through whole
        assert retention.sweep(world.store, tmp_path / "data").gone["photo_places"] == 1
    kept(served, tmp_path / "data", photo(2), days=150)  # which brings the sweep's mark back, by who serves
    assert retention.sweep(world.store, tmp_path / "data").gone["photo_places"] >= 1
    assert whole(world, tmp_path / "data")


def test_a_log_in_that_owns_tables_is_refused_with_the_way_out(world: World) -> None:
    if world.store.is_sqlite:
        return
    with pytest.raises(grants.OwnsTables, match="REASSIGN OWNED"):
        grants.give(world.store, make_url(str(world.store.url)).username or "")


def test_migrate_gives_rights_only_where_two_log_ins_are_set() -> None:
    url = "postgresql+psycopg://{}@/county"
    both = Config(url.format("serving"), Path("."), KEY, owner_database_url=url.format("owner"))
    assert grants.serving_role(both) == "serving"
    assert grants.serving_role(replace(both, owner_database_url="")) is None
    assert grants.serving_role(replace(both, owner_database_url=both.database_url)) is None
