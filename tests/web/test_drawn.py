"""Pages that are drawn once for many people: the same as drawn for one alone,
and nothing of anybody's in what is kept."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, g, session
from jinja2 import DictLoader, UndefinedError
from markupsafe import Markup
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests import make
from webapp.app import App
from webapp.core import clock
from webapp.patrol.service import record
from webapp.web import drawn, gate, language
from webapp.web.request import actor, read, read_connection

OWN = re.compile(r'value="[^"]{25,}"|[0-9a-f]{8}-[0-9a-f-]{27}')  # ids and tokens: others for every page
MACROS = '{% macro csrf() %}<input name="csrf_token" value="{{ csrf_token() }}">{% endmacro %}'


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    """What is kept, empty at first."""
    memory: dict[Any, Any] = {}
    monkeypatch.setattr(drawn, "_kept", memory)
    return memory


@pytest.fixture
def draw(kept: dict[Any, Any]) -> Any:
    """``draw(source, holes, language, **facts)``: that source as a piece of page, filled in."""
    app = Flask("pieces")
    app.config["SECRET_KEY"] = "k" * 40
    language.init(app)
    gate.init(app)
    sources: dict[str, str] = {"_macros.html": MACROS}
    app.jinja_env.loader = DictLoader(sources)

    def draw(source: str, holes: dict[str, Any], lang: str = "en", **facts: Any) -> str:
        sources[source] = source
        with app.test_request_context("/"):
            session["lang"], g.actor = lang, "somebody"
            text = str(drawn.piece(source, holes, **facts).filled(holes))
            assert g.actor == "somebody"
            return text

    return draw


def test_it_is_drawn_once_for_each_language_and_fact(draw: Any, kept: dict[Any, Any]) -> None:
    source = "{{ fact }} {{ word }}"
    texts = [
        draw(source, {"word": word}, language, fact=fact)
        for word, language, fact in (("x", "zh", "a"), ("y", "zh", "a"), ("z", "en", "a"), ("z", "en", "b"))
    ]
    assert texts == ["a x", "a y", "a z", "b z"]
    assert len(kept) == 3


def test_what_is_filled_in_is_escaped_and_cannot_open_another_hole(draw: Any) -> None:
    holes = {"word": "<b>%(other)s\0other\0 100%", "other": Markup("<i>")}
    assert draw("50% {{ word }} {{ other }}", holes) == "50% &lt;b&gt;%(other)s\0other\0 100% <i>"


def test_a_function_is_asked_only_where_its_hole_is(draw: Any) -> None:
    asked: list[str] = []
    holes = {"token": lambda: asked.append("token") or "t"}
    assert (draw("nothing", holes), asked) == ("nothing", [])
    assert (draw("{{ token }}", holes, fact=1), asked) == ("t", ["token"])


def test_a_form_in_it_gets_the_readers_own_token(draw: Any) -> None:
    source = '{% from "_macros.html" import csrf %}{{ csrf() }}'
    assert 'value="mine"' in draw(source, {"token": "mine"})
    assert 'value="hers"' in draw(source, {"token": "hers"})


def test_while_it_is_drawn_there_is_no_asker_and_no_database(app: App, kept: dict[Any, Any]) -> None:
    def fails(reach: Callable[[], Any]) -> bool:
        with app.test_request_context("/"):
            g.actor = "somebody"
            assert reach() is not None
            with drawn._without_request(), suppress(AttributeError, SQLAlchemyError):
                reach()
                return False
            return g.actor == "somebody"

    assert fails(actor)
    assert fails(lambda: read_connection().execute(text("select 1")).scalar())
    assert fails(lambda: read().execute(text("select 1")).scalar())


@pytest.mark.parametrize("source", ["{{ me.name }}", "{{ session.sid }}", "{{ request.args.q }}", "{{ g.actor }}"])
def test_a_page_for_everybody_cannot_use_who_reads_it(draw: Any, source: str) -> None:
    with pytest.raises(UndefinedError, match="is undefined"):
        draw(source, {})


def test_nor_can_the_parts_that_it_imports(app: App) -> None:
    assert not {"me", "request", "session", "g"} & set(app.jinja_env.globals)


def test_a_page_for_everybody_cannot_decide_by_a_word_of_its_own(draw: Any) -> None:
    with pytest.raises(TypeError, match="make it a fact"):
        draw("{% if word %}{{ word }}{% endif %}", {"word": ""})


def test_the_round_filled_in_is_the_round_drawn_for_one_alone(
    world: Any, browse: Any, kept: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/grids/{world.grids['A1']}/patrol"
    for lang in ("zh", "en"):
        browser = browse("officer_a1")
        browser.get(f"/language?lang={lang}")
        first, second = browser.get(address).text, browser.get(address).text
        with monkeypatch.context() as patch:
            patch.setattr(drawn, "page", drawn.uncached)
            alone = browser.get(address).text
        assert OWN.sub("", first) == OWN.sub("", second) == OWN.sub("", alone)
        assert "\0" not in first
        assert first != second  # each has its own id


def test_the_same_page_names_each_reader_and_nobody_else(world: Any, browse: Any, kept: dict[Any, Any]) -> None:
    pages = {
        name: browse(name).get(f"/grids/{world.grids[grid]}/patrol").text
        for name, grid in (("officer_a1", "A1"), ("officer_b1", "B1"))
    }
    assert len([key for key in kept if key[0] == "patrol/round.html"]) == 1
    for name, page in pages.items():
        assert [other for other in pages if other in page] == [name]
    objects = {name: set(re.findall(r'name="v(\d+)-outcome"', page)) for name, page in pages.items()}
    assert objects["officer_a1"] and not objects["officer_a1"] & objects["officer_b1"]


def test_words_for_one_reader_alone_stay_with_him(world: Any, browse: Any, kept: dict[Any, Any]) -> None:
    first, second = browse("officer_a1"), browse("officer_b1")
    with first.client.session_transaction() as cookie:
        cookie["_flashes"] = [("good", "for officer_a1 alone")]
    assert "for officer_a1 alone" in first.get(f"/grids/{world.grids['A1']}/patrol").text
    assert "for officer_a1 alone" not in second.get(f"/grids/{world.grids['B1']}/patrol").text
    assert "for officer_a1 alone" not in first.get(f"/grids/{world.grids['A1']}/patrol").text


def _second_role(world: Any, browser: Any, app: App) -> None:
    with world.store.write() as session:
        make.posting(session, world.people["officer_a1"], "leader", grid=world.grids["A"])


def _large(world: Any, browser: Any, app: App) -> None:
    browser.get("/language?large=yes")


def _demo(world: Any, browser: Any, app: App) -> None:
    app.config["WANGGE"] = replace(app.config["WANGGE"], demo_made=clock.today())


def _whole_list(world: Any, browser: Any, app: App) -> None:
    with world.store.write() as session:
        record(
            session,
            make.actor(session, "officer_a1"),
            make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}),
        )


@pytest.mark.parametrize("otherwise", [_second_role, _large, _demo, _whole_list])
def test_another_kind_of_frame_or_page_is_another_page(
    world: Any, browse: Any, app: App, kept: dict[Any, Any], monkeypatch: pytest.MonkeyPatch, otherwise: Any
) -> None:
    """After a plain officer's round has been kept, one that differs in one thing is what it would be drawn alone."""
    address = f"/grids/{world.grids['A1']}/patrol"
    browser = browse("officer_a1")
    plain = browser.get(address).text
    otherwise(world, browser, app)
    filled = browser.get(address).text
    with monkeypatch.context() as patch:
        patch.setattr(drawn, "page", drawn.uncached)
        alone = browser.get(address).text
    assert OWN.sub("", filled) == OWN.sub("", alone) != OWN.sub("", plain)


