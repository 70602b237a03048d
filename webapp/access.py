"""THE permission table: which role may do what, and how far it reaches. Read whole, it is the policy.

There is one rendering only, as SQL: lists put ``where(...)`` in WHERE, single things are fetched through the same
WHERE, buttons select it as a column. Nothing else in the program decides who sees what.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, wraps
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, false, func, or_, true

from .core.tables import table

#: .  nothing   alone  the posted grid and nothing below it   own  the posted grid   tree  that grid and all below   dept  its body has or had an assignment
#: lead  its body is the lead now   all  everywhere
#: visitor: who is not logged in. What he may, everybody may; it is ``all`` or nothing, because he is posted nowhere.
#: except: what is taken away again, whatever reaches it: .  nothing   person  what concerns him, whichever posting of his
#: reaches it   posting  what concerns a posting, from that posting alone. The caller of ``where`` says what concerns whom.
_TABLE = """
action             visitor  grid_officer  township_supervisor  county_office  department_liaison  station_officer  leader  inspector  system_admin  audit_admin  except
asset.read         all      all           all                  all            all                 all              all     all        all           all          .       # style, scripts and fonts
health.read        all      all           all                  all            all                 all              all     all        all           all          .       # for machines that watch
language.choose    all      all           all                  all            all                 all              all     all        all           all          .       # and the size of print
login.begin        all      all           all                  all            all                 all              all     all        all           all          .
privacy.read       all      all           all                  all            all                 all              all     all        all           all          .
help.read          all      all           all                  all            all                 all              all     all        all           all          .
outline.read       .        all           all                  all            all                 all              all     all        .             .            .
grid.read          .        own           tree                 tree           .                   .                tree    tree       .             .            .
border.edit        .        .             .                    tree           .                   .                .       .          .             .            .       # sets of changes of the tree: propose, and approve what somebody else proposed
border.read        .        .             .                    tree           .                   .                tree    .          .             .            .
card.edit          .        .             tree                 tree           .                   .                .       .          .             .            .       # the five fixed things, and the person towards a grid below
card.list          .        .             tree                 tree           .                   .                tree    tree       .             .            .       # which cards lack what, and all of them as a file
object.edit        .        .             tree                 tree           .                   .                .       .          .             .            .
object.withheld    .        .             tree                 tree           .                   .                tree    tree       .             .            .       # matters of complaint among the objects: no village knows of them
object.propose     .        own           .                    .              .                   .                .       .          .             .            .       # for the list of his own grid; who keeps it answers
patrol.walk        .        own           .                    .              .                   .                .       .          .             .            .       # goes round himself: a page of his own, his name on the round, "it is back"
patrol.inspect     .        .             alone                alone          .                   .                .       .          .             .            .       # goes round himself in a grid above the villages, his name on the round
patrol.write       .        own           tree                 alone          .                   .                .       .          .             .            .       # a township types in paper sheets
patrol.read        .        own           tree                 tree           .                   .                tree    tree       .             .            .
report.submit      .        own           tree                 .              .                   .                .       .          .             .            .
report.submit_for  .        .             tree                 .              .                   .                .       .          .             .            .       # types in what an officer of the village found
report.read        .        own           tree                 tree           dept                dept             tree    tree       .             .            .
report.move        .        own           tree                 tree           lead                lead             .       .          .             .            .       # which move: report/workflow.py
report.result      .        .             .                    .              dept                .                .       .          .             .            .       # what a cooperating body did
report.sample      .        .             tree                 tree           .                   .                .       .          .             .            .
look.ask           .        .             tree                 tree           .                   .                .       .          .             .            .
look.answer        .        own           .                    .              .                   .                .       .          .             .            .
attachment.read    .        all           all                  all            all                 all              all     all        .             .            .       # opens the address; which ones: whoever may read what it belongs to (attachment/queries.py)
attachment.send    .        all           all                  all            all                 all              .       .       .             .            .       # photos before their entry; who may send the entry decides about them
desk.read          .        .             tree                 tree           dept                dept             tree    tree       .             .            .
register.read      .        .             tree                 tree           .                   .                tree    tree       .             .            .       # the lists of objects by type; which objects: with grid.read
late.read          .        .             tree                 tree           .                   .                tree    tree       .             .            .       # what is overdue, by who holds it; which reports: report.read
export.make        .        .             tree                 tree           dept                dept             tree    tree       .             .            .       # opens the page; which rows: the right to read each kind (exports.py of the domains)
ledger.read        .        .             tree                 tree           .                   .                tree    tree       .             .            .
ledger.keep        .        .             alone                alone          .                   .                .       .          .             .            .       # hands the ledger of his own grid in
duty.read          .        all           all                  all            all                 all              all     all        .             .            .
duty.confirm       .        .             .                    all            .                   .                .       .          .             .            .
person.read        .        .             tree                 tree           .                   .                .       .          all           .            .
person.help        .        .             tree                 tree           .                   .                .       .          all           .            person  # oneself never; strictly below only: people/rules.py
posting.grant      .        .             tree                 tree           .                   .                .       .          all           .            person  # oneself never; strictly below, the county also to departments
setup.read         .        .             .                    tree           .                   .                .       .          all           .            .       # what the county lacks before its first day
setting.read       .        .             .                    tree           .                   .                .       .          all           .            .       # opens the page; whose each one is: desk/settings.py
setting.edit       .        .             .                    tree           .                   .                .       .          .             .            .
system.edit        .        .             .                    .              .                   .                .       .          all           .            .       # log-ins and the base map
feedback.write     .        all           all                  all            all                 all              all     all        all           all          .
feedback.answer    .        .             .                    all            .                   .                .       .          .             .            .
log.read           .        .             .                    .              .                   .                .       .          .             all          .
code.read          .        .             .                    all            .                   .                .       .          .             all          .       # log-in codes of who holds this or system.edit: nobody else stands above them
"""
VISITOR_COLUMN, EXCEPT_COLUMN = "visitor", "except"
REACHES = frozenset({".", "alone", "own", "tree", "dept", "lead", "all"})
EXCEPTIONS = frozenset({".", "person", "posting"})


def policy(text: str) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """For each action of a table its reach by role (and for the visitor), and what is taken away again.

    A word that nothing renders, a visitor who reaches a part, and a role that would lose by logging in are ValueErrors.
    """
    rows = {row.pop("action"): row for row in table(text)}
    exceptions = {action: row.pop(EXCEPT_COLUMN) for action, row in rows.items()}
    for action, row in rows.items():
        _check(action, row, exceptions[action])
    return rows, exceptions


def _check(action: str, reaches: dict[str, str], exception: str) -> None:
    unknown = ({*reaches.values()} - REACHES) | ({exception} - EXCEPTIONS)
    if unknown:
        raise ValueError(f"{action}: no such reach or exception: {', '.join(sorted(unknown))}")
    if reaches[VISITOR_COLUMN] not in (".", "all"):
        raise ValueError(f"{action}: a visitor is posted nowhere, so he reaches all or nothing")
    if reaches[VISITOR_COLUMN] == "all" and ({*reaches.values()} != {"all"} or exception == "posting"):
        raise ValueError(f"{action}: what a visitor reaches, everybody reaches, whatever he is posted to")


MATRIX, EXCEPT = policy(_TABLE)
ROLES = tuple(column for column in MATRIX["help.read"] if column != VISITOR_COLUMN)
ADMIN_ROLES = frozenset({"system_admin", "audit_admin"})


#: Per posting: role, whether it has a grid, whether it has a body, whether it counts or is set aside.
Shape = tuple[tuple[str, bool, bool, bool], ...]


@dataclass(frozen=True)
class Posting:
    """A person's dated right: a role at a grid or in a body. ``path`` is the grid's today; None without a grid."""

    id: int
    role: str
    grid_id: int | None
    path: str | None
    body_id: int | None
    until: date | None = None


def roles_may(roles: Iterable[str], action: str) -> bool:
    """Whether any of the roles holds the action anywhere at all; what a visitor may, they all may."""
    reaches = MATRIX[action]
    return reaches[VISITOR_COLUMN] != "." or any(reaches[role] != "." for role in roles)


def visitors_may(action: str) -> bool:
    """Whether the action is open to everybody, logged in or not."""
    return roles_may((), action)


def holders(action: str, *reaches: str) -> tuple[str, ...]:
    """The roles that hold an action, in the table's order; only those that reach as far as one of ``reaches``, if given."""
    return tuple(role for role in ROLES if MATRIX[action][role] in (reaches or REACHES - {"."}))


