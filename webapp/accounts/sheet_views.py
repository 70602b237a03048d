"""Pages for bringing in people by a sheet: send it, read what it would do, confirm, print the slips."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from ..core import clock, passwords
from ..core.errors import Refused
from ..people import rules
from ..web.errors import say
from ..web.request import actor, close_reads, may, read, write_once
from . import service, sheet, sheet_acts
from .blueprint import bp
from .forms import SheetForm
from .slips import Slip, show


@bp.get("/people/import")
@may("posting.grant")
def import_page() -> str:
    """The form, and what the columns are."""
    return _page(SheetForm())


def _page(form: SheetForm, outcome: Any = None, lines: Any = None) -> str:
    columns = [(_(label), " / ".join(sheet.COLUMNS[column][:3])) for column, label in sheet.LABELS.items()]
    roles = [
        (_(rules.ROLE_NAMES[role]), next(word for word, meant in sheet_acts.ROLE_WORDS.items() if meant == role))
        for role in rules.offered(actor().roles())
    ]
    findings = [
        (found.number, _(sheet.LABELS[found.column]) if found.column else "", say(found.refusal))
        for found in (outcome.findings if outcome else [])
    ]
    return render_template(
        "accounts/import.html",
        form=form,
        columns=columns,
        roles=roles,
        findings=findings,
        outcome=outcome,
        packed=sheet.pack(lines) if lines and not findings else "",
    )


@bp.post("/people/import")
@may("posting.grant")
def look_at_sheet() -> Any:
    """Rehearse the sheet: every wrong row is named, or the page says what would happen. Nothing is kept."""
    form, file = SheetForm(), request.files.get("sheet")
    try:
        lines = sheet.read(file.read(sheet.MAX_BYTES + 1) if file else b"")
        outcome = sheet_acts.rehearse(read(), actor(), lines)
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _page(form), 422
    return _page(form, outcome, lines), 422 if outcome.findings else 200


@bp.post("/people/import/confirm")
@may("posting.grant")
def bring_in() -> Any:
    """The confirmed sheet, checked all over again; the codes are hashed before the write. Shows the slips, once."""
    form = SheetForm()
    try:
        lines = sheet.unpack(request.form.get("rows"))
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
