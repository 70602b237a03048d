"""An entry whose log-in had ended is offered again in the words of its form, to who has logged in now."""

import html
import re

import pytest
from sqlalchemy import update

from tests import make
from tests.conftest import PASSWORD
from tests.login.test_second_factor import code_of, secret_of, setting
from tests.report.conftest import due_day
from webapp.core import clock, ids
from webapp.login.models import LoginSession
from webapp.report import service
from webapp.report.models import Report

OURS = {"Origin": "http://localhost"}
RAW = re.compile(r"made_at|outcome|csrf|person_id|[0-9a-f]{8}-[0-9a-f]{4}|not_heeded|could_not_see")


def offered(world, browse, login, address, fields):
    """The page after the log-in for a form that was sent when the log-in had ended."""
    browser = browse(login)
    browser.get("/language?lang=en")
    token = browser.token()
    with world.store.write() as session:
        session.execute(update(LoginSession).values(revoked_at=clock.now()))
    answer = browser.client.post(address, data=fields | {"csrf_token": token}, headers=OURS)
    assert answer.status_code == 401
    kept = html.unescape(re.search(r'name="kept"[^>]*value="([^"]*)"', answer.text)[1])
    return browser, browser.post("/login", login=login, secret=PASSWORD, next=address, kept=kept).text


def said(page):
    """What the page says would be sent."""
    shown = re.search(r'<dl class="kv">(.*?)</dl>', page, re.S)
    return [
        (html.unescape(word), html.unescape(value))
        for word, value in re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", shown[1])
    ]


def test_a_round_says_what_was_found_where(world, browse):
    things = world.things
    fields = {
        "id": str(ids.new()),
        "grid": world.grids["A1"],
        f"v{things['farm_a1']}-outcome": "could_not_see",
        f"v{things['farm_a1']}-reason": "locked",
        f"v{things['kiln_a1']}-outcome": "problem",
        "note": "the road is closed",
    }
    browser, page = offered(world, browse, "officer_a1", "/patrols", fields)
    assert said(page) == [
        ("Village", "Village A1"),
        ("Could not check", "Xingwang Farm"),
        ("Problem", "Old kiln"),
        ("Comment", "the road is closed"),
    ]
    assert "officer_a1" in page and ">Log in</a>" not in page, "the frame is that of who has logged in"
    back = browser.post("/patrols", **fields, open="form").text
    assert "the road is closed" in back and fields["id"] in back and "Please correct this" not in back
    assert browser.post("/patrols", **fields).status_code == 303


def test_a_report_and_a_move_say_what_was_chosen_in_its_words(world, browse):
    fields = {
        "id": str(ids.new()),
        "grid": world.grids["A1"],
        "place": "ditch",
        "problem": ["smoke", "smell"],
        "severity": "minor",
        "first_measure": "not_heeded",
        "note": "since noon",
        "between": "y",
        "joint": world.grids["A2"],
        "occurred_on": "2026-01-05",
    }
    _browser, page = offered(world, browse, "officer_a1", "/reports", fields)
    told = dict(said(page))
    assert set(told["What is wrong (you may choose several)"].split(", ")) == {"Bad smell", "Smoke"}
    assert (told["The other village"], told["Between two villages"]) == ("Village A2", "yes")
    assert "2026" in told["Day"] or "Jan" in told["Day"]
    assert not any(RAW.search(word + value) for word, value in told.items())
    entry = make.report(world.grids["A1"])
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
        number = session.get_one(Report, entry.id).number
    move = {"id": str(ids.new()), "seen": "township", "body": world.bodies["station_a"], "due": due_day()}
    _browser, page = offered(world, browse, "township_a", f"/reports/{entry.id}/assign", move)
    words = said(page)
    assert words[0][1] == number and ("Assign to", "Town A team") in words


@pytest.mark.parametrize("address", ["/reports", "/patrols", "/feedback", "/no/such/address", "/reports/x/y"])
def test_what_is_no_form_of_ours_says_nothing_raw(browse, address):
    browser = browse()
    page = browser.post(
        "/login", login="officer_a1", secret=PASSWORD, next=address, kept='[["made_at", "zz"], ["id", "q"]]'
    )
    assert page.status_code == 200 and "<dd>zz" not in page.text and "made_at</dt>" not in page.text


def test_a_phone_that_names_no_moment_is_known_again_by_its_id(world, browse):
    browser = browse("officer_a1")
    body = {
        "id": str(ids.new()),
        "grid": world.grids["A1"],
        "visits": [{"object": world.things["farm_a1"], "result": "normal"}],
    }
    answers = []
    for later in (0, 40):
        with clock.at(clock.now() + make.days(0) + later * make.days(1) / 86400):
            answers.append(
                browser.client.post(
                    "/patrols", json=body, headers={"X-CSRFToken": browser.token(), "Accept": "application/json"}
                )
            )
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json


def test_only_a_form_whose_page_can_show_what_is_wrong_is_sent_by_the_script(world, browse):
    """The script shows an answer by its form; a page without such a form is shown as the browser shows it."""
    pages = {
        f"/grids/{world.grids['A1']}/objects": {"zh": "", "type": "livestock_farm"},
        "/reports": {"id": str(ids.new()), "grid": str(world.grids["A1"]), "note": "x"},
    }
    found = []
    for address, fields in pages.items():
        _, page = offered(world, browse, "township_a", address, fields)
        found.append("data-send" in re.search(rf'<form method="post" action="{address}"[^>]*>', page)[0])
    assert found == [False, True]


def test_it_comes_along_to_the_end_of_setting_up_a_second_factor(world, browse):
    setting(world, "desks")
    browser, typed = browse(), {"next": "/feedback", "kept": '[["text", "烟很大"]]'}

    def carried(page):
        assert "烟很大" in html.unescape(page.text), page.text
        return {name: html.unescape(re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)[1]) for name in typed}

    at_login = browser.login("township_a", **typed)
    began = browser.post("/account/second/begin", current="", **carried(at_login))
    wrong = browser.post("/account/second/confirm", code="000000", **carried(began))
    codes = browser.post("/account/second/confirm", code=code_of(secret_of(wrong)), **carried(wrong))
    offered = browser.post("/account/second/done", **carried(codes))
    assert "烟很大" in offered.text and 'action="/feedback"' in offered.text
