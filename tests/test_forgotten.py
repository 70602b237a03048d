"""People who left are forgotten: by the rule of the sweep or on request nothing of them is left but a number, nowhere
in the database and in no link of the chain, and the chain still holds."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

from tests import make
from tests.chain_county import found
from tests.conftest import KEY, World
from tests.short import FULL
from webapp.cli import main
from webapp.core import audit, chain, chain_forget, clock
from webapp.core.chain_form import NO_SALT, Leaf, form, unpacked
from webapp.core.chain_link import ChainLink
from webapp.core.db import Base, Store
from webapp.core.models import AuditEntry, Setting
from webapp.feedback.models import Feedback
from webapp.login.models import LoginCode, LoginSession, RecoveryCode, SecondFactor
from webapp.ops import backup, identity, retention
from webapp.patrol import service as patrol_service
from webapp.patrol.models import Patrol
from webapp.people import queries as people_queries
from webapp.people.models import Person, Posting

NOW = clock.now().replace(microsecond=0)
LOG_IS_OVER = timedelta(days=400)
MANY = 100 if FULL else 12
TABLES = (LoginSession, LoginCode, SecondFactor, RecoveryCode, Feedback)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The clock stands still: days are counted from it."""
    with clock.at(NOW):
        yield


@pytest.fixture
def data_dir(world: World, tmp_path: Path) -> Path:
    """The folder of the county."""
    folder = tmp_path / "data"
    folder.mkdir()
    identity.ensure(world.store, folder)
    return folder


def somebody(world: World, login: str, *, left: timedelta | None = None) -> int:
    """An officer with something in every place that knows people; who has ``left`` no longer has a posting."""
    until = clock.today() - left if left is not None else None
    began = clock.today() - timedelta(days=2000)
    with world.store.write() as session:
        grid = world.grids["A1"]
        person = make.person(session, login, "grid_officer", grid=grid, since=began, until=until, password_hash="h")
        person.zh, person.en, person.phone = f"张{login}", f"Zhang {login}", f"138{login}"
        person.created_at = clock.now() - timedelta(days=2000)
        session.add(
            LoginSession(
                token_hash=f"t{login}",
                person_id=person.id,
                device=f"手机{login}",
                is_remembered=True,
                created_at=NOW,
                seen_at=NOW,
                expires_at=NOW + timedelta(days=90),
            )
        )
        given = {"person_id": person.id, "code_hash": f"c{login}"}
        session.add(LoginCode(**given, given_by=world.people["county"], given_at=NOW, expires_at=NOW))
        session.add(RecoveryCode(**given))
        session.add(SecondFactor(person_id=person.id, sealed=f"s{login}", made_at=NOW))
        session.add(Feedback(id=make.ids.new(), person_id=person.id, at=NOW, page="/", text=f"我叫张{login}"))
        audit.note(session, world.people["county"], "person.create", f"person:{person.id}", login=login)
        return person.id


def everything(store: Store) -> str:
    """All that all tables say, the bytes of the chain in hexadecimal."""
    with store.read() as session:
        tables = [session.execute(select(table)).all() for table in Base.metadata.sorted_tables]
    return "\n".join(
        cell.hex() if isinstance(cell, bytes) else str(cell) for rows in tables for row in rows for cell in row
    )


def leaves(store: Store, table: str, key: int | str) -> list[Leaf]:
    """The leaves of a row, the oldest first."""
    with store.read() as session:
        links = session.scalars(select(ChainLink.leaves).order_by(ChainLink.seq)).all()
    return [leaf for link in links for leaf in unpacked(link) if (leaf.table, leaf.key) == (table, str(key))]


# --- the rule ------------------------------------------------------------------------------------------


def test_who_left_long_ago_is_forgotten_and_nobody_else(world: World, data_dir: Path) -> None:
    gone = somebody(world, "gone", left=timedelta(days=36 * 31))
    late, here = somebody(world, "late", left=timedelta(days=35 * 30)), somebody(world, "here")
    back = somebody(world, "back", left=timedelta(days=1500))
    with world.store.write() as session:
        make.posting(session, back, "grid_officer", grid=world.grids["A2"], since=clock.today() + timedelta(days=9))
    with world.store.read() as session:
        look = retention.foreseen(world.store, data_dir)["people"]
        assert (look.number, look.oldest) == (1, clock.start(clock.today() - timedelta(days=36 * 31)))
    assert retention.sweep(world.store, data_dir).gone["people"] == 1
    with world.store.read() as session:
        erased = session.scalars(select(Person.id).where(Person.erased_at.is_not(None))).all()
        assert erased == [gone]
        assert {session.get_one(Person, id_).phone for id_ in (late, here, back)} == {"138late", "138here", "138back"}
    assert retention.sweep(world.store, data_dir).gone["people"] == 0
    assert found(world.store) == set()


def test_nobody_is_forgotten_while_the_log_still_names_him(world: World, data_dir: Path) -> None:
    somebody(world, "gone", left=timedelta(days=200))
    with world.store.write() as session:
        session.execute(update(Setting).where(Setting.key == "person_months").values(value="1"))
    assert retention.sweep(world.store, data_dir).gone["people"] == 0, "the log stands for twelve months"
    with world.store.write() as session:
        session.execute(update(Setting).where(Setting.key == "log_months").values(value="6"))
    assert retention.sweep(world.store, data_dir).gone["people"] == 1


