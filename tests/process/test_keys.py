"""Engine, history, clocks and events on a process that is no report: they know nothing of reports."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import World
from tests.process import keys, laws
from tests.process.keys import KEY, KEYS, LOSSES, Key, KeyEvent, Loss, LossEvent, Office
from webapp.access import ROLES
from webapp.core import clock
from webapp.core.clocks import Clock
from webapp.core.db import Store
from webapp.core.errors import Conflict, Refused, Stale
from webapp.core.happened import Listener, Listeners, Moved
from webapp.core.history import Author, replay
from webapp.core.moving import Sent
from webapp.listeners import open_store

DAY = timedelta(days=1)


class Board:
    """The office with its keys: a borrower, the keeper, and the one above."""

    def __init__(self, world: World):
        self.store, people = world.store, world.people
        self.borrower, self.keeper, self.above = people["officer_a1"], people["township_a"], people["county"]
        self.office = Office(self.keeper, self.above)
        keys.create(self.store)

    def ask(self, borrower: int | None = None) -> int:
        with self.store.write() as session:
            return keys.ask(session, borrower or self.borrower, uuid.uuid4()).id

    def move(self, key_id: int, person_id: int, action: str, **more: Any) -> Any:
        """Make a move from the page as it is; the sequence number of its line, None for one that was there."""
        with self.store.write() as session:
            seen = more.pop("seen", None) or session.get_one(Key, key_id).state
            sent = Sent(more.pop("id", None) or uuid.uuid4(), action, seen, more, {"sent": more.pop("entry", action)})
            line = self.office.move(session, key_id, person_id, sent)
            return line and line.seq

    def key(self, key_id: int) -> Key:
        with self.store.read() as session:
            return session.get_one(Key, key_id)

    def clocks(self, key_id: int) -> list[Clock]:
        with self.store.read() as session:
            return keys.clocks(session, key_id)

    def events(self, key_id: int) -> list[KeyEvent]:
        with self.store.read() as session:
            return list(session.scalars(select(KeyEvent).where(KeyEvent.key_id == key_id).order_by(KeyEvent.seq)))


@pytest.fixture
def board(world: World) -> Board:
    return Board(world)


@pytest.mark.parametrize("process", keys.PROCESSES, ids=lambda process: process.name)
def test_the_laws_hold_for_it_too(process: Any) -> None:
    names = laws.Names(
        ROLES, {"grid", "borrowed_by", "told_by"}, {*keys.DAYS, "look"}, {"why", "where", "word"}, {"what", "where"}
    )
    laws.laws(
        process, names=names, tabs={"asked": {"keeper"}, "out": {"borrower"}, "lost": {"keeper"}, "told": {"above"}}
    )


def test_a_key_goes_out_and_comes_back_and_its_history_says_so(board: Board) -> None:
    key_id = board.ask()
    assert board.move(key_id, board.keeper, "lend") == 2
    assert board.move(key_id, board.borrower, "give_back") == 3
    lines = [(line.seq, line.role, line.action, line.from_state, line.to_state) for line in board.events(key_id)]
    assert lines == [
        (1, "borrower", "ask", None, "asked"),
        (2, "keeper", "lend", "asked", "out"),
        (3, "borrower", "give_back", "out", "back"),
    ]
    assert board.clocks(key_id) == [] and board.key(key_id).due_at is None


def test_a_holder_is_the_person_the_thing_names_and_no_other_of_his_role(board: Board, world: World) -> None:
    key_id = board.ask()
    board.move(key_id, board.keeper, "lend")
    with pytest.raises(Refused, match="at this stage"):
        board.move(key_id, world.people["officer_a2"], "give_back")
    assert board.move(key_id, board.borrower, "give_back") == 3


def test_a_guard_of_a_key_speaks_its_own_sentence(board: Board) -> None:
    own = board.ask(borrower=board.keeper)
    with pytest.raises(Refused, match="to himself"):
        board.move(own, board.keeper, "lend")
    assert board.move(own, board.keeper, "refuse", why="take it yourself") == 2


def test_two_clocks_run_in_one_state_one_is_paused_and_resumed_and_one_has_no_day(board: Board) -> None:
    start = clock.now()
    with clock.at(start):
        key_id = board.ask()
        board.move(key_id, board.keeper, "lend")
    assert board.clocks(key_id) == [Clock("give_back", start, start + 7 * DAY), Clock("look", start, None)]
    assert board.key(key_id).due_at == start + 7 * DAY
    with clock.at(start + 2 * DAY):
        board.move(key_id, board.borrower, "lose", where="in the river")
    paused = Clock("give_back", start, start + 7 * DAY, paused=start + 2 * DAY)
    assert board.clocks(key_id) == [Clock("find", start + 2 * DAY, start + 5 * DAY), paused]
    assert board.key(key_id).due_at == start + 5 * DAY  # a paused clock is no limit
    with clock.at(start + 3 * DAY):
        board.move(key_id, board.keeper, "find")
    resumed = Clock("give_back", start, start + 8 * DAY)  # one day longer: so long it was lost
    assert board.clocks(key_id) == [resumed, Clock("look", start + 3 * DAY, None)]
    assert board.key(key_id).due_at == start + 8 * DAY


def test_the_same_move_sent_twice_happens_once(board: Board) -> None:
    key_id, id_ = board.ask(), uuid.uuid4()
    assert board.move(key_id, board.keeper, "lend", id=id_) == 2
    assert board.move(key_id, board.keeper, "lend", id=id_, seen="asked") is None
    assert len(board.events(key_id)) == 2


def test_an_id_that_is_taken_by_other_content_another_author_or_another_key_is_a_conflict(board: Board) -> None:
    one, other, id_ = board.ask(), board.ask(), uuid.uuid4()
    board.move(one, board.keeper, "lend", id=id_)
    for key_id, person_id, entry in (
        (one, board.keeper, "something else"),
        (one, board.borrower, "lend"),
        (other, board.keeper, "lend"),
    ):
        with pytest.raises(Conflict):
            board.move(key_id, person_id, "lend", id=id_, entry=entry)
    assert [board.key(key_id).state for key_id in (one, other)] == ["out", "asked"]


def test_a_page_from_before_a_round_is_stale_though_the_state_is_the_same_again(board: Board) -> None:
    key_id = board.ask()
    board.move(key_id, board.keeper, "lend")
    with board.store.read() as session:
        seen = board.office.standing(session, session.get_one(Key, key_id), board.borrower).seen
    board.move(key_id, board.borrower, "lose", where="in the river")
    board.move(key_id, board.keeper, "find")
    with pytest.raises(Stale):
        board.move(key_id, board.borrower, "give_back", seen=seen)
    assert board.key(key_id).state == "out"


def test_an_act_beside_the_state_stands_in_the_history_and_moves_nothing(board: Board) -> None:
    key_id = board.ask()
    with board.store.write() as session:
        key = session.get_one(Key, key_id)
        by = Author(board.above, "above", None)
        KEYS.append(session, key, "remark", by, {"note": "the red one"}, event_id=uuid.uuid4())
        assert KEYS.moved(session, key_id) == 1
        assert session.scalars(select(Key.id).where(KEYS.last_action_is(Key.id, "ask"))).all() == [key_id]
        assert session.scalars(select(Key.id).where(KEYS.last_action_is(Key.id, "remark"))).all() == []
    assert [(line.seq, line.to_state) for line in board.events(key_id)] == [(1, "asked"), (2, None)]


def test_the_last_move_of_each_of_many_things_is_found_at_once(board: Board) -> None:
    one, other = board.ask(), board.ask()
    board.move(one, board.keeper, "lend")
    with board.store.write() as session:  # a later line that is no move
        by = Author(board.above, "above", None)
        KEYS.append(session, session.get_one(Key, one), "remark", by, {}, event_id=uuid.uuid4())
    with board.store.read() as session:
        newest = KEYS.last_moves([one, other])
        lines = session.scalars(select(KeyEvent).join(newest, KEYS.is_in(newest)))
        assert {line.key_id: line.action for line in lines} == {one: "lend", other: "ask"}
        lent = select(Key.id).where(KEYS.was_done_by(Key.id, board.keeper, frozenset({"lend"})))
        assert set(session.scalars(lent.where(Key.id.in_([one, other])))) == {one}


def replayed(board: Board, key_id: int) -> list[str]:
    """The kinds of what is wrong with a key's history."""
    found = replay(KEY, board.key(key_id), board.events(key_id), without_limit={"look"})
    return [kind for kind, _ in found]


