"""The shape of the tree: short files and functions, everything explained, old browsers, nothing inline, nothing of this machine."""

import ast
import gzip
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import esprima
import pytest
from flask import Blueprint, Flask

import webapp.app
from tests.conftest import KEY, PASSWORD, Browser, World
from webapp.app import App, create_app
from webapp.config import Config
from webapp.core.db import Store
from webapp.ops.rules_page import render
from webapp.web import headers
from webapp.web.request import public
from webapp.web.static_files import ROOTS

ROOT = Path(__file__).parent.parent
OURS = ("webapp", "gis", "seeds", "migrations", "tests", "bench")
GENERATED = "migrations/versions/"  # one long function each, as Alembic writes them
FRAMEWORK = frozenset({"process_bind_param", "process_result_value"})  # what these do, SQLAlchemy says
STATIC = ROOT / "webapp" / "web" / "static"
FIRST_LOAD = 150_000  # bytes on a phone, compressed
LAYER = 60_000  # what the map's outlines may take of it: tests/maps/test_map_layer.py
#: Younger than Chrome 70 or iOS 13, so no parser sees them.
LATE = re.compile(
    r"\.(at|replaceAll|fromEntries|matchAll|allSettled|hasOwn|randomUUID)\(|"
    r"\b(structuredClone|globalThis|queueMicrotask|ResizeObserver)\b"
)
CSS_LATE = re.compile(
    r":(has|is|where)\(|:focus-visible|\binset\s*:|aspect-ratio|@(layer|container)|\b(clamp|min|max)\("
)
INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\s(src=|type=\"application/json\"))", re.I
)


# --- files and functions -------------------------------------------------------------------------------


def sources(*endings: str, folders: tuple[str, ...] = OURS) -> Iterator[Path]:
    """Our own files of some kinds."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings:
                yield path


def name_of(path: Path) -> str:
    """A file as it is spoken of."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """A parsed Python file."""
    return ast.parse(path.read_text(encoding="utf-8"))


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with its length in lines."""
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{name_of(path)}: {node.name}", node.end_lineno - node.lineno + 1  # type: ignore[operator]


