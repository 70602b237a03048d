"""The log's words: there is one for every act, thing and fact that the program writes,
and none is lost that it does not know."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from webapp import domains
from webapp.app import App
from webapp.core.db import Base
from webapp.core.models import AuditEntry
from webapp.desk import words

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted((ROOT / "webapp").rglob("*.py"))


def notes() -> Iterator[ast.Call]:
    """Every call of ``audit.note`` and ``audit.note_all``."""
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.note", "audit.note_all"):
                yield node


def thing_and_facts(call: ast.Call) -> tuple[ast.expr, set[str]]:
    """What a call names as the thing, and its facts; ``note_all`` has both in a tuple made for each."""
    each = getattr(call.args[3], "elt", None)
    if each is None:
        return call.args[3], {keyword.arg for keyword in call.keywords if keyword.arg}
    return each.elts[0], set(map(ast.literal_eval, each.elts[1].keys))


#: What older lines say was done: an interval of a type was changed, before there were rules of frequency.
FORMER = {"interval.change"}


def test_every_act_that_is_written_has_its_word() -> None:
    written = {ast.literal_eval(node.args[2]) for node in notes() if isinstance(node.args[2], ast.Constant)}
    text = "".join(file.read_text(encoding="utf-8") for file in SOURCES)
    written |= set(re.findall(r'"(seed\.\w+)"', text))
    said = domains.log_words("acts")
    assert {act for act in written if act not in said} == set()
    assert {act for act in said if f'"{act}"' not in elsewhere()} == FORMER


def elsewhere() -> str:
    """The program's text without what the domains announce."""
    return "".join(file.read_text(encoding="utf-8") for file in SOURCES if file.name != "about.py")


def test_every_fact_and_every_kind_of_thing_has_its_word() -> None:
    facts = set().union(*(thing_and_facts(node)[1] for node in notes())) | set(domains.sweep())
    kinds = {
        found[1] for node in notes() if (found := re.match(r"f?['\"](\w+)", ast.unparse(thing_and_facts(node)[0])))
    }
    assert facts | {"before", "after"} == set(domains.log_words("facts"))
    assert kinds | seeded_tables() == set(domains.log_words("things"))


def seeded_tables() -> set[str]:
    """The tables whose rows come from the documents: the log names them as things."""
    names = {
        name for file in SOURCES for name in re.findall(r"\bSeedTable\((\w+)[,)]", file.read_text(encoding="utf-8"))
    }
    found = {mapper.local_table.name for mapper in Base.registry.mappers if mapper.class_.__name__ in names}
    assert {"word", "duty", "setting"} <= found
    return found


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["Posting ended", "person officer_a1", "role: Grid officer; ends: 2026-09-01; phone remembered: no"]),
        ("zh", ["结束任职", "人员 officer_a1", "角色：网格员；截止：2026-09-01；记住手机：否"]),
    ],
)
def test_a_line_reads_in_either_language(app: App, lang: str, said: list[str]) -> None:
    from flask import session

    with app.test_request_context("/"):
        session["lang"] = lang
        assert [
            words.act("posting.end"),
            words.thing("person:7", {"person:7": "officer_a1"}),
            words.facts({"role": "grid_officer", "ends": "2026-09-01", "remembered": False}),
        ] == said


def test_what_a_later_program_wrote_stands_as_it_is(app: App) -> None:
    with app.test_request_context("/"):
        assert [words.act("moon.land"), words.thing("moon:1", {}), words.thing("person:9", {})][:2] == [
            "moon.land",
            "moon 1",
        ]
        assert "crater" in words.facts({"crater": {"deep": 3}})


def test_settings_limits_and_frequencies_stand_in_it_by_their_names(browse: Any) -> None:
    county, auditor = browse("county"), browse("auditor")
    wish = {"type": "livestock_farm", "every": "30", "unit": "day", "source": "so"}
    assert county.post("/frequency", **wish).status_code == 303
    for group, key, value in (
        ("limits", "review", "3"),
        ("map", "coverage_days", "25"),
    ):
        assert county.post(f"/settings/{group}", **{f"value-{key}": value}).status_code == 303
    page = auditor.get("/language?lang=en&next=/log").text
    for words_ in ("time limit: ", "object type: ", "setting: Period of patrols"):
        assert words_ in page
    assert "coverage_days" not in page and "livestock_farm" not in page
    assert "设置：地图默认看最近多久的巡查" in auditor.get("/language?lang=zh&next=/log").text


def test_whoever_reads_the_log_stands_in_it(world: Any, browse: Any) -> None:
    auditor = browse("auditor")
    for _ in range(2):
        assert auditor.get("/log").status_code == 200
    with world.store.read() as session:
        readers = list(session.scalars(select(AuditEntry.person_id).where(AuditEntry.action == "log.read")))
    assert readers == [world.people["auditor"]] * 2
