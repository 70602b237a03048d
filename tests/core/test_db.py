"""The database used the safe way: settings, the write lock, moments, and text that is the same on both engines."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from tests import engines, make
from tests.conftest import World
from tests.core.together import WRITERS, at_once
from webapp.core import clock, db, ids
from webapp.core.db import Store
from webapp.core.models import AuditEntry, Counter, Throttle
from webapp.patrol.models import Patrol
from webapp.people.models import Posting

TURNS = 20
SQLITE_SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": db.BUSY_MS,
    "trusted_schema": 0,
}


# --- settings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["reader", "writer"])
def test_every_sqlite_connection_is_safe_and_waits(store: Store, side: str) -> None:
    if not store.is_sqlite:
        pytest.skip("settings of SQLite")
    with getattr(store, side).connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SQLITE_SETTINGS}
    assert found == SQLITE_SETTINGS
    assert db._sqlite_module().sqlite_version_info >= db.SQLITE_SAFE


def test_a_reader_gives_columns_and_objects_as_every_session_does(world: World) -> None:
    asked = (
        select(Posting).order_by(Posting.id),
        select(Posting.id, Posting.role).order_by(Posting.id),
        select(Posting.id, Posting).order_by(Posting.id),
    )
    with world.store.read() as reader:
        with Session(reader.connection()) as plain:
            for statement in asked:
                few = statement.limit(3)
                found = [tuple(row) for row in reader.execute(few)]
                assert [[str(getattr(one, "id", one)) for one in row] for row in found] == [
                    [str(getattr(one, "id", one)) for one in row] for row in plain.execute(few)
                ]
                assert len(reader.scalars(few).all()) == 3
        assert isinstance(reader.scalar(asked[0].limit(1)), Posting)
        assert reader.scalar(asked[1].limit(1)) == reader.scalar(asked[0].limit(1)).id


def test_no_postgresql_connection_compiles_what_it_runs_once(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("a setting of PostgreSQL")
    for _turn in range(2):  # what was set within a transaction is gone after the first
        with store.reader.connect() as connection:
            assert connection.exec_driver_sql("SHOW jit").scalar() == "off"


def test_a_library_with_the_wal_bug_gets_no_wal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "SQLITE_SAFE", (99,))
    old = Store(engines.make("sqlite", tmp_path))
    with old.reader.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
    old.close()


def test_a_row_that_points_nowhere_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(Posting(person_id=999_999, role="leader", valid_from=make.BEGAN, granted_at=clock.now()))


# --- reading and writing -------------------------------------------------------------------------------


def values(store: Store) -> dict[str, int]:
    """The counters by name."""
    with store.read() as session:
        return dict(session.execute(select(Counter.name, Counter.value)).all())  # type: ignore[arg-type]


def test_a_write_is_there_when_its_block_ended_and_not_before(store: Store) -> None:
    with store.write() as session:
        session.execute(insert(Counter).values(name="a", value=1))
        assert values(store) == {}
    assert values(store) == {"a": 1}


def test_a_write_that_fails_leaves_no_trace(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as session:
        session.execute(insert(Counter).values(name="a", value=1))
        raise ZeroDivisionError
    assert values(store) == {}


def test_who_only_looks_cannot_write_and_who_writes_after_him_can(store: Store) -> None:
    change = text("update setting set value = value")
    for _ in range(2):
        with store.read() as session, pytest.raises(DBAPIError, match=r"(?i)read-?only"):
            session.add(Counter(name="a", value=1))
            session.flush()
        with store.reader.connect() as connection, pytest.raises(DBAPIError, match=r"(?i)read-?only"):
            connection.execute(change)
        with store.write() as session:
            session.execute(change)
    assert values(store) == {}


def test_postgresql_plans_no_page_anew(store: Store) -> None:
    """Its driver forgets what it has prepared at every ROLLBACK."""
    if store.is_sqlite:
        pytest.skip("SQLite keeps its statements by itself")
    found = []
    for _ in range(8):  # the driver prepares what it has seen five times
        connection = store.reader.connect()
        connection.execute(text("select 1 as number"))
        found.append(connection.scalar(text("select count(*) from pg_prepared_statements")))
        db.end_reading(connection)
        connection.close()
    assert found[0] == 0 and found[-1] == 2


def test_a_reader_is_not_held_up_by_a_writer_and_sees_one_state(store: Store) -> None:
    with store.write() as session:
        session.execute(insert(Counter).values(name="a", value=1))
    with store.write() as session:
        session.execute(update(Counter).values(value=2))
        began = time.monotonic()
        assert values(store) == {"a": 1}
        assert time.monotonic() - began < 2


# --- the write lock ------------------------------------------------------------------------------------


def read_then_write(store: Store) -> None:
    """One more than what stands there, worked out by the program: right only when nobody comes between."""
    with store.write() as session:
        look = select(Counter.value).where(Counter.name == "a").with_for_update()
        value = session.scalar(look)
        time.sleep(0.0005)
        session.execute(update(Counter).where(Counter.name == "a").values(value=value + 1))


def elsewhere(store: Store) -> None:
    """The same as another process would: threads of one store take turns before they ask for the lock."""
    other = Store(store.url.render_as_string(hide_password=False))
    read_then_write(other)
    other.close()


@pytest.fixture
def counting(store: Store) -> Store:
    """A store with a counter at zero."""
    with store.write() as session:
        session.execute(insert(Counter).values(name="a", value=0))
    return store


def test_no_update_is_lost_when_eight_read_and_then_write(counting: Store) -> None:
    assert at_once(lambda: elsewhere(counting), TURNS) == []
    assert values(counting) == {"a": WRITERS * TURNS}


@pytest.fixture
def weak(counting: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The same SQLite file through writers that begin another way: a plain BEGIN, or what SQLAlchemy does by itself."""
    if not counting.is_sqlite:
        pytest.skip("the ways of SQLite")
    safe = db._sqlite
    plain = lambda url, *_begin: safe(url, "BEGIN")  # noqa: E731
    by_itself = lambda url, *_begin: create_engine(url, module=db._sqlite_module(), connect_args={"timeout": 15})  # noqa: E731
    monkeypatch.setattr(db, "_sqlite", plain if request.param == "plain" else by_itself)
    made = Store(counting.url.render_as_string())
    yield made
    made.close()


