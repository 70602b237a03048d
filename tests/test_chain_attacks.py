"""History that was rewritten in the database is found: each way of doing so written out, and many at random."""

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from tests import engines, make
from tests.chain_county import found, live, seen, tampering
from tests.conftest import World
from tests.short import FULL, some
from webapp.core import chain_form, clock
from webapp.core.chain_link import ChainLink
from webapp.core.models import Attachment, AuditEntry, Counter, Setting
from webapp.feedback.models import Feedback
from webapp.grid.models import GridVersion
from webapp.listeners import open_store
from webapp.ops import chain_head, chain_rows
from webapp.patrol.models import Patrol, Visit
from webapp.people.models import Person, Posting
from webapp.report.models import Report, ReportEvent, ReportProblem

DAY = timedelta(days=1)
HARM = "9" * 64


@pytest.fixture(scope="module")
def county(populated: tuple[str, World], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Every test takes back what it did to it."""
    folder = tmp_path_factory.mktemp("county")
    url = engines.copy(populated[0], folder)
    world = replace(populated[1], store=engines.ready(open_store(url)))
    live(world, folder / "data")
    yield world
    world.store.close()
    engines.drop(url)


class Hand:
    """Who tampers: each attack takes rows that none took before, and says what has to be found."""

    def __init__(self, connection: Connection):
        self.connection = connection
        self.taken: set[tuple[str, str]] = set()

    def row(self, model: Any, *where: Any) -> Any:
        """A row that was not taken yet."""
        table = model.__table__
        rows = self.connection.execute(select(table).where(*where).order_by(*table.primary_key))
        row = next(row for row in rows if place(model, row) not in self.taken)
        self.taken.add(place(model, row))
        return row

    def edit(self, model: Any, row: Any, **values: Any) -> set[tuple[str, str]]:
        """Change a row."""
        self.connection.execute(update(model.__table__).where(*self._is(model, row)).values(values))
        return {place(model, row)}

    def remove(self, model: Any, row: Any) -> set[tuple[str, str]]:
        """Delete a row."""
        self.connection.execute(delete(model.__table__).where(*self._is(model, row)))
        return {place(model, row)}

    def invent(self, model: Any, row: Any, **values: Any) -> set[tuple[str, str]]:
        """A row like another one, with values of its own."""
        self.connection.execute(insert(model.__table__).values(dict(row._mapping) | values))
        new = ("row", f"{model.__tablename__} {chain_form.form(model.__table__).key([values['id']])}")
        self.taken.add(new)
        return {new}

    def _is(self, model: Any, row: Any) -> list[Any]:
        return [column == row._mapping[column.name] for column in model.__table__.primary_key]

    def last_event(self, report: Any) -> Any:
        """The last move of a report."""
        events = ReportEvent.__table__
        return self.connection.execute(
            select(events).where(events.c.report_id == report.id).order_by(events.c.seq.desc())
        ).first()


def place(model: Any, row: Any) -> tuple[str, str]:
    """How the finding names a row."""
    form = chain_form.form(model.__table__)
    return "row", f"{model.__tablename__} {form.key([row._mapping[column.name] for column in form.key_columns])}"


def _edit(model: Any, **values: Any) -> Callable[[Hand], Any]:
    return lambda hand: hand.edit(model, hand.row(model), **values)


def _later(model: Any, column: str, by: timedelta = -DAY, *where: Any) -> Callable[[Hand], Any]:
    def act(hand: Hand) -> Any:
        row = hand.row(model, *where)
        return hand.edit(model, row, **{column: row._mapping[column] + by})

    return act


def _due_with_its_event(hand: Hand) -> Any:
    report = hand.row(Report)
    due = (report.due_at or clock.now()) + 30 * DAY
    return hand.edit(Report, report, due_at=due) | hand.edit(ReportEvent, hand.last_event(report), due_after=due)


def _invented_move(hand: Hand) -> Any:
    report = hand.row(Report)
    last = hand.last_event(report)
    move = {"id": uuid.uuid4(), "seq": last.seq + 1, "action": "dismiss", "to_state": "dismissed"}
    return hand.invent(ReportEvent, last, **move) | hand.edit(Report, report, state="dismissed", is_open=False)


def _last_move_cut_off(hand: Hand) -> Any:
    report = hand.row(Report)
    last = hand.last_event(report)
    return hand.remove(ReportEvent, last) | hand.edit(Report, report, state=last.from_state)


def _whole_report_deleted(hand: Hand) -> Any:
    report, gone = hand.row(Report), set()
    for table in (table for table in chain_rows.tables() if "report_id" in table.columns):
        rows = hand.connection.execute(select(table).where(table.c.report_id == report.id)).all()
        form = chain_form.form(table)
        keys = ([row._mapping[column.name] for column in form.key_columns] for row in rows)
        gone |= {("row", f"{table.name} {form.key(key)}") for key in keys}
        hand.connection.execute(delete(table).where(table.c.report_id == report.id))
    return gone | hand.remove(Report, report)


def _counter_set_back(hand: Hand) -> Any:
    name = f"report-{clock.today().year}"
    hand.connection.execute(update(Counter).where(Counter.name == name).values(value=Counter.value - 1))
    return {("counter", name)}


def _passwords_swapped(hand: Hand) -> Any:
    return hand.edit(Person, hand.row(Person), password_hash="$argon2id$another")


ATTACKS: dict[str, Callable[[Hand], Any]] = {
    "report text": _edit(Report, note="没有冒烟。"),
    "report place": _edit(Report, place="别处"),
    "report severity": _edit(Report, severity="urgent"),
    "report finder": lambda hand: hand.edit(Report, hand.row(Report), found_by=5),
    "report received": _later(Report, "received_at"),
    "limit alone": lambda hand: hand.edit(Report, hand.row(Report), due_at=clock.now() + 90 * DAY),
    "limit with its event": _due_with_its_event,
    "state alone": _edit(Report, state="closed"),
    "invented move": _invented_move,
    "last move cut off": _last_move_cut_off,
    "whole report deleted": _whole_report_deleted,
    "event actor": lambda hand: hand.edit(ReportEvent, hand.row(ReportEvent), person_id=3),
    "event time": _later(ReportEvent, "at"),
    "event text": _edit(ReportEvent, given={"missing": "没有这句话"}),
    "patrol invented": lambda hand: hand.invent(Patrol, hand.row(Patrol), id=uuid.uuid4()),
    "patrol deleted": lambda hand: hand.remove(Patrol, hand.row(Patrol)),
    "patrol back-dated": _later(Patrol, "occurred_at"),
    "visit problem to normal": lambda hand: hand.edit(
        Visit, hand.row(Visit, Visit.result == "problem"), result="normal"
    ),
    "problem of a report": lambda hand: hand.remove(ReportProblem, hand.row(ReportProblem)),
    "posting back-dated": _later(Posting, "valid_from"),
    "password swapped": _passwords_swapped,
    "counter set back": _counter_set_back,
    "setting": _edit(Setting, value="1"),
    "log line deleted": lambda hand: hand.remove(AuditEntry, hand.row(AuditEntry)),
    "log line edited": _edit(AuditEntry, action="person.resume"),
    "log line inserted": lambda hand: hand.invent(AuditEntry, hand.row(AuditEntry), id=10**6),
    "evidence exchanged": _edit(Attachment, sha256=HARM),
    "border moved": _edit(GridVersion, boundary=make.box(5, 5)),
    "feedback reworded": _edit(Feedback, text="不好"),
}


def test_every_way_of_rewriting_is_found_and_nothing_else(county: World) -> None:
    assert found(county.store) == set()
    with county.store.writer.connect() as connection:
        hand, expected = Hand(tampering(connection)), set()
        for attack in ATTACKS.values():
            expected |= attack(hand)
        number = [
            ("counter", f"report-{clock.today().year}")
        ]  # of a deleted report its number is missing, if it was last
        assert seen(connection) - set(number) == expected - set(number)
        connection.rollback()
    assert found(county.store) == set()


@pytest.mark.parametrize("name", some(ATTACKS, 15))
def test_each_way_of_rewriting_is_found_alone(county: World, name: str) -> None:
    with county.store.writer.connect() as connection:
        expected = ATTACKS[name](Hand(tampering(connection)))
        assert seen(connection) == expected


# --- at random -----------------------------------------------------------------------------------------


def _other(column: Any, value: Any, chance: random.Random) -> Any:
    """Another value of a column that says another thing."""
    form = chain_form._form_of(column)
    kinds: tuple[Any, ...] = (
        (chain_form.Moment, lambda: (value or clock.now()) + DAY * chance.randint(1, 99)),
        (chain_form.CompactUuid, uuid.uuid4),
        (chain_form.JSON, lambda: {"x": chance.random()}),
        (chain_form.Boolean, lambda: not value),
        (chain_form.Integer, lambda: (value or 0) + chance.randint(1, 999)),
        (chain_form.Float, lambda: (value or 0) + 1e-6),
        (chain_form.Date, lambda: (value or clock.today()) + DAY),
        (chain_form.LargeBinary, lambda: make.box(chance.random(), 1)),
        (chain_form.Shape, lambda: make.box(chance.random(), 1)),
        (chain_form.String, lambda: f"{chance.randrange(10**9)}"),
    )
    new = next(value_of() for kind, value_of in kinds if isinstance(column.type, kind))
    assert value is None or form(new) != form(value)
    return new


def _random_edit(connection: Connection, chance: random.Random, done: set[str]) -> tuple[str, str]:
    """Change, delete or invent one row of any chained table that was not touched before."""
    while True:
        table = chance.choice(chain_rows.tables())
        count = connection.scalar(select(func.count()).select_from(table))
        form = chain_form.form(table)
        if not count:
            continue
        row = connection.execute(chain_rows.keys(table).offset(chance.randrange(count))).first()
        where = [column == value for column, value in zip(form.key_columns, row, strict=True)]
        name = f"{table.name} {form.key(row)}"
        free = [column for column in table.columns if not column.primary_key]
        if name in done:
            continue
        if free and chance.random() < 0.6:
            column = chance.choice(free)
            old = connection.scalar(select(column).where(*where))
            with connection.begin_nested() as part:
                try:
                    connection.execute(update(table).where(*where).values({column: _other(column, old, chance)}))
                except Exception:  # a unique name, a number too large: another one then
                    part.rollback()
                    continue
        else:
            connection.execute(delete(table).where(*where))
        done.add(name)
        return "row", name


@pytest.mark.parametrize("turn", range(25 if FULL else 1))
def test_forty_random_edits_are_found_and_nothing_else(county: World, turn: int) -> None:
    chance, done = random.Random(turn), set[str]()
    with county.store.writer.connect() as connection:
        tampering(connection)
        expected = {_random_edit(connection, chance, done) for _ in range(40)}
        numbers = {each for each in seen(connection) if each[0] == "counter"}  # where a report's number was touched
        assert len(expected) == 40
        assert seen(connection) - numbers == expected


# --- the chain itself ----------------------------------------------------------------------------------


def _rehash(connection: Connection, start: int = 1) -> None:
    """All links anew from one on, as somebody does who knows how it is made."""
    links = ChainLink.__table__
    rows = connection.execute(select(links).order_by(links.c.seq)).all()
    previous = chain_form.FIRST
    for link in rows:
        if link.seq >= start:
            root = chain_form.root_of(chain_form.unpacked(link.leaves))
            head = chain_form.head_of(previous, link.seq, link.at, root)
            values = {"previous": previous, "root": root, "head": head}
            connection.execute(update(links).where(links.c.seq == link.seq).values(values))
            previous = head
        else:
            previous = link.head


def _witness(world: World) -> list[chain_head.Head]:
    head = chain_head.newest(world.store)
    assert head is not None
    return [head]


def _leaf_exchanged(connection: Connection, report: Any, **values: Any) -> int:
    """A report changed together with its newest leaf; the number of that link."""
    links, table = ChainLink.__table__, Report.__table__
    connection.execute(update(table).where(table.c.id == report.id).values(values))
    row = connection.execute(select(table).where(table.c.id == report.id)).mappings().one()
    new = chain_form.form(table).leaf([report.id], row)
    for link in connection.execute(select(links).order_by(links.c.seq.desc())):
        leaves = list(chain_form.unpacked(link.leaves))
        if any(leaf[:2] == new[:2] for leaf in leaves):
            body = b"".join((new if leaf[:2] == new[:2] else leaf).packed() for leaf in leaves)
            connection.execute(update(links).where(links.c.seq == link.seq).values(leaves=body))
            return link.seq
    raise AssertionError("no leaf")


def test_an_exchanged_leaf_breaks_its_link_and_a_full_rewrite_is_seen_by_the_witness(county: World) -> None:
    witness = _witness(county)
    assert found(county.store, witness) == set()
    with county.store.writer.connect() as connection:
        report = Hand(tampering(connection)).row(Report)
        broken = _leaf_exchanged(connection, report, note="没有冒烟。")
        assert seen(connection) == {("link", str(broken))}
        _rehash(connection, broken)
        assert seen(connection) == set()
        assert seen(connection, witness) == {("witness", f"link {witness[0].seq}")}


@pytest.mark.parametrize("cut", [1, 3, 9])
def test_a_cut_tail_is_seen_by_the_witness(county: World, cut: int) -> None:
    """With all rows that its links speak of brought back to what they were, or gone: here those that are only added."""
    witness = _witness(county)
    with county.store.writer.connect() as connection:
        tampering(connection)
        connection.execute(delete(ChainLink).where(ChainLink.seq > witness[0].seq - cut))
        assert ("witness", f"link {witness[0].seq}") in seen(connection, witness)


@pytest.mark.parametrize(
    ("values", "link"),
    [({"at": clock.now() + DAY}, 5), ({"head": HARM}, 5), ({"previous": HARM}, 5), ({"root": HARM}, 5)],
)
def test_the_first_broken_link_is_named(county: World, values: dict[str, Any], link: int) -> None:
    with county.store.writer.connect() as connection:
        tampering(connection)
        connection.execute(update(ChainLink).where(ChainLink.seq == link).values(values))
        assert seen(connection) == {("link", str(link))}


@pytest.mark.parametrize("leaves", [b"x", b"\0\0", b"\4\0\1+role"])
def test_leaves_that_are_none_break_their_link(county: World, leaves: bytes) -> None:
    with county.store.writer.connect() as connection:
        tampering(connection)
        connection.execute(update(ChainLink).where(ChainLink.seq == _newest(connection)).values(leaves=leaves))
        assert ("link", str(_newest(connection))) in seen(connection)


def _newest(connection: Connection) -> Any:
    return connection.scalar(select(func.max(ChainLink.seq)))


def test_a_link_taken_out_of_the_middle_is_named(county: World) -> None:
    with county.store.writer.connect() as connection:
        tampering(connection)
        connection.execute(delete(ChainLink).where(ChainLink.seq == 4))
        assert ("link", "5") in seen(connection)


UNREADABLE = [
    ("update report set received_at = 'yesterday' where number like '%-00003'", Report),
    ("update audit_log set detail = '{' where id = (select min(id) from audit_log)", AuditEntry),
]


@pytest.mark.parametrize(("statement", "model"), UNREADABLE)
def test_what_cannot_even_be_read_is_named_and_the_rest_is_looked_at(county: World, statement: str, model: Any) -> None:
    if not county.store.is_sqlite:
        return  # PostgreSQL takes no such values
    with county.store.writer.connect() as connection:
        hand = Hand(tampering(connection))
        named = {place(model, hand.row(model, model.number.like("%-00003") if model is Report else True))}
        connection.exec_driver_sql(statement)
        patrol = hand.edit(Patrol, hand.row(Patrol), note="x")
        assert seen(connection) == named | patrol
