"""THE permission table: which role may do what, and how far it reaches. Read whole, it is the policy.

There is one rendering only, as SQL: lists put ``where(...)`` in WHERE, single things are fetched through the same
WHERE, buttons select it as a column. Nothing else in the program decides who sees what.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, false, or_, true

from .core.tables import table

#: .  nothing   own  the posted grid   tree  that grid and all below   dept  its body has or had an assignment
#: lead  its body is the lead now   all  everywhere
_TABLE = table("""
action           grid_officer  township_supervisor  county_office  department_liaison  station_officer  leader  evaluator  system_admin  audit_admin
outline.read     all           all                  all            all                 all              all     all        .             .
grid.read        own           tree                 tree           .                   .                tree    tree       .             .
object.edit      .             tree                 tree           .                   .                .       .          .             .
patrol.write     own           tree                 .              .                   .                .       .          .             .      # a township types in paper sheets
patrol.read      own           tree                 tree           .                   .                tree    tree       .             .
report.submit    own           tree                 .              .                   .                .       .          .             .
report.read      own           tree                 tree           dept                dept             tree    tree       .             .
report.move      own           tree                 tree           lead                lead             .       .          .             .      # which move: report/workflow.py
report.result    .             .                    .              dept                .                .       .          .             .      # what a cooperating body did
report.sample    .             tree                 tree           .                   .                .       .          .             .
look.ask         .             tree                 tree           .                   .                .       .          .             .
look.answer      own           .                    .              .                   .                .       .          .             .
desk.read        .             tree                 tree           dept                dept             tree    tree       .             .
duty.read        all           all                  all            all                 all              all     all        .             .
duty.confirm     .             .                    all            .                   .                .       .          .             .
person.read      .             tree                 tree           .                   .                .       .          all           .
person.help      .             tree                 tree           .                   .                .       .          all           .      # strictly below only: people/rules.py
posting.grant    .             tree                 tree           .                   .                .       .          all           .      # never to oneself; strictly below, the county also to departments
setting.read     .             .                    tree           .                   .                .       .          all           .      # opens the page; whose each one is: desk/settings.py
setting.edit     .             .                    tree           .                   .                .       .          .             .
system.edit      .             .                    .              .                   .                .       .          all           .      # log-ins and the base map
feedback.write   all           all                  all            all                 all              all     all        all           all
feedback.answer  .             .                    all            .                   .                .       .          .             .
log.read         .             .                    .              .                   .                .       .          .             all
""")
MATRIX = {row["action"]: {role: reach for role, reach in row.items() if role != "action"} for row in _TABLE}
ROLES = tuple(role for role in _TABLE[0] if role != "action")
ADMIN_ROLES = frozenset({"system_admin", "audit_admin"})


#: Per posting: role, whether it has a grid, whether it has a body.
Shape = tuple[tuple[str, bool, bool], ...]


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
    """Whether any of the roles holds the action anywhere at all."""
    return any(MATRIX[action][role] != "." for role in roles)


@dataclass(frozen=True)
class Actor:
    """Who is asking: person, postings in force today, and the log-in session it came by."""

    person_id: int
    name: str
    postings: tuple[Posting, ...]
    language: str = "zh"
    session_id: int | None = None
    must_change: bool = False
    en: str = ""

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

    def only(self, role: str) -> "Actor":
        """The same person with the postings of one role: a role counts only where *it* reaches."""
        kept = tuple(posting for posting in self.postings if posting.role == role)
        return replace(self, postings=kept)

    def without_bodies(self) -> "Actor":
        """The same person with the postings to grids alone."""
        return replace(self, postings=tuple(posting for posting in self.postings if posting.body_id is None))

    def grids(self, *roles: str) -> tuple[int, ...]:
        """Ids of the grids posted to, in any of the roles."""
        return tuple(p.grid_id for p in self.postings if p.grid_id is not None and p.role in roles)

    def bodies(self) -> tuple[int, ...]:
        """Ids of the bodies acted for."""
        return tuple(p.body_id for p in self.postings if p.body_id is not None)

    def shape(self) -> Shape:
        """What of the rights decides how a SELECT is put together; where they lie are its parameters (``reach``)."""
        return tuple((p.role, p.path is not None, p.body_id is not None) for p in self.postings)

    def reach(self) -> dict[str, Any]:
        """The values for a SELECT that was put together for ``anyone(self.shape())``."""
        values: dict[str, Any] = {}
        for number, p in enumerate(self.postings):
            values |= {f"path{number}": p.path, f"path{number}_end": p.path and end(p.path), f"body{number}": p.body_id}
        return values


SYSTEM = Actor(0, "system", ())  # the command line and the sweep: acts that need no right, audited as nobody's

Condition = ColumnElement[bool]


def anyone(shape: Shape) -> Actor:
    """A stand-in for everybody with rights of this shape, parameters in the place of their grids and bodies.

    A SELECT put together for it once serves them all: executed with ``actor.reach()``.
    """
    return Actor(
        0,
        "",
        tuple(
            Posting(
                0,
                role,
                None,
                bindparam(f"path{number}") if on_grid else None,  # type: ignore[arg-type]
                bindparam(f"body{number}") if in_body else None,
            )  # type: ignore[arg-type]
            for number, (role, on_grid, in_body) in enumerate(shape)
        ),
    )


def end(root: Any) -> Any:
    """The first path after the subtree of ``root``."""
    return bindparam(f"{root.key}_end") if isinstance(root, BindParameter) else root[:-1] + "/"


def below(path: Any, root: Any) -> Condition:
    """The subtree of ``root`` ("1.4."), itself included, as an index range."""
    return and_(path >= root, path < end(root))


def where(
    actor: Actor,
    action: str,
    *,
    grid_path: Any,
    joint: Callable[[Callable[[Any], Condition]], Condition] | None = None,
    assigned: Callable[[int], Condition] | None = None,
    lead: Callable[[int], Condition] | None = None,
) -> Condition:
    """What of a table the actor reaches for an action, as one SQL condition.

    ``grid_path`` is the column with the thing's grid path. ``joint(test)`` widens "own" and "tree" to further grids of
    the thing; ``assigned(body)`` and ``lead(body)`` say that a body has (had) or leads the thing now. A reach whose
    helper is not given, or whose posting lacks grid or body, reaches nothing.
    """

    def reach(posting: Posting) -> Condition:
        kind = MATRIX[action][posting.role]
        if kind == "all":
            return true()
        if kind in ("own", "tree") and posting.path is not None:
            return _on_grids(kind, posting.path, grid_path, joint)
        helper = {"dept": assigned, "lead": lead}.get(kind)
        if helper is not None and posting.body_id is not None:
            return helper(posting.body_id)
        return false()

    return _any(reach(posting) for posting in actor.postings)


def _on_grids(kind: str, root: str, grid_path: Any, joint: Any) -> Condition:
    def test(path: Any) -> Condition:
        return below(path, root) if kind == "tree" else path == root

    return or_(test(grid_path), joint(test)) if joint is not None else test(grid_path)


def _any(conditions: Iterable[Condition]) -> Condition:
    return or_(false(), *conditions)
