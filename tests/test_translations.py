"""Both languages are whole: no message without its Chinese, and no page in a mixture of the two.

Words that people write and names stay as they are; docs/glossary.md and its test say which word is which.
"""

import re
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping
from html.parser import HTMLParser
from itertools import chain
from urllib.parse import urlsplit

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from sqlalchemy import select
from werkzeug.routing import MapAdapter

from tests import make
from tests.conftest import PEOPLE
from webapp import domains
from webapp.accounts import sheet
from webapp.core import clock
from webapp.desk import tabs
from webapp.duty import labels as duty_labels
from webapp.login import device
from webapp.models import metadata
from webapp.patrol import service as patrol_service
from webapp.people import rules
from webapp.report import labels, service
from webapp.translations import catalogue

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
CHINESE = re.compile(r"[㐀-鿿]+")
LATIN = re.compile(r"(?<![A-Za-z0-9_/.-])[A-Za-z]{2,}(?![A-Za-z0-9_/])")  # words; no parts of codes and addresses
NO_WORD = re.compile(rf"https?://\S+|{PLACES.pattern}")
HALF_WIDTH = re.compile(r"(?<=[㐀-鿿])[,;:!?()]|[,;:!?()](?=[㐀-鿿])")
#: Words that are the same in both languages: formats, brands, commands, units.
SAME = {
    "English",
    "JavaScript",
    "QQ",
    "UC",
    "JPEG",
    "PNG",
    "WebP",
    "CSV",
    "xlsx",
    "MB",
    "kB",
    "wangge",
    "TOTP",
    "grids",
    "import",
    "https",
    "cookie",
    "EPSG",
    "GCJ",
    "BD",
    "Excel",
    "WPS",
    "GeoPackage",
    "Shapefile",
    "GeoJSON",
    "QGIS",
    "ArcGIS",
    "UTF",
    "zip",
}
PEOPLE_OF_EACH_ROLE = {role: login for login, (role, _, _) in reversed(PEOPLE.items())}.values()
#: Columns of a sheet may have a heading of either language; the page that says so shows them all.
HEADINGS = {heading for column in sheet.PEOPLE.columns.values() for heading in column.headings} | set(rules.ROLE_NAMES)
HEADINGS |= {field.key for kind in domains.exports().values() for field in kind.fields}


def messages() -> list[tuple[str, str]]:
    """English (of a plural the form with the number) and Chinese of every message."""
    return [
        (catalogue.forms(message.id)[-1], catalogue.forms(message.string or "")[0])
        for message in catalogue.kept()
        if message.id
    ]


# --- the catalogue ---


def test_catalogue_holds_what_the_program_says_and_nothing_else():
    said = {message.id for message in catalogue.said() if message.id}
    kept = {message.id for message in catalogue.kept() if message.id}
    assert (sorted(map(str, said - kept)), sorted(map(str, kept - said))) == ([], []), (
        "run: python -m webapp.translations.catalogue"
    )


def test_every_message_has_its_chinese():
    kept = catalogue.kept()
    assert catalogue.lacking(kept) == []
    assert [message.id for message in kept if message.fuzzy and message.id] == []
    assert not kept.obsolete
    assert len(kept) > 900


def test_places_for_words_and_numbers_are_the_same_in_both():
    assert [
        (english, chinese)
        for english, chinese in messages()
        if sorted(PLACES.findall(english)) != sorted(PLACES.findall(chinese))
    ] == []


def test_chinese_is_punctuated_as_chinese():
    assert [chinese for _, chinese in messages() if HALF_WIDTH.search(PLACES.sub("", chinese))] == []


def test_a_chinese_sentence_ends_as_the_english_one_asks():
    """A message without a full stop is a label or a line; one with two sentences has its own stops."""
    assert [
        chinese for english, chinese in messages() if chinese.endswith("。") and not english.rstrip('"').endswith(".")
    ] == []


@pytest.mark.parametrize(
    "table",
    [
        labels.STATES,
        labels.ACTIONS,
        labels.WHY,
        labels.HOLDERS,
        labels.MARKS,
        {key: tab.label for key, tab in tabs.every().items()},
        rules.ROLE_NAMES,
        rules.BODY_NAMES,
        rules.PLACE_NAMES,
        sheet.LABELS,
        duty_labels.TIERS,
        duty_labels.ROLES,
        duty_labels.TOPICS,
        duty_labels.STATUSES,
        duty_labels.DEADLINES,
        duty_labels.PERIODS,
        duty_labels.FIGURES,
        duty_labels.BODIES,
        duty_labels.SOURCES,
        duty_labels.ACTS,
        {entry.endpoint: entry.word for entry in domains.menu()},
        dict(enumerate(device.WORDS)),
        {"": device.UNKNOWN},
    ],
)
def test_every_label_of_a_table_is_in_the_catalogue(table):
    known = {english for english, _ in messages()}
    assert [label for label in table.values() if label not in known and PLACES.sub("", label)] == []


@pytest.mark.parametrize(
    "table, longest",
    [
        (labels.STATES, 5),
        (labels.ACTIONS, 5),
        (labels.MARKS, 5),
        ({key: tab.label for key, tab in tabs.every().items()}, 5),
    ],
)
def test_states_and_buttons_are_short(table, longest):
    chinese = dict(messages())
    assert [chinese[label] for label in table.values() if len(chinese[label]) > longest] == []


def test_compiled_catalogue_is_the_one_that_is_kept():
    with catalogue.PO.with_suffix(".mo").open("rb") as file:
        compiled = list(read_mo(file))
    assert _pairs(compiled) == _pairs(catalogue.kept())


def _pairs(all_messages: Iterable[Message]) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {catalogue.forms(message.id): catalogue.forms(message.string) for message in all_messages if message.id}


