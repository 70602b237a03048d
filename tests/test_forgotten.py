"""People who left are forgotten: by the rule of the sweep or on request nothing of them is left but a number, nowhere
in the database and in no link of the chain, and the chain still holds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, event, func, insert, select, update

from tests import make
from tests.chain_county import found
from tests.conftest import KEY, World
from tests.short import FULL
from webapp.access import SYSTEM
from webapp.accounts import service as accounts
from webapp.cli import main
from webapp.core import audit, clock
from webapp.core.chain_form import NO_SALT, Leaf, unpacked
from webapp.core.chain_link import ChainLink
from webapp.core.db import Base, Store
from webapp.core.errors import NotFound
from webapp.core.models import AuditEntry, Setting
from webapp.feedback.models import Feedback
from webapp.login.models import LoginCode, LoginSession, RecoveryCode, SecondFactor
from webapp.ops import backup, identity, retention
from webapp.patrol import service as patrol_service
from webapp.patrol.models import Patrol
from webapp.people import queries as people_queries
from webapp.people import retention as people_retention
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
    """The folder of the county, which has adopted the period."""
    folder = tmp_path / "data"
    folder.mkdir()
    identity.ensure(world.store, folder)
    adopted(world, NOW)
    return folder


def adopted(world: World, at: datetime | None) -> None:
    with world.store.write() as session:
        session.execute(update(Setting).where(Setting.key == "person_months").values(changed_at=at))


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
        with clock.at(NOW - timedelta(days=380) if left is not None else NOW):
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


def test_while_the_county_has_not_adopted_the_period_nobody_is_forgotten(world: World, data_dir: Path, browse) -> None:
    somebody(world, "gone", left=timedelta(days=1500))
    adopted(world, None)
    assert retention.foreseen(world.store, data_dir)["people"].number == 0
    assert retention.sweep(world.store, data_dir).gone["people"] == 0
    assert "the county has not set for how long yet" in browse().get("/language?lang=en&next=/privacy").text
    adopted(world, NOW)
    assert "36 months after your last posting ended" in browse().get("/language?lang=en&next=/privacy").text
    assert retention.sweep(world.store, data_dir).gone["people"] == 1


@pytest.mark.parametrize("line", ["his own", "about him"])
def test_who_stands_in_a_younger_line_of_the_log_waits_for_its_end(world: World, data_dir: Path, line: str) -> None:
    gone = somebody(world, "gone", left=timedelta(days=1500))
    with world.store.write() as session, clock.at(NOW - timedelta(days=300)):
        if line == "his own":
            audit.note(session, gone, "login.failed", "x", address="10.0.0.1")
        else:
            audit.note(session, None, "person.edit", f"person:{gone}", before="gone")
    assert retention.sweep(world.store, data_dir).gone["people"] == 0
    with clock.at(NOW + timedelta(days=70)):
        assert retention.sweep(world.store, data_dir, really=True).gone["people"] == 1


def test_who_was_posted_again_while_the_sweep_waited_for_him_stays(world: World, data_dir: Path) -> None:
    gone = somebody(world, "gone", left=timedelta(days=1500))
    posted: dict[str, Any] = {
        "person_id": gone,
        "role": "grid_officer",
        "grid_id": world.grids["A2"],
        "valid_from": clock.today(),
        "granted_at": NOW,
    }

    def meanwhile(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if "person.erased_at IS NULL" in statement and posted:
            values = dict(posted)
            posted.clear()
            connection.execute(insert(Posting.__table__), values)

    event.listen(world.store.writer, "after_cursor_execute", meanwhile)
    with world.store.write() as session:
        assert people_retention.Left().drop(session, 10) == 0
        assert session.get_one(Person, gone).erased_at is None
    assert posted == {}


def test_who_was_forgotten_is_posted_by_nobody(world: World, data_dir: Path) -> None:
    gone = somebody(world, "gone", left=timedelta(days=1500))
    retention.sweep(world.store, data_dir)
    posting = Posting(person_id=gone, role="grid_officer", grid_id=world.grids["A1"], valid_from=clock.today())
    with pytest.raises(NotFound), world.store.write() as session:
        accounts.keep_postings(session, SYSTEM, [posting])


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
