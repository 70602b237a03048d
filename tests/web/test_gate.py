"""The gate: a post counts only with its own browser's token, and another site's post gains nothing by a log-in."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.conftest import PASSWORD, Browser, World
from webapp.app import App
from webapp.core.models import AuditEntry
from webapp.patrol.models import Patrol, PatrolObject
from webapp.people.models import Person
from webapp.report.models import Report
from webapp.web.language import safe_next

OURS = {"Origin": "http://localhost"}
EVIL = {"Origin": "https://evil.example"}
FIELDS = {"zh": "planted", "login": "planted", "role": "grid_officer", "note": "planted words", "value": "1"}


def kept(page: Any) -> str:
    """What the log-in page carries; empty when nothing."""
    found = re.search(r'name="kept"[^>]*value="([^"]*)"', page.text)
    return html.unescape(found[1]) if found else ""


def counts(world: World) -> list[int | None]:
    """How many records and accounts there are, and acts but for failed and good log-ins."""
    with world.store.read() as session:
        tables = [
            session.scalar(select(func.count()).select_from(table)) for table in (Patrol, PatrolObject, Report, Person)
        ]
        return [
            *tables,
            session.scalar(select(func.count()).where(AuditEntry.action.not_in(["login", "login.failed"]))),
        ]


def addresses(world: World) -> dict[str, str]:
    """Some routes that write, each with somebody who may use it."""
    who = world.people["officer_a1"]
    return {
        "/patrols": "officer_a1",
        "/reports": "officer_a1",
        f"/grids/{world.grids['A1']}/objects": "township_a",
        "/feedback": "officer_a1",
        "/people/new": "township_a",
        f"/people/{who}/suspend": "township_a",
        f"/people/{who}/code": "township_a",
        "/people/import/confirm": "township_a",
        "/account/password": "officer_a1",
        "/settings/login": "county",
        "/topics": "county",
        "/frequency": "county",
        "/logout": "officer_a1",
    }


def test_a_post_without_a_token_or_with_somebody_elses_does_nothing(world: World, browse: Any) -> None:
    foreign = browse("officer_b1").token()
    before = counts(world)
    for address, login in addresses(world).items():
        browser = browse(login)
        for token in ({}, {"csrf_token": foreign}, {"csrf_token": "nonsense"}):
            assert browser.client.post(address, data={**FIELDS, **token}, headers=OURS).status_code == 401, address
            header = {"X-CSRFToken": next(iter(token.values()), "")}
            assert browser.client.post(address, data=FIELDS, headers=OURS | header).status_code == 401, address
        assert browser.client.get("/account").status_code == 200, "and the log-in goes on"
    assert counts(world) == before


SENDERS: list[dict[str, str]] = [
    EVIL,
    {"Origin": "null"},
    {},
    {"Referer": "https://evil.example/http://localhost/"},
    {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "cross-site", **OURS},
    {"Sec-Fetch-Site": "same-site", **OURS},
    {"Sec-Fetch-Site": "none", **OURS},
    {"Origin": "http://[", "Referer": "http://localhost/"},
    {"Origin": "https://evil.example", "Referer": "http://localhost/"},
]


@pytest.mark.parametrize("sender", SENDERS, ids=str)
@pytest.mark.parametrize("login", [None, "officer_a1"])
def test_what_another_site_sends_is_not_carried_through_the_log_in(
    browse: Any, sender: dict[str, str], login: str | None
) -> None:
    browser = browse(login)
    page = browser.client.post("/patrols", data=FIELDS, headers=sender)
    assert page.status_code == 401
    assert (kept(page), "planted" in page.text) == ("", False)
    assert 'name="next" value="/"' in re.sub(r' id="[^"]*"| type="[^"]*"', "", page.text)


@pytest.mark.parametrize(
    "sender",
    [
        OURS,
        {"Referer": "http://localhost/grids/5/patrol"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://localhost"},
    ],
    ids=str,
)
def test_what_a_page_of_ours_sent_is_carried_whatever_its_browser_says_of_itself(
    browse: Any, sender: dict[str, str]
) -> None:
    assert "planted words" in kept(browse().client.post("/patrols", data=FIELDS, headers=sender))


def test_nothing_about_accounts_rights_or_settings_is_ever_carried(world: World, browse: Any) -> None:
    carried = {
        address for address in addresses(world) if kept(browse().client.post(address, data=FIELDS, headers=OURS))
    }
    assert carried == {"/patrols", "/reports", f"/grids/{world.grids['A1']}/objects", "/feedback"}


def test_one_reads_what_would_be_sent_again_and_where(browse: Any) -> None:
    browser = browse()
    browser.get("/language?lang=en")
    fields = kept(browser.client.post("/feedback", data={"text": "smoke <at> the kiln", "id": "x1"}, headers=OURS))
    page = browser.post("/login", login="officer_a1", secret=PASSWORD, next="/feedback", kept=fields)
    shown = re.search(r'<dl class="kv">(.*?)</dl>', page.text, re.S)
    assert shown
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", shown[1]) == [
        ("What should be different? What does not work?", "smoke &lt;at&gt; the kiln")
    ]
    assert 'action="/feedback"' in page.text and "x1" in page.text, "and all of it goes along"


# --- where a log-in or a choice of language leads ---

AWAY = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\x00/evil.example",
    "/\x1f/evil.example",
    "/\x7f/evil.example",
    "/\x85/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
    None,
]


@pytest.mark.parametrize("address", AWAY)
def test_no_address_leads_to_another_site(app: App, address: str | None) -> None:
    assert safe_next(address) == "/"
    browser = Browser(app.test_client())
    assert browser.client.get("/language", query_string={"lang": "en", "next": address or ""}).location == "/"
    assert browser.login("officer_a1", next=address or "").location == "/"


@pytest.mark.parametrize("address", ["/", "/search?q=%E7%83%9F&page=2", "/reports/1#history", "/search?q=http://x//y"])
def test_an_address_of_ours_is_kept_whole(browse: Any, address: str) -> None:
    assert browse().login("officer_a1", next=address).location == address


def two_tokens(browser: Any) -> list[str]:
    """Those of two pages that are asked for at once, with the cookie as it stands; it is the later one's then."""
    as_it_stands, tokens = browser.client.get_cookie("wangge").value, []
    for _ in range(2):
        browser.client.set_cookie("wangge", as_it_stands)
        tokens.append(browser.token())
    return tokens


def test_of_two_pages_asked_for_at_once_the_forms_of_both_count(browse: Any) -> None:
    """After a log-in the page it leads to and what a phone's outbox asks both go with the cookie that it gave."""
    me = browse("officer_a1")
    for token in two_tokens(me):
        answer = me.client.post("/account/language", data={"csrf_token": token, "lang": "en"}, headers=OURS)
        assert answer.location.endswith("/account"), answer.text
    assert me.post("/logout").status_code == 302
    fields = {"csrf_token": two_tokens(me)[0], "login": "officer_a1", "secret": PASSWORD}
    assert me.client.post("/login", data=fields, headers=OURS).status_code == 302
