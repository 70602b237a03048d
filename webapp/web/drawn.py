"""Pages that are the same for many people but for a few words: drawn once per worker, then only filled in.

Drawing a page costs ten times what filling it in does. Nothing about the asker can get into what is kept: while it is
drawn there is no actor, no database, and in the place of every word of the asker's there is a hole.
"""
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import current_app, g, render_template, session
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from .gate import csrf_token
from .language import of_page

MOST_KEPT = 200  # some twelve kilobytes each; a worker meets a few dozen
HOLE = re.compile("\0([\\w.]+)\0")
_kept: dict[Hashable, "Drawn"] = {}


class Drawn(NamedTuple):
    """A page as a %-format, and the names of its holes."""

    text: str
    holes: frozenset[str]

    def filled(self, values: Mapping[str, Any]) -> Markup:
        """With a value, escaped, in each hole; a function is asked only when its hole is there."""
        return Markup(self.text % {name: str(escape(_value(values[name]))) for name in self.holes})


def page(template: str, fill: Mapping[str, Any], **facts: Hashable) -> str:
    """``render_template`` for a page that depends on the language, the kind of its frame, and ``facts``.

    What is ``fill`` differs from page to page: the template may only put it somewhere, not decide by it.
    """
    if "_flashes" in session:  # words for this page alone
        return alone(template, fill, **facts)
    frame = current_app.extensions["frame"]()
    return piece(template, fill, frame=frame.empty(), **facts).filled({**fill, **frame.words(), "token": csrf_token})


def alone(template: str, fill: Mapping[str, Any], **facts: Any) -> str:
    """The same page drawn for one person, by whatever facts."""
    return render_template(template, **facts, **{name: _value(value) for name, value in fill.items()})


def _value(value: Any) -> Any:
    return value() if callable(value) else value


def piece(template: str, holes: Iterable[str], **facts: Hashable) -> Drawn:
    """The template drawn once for these facts."""
    key = (of_page(), template, *facts.items())
    drawn = _kept.get(key)
    if drawn is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        drawn = _kept[key] = _draw(template, holes, facts)
    return drawn


def _draw(template: str, holes: Iterable[str], facts: Mapping[str, Hashable]) -> Drawn:
    with _for_nobody():
        text = render_template(template, me=StrictUndefined(name="me"), **facts, **{name: hole(name) for name in holes})
    return Drawn(HOLE.sub(r"%(\1)s", text.replace("%", "%%")), frozenset(HOLE.findall(text)))


def hole(name: str) -> Markup:
    """What stands in a template's text until it is filled in; no text that people type has this character."""
    return Markup(f"\0{name}\0")


@contextmanager
def _for_nobody() -> Iterator[None]:
    mine = {name: g.pop(name) for name in ("actor", "looking", "reading") if name in g}
    g.token_place, g.looking = hole("token"), None
    try:
        yield
    finally:
        for name in ("token_place", "looking"):
            g.pop(name)
        for name, value in mine.items():
            setattr(g, name, value)