@dataclass(frozen=True)
class Actor:
    """Who is asking: person, postings in force today, and the log-in session it came by.

    ``aside`` are postings that reach nothing in this question (``only``); what concerns them stays taken away.
    """

    person_id: int
    name: str
    postings: tuple[Posting, ...]
    language: str = "zh"
    session_id: int | None = None
    must_change: bool = False
    en: str = ""
    aside: tuple[Posting, ...] = ()
    is_half: bool = False  # the password was right, the second factor is still to come

    @property
    def zh(self) -> str:
        """The name in Chinese, beside ``en``, as every row with a name has them."""
        return self.name

    def may(self, action: str) -> bool:
        """Whether any posting holds the action anywhere at all."""
        return roles_may(self.roles(), action)

    def roles(self) -> frozenset[str]:
        """The roles held today."""
        return frozenset(posting.role for posting in self.postings)

    def only(self, *roles: str) -> "Actor":
        """The same person with the postings of some roles: a role counts only where *it* reaches."""
        return self._narrowed(lambda posting: posting.role in roles)

    def without_bodies(self) -> "Actor":
        """The same person with the postings to grids alone."""
        return self._narrowed(lambda posting: posting.body_id is None)

    def _narrowed(self, counts: Callable[[Posting], bool]) -> "Actor":
        kept = tuple(p for p in self.postings if counts(p))
        aside = tuple(p for p in self.postings if not counts(p))
        return replace(self, postings=kept, aside=self.aside + aside) if aside else self

    def whole(self) -> "Actor":
        """The same person with all postings, those set aside too."""
        return replace(self, postings=self.postings + self.aside, aside=()) if self.aside else self

    def grids_for(self, action: str) -> tuple[int, ...]:
        """Ids of the grids posted to in a role that holds the action."""
        reaches = MATRIX[action]
        return tuple(p.grid_id for p in self.postings if p.grid_id is not None and reaches[p.role] != ".")

    def bodies(self) -> tuple[int, ...]:
        """Ids of the bodies acted for."""
        return tuple(p.body_id for p in self.postings if p.body_id is not None)

    def shape(self) -> Shape:
        """What of the rights decides how a SELECT is put together; where they lie are its parameters (``reach``)."""
        counting = tuple((p.role, p.path is not None, p.body_id is not None, True) for p in self.postings)
        return counting + tuple((p.role, p.path is not None, p.body_id is not None, False) for p in self.aside)

    def reach(self) -> dict[str, Any]:
        """The values for a SELECT that was put together for ``anyone(self.shape())``."""
        values: dict[str, Any] = {"actor_id": self.person_id}
        for number, p in enumerate((*self.postings, *self.aside)):
            values |= {f"path{number}": p.path, f"path{number}_end": p.path and end(p.path)}
            values |= {f"grid{number}": p.grid_id, f"body{number}": p.body_id}
        return values


