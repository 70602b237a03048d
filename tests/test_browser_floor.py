"""What goes to the browser: for old browsers, with nothing inline, and nothing that no page uses."""

import re
from pathlib import Path

import esprima
import pytest

from tests.sources import STATIC, name_of, sources
from webapp.web.static_files import ROOTS

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


def scripts() -> list[Path]:
    """Our own JavaScript."""
    return sorted(STATIC.rglob("*.js"))


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.name)
def test_script_is_es2018(path: Path) -> None:
    """The parser knows ES2017 with the rest and spread of ES2018, and import(): both browsers of the floor have
    these."""
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


def test_each_own_file_that_is_served_is_used_by_a_page_or_a_script() -> None:
    used = "\n".join(
        path.read_text(encoding="utf-8") for path in sources(".html", ".js", ".css", ".py", folders=("webapp",))
    )
    files = [path for path in ROOTS["own"].rglob("*") if path.is_file()]
    assert [path.name for path in files if path.stem not in used] == []
