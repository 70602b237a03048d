"""Plain lists: a title, columns or rows, a sentence when there are none, and the pages of the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask_babel import gettext as _

SIZE = 50  # rows of a page


@dataclass(frozen=True)
class Part:
    """Which rows of a list a page shows, and the addresses of the parts beside it. ``by_time``: from new to old."""

    older: str | None = None
    newer: str | None = None
    by_time: bool = True
    at: str = ""  # "51–100 of 130"; empty when all stand on one page
    first: int = 0
    size: int = SIZE
    total: int = 0


def part(total: int, size: int = SIZE) -> Part:
    """The part that ``?page=`` asks for, counted from 1; the nearest there is, when there is none of that number."""
    pages = max(1, -(-total // size))
    number = max(1, min(request.args.get("page", 1, int), pages))
    return Part(
        older=_address(number + 1) if number < pages else None,
        newer=_address(number - 1) if number > 1 else None,
        by_time=False,
        at=_at((number - 1) * size, size, total) if pages > 1 else "",
        first=(number - 1) * size,
        size=size,
        total=total,
    )


def _at(first: int, size: int, total: int) -> str:
    return _("%(first)d–%(last)d of %(total)d", first=first + 1, last=min(first + size, total), total=total)


def _address(number: int) -> str:
    """This page's address with all that was chosen, and another number."""
    chosen = {name: value for name, value in request.args.items() if value}
    return f"{request.script_root}{request.path}?{urlencode(chosen | {'page': number})}"


def page(
    title: str,
    head: Sequence[str] = (),
    body: Sequence[Sequence[Any]] = (),
    *,
    items: Sequence[Any] = (),
    aside: str = "",
    lead: str = "",
    nothing: str = "",
    back_to: tuple[str, str | None] | None = None,
    numeric: Sequence[int] = (),
    part: Part | None = None,
) -> str:
    """A table of ``head`` and ``body`` (text or markup), or ``items`` as the macro ``rows`` shows them.

    ``aside`` stands beside the title, ``lead`` below it, ``nothing`` where there is no row; ``back_to`` is an address
    and its word; ``numeric`` are columns set right, counted from 0.
    """
    return render_template(
        "list.html",
        title=title,
        head=head,
        body=body,
        items=items,
        aside=aside,
        lead=lead,
        nothing=nothing or _("Nothing here."),
        back_to=back_to,
        numeric=numeric,
        part=part or Part(),
    )
