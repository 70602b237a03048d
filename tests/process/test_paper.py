"""The processes that come next stand on paper: the engine must be able to say each of them."""

import pytest

from tests.process import laws, paper
from webapp.core.process import Process

PROCESSES = paper.processes()


def test_every_process_that_is_to_come_stands_on_the_page() -> None:
    assert [process.name for process in PROCESSES] == [
        "Change set of borders",
        "Responsibility letter",
        "Evaluation sheet",
        "Transfer",
        "Objection",
        "Closing with three marks",
        "Ledger item",
        "Closing of a ledger item",
        "Accountability by part 13",
        "Accountability, route A and route B",
        "Accountability, route A and route B",
    ]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_process_on_paper_keeps_the_laws(process: Process) -> None:
    laws.laws(process)


def test_the_page_needs_what_reports_do_not() -> None:
    """Holders that are no role, several clocks in a state, clocks that go on, guards in both columns, and the sweep."""
    assert any(relation.role is None for process in PROCESSES for relation in process.relations.values())
    assert any(len(state.clocks) > 1 for process in PROCESSES for state in process.states.values())
    moves = [move for process in PROCESSES for move in process.moves]
    assert any(move.clocks for move in moves)
    assert any(move.only_if for move in moves) and any(move.unless for move in moves)
    assert any(relation.of == "clock" for process in PROCESSES for relation in process.relations.values())


def test_a_ledger_item_closes_in_the_five_steps_of_the_text_and_a_refusal_goes_one_step_back() -> None:
    process = next(process for process in PROCESSES if process.name == "Closing of a ledger item")
    steps = list(process.states)
    assert steps == ["review", "publication", "application", "check", "filing", "filed"]
    for move in process.moves:
        if move.action == "pass":
            assert steps.index(move.target) == steps.index(move.source) + 1
        if move.action == "refuse":
            assert steps.index(move.target) == steps.index(move.source) - 1


def test_an_outside_body_is_answered_for_by_the_sender_and_by_nobody_else() -> None:
    process = next(process for process in PROCESSES if process.name == "Transfer")
    for outside, who in ((False, "receiver"), (True, "sender")):
        facts = {"outside": outside}
        for state in ("sent", "received"):
            others = set(process.relations) - {who}
            assert process.open_moves(state, {who}, facts)
            assert process.open_moves(state, others, facts) == ()
