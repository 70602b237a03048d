"""Which room of the house a file stands in, of what kind it is, and what it imports."""

import ast
from collections.abc import Mapping
from configparser import ConfigParser
from functools import cache
from pathlib import PurePosixPath

from tests.sources import ROOT

#: Path from the root of the tree → text. A test plants files in a copy.
Tree = Mapping[str, str]

#: Folders of webapp/ that are no domain, each with the reason.
NO_DOMAIN = {
    "core": "knows no domain; its files have an order of their own in setup.cfg",
    "demo": "invents a county out of all domains; its files are chapters of one story",
    "ops": "looks after all domains at once; its files are commands that know little of each other",
    "translations": "the catalogue of sentences and the tool that collects them",
    "web": "what the pages of all domains share; every file of it belongs to pages",
}
#: Files beside the folders that put the application together: they may import all, and no file below may import them.
ASSEMBLY = frozenset({"webapp/app.py", "webapp/cli.py", "webapp/wsgi.py"})
#: What a file imports that asks webapp/domains.py for the same file of each domain; the file's name comes behind it.
BY_NAME = "webapp.domains.modules"
#: Files of a domain that make or read pages. Those that read records for a page are given a session and may ask.
READING_PAGES = frozenset({"choices", "pages", "words"})
PAGES = READING_PAGES | {"blueprint", "body_views", "forms", "frame", "sheet_views", "slips", "views", "workbook"}


def tree() -> Tree:
    """All Python files of webapp/."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.py")
    }


@cache
def contract(name: str) -> Mapping[str, str]:
    """A contract of the import linter."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config[f"importlinter:contract:{name}"]


@cache
def domains() -> frozenset[str]:
    """The folders whose files have their order in the contract `inside`."""
    return frozenset(name.removeprefix("webapp.") for name in contract("inside")["containers"].split())


def room(path: str) -> str:
    """The folder of webapp/ in which a file stands; empty beside the folders."""
    parts = PurePosixPath(path).parts
    return parts[1] if len(parts) > 2 and parts[0] == "webapp" else ""


def kind(path: str) -> str:
    """What kind of file of its domain this is; empty where there is none. An unknown folder counts as a domain."""
    return PurePosixPath(path).stem if room(path) not in NO_DOMAIN.keys() | {""} else ""


def is_page(path: str) -> bool:
    """Whether a file may know the web."""
    return path in ASSEMBLY or room(path) == "web" or kind(path) in PAGES


@cache
def imported(path: str, text: str) -> frozenset[str]:
    """Whole names of all that a file imports, wherever in it; of `from a import b`, both `a` and `a.b`.

    ``domains.modules("views")``, the file of that name of each domain, is ``webapp.domains.modules.views``.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = PurePosixPath(path).parts[: -node.level] if node.level else ()
            base = ".".join([*package, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Name) and node.id == "__import__":
            found.add(node.id)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "modules":
            found.add(f"{BY_NAME}.{'|'.join(str(getattr(each, 'value', '?')) for each in node.args)}")
    return frozenset(found)


def file_of(module: str, files: Tree) -> str | None:
    """The file of a module of ours."""
    place = module.replace(".", "/")
    return next((path for path in (f"{place}.py", f"{place}/__init__.py") if path in files), None)
