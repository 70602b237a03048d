"""Which room of the house a file stands in, of what kind it is, and what it imports."""

import ast
from collections.abc import Iterator, Mapping
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
ASSEMBLY = frozenset({"webapp/app.py", "webapp/cli.py", "webapp/processes.py", "webapp/serving.py", "webapp/wsgi.py"})
#: What a file imports that asks webapp/domains.py for the same file of each domain; the file's name comes behind it.
BY_NAME = "webapp.domains.modules"
#: Files of a domain that make or read pages. Those that read records for a page are given a session and may ask.
READING_PAGES = frozenset({"choices", "evidence", "pages", "rows", "words"})
PAGES = READING_PAGES | {
    "beside_views",
    "blueprint",
    "body_views",
    "backdrop_views",
    "border_views",
    "incoming_views",
    "redraw_views",
    "calendar_views",
    "column_views",
    "template_views",
    "coverage_views",
    "field_views",
    "county_views",
    "first_day_views",
    "forms",
    "frame",
    "late_views",
    "offline_views",
    "onward",
    "proposal_views",
    "second_views",
    "settings_views",
    "sheet_views",
    "slips",
    "topic_views",
    "frequency_views",
    "unit_views",
    "views",
    "week_views",
    "workbook",
}


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


def layers(name: str) -> dict[str, int]:
    """How high each name of a contract stands; those on one line stand alike and do not know each other."""
    lines = contract(name)["layers"].strip().splitlines()
    return {word.strip(" ()"): -place for place, line in enumerate(lines) for word in line.split("|")}


def domains(files: Tree) -> frozenset[str]:
    """The folders with an ``about.py``, as ``webapp/domains.py`` finds them."""
    return frozenset(room(path) for path in files if path == f"webapp/{room(path)}/about.py")


def part(path: str) -> str:
    """What stands directly in webapp/: a folder, or a file beside the folders."""
    return PurePosixPath(path).parts[1].removesuffix(".py")


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


# --- the order: of domains as they say it, of all else as the contracts `domains` and `inside` do ---


def stands_on(text: str) -> frozenset[str] | None:
    """What a domain says it stands on, read and not run; None when it says nothing that can be read."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["STANDS_ON"]:
            names = node.value.elts if isinstance(node.value, ast.Tuple) else [None]
            said = [name.value for name in names if isinstance(name, ast.Constant) and isinstance(name.value, str)]
            return frozenset(said) if len(said) == len(names) else None
    return None


def below(name: str, said: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """All domains on which one stands, directly or not; itself among them when it stands in a circle."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = said.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return frozenset(found)


def said_wrongly(files: Tree) -> Iterator[str]:
    """Each domain says what it stands on: domains that are there, and none that stands on it."""
    said = {name: stands_on(files[f"webapp/{name}/about.py"]) for name in sorted(domains(files))}
    known = {name: names for name, names in said.items() if names is not None}
    for name, names in said.items():
        if names is None:
            yield f"webapp/{name}/about.py does not say what it stands on: STANDS_ON = (...), names of domains"
            continue
        for other in sorted(names - said.keys()):
            yield f"webapp/{name}/about.py stands on {other!r}, which is no domain"
        if name in below(name, known):
            yield f"webapp/{name}/about.py stands on itself, in a circle"


def parts_without_a_place(files: Tree) -> Iterator[str]:
    """What stands directly in webapp/ is a domain, or has its layer; a folder of these has a reason too."""
    found, high = domains(files), layers("domains")
    for name in sorted({part(path) for path in files} - {"__init__"} - found):
        if name not in high or name in {room(path) for path in files} - NO_DOMAIN.keys():
            yield f"webapp/{name} has no place: no about.py, or no layer in the contract `domains` and no reason"


def imports_of_parts(files: Tree) -> Iterator[str]:
    """Downwards only, and among domains only what is said; each import is looked at, so no way around is open."""
    found, high, parts = domains(files), layers("domains"), {part(path) for path in files}
    said = {name: stands_on(files[f"webapp/{name}/about.py"]) or frozenset() for name in found}
    level = {name: high["<domain>"] if name in found else high.get(name, min(high.values())) for name in parts}
    for path, text in files.items():
        me, reached = part(path), below(part(path), said)
        for name in sorted(imported(path, text)):
            other = name.split(".")[1] if name.startswith("webapp.") else me
            if other in parts - {me, *reached} and level[other] >= level[me]:
                yield f"{path} imports {name}, and {me} does not stand on {other}"


def imports_inside(files: Tree) -> Iterator[str]:
    """The files of a domain have layers by their names; one whose name has none is refused."""
    lowest = -len(layers("inside"))
    high, ordered = layers("inside") | {"__init__": lowest}, domains(files) - NO_DOMAIN.keys()
    for path, text in files.items():
        folder = room(path)
        if folder not in ordered:
            continue
        me = PurePosixPath(path).parts[2].removesuffix(".py")
        if me not in high:
            yield f"{path} has no layer in the contract `inside`"
        for name in sorted(imported(path, text)):
            other = name.removeprefix(f"webapp.{folder}.").split(".")[0]
            if name.startswith(f"webapp.{folder}.") and other != me and high.get(other, lowest) >= high.get(me, lowest):
                yield f"{path} imports {name}, which does not stand below {me}"