# --- the pages ---


class Page(HTMLParser):
    """What a reader sees or hears of a page, and where its links lead.

    Parts marked as another language are left out.
    """

    SILENT = ("script", "style", "svg")
    SAID = ("aria-label", "alt", "title", "placeholder")
    VOID = ("meta", "link", "input", "img", "br", "hr", "path")

    def __init__(self, text: str):
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._within: list[bool] = []  # of each open element: whether it is left out
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what is said in attributes, and the link."""
        given = dict(attrs)
        out = tag in self.SILENT or (tag != "html" and "lang" in given)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if not out and not any(self._within):
            self.said += [text for name, text in attrs if text and (name in self.SAID or _spoken_by_script(name, text))]
        if tag not in self.VOID:
            self._within.append(out)

    def handle_endtag(self, tag: str) -> None:
        """Close the element."""
        if tag not in self.VOID and self._within:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        """Keep what is written."""
        if data.strip() and not any(self._within):
            self.said.append(data.strip())


def _spoken_by_script(name: str, text: str) -> bool:
    """data-… attributes that hold sentences for a script, not addresses, ids or names of fields."""
    return name.startswith("data-") and not re.fullmatch(r"[\w./{}?=&:-]*", text)


@pytest.fixture
def busy(world):
    """The small county at work: a round, reports on every desk."""

    def submit(**more):
        entry = make.report(world.grids["A1"], place="东沟", note="东沟有黑水。", **more)
        service.submit(session, make.actor(session, "officer_a1"), entry)
        return entry.id

    def move(login, id_, action, seen, **given):
        service.move(session, make.actor(session, login), id_, make.move(action, seen, **given))

    with world.store.write() as session:
        seen = {world.things["farm_a1"]: "could_not_see", world.things["kiln_a1"]: "problem"}
        patrol_service.record(session, make.actor(session, "officer_a1"), make.patrol(world.grids["A1"], seen))
        submit(severity="emergency")
        move("township_a", submit(), "give_back", "township", missing=["place"], note="哪一段")
        raised, sent = submit(), submit()
        for id_ in (raised, sent):
            move("township_a", id_, "raise", "township", reason="要县里办")
        move(
            "county",
            sent,
            "dispatch",
            "county",
            body=world.bodies["housing"],
            ground="minutes",
            ground_text="第3号",
            due=(clock.today() + make.days(30)).isoformat(),
        )
    return world


#: Views that show another thing to each role; of the others one page is enough.
EACH_ROLE = {"desk.desk", "report.show", "report.ask", "accounts.index"}


def crawl(browse, language: str) -> Iterator[tuple[str, Page]]:
    """One page of each view that the links lead to, role by role; where it was found."""
    known: set[tuple[object, ...]] = set()
    for login in (*PEOPLE_OF_EACH_ROLE, None):
        browser = browse(login)
        browser.get(f"/language?lang={language}")
        views = browser.client.application.url_map.bind("localhost")
        waiting = deque(["/"])
        while waiting:
            answer = browser.get(waiting.popleft())
            assert answer.status_code == 200, answer.request.path
            if answer.mimetype == "text/html":
                page = Page(answer.text)
                yield f"{login} {answer.request.path}", page
                waiting += _unknown(page.links, views, known, login)


def _unknown(
    links: Iterable[str], views: MapAdapter, known: set[tuple[object, ...]], login: str | None
) -> Iterator[str]:
    for link in links:
        parts = urlsplit(link)
        if not parts.path.startswith("/") or parts.netloc:
            continue
        view, given = views.match(parts.path)
        mark = (view, given.get("action"), given.get("role"), "page" in parts.query, view in EACH_ROLE and login)
        if mark not in known and view != "language.switch":
            known.add(mark)
            yield link


def chinese_of_the_records(store) -> list[str]:
    """Every text with Chinese in it that people wrote or documents say; a column or key "en" holds none of its own."""
    with store.read() as session:
        return [
            text
            for table in metadata.sorted_tables
            for row in session.execute(select(table)).mappings()
            for text in _texts(row)
            if CHINESE.search(text)
        ]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if key != "en" and not str(key).endswith("_en"):
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def strangers(said: Iterable[str], of_the_other: re.Pattern[str], allowed: Container[str]) -> set[str]:
    """Runs of the other language that nothing allows."""
    return {run for text in said for run in of_the_other.findall(NO_WORD.sub(" ", text)) if run not in allowed}


def test_english_pages_say_nothing_in_chinese(busy, browse):
    roles = [chinese for english, chinese in messages() if english in rules.ROLE_NAMES.values()]
    allowed = "\n".join(chain(chinese_of_the_records(busy.store), HEADINGS, roles, ["中文"]))
    found = {address: runs for address, page in crawl(browse, "en") if (runs := strangers(page.said, CHINESE, allowed))}
    assert found == {}


def test_chinese_pages_say_nothing_in_english(busy, browse):
    records = {word for text in chinese_of_the_records(busy.store) for word in LATIN.findall(text)}
    allowed = SAME | HEADINGS | set(PEOPLE) | records
    found = {
        address: runs
        for address, page in crawl(browse, "zh")
        if not address.endswith("/log") and (runs := strangers(page.said, LATIN, allowed))
    }  # a log holds codes
    assert found == {}


@pytest.mark.parametrize(
    "language, words", [("zh", "不是日期。请写成 2026-09-01 这样。"), ("en", "Not a date. Write it like 2026-09-01.")]
)
def test_a_mistake_is_answered_with_what_to_write(world, browse, language, words):
    browser = browse("officer_a1")
    browser.get(f"/language?lang={language}")
    assert words in browser.post("/patrols", grid=world.grids["A1"], occurred_on="gestern").text