def test_a_hundred_are_forgotten_without_a_trace_and_the_chain_holds(world: World, data_dir: Path) -> None:
    names = [f"x{number:03d}y" for number in range(MANY)]
    people = [somebody(world, name, left=timedelta(days=1500)) for name in names]
    with world.store.write() as session:
        for person in people:
            round_ = make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}, lon=113.5, lat=34.5)
            patrol_service.record(session, make.actor(session, "officer_a1"), round_)
            session.execute(update(Patrol).where(Patrol.id == round_.id).values(person_id=person))
    before = everything(world.store)
    assert all(before.count(name) >= 6 for name in names)
    assert retention.sweep(world.store, data_dir).gone["people"] == MANY
    with clock.at(NOW + LOG_IS_OVER):
        assert retention.sweep(world.store, data_dir, really=True).gone["log"] > 0
    after = everything(world.store)
    assert [name for name in names if name in after] == []
    with world.store.read() as session:
        for model in TABLES:
            assert session.scalar(select(func.count()).where(model.person_id.in_(people))) == 0, model
        assert session.scalar(select(func.count()).where(Patrol.person_id.in_(people))) == MANY, "rounds stay"
        assert session.scalar(select(func.count()).where(Patrol.person_id.in_(people), Patrol.lon.is_not(None))) == 0
        assert session.scalar(select(func.count()).where(Posting.person_id.in_(people))) == MANY
    assert found(world.store) == set()


# --- what the chain forgets ----------------------------------------------------------------------------


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
    (leaf,) = leaves(world.store, "patrol", entry.id.hex)
    assert positions_tried(leaf, row) == [113.37]
    with clock.at(NOW + timedelta(days=100)):
        assert retention.sweep(world.store, data_dir, really=True).gone["places"] == 1
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

    def dying(session: object, changed: object) -> None:
        assert next(tries) != 2, "killed"
        write(session, changed)  # type: ignore[arg-type]

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


# --- on request ----------------------------------------------------------------------------------------


@pytest.fixture
def run(world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch):
    """``run("person", "forget", …)`` is the command on the small county."""
    url = world.store.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    monkeypatch.setenv("SECRET_KEY", KEY)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    return invoke


def test_on_request_who_has_left_is_forgotten_at_once(world: World, run, browse) -> None:
    gone = somebody(world, "gone", left=timedelta(days=0))
    done = run("person", "forget", "gone")
    assert done.exit_code == 0, done.output
    assert f"number {gone}" in done.output and "backup" in done.output
    with world.store.read() as session:
        person = session.get_one(Person, gone)
        assert (person.login, person.zh, person.phone) == (f"#{gone}", f"原工作人员 {gone}", None)
        assert person.erased_at == NOW and person.suspended_at == NOW and person.password_hash is None
        assert session.scalars(select(AuditEntry.thing).where(AuditEntry.action == "person.erase")).all() == [
            f"person:{gone}"
        ]
    assert all(leaf.salt == NO_SALT for leaf in leaves(world.store, "person", gone)[:-1])
    assert "gone" in run("person", "forget", "gone").output, "nobody is called so any more"
    assert browse("county").get(f"/people/{gone}").status_code == 200
    assert browse("county").post(f"/people/{gone}/resume").status_code == 404
    assert browse("county").post(f"/people/{gone}/code").status_code == 404
    assert found(world.store) == set()


@pytest.mark.parametrize(("login", "said"), [("officer_a1", "still has a posting"), ("nobody", "Nobody is called")])
def test_who_still_has_a_posting_and_who_is_nobody_is_refused_in_words(world: World, run, login, said) -> None:
    done = run("person", "forget", login)
    assert done.exit_code == 1 and said in done.output
    with world.store.read() as session:
        assert session.scalar(select(func.count()).where(Person.erased_at.is_not(None))) == 0


def test_the_log_in_name_is_free_again_and_another_person(world: World, run) -> None:
    gone = somebody(world, "gone", left=timedelta(days=1))
    assert run("person", "forget", "gone").exit_code == 0
    again = somebody(world, "gone")
    with world.store.read() as session:
        person = people_queries.by_login(session, "gone")
        assert person is not None and person.id == again != gone


def test_a_backup_of_before_is_forgotten_again_where_it_is_restored(
    world: World, data_dir: Path, empty: Store, tmp_path: Path
) -> None:
    """What a rule wants, the next sweep does again; what was asked for has to be asked for again."""
    gone = somebody(world, "gone", left=timedelta(days=1500))
    file, there = tmp_path / "county.backup", tmp_path / "restored"
    backup.backup(world.store, data_dir, file)
    retention.sweep(world.store, data_dir)
    backup.restore(file, empty, there)
    with empty.read() as session:
        assert session.get_one(Person, gone).phone == "138gone"
    assert retention.sweep(empty, there, really=True).gone["people"] == 1
    assert "138gone" not in everything(empty)
    assert found(empty) == set()