def test_a_replay_finds_what_was_changed_behind_the_histories_back_and_nothing_else(board: Board) -> None:
    key_id = board.ask()
    board.move(key_id, board.keeper, "lend")
    assert replayed(board, key_id) == []
    for change, kinds in (
        ({"action": "give_away"}, ["move"]),
        ({"role": "borrower"}, ["move"]),
        ({"from_state": "lost"}, ["move", "move"]),
        ({"due_before": None}, ["due"]),
        ({"to_state": "lost"}, ["move", "state"]),
        ({"seq": 3}, ["order"]),
    ):
        key, (first, second) = board.key(key_id), board.events(key_id)
        for name, value in change.items():
            setattr(second, name, value)
        assert [kind for kind, _ in replay(KEY, key, [first, second])] == kinds, change
    for name, value, kinds in (
        ("state", "lost", ["state"]),
        ("state_since", clock.now() - DAY, ["state"]),
        ("is_open", not board.key(key_id).is_open, ["state"]),
        ("due_at", clock.now(), ["due"]),
        ("due_at", None, ["due", "due"]),
    ):
        key = board.key(key_id)
        setattr(key, name, value)
        assert [kind for kind, _ in replay(KEY, key, board.events(key_id))] == kinds, name
    assert [kind for kind, _ in replay(KEY, board.key(key_id), [])] == ["order", "state", "due"]


