"""The page of a round: untouched, or come back with what was sent and has to be put right."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from ..core import clock, words
from ..core.errors import N_, NotFound
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from ..people import words as people_words
from ..web import drawn, language
from ..web.kept import in_words
from ..web.language import named, of_page
from ..web.request import actor, read, read_connection
from . import coverage, queries, service, topics
from .forms import NOT_GONE, PatrolForm
from .queries import NOT_SEEN


def untouched(grid_id: int, kept: dict[str, Any]) -> str:
    """What is due today, or the whole list with ?all=1; ``kept`` goes along unseen. In a grid above the villages first
    the choice of one (``_above``).

    Only of what is due to the very person who walks is "normal" said beforehand, and that the round is a regular one.
    Whoever types in a sheet, or opens the whole list, finds nothing stated: one press would claim visits that nobody
    made.
    """
    if grid_id in actor().grids_for("patrol.inspect"):
        return _above(grid_id, kept)
    cell, lines = queries.village(read_connection(), actor(), "patrol.write", grid_id)
    everything = request.args.get("all")
    shown = lines if everything else queries.due(lines)
    walker = _walker(grid_id)
    is_stated = not (everything or walker["walker"])
    bare = {"keepers": queries.keepers(read(), cell), "report": address_of_report(grid_id)} if not lines else None
    values = _values(cell, kept, shown, None, is_sheet=bool(walker["walker"]), is_stated=is_stated) | {
        "here": request.full_path,
        "later": len(lines) - len(shown),
        "whole": _whole(grid_id, kept["id"]),
    }
    facts = {
        **walker,
        "bare": bare,
        "sent": None,
        "blank": PatrolForm,
        "any": bool(shown),
        "has_form": True,
        "is_stated": is_stated,
        "kind": "regular" if is_stated and shown else None,
        "round_kinds": ROUND_KINDS,
        "more_later": len(lines) > len(shown),
        "gone": (),
        "tour": None,
    }
    return (drawn.uncached if walker["walker"] or bare else drawn.page)("patrol/round.html", values, **facts)


def _above(grid_id: int, kept: dict[str, Any]) -> str:
    """The round of a grid above the villages. ?at= is a grid below it: of a village its objects are shown, of any other
    what lies in it, to choose from. The topics can be looked at without choosing anything."""
    own = grid_queries.cell(read(), actor(), "patrol.inspect", grid_id)
    at = request.args.get("at", type=int)
    inside = grid_queries.cell(read(), actor(), "patrol.read", at) if at else own
    if not inside.path.startswith(own.path):
        raise NotFound
    parts = grid_queries.cells(read(), actor(), "patrol.read", parent_id=inside.id)
    lines = [] if parts else queries.village(read_connection(), actor(), "patrol.read", inside.id)[1]
    shown = lines if request.args.get("all") else queries.due(lines)
    values = _values(own, kept, shown, None) | {
        "here": request.full_path,
        "later": len(lines) - len(shown),
        "whole": partial(url_for, "patrol.start", grid_id=grid_id, at=inside.id, all=1, id=kept["id"] or None),
    }
    return drawn.uncached(
        "patrol/round.html",
        values,
        **NO_WALKER,
        bare=None,
        sent=None,
        blank=PatrolForm,
        any=bool(shown),
        has_form=True,
        is_stated=False,
        kind=None,
        round_kinds=ROUND_KINDS,
        more_later=len(lines) > len(shown),
        gone=(),
        tour=_tour(own, inside, parts, kept["id"]),
    )


def _tour(own: Cell, inside: Cell, parts: Sequence[Cell], entry: object) -> dict[str, Any]:
    """Where a round above the villages is, and where it can go on; of villages how their objects stand."""
    is_last = bool(parts) and parts[0].tier == grid_queries.working_tier(read())
    now = coverage.standing(read(), actor(), inside.path) if is_last else {}

    def address(at: int) -> str:
        return url_for("patrol.start", grid_id=own.id, at=at, id=entry or None)

    return {
        "inside": None if inside.id == own.id else inside,
        "up": address(inside.parent_id or own.id) if inside.id != own.id else None,
        "parts": [(part, address(part.id), now.get(part.id)) for part in parts],
        "is_last": is_last,
        "rounds": url_for("desk.rounds", grid_id=own.id),
    }


def sent_back(kept: dict[str, Any], sent: PatrolForm) -> str:
    """What came, and nothing else: an object that he was never shown, preset to normal, would be his word for it.

    The list is that of the round's day, as the service asks for it; what was not on it is named and left out.
    """
    grid_id, answered = sent.grid.data, {visit.object_id for visit in sent.answers()}
    on, db = clock.day(sent.occurred() or clock.now()), read_connection()
    is_above = grid_id in actor().grids_for("patrol.inspect")
    if is_above:
        cell = grid_queries.cell(read(), actor(), "patrol.inspect", grid_id)
        shown = queries.inside(db, cell.path, answered, on)
    else:
        cell, lines = queries.village(db, actor(), "patrol.write", grid_id, on)
        shown = [line for line in lines if line.object.id in answered]
    walker = NO_WALKER if is_above else _walker(grid_id, sent)
    gone = queries.within(db, cell.path, answered - {line.object.id for line in shown})
    return drawn.uncached(
        "patrol/round.html",
        _values(cell, kept, shown, sent, is_sheet=bool(walker["walker"]))
        | {
            "here": url_for("patrol.start", grid_id=grid_id, id=kept["id"] or None),
            "whole": _whole(grid_id, kept["id"]),
        },
        **walker,
        sent=sent,
        is_stated=False,
        kind=sent.kind(),
        round_kinds=ROUND_KINDS,
        blank=PatrolForm,
        any=bool(shown),
        has_form=bool(shown or sent.written()),
        more_later=False,
        gone=gone,
        bare=None,
        tour=None,
    )


def _values(
    cell: Cell,
    kept: dict[str, Any],
    shown: list[queries.ObjectRow],
    sent: PatrolForm | None,
    *,
    is_sheet: bool = False,
    is_stated: bool = False,
) -> dict[str, Any]:
    """What every page of a round says: whose it is, the objects, and the topics that are no object."""
    return {
        **kept,
        "person": actor().person_id,
        "village": named(cell),
        "rows": _rows(shown, sent, is_sheet=is_sheet, is_stated=is_stated),
        "topics": _topics(cell.tier, sent),
    }


def address_of_report(grid_id: int) -> str:
    """Where a problem of a grid is reported, which needs no object."""
    return url_for("report.start", grid_id=grid_id)


#: Of a round that nobody types in for somebody else.
NO_WALKER: dict[str, Any] = {"walker": None, "nobody": False}

ROUND_KINDS = tuple(topics.KINDS.items())  # as pairs, which a page that is drawn once can be told by

#: How a round's outcomes are called in its form.
OUTCOMES = {
    "normal": N_("Normal"),
    "not_gone": N_("Not visited"),
    NOT_SEEN: N_("Could not check"),
    "problem": N_("Problem"),
}


def told(sent: PatrolForm) -> list[tuple[str, str]]:
    """What a round says, in the words of its form: village, the objects by what was found, and the rest."""
    cell = grid_queries.cell(read(), actor(), "patrol.write", sent.grid.data or 0)
    answers = list(sent.answers())
    things = queries.within(read_connection(), cell.path, {visit.object_id for visit in answers})

    def named_as(result: str) -> str:
        ids = {visit.object_id for visit in answers if visit.result == result}
        return _(", ").join(named(thing) for thing in things if thing.id in ids)

    found = [(_(word), named_as(result)) for result, word in OUTCOMES.items() if named_as(result)]
    kind = [(_("Kind of patrol"), _(topics.KINDS[kind]))] if (kind := sent.kind() or "") in topics.KINDS else []
    return [(_("Village"), named(cell)), *found, *_looked(sent), *kind, *in_words(sent)]


def _looked(sent: PatrolForm) -> list[tuple[str, str]]:
    """What a round says of topics, each with what was found, where, and the sentence."""
    names = {topic.code: named(topic) for topic in topics.every(read())} if sent.looked() else {}
    return [
        (
            names.get(each.topic, each.topic),
            _(", ").join(filter(None, (_(OUTCOMES[each.result]), each.place, each.note))),
        )
        for each in sent.looked()
        if each.result in OUTCOMES
    ]


def _whole(grid_id: int, entry: object) -> Any:
    return partial(url_for, "patrol.start", grid_id=grid_id, all=1, id=entry or None)


def _walker(grid_id: int, sent: PatrolForm | None = None) -> dict[str, Any]:
    """The field for who walked, when that is not the reader; ``nobody`` is posted there now."""
    if grid_id in actor().grids_for("patrol.walk"):
        return NO_WALKER
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


def _topics(tier: int, sent: PatrolForm | None) -> Markup:
    """The topics of a grid of this tier, of which nothing is said beforehand; with what was sent of them, also of those
    that are no longer the level's."""
    said = {} if sent is None else sent.written()
    found: Sequence[Any] = topics.offered(read_connection(), tier)
    if said.keys() - {topic.code for topic in found}:
        found = [topic for topic in topics.every(read()) if topic.code in said]
    name = language.in_words(of_page())["named"]
    facts = {
        "topics": tuple((topic.code, name(topic), said.get(topic.code)) for topic in found),
        "reasons": tuple(words.of(read_connection(), "could_not_see")),
        "say_why": service.SAY_WHY,
    }
    if said:
        return Markup(render_template("patrol/_topics.html", **facts | {"say_why": _(service.SAY_WHY)}))
    return Markup(drawn.piece("patrol/_topics.html", (), **facts).filled({}))
