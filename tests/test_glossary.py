"""The glossary is what the program says: each code, its English label and its Chinese one; and words it never uses."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.pofile import read_po

import seeds
from webapp.access import ROLES
from webapp.desk import tabs
from webapp.people import rules
from webapp.report import labels, workflow

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "webapp" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
NEVER = (
    "打卡",
    "签到",
    "轨迹",
    "积分",
    "排名",
    "在线时长",
    "里程",
    "案卷",
    "节点",
    "数据同步",
    "用户端",
    "提交成功",
    "非法输入",
)
PRIVACY = "feedback/privacy"  # may say that there is no such thing

#: One Chinese word in two English forms: as a verb on a button and as a state or a list.
SAME_WORD = {
    "不立案": {"do not accept", "not accepted"},
    "退回": {"return", "returned"},
    "待核查": {"to check", "to check on site"},
}
SAME_ENGLISH = {"report": {"问题", "上报"}}  # the thing, and the verb on its button
LABELS = {  # section → code → English label of the program
    "Roles": rules.ROLE_NAMES,
    "Bodies": rules.BODY_NAMES,
    "States": labels.STATES,
    "Buttons": labels.ACTIONS,
    "Marks": labels.MARKS,
    "Tabs": {key: tab.label for key, tab in tabs.every().items()},
}


class Word(NamedTuple):
    """A line of the glossary."""

    section: str
    zh: str
    en: str
    code: str


def words_of(text: str) -> Iterator[Word]:
    """The lines of all tables."""
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        found = re.fullmatch(r"\| (.+?) \| (.+?) \| `(.+?)` \|.*\|", line)
        if found:
            yield Word(section, *found.groups())


@cache
def words() -> tuple[Word, ...]:
    """The glossary."""
    return tuple(words_of((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")))


def section(name: str) -> dict[str, Word]:
    """A section's words by code."""
    return {word.code: word for word in words() if word.section == name}


def catalogue() -> dict[str, tuple[str, list[str]]]:
    """English msgid → Chinese and the files it stands in."""
    with CATALOGUE.open("rb") as file:
        entries = [message for message in read_po(file) if message.id]
    made = {}
    for message in entries:
        for id_, text in zip(_plural(message.id), _plural(message.string), strict=False):
            made[id_] = (text, [name for name, _ in message.locations])
    return made


def _plural(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_each_code_stands_in_its_section_once() -> None:
    counts = Counter((word.section, word.code) for word in words())
    assert [key for key, number in counts.items() if number > 1] == []
    assert len(words()) > 100


@pytest.mark.parametrize("name", LABELS)
def test_section_has_every_code_and_the_label_the_program_shows(name: str) -> None:
    assert {code: word.en for code, word in section(name).items()} == LABELS[name]


def test_tables_of_rules_and_glossary_speak_of_the_same_codes() -> None:
    assert set(section("States")) == set(workflow.STATES)
    assert set(section("Roles")) == set(ROLES)
    assert {move.action for move in workflow.REPORT.moves} <= set(section("Buttons"))
    assert {tab for shown in tabs.DESKS.values() for tab in shown} == set(section("Tabs"))
    assert {row.kind for row in seeds.read("words")} == set(section("Ready words"))


def test_code_name_of_each_thing_is_a_name_in_the_program() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.py"))
    assert [
        word.code for word in words() if word.section == "Things" and not re.search(rf"\b{word.code}\b", code)
    ] == []


def test_one_word_is_one_thing() -> None:
    by_zh, by_en = defaultdict(set), defaultdict(set)
    for word in words():
        by_zh[word.zh].add(word.en.casefold())
        by_en[word.en.casefold()].add(word.zh)
    assert {zh: en for zh, en in by_zh.items() if len(en) > 1} == SAME_WORD
    assert {en: zh for en, zh in by_en.items() if len(zh) > 1} == SAME_ENGLISH


@pytest.mark.parametrize("name", ["Things", "Roles", "Bodies", "States", "Buttons", "Marks", "Ready words"])
def test_two_things_of_a_kind_have_two_words(name: str) -> None:
    found = section(name).values()
    assert len({word.zh for word in found}) == len({word.en for word in found}) == len(found)


def test_chinese_pages_use_the_words_of_the_glossary() -> None:
    found = catalogue()
    wrong = {
        word.en: (word.zh, found[word.en][0])
        for word in words()
        if word.en in found and word.section in LABELS and found[word.en][0] != word.zh
    }
    missing = [word.en for word in words() if word.section in LABELS and word.en not in found]
    assert (wrong, missing) == ({}, [])


def test_ready_words_and_tier_names_of_the_seeds_are_those_of_the_glossary() -> None:
    known = {word.zh for word in words()}
    offices = {row.zh for row in seeds.read("words") if row.kind == "label" and row.code.endswith("_office")}
    assert offices <= known


def interface_texts() -> Iterator[tuple[str, str]]:
    """Whatever the interface may say in Chinese: templates, code, scripts, rows of settings and words."""
    for pattern in ("webapp/**/*.py", "webapp/**/*.html", "webapp/**/static/**/*.js", "seeds/settings/*.csv"):
        for path in ROOT.glob(pattern):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_words_of_watching_stand_nowhere() -> None:
    found = [(name, word) for name, text in interface_texts() if PRIVACY not in name for word in NEVER if word in text]
    assert found == []


def test_words_of_watching_are_in_no_translation_but_the_privacy_pages_denial() -> None:
    found = [
        (id_, word)
        for id_, (text, places) in catalogue().items()
        for word in NEVER
        if word in text and not (places and all(PRIVACY in place for place in places))
    ]
    assert found == []


def test_glossary_names_the_words_that_are_never_used() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [word for word in NEVER if word not in text] == []
    assert [word for word in words() if any(never in word.zh for never in NEVER)] == []


def test_word_of_a_move_stands_on_no_other_button() -> None:
    """One msgid has one translation: "Add" is 补充, so that an object is not added with it."""
    of_moves = {word.en for word in words() if word.section == "Buttons"}
    elsewhere = [
        (path.parent.name, word)
        for path in (ROOT / "webapp").glob("*/templates/**/*.html")
        if not {"report", "help"} & set(path.parts)
        for word in re.findall(r"button\(_\('([^']+)'\)", path.read_text(encoding="utf-8"))
        if word in of_moves
    ]
    assert elsewhere == []
