"""What a msgid says in a language, for who is not on a page: the command line."""

from collections.abc import Callable
from gettext import translation
from pathlib import Path


def speaker(language: str) -> Callable[[str], str]:
    """``gettext`` of a language; English stands in the program itself."""
    if language == "en":
        return str
    return translation("messages", Path(__file__).parent, [language]).gettext
