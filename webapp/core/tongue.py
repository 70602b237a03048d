"""How a reader is spoken to by what is no page: a file that is written from a page and from the command line alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import N_


@dataclass(frozen=True)
class Tongue:
    """A language: ``word`` gives what a msgid says in it. ``ready`` are the county's ready words, by kind and code."""

    language: str | None
    word: Callable[[str], str]
    ready: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    def name(self, zh: str | None, en: str | None) -> str:
        """A name that has two languages; the other when one is empty."""
        return (zh or en or "") if self.language == "zh" else (en or zh or "")

    def among(self, words: Mapping[str, str], code: str | None) -> str:
        """The word of a table of msgids for a code; the code itself, where a later program has put a new one."""
        return self.word(words[code]) if code and code in words else code or ""

    def ready_word(self, kind: str, code: str | None) -> str:
        """The ready word of a kind for a code, likewise."""
        found = self.ready.get((kind, code or ""))
        return self.name(found.zh, found.en) if found is not None else code or ""

    def yes_no(self, value: bool) -> str:
        """The word for it."""
        return self.word(N_("yes") if value else N_("no"))

    def listed(self, parts: list[str]) -> str:
        """ "Smoke, bad smell"; what is empty is left out."""
        return self.word(N_(", ")).join(filter(None, parts))
