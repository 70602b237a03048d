"""Which file may import what, over the files that are there: what nobody entered in any list is held too.

The order of domains and of the files in them is in setup.cfg (`domains`, `inside`, `core`). Here is what no list of
names can hold. A file that is not a page may import neither a web library nor a file that is a page; as this goes for
each file on the way, it never reaches one indirectly either.
"""

from collections.abc import Iterator

import pytest

from tests.rooms import (
    ASSEMBLY,
    BY_NAME,
    NO_DOMAIN,
    PAGES,
    READING_PAGES,
    Tree,
    contract,
    domains,
    file_of,
    imported,
    is_page,
    kind,
    room,
    tree,
)

WEB = frozenset({"jinja2", "markupsafe", "werkzeug", "wtforms"})  # and all whose name begins with flask
GEOMETRY = frozenset({"fiona", "geopandas", "osgeo", "pandas", "pyogrio", "pyproj", "shapely"})
#: What those who are no page may ask of each domain by its file's name.
NO_PAGES = frozenset({"about", "commands", "desk", "models", "retention"})
#: Files that import by a name made at run time, each with the reason.
FINDS_BY_NAME = {"webapp/domains.py": "gives the same file of each domain to those who ask for it by a plain name"}
SHAPES = frozenset({"grid", "maps"})
#: Files elsewhere that hand shapes on without opening them: they may call gis/, but no geometry library.
HANDS_ON_SHAPES = {
    "webapp/demo/people.py": "asks for an invented county",
}


# --- the rules: each yields what breaks it, in words ---


def folders_without_a_place(files: Tree) -> Iterator[str]:
    """Each folder is a domain, with the order of its files, or is an exception with a reason."""
    for folder in sorted({room(path) for path in files} - {""} - domains() - NO_DOMAIN.keys()):
        yield f"webapp/{folder}/ is no container of the contract `inside` in setup.cfg"


def web_outside_of_pages(files: Tree) -> Iterator[str]:
    """Acts, reads and tables run without a request, so they know neither a web library nor a page."""
    for path, text in files.items():
        if not is_page(path):
            for name in sorted(imported(path, text)):
                first = name.partition(".")[0]
                by_name = name.startswith(BY_NAME) and name.rpartition(".")[2] not in NO_PAGES
                if first in WEB or first.startswith("flask") or is_page(file_of(name, files) or "") or by_name:
                    yield f"{path} is no page and imports {name}"


def shapes_outside_of_maps(files: Tree) -> Iterator[str]:
    """Only grid and maps touch shapes."""
    for path, text in files.items():
        if room(path) not in SHAPES:
            forbidden = GEOMETRY if path in HANDS_ON_SHAPES else GEOMETRY | {"gis"}
            for name in sorted(imported(path, text)):
                if name.partition(".")[0] in forbidden:
                    yield f"{path} imports {name}, and shapes are for {', '.join(sorted(SHAPES))}"


def sql_in_views(files: Tree) -> Iterator[str]:
    """Views, forms and all pages that do not read records themselves know no SQL."""
    for path, text in files.items():
        if kind(path) in PAGES - READING_PAGES:
            for name in sorted(imported(path, text)):
                if name.partition(".")[0] == "sqlalchemy":
                    yield f"{path} imports {name}; what it wants to know is a question for queries"


def unseen_imports(files: Tree) -> Iterator[str]:
    """An import by a name that is made at run time is seen by no rule."""
    for path, text in files.items():
        if path in FINDS_BY_NAME:
            continue
        for name in sorted(imported(path, text) & {"__import__", "importlib", "importlib.import_module"}):
            yield f"{path} imports by a name of its own making, with {name}"


RULES = (folders_without_a_place, web_outside_of_pages, shapes_outside_of_maps, sql_in_views, unseen_imports)


def faults(files: Tree) -> list[str]:
    """All that breaks a rule."""
    return [fault for rule in RULES for fault in rule(files)]


# --- they hold ---


def test_each_file_keeps_to_what_its_kind_may_import() -> None:
    files = tree()
    assert len(files) > 120
    assert faults(files) == []


def test_each_exception_is_one_of_something_that_is_there() -> None:
    files = tree()
    assert NO_DOMAIN.keys() <= {room(path) for path in files}
    assert files.keys() >= ASSEMBLY
    assert not NO_DOMAIN.keys() & domains()
    assert all("importlib" in files[path] for path in FINDS_BY_NAME)
    for path in HANDS_ON_SHAPES:
        assert any(name.partition(".")[0] == "gis" for name in imported(path, files[path])), (
            f"{path} needs it no longer"
        )


@pytest.mark.parametrize("name", ["domains", "inside", "core"])
def test_the_linter_refuses_a_file_that_has_no_layer(name: str) -> None:
    assert contract(name)["exhaustive"] == "True"


