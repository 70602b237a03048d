"""Codes and names as a delivery means them: the one place where their text is cleaned."""

import re
import unicodedata

#: Zero-width marks, directions of writing, a byte order mark: nobody sees them, and no two texts with them are equal.
INVISIBLE = ("Cf", "Cc")


def name(value: str) -> str:
    """A name without invisible characters, any kind of blank as one space, none around it."""
    shown = (" " if letter.isspace() else letter for letter in value)
    return " ".join("".join(each for each in shown if unicodedata.category(each) not in INVISIBLE).split())


def code(value: str) -> str:
    """A code without blanks and invisible characters, full-width digits as plain ones, and whole where a table of
    numbers made it a fraction."""
    plain = unicodedata.normalize("NFKC", value)
    shown = "".join(
        letter for letter in plain if not letter.isspace() and unicodedata.category(letter) not in INVISIBLE
    )
    return re.sub(r"(?<=\d)\.0+$", "", shown.removeprefix("'"))


def parent(value: str) -> str:
    """What a parent column says: the code of another row, or its name."""
    tidy = code(value)
    return tidy if tidy.isascii() and tidy[:1].isdigit() else name(value)


def is_changed(value: str, cleaned: str) -> bool:
    """Whether more than spaces around it was taken out."""
    return value.strip(" ") != cleaned