SYSTEM = Actor(0, "system", ())  # the command line and the sweep: acts that need no right, audited as nobody's
VISITOR = Actor(0, "visitor", ())  # who is not logged in: reaches what the table opens to everybody

Condition = ColumnElement[bool]
Concern = Callable[[Actor], Condition]  # what concerns a person or his postings


def anyone(shape: Shape) -> Actor:
    """A stand-in for everybody with rights of this shape, parameters in the place of person, grids and bodies.

    A SELECT put together for it once serves them all: executed with ``actor.reach()``.
    """
    made = [
        Posting(
            0,
            role,
            bindparam(f"grid{number}") if on_grid else None,  # type: ignore[arg-type]
            bindparam(f"path{number}") if on_grid else None,  # type: ignore[arg-type]
            bindparam(f"body{number}") if in_body else None,  # type: ignore[arg-type]
        )
        for number, (role, on_grid, in_body, _counts) in enumerate(shape)
    ]
    counting = sum(counts for *_, counts in shape)  # these come first
    return Actor(bindparam("actor_id"), "", tuple(made[:counting]), aside=tuple(made[counting:]))  # type: ignore[arg-type]


Statement = TypeVar("Statement")
KEPT: list[Any] = []  # all that is kept so, to be forgotten (``cache_clear``) by who changes the table: tests do
MOST_KEPT = 256  # of one list: shapes of rights, times whatever else decides how it is put together


