"""THE process of a report: its states, who holds each, which clock runs, and every move there is.

Pure data and one function. ``clock`` names a row of the time limits, so no number of days is in code. Acts beside the
state (a site look and its answer, a cooperating body's result, sampling, a correction of the problem type) are no
moves and stand in ``service.py``. Words and buttons: docs/glossary.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.errors import N_, Refused
from ..core.tables import table

STATES = {
    row["state"]: row
    for row in table("""
state            holder                  clock
township         township_supervisor     review
returned         grid_officer            supplement
station          station_officer         station_handle   # village committee or the township's own station
station_done     township_supervisor     check
township_done    county_office           check
county           county_office           dispatch
department       department_liaison      receive
handling         department_liaison      handle
department_done  township_supervisor     check
closed           -                       -
void             -                       -
""")
}

MOVES = table("""
action      from             to               role                              needs
submit      -                township         grid_officer,township_supervisor  place,problem,first_measure,note   # township: typed for a named officer
settle      -                closed           grid_officer,township_supervisor  place,problem,first_measure,note   # minor, no enforcement type; in a list to sample
assign      township         station          township_supervisor               body,due
raise       township         county           township_supervisor               reason
give_back   township         returned         township_supervisor               missing
handle      township         township_done    township_supervisor               result
dismiss     township         void             township_supervisor               reason
supplement  returned         township         grid_officer                      note   # and a better place or photos, if he has them
cannot_add  returned         township         grid_officer                      reason
handle      station          station_done     station_officer                   result
confirm     station_done     closed           township_supervisor               note
redo        station_done     station          township_supervisor               reason
confirm     township_done    closed           county_office                     -
redo        township_done    township         county_office                     reason
dispatch    county           department       county_office                     body,ground,due   # body = lead + cooperating; ground = duty, none_listed, minutes, instruction
give_back   county           township         county_office                     reason
dismiss     county           void             county_office                     reason
receive     department       handling         department_liaison                -                 # step E: or the sweep, when the receipt limit passes
bounce      department       county           department_liaison                duty_or_none,reason
handle      handling         department_done  department_liaison                result
confirm     department_done  closed           township_supervisor               note
redo        department_done  handling         township_supervisor               reason
reopen      closed           county           county_office                     reason
reopen      void             county           county_office                     reason
unsettle    closed           township         township_supervisor               reason   # settled on the spot, looked at again, not in order
""")

START = "-"
ENDS = frozenset(state for state, row in STATES.items() if row["holder"] == "-")
HANDLING = frozenset({"handle"})  # who did one of these on a report may not confirm it
SAMPLING = frozenset({"unsettle"})  # only of what was settled on the spot and waits to be looked at again
RECEIVING = frozenset({"department"})  # the work has not begun: a day that the desk set only shortens the limit


@dataclass(frozen=True)
class Move:
    """One row of the table: what is done, from where to where, by which roles, with which facts."""

    action: str
    source: str
    target: str
    roles: frozenset[str]
    needs: tuple[str, ...]


ALL = tuple(
    Move(
        row["action"],
        row["from"],
        row["to"],
        frozenset(row["role"].split(",")),
        tuple(need for need in row["needs"].split(",") if need != "-"),
    )
    for row in MOVES
)


def open_moves(state: str, roles: Collection[str], *, handled: bool = False, sampled: bool = True) -> tuple[Move, ...]:
    """The moves that holders of ``roles`` have in a state, in the table's order.

    ``handled``: the one who asks handled it himself. ``sampled``: it does not wait to be looked at again.
    """
    return tuple(
        move
        for move in ALL
        if move.source == state
        and move.roles & set(roles)
        and not (handled and move.action == "confirm")
        and not (sampled and move.action in SAMPLING)
    )


def step(
    state: str,
    action: str,
    roles: Collection[str],
    given: Mapping[str, Any],
    *,
    handled: bool = False,
    sampled: bool = True,
) -> Move:
    """The move that ``action`` makes from ``state``, or Refused with the reason.

    ``roles`` are those that reach *this* report; ``handled`` and ``sampled`` as in ``open_moves``.
    """
    for move in open_moves(state, roles, sampled=sampled):
        if move.action != action:
            continue
        if action == "confirm" and handled:
            raise Refused(N_("You handled this yourself; somebody else has to look and close it."))
        for need in move.needs:
            if not given.get(need):
                raise Refused(N_("Please fill this in."), field=need)
        return move
    raise Refused(N_("This cannot be done in the present state."))
