"""Log-in, log-out, the account page: password, phones, language."""

from io import BytesIO
from typing import Any

from flask import (
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import ngettext, refresh

from .. import domains
from ..core import clock, own, passwords, settings, workbook
from ..core.errors import Refused
from ..core.retention import log_months
from ..people import queries, words
from ..web import lists
from ..web.errors import say
from ..web.gate import new_token
from ..web.kept import unpack
from ..web.language import LOCALES, moment, named, safe_next, tongue
from ..web.request import actor, close_reads, may, read, read_connection, signed_in, turn, write
from . import device, second, second_views
from . import queries as sessions
from . import service as acts
from .blueprint import bp
from .forms import LoginForm, PasswordForm
from .models import LoginCode
from .onward import IN_TURN, KNOWN, choose_password, count, here, kept_form, know, onward, when

__all__ = ["bp", "second_views"]  # their pages stand on the same blueprint
CHOICES = ("lang", "large", KNOWN)  # what is of the browser and not of a log-in outlives it


@bp.record_once
def _words(state: BlueprintSetupState) -> None:
    words.init(state.app)


def kept_page(next_address: str, kept: str) -> Response:
    """What had been typed, offered again to who is logged in already: only the page's token was of another log-in."""
    return make_response(kept_form(next_address, unpack(kept)), 401)


def log_in_page(message: str, next_address: str, kept: str) -> Response:
    """The log-in page carrying what somebody had typed; the gate shows it when a log-in has ended."""
    form = LoginForm(data={"next": next_address, "kept": kept})
    return make_response(_login_page(form, message), 401)


@bp.get("/login")
@may("login.begin")
def login() -> str:
    """The log-in page; in a demo it lists the sample log-ins."""
    return _login_page(LoginForm(data={"next": safe_next(request.args.get("next"))}))


def _login_page(form: LoginForm, message: str | None = None) -> str:
    people = queries.demo_people(read()) if _is_demo() else []
    return render_template(
        "login/login.html",
        form=form,
        message=message,
        demo_people=people,
        demo_password=acts.DEMO_PASSWORD,
        days=settings.get(read(), "remember_phone_days"),
    )


def _is_demo() -> bool:
    return current_app.config["WANGGE"].demo


@bp.post("/login")
@may("login.begin")
def log_in() -> Any:
    """Check, then begin a session; the password is hashed before the write begins."""
    form = LoginForm(request.form)
    if not form.validate():
        return _login_page(form), 422
    try:
        person, code = acts.check(read(), form.login.data, form.secret.data, here(), demo=_is_demo(), turn=IN_TURN)
        code_id, must_change = code.id if code else None, person.must_change
        with write() as writing:
            token = acts.begin(
                writing,
                person,
                code_id,
                device.describe(request.user_agent.string),
                where=here(),
                remember=form.remember.data,
                replaces=session.get("sid"),
            )
    except Refused as refusal:
        count(refusal, form.login.data, form.secret.data)
        return _login_page(form, say(refusal)), refusal.status, when(refusal)
    _take(token)
    _begin_as(token)
    if actor().is_half:
        return _second_factor(form)
    know(actor().person_id)
    if code_id is None and not must_change:
        return onward(form)
    return choose_password(form, ask_current=code_id is None)


def _take(token: str) -> None:
    """From this answer on the browser is logged in."""
    _fill_cookie(sid=token)
    session.permanent = True


def _fill_cookie(**said: str) -> None:
    """The cookie gets a new content altogether, so nothing from before lives on.

    Its token comes with it: of two pages that are asked for at once each would bring its own, the later one would stay
    in the cookie, and the forms of the other page would be refused.
    """
    choices = {key: session[key] for key in CHOICES if key in session}
    session.clear()
    session.update(choices, csrf_token=new_token(), **said)


def _begin_as(token: str) -> None:
    """What this answer still shows, it shows to who has just logged in: his name in the frame, his language."""
    g.actor = sessions.by_token(read_connection(), token).actor  # type: ignore[union-attr]
    g.pop("language", None)
    refresh()


def _second_factor(form: LoginForm) -> Any:
    """The code is asked for on this answer, or it is set up, with what had been typed."""
    if not form.kept.data and sessions.second_factor(read(), actor().person_id) is None:
        return redirect(url_for("login.second_factor", next=form.next.data or None))
    return second_views.ask(form.carried)


@bp.post("/logout")
@signed_in
def logout() -> Any:
    """End this session on the server and empty the cookie."""
    who = actor()
    with write() as writing:
        acts.end(writing, who, who.session_id or 0)
    _fill_cookie()
    return redirect(url_for("login.login"))


@bp.get("/account")
@signed_in
def account() -> str:
    """Who I am here, my postings, and the phones that are logged in as me."""
    who = actor()
    return render_template(
        "login/account.html",
        phones=sessions.phones(read(), who.person_id),
        languages=LOCALES,
        person=queries.by_id(read(), who.person_id),
        postings=queries.postings_of(read(), who.person_id),
        second=sessions.second_factor(read(), who.person_id),
        may_have_second=second.may_have_one(who),
        notices=sessions.notices(read(), who.person_id),
    )


@bp.get("/account/data")
@signed_in
def data() -> Response:
    """What is kept about me, as a spreadsheet; of nobody else, as the address names nobody."""
    file = BytesIO()
    close_reads()
    with turn("own"):
        own.write(read(), domains.own(), actor().person_id, tongue(), file)
    file.seek(0)
    name = f"my-data-{clock.today().isoformat()}.xlsx"
    answer = send_file(file, mimetype=workbook.MEDIA_TYPE, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/account/phones/<int:session_id>/end")
@signed_in
def end_phone(session_id: int) -> Any:
    """Revoke one of my own log-ins."""
    with write() as writing:
        acts.end(writing, actor(), session_id)
    flash(_("That log-in has ended."), "good")
    return redirect(url_for("login.account"))


@bp.post("/account/phones/end-others")
@signed_in
def end_others() -> Any:
    """Revoke all of my log-ins but this one."""
    with write() as writing:
        number = acts.end_others(writing, actor())
    done = ngettext("%(num)d other log-in was ended.", "%(num)d other log-ins were ended.", number)
    flash(done if number else _("You were not logged in anywhere else."), "good")
    return redirect(url_for("login.account"))


@bp.post("/account/language")
@signed_in
def language() -> Any:
    """Keep the language of my pages with my account."""
    chosen = request.form.get("language")
    if chosen in LOCALES:
        with write() as writing:
            acts.choose_language(writing, actor(), chosen)
        session.pop("lang", None)
    return redirect(url_for("login.account"))


@bp.get("/codes")
@may("code.read")
def codes() -> str:
    """The log-in codes given to the county office and the administrators, newest first."""
    who = actor()
    if sessions.unseen_codes(read(), who):
        with write() as writing:
            acts.note_seen(writing, who)
    part = lists.part(sessions.count_codes(read(), who))
    lines = sessions.codes(read(), who, part.first, part.size)
    return lists.page(
        _("Log-in codes of the county"),
        (_("Code given"), _("For whom"), _("By whom"), _("Code used")),
        [(moment(line.code.given_at), _receiver(line), _giver(line), _used(line.code)) for line in lines],
        aside=ngettext("%(num)d code", "%(num)d codes", part.total),
        lead=_(
            "Every one-time code for an account of the county office or an administrator. Whoever holds a code "
            "can log in under that name, so ask about any code that nobody needed. An entry stays for "
            "%(months)s months after its code was used or expired.",
            months=log_months(read()),
        ),
        nothing=_("No code was given."),
        part=part,
    )


def _receiver(line: sessions.CodeLine) -> str:
    roles = _(", ").join(words.role_name(role) for role in line.roles)
    return _("%(name)s (%(login)s), %(roles)s", name=named(line.person), login=line.person.login, roles=roles)


def _giver(line: sessions.CodeLine) -> str:
    return _("the command line") if line.is_from_command else f"{named(line.giver)} ({line.giver.login})"


def _used(code: LoginCode) -> str:
    if code.used_at:
        return _("used %(when)s", when=moment(code.used_at))
    if code.expires_at > clock.now():
        return _("not yet, valid until %(when)s", when=moment(code.expires_at))
    return _("never, expired %(when)s", when=moment(code.expires_at))


@bp.get("/account/password")
@signed_in
def password() -> str:
    """The form for a new password."""
    return render_template(
        "login/password.html", form=PasswordForm(), ask_current=not acts.came_by_code(read(), actor())
    )


@bp.post("/account/password")
@signed_in
def change_password() -> Any:
    """Set it; every other log-in of mine ends. Without the old one only where a one-time code stood for it."""
    form, who = PasswordForm(request.form), actor()
    by_code = acts.came_by_code(read(), who)
    if not form.validate():
        return render_template("login/password.html", form=form, ask_current=not by_code), 422
    refusal = None if by_code else _check_present(form)
    if refusal is not None:
        page = render_template("login/password.html", form=form, ask_current=not by_code)
        return page, refusal.status, when(refusal)
    close_reads()
    with turn("password"):
        hashed = passwords.make(form.entry().new)
    with write() as writing:
        token = acts.change_password(writing, who, hashed, here())
    _take(token)
    flash(_("Your new password is now in use."), "good")
    return onward(form)


def _check_present(form: PasswordForm) -> Refused | None:
    """None when the present password was right; else its refusal stands beside the field, and the try is counted."""
    current = form.entry().current
    try:
        acts.check_present(read(), actor(), current, here(), IN_TURN)
    except Refused as refusal:
        login = queries.by_id(read(), actor().person_id).login
        form.refuse(refusal.field or "current", say(refusal))
        count(refusal, login, current)
        return refusal
    return None
