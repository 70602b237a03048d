"""The laws held against the report's table, and against the table with every single thing in it changed.

A changed table on which all laws stay silent is a survivor, and means that a slip of the same kind would go unseen.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.process import laws, report_laws
from tests.process.laws import Law, row
from tests.process.report_laws import VILLAGE, WORLD
from webapp.access import ROLES
from webapp.core.process import START, BrokenTable, Move, Process, Relation
from webapp.report.workflow import REPORT

ALL, STATES = REPORT.moves, REPORT.states
Changed = tuple[str, Process | BrokenTable]
EVERY_LAW = (*laws.LAWS, *report_laws.LAWS)


def test_the_laws_hold() -> None:
    laws.laws(
        REPORT,
        names=WORLD.names,
        words=WORLD.words,
        tabs=WORLD.tabs,
        closing=WORLD.closing,
        more=report_laws.LAWS,
    )


def is_silent(table: Process | BrokenTable) -> bool:
    """Whether no law says anything to a changed table."""
    return next(laws.faults(table, WORLD, report_laws.LAWS), None) is None


# --- the same laws on changed tables -----------------------------------------------------------------


def changed(**tables: Any) -> Process | BrokenTable:
    """The process with other tables, or why it is none."""
    try:
        return replace(REPORT, **tables)
    except BrokenTable as broken:
        return broken


def _instead(move: Move, **changes: Any) -> Process | BrokenTable:
    return changed(moves=tuple(replace(other, **changes) if other is move else other for other in ALL))


def _states(states: Mapping[str, Any]) -> Process | BrokenTable:
    return changed(states=dict(states))


def removed_rows() -> Iterator[Changed]:
    """Each move, each state and each holder taken out."""
    for move in ALL:
        yield f"without {row(move)}", changed(moves=tuple(other for other in ALL if other is not move))
    for gone in STATES:
        yield f"without {gone}", _states({name: state for name, state in STATES.items() if name != gone})
    for gone in REPORT.relations:
        yield f"without {gone}", changed(relations={k: v for k, v in REPORT.relations.items() if k != gone})
    for gone in REPORT.guards:
        yield f"without {gone}", changed(guards={k: v for k, v in REPORT.guards.items() if k != gone})


def doubled_rows() -> Iterator[Changed]:
    """Each move a second time, leading elsewhere."""
    for move in ALL:
        for target in STATES.keys() - {move.target}:
            yield f"{row(move)} and to {target}", changed(moves=(*ALL, replace(move, target=target)))


def other_holders_of_moves() -> Iterator[Changed]:
    """Each move by another holder, by one more, and by one less."""
    for move in ALL:
        for name in {*REPORT.relations, *ROLES}:
            for by in ({name}, move.by | {name}, move.by - {name}):
                if by != move.by:
                    yield f"{row(move)} by {sorted(by)}", _instead(move, by=frozenset(by))


def other_ways() -> Iterator[Changed]:
    """Each move from or to another state."""
    for move in ALL:
        for state in STATES:
            if state != move.target:
                yield f"{row(move)} to {state}", _instead(move, target=state)
            if state != move.source:
                yield f"{row(move)} from {state}", _instead(move, source=state)
        yield f"{row(move)} from nowhere", _instead(move, source="nowhere" if move.source == START else START)


def other_needs() -> Iterator[Changed]:
    """Each move without one of its facts, and with one that no form has."""
    for move in ALL:
        for need in move.needs:
            fewer = tuple(other for other in move.needs if other != need)
            yield f"{row(move)} without {need}", _instead(move, needs=fewer)
        yield f"{row(move)} with a stray", _instead(move, needs=(*move.needs, "shoe_size"))


def other_guards() -> Iterator[Changed]:
    """Each move with a guard more, a guard less, and a guard that nobody knows, in both columns."""
    for move in ALL:
        for guard in (*REPORT.guards, "full_moon"):
            for column in ("only_if", "unless"):
                other = getattr(move, column) ^ {guard}
                yield f"{row(move)} {column} {sorted(other)}", _instead(move, **{column: frozenset(other)})


def other_clocks_of_moves() -> Iterator[Changed]:
    """Each move that keeps, pauses or resumes a clock of its states, or does what no clock can."""
    for move in ALL:
        ends = [STATES[name] for name in (move.source, move.target) if name in STATES]
        for clock in {name for state in ends for name in state.clocks} | {"some_day"}:
            for change in ("keep", "pause", "resume", "wind"):
                yield f"{row(move)} {change}:{clock}", _instead(move, clocks=((change, clock),))


def other_states() -> Iterator[Changed]:
    """Each state with another holder, without one, with another clock, one more, none; and one that nobody thought
    of."""
    limits = [*sorted(report_laws.LIMITS), "some_day"]
    for name, state in STATES.items():
        for holder in {*ROLES, None, "nobody"} - {state.holder}:
            yield f"{name} held by {holder}", _states(STATES | {name: replace(state, holder=holder)})
        for clocks in ((), *((limit,) for limit in limits), *((*state.clocks, limit) for limit in limits)):
            if clocks != state.clocks:
                yield f"{name} with {clocks}", _states(STATES | {name: replace(state, clocks=clocks)})
    suspended = replace(STATES["county"], name="suspended")
    yield "a state of its own", _states(STATES | {"suspended": suspended})


def other_relations() -> Iterator[Changed]:
    """Each holder as another role, as nobody's, and of something else."""
    for name, relation in REPORT.relations.items():
        cells: list[Relation] = [replace(relation, role=role) for role in {*ROLES, None} - {relation.role}]
        cells += [replace(relation, of=of) for of in {"grid", "lead", "moon"} - {relation.of}]
        for cell in cells:
            yield f"{cell}", changed(relations={**REPORT.relations, name: cell})


