"""What is so of reports and of no other process: the laws of its table, and what the program has for its names."""

from collections.abc import Iterator

import seeds
from tests.process.laws import Law, Names, Words, World, differences
from webapp.access import MATRIX, ROLES
from webapp.core.process import START, UNDO, Move, Process
from webapp.desk import tabs
from webapp.report import effects, labels
from webapp.report.forms import FIELDS, ReportForm
from webapp.report.workflow import HANDLING, RECEIVING, REPORT, VACANT

LIMITS = {row.code for row in seeds.read("limits")}
VILLAGE = {"grid_officer", "station_officer"}
BY_BODY = {"station_officer", "department_liaison"}
FIRST_FACTS = ("place", "problem", "first_measure", "note")
ASIDE = {"ask_look", "look_answer", "coop_result", "sample", "correct", "withdraw_look", "release_part", "choose_lead"}
BY_CALENDAR = {"move_limit", "follow_border"}  # done from outside: the calendar, or borders, are changed
PLACES = {"own": "grid", "tree": "grid", "lead": "lead"}  # what a reach of the permission table is a relation of
SILENT = {
    ("receive", "handling"),
    ("confirm", "closed"),
    ("undo", "department"),
    ("undo", "township_done"),
}  # may say nothing: what is said there stands in the move before, which undo takes back


#: What who stands above does with what rests with nobody: action, from, to, by, if, unless. The rows by which each
#: office goes on with what is its own are without these guards.
FROM_ABOVE = {
    ("take_back", "returned", "township", "township_supervisor", "nobody", ""),
    ("take_back", "returned", "county", "county_office", "no_township nobody", ""),
    ("take_back", "station", "township", "township_supervisor", "nobody", ""),
    ("take_back", "station", "county", "county_office", "no_township nobody", ""),
    ("take_back", "township", "county", "county_office", "nobody", ""),
    ("take_back", "department", "county", "county_office", "nobody", ""),
    ("take_back", "handling", "county", "county_office", "nobody", ""),
    ("confirm", "station_done", "closed", "county_office", "nobody", "handled not_right"),
    ("confirm", "station_done", "closed", "county_office", "nobody not_right", "handled"),
    ("redo", "station_done", "station", "county_office", "lead nobody", ""),
    ("take_back", "station_done", "township", "township_supervisor", "no_lead", ""),
    ("take_back", "station_done", "county", "county_office", "no_lead nobody", ""),
    ("confirm", "department_done", "closed", "county_office", "nobody", "handled not_right"),
    ("confirm", "department_done", "closed", "county_office", "nobody not_right", "handled"),
    ("redo", "department_done", "handling", "county_office", "lead nobody", ""),
    ("take_back", "department_done", "county", "county_office township_supervisor", "no_lead", ""),
    ("take_back", "township_done", "county", "county_office", "no_township", ""),
}
#: Whether somebody is there is asked before anything is sent to: a village, a township, the body that did it.
BACK = {"give_back", "redo"}
ASKED = {"returned": "officer", "township": "township", "station": "lead", "handling": "lead"}


def own_rows(table: Process) -> list[Move]:
    """The moves of who holds the matter, without those of who stands above where nobody is."""
    return [move for move in table.moves if not move.only_if & VACANT]


def tabs_by_state() -> dict[str, set[str]]:
    """For each state, whose desk shows it under a tab of its own as soon as it is there."""
    found: dict[str, set[str]] = {}
    for role in ROLES:
        for state in tabs.states_covered("report", role):
            found.setdefault(state, set()).add(role)
    return found


WORLD = World(
    Names(ROLES, {"grid", "lead"}, LIMITS, FIELDS, vars(ReportForm)),
    Words(labels.STATES, labels.ACTIONS, labels.WHY, labels.HOLDERS, ASIDE | BY_CALENDAR),
    tabs_by_state(),
    {"closed"},
)


def the_ends_are_closed_and_not_accepted(table: Process, _world: World) -> Iterator[str]:
    """There are two ends, and each effect belongs to an action."""
    yield from differences("end", table.ends, {"closed", "void"})
    actions = {move.action for move in table.moves}
    yield from (f"effect {action}" for action, _ in effects.EFFECTS if action not in actions)


