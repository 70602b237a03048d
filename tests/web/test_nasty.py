"""Whatever is sent to any address, the answer is a page or a refusal and never a fault of ours: the whole app,
swept."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import pytest
from werkzeug.routing import Rule

import webapp
from tests.conftest import Browser, World
from tests.make import report as report_entry
from tests.short import LONG, part
from webapp.access import visitors_may
from webapp.app import App, access_rule
from webapp.report import service as reports
from webapp.web.request import SIGNED_IN

NASTY = [
    "a\x00b",
    "9" * 25,
    "-" + "9" * 25,
    "9" * 5000,
    "2147483648",
    "NaN",
    "9999-12-31",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "[" * 3000,
    "[[Infinity,{}]]",
    '[[1,{"login":"\x00"}]]',
    "%s%(x)s{0}",
    "g99999999999999999999",
    "²",
]
#: What else people, phones and attackers type; for the long run.
MANY = [
    *(chr(code) for code in (1, 7, 8, 11, 12, 27, 127, 0x80, 0x85, 0xA0, 0xAD, 0x300, 0x200B, 0x200E, 0x202E, 0x2028)),
    *(chr(code) for code in (0x2066, 0x3000, 0xFEFF, 0xFFFC, 0xFFFD, 0xFFFF, 0x1F600, 0x20000, 0x2F800, 0x10FFFF)),
    *("\ud800", "\udfff", "a\ud83d", "\r\nSet-Cookie: a=b", "\n" * 5000, " ", "\t", "　　", "\u202e\u202d" * 500),
    *(
        "0",
        "-0",
        "+1",
        "1.",
        ".5",
        "1e3",
        "1e400",
        "-1e400",
        "0x10",
        "1_000",
        "１２",
        "٣",
        "½",
        "∞",
        "inf",
        "-Infinity",
    ),
    *("2147483647", "-2147483649", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1" * 4301),
    *(
        "true",
        "null",
        "None",
        "undefined",
        "[]",
        "{}",
        '{"a":1}',
        "[1]",
        '"x',
        "'",
        "''",
        "\\",
        "%",
        "_",
        "*",
        "?",
        "#",
    ),
    *(
        "' or 1=1 --",
        "'; drop table person; --",
        "1 union select 1",
        "$(id)",
        "`id`",
        "; ls",
        "| cat",
        "../../etc/passwd",
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "{{7*7}}",
        "${7*7}",
        "<%= 1 %>",
    ),
    *("%0d%0a", "%00", "%c0%af", "http://a.example", "//a.example", "file:///etc/passwd", "data:text/html,x"),
    *("2026-02-30", "2026-13-01", "2026-1-1", "0000-00-00", "10000-01-01", "-0001-01-01", "2026-01-01T25:00"),
    *(
        "1969-12-31T23:59:59Z",
        "2026-06-30T23:59:60",
        "2026-01-01T00:00:00+99:99",
        "180",
        "-180.1",
        "90.0001",
        "NaN,NaN",
    ),
    *("x" * 200, "x" * 70_000, "汉" * 30_000, "é" * 201, "👩‍👩‍👧‍👦" * 100, "Ω̴̛̘" * 50, "()" * 2000, "a" * 39 + "!"),
    *(
        "00000000-0000-0000-0000-000000000000",
        "{00000000-0000-7000-8000-000000000000}",
        "urn:uuid:0",
        "g1",
        "-1",
        "1,2",
    ),
    *("=1+1", "@SUM(1)", "+86 138 0000 0000", "110101199003070011", "a@b@c", "..", "CON", "a/b", "a\\b", "é\u0301"),
]
TRIED = [*NASTY, *MANY] if LONG else NASTY
IN_PATHS = ["a%00b", "%0a", "%ff", "%ed%a0%80", "9" * 25, "9" * 5000, "2147483648", "%C2%B2", "..%2f.."]
PEOPLE = ("officer_a1", "township_a", "county", "liaison", "station_a", "leader", "admin", "auditor")
SOURCE = "\n".join(
    path.read_text() for path in Path(webapp.__file__).parent.rglob("*") if path.suffix in (".py", ".html")
)
#: The name of every field and argument that the program reads.
NAMES = sorted(
    {
        name
        for pattern in (
            r"(\w+) = (?:text|\w*Field)\(",
            r'request\.(?:args|form)(?:\.get\(|\[)"(\w+)"',
            r'name="([\w-]+)"',
            r'\bsent\.get\("(\w+)"',
        )
        for name in re.findall(pattern, SOURCE)
    }
    - {"csrf_token"}
)


@pytest.fixture
def crowd(app: App, world: World, browse: Any) -> Iterator[dict[str, Browser]]:
    """A browser of each kind; faults become answers, as in real use."""
    with world.store.write() as session:
        from tests.make import actor

        reports.submit(session, actor(session, "officer_a1"), report_entry(world.grids["A1"]))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield {name: browse(name) for name in PEOPLE}
    app.config["PROPAGATE_EXCEPTIONS"] = None


def rules(app: App, method: str) -> list[Rule]:
    """The addresses that answer to a method; not the one that ends the log-in."""
    return [
        rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint != "login.logout"
    ]


def browsers(app: App, crowd: dict[str, Browser], rule: Rule) -> list[Browser]:
    """One of those whom the gate lets through to a view."""
    action = access_rule(app.view_functions[rule.endpoint])
    if action == SIGNED_IN or visitors_may(action):
        return [crowd["officer_a1"]]
    from tests.conftest import PEOPLE as ROLES
    from webapp.access import roles_may

    return [crowd[name] for name in PEOPLE if roles_may([ROLES[name][0]], action)][:1]


def addresses(rule: Rule, world: World) -> list[str]:
    """One rule with things that are there, then with nasty ones in each of its parts."""
    there = {
        "grid_id": world.grids["A1"],
        "object_id": world.things["farm_a1"],
        "person_id": world.people["officer_a2"],
        "body_id": world.bodies["station_a"],
        "session_id": 1,
        "posting_id": 1,
        "succession_id": 1,
        "code": "004-13-dept22-01",
        "kind": "setting",
        "key": "login_failures",
        "action": "raise",
        "role": "leader",
    }
    parts = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
    fill = {name: str(there.get(name, "00000000-0000-7000-8000-000000000000")) for name in parts}

    def filled(values: dict[str, str]) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values[match[1]], rule.rule)

    tried = part(IN_PATHS, 8, turn_of(rule), full=3)
    return [filled(fill), *(filled(fill | {name: nasty}) for name in parts for nasty in tried)]


def turn_of(rule: Rule) -> int:
    """Another one for the next address, so that in the short run all addresses together meet all there is."""
    return crc32(rule.endpoint.encode())


def sent(values: dict[str, str]) -> str:
    """As a form is sent; what is no text, half a character for one, goes out as its bytes."""
    return urlencode(values, errors="surrogatepass")


def post(browser: Browser, address: str, values: dict[str, str]) -> Any:
    """The answer to a form filled in so."""
    return browser.client.post(address, data=sent(values), content_type="application/x-www-form-urlencoded")


def faults(answers: Iterator[tuple[Any, Any]]) -> list[Any]:
    """What was answered with a fault."""
    return [(what, answer.status_code) for what, answer in answers if answer.status_code >= 500]


def test_no_address_that_is_read_brings_a_fault(app: App, world: World, crowd: dict[str, Browser]) -> None:
    def answers() -> Iterator[tuple[Any, Any]]:
        for rule in rules(app, "GET"):
            for browser in browsers(app, crowd, rule):
                first, *others = addresses(rule, world)
                for address in others:
                    yield address, browser.client.get(address)
                for nasty in part(TRIED, 12, turn_of(rule), full=4):
                    yield (first, nasty), browser.client.get(first, query_string=sent(dict.fromkeys(NAMES, nasty)))

    assert faults(answers()) == []


def test_no_form_with_nothing_but_nonsense_brings_a_fault(app: App, world: World, crowd: dict[str, Browser]) -> None:
    def answers() -> Iterator[tuple[Any, Any]]:
        for rule in rules(app, "POST"):
            for browser in browsers(app, crowd, rule):
                token = browser.token()
                first, *others = addresses(rule, world)
                for address in others:
                    yield address, browser.client.post(address, data={"csrf_token": token})
                for nasty in part(TRIED, 12, turn_of(rule), full=4):
                    yield (first, nasty), post(browser, first, {**dict.fromkeys(NAMES, nasty), "csrf_token": token})

    assert faults(answers()) == []


def forms(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The forms of a page that are posted: where to, and each field as the page has it."""
    for attributes, inside in re.findall(r"<form([^>]*)>(.*?)</form>", page, re.S):
        action = re.search(r'action="([^"]*)"', attributes)
        if 'method="post"' not in attributes or not action or "logout" in action[1]:
            continue
        fields = {
            name: html.unescape(value)
            for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*?(?:value="([^"]*)")?', inside)
        }
        for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', inside, re.S):
            values = [value for value in re.findall(r'<option[^>]*value="([^"]*)"', options) if value]
            fields[name] = html.unescape(values[0]) if values else ""
        fields |= dict.fromkeys(re.findall(r'<textarea[^>]*name="([^"]+)"', inside), "words")
        yield html.unescape(action[1]), fields


