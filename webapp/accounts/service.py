"""Acts on people: accounts, dated postings, one-time codes. Each is audited in its own transaction.

Hashing is slow, so hashes come in ready-made; nothing here hashes while the database is locked for writing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ..access import SYSTEM, Actor
from ..core import audit, clock, settings
from ..core.errors import N_, TOO_LONG, NotFound, Refused
from ..login import brake, second
from ..login import service as login
from ..login.models import LoginCode, LoginSession
from ..people import rules
from ..people.models import Person, Posting
from . import effects, queries

MADE_ALREADY = N_(
    "You have already created this account; its code was shown then. If the code is lost, find the person "
    "under People and give a new code there."
)
NOT_ONESELF = N_("You cannot give yourself a posting. Ask the office above you.")
LONGEST = {"login": 60, "zh": 80, "en": 80, "phone": 40}
_LOGIN = re.compile(r"[\w.@-]{2,60}")


@dataclass(frozen=True)
class PersonEntry:
    """Who somebody is: log-in name, name, romanised or English name, telephone."""

    login: str
    zh: str
    en: str = ""
    phone: str | None = None


@dataclass(frozen=True)
class PostingEntry:
    """A role at a grid or in a body (or at neither), from a first to a last day, both counted; None = until ended."""

    role: str
    grid_id: int | None
    body_id: int | None
    first: date
    last: date | None = None


def create_person(
    session: Session, actor: Actor, entry: PersonEntry, posting: PostingEntry, slip_hash: str | None = None
) -> Person:
    """A new account with its first posting and, for its slip, a one-time code (hashed already): it has no password.

    Refused when the log-in name is taken or the actor may not give the posting.
    """
    name = _free_name(session, actor, entry)
    check_lengths(entry)
    check_posting(actor, posting, _place_kind(session, actor, posting), [])
    person = new_person(actor, name, entry)
    keep_people(session, actor, [person])
    _post(session, actor, person.id, posting)
    if slip_hash is not None:
        _keep_code(session, actor, person.id, slip_hash, slip=True)
    return person


def new_person(actor: Actor, name: str, entry: PersonEntry) -> Person:
    """The row of a new account, not yet stored."""
    return Person(
        login=name,
        zh=entry.zh,
        en=entry.en,
        phone=entry.phone,
        password_hash=None,
        must_change=True,
        created_at=clock.now(),
        created_by=actor.person_id or None,
    )


def keep_people(session: Session, actor: Actor, made: Sequence[Person]) -> None:
    """Store them."""
    session.add_all(made)
    session.flush()
    audit.note_all(
        session,
        actor.person_id or None,
        "person.create",
        [(f"person:{person.id}", {"login": person.login}) for person in made],
    )


def checked_name(typed: str) -> str:
    """A log-in name as it is kept; Refused when it cannot be one."""
    name = rules.login_name(typed)
    if not _LOGIN.fullmatch(name):
        raise Refused(N_("A log-in name has 2 to 60 letters or digits, without spaces."), field="login")
    return name


def _free_name(session: Session, actor: Actor, entry: PersonEntry) -> str:
    """Who sends the same form twice is told so: the code on the first answer may be lost,
    and there is a way to another."""
    name = checked_name(entry.login)
    taken = session.scalar(select(Person).where(Person.login == name))
    if taken is not None and actor is not SYSTEM and taken.created_by == actor.person_id and taken.zh == entry.zh:
        raise Refused(MADE_ALREADY, field="login")
    if taken is not None:
        raise Refused(N_("This log-in name is taken."), field="login")
    return name


def check_lengths(entry: PersonEntry) -> None:
    """Refused, naming the field, when the name is missing or something is longer than its column."""
    if not entry.zh:
        raise Refused(N_("Please fill this in."), field="zh")
    for field, longest in LONGEST.items():
        if len(getattr(entry, field) or "") > longest:
            raise Refused(TOO_LONG, field=field, max=longest)


def edit_person(session: Session, actor: Actor, person_id: int, entry: PersonEntry) -> None:
    """Correct names and telephone of somebody below; the log-in name stays, records and slips carry it."""
    person = queries.person(session, actor, person_id, to_help=True)
    check_lengths(entry)
    changed = [field for field in ("zh", "en", "phone") if getattr(person, field) != getattr(entry, field)]
    for field in changed:
        setattr(person, field, getattr(entry, field))
    if changed:
        audit.note(session, actor.person_id or None, "person.edit", f"person:{person_id}", changed=changed)


def _below(session: Session, actor: Actor, person_id: int) -> Person:
    """Somebody below the actor, held until the transaction ends: two acts on one person come one after the other."""
    queries.hold(session, [person_id])
    return queries.person(session, actor, person_id, to_help=True)


def suspend(session: Session, actor: Actor, person_id: int) -> None:
    """Nobody comes in under this account from the next request on; postings and records stay."""
    person = _below(session, actor, person_id)
    if person.suspended_at is not None:
        return
    person.suspended_at = clock.now()
    _void_codes(session, person_id)
    brake.clear(session, person.login)
    login.end_all(session, person_id)
    audit.note(session, actor.person_id or None, "person.suspend", f"person:{person_id}")


def resume(session: Session, actor: Actor, person_id: int) -> None:
    """The account counts again; its owner logs in anew."""
    person = queries.person(session, actor, person_id, to_help=True)
    if person.suspended_at is not None:
        person.suspended_at = None
        audit.note(session, actor.person_id or None, "person.resume", f"person:{person_id}")


def end_phone(session: Session, actor: Actor, person_id: int, session_id: int) -> None:
    """Revoke one log-in of somebody below: a phone that was lost."""
    queries.person(session, actor, person_id, to_help=True)
    done = session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.person_id == person_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound
    audit.note(session, actor.person_id or None, "phone.end", f"person:{person_id}", log_in=session_id)


def reset_second(session: Session, actor: Actor, person_id: int) -> None:
    """Take the second factor away from somebody below who lost the phone with his app; his log-ins end, and the
    password counts as before. Refused where there is none."""
    _below(session, actor, person_id)
    if not second.forget(session, person_id):
        raise Refused(N_("No second factor is set up for this account."))
    login.end_all(session, person_id)
    audit.note(session, actor.person_id or None, "second.reset", f"person:{person_id}")


def give_code(session: Session, actor: Actor, person_id: int, code_hash: str, *, slip: bool = False) -> LoginCode:
    """Keep a fresh one-time code (hashed already) for somebody below; his password, earlier codes and all his log-ins
    end, and so does the brake on his account.

    They end now, not when the code is used: it is asked for because a password was lost, perhaps to a thief.
    It lasts ``code_minutes``, or ``slip_days`` for a ``slip`` that is carried to him on paper (settings).
    """
    person = _below(session, actor, person_id)
    if person.suspended_at is not None:
        raise Refused(N_("This account is suspended. Reactivate it first."))
    person.password_hash, person.must_change = None, True
    _void_codes(session, person_id)
    brake.clear(session, person.login)
    login.end_all(session, person_id)
    return _keep_code(session, actor, person_id, code_hash, slip=slip)


def _keep_code(session: Session, actor: Actor, person_id: int, code_hash: str, *, slip: bool) -> LoginCode:
    """Given by the command line, the code stands as the person's own: a giver must be somebody."""
    return keep_codes(session, actor, {person_id: code_hash}, slip=slip)[0]


