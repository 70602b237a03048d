"""The page of a round: untouched, or come back with what was sent and has to be put right."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from ..core import clock, words
from ..core.errors import N_
from ..people import words as people_words
from ..web import drawn, language
from ..web.kept import in_words
from ..web.language import named, of_page
from ..web.request import actor, read, read_connection
from . import queries, service
from .forms import NOT_GONE, PatrolForm
from .queries import NOT_SEEN


def untouched(grid_id: int, kept: dict[str, Any]) -> str:
    """What is due today, or the whole list with ?all=1; ``kept`` goes along unseen.

    Only of what is due to the very person who walks is "normal" said beforehand. Whoever types in a sheet, or opens the
    whole list, finds nothing stated: one press would claim visits that nobody made.
    """
    cell, lines = queries.village(read_connection(), actor(), "patrol.write", grid_id)
    everything = request.args.get("all")
    shown = lines if everything else queries.due(lines)
    walker = _walker(grid_id)
    is_stated = not (everything or walker["walker"])
    values = {
        **kept,
        "person": actor().person_id,
        "here": request.full_path,
        "village": named(cell),
        "rows": _rows(shown, None, is_stated=is_stated, is_sheet=bool(walker["walker"])),
        "later": len(lines) - len(shown),
        "whole": _whole(grid_id, kept["id"]),
    }
    bare = {"keepers": queries.keepers(read(), cell), "report": address_of_report(grid_id)} if not lines else None
    facts = {
        **walker,
        "bare": bare,
        "sent": None,
        "blank": PatrolForm,
        "any": bool(shown),
        "is_stated": is_stated,
        "more_later": len(lines) > len(shown),
        "gone": (),
    }
    return (drawn.uncached if walker["walker"] or bare else drawn.page)("patrol/round.html", values, **facts)


def sent_back(kept: dict[str, Any], sent: PatrolForm) -> str:
    """What came, and nothing else: an object that he was never shown, preset to normal, would be his word for it.

    The list is that of the round's day, as the service asks for it; what was not on it is named and left out.
    """
    grid_id, answered = sent.grid.data, {visit.object_id for visit in sent.answers()}
    cell, lines = queries.village(
        read_connection(), actor(), "patrol.write", grid_id, clock.day(sent.occurred() or clock.now())
    )
    shown, walker = [line for line in lines if line.object.id in answered], _walker(grid_id, sent)
    gone = queries.in_village(read_connection(), grid_id, answered - {line.object.id for line in shown})
    return drawn.uncached(
        "patrol/round.html",
        {
            **kept,
            "person": actor().person_id,
            "here": url_for("patrol.start", grid_id=grid_id, id=kept["id"] or None),
            "village": named(cell),
            "rows": _rows(shown, sent, is_sheet=bool(walker["walker"])),
            "whole": _whole(grid_id, kept["id"]),
        },
        **walker,
        sent=sent,
        is_stated=False,
        blank=PatrolForm,
        any=bool(shown),
        more_later=False,
        gone=gone,
        bare=None,
    )


def address_of_report(grid_id: int) -> str:
    """Where a problem of a grid is reported, which needs no object."""
    return url_for("report.start", grid_id=grid_id)


#: How a round's outcomes are called in its form.
OUTCOMES = {
    "normal": N_("Normal"),
    "not_gone": N_("Not visited"),
    NOT_SEEN: N_("Could not check"),
    "problem": N_("Problem"),
}


def told(sent: PatrolForm) -> list[tuple[str, str]]:
    """What a round says, in the words of its form: village, the objects by what was found, and the rest."""
    cell, _lines = queries.village(read_connection(), actor(), "patrol.write", sent.grid.data or 0)
    answers = list(sent.answers())
    things = queries.in_village(read_connection(), cell.id, {visit.object_id for visit in answers})

    def named_as(result: str) -> str:
        ids = {visit.object_id for visit in answers if visit.result == result}
        return _(", ").join(named(thing) for thing in things if thing.id in ids)

    found = [(_(word), named_as(result)) for result, word in OUTCOMES.items() if named_as(result)]
    return [(_("Village"), named(cell)), *found, *in_words(sent)]


def _whole(grid_id: int, entry: object) -> Any:
    return partial(url_for, "patrol.start", grid_id=grid_id, all=1, id=entry or None)


def _walker(grid_id: int, sent: PatrolForm | None = None) -> dict[str, Any]:
    """The field for who walked, when that is not the reader; ``nobody`` is posted there now."""
    if grid_id in actor().grids_for("patrol.walk"):
        return {"walker": None, "nobody": False}
    form = PatrolForm() if sent is None else sent
    form.person_id.choices, somebody = people_words.officer_choices(read(), grid_id)
    return {"walker": form.person_id, "nobody": not somebody, "may_post": actor().may("posting.grant")}


def _rows(
    lines: list[queries.ObjectRow], sent: PatrolForm | None, *, is_sheet: bool, is_stated: bool = False
) -> Markup:
    """The objects to be seen: untouched, with "normal" (``is_stated``) or nothing said, or with what was said of each.
    Of a sheet, nothing said means that it does not stand there."""
    reasons = tuple(words.of(read_connection(), "could_not_see"))
    name = language.in_words(of_page())["named"]
    blank = drawn.piece(
        "patrol/_row.html",
        ("key", "label", "kind"),
        outcome="normal" if is_stated else NOT_GONE,
        is_sheet=is_sheet,
        reason="",
        error="",
        reasons=reasons,
    )

    def row(line: queries.ObjectRow) -> str:
        key = f"v{line.object.id}"
        names = {"key": key, "label": name(line.object), "kind": name(line.type)}
        if sent is None:
            return blank.filled(names)
        outcome, reason = (sent.sent.get(f"{key}-{part}") for part in ("outcome", "reason"))
        missing = outcome == NOT_SEEN and not reason
        return render_template(
            "patrol/_row.html",
            **names,
            outcome=outcome,
            is_sheet=is_sheet,
            reason=reason,
            reasons=reasons,
            error=_(service.SAY_WHY) if missing else "",
        )

    return Markup("".join(map(row, lines)))
