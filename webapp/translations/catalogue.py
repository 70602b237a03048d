"""The Chinese catalogue. English stands in code and templates and needs none.

``python -m webapp.translations.catalogue`` brings ``zh/LC_MESSAGES/messages.po`` up to date with what the program says
now and lists what has no Chinese yet. Nothing is guessed: a changed English sentence is a new one. The compiled
``messages.mo`` is made on each machine, by run.sh or by ``compile_stale``, and is not kept in the repository.
"""

from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROGRAM = Path(__file__).parent.parent
SHAPES = PROGRAM.parent / "gis"  # pure, but what it says of a delivery is read by people
PO = Path(__file__).parent / "zh" / "LC_MESSAGES" / "messages.po"

#: Which reader finds the messages of which files; the blocks of templates are cut as ``create_app`` sets it.
READERS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
SENTENCES = [("messages.py", "python")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None, "said": None}

#: Chinese has one form for any number. No dates and no names of people: they would change with every run.
HEADER = """\
# Chinese of the interface. One word, one thing: docs/glossary.md. Brought up to date by
# webapp/translations/catalogue.py.
msgid ""
msgstr ""
"Language: zh\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def said() -> Catalog:
    """All that the program says, with the files (below webapp/) it stands in."""
    found = Catalog(locale="zh")
    for name, line, message, _comments, context in _in_order(extract_from_dir(PROGRAM, READERS, OPTIONS, KEYWORDS)):
        found.add(message, locations=[(name, line)], context=context)
    for name, line, message, _comments, context in _in_order(extract_from_dir(SHAPES, SENTENCES, {}, KEYWORDS)):
        found.add(message, locations=[(f"{SHAPES.name}/{name}", line)], context=context)
    return found


def _in_order(found: Iterable[Any]) -> list[Any]:
    """By file and line: a folder's own order is another on every disk."""
    return sorted(found, key=lambda each: each[:2])


def kept() -> Catalog:
    """The catalogue as it is kept; an empty one before the first run."""
    if not PO.exists():
        return Catalog(locale="zh")
    with PO.open("rb") as file:
        return read_po(file, locale="zh")


def update() -> list[str]:
    """Write the catalogue of what is said now with the Chinese that is kept; the English that has none yet."""
    catalogue = kept()
    catalogue.update(said(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    fresh = PO.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, catalogue, width=0, omit_header=True, sort_by_file=True, include_lineno=False)
    fresh.replace(PO)
    return lacking(catalogue)


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """One text, or the forms of a number, as a tuple."""
    return (text,) if isinstance(text, str) else tuple(text)


def lacking(catalogue: Catalog) -> list[str]:
    """The English of messages without Chinese."""
    return [forms(message.id)[0] for message in catalogue if message.id and not all(forms(message.string or ""))]


def compile_stale() -> None:
    """Make ``messages.mo`` where it is missing or older than its catalogue."""
    mo = PO.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime_ns >= PO.stat().st_mtime_ns:
        return
    with NamedTemporaryFile(dir=mo.parent, suffix=".mo", delete=False) as fresh:
        write_mo(fresh, kept())
    Path(fresh.name).chmod(0o644)
    Path(fresh.name).replace(mo)  # renamed when whole, so that nobody reads half of it; several may start at once


if __name__ == "__main__":
    for english in update():
        print(english)
    compile_stale()
