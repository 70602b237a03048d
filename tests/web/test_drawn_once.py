"""Pieces of pages that are drawn once for everybody: the same as drawn anew, apart per language, and nobody's token in them."""
import re
from typing import Any

import pytest
from flask import render_template_string

from webapp.app import App

PAGE = '{% call once("test", fact) %}{{ words() }}{% endcall %}'


def _draw(app: App, language: str, fact: str, words: Any) -> str:
    with app.test_request_context("/"):
        from flask import session
        session["lang"] = language
        return render_template_string(PAGE, fact=fact, words=words)


def test_it_is_drawn_once_for_each_language_and_fact(app: App) -> None:
    drawn: list[str] = []

    def words() -> str:
        drawn.append("x")
        return f"drawing {len(drawn)}"

    pages = [_draw(app, language, fact, words) for language, fact in
             (("zh", "a"), ("zh", "a"), ("en", "a"), ("zh", "b"), ("en", "a"))]
    assert pages == ["drawing 1", "drawing 1", "drawing 2", "drawing 3", "drawing 2"]


def test_a_token_cannot_be_kept_for_everybody(app: App) -> None:
    with app.test_request_context("/"), pytest.raises(ValueError, match="token"):
        render_template_string('{% from "_macros.html" import csrf %}{% call once("a form") %}{{ csrf() }}{% endcall %}')


def test_a_row_no_one_touched_looks_like_one_drawn_whole(browse: Any, world: Any) -> None:
    browser, thing = browse("officer_a1"), world.things["farm_a1"]
    address = f"/grids/{world.grids['A1']}/patrol"
    fresh = browser.get(address).text
    back = browser.post("/patrols", id=re.search(r'name="id" id="id" value="([^"]+)"', fresh)[1], grid=world.grids["A1"],
                        occurred_on="2999-01-01", **{f"v{thing}-outcome": "normal"})
    assert back.status_code == 422
    assert _row(fresh, thing) == _row(back.text, thing)


def _row(page: str, thing: int) -> str:
    rows = re.findall(r"<fieldset class=\"visit.*?</fieldset>", page, re.S)
    return next(row for row in rows if f'name="v{thing}-outcome"' in row)