def public_definitions(node: ast.AST) -> Iterator[Definition]:
    """Functions, classes and methods that others may use; what stands inside a function is its own."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from public_definitions(child)


def test_no_file_is_longer_than_400_lines() -> None:
    long = [
        (name_of(path), lines)
        for path in sources(".py", ".html", ".js", ".css")
        if GENERATED not in name_of(path)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert long == []


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        (name, lines)
        for path in sources(".py")
        if GENERATED not in name_of(path)
        for name, lines in functions(path)
        if lines > 50
    ]
    assert long == []


def test_half_of_the_functions_are_shorter_than_10_lines() -> None:
    lengths = [lines for path in sources(".py", folders=("webapp", "gis", "seeds")) for _, lines in functions(path)]
    assert len(lengths) > 500
    assert statistics.median(lengths) < 10


def test_each_module_says_what_it_is() -> None:
    assert [name_of(path) for path in sources(".py") if not ast.get_docstring(tree(path)) and path.stat().st_size] == []


def test_each_public_function_and_class_says_what_it_means() -> None:
    silent = [
        f"{name_of(path)}: {node.name}"
        for path in sources(".py", folders=("webapp", "gis", "seeds"))
        for node in public_definitions(tree(path))
        if not ast.get_docstring(node) and node.name not in FRAMEWORK
    ]
    assert silent == []


def test_nothing_is_left_to_be_done() -> None:
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|raise NotImplemented" r"Error")
    found = [
        name_of(path)
        for path in sources(".py", ".html", ".js", ".css")
        if marks.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_nothing_in_the_tree_knows_this_machine_or_a_registry() -> None:
    parts = (
        "/work/",
        "/farm",
        "/home/",
        "/Users/",
        "pypi.org",
        "pythonhosted",
        "npmjs",
        "unpkg",
        "jsdelivr",
        "cdnjs",
        "index-url",
    )
    hidden = {".venv", ".git", "instance", "__pycache__"}
    found = [
        (name_of(path), part)
        for path in ROOT.rglob("*")
        if path.is_file()
        and path != Path(__file__)  # names them
        and not hidden & set(path.parts)
        and not any(folder.endswith((".egg-info", "_cache")) for folder in path.relative_to(ROOT).parts)
        for part in parts
        if part.encode() in path.read_bytes()
    ]
    assert found == []


# --- pages about the code ------------------------------------------------------------------------------


def test_page_of_rules_is_what_the_tables_say() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == render(), "stale: run ./run.sh docs"


def test_each_function_that_the_architecture_page_names_exists() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.(?:py|js)): (\w+)\(\)`", page)
    assert len(named) > 15
    assert [f"{file}: {function}" for file, function in named if not _defines(file, function)] == []


def _defines(file: str, function: str) -> bool:
    places = [path for path in (ROOT / file, ROOT / "webapp" / file, STATIC / "js" / file) if path.exists()]
    return any(re.search(rf"\b(def|class|function) {function}\b", path.read_text(encoding="utf-8")) for path in places)


def test_each_file_that_the_pages_name_exists() -> None:
    for page in ("architecture.md", "glossary.md", "rules.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
        assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


# --- what goes to the browser --------------------------------------------------------------------------


def scripts() -> list[Path]:
    """Our own JavaScript."""
    return sorted(STATIC.rglob("*.js"))


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.name)
def test_script_is_es2018(path: Path) -> None:
    """The parser knows ES2017 with the rest and spread of ES2018, and import(): both browsers of the floor have these."""
    text = path.read_text(encoding="utf-8")
    esprima.parseModule(text)
    assert LATE.findall(text) == []


@pytest.mark.parametrize("text", ["a?.b", "a ?? b", "x ||= 1", "class A { x = 1 }", "1_000", "try {} catch {}"])
def test_parser_refuses_what_came_later(text: str) -> None:
    with pytest.raises(esprima.Error):
        esprima.parseModule(text)


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_style_sheet_is_for_old_browsers(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert CSS_LATE.findall(text) == []
    assert nested(text) == []


def nested(css: str) -> list[str]:
    """Rules that stand inside other rules; only an @ block may hold some."""
    found, open_ = [], []
    for prelude, brace in re.findall(r"([^{}]*)([{}])", css):
        if brace == "{":
            if open_ and not open_[-1].startswith("@"):
                found.append(prelude.strip())
            open_.append(prelude.rpartition(";")[2].strip())
        else:
            open_.pop()
    return found


def test_nested_rules_are_found() -> None:
    assert nested("@media print { a { b: c } } d { e: f }") == []
    assert nested("a { b: c; d { e: f } }") == ["b: c; d"]


def test_templates_hold_no_style_and_no_script() -> None:
    templates = list(sources(".html", folders=("webapp",)))
    assert len(templates) > 30
    assert [name_of(path) for path in templates if INLINE.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "text", ['<p style="x">', "<style>", "<script>x</script>", '<a onclick="x">', '<a href="javascript:x">']
)
def test_inline_style_and_script_are_found(text: str) -> None:
    assert INLINE.search(text)


# --- the running application -----------------------------------------------------------------------------


def test_program_refuses_to_start_with_a_view_that_says_nothing_about_access(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/bare", "page", lambda: "all records")
    register = webapp.app.register

    def with_bare(app: App) -> None:
        register(app)
        app.register_blueprint(bare)

    monkeypatch.setattr(webapp.app, "register", with_bare)
    with pytest.raises(RuntimeError, match=r"bare\.page"):
        create_app(Config("", tmp_path, KEY), store)


ANSWERS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "a page": (200, lambda client: client.get("/login")),
    "JSON": (200, lambda client: client.get("/healthz")),
    "a file": (200, lambda client: client.get(re.search(r'href="(/assets/[^"]+\.css)"', client.get("/login").text)[1])),  # type: ignore[index]
    "a redirect": (302, lambda client: client.get("/")),
    "no token": (400, lambda client: client.post("/login", data={"login": "x"})),
    "not logged in": (401, lambda client: client.get("/", headers={"Accept": "application/json"})),
    "no such page": (404, lambda client: client.get("/nothing-here")),
    "no such file": (404, lambda client: client.get("/assets/0/own/css/none.css")),
    "wrong method": (405, lambda client: client.delete("/login")),
    "too large": (413, lambda client: client.post("/login", data={}, environ_overrides={"CONTENT_LENGTH": "99999999"})),
    "our fault": (500, lambda client: client.get("/broken")),
}


@pytest.fixture
def breaking(world: World, tmp_path: Path) -> App:
    """An application of its own with one view that fails."""
    app = create_app(Config("", tmp_path, KEY), world.store)

    @public
    def broken() -> str:
        raise ZeroDivisionError

    app.add_url_rule("/broken", view_func=broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_carries_all_security_headers(breaking: Flask, name: str) -> None:
    status, ask = ANSWERS[name]
    with ask(breaking.test_client()) as response:
        assert response.status_code == status
        assert {key: response.headers.get(key) for key in headers.FIXED} == headers.FIXED
        assert response.headers["Cache-Control"] == (
            "public, max-age=31536000, immutable" if name == "a file" else "private, no-store"
        )


def test_fixed_headers_are_these() -> None:
    assert (
        headers.FIXED
        | {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Security-Policy": headers.CSP,
        }
        == headers.FIXED
    )
    assert "geolocation=(self)" in headers.FIXED["Permissions-Policy"]


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert headers.CSP.startswith("default-src 'self'") or "default-src 'none'" in headers.CSP
    assert not re.search(r"unsafe|\*|https?:", headers.CSP)
    assert "frame-ancestors 'none'" in headers.CSP
    assert "object-src 'none'" in headers.CSP


@pytest.mark.parametrize("https", [True, False])
def test_https_binds_browser_and_cookie_where_it_is_on(world: World, tmp_path: Path, https: bool) -> None:
    client = create_app(Config("", tmp_path, KEY, https=https), world.store).test_client()
    response = client.get("/login", base_url="https://localhost" if https else "http://localhost")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie, "Strict-Transport-Security" in response.headers) == (https, https)


HEAVY = ("geopandas", "pandas", "pyogrio", "fiona", "osgeo")
WORK = f"""
import sys
from pathlib import Path
from webapp.app import create_app
from webapp.config import Config
from webapp.core.db import Store
from tests.conftest import Browser
browser = Browser(create_app(Config("", Path(sys.argv[2]), {KEY!r}), Store(sys.argv[1])).test_client())
assert browser.get("/healthz").status_code == 200
assert browser.login("township_a", {PASSWORD!r}).status_code == 302
for address in ("/", "/map", "/duties", "/people"):
    assert browser.get(address).status_code == 200, address
