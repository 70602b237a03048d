"""Pages for those who look after accounts: the list of people, one person, new accounts, postings, codes."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core import clock, passwords
from ..core.errors import NotFound, Refused
from ..login import queries as login_queries
from ..people import queries as people_queries
from ..people import rules
from ..web import lists
from ..web.errors import say
from ..web.language import named
from ..web.request import actor, close_reads, may, read, turn, write
from ..web.saving import refused
from . import beside_views, body_views, queries, service, sheet_views
from .blueprint import bp
from .forms import EndForm, NamesForm, NewPersonForm, PostingForm, SearchForm, place_choices
from .slips import Slip, show

SLIPS_AT_ONCE = 200
__all__ = ["beside_views", "body_views", "bp", "sheet_views"]  # their pages stand on the same blueprint


@bp.get("/people")
@may("person.read")
def index() -> str:
    """Everybody I may look up, place by place in code order; searched by name, log-in name or place."""
    form = SearchForm(request.args)
    search = form.q.data if form.validate() else None
    part = lists.part(queries.count_people(read(), actor(), search), queries.PAGE)
    return render_template(
        "accounts/list.html",
        form=form,
        lines=queries.people(read(), actor(), search, part.first),
        part=part,
        search=search,
        roles=rules.offered(actor().roles()),
        waiting=len(queries.without_password(read(), actor())),
        empty_offices=queries.empty_offices(read(), actor()),
    )


@bp.get("/people/<int:person_id>")
@may("person.read")
def person(person_id: int) -> str:
    """One person: postings, log-ins, codes; buttons where I stand above."""
    who, session = actor(), read()
    found = queries.person(session, who, person_id)
    helps = queries.may_help(session, who, person_id)
    return render_template(
        "accounts/person.html",
        person=found,
        helps=helps,
        roles=rules.offered(who.roles()) if helps else [],
        postings=people_queries.postings_of(session, person_id),
        old=queries.old_postings(session, person_id),
        endable=queries.endable(session, who, person_id),
        phones=login_queries.phones(session, person_id) if helps else [],
        codes=queries.codes(session, person_id) if helps else [],
        second=login_queries.second_factor(session, person_id) if helps else None,
    )


# --- new accounts and their names ---


@bp.get("/people/new")
@may("posting.grant")
def new_person() -> str:
    """First the role, then the form whose places fit it."""
    role = _role(request.args.get("role"))
    if role is None:
        return render_template("accounts/roles.html", person=None, roles=rules.offered(actor().roles()))
    return _new_page(NewPersonForm(data={"role": role}))


def _role(asked: str | None) -> str | None:
    return asked if asked in rules.offered(actor().roles()) else None


def _new_page(form: NewPersonForm) -> str:
    _offer_places(form)
    return render_template("accounts/new.html", form=form, **_rule_of(form.role.data))


def _rule_of(role: str) -> dict[str, bool]:
    """What the form has to say of a role: whether it must end, and whether one person at a time holds it."""
    return {"must_end": rules.POSTINGS[role]["end"] == "must", "is_single": rules.is_single(role)}


def _offer_places(form: Any) -> None:
    """The places where I may give this role, in code order."""
    role = form.role.data
    kinds, giving = rules.places(role), rules.givers(role)
    nowhere = _("No place: the role applies everywhere") if "nowhere" in kinds else None
    now = body_views.said_of_holders(role)
    form.place.choices = place_choices(
        queries.cells(read(), actor(), kinds, giving), queries.bodies(read(), actor(), kinds), named, nowhere, now
    )


@bp.post("/people/new")
@may("posting.grant")
def create_person() -> Any:
    """Make the account, its posting and the first code; the slip is shown once, here."""
    form = NewPersonForm(request.form)
    if _role(form.role.data) is None:
        raise NotFound
    _offer_places(form)
    if not form.validate():
        return _new_page(form), 422
    code = passwords.code(passwords.LONG)
    hashed = passwords.make_light(code)
    try:
        with write() as session:
            made = service.create_person(session, actor(), form.person(form.login.data), form.posting(), hashed)
            until = clock.now() + service.lasting(session, slip=True)
            slip = Slip(made.zh, made.en, made.login, code, until)
            back = url_for("accounts.person", person_id=made.id)
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _new_page(form), 422
    return show([slip], back)


@bp.get("/people/<int:person_id>/edit")
@may("person.help")
def edit_person(person_id: int) -> str:
    """The form for somebody's names and telephone."""
    found = queries.person(read(), actor(), person_id, to_help=True)
    return render_template("accounts/edit.html", person=found, form=NamesForm(obj=found))


@bp.post("/people/<int:person_id>/edit")
@may("person.help")
def save_person(person_id: int) -> Any:
    """Correct them."""
    form, found = NamesForm(request.form), queries.person(read(), actor(), person_id, to_help=True)
    if not form.validate():
        return render_template("accounts/edit.html", person=found, form=form), 422
    with write() as session:
        service.edit_person(session, actor(), person_id, form.person())
    return _back(person_id, _("Saved."))


def left_behind(lines: Sequence[Any]) -> dict[str, Any]:
    """What is in hand where these postings end, and to whom it goes."""
    ended = {line.posting.id for line in lines}
    return body_views.what_is_left(queries.leaving(read(), lines, ended), ended)


def _back(person_id: int, message: str) -> Any:
    flash(message, "good")
    return redirect(url_for("accounts.person", person_id=person_id))


# --- what a tier does for those below ---


@bp.get("/people/<int:person_id>/suspending")
@may("person.help")
def suspending(person_id: int) -> str:
    """Before it is done: what is in hand where the person sits, and to whom it goes."""
    found = queries.person(read(), actor(), person_id, to_help=True)
    lines = people_queries.postings_of(read(), person_id)
    return render_template("accounts/suspend.html", person=found, postings=lines, **left_behind(lines))