# --- each of them turns red ---

LETTER = "webapp/letter/acts.py"
LAPSES = "webapp/report/lapses.py"


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (LETTER, "", ["webapp/letter/ is no container"]),
        (LETTER, "import flask", ["no container", "acts.py is no page and imports flask"]),
        (
            LETTER,
            "def act():\n    from shapely.wkb import loads",
            ["no container", "imports shapely.wkb,", "wkb.loads"],
        ),
        (LETTER, "from . import views", ["no container", "acts.py is no page and imports webapp.letter.views"]),
        (LAPSES, "from flask import request", ["imports flask", "imports flask.request"]),
        (LAPSES, "import flask_login", ["lapses.py is no page and imports flask_login"]),
        (LAPSES, "if 1:\n    from wtforms.validators import Email", ["imports wtforms.validators", "Email"]),
        (LAPSES, "from markupsafe import Markup", ["imports markupsafe", "Markup"]),
        (LAPSES, "from ..web.request import write_once", ["imports webapp.web.request"]),
        (LAPSES, "from .. import web", ["imports webapp.web"]),
        (LAPSES, "import webapp.web.gate as gate", ["imports webapp.web.gate"]),
        (LAPSES, "from .words import office", ["lapses.py is no page and imports webapp.report.words"]),
        (LAPSES, "from ..patrol import pages", ["lapses.py is no page and imports webapp.patrol.pages"]),
        (LAPSES, "from ..app import create_app", ["lapses.py is no page and imports webapp.app"]),
        (LAPSES, "import pyproj", ["lapses.py imports pyproj"]),
        (LAPSES, "from gis import locate", ["lapses.py imports gis,", "lapses.py imports gis.locate"]),
        (LAPSES, "import importlib", ["lapses.py imports by a name of its own making"]),
        (LAPSES, "__import__('flask')", ["lapses.py imports by a name of its own making"]),
        (LAPSES, "from .. import domains\ndomains.modules('views')", ["imports webapp.domains.modules.views"]),
        (LAPSES, "from ..domains import modules as modules\nmodules('pa' 'ges')", ["webapp.domains.modules.pages"]),
        (LAPSES, "from .. import domains\ndomains.modules(a_name)", ["imports webapp.domains.modules.?"]),
        ("webapp/core/words.py", "import flask_babel", ["core/words.py is no page and imports flask_babel"]),
        ("webapp/core/happened.py", "from ..report import views", ["core/happened.py is no page"]),
        ("webapp/ops/pages.py", "import flask", ["ops/pages.py is no page and imports flask"]),
        (
            "webapp/report/about.py",
            "from .views import bp",
            ["report/about.py is no page and imports webapp.report.views"],
        ),
        ("webapp/patrol/commands.py", "from flask.cli import AppGroup", ["commands.py is no page", "AppGroup"]),
        ("webapp/report/__init__.py", "from . import views", ["report/__init__.py is no page"]),
        ("webapp/report/later/views.py", "import shapely", ["later/views.py imports shapely"]),
        ("webapp/web/outline.py", "import gis", ["web/outline.py imports gis"]),
        ("webapp/cli.py", "import shapely", ["webapp/cli.py imports shapely"]),
        ("webapp/maps/views.py", "import sqlalchemy", ["maps/views.py imports sqlalchemy"]),
        ("webapp/patrol/forms.py", "from sqlalchemy import select", ["imports sqlalchemy;", "sqlalchemy.select"]),
        ("webapp/accounts/slips.py", "import sqlalchemy.orm", ["accounts/slips.py imports sqlalchemy.orm"]),
    ],
)
def test_what_is_planted_turns_red(path: str, text: str, told: list[str]) -> None:
    beside = {"webapp/letter/__init__.py": "", "webapp/letter/views.py": ""} if room(path) == "letter" else {}
    found = faults(tree() | beside | {path: text})
    assert len(found) >= len(told)
    assert [part for part in told if not any(part in fault for fault in found)] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("webapp/report/pages.py", "import flask\nfrom sqlalchemy.orm import Session\nfrom ..web import request"),
        ("webapp/report/desk.py", "from sqlalchemy import select\nfrom . import queries"),
        ("webapp/report/commands.py", "import click\nfrom . import service"),
        ("webapp/grid/outlines.py", "import shapely\nimport gis.simplify"),
        ("webapp/demo/people.py", "import gis.delivery\nfrom importlib.metadata import version"),
        ("webapp/app.py", "import flask\nfrom . import domains\ndomains.modules('views')"),
        ("webapp/console.py", "from . import domains\ndomains.modules('commands')"),
    ],
)
def test_what_a_kind_may_import_stays_green(path: str, text: str) -> None:
    assert faults(tree() | {path: text}) == []
