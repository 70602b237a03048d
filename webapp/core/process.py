"""A process as three text tables: who can hold a thing, the states it can be in, and every move there is.

Pure: no database, no page, no clock. A domain writes the tables and asks them; docs/processes.md shows what they can
say.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import N_, Refused
from .tables import table

START = "-"  # where a thing comes from that is not there yet
CANNOT = N_("This cannot be done at this stage.")
FILL_IN = N_("Please fill this in.")
CLOCK_CHANGES = ("keep", "pause", "resume")
#: The action of a row that takes the last move back: the thing is again in the state before, with the limit and since
#: the moment from before, as if nothing had been done; both moves stand in the history.
UNDO = "undo"
COLUMNS = {
    "holders": ({"holder", "role", "of"}, set()),
    "states": ({"state", "holder", "clocks"}, set()),
    "moves": ({"action", "from", "to", "by", "needs"}, {"if", "unless", "clocks"}),
}

#: What is so of a thing and of who asks, by the names that stand in the columns ``if`` and ``unless``.
Facts = Mapping[str, bool]


class BrokenTable(ValueError):
    """The tables of a process do not fit together; the message names everything that is missing."""


@dataclass(frozen=True)
class Relation:
    """What somebody is to a thing: a ``role`` posted ``of`` something the thing names (its grid, the body that leads
    it).

    Without a role it is whoever speaks for that body, or the very person that the thing names.
    """

    name: str
    role: str | None
    of: str


@dataclass(frozen=True)
class State:
    """Where a thing can stand: the relation that holds it there, and the clocks that run there."""

    name: str
    holder: str | None
    clocks: tuple[str, ...]

    @property
    def is_end(self) -> bool:
        """Whether nobody has anything to do any more."""
        return self.holder is None and not self.clocks


@dataclass(frozen=True)
class Move:
    """One row: what is done, from where to where, by which relations, with which facts typed in, under which guards.

    ``clocks`` holds pairs such as ("pause", "handle"): what goes on beyond the state that is left.
    """

    action: str
    source: str
    target: str
    by: frozenset[str]
    needs: tuple[str, ...] = ()
    only_if: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    clocks: tuple[tuple[str, str], ...] = ()

    def barred_by(self, facts: Facts) -> str | None:
        """The first guard that stands against the move, by name; None when all let it pass."""
        against = {name for name in self.only_if if not facts[name]} | {name for name in self.unless if facts[name]}
        return min(against) if against else None

    def made_as(self, relations: Collection[str]) -> str:
        """The relation in which somebody makes it: the first that the row allows and he has."""
        return min(self.by & set(relations))


@dataclass(frozen=True)
class Process:
    """The tables of one process. ``guards`` gives each fact of the columns ``if`` and ``unless`` its refusal, a msgid.

    BrokenTable when a name is used that no table has, or a guard is given that no row uses.
    """

    name: str
    relations: Mapping[str, Relation]
    states: Mapping[str, State]
    moves: tuple[Move, ...]
    guards: Mapping[str, str]

    def __post_init__(self) -> None:
        broken = list(_broken(self))
        if broken:
            raise BrokenTable(f"process {self.name}: {'; '.join(broken)}")

    @property
    def ends(self) -> frozenset[str]:
        """The states in which nobody has anything to do."""
        return frozenset(state.name for state in self.states.values() if state.is_end)

    @property
    def holdings(self) -> dict[str, list[str]]:
        """The states that each relation holds, in the table's order."""
        found: dict[str, list[str]] = {}
        for state in self.states.values():
            if state.holder is not None:
                found.setdefault(state.holder, []).append(state.name)
        return found

    def leaving(self, state: str) -> list[Move]:
        """The moves out of a state."""
        return [move for move in self.moves if move.source == state]

    def movers(self, action: str) -> frozenset[str]:
        """The relations that make this move, from one state or another."""
        return frozenset[str]().union(*(move.by for move in self.moves if move.action == action))

    def row(self, state: str, action: str) -> Move | None:
        """The first row of an action from a state, whoever may make it."""
        return next((move for move in self.leaving(state) if move.action == action), None)

    def open_moves(self, state: str, relations: Collection[str], facts: Facts) -> tuple[Move, ...]:
        """The moves that who stands in ``relations`` to the thing has in a state, in the table's order.

        ``facts`` must name every guard of the process, else ValueError: a fact that was forgotten opens nothing.
        """
        self._check(facts)
        return tuple(
            move for move in self.leaving(state) if not move.by.isdisjoint(relations) and not move.barred_by(facts)
        )

    def step(self, state: str, action: str, relations: Collection[str], facts: Facts, given: Mapping[str, Any]) -> Move:
        """The move that ``action`` makes from ``state``, or Refused with why not; ``given`` is what the form said."""
        self._check(facts)
        rows = [move for move in self.leaving(state) if move.action == action and not move.by.isdisjoint(relations)]
        if not rows:
            raise Refused(CANNOT)
        barriers = [move.barred_by(facts) for move in rows]
        if None not in barriers:
            raise Refused(self.guards[str(barriers[0])])
        move = rows[barriers.index(None)]
        missing = next((need for need in move.needs if not given.get(need)), None)
        if missing is not None:
            raise Refused(FILL_IN, field=missing)
        return move

    def _check(self, facts: Facts) -> None:
        if not self.guards.keys() <= facts.keys():
            missing = sorted(self.guards.keys() - facts.keys())
            raise ValueError(f"process {self.name}: nobody said whether: {', '.join(missing)}")