@bp.post("/people/<int:person_id>/suspend")
@may("person.help")
def suspend(person_id: int) -> Any:
    """Out at the next request."""
    with write() as session:
        service.suspend(session, actor(), person_id)
    return _back(person_id, _("Suspended. This account can no longer log in."))


@bp.post("/people/<int:person_id>/resume")
@may("person.help")
def resume(person_id: int) -> Any:
    """In again."""
    with write() as session:
        service.resume(session, actor(), person_id)
    return _back(person_id, _("The account is active again."))


@bp.post("/people/<int:person_id>/phones/<int:session_id>/end")
@may("person.help")
def end_phone(person_id: int, session_id: int) -> Any:
    """Revoke a log-in of somebody below: the phone was lost."""
    with write() as session:
        service.end_phone(session, actor(), person_id, session_id)
    return _back(person_id, _("That log-in has ended."))


@bp.post("/people/<int:person_id>/code")
@may("person.help")
def give_code(person_id: int) -> Any:
    """A six-digit code to read out on the phone; it stands on this one answer and is kept nowhere."""
    found = queries.person(read(), actor(), person_id, to_help=True)
    facts = found.zh, found.en, found.login
    code = passwords.code()
    close_reads()
    with turn("password"):
        hashed = passwords.make(code)
    with write() as session:
        until = service.give_code(session, actor(), person_id, hashed).expires_at
    return show([Slip(*facts, code, until)], url_for("accounts.person", person_id=person_id))


@bp.post("/people/<int:person_id>/second/reset")
@may("person.help")
def reset_second(person_id: int) -> Any:
    """The phone with the authenticator app is lost."""
    with write() as session:
        service.reset_second(session, actor(), person_id)
    return _back(person_id, _("The second factor is reset. All log-ins of this person have ended."))


@bp.post("/people/slips")
@may("person.help")
def give_slips() -> Any:
    """New slips for everybody below who never logged in: the old ones ran out, or the page with them was lost."""
    waiting = {p.id: (p.zh, p.en, p.login) for p in queries.without_password(read(), actor())}
    slips = []
    for batch in batched(waiting, SLIPS_AT_ONCE):
        codes = {person_id: passwords.code(passwords.LONG) for person_id in batch}
        hashes = {person_id: passwords.make_light(code) for person_id, code in codes.items()}
        with write() as session:
            slips += [
                Slip(*waiting[kept.person_id], codes[kept.person_id], kept.expires_at)
                for kept in service.give_slips(session, actor(), hashes)
            ]
    return show(slips, url_for("accounts.index"))


def batched(things: Iterable[int], size: int) -> Iterator[list[int]]:
    """So many at a time: no write is long, however many there are."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


# --- postings ---


@bp.get("/people/<int:person_id>/postings/new")
@may("posting.grant")
def new_posting(person_id: int) -> str:
    """First the role, then the form whose places fit it."""
    found = queries.person(read(), actor(), person_id, to_help=True)
    role = _role(request.args.get("role"))
    if role is None:
        return render_template("accounts/roles.html", person=found, roles=rules.offered(actor().roles()))
    return _posting_page(found, PostingForm(data={"role": role}))


def _posting_page(found: Any, form: PostingForm) -> str:
    _offer_places(form)
    return render_template("accounts/posting.html", person=found, form=form, **_rule_of(form.role.data))


@bp.post("/people/<int:person_id>/postings/new")
@may("posting.grant")
def grant_posting(person_id: int) -> Any:
    """Give it."""
    form, found = PostingForm(request.form), queries.person(read(), actor(), person_id, to_help=True)
    if _role(form.role.data) is None:
        raise NotFound
    _offer_places(form)
    if not form.validate():
        return _posting_page(found, form), 422
    try:
        with write() as session:
            service.grant_posting(session, actor(), person_id, form.posting())
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _posting_page(queries.person(read(), actor(), person_id, to_help=True), form), refusal.status
    return _back(person_id, _("Posted."))


@bp.get("/people/<int:person_id>/postings/<int:posting_id>/end")
@may("posting.grant")
def ending(person_id: int, posting_id: int) -> str:
    """The form for its last day."""
    return _end_page(person_id, posting_id, EndForm())


def _end_page(person_id: int, posting_id: int, form: EndForm) -> str:
    found = queries.person(read(), actor(), person_id)
    queries.posting_below(read(), actor(), posting_id)
    line = _line(person_id, posting_id)
    return render_template("accounts/end.html", person=found, line=line, form=form, **left_behind([line]))


def _line(person_id: int, posting_id: int) -> Any:
    """The posting with its place, when it is this person's."""
    line = next((line for line in people_queries.postings_of(read(), person_id) if line.posting.id == posting_id), None)
    if line is None:
        raise NotFound
    return line


@bp.post("/people/<int:person_id>/postings/<int:posting_id>/end")
@may("posting.grant")
def end_posting(person_id: int, posting_id: int) -> Any:
    """End it after a day, or at once."""
    form = EndForm(request.form)
    if not form.validate():
        return _end_page(person_id, posting_id, form), 422
    _line(person_id, posting_id)
    if status := refused(form, lambda session: service.end_posting(session, actor(), posting_id, form.last.data)):
        return _end_page(person_id, posting_id, form), status
    flash(_("The end of the posting has been set."), "good")
    return redirect(url_for("accounts.index") if _gone(person_id) else url_for("accounts.person", person_id=person_id))


def _gone(person_id: int) -> bool:
    """Whether the person has left my reach with this posting."""
    try:
        queries.person(read(), actor(), person_id)
    except NotFound:
        return True
    return False
