"""What a rule deletes or changes can be tried out no more: neither by a leaf of the chain, whose older salts go, nor by
the fingerprint of what was sent. Heads stay, and so does all that holds a row as it is now."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests import make
from tests.chain_county import found, tampering
from tests.conftest import World
from tests.test_forgotten import NOW, data_dir, leaves, now, somebody  # noqa: F401  (fixtures)
from webapp.core import audit, chain, chain_forget, clock
from webapp.core.chain_form import NO_SALT, Leaf, form
from webapp.core.chain_link import ChainLink, HistoryOpen
from webapp.core.entry import fits
from webapp.ops import retention
from webapp.patrol import service as patrol_service
from webapp.patrol.models import Patrol
from webapp.people import retention as people_retention
from webapp.people.models import Person


def positions_tried(leaf: Leaf, row: dict[str, object]) -> list[float]:
    """Who knows the salt and the rest of a row finds its position again by trying all."""
    written = form(Patrol.__table__)
    return [
        lon
        for lon in (113.0 + step / 100 for step in range(100))
        if written.digest(leaf.salt, row | {"lon": lon}) == leaf.digest
    ]


def test_a_position_that_was_deleted_cannot_be_tried_out_any_more(world: World, data_dir: Path) -> None:
    with world.store.write() as session:
        entry = make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}, lon=113.37, lat=34.5)
        patrol_service.record(session, make.actor(session, "officer_a1"), entry)
    with world.store.read() as session:
        row = dict(session.execute(select(Patrol.__table__).where(Patrol.id == entry.id)).mappings().one())
    assert fits(row["content"], entry)
    (leaf,) = leaves(world.store, "patrol", entry.id.hex)
    assert positions_tried(leaf, row) == [113.37]
    with clock.at(NOW + timedelta(days=100)):
        assert retention.sweep(world.store, data_dir, really=True).gone["places"] == 1
    with world.store.read() as session:
        content = session.scalars(select(Patrol.content)).one()
    assert not any(fits(content, replace(entry, lon=113.0 + step / 100)) for step in range(100)), "its fingerprint"
    first, second = leaves(world.store, "patrol", entry.id.hex)
    assert first == leaf._replace(salt=NO_SALT) and positions_tried(first, row) == []
    assert second.salt != NO_SALT
    assert found(world.store) == set()


def test_heads_and_roots_stay_what_a_witness_saw(world: World, data_dir: Path) -> None:
    somebody(world, "gone", left=timedelta(days=1500))
    chosen = select(ChainLink.seq, ChainLink.root, ChainLink.head).order_by(ChainLink.seq)
    with world.store.read() as session:
        before = session.execute(chosen).all()
    retention.sweep(world.store, data_dir)
    with world.store.read() as session:
        assert session.execute(chosen.limit(len(before))).all() == before


def test_what_stays_keeps_its_salts(world: World, data_dir: Path) -> None:
    here, gone = somebody(world, "here"), somebody(world, "gone", left=timedelta(days=1500))
    retention.sweep(world.store, data_dir)
    assert all(leaf.salt != NO_SALT for leaf in leaves(world.store, "person", here))
    *older, newest = leaves(world.store, "person", gone)
    assert older and all(leaf.salt == NO_SALT for leaf in older) and newest.salt != NO_SALT


def test_killed_between_erasing_and_forgetting_the_next_sweep_forgets(
    world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = somebody(world, "gone", left=timedelta(days=1500))
    with monkeypatch.context() as killed:
        killed.setattr(chain_forget, "forget", lambda _store: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            retention.sweep(world.store, data_dir)
    assert all(leaf.salt != NO_SALT for leaf in leaves(world.store, "person", gone))
    retention.sweep(world.store, data_dir)
    assert [leaf.salt == NO_SALT for leaf in leaves(world.store, "person", gone)][-2:] == [True, False]


def test_killed_half_way_through_the_links_the_next_call_goes_on(
    world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = [somebody(world, f"gone{number}", left=timedelta(days=1500)) for number in range(5)]
    monkeypatch.setattr(chain_forget, "LINKS", 2)
    write, tries = chain_forget._write, count()

    def dying(*given: Any) -> int:
        assert next(tries) != 2, "killed"
        return write(*given)

    monkeypatch.setattr(chain_forget, "_write", dying)
    with pytest.raises(AssertionError, match="killed"):
        retention.sweep(world.store, data_dir)
    assert found(world.store) == set(), "half way everything is in order too"
    assert chain_forget.forget(world.store) > 0
    assert chain_forget.forget(world.store) == 0
    for person in gone:
        assert [leaf.salt == NO_SALT for leaf in leaves(world.store, "person", person)][:-1].count(False) == 0
    assert found(world.store) == set()


def test_what_nothing_erased_is_not_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        with world.store.write() as session:
            audit.note(session, None, "a", str(number))
    monkeypatch.setattr(chain_forget, "LINKS", 2)
    chain_forget.forget(world.store)
    read = chain_forget._some
    asked: list[int] = []
    monkeypatch.setattr(chain_forget, "_some", lambda store, after: asked.append(after) or read(store, after))
    assert chain_forget.forget(world.store) == 0 and asked == []
    with world.store.read() as session:
        newest = chain.newest_seen(session.connection())
    assert newest is not None and newest.seq > 5


def test_a_line_of_the_log_that_was_written_anew_by_a_rule_is_found_when_it_is_changed(world: World) -> None:
    """An erased row is still held by its newest leaf."""
    gone = somebody(world, "gone")
    with world.store.write() as session:
        session.execute(update(Person).where(Person.id == gone).values(phone=None), execution_options={"by_rule": True})
    chain_forget.forget(world.store)
    with world.store.writer.begin() as connection:
        connection.execute(update(Person.__table__).where(Person.id == gone).values(phone="110"))
    assert found(world.store) == {("row", f"person {gone}")}


def test_two_that_forget_at_once_both_do(world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between what one reads and what it writes the other was there, in the same links."""
    with world.store.write() as session:
        people = [make.person(session, f"gone{number}", password_hash="h").id for number in range(2)]
    erase(world, people[0])
    without, is_first = chain_forget._without, iter((True,))

    def late(*given: Any) -> Any:
        if next(is_first, False):
            erase(world, people[1])
            chain_forget.forget(world.store)
        return without(*given)

    monkeypatch.setattr(chain_forget, "_without", late)
    chain_forget.forget(world.store)
    for person in people:
        assert [leaf.salt == NO_SALT for leaf in leaves(world.store, "person", person)] == [True, False]


def erase(world: World, person: int) -> None:
    with world.store.write() as session:
        people_retention.erase(session, [person])


def test_a_damaged_link_keeps_nothing_else_from_being_forgotten(world: World, data_dir: Path) -> None:
    gone = somebody(world, "gone", left=timedelta(days=1500))

    def put(content: bytes) -> None:
        with world.store.writer.begin() as connection:
            tampering(connection).execute(update(ChainLink).where(ChainLink.seq == 1).values(leaves=content))
            connection.execute(delete(HistoryOpen))

    with world.store.read() as session:
        was = session.scalars(select(ChainLink.leaves).where(ChainLink.seq == 1)).one()
    put(b"abc")
    assert retention.sweep(world.store, data_dir).gone["people"] == 1
    put(was)
    assert [leaf.salt == NO_SALT for leaf in leaves(world.store, "person", gone)] == [True, False]
