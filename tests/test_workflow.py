"""The laws of the process, held against the table, and against the table with every single thing in it changed.

A law is a function from a table to what is wrong with it. A changed table on which all laws stay silent is a survivor,
and means that a slip of the same kind would go unseen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import pytest

import seeds
from tests import make
from tests.conftest import World
from webapp.access import MATRIX, ROLES
from webapp.core import clock
from webapp.core.errors import Refused
from webapp.report import effects, labels, service, workflow
from webapp.report.forms import FIELDS, ReportForm
from webapp.report.workflow import ALL, HANDLING, START, Move

LIMITS = {row.code for row in seeds.read("limits")}
VILLAGE = {"grid_officer", "station_officer"}
BY_BODY = {"station_officer", "department_liaison"}
FIRST_FACTS = ("place", "problem", "first_measure", "note")
SILENT = {
    ("receive", "handling"),
    ("confirm", "closed"),
}  # may say nothing: what is said there stands in the move before


@dataclass(frozen=True)
class Table:
    """A table of states and moves, the real one or a changed one."""

    states: dict[str, dict[str, str]]
    moves: tuple[Move, ...]

    @property
    def ends(self) -> set[str]:
        """States in which nobody has anything to do."""
        return {state for state, row in self.states.items() if row["holder"] == "-" and row["clock"] == "-"}

    def leaving(self, state: str) -> list[Move]:
        """The moves out of a state."""
        return [move for move in self.moves if move.source == state]

    def reached(self, first: str) -> set[str]:
        """The states that a report can come to from ``first`` without having been closed on the way."""
        seen, waiting = {first}, [first]
        while waiting:
            here = waiting.pop()
            onward = {move.target for move in self.leaving(here)} if here not in self.ends else set()
            waiting += onward - seen
            seen |= onward
        return seen


REAL = Table(workflow.STATES, ALL)
Law = Callable[[Table], Iterator[str]]


def every_name_exists(table: Table) -> Iterator[str]:
    """Holders and roles, clocks, states and facts are things that the rest of the program knows."""
    for state, row in table.states.items():
        if row["holder"] not in {*ROLES, "-"} or row["clock"] not in {*LIMITS, "-"}:
            yield f"{state}: unknown holder or clock"
    for move in table.moves:
        known = set(FIELDS) if move.source != START else set(vars(ReportForm))
        if (
            not move.roles
            or not move.roles <= set(ROLES)
            or move.target not in table.states
            or move.source not in {*table.states, START}
            or not set(move.needs) <= known
        ):
            yield f"{move}: unknown name"


def every_thing_has_its_words(table: Table) -> Iterator[str]:
    """A label for each state, a button for each action, a reason for each arrival; no words for what is not there."""
    yield from _differences("state", set(table.states), set(labels.STATES))
    yield from _differences("reason", {(move.action, move.target) for move in table.moves}, set(labels.WHY))
    yield from _differences(
        "holder", {row["holder"] for row in table.states.values()} - {"-"} - set(labels.HOLDERS), set()
    )
    actions = {move.action for move in table.moves}
    yield from _differences("action", actions - set(labels.ACTIONS), set())
    of_states = {key.partition(":")[::2] for key in labels.ACTIONS if ":" in key}
    yield from _differences("button", of_states - {(move.action, move.target) for move in table.moves}, set())
    yield from _differences("effect", {action for action, _ in effects.EFFECTS} - actions, set())


def _differences(what: str, there: set[Any], wanted: set[Any]) -> Iterator[str]:
    for name in sorted(there ^ wanted, key=str):
        yield f"{what} {name}"


def every_fact_is_asked_for_somewhere(table: Table) -> Iterator[str]:
    """Each group of fields belongs to a move, and holds a field of the name that ``step`` looks for."""
    asked = {need for move in table.moves if move.source != START for need in move.needs}
    yield from _differences("fields", set(FIELDS), asked)
    yield from (f"{need}: no such field" for need, fields in FIELDS.items() if need not in dict(fields))


def every_open_state_has_holder_and_clock(table: Table) -> Iterator[str]:
    """Somebody has to do something by some day, in every state but the two ends."""
    for state, row in table.states.items():
        if "-" in row.values() and state not in {"closed", "void"}:
            yield f"{state}: no holder or no clock"
    yield from _differences("end", table.ends, {"closed", "void"})


def the_holder_can_act_and_nobody_else(table: Table) -> Iterator[str]:
    """Who holds a report moves it, and nobody moves what rests with another."""
    for state, row in table.states.items():
        movers = {role for move in table.leaving(state) for role in move.roles}
        if state not in table.ends and movers != {row["holder"]}:
            yield f"{state}: held by {row['holder']}, moved by {movers}"


def the_permission_table_lets_each_mover_move(table: Table) -> Iterator[str]:
    """The two tables agree: who may report at all, who may move and read, and who has nothing to move."""
    for move in table.moves:
        action = "report.submit" if move.source == START else "report.move"
        yield from (
            f"{move.action}: {role} lacks {needed}"
            for role in move.roles & set(ROLES)
            for needed in (action, "report.read")
            if MATRIX[needed][role] == "."
        )
    for action, movers in (
        ("report.submit", [move for move in table.moves if move.source == START]),
        ("report.move", table.moves),
    ):
        holders = {role for role in ROLES if MATRIX[action][role] != "."}
        yield from _differences(action, holders - {role for move in movers for role in move.roles}, set())
    entering = [move.roles for move in table.moves if move.source == START]
    if len(set(entering)) != 1 or len(entering) != 2:
        yield "reporting and settling are for the same people"


def every_open_state_can_be_reached(table: Table) -> Iterator[str]:
    """By submitting and going on from there, without having been closed before."""
    found = {state for move in table.moves if move.action == "submit" for state in table.reached(move.target)}
    yield from (f"{state} is never reached" for state in table.states if state not in found)


def every_open_state_can_reach_closed(table: Table) -> Iterator[str]:
    """Nothing hangs for ever, and a result is not the only way: closed, not only turned down."""
    yield from (
        f"{state} never closes"
        for state in table.states
        if state not in table.ends and "closed" not in table.reached(state)
    )


def no_two_rows_answer_the_same_question(table: Table) -> Iterator[str]:
    """One action of one role in one state leads to one place."""
    for one, other in combinations(table.moves, 2):
        if (one.action, one.source) == (other.action, other.source) and one.roles & other.roles:
            yield f"{one.action} from {one.source} twice"


def a_result_is_looked_at_by_another(table: Table) -> Iterator[str]:
    """Each result waits for a check by another role, which passes it or sends it back to where it was handled."""
    results = {move.target: move for move in table.moves if move.action in HANDLING}
    waiting = {state for state, row in table.states.items() if row["clock"] == "check"}
    yield from _differences("check", set(results), waiting)
    for state, made in results.items():
        answers = {move.action: move for move in table.leaving(state)}
        if set(answers) != {"confirm", "redo"}:
            yield f"{state}: not exactly pass and send back"
            continue
        if answers["confirm"].roles & made.roles or answers["confirm"].target != "closed":
            yield f"{state}: passed by who handled, or not closed"
        if answers["redo"].target != made.source:
            yield f"{state}: not sent back to where it was handled"


def only_a_check_or_settling_closes(table: Table) -> Iterator[str]:
    """``confirm`` closes what waits for a check; ``settle`` is the one exception, for what nobody else has held yet."""
    for move in table.moves:
        waits = table.states.get(move.source, {}).get("clock") == "check"
        if (
            move.target == "closed"
            and not (move.action == "confirm" and waits)
            and (move.action, move.source) != ("settle", START)
        ):
            yield f"{move.action} closes from {move.source}"


def a_village_alone_ends_nothing(table: Table) -> Iterator[str]:
    """Neither its officer nor its committee ends a matter, except by settling a minor one."""
    for move in table.moves:
        if move.roles & VILLAGE and move.target in table.ends and move.action != "settle":
            yield f"{move.action}: a village ends it"


def each_deciding_desk_has_every_answer(table: Table) -> Iterator[str]:
    """Township and county each can send a new matter on, send it back and turn it down. The county alone reopens what
    ended, but for what was settled on the spot: that its township takes up when it looks again."""
    for state, back in (("township", "returned"), ("county", "township")):
        found = {move.action: move.target for move in table.leaving(state)}
        if found.get("give_back") != back or found.get("dismiss") != "void" or len(found) < 3:
            yield f"{state}: an answer is missing"
    after = [(move.action, move.source, move.target, *move.roles) for move in table.moves if move.source in table.ends]
    if after != [
        ("reopen", "closed", "county", "county_office"),
        ("reopen", "void", "county", "county_office"),
        ("unsettle", "closed", "township", "township_supervisor"),
    ]:
        yield "what ended is reopened by the county alone, at its desk"


def handing_over_names_whom_and_until_when(table: Table) -> Iterator[str]:
    """A desk that hands a report to a body says to which and by what day; nothing else does."""
    for move in table.moves:
        here, there = (table.states.get(state, {}) for state in (move.source, move.target))
        hands_over = (
            there.get("holder") in BY_BODY and here.get("holder") not in BY_BODY and here.get("clock") != "check"
        )
        if hands_over != ({"body", "due"} <= set(move.needs)):
            yield f"{move.action} to {move.target}: body and day"


def no_move_is_silent(table: Table) -> Iterator[str]:
    """Each move says what the next one needs to know; what its sentence quotes, it has asked for."""
    for move in table.moves:
        if not move.needs and (move.action, move.target) not in SILENT:
            yield f"{move.action} to {move.target} says nothing"
        sentence = labels.WHY.get((move.action, move.target), "")
        for fact in ("reason", "missing"):
            if (f"%({fact})s" in sentence) != (fact in move.needs):
                yield f"{move.action} to {move.target}: {fact}"
        if move.source == START and move.needs != FIRST_FACTS:
            yield f"{move.action}: not the five fields"


def what_waits_to_be_received_can_be_declined(table: Table) -> Iterator[str]:
    """A department receives what was dispatched to it or sends it back to the county, and after receiving handles it."""
    for state, row in table.states.items():
        if row["clock"] == "receive" and {move.action for move in table.leaving(state)} != {"receive", "bounce"}:
            yield f"{state}: not exactly receive and decline"
    yield from (
        f"bounce to {move.target}" for move in table.moves if move.action == "bounce" and move.target != "county"
    )


def results_and_checks_are_written_down(table: Table) -> Iterator[str]:
    """A township that closes a matter writes what it saw; who handled it says what came of it."""
    for move in table.moves:
        if move.action == "confirm" and "township_supervisor" in move.roles and move.needs != ("note",):
            yield f"confirm from {move.source} without a note"
        if move.action in HANDLING and "result" not in move.needs:
            yield f"handle from {move.source} without a result"


LAWS: tuple[Law, ...] = (
    every_name_exists,
    every_thing_has_its_words,
    every_fact_is_asked_for_somewhere,
    every_open_state_has_holder_and_clock,
    the_holder_can_act_and_nobody_else,
    the_permission_table_lets_each_mover_move,
    every_open_state_can_be_reached,
    every_open_state_can_reach_closed,
    no_two_rows_answer_the_same_question,
    a_result_is_looked_at_by_another,
    only_a_check_or_settling_closes,
    a_village_alone_ends_nothing,
    each_deciding_desk_has_every_answer,
    handing_over_names_whom_and_until_when,
    no_move_is_silent,
    what_waits_to_be_received_can_be_declined,
    results_and_checks_are_written_down,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law_holds(law: Law) -> None:
    assert list(law(REAL)) == []


# --- the same laws on changed tables -----------------------------------------------------------------


def _without(move: Move) -> tuple[Move, ...]:
    return tuple(other for other in ALL if other is not move)


def _instead(move: Move, **changes: Any) -> Table:
    return Table(REAL.states, tuple(replace(other, **changes) if other is move else other for other in ALL))


def _state(state: str, **changes: str) -> Table:
    return Table(REAL.states | {state: REAL.states[state] | changes}, ALL)


def removed_rows() -> Iterator[tuple[str, Table]]:
    """Each move, and each state, taken out."""
    for move in ALL:
        yield f"without {move}", Table(REAL.states, _without(move))
    for gone in REAL.states:
        yield f"without {gone}", Table({name: row for name, row in REAL.states.items() if name != gone}, ALL)


def doubled_rows() -> Iterator[tuple[str, Table]]:
    """Each move a second time, leading elsewhere."""
    for move in ALL:
        for target in REAL.states.keys() - {move.target}:
            yield f"{move} and to {target}", Table(REAL.states, (*ALL, replace(move, target=target)))


def other_roles() -> Iterator[tuple[str, Table]]:
    """Each move by another role, by one more, and by one less."""
    for move in ALL:
        for role in ROLES:
            for roles in ({role}, move.roles | {role}, move.roles - {role}):
                if roles != move.roles:
                    yield f"{move.action} from {move.source} by {sorted(roles)}", _instead(move, roles=frozenset(roles))


def other_ways() -> Iterator[tuple[str, Table]]:
    """Each move from or to another state."""
    for move in ALL:
        for state in REAL.states:
            if state != move.target:
                yield f"{move.action} from {move.source} to {state}", _instead(move, target=state)
            if state != move.source:
                yield f"{move.action} to {move.target} from {state}", _instead(move, source=state)


def other_needs() -> Iterator[tuple[str, Table]]:
    """Each move without one of its facts, and with one that no form has."""
    for move in ALL:
        for need in move.needs:
            fewer = tuple(other for other in move.needs if other != need)
            yield f"{move.action} from {move.source} without {need}", _instead(move, needs=fewer)
        yield f"{move.action} from {move.source} with a stray", _instead(move, needs=(*move.needs, "shoe_size"))


def other_states() -> Iterator[tuple[str, Table]]:
    """Each state with another holder, without holder, without clock; and a new one that nobody thought through."""
    for state, row in REAL.states.items():
        for holder in {*ROLES, "-", "nobody"} - {row["holder"]}:
            yield f"{state} held by {holder}", _state(state, holder=holder)
        for limit in {"-", "some_day"} - {row["clock"]}:
            yield f"{state} with clock {limit}", _state(state, clock=limit)
    yield "a state of its own", Table(REAL.states | {"suspended": {"holder": "county_office", "clock": "check"}}, ALL)


def new_rows() -> Iterator[tuple[str, Table]]:
    """Known actions as new rows: every action, from every state, to every other, by every role that moves reports."""
    known = {(move.action, move.source) for move in ALL}
    for action in sorted({move.action for move in ALL}):
        needs = next(move.needs for move in ALL if move.action == action)
        for source in (*REAL.states, START):
            for target in REAL.states:
                for role in (
                    "grid_officer",
                    "station_officer",
                    "department_liaison",
                    "township_supervisor",
                    "county_office",
                ):
                    if (action, source) not in known and target != source:
                        yield (
                            f"{action} {source} to {target} by {role}",
                            Table(REAL.states, (*ALL, Move(action, source, target, frozenset({role}), needs))),
                        )


CHANGES = (removed_rows, doubled_rows, other_roles, other_ways, other_needs, other_states)


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: changes.__name__)
def test_no_slip_in_the_table_goes_unseen(changes: Callable[[], Iterator[tuple[str, Table]]]) -> None:
    survivors = [name for name, table in changes() if not any(fault for law in LAWS for fault in law(table))]
    assert survivors == []


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_each_law_can_turn_red(law: Law) -> None:
    assert any(list(law(table)) for changes in CHANGES for _, table in changes())


def test_new_row_that_no_law_forbids_still_keeps_the_village_and_the_handler_from_closing() -> None:
    allowed = [table.moves[-1] for _, table in new_rows() if not any(fault for law in LAWS for fault in law(table))]
    assert [
        move for move in allowed if move.target == "closed" or (move.roles & VILLAGE and move.target == "void")
    ] == []


# --- step and the service ------------------------------------------------------------------------------


def test_step_asks_for_each_fact_by_its_field() -> None:
    for move in ALL:
        for need in move.needs:
            given = {other: "x" for other in move.needs if other != need}
            with pytest.raises(Refused) as refusal:
                workflow.step(move.source, move.action, move.roles, given, sampled=False)
            assert refusal.value.field == need


def test_step_refuses_roles_that_do_not_hold_the_report() -> None:
    for move in ALL:
        with pytest.raises(Refused):
            workflow.step(
                move.source, move.action, set(ROLES) - move.roles, dict.fromkeys(move.needs, "x"), sampled=False
            )


def test_what_does_not_wait_to_be_looked_at_again_is_not_taken_up_by_the_township() -> None:
    assert (
        workflow.step("closed", "unsettle", {"township_supervisor"}, {"reason": "x"}, sampled=False).target
        == "township"
    )
    with pytest.raises(Refused):
        workflow.step("closed", "unsettle", {"township_supervisor"}, {"reason": "x"})


def test_step_lets_no_handler_pass_his_own_result_whatever_roles_he_has() -> None:
    checks = [move for move in ALL if move.action == "confirm"]
    assert len(checks) == 3
    for move in checks:
        given = dict.fromkeys(move.needs, "x")
        assert workflow.step(move.source, "confirm", ROLES, given) == move
        with pytest.raises(Refused, match="somebody else"):
            workflow.step(move.source, "confirm", ROLES, given, handled=True)


def test_person_who_handled_cannot_pass_it_in_another_role(world: World) -> None:
    """Two hats: the same person is posted to the township's team and to its office."""
    with world.store.write() as session:
        make.posting(session, world.people["station_a"], "township_supervisor", grid=world.grids["A"])
    entry = make.report(world.grids["A1"])

    def act(login: str, action: str, seen: str, **given: Any) -> str:
        with world.store.write() as session:
            return service.move(session, make.actor(session, login), entry.id, make.move(action, seen, **given)).state

    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    act("township_a", "assign", "township", body=world.bodies["station_a"], due=clock.today().isoformat())
    assert act("station_a", "handle", "station", result="true", done="cleared") == "station_done"
    with pytest.raises(Refused, match="somebody else"):
        act("station_a", "confirm", "station_done", note="clean")
    assert act("township_a", "confirm", "station_done", note="clean") == "closed"