OPENED = [
    ("township_a", "/people/new?role=grid_officer"),
    ("township_a", "/people/{officer_a2}/postings/new?role=grid_officer"),
    ("county", "/people/{inspector}/postings/{posting}/end"),
    ("township_a", "/people/{officer_a2}/edit"),
    ("township_a", "/bodies/new?kind=station"),
    ("officer_a1", "/grids/{A1}/patrol"),
    ("officer_a1", "/grids/{A1}/report"),
    ("township_a", "/grids/{A1}/objects"),
    ("county", "/settings"),
    ("officer_a1", "/feedback"),
    ("township_a", "/reports/{report}/raise"),
    ("township_a", "/reports/{report}/give_back"),
]
FIT = {"zh": "Somebody", "login": "some_body", "note": "words", "body": "words", "place": None, "occurred_on": ""}


def test_no_single_wrong_field_of_a_form_brings_a_fault(app: App, world: World, crowd: dict[str, Browser]) -> None:
    from sqlalchemy import select

    from webapp.people.models import Posting
    from webapp.report.models import Report

    with world.store.read() as session:
        ids = {
            **world.people,
            **world.grids,
            "report": session.scalar(select(Report.id)),
            "posting": session.scalar(select(Posting.id).where(Posting.person_id == world.people["inspector"])),
        }

    def answers() -> Iterator[tuple[Any, Any]]:
        for login, address in OPENED:
            page = crowd[login].get(address.format(**ids))
            assert page.status_code == 200, address
            for action, fields in list(forms(page.text))[:4]:
                filled = {name: value or FIT.get(name) or "" for name, value in fields.items()}
                for turn, name in enumerate(sorted(set(filled) - {"csrf_token"})):
                    for nasty in part(TRIED, 4, turn, full=2):
                        yield (action, name, nasty), post(crowd[login], action, {**filled, name: nasty})

    assert faults(answers()) == []


@pytest.mark.parametrize(
    "body",
    [
        "[" * 3000,
        '{"visits": [1]}',
        '{"visits": 5}',
        '{"visits": [{"object": 1e999}]}',
        "null",
        "[]",
        '{"grid": NaN}',
        '{"id": "\\u0000", "grid": 99999999999999999999, "note": "\\ud800"}',
    ],
)
def test_no_json_of_a_phone_brings_a_fault(crowd: dict[str, Browser], body: str) -> None:
    browser = crowd["officer_a1"]
    answer = browser.client.post(
        "/patrols",
        data=body,
        content_type="application/json",
        headers={"X-CSRFToken": browser.token(), "Accept": "application/json"},
    )
    assert 400 <= answer.status_code < 500