def every_fact_is_asked_for_somewhere(table: Process, _world: World) -> Iterator[str]:
    """Each group of fields belongs to a move, and holds a field of the name that ``step`` looks for."""
    asked = {need for move in table.moves if move.source != START for need in move.needs}
    yield from differences("fields", FIELDS, asked)
    yield from (f"{need}: no such field" for need, fields in FIELDS.items() if need not in dict(fields))


def a_holder_is_a_role_where_the_permission_table_says(table: Process, _world: World) -> Iterator[str]:
    """Histories keep the holder's name as the role; what it is a relation of is how far the role moves reports."""
    for relation in table.relations.values():
        reach = MATRIX["report.move"].get(relation.role or "", ".")
        if relation.name != relation.role or relation.of != PLACES.get(reach):
            yield f"{relation.name}: {relation.role} of {relation.of}"


def nobody_moves_what_rests_with_another(table: Process, _world: World) -> Iterator[str]:
    """Who holds a report moves it, and nobody else while somebody is there."""
    for state in table.states.values():
        movers = {name for move in own_rows(table) if move.source == state.name for name in move.by}
        if state.name not in table.ends and movers != {state.holder}:
            yield f"{state.name}: held by {state.holder}, moved by {sorted(movers)}"


def what_rests_with_nobody_is_taken_back_by_who_stands_above(table: Process, _world: World) -> Iterator[str]:
    """These rows, each with a reason or a note, and no others."""
    found = {
        (
            move.action,
            move.source,
            move.target,
            " ".join(sorted(move.by)),
            " ".join(sorted(move.only_if)),
            " ".join(sorted(move.unless)),
        )
        for move in table.moves
        if move.only_if & VACANT
    }
    yield from differences("from above", found, FROM_ABOVE)
    for move in table.moves:
        wanted = {"confirm": ("note", "against") if "not_right" in move.only_if else ("note",)}
        if move.only_if & VACANT and move.needs != wanted.get(move.action, ("reason",)):
            yield f"{move.action} from {move.source}: {move.needs}"


def the_permission_table_lets_each_mover_move(table: Process, _world: World) -> Iterator[str]:
    """The two tables agree: who may report at all, who may move and read, and who has nothing to move."""
    for move in table.moves:
        action = "report.submit" if move.source == START else "report.move"
        yield from (
            f"{move.action}: {role} lacks {needed}"
            for role in move.by & set(ROLES)
            for needed in (action, "report.read")
            if MATRIX[needed][role] == "."
        )
    for action, movers in (("report.submit", table.leaving(START)), ("report.move", table.moves)):
        holders = {role for role in ROLES if MATRIX[action][role] != "."}
        yield from differences(action, holders - {role for move in movers for role in move.by}, set())
    entering = [move.by for move in table.leaving(START)]
    if len(set(entering)) != 1 or len(entering) != 2:
        yield "reporting and settling are for the same people"


def what_is_submitted_can_come_everywhere(table: Process, _world: World) -> Iterator[str]:
    """Nothing is there for what was settled on the spot alone, which begins at its end."""
    if [move.target for move in table.leaving(START) if move.target not in table.ends] != ["township"]:
        yield "a report begins at the township"


def a_result_is_looked_at_by_another(table: Process, _world: World) -> Iterator[str]:
    """Each result waits for a check by another role, which passes it or sends it back to where it was handled."""
    results = {move.target: move for move in table.moves if move.action in HANDLING}
    waiting = {state.name for state in table.states.values() if "check" in state.clocks}
    yield from differences("check", results, waiting)
    for state, made in results.items():
        answers = {move.action: move for move in own_rows(table) if move.source == state}
        if set(answers) != {"confirm", "redo"}:
            yield f"{state}: not exactly pass and send back"
            continue
        if answers["confirm"].by & made.by or answers["confirm"].target != "closed":
            yield f"{state}: passed by who handled, or not closed"
        if answers["redo"].target != made.source:
            yield f"{state}: not sent back to where it was handled"


def only_a_check_or_settling_closes(table: Process, _world: World) -> Iterator[str]:
    """``confirm`` closes what waits for a check; ``settle`` is the one exception, for what nobody else has held yet."""
    for move in table.moves:
        waits = move.source in table.states and "check" in table.states[move.source].clocks
        if (
            move.target == "closed"
            and not (move.action == "confirm" and waits)
            and (move.action, move.source) != ("settle", START)
        ):
            yield f"{move.action} closes from {move.source}"