def kept(build: Callable[..., Statement]) -> Callable[..., Statement]:
    """``build(actor, …)`` puts a SELECT together; what this gives returns it from then on, for all with rights of the
    same shape.

    It costs several times as much to put a SELECT together as to run it. ``build`` never sees who asks but ``anyone``,
    so nothing of anybody can stay in what is kept: it is executed with ``actor.reach()``, and with the values of its
    other parameters. Its further arguments decide how it is put together, and are few.
    """

    @lru_cache(maxsize=MOST_KEPT)
    def once(shape: Shape, *facts: Hashable) -> Statement:
        return build(anyone(shape), *facts)

    @wraps(build)
    def statement(actor: Actor, *facts: Hashable) -> Statement:
        return once(actor.shape(), *facts)

    KEPT.append(once)
    return statement


def end(root: Any) -> Any:
    """The first path after the subtree of ``root``: a value, a column or a parameter."""
    if isinstance(root, BindParameter):
        return bindparam(f"{root.key}_end")
    if isinstance(root, str):
        return root[:-1] + "/"
    return func.substr(root, 1, func.length(root) - 1) + "/"


def below(path: Any, root: Any) -> Condition:
    """The subtree of ``root`` ("1.4.", or a column of such), itself included, as an index range."""
    return and_(path >= root, path < end(root))


def concerns_nobody(_actor: Actor) -> Condition:
    """For ``where(concerned=)``: a grid or a body is nobody's own matter."""
    return false()


def where(
    actor: Actor,
    action: str,
    *,
    grid_path: Any,
    joint: Callable[[Callable[[Any], Condition]], Condition] | None = None,
    assigned: Callable[[int], Condition] | None = None,
    lead: Callable[[int], Condition] | None = None,
    concerned: Concern | None = None,
) -> Condition:
    """What of a table the actor reaches for an action, as one SQL condition.

    ``grid_path`` is the column with the thing's grid path. ``joint(test)`` widens "own" and "tree" to further grids of
    the thing; ``assigned(body)`` and ``lead(body)`` say that a body has (had) or leads the thing now. A reach whose
    helper is not given, or whose posting lacks grid or body, reaches nothing. ``concerned(actor)`` says what concerns a
    person or his postings; where the table takes that away, a call without it is a LookupError.
    """
    exception = EXCEPT[action]
    if exception != "." and concerned is None:
        raise LookupError(f"{action} takes away what concerns its asker: say what that is (concerned=…)")

    def reach(posting: Posting) -> Condition:
        kind = MATRIX[action][posting.role]
        if kind == "all":
            return true()
        if kind in ("own", "tree") and posting.path is not None:
            return _on_grids(posting.path, grid_path, joint)
        if kind == "alone" and posting.path is not None:
            return grid_path == posting.path
        helper = {"dept": assigned, "lead": lead}.get(kind)
        if helper is not None and posting.body_id is not None:
            return helper(posting.body_id)
        return false()

    def unconcerned(asker: Actor) -> Condition:
        """Known not to concern him: what is unknown (NULL) is taken away as well."""
        return concerned(asker).is_(false())  # type: ignore[misc]

    if exception == "posting":
        return _any(and_(reach(p), unconcerned(replace(actor, postings=(p,), aside=()))) for p in actor.postings)
    reached = true() if visitors_may(action) else _any(map(reach, actor.postings))
    return and_(reached, unconcerned(actor.whole())) if exception == "person" else reached


def _on_grids(root: str, grid_path: Any, joint: Any) -> Condition:
    """For "own" and "tree" alike: below a village stands nothing but the grids that became part of it."""

    def test(path: Any) -> Condition:
        return below(path, root)

    return or_(test(grid_path), joint(test)) if joint is not None else test(grid_path)


def _any(conditions: Iterable[Condition]) -> Condition:
    return or_(false(), *conditions)
