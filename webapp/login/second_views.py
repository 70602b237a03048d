"""Pages of the second factor: setting it up, the code at the log-in, and without it again."""

from typing import Any

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from ..core import passwords
from ..core.errors import Later, Refused
from ..core.process import FILL_IN
from ..people import queries
from ..web.errors import say
from ..web.language import safe_next
from ..web.request import actor, read, signed_in, write
from . import queries as sessions
from . import second
from . import service as acts
from .blueprint import bp
from .forms import BeginForm, CodeForm, OnwardForm
from .onward import IN_TURN, choose_password, count, here, know, onward, when


@bp.get("/account/second")
@signed_in
def second_factor() -> Any:
    """The code, where it is asked for; else setting it up, or what is set up."""
    return ask({"next": safe_next(request.args.get("next"))})


def _keys() -> second.Keys:
    return [current_app.config["SECRET_KEY"], *(current_app.config["SECRET_KEY_FALLBACKS"] or ())]


def ask(carried: dict[str, str]) -> str:
    """The page of the code at the log-in, or of setting it up, for who was going somewhere with something."""
    return _page(CodeForm(data=carried), BeginForm(data=carried))


def _page(form: CodeForm, begin: BeginForm) -> str:
    who, session = actor(), read()
    factor = sessions.second_factor(session, who.person_id)
    if factor is not None and who.is_half:
        return render_template("login/second_ask.html", form=form, readable=second.opened(_keys(), factor.sealed))
    sealed = second.unconfirmed(session, who.person_id) if factor is None else None
    return render_template(
        "login/second.html",
        form=form,
        begin=begin,
        factor=factor,
        is_wanted=sessions.has_to_have_one(session, who.person_id),
        left=second.codes_left(session, who.person_id),
        **_shown(second.opened(_keys(), sealed) if sealed else None),
    )


def _shown(secret: str | None) -> dict[str, Any]:
    """The secret for an app: as a picture, as a link for the same phone, and in letters."""
    if secret is None:
        return {"secret": ""}
    address = second.address(secret, queries.by_id(read(), actor().person_id).login)
    picture = segno.make(address, error="m").svg_inline(border=4, light="#fff", title="QR", omitsize=True)
    letters = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"secret": letters, "address": address, "picture": Markup(picture)}


@bp.post("/account/second/begin")
@signed_in
def second_begin() -> Any:
    """A new secret for an app; who has been logged in for a while says the password again."""
    form, who = BeginForm(request.form), actor()
    try:
        if not who.is_half:
            _check_password(form)
        with write() as writing:
            second.begin(writing, who, second.seal(_keys(), second.fresh()))
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _page(CodeForm(data=form.carried), form), refusal.status, when(refusal)
    if form.kept.data:  # what was typed is in no address
        return ask(form.carried)
    return redirect(url_for("login.second_factor", next=form.next.data or None), 303)


def _check_password(form: BeginForm) -> None:
    if not form.current.data:
        raise Refused(FILL_IN, field="current")
    try:
        acts.check_present(read(), actor(), form.current.data, here(), IN_TURN)
    except Refused as refusal:
        count(refusal, queries.by_id(read(), actor().person_id).login, form.current.data)
        raise


@bp.post("/account/second/confirm")
@signed_in
def second_confirm() -> Any:
    """The first code of the app; the recovery codes stand on this answer and are kept nowhere."""
    form, who = CodeForm(request.form), actor()
    sealed = second.unconfirmed(read(), who.person_id)
    codes = [passwords.code(passwords.LONG) for _each in range(second.RECOVERY_CODES)]
    try:
        if sealed is None:
            raise Refused(second.SET_UP_ANEW)
        passed = _checked(form, sealed)
        hashes = [passwords.make_light(code) for code in codes]
        with write() as writing:
            second.confirm(writing, who, sealed, passed.step or 0, hashes)
    except Refused as refusal:
        return _again(form, refusal)
    know(who.person_id)
    codes = [passwords.spaced(code) for code in codes]
    return render_template("login/second_codes.html", codes=codes, form=OnwardForm(data=form.carried))


@bp.post("/account/second/done")
@signed_in
def second_done() -> Any:
    """The recovery codes are written down."""
    return _further(OnwardForm(request.form))


@bp.post("/account/second/check")
@signed_in
def second_check() -> Any:
    """The code at the log-in."""
    form, who = CodeForm(request.form), actor()
    try:
        passed = _checked(form)
        with write() as writing:
            is_whole = second.let_in(writing, who, passed, _keys(), here())
    except Refused as refusal:
        return _again(form, refusal)
    if is_whole:
        know(who.person_id)
    return _further(form)


def _further(form: OnwardForm) -> Any:
    """Past the second factor."""
    who = actor()
    if who.must_change:
        ask_current = not acts.came_by_code(read(), who)
        return choose_password(form, ask_current=ask_current)
    return onward(form)


@bp.post("/account/second/off")
@signed_in
def second_off() -> Any:
    """Without it again, or on to another app; a code shows that it is the owner who asks."""
    form, who = CodeForm(request.form), actor()
    if who.is_half:
        return redirect(url_for("login.second_factor"), 303)
    try:
        passed = _checked(form)
        with write() as writing:
            second.switch_off(writing, who, passed, here())
    except Refused as refusal:
        return _again(form, refusal)
    flash(_("The second factor is switched off."), "good")
    return redirect(url_for("login.second_factor"), 303)


def _checked(form: CodeForm, sealed: str | None = None) -> second.Passed:
    """What the code is; a wrong one is counted."""
    if not form.validate():
        raise Refused(form.first_error(), field="code")
    person = queries.by_id(read(), actor().person_id)
    try:
        return second.check(read(), person, form.code.data, here(), _keys(), sealed)
    except (Later, second.NotReadable):
        raise
    except Refused:
        with write() as writing:
            second.failed(writing, queries.by_id(read(), actor().person_id), here(), form.code.data or "")
        raise


def _again(form: CodeForm, refusal: Refused) -> Any:
    if not form.errors:
        form.refuse(refusal.field, say(refusal))
    form.code.data = None
    return _page(form, BeginForm(data=form.carried)), refusal.status, when(refusal)


@bp.get("/account/notices")
@signed_in
def notices() -> Any:
    """What others did to this account."""
    lines = sessions.notices(read(), actor().person_id)
    next_ = safe_next(request.args.get("next"))
    return render_template("login/notices.html", lines=lines, next=next_) if lines else redirect(next_)


@bp.post("/account/notices")
@signed_in
def notices_seen() -> Any:
    """Seen."""
    with write() as writing:
        acts.note_notices(writing, actor())
    return redirect(safe_next(request.form.get("next")), 303)
