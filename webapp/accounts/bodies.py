"""Acts on bodies: a township's stations, villages' committees, the county's departments."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..access import SYSTEM, Actor
from ..core import audit, clock
from ..core.errors import N_, TOO_LONG, NotFound, Refused
from ..grid import queries as grids
from ..people import departments, rules
from ..people.models import Body
from . import queries

NOT_THERE = N_("This kind of body cannot be set up there, or the place is outside your area.")
LONGEST = {"zh": 80, "en": 80, "phone": 40, "principal": 80, "principal_post": 80}


@dataclass(frozen=True)
class BodyEntry:
    """What a body is called, its telephone, and for a department the code of its duties and its principal (004:268)."""

    zh: str
    en: str = ""
    phone: str | None = None
    canonical: str | None = None
    principal: str | None = None
    principal_post: str | None = None


def create_body(session: Session, actor: Actor, kind: str, grid_id: int, entry: BodyEntry) -> Body:
    """Set up a body at a grid of its tier within reach; Refused if the role, place, code or name does not do."""
    check_maker(actor, kind)
    _check_grid(session, actor, kind, grid_id)
    check(kind, entry)
    if queries.same_body(session, kind, grid_id, entry.zh) is not None:
        raise Refused(N_("There is already one with this name."), field="zh")
    body = new_body(kind, grid_id, entry)
    keep_bodies(session, actor, [body])
    return body


def new_body(kind: str, grid_id: int, entry: BodyEntry) -> Body:
    """The row of a new body, not yet stored."""
    return Body(
        kind=kind,
        grid_id=grid_id,
        canonical=entry.canonical,
        zh=entry.zh,
        en=entry.en or entry.zh,
        phone=entry.phone,
        principal=entry.principal,
        principal_post=entry.principal_post,
        closed_on=None,
    )


def keep_bodies(session: Session, actor: Actor, made: Sequence[Body]) -> None:
    """Store them."""
    session.add_all(made)
    session.flush()
    audit.note_all(
        session,
        actor.person_id or None,
        "body.create",
        [(f"body:{body.id}", {"kind": body.kind, "grid": body.grid_id}) for body in made],
    )


def check_maker(actor: Actor, kind: str) -> None:
    """Refused unless one of the actor's roles sets up bodies of this kind."""
    if actor is not SYSTEM and not rules.makers(kind) & actor.roles():
        raise Refused(N_("You cannot set up this kind of body."), field="kind")


def _check_grid(session: Session, actor: Actor, kind: str, grid_id: int) -> None:
    fitting = queries.cells(session, actor, [rules.BODIES[kind]["place"]], rules.makers(kind))
    if grid_id not in {cell.id for cell in fitting}:
        raise Refused(NOT_THERE, field="grid_id")


def check(kind: str, entry: BodyEntry) -> None:
    """Refused unless name, length and code do."""
    if not entry.zh:
        raise Refused(N_("Please fill this in."), field="zh")
    for field, longest in LONGEST.items():
        if len(getattr(entry, field) or "") > longest:
            raise Refused(TOO_LONG, field=field, max=longest)
    if entry.canonical is not None and (kind != "department" or entry.canonical not in departments.known()):
        raise Refused(N_("The duty lists have no department with this name."), field="canonical")
    if kind != "department" and (entry.principal or entry.principal_post):
        raise Refused(N_("Only a department has a principal here."), field="principal")


def edit_body(session: Session, actor: Actor, body_id: int, entry: BodyEntry) -> None:
    """Rename a body, or correct its telephone or code; what it has in hand stays with it."""
    body = _mine(session, actor, body_id)
    check(body.kind, entry)
    other = queries.same_body(session, body.kind, body.grid_id, entry.zh)
    if other is not None and other.id != body.id:
        raise Refused(N_("There is already one with this name."), field="zh")
    before = {name: getattr(body, name) for name in ("zh", "en", "canonical", "principal", "principal_post")}
    body.zh, body.en, body.phone, body.canonical = entry.zh, entry.en or entry.zh, entry.phone, entry.canonical
    body.principal, body.principal_post = entry.principal, entry.principal_post
    audit.note(session, actor.person_id or None, "body.edit", f"body:{body_id}", before=before)


def close_body(session: Session, actor: Actor, body_id: int) -> None:
    """It is handed nothing new and nobody new is posted to it; its people finish what is open."""
    body = _mine(session, actor, body_id)
    if body.closed_on is None:
        body.closed_on = clock.today()
        audit.note(session, actor.person_id or None, "body.close", f"body:{body_id}")


def reopen_body(session: Session, actor: Actor, body_id: int) -> None:
    """Undo a closing."""
    body = _mine(session, actor, body_id)
    if body.closed_on is None:
        return
    if queries.same_body(session, body.kind, body.grid_id, body.zh) is not None:
        raise Refused(N_("There is already one with this name."))
    body.closed_on = None
    audit.note(session, actor.person_id or None, "body.reopen", f"body:{body_id}")


def _mine(session: Session, actor: Actor, body_id: int) -> Body:
    body = session.get(Body, body_id)
    if body is None:
        raise NotFound
    return body if actor is SYSTEM else queries.body(session, actor, body_id, rules.makers(body.kind))


def county_grid(session: Session) -> int:
    """The grid that departments belong to; Refused while there is no tree."""
    root = grids.root(session)
    if root is None:
        raise Refused(N_("There are no grids yet. Import the borders first."))
    return root.id
