"""What the pages of every kind of sheet share: its form, its sample, the words for what was read and what is wrong."""

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any

from flask import Response, request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import FileField

from ..core import sheet_child
from ..core.errors import N_, Refused
from ..core.sheet import Column, Finding, Given, Note, Sheet, SheetRow, pack
from ..core.sheet_file import MAX_BYTES
from ..core.workbook import MEDIA_TYPE, book
from .errors import say, shown
from .forms import BaseForm
from .language import of_page
from .request import close_reads, turn, write_once

ABOVE = N_("Fill in below the headings, one row each. The rows above them may stay. * means required.")
NOTHING_NEW = N_("Everything in this spreadsheet is already there. Nothing was changed.")
WIDTH = 22


class SheetForm(BaseForm):
    """The file; what is wrong with it is said by the sheet reader."""

    sheet = FileField(_l("File (xlsx or CSV)"))


def heading(column: Column) -> str:
    """What we write over a column, in the reader's language; both are understood."""
    return column.label if of_page() == "en" else column.headings[0]


def columns(kind: Sheet) -> list[tuple[str, str, str]]:
    """For the page: each column, the headings we know it by, and what belongs in it."""
    return [
        (
            _(column.label) + (" *" if column.is_required else ""),
            " / ".join(column.headings[:3]),
            _(column.about) if column.about else "",
        )
        for column in kind.heads()
    ]


def notes(given: Sequence[Note]) -> list[str]:
    """What reading did, in sentences."""
    return [_(note.message, **shown(note.params)) for note in given]


def looked_at(kind: Sheet, form: SheetForm, rehearse: Callable[[list[SheetRow]], Any], page: Callable[..., str]) -> Any:
    """The page of the sheet that was sent, rehearsed; 422 when the file or a row is wrong, 503 when we did not come to
    it."""
    file = request.files.get("sheet")
    data = file.read(MAX_BYTES + 1) if file else b""
    close_reads()
    try:
        with turn("sheet", field="sheet"):
            given = kind.read(data, sheet_child.leaves)
        outcome = rehearse(given.rows)
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return page(form), refusal.status
    return page(form, outcome, given), 422 if outcome.findings else 200


def facts(kind: Sheet, form: SheetForm, outcome: Any, given: Given | None) -> dict[str, Any]:
    """What ``sheet_page.html`` shows: what the sheet would do (``outcome``), what was read of it (``given``), and its
    rows for the page that asks to confirm, once none of them is wrong."""
    wrong = findings(kind, outcome.findings if outcome else ())
    remarks = getattr(outcome, "remarks", ())
    return {
        "form": form,
        "columns": columns(kind),
        "findings": wrong,
        "notes": notes([*given.notes, *remarks]) if given else [],
        "outcome": outcome,
        "packed": pack(given.rows) if given and not wrong else "",
    }


def carried_out(
    kind: Sheet,
    form: SheetForm,
    apply: Callable[[Session, list[SheetRow]], Any],
    page: Callable[..., str],
    done: Callable[[Any], Any],
) -> Any:
    """The answer to a confirmed sheet, which is checked all over again: ``done``, or the page with what is wrong, and
    then nothing was changed."""
    try:
        lines = kind.unpack(request.form.get("rows"))
        outcome = write_once(lambda session: apply(session, lines))
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return page(form), refusal.status
    return (page(form, outcome), 422) if outcome.findings else done(outcome)


def findings(kind: Sheet, found: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Rows to put right: where, which column, what to write."""
    return [
        (each.row.where, _(kind.columns[each.column].label) if each.column else "", say(each.refusal)) for each in found
    ]


def sample(kind: Sheet, name: str) -> Response:
    """The empty sheet, with a row that says what belongs in each column."""
    explained = [_example(column) for column in kind.heads()]
    return filled(kind, name, (), [[_(kind.title) + _(": ") + _(ABOVE)], explained])


def _example(column: Column) -> str:
    words = [_(column.about)] if column.about else []
    return " ".join([*words, *([_("Example: %(text)s", text=column.example)] if column.example else [])])


def filled(kind: Sheet, name: str, rows: Iterable[Sequence[Any]], above: Sequence[Sequence[str]] = ()) -> Response:
    """The same sheet with rows in it, to be changed and brought in again."""
    head = [(heading(column) + ("*" if column.is_required else ""), WIDTH) for column in kind.heads()]
    made: BytesIO = book(_(kind.title), head, rows, above)
    return send_file(made, mimetype=MEDIA_TYPE, as_attachment=True, download_name=name)