def guards_stand_where_they_belong(table: Process, _world: World) -> Iterator[str]:
    """Whoever handled it passes nothing, whatever roles he has; what was seen not right is passed by a row that asks
    why alone; only what waits to be looked at again is taken up; and nothing is sent back to where nobody is."""
    for move in own_rows(table):
        passes, against = move.action == "confirm", "against" in move.needs
        only_if = {"unsettle": {"waits_for_sample"}, UNDO: {"just_done"}}.get(move.action, set())
        if move.action in BACK:
            only_if = {ASKED.get(move.target)}
        unless = {"handled"} if against else {"handled", "not_right"}
        if move.unless != (unless if passes else set()):
            yield f"{move.action} from {move.source}: unless {sorted(move.unless)}"
        if move.only_if != ({"not_right"} if against else only_if):
            yield f"{move.action} from {move.source}: if {sorted(move.only_if)}"


def what_one_tap_did_is_taken_back_by_who_did_it(table: Process, _world: World) -> Iterator[str]:
    """Each move of an open report for which nothing has to be said can be taken back, to where it came from, by whoever
    makes it, and nothing else can."""
    taps = [move for move in table.moves if not move.needs and move.action != UNDO and move.source != START]
    wanted = {(move.target, move.source, move.by) for move in taps}
    found = {(move.source, move.target, move.by) for move in table.moves if move.action == UNDO}
    yield from differences("withdrawn", found, wanted)
    yield from (f"undo to {move.target} asks" for move in table.moves if move.action == UNDO and move.needs)


def what_was_seen_not_right_is_sent_back_or_passed_with_a_reason(table: Process, _world: World) -> Iterator[str]:
    """Wherever something is passed, a second row passes it against a look, asks for all that the first asks for and for
    why, and stands below the row that sends it back, which is therefore the first button."""
    checks = [move for move in table.moves if move.action in ("confirm", "redo")]
    groups = [(state, is_above) for state in table.states for is_above in (False, True)]
    for state, is_above in groups:
        rows = [move for move in checks if move.source == state and bool(move.only_if & VACANT) == is_above]
        if rows and [(move.action, "against" in move.needs) for move in rows] != [
            ("confirm", False),
            ("redo", False),
            ("confirm", True),
        ]:
            yield f"{state}: not pass, send back, pass against a look"
        elif rows and {*rows[2].needs} != {*rows[0].needs, "against"}:
            yield f"{state}: what is asked for, and why"


def a_village_alone_ends_nothing(table: Process, _world: World) -> Iterator[str]:
    """Neither its officer nor its committee ends a matter, except by settling a minor one."""
    for move in table.moves:
        if move.by & VILLAGE and move.target in table.ends and move.action != "settle":
            yield f"{move.action}: a village ends it"


def each_deciding_desk_has_every_answer(table: Process, _world: World) -> Iterator[str]:
    """Township and county each can send a new matter on, send it back and turn it down. The county alone reopens what
    ended, or takes back what it has just ended with one tap; but what was settled on the spot its township takes up
    when it looks again."""
    for state, back in (("township", "returned"), ("county", "township")):
        found = {move.action: move.target for move in table.leaving(state)}
        if found.get("give_back") != back or found.get("dismiss") != "void" or len(found) < 3:
            yield f"{state}: an answer is missing"
    after = [(move.action, move.source, move.target, *move.by) for move in table.moves if move.source in table.ends]
    if after != [
        ("reopen", "closed", "county", "county_office"),
        ("reopen", "void", "county", "county_office"),
        ("unsettle", "closed", "township", "township_supervisor"),
        ("undo", "closed", "township_done", "county_office"),
    ]:
        yield "what ended is reopened by the county alone, at its desk"


def handing_over_names_whom_and_until_when(table: Process, _world: World) -> Iterator[str]:
    """A desk that hands a report to a body says to which and by what day; nothing else does."""
    for move in table.moves:
        here, there = table.states.get(move.source), table.states[move.target]
        hands_over = there.holder in BY_BODY and not (here and (here.holder in BY_BODY or "check" in here.clocks))
        if hands_over != ({"body", "due"} <= set(move.needs)):
            yield f"{move.action} to {move.target}: body and day"