CHANGES = (
    removed_rows,
    doubled_rows,
    other_holders_of_moves,
    other_ways,
    other_needs,
    other_guards,
    other_clocks_of_moves,
    other_states,
    other_relations,
)


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: changes.__name__)
def test_no_slip_in_the_table_goes_unseen(changes: Callable[[], Iterator[Changed]]) -> None:
    survivors = [name for name, table in changes() if is_silent(table)]
    assert survivors == [], "\n".join(survivors)


@pytest.mark.parametrize("law", EVERY_LAW, ids=lambda law: law.__name__)
def test_each_law_can_turn_red(law: Law) -> None:
    tables = (table for changes in CHANGES for _, table in changes() if isinstance(table, Process))
    assert any(list(law(table, WORLD)) for table in tables)


def test_each_open_state_that_is_under_no_tab_of_its_holder_is_named() -> None:
    for name, state in STATES.items():
        tabs = {other: holders for other, holders in (WORLD.tabs or {}).items() if other != name}
        found = laws.broken(REPORT, replace(WORLD, tabs=tabs))
        assert found == (
            []
            if state.is_end
            else [f"each_open_state_stands_under_a_tab_of_its_holders_desk: {name}: under no tab of {state.holder}"]
        )


def test_a_state_that_only_another_desk_shows_is_named() -> None:
    tabs = {**(WORLD.tabs or {}), "handling": {"county_office"}}
    assert "handling: under no tab of department_liaison" in str(laws.broken(REPORT, replace(WORLD, tabs=tabs)))


def test_a_law_says_everything_that_is_wrong_and_whole() -> None:
    with pytest.raises(AssertionError) as failure:
        laws.laws(REPORT, tabs={})
    lines = str(failure.value).splitlines()
    assert lines[0] == "process report:"
    assert len(lines) == 1 + len(STATES) - len(REPORT.ends)
    assert all(line.startswith("each_open_state_stands_under_a_tab_of_its_holders_desk: ") for line in lines[1:])


def new_rows() -> Iterator[Move]:
    """Known actions as new rows: every action, from every state, to every other, by every holder."""
    known = {(move.action, move.source) for move in ALL}
    for action in sorted({move.action for move in ALL}):
        like = next(move for move in ALL if move.action == action)
        for source in (*STATES, START):
            for target in STATES:
                for name in REPORT.relations:
                    if (action, source) not in known and target != source:
                        yield replace(like, source=source, target=target, by=frozenset({name}))


def test_new_row_that_no_law_forbids_still_keeps_the_village_and_the_handler_from_closing() -> None:
    feared = [move for move in new_rows() if move.target == "closed" or (move.by & VILLAGE and move.target == "void")]
    assert len(feared) > 500
    assert [row(move) for move in feared if is_silent(changed(moves=(*ALL, move)))] == []