def keep_codes(session: Session, actor: Actor, hashes: Mapping[int, str], *, slip: bool) -> list[LoginCode]:
    """One code for each of these people, by id."""
    now, lasts = clock.now(), lasting(session, slip=slip)
    codes = [
        LoginCode(
            person_id=id_, code_hash=hashed, given_by=actor.person_id or id_, given_at=now, expires_at=now + lasts
        )
        for id_, hashed in hashes.items()
    ]
    session.add_all(codes)
    audit.note_all(session, actor.person_id or None, "code.give", [(f"person:{id_}", {"slip": slip}) for id_ in hashes])
    return codes


def give_slips(session: Session, actor: Actor, hashes: Mapping[int, str]) -> list[LoginCode]:
    """New slips for people below who never logged in, by id, with a handful of statements.

    Who logged in or was suspended meanwhile gets none.
    """
    session.execute(select(Person.id).where(Person.id.in_(hashes)).order_by(Person.id).with_for_update())
    waiting = [person.id for person in queries.without_password(session, actor, hashes)]
    _void_codes(session, *waiting)
    return keep_codes(session, actor, {id_: hashes[id_] for id_ in waiting}, slip=True)


def lasting(session: Session, *, slip: bool) -> timedelta:
    """How long a code counts: one on paper for days, one read out for minutes (settings)."""
    if slip:
        return timedelta(days=settings.get(session, "slip_days"))
    return timedelta(minutes=settings.get(session, "code_minutes"))


def _void_codes(session: Session, *people: int) -> None:
    session.execute(
        update(LoginCode)
        .where(LoginCode.person_id.in_(people), LoginCode.used_at.is_(None), LoginCode.expires_at > clock.now())
        .values(expires_at=clock.now())
    )


# --- postings ---


def grant_posting(
    session: Session, actor: Actor, person_id: int, entry: PostingEntry, *, beside: bool = False
) -> Posting:
    """A further posting for somebody below; it counts from the next request of its first day on. ``beside``: whoever
    holds the role at the place stays, though one person at a time does: this one acts for him."""
    if person_id == actor.person_id:
        raise Refused(NOT_ONESELF)
    _below(session, actor, person_id)
    check_posting(actor, entry, _place_kind(session, actor, entry), queries.live_postings(session, person_id))
    return _post(session, actor, person_id, entry, beside=beside)


def _place_kind(session: Session, actor: Actor, entry: PostingEntry) -> str | None:
    try:
        return queries.place(session, actor, entry.role, entry.grid_id, entry.body_id).kind
    except NotFound:
        return None