def no_move_is_silent(table: Process, _world: World) -> Iterator[str]:
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


def every_move_says_what_it_did_and_whose_it_is_now(table: Process, _world: World) -> Iterator[str]:
    """A sentence for each move, by what was done and where it led: with whom and until when where somebody holds it
    then, without where nobody does; and one for each act beside the state."""
    yield from differences("done", {(move.action, move.target) for move in table.moves}, labels.DONE)
    yield from differences("done beside", ASIDE | {UNDO}, labels.DONE_BESIDE)
    for (action, target), sentence in labels.DONE.items():
        state = table.states.get(target)
        says = "%(who)s" in sentence and ("%(due)s" in sentence or "%(at)s" in sentence)
        if state is not None and (state.holder is not None) != says:
            yield f"{action} to {target}: with whom and until when"


def what_waits_to_be_received_can_be_declined(table: Process, _world: World) -> Iterator[str]:
    """A department receives what was dispatched to it or sends it back to the county, and after receiving handles
    it."""
    for state in table.states.values():
        actions = {move.action for move in own_rows(table) if move.source == state.name}
        if RECEIVING & set(state.clocks) and actions != {"receive", "bounce"}:
            yield f"{state.name}: not exactly receive and decline"
    yield from (
        f"bounce to {move.target}" for move in table.moves if move.action == "bounce" and move.target != "county"
    )


def results_and_checks_are_written_down(table: Process, _world: World) -> Iterator[str]:
    """A township that closes a matter writes what it saw; who handled it says what came of it."""
    for move in table.moves:
        if move.action == "confirm" and "township_supervisor" in move.by and move.needs[:1] != ("note",):
            yield f"confirm from {move.source} without a note"
        if move.action in HANDLING and "result" not in move.needs:
            yield f"handle from {move.source} without a result"


#: What is to be done in a state, by an action that leaves it, and the limit for doing it.
WORK = {
    "assign": "review",
    "supplement": "supplement",
    "confirm": "check",
    "dispatch": "dispatch",
    "receive": "receive",
}
HANDLED = {"station_officer": "station_handle", "department_liaison": "handle"}


def each_state_has_the_limit_of_its_work_alone(table: Process, _world: World) -> Iterator[str]:
    """A report has one clock at a time, and it is that of what has to be done."""
    for state in table.states.values():
        actions = {move.action for move in table.leaving(state.name)}
        work = {limit for action, limit in WORK.items() if action in actions}
        wanted = work or {HANDLED.get(state.holder or "", "")}
        if state.name not in table.ends and (len(state.clocks) != 1 or set(state.clocks) != wanted):
            yield f"{state.name}: {state.clocks}, not {sorted(wanted)}"


def no_clock_is_kept_or_paused(table: Process, _world: World) -> Iterator[str]:
    """The two columns of a report hold no clock but that of its state."""
    yield from (f"{move.action} from {move.source}: {move.clocks}" for move in table.moves if move.clocks)


LAWS: tuple[Law, ...] = (
    the_ends_are_closed_and_not_accepted,
    every_fact_is_asked_for_somewhere,
    a_holder_is_a_role_where_the_permission_table_says,
    nobody_moves_what_rests_with_another,
    what_rests_with_nobody_is_taken_back_by_who_stands_above,
    the_permission_table_lets_each_mover_move,
    what_is_submitted_can_come_everywhere,
    a_result_is_looked_at_by_another,
    only_a_check_or_settling_closes,
    guards_stand_where_they_belong,
    what_was_seen_not_right_is_sent_back_or_passed_with_a_reason,
    what_one_tap_did_is_taken_back_by_who_did_it,
    a_village_alone_ends_nothing,
    each_deciding_desk_has_every_answer,
    handing_over_names_whom_and_until_when,
    no_move_is_silent,
    every_move_says_what_it_did_and_whose_it_is_now,
    what_waits_to_be_received_can_be_declined,
    results_and_checks_are_written_down,
    each_state_has_the_limit_of_its_work_alone,
    no_clock_is_kept_or_paused,
)

__all__ = ["LAWS", "REPORT", "VILLAGE", "WORLD"]