@pytest.mark.parametrize("weak", ["plain"], indirect=True)
def test_writers_that_begin_plainly_are_found_by_what_the_database_refuses(weak: Store) -> None:
    refused = at_once(lambda: elsewhere(weak), TURNS)
    assert refused and all("locked" in str(error) for error in refused)
    assert values(weak) == {"a": WRITERS * TURNS - len(refused)}


@pytest.mark.parametrize("weak", ["by itself"], indirect=True)
def test_writers_that_begin_as_sqlalchemy_does_are_found_by_what_is_lost(weak: Store) -> None:
    refused = at_once(lambda: elsewhere(weak), TURNS)
    assert values(weak)["a"] < WRITERS * TURNS - len(refused)


def test_a_writer_that_waits_too_long_is_told_and_has_written_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not store.is_sqlite:
        pytest.skip("PostgreSQL locks rows, not the file")
    monkeypatch.setattr(db, "BUSY_MS", 50)
    hasty = Store(store.url.render_as_string())
    holding = store.write()  # the lock is there before the first statement
    with holding, pytest.raises(OperationalError, match="locked"), hasty.write() as other:
        other.execute(insert(Counter).values(name="b", value=1))
    hasty.close()
    assert values(store) == {}


# --- moments -------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 1, 12, 30, 15, 123000, UTC)


def kept(store: Store, moment: datetime) -> datetime:
    """What a moment is after the database had it."""
    with store.write() as session:
        session.execute(insert(Throttle).values(key=moment.isoformat(), since=moment, count=1))
    with store.read() as session:
        return session.scalars(select(Throttle.since).where(Throttle.key == moment.isoformat())).one()


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-9, minutes=-30)), clock.ZONE]
)
def test_a_moment_comes_back_as_the_same_moment_in_utc(store: Store, zone: Any) -> None:
    found = kept(store, NOON.astimezone(zone))
    assert (found, found.tzinfo) == (NOON, UTC)


def test_half_past_seven_in_the_county_is_not_half_past_seven_utc(store: Store) -> None:
    found = kept(store, datetime(2026, 3, 1, 7, 30, tzinfo=clock.ZONE))
    assert found.isoformat() == "2026-02-28T23:30:00+00:00"


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises((StatementError, ValueError), match="without a time zone"):
        kept(store, datetime(2026, 3, 1, 7, 30))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "Asia/Urumqi", "America/New_York"])