def check_posting(actor: Actor, entry: PostingEntry, kind: str | None, held: Iterable[Posting]) -> None:
    """Refused unless the actor may give it at this ``kind`` of place, None when he reaches no such,
    beside those held."""
    if actor is not SYSTEM and not rules.givers(entry.role) & actor.roles():
        raise Refused(N_("You cannot give this role."), field="role")
    rules.check_days(entry.role, entry.first, entry.last, clock.today())
    if kind is None:
        raise Refused(N_("This place does not exist, or you cannot post people to it."), field="place")
    rules.check_place(entry.role, kind)
    together = [posting for posting in held if _overlap(posting, entry)]
    rules.check_mix({posting.role for posting in together} | {entry.role})
    if any((p.role, p.grid_id, p.body_id) == (entry.role, entry.grid_id, entry.body_id) for p in together):
        raise Refused(N_("This person already holds this posting on those days."), field="place")


def _overlap(posting: Posting, entry: PostingEntry) -> bool:
    begins_before = posting.valid_from <= (entry.last or date.max)
    return begins_before and (posting.valid_to is None or posting.valid_to > entry.first)


def _post(session: Session, actor: Actor, person_id: int, entry: PostingEntry, *, beside: bool = False) -> Posting:
    posting = new_posting(actor, entry)
    posting.person_id = person_id
    keep_postings(session, actor, [posting], beside=beside)
    return posting


def new_posting(actor: Actor, entry: PostingEntry) -> Posting:
    """The row of a new posting, still without its person and not yet stored."""
    return Posting(
        role=entry.role,
        grid_id=entry.grid_id,
        body_id=entry.body_id,
        valid_from=entry.first,
        valid_to=queries.exclusive(entry.last),
        granted_by=actor.person_id or None,
        granted_at=clock.now(),
    )


def keep_postings(session: Session, actor: Actor, postings: Sequence[Posting], *, beside: bool = False) -> None:
    """Store them; who gets a desk by one is no longer remembered on his phone. NotFound for who was forgotten."""
    queries.hold(session, {posting.person_id for posting in postings})
    if not beside:
        effects.end_those_before(session, actor, postings)
    session.add_all(postings)
    session.flush()
    login.end_all(session, *{p.person_id for p in postings if p.role not in rules.REMEMBERED}, only_remembered=True)
    effects.note_granted(session, actor, postings)


def end_posting(session: Session, actor: Actor, posting_id: int, last: date | None = None) -> Posting:
    """End a posting below the actor after its last day, at once when None. Shortens only: longer is a new posting."""
    is_ours = actor is SYSTEM
    posting = session.get_one(Posting, posting_id) if is_ours else queries.posting_below(session, actor, posting_id)
    ends = queries.exclusive(last) or clock.today()
    if last is not None and last < max(clock.today(), posting.valid_from):
        raise Refused(N_("The last day has passed already."), field="last")
    if posting.valid_to is not None and ends > posting.valid_to:
        raise Refused(N_("It already ends earlier. To extend it, give a new posting."), field="last")
    posting.valid_from, posting.valid_to = min(posting.valid_from, ends), ends
    audit.note(
        session,
        actor.person_id or None,
        "posting.end",
        f"person:{posting.person_id}",
        posting=posting_id,
        role=posting.role,
        ends=ends.isoformat(),
    )
    return posting


# --- administrators ---


def has_admin(session: Session) -> bool:
    """Whether somebody who can log in, be it with a code, runs the system today; real use does not start without."""
    today = clock.today()
    code = (
        select(LoginCode.id)
        .where(LoginCode.person_id == Person.id, LoginCode.used_at.is_(None), LoginCode.expires_at > clock.now())
        .exists()
    )
    return (
        session.scalar(
            select(Posting.id)
            .join(Person, Person.id == Posting.person_id)
            .where(
                Posting.role == "system_admin",
                Person.suspended_at.is_(None),
                or_(Person.password_hash.is_not(None), code),
                Person.is_demo.is_(False),
                Posting.valid_from <= today,
                (Posting.valid_to.is_(None)) | (Posting.valid_to > today),
            )
            .limit(1)
        )
        is not None
    )


def create_admin(session: Session, login_: str, name: str, hashed: str, role: str = "system_admin") -> Person:
    """An administrator made from the command line, with a password hashed before; Refused if the name is taken."""
    entry = PersonEntry(login=login_, zh=name)
    person = create_person(session, SYSTEM, entry, PostingEntry(role, None, None, clock.today()))
    person.password_hash, person.must_change = hashed, False
    return person


def end_auditor(session: Session, person_id: int) -> int:
    """End the audit postings of somebody and all his log-ins, from the command line; how many postings it was."""
    mine = [posting for posting in queries.live_postings(session, person_id) if posting.role == "audit_admin"]
    for posting in mine:
        end_posting(session, SYSTEM, posting.id)
    if mine:
        login.end_all(session, person_id)
    return len(mine)
