"""Pages for bringing in people by a sheet: send it, read what it would do, confirm, print the slips."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from ..core import clock, passwords
from ..core.errors import Refused
from ..core.sheet import Given, pack
from ..people import rules
from ..web import sheets
from ..web.errors import say
from ..web.request import actor, close_reads, may, read, write_once
from ..web.sheets import SheetForm
from . import queries, service, sheet_acts
from .blueprint import bp
from .sheet import BODIES, PEOPLE
from .slips import Slip, show


@bp.get("/people/import")
@may("posting.grant")
def import_page() -> str:
    """The form, and what the columns are."""
    return _page(SheetForm())


def _page(form: SheetForm, outcome: Any = None, given: Given | None = None) -> str:
    """The page; ``given`` is what was read of the file that ``outcome`` is about."""
    facts = sheets.facts(PEOPLE, form, outcome, given)
    if outcome and not facts["findings"]:
        facts["packed"] = pack(outcome.lines)  # with the log-in names that the page proposes
    return render_template(
        "accounts/import.html", roles=_role_words(), taken_for=_taken_for(outcome) if outcome else [], **facts
    )


def _role_words() -> list[tuple[str, str]]:
    """The roles that may be given, each with what the county's lists call it."""
    known = queries.role_words(read())
    return [
        (_(rules.ROLE_NAMES[role]), _(", ").join(known.get(role, [role]))) for role in rules.offered(actor().roles())
    ]


def _taken_for(outcome: Any) -> list[tuple[str, str, int]]:
    return [(word, _(rules.ROLE_NAMES[role]), number) for (word, role), number in outcome.roles.items()]


@bp.get("/people/import/sample")
@may("posting.grant")
def sample() -> Response:
    """An empty sheet with a row that explains each column; with ``?of=bodies`` the columns of a body alone."""
    if request.args.get("of") == "bodies":
        return sheets.sample(BODIES, "bodies.xlsx")
    return sheets.sample(PEOPLE, "people.xlsx")


@bp.post("/people/import")
@may("posting.grant")
def look_at_sheet() -> Any:
    """Rehearse the sheet: every wrong row is named, or the page says what would happen. Nothing is kept."""
    return sheets.looked_at(PEOPLE, SheetForm(), lambda rows: sheet_acts.rehearse(read(), actor(), rows), _page)


@bp.post("/people/import/confirm")
@may("posting.grant")
def bring_in() -> Any:
    """The confirmed sheet, checked all over again; the codes are hashed before the write. Shows the slips, once."""
    form = SheetForm()
    try:
        lines = PEOPLE.unpack(request.form.get("rows"))
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _page(form), 422
    codes = {login: passwords.code(passwords.LONG) for login in sheet_acts.new_logins(read(), lines)}
    lasts = service.lasting(read(), slip=True)
    close_reads()
    hashes = {login: passwords.make_light(code) for login, code in codes.items()}
    outcome = write_once(lambda session: sheet_acts.apply(session, actor(), lines, hashes))
    if outcome.findings:
        return _page(form, outcome), 422
    until = clock.now() + lasts
    slips = [Slip(zh, en, login, codes[login], until) for login, zh, en in outcome.people]
    return show(slips, url_for("accounts.index"), outcome)
