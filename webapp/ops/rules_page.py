"""docs/rules.md: the tables of rules, the postings, the time limits and the settings, for people who read no code.

Made from the tables alone, so the same program always writes the same page; a test keeps the file fresh.
"""

from collections.abc import Iterable, Sequence

import seeds

from .. import domains
from ..access import EXCEPT, MATRIX, ROLES, VISITOR_COLUMN
from ..core.process import START, Move, State
from ..people.rules import PLACE_NAMES, POSTINGS, ROLE_NAMES, givers, places
from ..report import labels
from ..report.workflow import REPORT

HEAD = """# Rules

Written by `./run.sh docs` from the program's own tables, which decide; do not edit. Words: [glossary](glossary.md)."""

REACH = """How far a role's right goes: `.` nothing, `alone` the grid it is posted to without what lies below it, `own` that grid and what became part of it, `tree` that grid and \
all below it, `dept` what its body has or had an assignment for, `lead` what its body leads now, `all` everywhere.
What a visitor, who is not logged in, may see, everybody may; one's own account needs no right."""

TAKEN = """What is taken away again, whatever reaches it: `person` what concerns the one who asks, whichever posting of his \
reaches it; `posting` what concerns one of his postings, from that posting alone."""

MOVING = """`report.move` only opens the door: which move somebody has on a report stands in the table of moves below, \
and a role counts only where its own posting reaches that report."""

GIVING = """Only the roles on the right give a posting, never to themselves. An administrator holds no other role."""

CLOCKS = """A limit is a row that the county office changes on the page Settings; this is what is set up at first.
Where a desk names a day in handing a report on, that day is the limit."""

OWNING = """`setting.read` only opens the page Settings: everybody sees and changes there what is his. \
Limits and the rules of frequency are the
county office's."""

LAWS = """Who reported a result never passes it. A minor matter settled on the spot is the one that is closed without \
a second person; the township samples those."""

Row = Sequence[str]


def render() -> str:
    """The whole page as Markdown, ending with a newline."""
    parts = [
        HEAD,
        "## Who may do what",
        REACH,
        TAKEN,
        _table(("Right", "Visitor", *map(role, ROLES), "Except"), map(_right, MATRIX)),
        MOVING,
        "## Who gives a posting",
        GIVING,
        _table(("Posting", "Place", "Last day", "Given by"), map(_posting, POSTINGS)),
        "## How a report moves",
        _diagram(),
        LAWS,
        "### States",
        _table(("State", "Code", "Rests with", "Limit"), map(_state, REPORT.states.values())),
        "### Moves",
        _table(("Button", "Code", "From", "To", "Who", "If", "Has to say"), map(_move, REPORT.moves)),
        "## Time limits",
        CLOCKS,
        _table(("Code", "Meaning", "Limit", "Source"), map(_limit, seeds.read("limits"))),
        "## Settings",
        OWNING,
        _table(("Code", "Meaning", "Counted in", "Set by"), map(_setting, seeds.read("settings"))),
    ]
    return "\n\n".join(parts) + "\n"


def role(code: str) -> str:
    """A role's English name; nobody for the end states."""
    return ROLE_NAMES.get(code, "nobody")


def state(code: str) -> str:
    """A state's English label; what is not there yet is new."""
    return labels.STATES.get(code, "new")


def button(move: Move) -> str:
    """The English word on the button of a move."""
    return labels.ACTIONS.get(f"{move.action}:{move.target}") or labels.ACTIONS[move.action]


def _table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _right(action: str) -> Row:
    reaches = [MATRIX[action][column] for column in (VISITOR_COLUMN, *ROLES)]
    return f"`{action}`", *reaches, EXCEPT[action]


def _posting(code: str) -> Row:
    row = POSTINGS[code]
    where = " or ".join(PLACE_NAMES[place] for place in places(code))
    end = "always" if row["end"] == "must" else "if wanted"
    return role(code), where, end, ", ".join(role(r) for r in ROLES if r in givers(code)) or "the command line"


def _state(row: State) -> Row:
    clocks = ", ".join(f"`{clock}`" for clock in row.clocks) or "-"
    return state(row.name), f"`{row.name}`", role(row.holder or ""), clocks


def _move(move: Move) -> Row:
    who = ", ".join(role(code) for code in sorted(move.by, key=ROLES.index))
    needs = ", ".join(f"`{need}`" for need in move.needs) or "-"
    guards = [*(f"`{name}`" for name in sorted(move.only_if)), *(f"not `{name}`" for name in sorted(move.unless))]
    return (
        button(move),
        f"`{move.action}`",
        state(move.source),
        state(move.target),
        who,
        ", ".join(guards) or "-",
        needs,
    )


def _limit(row: seeds.Limit) -> Row:
    return f"`{row.code}`", row.en, f"{row.number} {row.unit.replace('_', ' ')}{'s' * (row.number != 1)}", row.source


def _setting(row: seeds.Setting) -> Row:
    rule = domains.settings()[row.key]
    return (
        f"`{row.key}`",
        row.en,
        rule.unit and f"{rule.unit.replace('_', ' ')}s".replace("percents", "percent"),
        ", ".join(role(code) for code in ROLES if MATRIX[rule.right][code] != "."),
    )


def _diagram() -> str:
    names = [f'    state "{state(code)}" as {code}' for code in REPORT.states]
    arrows = [f"    {_node(move.source)} --> {move.target}: {button(move)}" for move in REPORT.moves]
    return "\n".join(["```mermaid", "stateDiagram-v2", *names, *dict.fromkeys(arrows), "```"])


def _node(code: str) -> str:
    return "[*]" if code == START else code
