"""The chain keeps account of every way in which the program writes, without a fork, and costs two statements."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.exc import OperationalError

from seeds.rows import SETTING_TYPES
from tests import make
from tests.chain_county import found, live, seen
from tests.conftest import World
from tests.revisions import landed
from tests.short import FULL
from webapp.core import audit, chain_form, clock
from webapp.core.chain_link import ChainLink
from webapp.core.chain_tables import APPEND_ONLY, EXCEPT, is_chained
from webapp.core.db import Store
from webapp.core.models import AuditEntry, Setting, Throttle
from webapp.core.retention import Expiry
from webapp.models import metadata
from webapp.ops import backup, chain_rows, dump, migrate, seeding
from webapp.ops.verify_audit import Audit
from webapp.patrol import service as patrol_service
from webapp.patrol.models import PatrolObject
from webapp.people.models import Person
from webapp.report.models import Report, ReportEvent

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")


def links(store: Store) -> int:
    """How many there are."""
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(ChainLink)) or 0


def newest_leaves(store: Store) -> list[chain_form.Leaf]:
    """Of the last link."""
    with store.read() as session:
        leaves = session.scalar(select(ChainLink.leaves).order_by(ChainLink.seq.desc()).limit(1))
    return list(chain_form.unpacked(leaves or b""))


# --- which tables --------------------------------------------------------------------------------------


def test_each_exception_is_a_table_and_has_its_reason() -> None:
    known = set(metadata.tables)
    assert known >= EXCEPT.keys() | APPEND_ONLY.keys()
    assert all(len(reason) > 5 for reason in (EXCEPT | APPEND_ONLY).values())
    assert set(EXCEPT) & {"report", "report_event", "audit_log", "patrol", "visit", "person", "posting"} == set()


def test_each_chained_table_has_a_form_for_all_its_columns_and_a_key() -> None:
    tables = [table for table in metadata.sorted_tables if is_chained(table)]
    assert len(tables) > 30 and {table.name for table in tables} == {table.name for table in chain_rows.tables()}
    assert all(chain_form.form(table).key_columns for table in tables)


def test_a_form_is_the_same_for_ever() -> None:
    """Pinned: a link that was made years ago has to verify."""
    leaf = chain_form.Leaf("report", "12", b"+", b"s" * 16, b"d" * 32)
    assert leaf.hash().hex() == "f81afc91f3b0594f117153e392c8535cb2c3054264e1268ad2159fffb0211834"
    assert list(chain_form.unpacked(leaf.packed() * 2)) == [leaf, leaf]
    root = chain_form.root_of([leaf, leaf, leaf])
    assert root == "00bc08c6fb5ca3cfb401f654a3623d5068c16c098ba3c74b240b9cfb5b3685a5"
    at = clock.at_hour(make.date(2026, 1, 1), make.datetime.min.time())
    assert (
        chain_form.head_of(chain_form.FIRST, 1, at, root)
        == "82f95a9c952ecad40c257afc0b54e9fcfe22ad2629f1caba76f031e9c5e15989"
    )
    row = {"key": "k", "value": "", "kind": "text", "zh": "字", "en": "word", "source": "s", "changed_by": 3}
    text_ = chain_form.form(Setting.__table__).text(row | {"changed_at": at})
    assert text_ == (
        '["changed_at","2025-12-31T16:00:00.000000+00:00","changed_by",3,"en","word","key","k","kind","text","source","s",'
        '"zh","\\u5b57"]'
    )
    assert (
        chain_form.form(Setting.__table__).digest(b"s" * 16, row).hex()
        == "bd13348fcc603aa1b2d2c980ac4d29dd27d09ced22ab589029736b16572e8746"
    )


def test_what_says_nothing_is_left_out() -> None:
    form = chain_form.form(Report.__table__)
    assert form.text({"number": "1"}) == form.text({"number": "1", "lon": None, "settled": False, "note": ""})
    assert form.text({"lon": 0.0}) == form.text({"lon": -0.0}) == '["lon","0.0"]'


# --- every way of writing ------------------------------------------------------------------------------


def _objects(world: World, number: int) -> list[PatrolObject]:
    return [
        PatrolObject(type="livestock_farm", grid_id=world.grids["A1"], zh=f"{n}", en="x", valid_from=clock.today())
        for n in range(number)
    ]


WAYS: dict[str, Any] = {
    "objects of the ORM": lambda session, world: session.add_all(_objects(world, 3)),
    "rows without keys": lambda session, world: audit.note_all(session, None, "a", [("x", {}), ("y", {})]),
    "one row without a key": lambda session, world: audit.note(session, None, "a", "x", even={"in": [1, 2.5, None]}),
    "a changed object": lambda session, world: setattr(session.get(Person, 3), "zh", "另一个"),
    "a deleted object": lambda session, world: session.delete(session.get(PatrolObject, 2)),
    "a condition that names the key": lambda session, world: session.execute(
        update(Person).where(Person.id == 3).values(zh="x")
    ),
    "a condition that does not": lambda session, world: session.execute(
        update(Person).where(Person.login.like("officer%")).values(zh="x")
    ),
    "no condition": lambda session, world: session.execute(update(Person).values(en="x")),
    "a condition that nothing fits": lambda session, world: session.execute(
        update(Person).where(Person.login == "nobody").values(en="x")
    ),
    "many by their keys": lambda session, world: session.execute(
        update(Person), [{"id": 1, "zh": "a"}, {"id": 2, "zh": "b"}]
    ),
    "past the session": lambda session, world: session.connection().execute(
        update(Person.__table__).where(Person.__table__.c.login == "county").values(zh="x")
    ),
    "added and deleted": lambda session, world: (
        session.add(PatrolObject(**_plain(_objects(world, 1)[0]))),
        session.flush(),
        session.execute(delete(PatrolObject).where(PatrolObject.zh == "0")),
    ),
    "deleted and added": lambda session, world: (
        session.execute(delete(Setting).where(Setting.key == "log_months")),
        session.execute(insert(Setting), [_setting("log_months")]),
    ),
}


def _plain(made: PatrolObject) -> dict[str, Any]:
    return {name: getattr(made, name) for name in ("type", "grid_id", "zh", "en", "valid_from")}


def _setting(key: str) -> dict[str, Any]:
    return {"key": key, "value": "9", "kind": min(SETTING_TYPES), "zh": "x", "en": "x", "source": "x"}


def test_every_way_of_writing_leaves_one_link_that_verifies(world: World) -> None:
    for name, act in WAYS.items():
        before = links(world.store)
        with world.store.write() as session:
            act(session, world)
        assert links(world.store) == before + (name != "a condition that nothing fits"), name
    assert found(world.store) == set()


def test_a_refused_write_leaves_no_link(world: World) -> None:
    before = links(world.store)
    with pytest.raises(ZeroDivisionError), world.store.write() as session:
        audit.note(session, None, "a", "x")
        raise ZeroDivisionError
    assert links(world.store) == before and found(world.store) == set()


def test_what_is_not_chained_makes_no_link(world: World) -> None:
    before = links(world.store)
    with world.store.write() as session:
        session.execute(insert(Throttle).values(key="x", since=clock.now(), count=1))
    assert links(world.store) == before


def test_an_insert_that_cannot_be_followed_is_refused(world: World) -> None:
    copied = select(Setting.key + "2", *list(Setting.__table__.c)[1:])
    with pytest.raises(TypeError, match="cannot follow"), world.store.write() as session:
        session.execute(insert(Setting).from_select([c.name for c in Setting.__table__.c], copied))


def test_a_row_written_past_the_program_is_found(world: World) -> None:
    with world.store.writer.begin() as connection:
        connection.execute(insert(AuditEntry).values(at=clock.now(), action="a", thing="x", detail={}))
    assert {kind for kind, place in found(world.store) if place.startswith("audit_log")} == {"row"}


def test_a_round_costs_two_statements_more(world: World) -> None:
    sent: list[str] = []
    event.listen(world.store.writer, "before_cursor_execute", lambda _c, _u, statement, *_: sent.append(statement))
    with world.store.write() as session:
        entry = make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal", world.things["kiln_a1"]: "normal"})
        patrol_service.record(session, make.actor(session, "officer_a1"), entry)
    assert [statement for statement in sent if "chain_" in statement] == sent[-2:]
    assert {leaf.table for leaf in newest_leaves(world.store)} >= {"patrol", "visit"}


def test_rows_that_a_rule_deletes_are_told_and_leave_everything_in_order(world: World) -> None:
    with world.store.write() as session:
        audit.note_all(session, None, "old", [(f"x:{number}", {}) for number in range(7)])
    with world.store.write() as session:
        rule = Expiry(AuditEntry.id, AuditEntry.at, lambda _session: AuditEntry.action == "old")
        assert rule.drop(session, 5) == 5
    with dump.snapshot(world.store) as connection:
        look = Audit()
        assert list(look.findings(connection)) == [] and (look.expired, look.deleted) == (5, 0)


# --- no fork -------------------------------------------------------------------------------------------

WRITERS, ROWS = 8, 10_000 if FULL else 200


def _written(store: Store, writer: int, number: int) -> bool:
    """Five rows in one write; False where SQLite, whose lock knows no queue, let others go first for too long."""
    try:
        with store.write() as session:
            audit.note_all(session, None, "a", [(f"{writer}:{number}:{n}", {}) for n in range(4)])
            session.execute(update(Setting).where(Setting.key == "log_months").values(zh=f"{writer} {number}"))
    except OperationalError as refused:
        if "locked" not in str(refused):
            raise
        return False
    return True


def test_eight_writers_at_once_make_no_fork(world: World) -> None:
    before, faults = links(world.store), list[BaseException]()

    def write(writer: int) -> None:
        try:
            for number in range(ROWS // WRITERS // 5):
                while not _written(world.store, writer, number):
                    pass
        except BaseException as fault:  # told below
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert links(world.store) - before == ROWS // WRITERS // 5 * WRITERS
    assert found(world.store) == set()


# --- records that come from elsewhere ------------------------------------------------------------------


def test_records_without_a_chain_are_taken_in_once(
    empty: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_rows, "LEAVES", 500)
    county = landed("0005", empty, tmp_path)
    migrate.run(county, "upgrade", "head")
    made = links(county)
    assert made > 10 and found(county) == set()
    with county.writer.begin() as connection:
        connection.execute(insert(AuditEntry).values(at=clock.now(), action="a", thing="x", detail={}))
    migrate.run(county, "upgrade", "head")
    assert links(county) == made and len(found(county)) == 1
    migrate.run(county, "downgrade", "0005")
    migrate.run(county, "upgrade", "head")
    assert found(county) == set()


TRIED = """
from alembic import op
revision, down_revision, branch_labels, depends_on = "tried", "{newest}", None, None
rewrites = {tables}
def upgrade() -> None:
    op.execute("update person set en = 'renamed'")