now = "2026-01-05T08:00:00+00:00"
form = dict(id="01900000-0000-7000-8000-000000000001", grid=sys.argv[3], made_at=now, place="x", problem="smoke", severity="minor",
            first_measure="not_heeded", note="x", lon="110.005", lat="35.005", accuracy_m="5", person_id=sys.argv[4])
assert browser.post("/reports", **form).status_code == 303
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_web_worker_never_loads_what_only_imports_need(world: World, tmp_path: Path) -> None:
    url = world.store.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", WORK, url, str(tmp_path), str(world.grids["A1"]), str(world.people["officer_a1"])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


def loaded(client: Any, address: str) -> dict[str, int]:
    """What a browser fetches for a page, each with its size in bytes as gzip makes it."""
    page = client.get(address, follow_redirects=True)
    assert page.status_code == 200, address
    sizes = {address: len(gzip.compress(page.data))}
    for asset in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text):
        _load(client, asset, sizes)
    return sizes


def _load(client: Any, asset: str, sizes: dict[str, int]) -> None:
    if asset in sizes:
        return
    with client.get(asset) as response:
        data = response.data
    sizes[asset] = len(gzip.compress(data))
    if asset.endswith(".js"):
        for module in re.findall(rb'(?:from|import)\s*"\./([^"]+)"', data):
            _load(client, f"{asset.rpartition('/')[0]}/{module.decode()}", sizes)


@pytest.mark.parametrize(
    ("who", "address"),
    [
        (None, "/login"),
        ("officer_a1", "/home"),
        ("officer_a1", "/grids/{A1}/patrol"),
        ("officer_a1", "/grids/{A1}/report"),
        ("officer_a1", "/map"),
        ("township_a", "/desk"),
        ("county", "/duties"),
    ],
)
def test_first_load_is_small(browse: Callable[..., Browser], world: World, who: str | None, address: str) -> None:
    sizes = loaded(browse(who).client, address.format(**world.grids))
    assert len(sizes) > 4
    assert sum(sizes.values()) <= FIRST_LOAD - LAYER * (address == "/map"), sizes


def test_each_own_file_that_is_served_is_used_by_a_page_or_a_script() -> None:
    used = "\n".join(
        path.read_text(encoding="utf-8") for path in sources(".html", ".js", ".css", ".py", folders=("webapp",))
    )
    files = [path for path in ROOTS["own"].rglob("*") if path.is_file()]
    assert [path.name for path in files if path.stem not in used] == []