def test_how_many_are_not_due_yet_is_no_reason_to_draw_it_again(world: Any, browse: Any, kept: dict[Any, Any]) -> None:
    browser = browse("officer_a1")
    _whole_list(world, browser, browser.client.application)
    assert "Show the whole list (1 more)" in browser.get(f"/grids/{world.grids['A1']}/patrol").text
    assert [dict(key[2:]).get("more_later") for key in kept if key[0] == "patrol/round.html"] == [True]


def test_a_row_no_one_touched_looks_like_one_drawn_whole(browse: Any, world: Any) -> None:
    browser, thing = browse("officer_a1"), world.things["farm_a1"]
    address = f"/grids/{world.grids['A1']}/patrol"
    fresh = browser.get(address).text
    back = browser.post(
        "/patrols",
        id=re.search(r'name="id" value="([^"]+)"', fresh)[1],
        grid=world.grids["A1"],
        occurred_on="2999-01-01",
        **{f"v{thing}-outcome": "normal"},
    )
    assert back.status_code == 422
    assert _row(fresh, thing) == _row(back.text, thing)


def _row(page: str, thing: int) -> str:
    rows = re.findall(r"<fieldset class=\"visit.*?</fieldset>", page, re.S)
    return next(row for row in rows if f'name="v{thing}-outcome"' in row)
