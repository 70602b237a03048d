"""The domains there are: every folder of the program with an ``about.py``, found, not listed.

What gathers from all domains (menu, log, privacy page, settings, seeds, sweep, tables, pages, commands) asks here, so
that a new folder is all a new domain needs. Found by name order, so that every start finds them alike.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import webapp

from .core.announce import About, DataUse, InHand, MenuEntry, SettingRule
from .core.exports import Export
from .core.load import SeedTable
from .core.own import OwnSheet
from .core.retention import Rule


def names() -> tuple[str, ...]:
    """The folders that are domains."""
    folders = (found.name for found in iter_modules(webapp.__path__) if found.ispkg)
    return tuple(sorted(name for name in folders if find_spec(f"webapp.{name}.about")))


def modules(file: str) -> Iterator[ModuleType]:
    """The file of this name of every domain that has one."""
    for name in names():
        if find_spec(f"webapp.{name}.{file}"):
            yield import_module(f"webapp.{name}.{file}")


@cache
def abouts() -> Mapping[str, About]:
    """What each domain announces, by its name."""
    return {module.__name__.split(".")[1]: module.ABOUT for module in modules("about")}


def _merged(part: str) -> dict[str, Any]:
    """One part of all announcements. ValueError when two domains say different things under one key."""
    found: dict[str, Any] = {}
    for domain, about in abouts().items():
        for key, value in getattr(about, part).items():
            if found.setdefault(key, value) != value:
                raise ValueError(f"{part}: {key!r} of the domain {domain!r} is announced otherwise by another domain")
    return found


@cache
def menu() -> tuple[MenuEntry, ...]:
    """The main pages, from left to right."""
    return tuple(sorted((e for about in abouts().values() for e in about.menu), key=lambda entry: entry.place))


@cache
def log_words(part: str) -> Mapping[str, str]:
    """The words of the log: ``part`` is acts, things or facts."""
    return _merged(part)


@cache
def settings() -> Mapping[str, SettingRule]:
    """Whose each setting is."""
    return _merged("settings")


@cache
def privacy() -> Mapping[str, tuple[DataUse, ...]]:
    """What is kept about people, by heading."""
    found: dict[str, tuple[DataUse, ...]] = {}
    for about in abouts().values():
        for heading, lines in about.privacy.items():
            found[heading] = found.get(heading, ()) + lines
    return found


@cache
def own() -> tuple[OwnSheet, ...]:
    """What a person gets as a file about himself, in the order of its sheets."""
    return tuple(sorted((each for about in abouts().values() for each in about.own), key=lambda sheet: sheet.place))


@cache
def exports() -> Mapping[str, Export]:
    """The kinds of records that can be taken out, by their keys, in the order of the list."""
    every = sorted((each for about in abouts().values() for each in about.exports), key=lambda kind: kind.place)
    return {kind.key: kind for kind in every}


@cache
def seeds() -> Mapping[str, SeedTable]:
    """The table of each kind of seeds, in an order in which what is referred to comes first."""
    found: dict[str, SeedTable] = _merged("seeds")
    order = TopologicalSorter({name: kind.after for name, kind in found.items()}).static_order()
    return {name: found[name] for name in order}


@cache
def timely() -> tuple[Any, ...]:
    """Acts whose day comes, which the sweep calls with the store."""
    return tuple(act for about in abouts().values() for act in about.timely)


@cache
def sweep() -> Mapping[str, Rule]:
    """What the sweep deletes, by its name in the log."""
    return _merged("sweep")


def in_hand(session: Any, actor: Any, seats: Collection[Any], ended: Collection[int]) -> list[InHand]:
    """What all domains have waiting at some seats, for an actor who ends some postings (ids) there; empty kinds left
    out."""
    asked = [about.in_hand(session, actor, seats, ended) for about in abouts().values() if about.in_hand is not None]
    return [found for kinds in asked for found in kinds if found.count]


def forget(session: Any, people: Sequence[int]) -> None:
    """Let go of what all domains keep of some people, by their ids, and for them alone."""
    for about in abouts().values():
        if about.forget is not None:
            about.forget(session, people)