def read(name: str, *, holders: str, states: str, moves: str, guards: Mapping[str, str] | None = None) -> Process:
    """A process from its three text tables; BrokenTable when they do not fit. The columns: ``COLUMNS``."""
    return Process(
        name,
        _by_name(
            name, [Relation(row["holder"], _or_none(row["role"]), row["of"]) for row in _rows("holders", holders)]
        ),
        _by_name(
            name,
            [State(row["state"], _or_none(row["holder"]), _several(row["clocks"])) for row in _rows("states", states)],
        ),
        tuple(_move(row) for row in _rows("moves", moves)),
        guards or {},
    )


def _rows(what: str, text: str) -> list[dict[str, str]]:
    must, may = COLUMNS[what]
    rows = table(text) if text.strip() else []
    columns = set(rows[0]) if rows else set()
    if not must <= columns <= must | may:
        raise BrokenTable(f"{what}: columns {sorted(columns)}; must be {sorted(must)}, may be {sorted(may)}")
    return rows


def _by_name(process: str, things: list[Any]) -> dict[str, Any]:
    names = [thing.name for thing in things]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BrokenTable(f"process {process}: twice: {', '.join(twice)}")
    return {thing.name: thing for thing in things}


def _or_none(cell: str) -> str | None:
    return None if cell == "-" else cell


def _several(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(cell.split(","))


def _move(row: Mapping[str, str]) -> Move:
    return Move(
        row["action"],
        row["from"],
        row["to"],
        frozenset(_several(row["by"])),
        _several(row["needs"]),
        frozenset(_several(row.get("if", "-"))),
        frozenset(_several(row.get("unless", "-"))),
        tuple(
            (change, clock) for change, _, clock in (cell.partition(":") for cell in _several(row.get("clocks", "-")))
        ),
    )


def _broken(process: Process) -> Iterator[str]:
    """Everything that is named in one table and stands in no other."""
    for state in process.states.values():
        if state.holder is not None and state.holder not in process.relations:
            yield f"state {state.name}: no such holder: {state.holder}"
    for move in process.moves:
        row = f"{move.action} from {move.source}"
        yield from (f"{row}: no such holder: {name}" for name in sorted(move.by - process.relations.keys()))
        if not move.by:
            yield f"{row}: by nobody"
        if move.source not in {*process.states, START} or move.target not in process.states:
            yield f"{row} to {move.target}: no such state"
        if move.action == UNDO and not any(_undoes(move, other) for other in process.moves):
            yield f"{row} to {move.target}: takes no move back"
        yield from (f"{row}: {fault}" for fault in _broken_clocks(process, move))
    used = {name for move in process.moves for name in move.only_if | move.unless}
    yield from (f"no such guard: {name}" for name in sorted(used - process.guards.keys()))
    yield from (f"no row has the guard: {name}" for name in sorted(process.guards.keys() - used))


def _undoes(move: Move, other: Move) -> bool:
    return (other.source, other.target) == (move.target, move.source) and other.action != UNDO


def _broken_clocks(process: Process, move: Move) -> Iterator[str]:
    """A clock that goes on must run where the move begins (or be paused), and in the state it is resumed in."""
    here, there = (process.states[at].clocks if at in process.states else () for at in (move.source, move.target))
    for change, clock in move.clocks:
        needed = {"keep": (here, there), "pause": (here,), "resume": (there,)}.get(change)
        if needed is None:
            yield f"clocks: {change}: must be one of {', '.join(CLOCK_CHANGES)}"
        elif any(clock not in clocks for clocks in needed):
            yield f"clocks: {change}:{clock}: no such clock in that state"