def downgrade() -> None:
    pass
"""


def _tried(folder: Path, monkeypatch: pytest.MonkeyPatch, tables: tuple[str, ...]) -> None:
    """One more revision, which rewrites people and says so, or not."""
    (folder / "more").mkdir()
    (folder / "more" / "tried.py").write_text(TRIED.format(newest=migrate.newest(), tables=tables))
    config = migrate.settings()
    versions = Path(migrate.migrations.__file__).parent / "versions"
    config.set_main_option("version_locations", f"{versions}:{folder / 'more'}")
    monkeypatch.setattr(migrate, "settings", lambda: config)


@pytest.mark.parametrize("tables", [(), ("person",)])
def test_rows_that_a_revision_rewrote_are_followed_where_it_says_so(
    world: World, tables: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _tried(tmp_path, monkeypatch, tables)
    migrate.run(world.store, "upgrade", "head")
    assert len(found(world.store)) == (0 if tables else len(world.people))


def test_a_machine_that_goes_out_before_the_rows_are_followed_follows_them_with_the_next_migrate(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _tried(tmp_path, monkeypatch, ("person",))
    with monkeypatch.context() as out:
        out.setattr(chain_rows, "follow", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            migrate.run(world.store, "upgrade", "head")
    assert migrate.current(world.store) == "tried"
    assert "not taken into the chain" in (migrate.lacking(world.store) or ""), "nobody works with it meanwhile"
    migrate.run(world.store, "upgrade", "head")
    assert migrate.lacking(world.store) is None and found(world.store) == set()


def test_a_restored_county_verifies_on_either_engine(world: World, empty: Store, tmp_path: Path) -> None:
    live(world, tmp_path / "data", 2)
    backup.backup(world.store, tmp_path / "data", tmp_path / "b.tar")
    backup.restore(tmp_path / "b.tar", empty, tmp_path / "new")
    assert links(empty) == links(world.store) + 1 and found(empty) == set()  # the restore itself is one


def test_records_that_were_not_taken_in_are_not_worked_with_until_they_are(world: World) -> None:
    """As after a machine that went out between the last revision and the first link."""
    assert migrate.lacking(world.store) is None
    with world.store.writer.begin() as connection:
        connection.execute(text("insert into history_open values ('a test')"))
        connection.execute(text("delete from chain_link"))
        connection.execute(text("delete from history_open"))
    assert "not taken into the chain" in (migrate.lacking(world.store) or "")
    migrate.run(world.store, "upgrade", "head")
    assert migrate.lacking(world.store) is None and found(world.store) == set()


# --- history is only added to --------------------------------------------------------------------------


def _triggers(store: Store) -> set[str]:
    query = {
        True: "select tbl_name || ' ' || lower(sql) from sqlite_master where type = 'trigger'",
        False: "select tgrelid::regclass || ' ' || lower(pg_get_triggerdef(oid)) from pg_trigger "
        "where not tgisinternal",
    }[store.is_sqlite]
    with store.reader.connect() as connection:
        found_ = connection.scalars(text(query)).all()
    return {
        f"{each.split()[0]} {verb}" for each in found_ for verb in ("update", "delete") if verb in each.split(" on ")[0]
    }


def test_every_table_that_is_only_added_to_is_guarded_after_all_revisions(empty: Store) -> None:
    migrate.run(empty, "upgrade", "head")
    assert _triggers(empty) == {f"{table} {verb}" for table in APPEND_ONLY for verb in ("update", "delete")}


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_history_is_neither_changed_nor_deleted(world: World, tmp_path: Path, verb: str) -> None:
    live(world, tmp_path / "data", 1)
    for model, column in ((AuditEntry, "action"), (ReportEvent, "role"), (ChainLink, "head")):
        statement = delete(model.__table__) if verb == "delete" else update(model.__table__).values({column: "auditor"})
        with pytest.raises(Exception, match="is only added to"), world.store.writer.begin() as connection:
            connection.execute(statement)
    assert found(world.store) == set()


def test_seeding_again_and_a_round_of_the_demo_leave_everything_in_order(world: World) -> None:
    seeding.seed(world.store)
    with world.store.writer.connect() as connection:
        assert seen(connection) == set()
