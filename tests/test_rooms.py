"""Which file may import what, over the files that are there: what nobody entered in any list is held too.

A domain says itself what it stands on; all else has its layer in setup.cfg (`domains`, `inside`). These rules are in
tests/rooms.py, and the import linter asks them too (tests/contracts.py). Here is what it does not ask: a file that is
not a page may import neither a web library nor a file that is a page; as this goes for each file on the way, it never
reaches one indirectly either.
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
    imports_inside,
    imports_of_parts,
    is_page,
    kind,
    layers,
    part,
    parts_without_a_place,
    room,
    said_wrongly,
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
    "webapp/export/formats.py": "hands rows on to who writes files for maps",
    "webapp/demo/ground.py": "asks for the roads and waters of the invented county, as texts",
    "webapp/demo/people.py": "asks for an invented county",
    "webapp/report/evidence.py": "puts a drawing that is made of paths and numbers into its page",
}


# --- the rules: each yields what breaks it, in words ---


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


RULES = (
    parts_without_a_place,
    said_wrongly,
    imports_of_parts,
    imports_inside,
    web_outside_of_pages,
    shapes_outside_of_maps,
    sql_in_views,
    unseen_imports,
)


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
    assert NO_DOMAIN.keys() <= layers("domains").keys() | domains(files)
    assert layers("domains").keys() - {"<domain>"} <= {part(path) for path in files}
    assert all("importlib" in files[path] for path in FINDS_BY_NAME)
    for path in HANDS_ON_SHAPES:
        assert any(name.partition(".")[0] == "gis" for name in imported(path, files[path])), (
            f"{path} needs it no longer"
        )


def test_the_linter_refuses_a_file_of_core_that_has_no_layer() -> None:
    assert contract("core")["exhaustive"] == "True"


# --- each of them turns red ---

LETTER = "webapp/letter/acts.py"
LAPSES = "webapp/report/lapses.py"


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (LETTER, "", ["webapp/letter has no place"]),
        (LETTER, "import flask", ["letter has no place", "acts.py is no page and imports flask"]),
        (
            LETTER,
            "def act():\n    from shapely.wkb import loads",
            ["letter has no place", "imports shapely.wkb,", "wkb.loads"],
        ),
        (LETTER, "from . import views", ["letter has no place", "acts.py is no page and imports webapp.letter.views"]),
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


LETTERS = {"webapp/letter/about.py": 'STANDS_ON = ("people",)', "webapp/letter/__init__.py": ""}
GRID, DUTY = "webapp/grid/about.py", "webapp/duty/about.py"
VIEWS, QUERIES = "webapp/letter/views.py", "webapp/letter/queries.py"


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ({}, []),
        ({VIEWS: "from ..people import queries\nfrom ..grid.queries import one\nfrom . import models, queries"}, []),
        ({"webapp/demo/letters.py": "from ..letter import queries"}, []),
        # what a domain says
        ({"webapp/letter/about.py": ""}, ["letter/about.py does not say what it stands on"]),
        ({"webapp/letter/about.py": 'STANDS_ON = ("people")'}, ["letter/about.py does not say"]),
        ({"webapp/letter/about.py": 'STANDS_ON = ("people", other)'}, ["letter/about.py does not say"]),
        ({"webapp/letter/about.py": 'STANDS_ON = ("pepole",)'}, ["letter/about.py stands on 'pepole'"]),
        ({"webapp/letter/about.py": 'STANDS_ON = ("people", "core")'}, ["letter/about.py stands on 'core'"]),
        ({"webapp/letter/about.py": 'STANDS_ON = ("letter",)'}, ["letter/about.py stands on itself"]),
        (
            {GRID: 'STANDS_ON = ("letter",)'},
            [f"{name}/about.py stands on itself, in a circle" for name in ("grid", "letter", "people")],
        ),
        # imports of other domains: not said, said by the other, and by none of the two
        ({QUERIES: "from ..report import queries"}, ["queries.py imports webapp.report.queries, and letter does not"]),
        (
            {QUERIES: "def late():\n    import webapp.duty.models"},
            ["queries.py imports webapp.duty.models, and letter"],
        ),
        ({"webapp/people/queries.py": "from ..letter import models"}, ["people does not stand on letter"]),
        ({"webapp/patrol/queries.py": "from ..report import queries"}, ["patrol does not stand on report"]),
        ({"webapp/duty/queries.py": "from ..patrol import queries"}, ["duty does not stand on patrol"]),
        ({"webapp/maps/queries.py": "from ..desk import admin"}, ["maps does not stand on desk"]),
        ({VIEWS: "import webapp.report.queries as asked"}, ["views.py imports webapp.report.queries"]),
        # imports of the parts around them
        ({QUERIES: "from ..ops import dump"}, ["letter does not stand on ops"]),
        ({QUERIES: "from ..demo import place"}, ["letter does not stand on demo"]),
        ({QUERIES: "from ..listeners import LISTENERS"}, ["letter does not stand on listeners"]),
        ({QUERIES: "from .. import models as all_of_them"}, ["letter does not stand on models"]),
        ({"webapp/web/outline.py": "from ..letter.views import bp"}, ["web does not stand on letter"]),
        ({"webapp/core/words.py": "from .. import letter"}, ["core does not stand on letter"]),
        ({"webapp/__init__.py": "from .letter import models"}, ["__init__ does not stand on letter"]),
        ({"webapp/core/words.py": "from ..access import MATRIX"}, ["core does not stand on access"]),
        ({"webapp/config.py": "from .core import clock"}, ["config does not stand on core"]),
        ({"webapp/access.py": "from .web import gate"}, ["access does not stand on web"]),
        ({"webapp/models.py": "from . import listeners"}, ["models does not stand on listeners"]),
        ({"webapp/app.py": "from .demo import place"}, ["app does not stand on demo"]),
        # places
        ({"webapp/later.py": ""}, ["webapp/later has no place"]),
        ({"webapp/later/__init__.py": ""}, ["webapp/later has no place"]),
        (
            {"webapp/later/queries.py": "from ..people import queries"},
            ["has no place", "later does not stand on people"],
        ),
        ({"webapp/letter/outlines.py": ""}, ["letter/outlines.py has no layer"]),
        # files of one domain
        ({QUERIES: "from . import service"}, ["webapp.letter.service, which does not stand below queries"]),
        ({"webapp/letter/models.py": "from .queries import one"}, ["webapp.letter.queries", "queries.one"]),
        (
            {"webapp/letter/labels.py": "import webapp.letter.rules"},
            ["letter.rules, which does not stand below labels"],
        ),
        ({"webapp/letter/__init__.py": "from . import models"}, ["letter.models, which does not stand below __init__"]),
        ({"webapp/letter/later/views.py": "from .. import queries"}, ["letter/later/views.py has no layer", "queries"]),
    ],
)
def test_a_new_domain_is_held_by_what_it_says(planted: dict[str, str], told: list[str]) -> None:
    found = faults(tree() | LETTERS | planted)
    assert [part for part in told if not any(part in fault for fault in found)] == []
    assert len(found) >= len(told) and bool(found) == bool(told)


def test_a_word_of_what_is_stood_on_allows_it_and_all_below() -> None:
    asks = {QUERIES: "from ..report import queries\nfrom ..patrol import models"}
    says = {"webapp/letter/about.py": 'STANDS_ON = ("report", "login")'}
    assert faults(tree() | LETTERS | asks) != []
    assert faults(tree() | LETTERS | asks | says) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("webapp/report/pages.py", "import flask\nfrom sqlalchemy.orm import Session\nfrom ..web import request"),
        ("webapp/report/desk.py", "from sqlalchemy import select\nfrom . import queries"),
        ("webapp/report/commands.py", "import click\nfrom . import service"),
        ("webapp/grid/shape.py", "import shapely\nimport gis.simplify"),
        ("webapp/demo/people.py", "import gis.delivery\nfrom importlib.metadata import version"),
        ("webapp/app.py", "import flask\nfrom . import domains\ndomains.modules('views')"),
        ("webapp/console.py", "from . import domains\ndomains.modules('commands')"),
    ],
)
def test_what_a_kind_may_import_stays_green(path: str, text: str) -> None:
    assert faults(tree() | {path: text}) == []
