"""Reading a process from its tables: what does not fit is named, all of it; guards open nothing by being forgotten."""

from typing import Any

import pytest

from webapp.core.errors import Refused
from webapp.core.process import CANNOT, FILL_IN, START, BrokenTable, Move, Process, Relation, State, read

HOLDERS = """
holder  role    of
desk    clerk   grid
owner   -       owned_by
"""
STATES = """
state   holder  clocks
asked   desk    answer,remind
given   owner   give_back
done    -       -
"""
MOVES = """
action  from   to     by          if    unless    needs     clocks
ask     -      asked  owner,desk  -     -         what,why  -
give    asked  given  desk        paid  own       -         -       # a comment
give    asked  done   desk        -     own,paid  reason    -
back    given  done   owner       -     -         -         -
"""
GUARDS = {"paid": "Pay first.", "own": "This is your own."}


def made(holders: str = HOLDERS, states: str = STATES, moves: str = MOVES, guards: Any = GUARDS) -> Process:
    return read("loan", holders=holders, states=states, moves=moves, guards=guards)


def test_a_process_is_read_cell_by_cell() -> None:
    loan = made()
    assert loan.relations == {"desk": Relation("desk", "clerk", "grid"), "owner": Relation("owner", None, "owned_by")}
    assert loan.states["asked"] == State("asked", "desk", ("answer", "remind"))
    assert loan.moves[2] == Move(
        "give", "asked", "done", frozenset({"desk"}), ("reason",), frozenset(), frozenset({"own", "paid"})
    )
    assert (loan.ends, loan.holdings) == ({"done"}, {"desk": ["asked"], "owner": ["given"]})


def test_columns_that_no_row_uses_may_be_left_out() -> None:
    moves = "action from to by needs\nask - asked owner -\ngive asked given desk -\nback given done owner -"
    assert [move.only_if | move.unless for move in made(moves=moves, guards={}).moves] == [frozenset()] * 3


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"states": STATES.replace("asked   desk", "asked   chief")}, "state asked: no such holder: chief"),
        ({"moves": MOVES.replace("owner,desk", "owner,chief")}, "ask from -: no such holder: chief"),
        ({"moves": MOVES.replace("owner,desk", "-")}, "ask from -: by nobody"),
        ({"moves": MOVES.replace("asked  given", "asked  taken")}, "give from asked to taken: no such state"),
        ({"moves": MOVES.replace("back    given", "back    taken")}, "back from taken to done: no such state"),
        ({"moves": MOVES + "undo given done owner - - - -"}, "undo from given to done: takes no move back"),
        ({"guards": {"own": "This is your own."}}, "no such guard: paid"),
        ({"guards": {**GUARDS, "full_moon": "Wait."}}, "no row has the guard: full_moon"),
        ({"states": STATES + "asked desk answer"}, "twice: asked"),
        ({"holders": HOLDERS + "desk clerk grid"}, "twice: desk"),
        ({"states": STATES.replace("clocks", "clock")}, "states: columns"),
        ({"moves": MOVES.replace("unless", "except")}, "moves: columns"),
        ({"holders": ""}, "holders: columns"),
        ({"moves": MOVES + "halt given done owner - - - wind:give_back"}, "clocks: wind: must be one of keep, pause"),
        ({"moves": MOVES + "halt given done owner - - - pause:remind"}, "clocks: pause:remind: no such clock"),
        ({"moves": MOVES + "halt asked given desk - - - keep:answer"}, "clocks: keep:answer: no such clock"),
        ({"moves": MOVES + "halt asked given desk - - - resume:answer"}, "clocks: resume:answer: no such clock"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(BrokenTable) as broken:
        made(**change)
    assert named in str(broken.value)


def test_everything_that_does_not_fit_is_named_at_once() -> None:
    with pytest.raises(BrokenTable) as broken:
        made(
            states=STATES.replace("asked   desk", "asked   chief"), moves=MOVES.replace("owner,desk", "boss"), guards={}
        )
    assert str(broken.value) == (
        "process loan: state asked: no such holder: chief; ask from -: no such holder: boss; "
        "no such guard: own; no such guard: paid"
    )


def facts(**so: bool) -> dict[str, bool]:
    return {"paid": False, "own": False} | so


def test_open_moves_are_those_of_the_relations_and_of_the_guards_in_the_tables_order() -> None:
    loan = made()
    for relations, so, targets in (
        ({"desk"}, facts(paid=True), ["given"]),
        ({"desk"}, facts(), ["done"]),
        ({"desk", "owner"}, facts(paid=True, own=True), []),
        ({"owner"}, facts(paid=True), []),
        (set(), facts(paid=True), []),
    ):
        assert [move.target for move in loan.open_moves("asked", relations, so)] == targets


def test_step_takes_the_row_that_the_guards_let_pass() -> None:
    loan = made()
    assert loan.step("asked", "give", {"desk"}, facts(paid=True), {}).target == "given"
    assert loan.step("asked", "give", {"desk"}, facts(), {"reason": "poor"}).target == "done"
    with pytest.raises(Refused, match=FILL_IN) as refusal:
        loan.step("asked", "give", {"desk"}, facts(), {})
    assert refusal.value.field == "reason"


def test_step_refuses_with_the_sentence_of_the_guard_that_stands_against_the_first_row() -> None:
    loan = made()
    with pytest.raises(Refused, match="your own"):
        loan.step("asked", "give", {"desk"}, facts(paid=True, own=True), {"reason": "x"})
    for action, relations in (("give", {"owner"}), ("back", {"owner"}), ("fly", {"desk", "owner"})):
        with pytest.raises(Refused, match=CANNOT):
            loan.step("asked", action, relations, facts(paid=True), {"reason": "x"})


def test_the_first_missing_fact_is_asked_for_by_its_name() -> None:
    for given, field in (({}, "what"), ({"what": "x"}, "why"), ({"what": "", "why": "x"}, "what")):
        with pytest.raises(Refused, match=FILL_IN) as refusal:
            made().step(START, "ask", {"owner"}, facts(), given)
        assert refusal.value.field == field


def test_a_fact_that_nobody_asked_about_is_an_error_and_opens_nothing() -> None:
    loan = made()
    for so in ({}, {"paid": True}):
        with pytest.raises(ValueError, match=r"process loan: nobody said whether: own"):
            loan.open_moves("asked", {"desk"}, so)
        with pytest.raises(ValueError, match="nobody said whether"):
            loan.step("asked", "give", {"desk"}, so, {})


def test_a_move_is_made_in_a_relation_that_the_row_allows() -> None:
    asked = made().row(START, "ask")
    assert asked is not None
    assert asked.made_as({"owner", "desk", "chief"}) == "desk"
    assert asked.made_as({"owner", "chief"}) == "owner"
    assert made().row("given", "ask") is None