def test_the_zone_of_the_server_changes_nothing(store: Store, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Around 16:00 UTC, where the county's day changes; the machine's zone and the database's are both another."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        if not store.is_sqlite:
            event.listen(
                store.writer, "connect", lambda connection, _record: connection.execute(f"SET TIME ZONE '{zone}'")
            )
            store.close()
        around = [datetime(2026, 3, 1, 15, 59, 59, 999000, UTC), datetime(2026, 3, 1, 16, tzinfo=UTC)]
        found = [kept(store, moment) for moment in around]
        assert found == around
        assert [(moment.isoformat(), clock.day(moment).day) for moment in found] == [
            ("2026-03-01T15:59:59.999000+00:00", 1),
            ("2026-03-01T16:00:00+00:00", 2),
        ]
        assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5
    finally:
        monkeypatch.undo()
        time.tzset()


def test_moments_are_sorted_and_compared_alike(store: Store) -> None:
    moments = [NOON + timedelta(milliseconds=turn * 37) for turn in range(50)]
    for moment in reversed(moments):
        kept(store, moment.astimezone(clock.ZONE))
    with store.read() as session:
        assert session.scalars(select(Throttle.since).order_by(Throttle.since)).all() == moments
        assert (
            session.scalars(
                select(Throttle.since)
                .where(Throttle.since <= moments[20].astimezone(clock.ZONE))
                .order_by(Throttle.since)
            ).all()
            == moments[:21]
        )


# --- text ----------------------------------------------------------------------------------------------

TEXTS = {
    "four bytes": "𠮷野家 𫝀 🐟",
    "right to left": "\u202eabc",
    "joined": "👨\u200d👩\u200d👧",
    "quotes": "'\";--\\%_",
    "private": "\ue000",
    "marks": "e\u0301 \ufeff",
    "last of all": "\U0010ffff",
}


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_comes_back_as_it_was(store: Store, name: str) -> None:
    with store.write() as session:
        session.execute(
            insert(AuditEntry).values(at=NOON, action="a", thing=TEXTS[name], detail={TEXTS[name]: [TEXTS[name]]})
        )
    with store.read() as session:
        row = session.scalars(select(AuditEntry).where(AuditEntry.thing == TEXTS[name])).one()
    assert (row.thing, row.detail) == (TEXTS[name], {TEXTS[name]: [TEXTS[name]]})


#: Bytes that are no text reach the form percent-encoded: Werkzeug leaves them so.
SENT = {"a\0b𠮷\x07 \r\n c\x7f": "ab𠮷 \n c", "e\u0301": "é", "\0": None, "\ud800 lone": "%ED%A0%80 lone"}


@pytest.mark.parametrize("sent", SENT, ids=ascii)
def test_what_one_engine_cannot_store_is_cleaned_before_either_sees_it(world: World, browse: Any, sent: str) -> None:
    """NUL is text to SQLite and an error to PostgreSQL; half a character is an error to both."""
    form = {
        "id": str(ids.new()),
        "grid": str(world.grids["A1"]),
        "note": sent.encode("utf-8", "surrogatepass"),
        f"v{world.things['farm_a1']}-outcome": "normal",
    }
    answer = browse("officer_a1").post("/patrols", **form)
    assert answer.status_code == 303, answer.text
    with world.store.read() as session:
        assert session.scalars(select(Patrol.note)).all() == [SENT[sent]]


def shown(store: Store, name: str) -> str:
    """A setting of PostgreSQL, as this store's connections have it."""
    with store.read() as session:
        return session.scalar(text(f"show {name}"))


def test_a_server_lets_no_statement_wait_for_ever(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("SQLite has one lock, with a time of its own")
    mine = Store(store.url.render_as_string(hide_password=False))
    assert shown(mine, "lock_timeout") == "0"  # a migration may wait
    for _ in range(2):
        mine.serve()
        with mine.write():
            pass  # a rollback or commit takes nothing back
        assert [shown(mine, name) for name in db.SERVING] == ["10s", "1min", "1min"]
    mine.close()


def test_what_can_be_left_out_does_not_wait(store: Store) -> None:
    with store.write() as holding:
        holding.execute(insert(Counter).values(name="a", value=1))
        began = time.monotonic()
        with pytest.raises(OperationalError), store.write_at_once(100) as hasty:
            hasty.execute(insert(Counter).values(name="a", value=2))
        assert time.monotonic() - began < 5
    with store.write_at_once(100) as hasty:
        hasty.execute(insert(Counter).values(name="b", value=3))
    assert values(store) == {"a": 1, "b": 3}


def test_a_write_that_had_no_patience_leaves_it_to_the_next(store: Store) -> None:
    if not store.is_sqlite:
        pytest.skip("set for one transaction there")
    with store.write_at_once(7):
        pass
    with store.writer.connect() as connection:
        assert connection.exec_driver_sql("pragma busy_timeout").scalar() == db.BUSY_MS


def test_a_reader_that_locks_rows_is_found_on_every_engine(world: World) -> None:
    """SQLite leaves a FOR UPDATE out, and only PostgreSQL would refuse it."""
    locking = select(Counter).with_for_update()
    with world.store.write() as session:
        session.scalars(locking).all()
    with world.store.read() as session, pytest.raises(AssertionError, match="a reader locks rows"):
        session.scalars(locking).all()
