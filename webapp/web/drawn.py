"""Pages that are the same for many people but for a few words: drawn once per worker, then only filled in.

Drawing a page costs ten times what filling it in does. Nothing about the asker gets into what is kept: while it is
drawn there is no actor, no database and no request for its templates, and in the place of every word of the asker's
there is a placeholder.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import current_app, g, render_template, session
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from .gate import csrf_token
from .hosts import place
from .language import of_page

MOST_KEPT = 200  # some twelve kilobytes each; a worker meets a few dozen
PLACEHOLDER = re.compile("\0([\\w.]+)\0")
_kept: dict[Hashable, "Drawn"] = {}


class Drawn(NamedTuple):
    """The text of a page with ``%s`` for each placeholder, the names of the placeholders in their order,
    and each name once."""

    text: str
    placeholders: tuple[str, ...]
    names: frozenset[str]

    def filled(self, values: Mapping[str, Any]) -> str:
        """HTML, with a value, escaped, in each placeholder; a function is asked only when its placeholder is there."""
        shown = {name: _shown(values[name]) for name in self.names}
        return self.text % tuple(map(shown.__getitem__, self.placeholders))


def page(template: str, values: Mapping[str, Any], **facts: Hashable) -> str:
    """``render_template`` for a page that depends on the language, the kind of its frame, and ``facts``.

    What is ``values`` differs from page to page: the template may only put it somewhere, not decide by it.
    """
    if "_flashes" in session:  # words for this page alone
        return uncached(template, values, **facts)
    frame = current_app.extensions["frame"]()
    key = (template, (frame.kind, place()), *facts.items())
    drawn = _kept.get(key) or _draw(key, template, values, {**facts, "frame": frame.empty()})
    return drawn.filled({**values, **frame.words(), "token": csrf_token})


def uncached(template: str, values: Mapping[str, Any], **facts: Any) -> str:
    """The same page drawn for one person, by whatever facts."""
    return render_template(template, **facts, **{name: _value(value) for name, value in values.items()})


def _value(value: Any) -> Any:
    return value() if callable(value) else value


def _shown(value: Any) -> str:
    value = _value(value)
    return value if type(value) is Markup else escape(value)  # a long one is not copied


def piece(template: str, placeholders: Iterable[str], **facts: Hashable) -> Drawn:
    """A part of a page, without a frame, drawn once for these facts."""
    key = (template, (of_page(), place()), *facts.items())
    return _kept.get(key) or _draw(key, template, placeholders, facts)


def _draw(key: Hashable, template: str, placeholders: Iterable[str], facts: Mapping[str, Any]) -> Drawn:
    barred = {name: StrictUndefined(name=name) for name in ("me", "request", "session", "g")}
    with _without_request():
        text = render_template(template, **barred, **facts, **{name: placeholder(name) for name in placeholders})
    parts = PLACEHOLDER.split(text)  # texts at even places, names of placeholders between them
    while len(_kept) >= MOST_KEPT:  # the oldest goes; who asks under many names cannot make us forget all at once
        _kept.pop(next(iter(_kept), None), None)
    drawn = Drawn("%s".join(part.replace("%", "%%") for part in parts[::2]), tuple(parts[1::2]), frozenset(parts[1::2]))
    return _kept.setdefault(key, drawn)


class Placeholder(Markup):
    """What stands in a template's text until it is filled in; no text that people type has this character."""

    def __bool__(self) -> bool:
        raise TypeError("a page for everybody cannot decide by a word of its own: make it a fact")


def placeholder(name: str) -> Placeholder:
    """The place of a word."""
    return Placeholder(f"\0{name}\0")


@contextmanager
def _without_request() -> Iterator[None]:
    mine = {name: g.pop(name) for name in ("actor", "read_connection", "reading") if name in g}
    g.token_place, g.read_connection = placeholder("token"), None
    try:
        yield
    finally:
        for name in ("token_place", "read_connection"):
            g.pop(name)
        for name, value in mine.items():
            setattr(g, name, value)
