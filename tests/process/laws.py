"""Laws that hold for every process there is. A law is a function from a process to what is wrong with it.

``laws(process, …)`` runs them all. What is not given (the words of a process that has no pages yet) is not asked for.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from webapp.core.process import START, BrokenTable, Move, Process


@dataclass(frozen=True)
class Words:
    """The words of a process: for each state, button ("action" or "action:target"), arrival and holder."""

    states: Collection[str]
    actions: Collection[str]
    reasons: Collection[tuple[str, str]]
    holders: Collection[str]
    aside: Collection[str] = ()  # acts beside the state, which have words and are no moves


@dataclass(frozen=True)
class Names:
    """What the rest of the program knows: roles, what a relation can be ``of``, time limits, and fields of forms."""

    roles: Collection[str]
    places: Collection[str]
    limits: Collection[str]
    fields: Collection[str]
    first_fields: Collection[str]  # of the form by which a thing comes to be


@dataclass(frozen=True)
class World:
    """What a process is held against: ``closing`` are the ends that every open state must come to, all when empty.

    ``tabs`` says for each state which holders find it under a tab of their desk.
    """

    names: Names | None = None
    words: Words | None = None
    tabs: Mapping[str, Collection[str]] | None = None
    closing: Collection[str] = field(default=())


Law = Callable[[Process, World], Iterator[str]]


def differences(what: str, there: Iterable[Any], wanted: Iterable[Any]) -> Iterator[str]:
    """What one has and the other lacks."""
    for name in sorted(set(there) ^ set(wanted), key=str):
        yield f"{what} {name}"


def reached(process: Process, first: str) -> set[str]:
    """The states that a thing can come to from ``first`` without having ended on the way."""
    seen, waiting = {first}, [first]
    while waiting:
        here = waiting.pop()
        onward = set() if here in process.ends else {move.target for move in process.leaving(here)}
        waiting += onward - seen
        seen |= onward
    return seen


def every_name_exists(process: Process, world: World) -> Iterator[str]:
    """Roles, places, clocks and facts are things that the rest of the program knows. The tables among each other are
    held together by ``Process`` itself."""
    if world.names is None:
        return
    for relation in process.relations.values():
        if relation.role not in {None, *world.names.roles} or relation.of not in world.names.places:
            yield f"holder {relation.name}: unknown role or place"
    for state in process.states.values():
        yield from (f"{state.name}: unknown clock {name}" for name in set(state.clocks) - set(world.names.limits))
    for move in process.moves:
        known = world.names.first_fields if move.source == START else world.names.fields
        yield from (f"{move.action}: unknown fact {need}" for need in move.needs if need not in known)


def every_thing_has_its_words(process: Process, world: World) -> Iterator[str]:
    """A label for each state, a button for each action, a reason for each arrival; no words for what is not there."""
    words = world.words
    if words is None:
        return
    yield from differences("state", process.states, words.states)
    yield from differences("reason", ((move.action, move.target) for move in process.moves), words.reasons)
    yield from (f"holder {name}" for name in process.holdings if name not in words.holders)
    actions = {move.action for move in process.moves} | set(words.aside)
    yield from differences("action", actions, (key for key in words.actions if ":" not in key))
    arrivals = {(move.action, move.target) for move in process.moves}
    yield from (f"button {key}" for key in words.actions if ":" in key and tuple(key.split(":")) not in arrivals)


def every_open_state_has_holder_and_clock(process: Process, world: World) -> Iterator[str]:
    """Somebody has to do something by some day, in every state but the ends; and there is an end."""
    for state in process.states.values():
        if not state.is_end and (state.holder is None or not state.clocks):
            yield f"{state.name}: no holder or no clock"
    if not process.ends:
        yield "there is no end"


def every_holder_can_act(process: Process, world: World) -> Iterator[str]:
    """Who holds a thing has a move to make."""
    for state in process.states.values():
        if state.holder is not None and not any(state.holder in move.by for move in process.leaving(state.name)):
            yield f"{state.name}: held by {state.holder}, who can do nothing"


def every_state_can_be_reached(process: Process, world: World) -> Iterator[str]:
    """From the beginning and going on from there, without having ended before."""
    found = {state for move in process.leaving(START) for state in reached(process, move.target)}
    yield from (f"{state} is never reached" for state in process.states if state not in found)


def every_open_state_can_close(process: Process, world: World) -> Iterator[str]:
    """Nothing hangs for ever."""
    closing = set(world.closing) or process.ends
    yield from (
        f"{state} never closes"
        for state in process.states
        if state not in process.ends and not closing & reached(process, state)
    )


def no_two_rows_answer_the_same_question(process: Process, world: World) -> Iterator[str]:
    """One action of one holder in one state leads to one place, unless guards keep the rows apart."""
    for one, other in combinations(process.moves, 2):
        same = (one.action, one.source) == (other.action, other.source) and one.by & other.by
        if same and not (one.only_if & other.unless or one.unless & other.only_if):
            yield f"{one.action} from {one.source} twice"


def each_open_state_stands_under_a_tab_of_its_holders_desk(process: Process, world: World) -> Iterator[str]:
    """What somebody has to do he finds, before it is late."""
    if world.tabs is None:
        return
    for state in process.states.values():
        if state.holder is not None and state.holder not in world.tabs.get(state.name, ()):
            yield f"{state.name}: under no tab of {state.holder}"


LAWS: tuple[Law, ...] = (
    every_name_exists,
    every_thing_has_its_words,
    every_open_state_has_holder_and_clock,
    every_holder_can_act,
    every_state_can_be_reached,
    every_open_state_can_close,
    no_two_rows_answer_the_same_question,
    each_open_state_stands_under_a_tab_of_its_holders_desk,
)


def broken(process: Process | BrokenTable, world: World, more: Iterable[Law] = ()) -> list[str]:
    """What is wrong with a process by the general laws and its own, law by law; a table that does not fit is wrong
    itself."""
    return list(faults(process, world, more))


def faults(process: Process | BrokenTable, world: World, more: Iterable[Law] = ()) -> Iterator[str]:
    """The same, one by one: who only asks whether anything is wrong need not wait for the other laws."""
    if isinstance(process, BrokenTable):
        yield str(process)
        return
    yield from (f"{law.__name__}: {fault}" for law in (*LAWS, *more) for fault in law(process, world))


def laws(
    process: Process,
    *,
    names: Names | None = None,
    words: Words | None = None,
    tabs: Mapping[str, Collection[str]] | None = None,
    closing: Collection[str] = (),
    more: Iterable[Law] = (),
) -> None:
    """Hold a process against all laws; the failure says everything that is wrong, whole."""
    found = broken(process, World(names, words, tabs, closing), more)
    if found:
        raise AssertionError("\n".join([f"process {process.name}:", *found]))


def row(move: Move) -> str:
    """A row as it is spoken of in a failure."""
    return f"{move.action} {move.source} → {move.target} by {','.join(sorted(move.by))}"