def test_a_state_whose_only_clock_has_no_limit_has_no_day(board: Board) -> None:
    key_id = board.ask()
    key, events = board.key(key_id), board.events(key_id)
    key.due_at = events[0].due_after = None
    assert [kind for kind, _ in replay(KEY, key, events)] == ["due"]
    assert list(replay(KEY, key, events, without_limit={"answer"})) == []


# --- a process inside another, heard by it -----------------------------------------------------------------


def lost(board: Board) -> tuple[int, uuid.UUID]:
    """A key that is lost, and its loss."""
    key_id = board.ask()
    board.move(key_id, board.keeper, "lend")
    board.move(key_id, board.borrower, "lose", where="in the river")
    with board.store.write() as session:
        return key_id, keys.tell_loss(session, session.get_one(Key, key_id), board.borrower).id


def settle(board: Board, store: Store, loss_id: uuid.UUID) -> None:
    with store.write() as session:
        sent = Sent(uuid.uuid4(), "settle", "told", {"word": "gone for good"}, {"sent": "settle"})
        board.office.settle(session, loss_id, board.above, sent)


def test_a_key_waits_for_its_inner_process_by_a_guard(board: Board) -> None:
    key_id, loss_id = lost(board)
    with pytest.raises(Refused, match="what became of the loss"):
        board.move(key_id, board.keeper, "write_off")
    settle(board, board.store, loss_id)
    board.move(key_id, board.keeper, "write_off")
    assert board.key(key_id).state == "gone" and board.clocks(key_id) == []


def test_what_ends_inside_is_heard_outside_in_the_same_transaction(board: Board) -> None:
    key_id, loss_id = lost(board)
    store = open_store(
        board.store.url.render_as_string(hide_password=False), Listeners(Listener(Moved, board.office.write_off))
    )
    settle(board, store, loss_id)
    store.close()
    assert board.key(key_id).state == "gone"
    assert [line.action for line in board.events(key_id)] == ["ask", "lend", "lose", "write_off"]


def test_a_refusal_outside_refuses_what_ends_inside_and_nothing_is_stored(board: Board) -> None:
    key_id, loss_id = lost(board)
    board.move(key_id, board.keeper, "find")  # so that writing it off is no move of the state it is in
    store = open_store(
        board.store.url.render_as_string(hide_password=False), Listeners(Listener(Moved, board.office.write_off))
    )
    with pytest.raises(Refused, match="at this stage"):
        settle(board, store, loss_id)
    store.close()
    with board.store.read() as session:
        assert session.get_one(Loss, loss_id).state == "told"
        assert LOSSES.moved(session, loss_id) == 1
        assert session.scalars(select(LossEvent.action)).all() == ["tell"]
    assert board.key(key_id).state == "out"
