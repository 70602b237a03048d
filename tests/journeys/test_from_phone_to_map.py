"""The way of "a county runs": from the officer's phone to the department, back, closed, and on the map.

Both languages.
"""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from tests.short import some
from webapp.core import clock
from webapp.report.models import ReportEvent

WORDS = {
    "en": {
        "start": "Start patrol",
        "problem": "Problem",
        "write": "Report: Old kiln",
        "smoke": "Smoke",
        "heed": "Would not stop",
        "report": "Report",
        "received": "Received",
        "raise": "Raise to county",
        "dispatch": "Dispatch",
        "receive": "Receive",
        "result": "Report the result",
        "true": "Found true",
        "close": "Pass and close",
        "closed": "closed",
        "map": "Map",
    },
    "zh": {
        "start": "开始巡查",
        "problem": "有问题",
        "write": "上报：砖窑旧址",
        "smoke": "冒烟",
        "heed": "没劝住",
        "report": "上报",
        "received": "已送达",
        "raise": "报县里",
        "dispatch": "派单",
        "receive": "签收",
        "result": "报结果",
        "true": "属实",
        "close": "通过结案",
        "closed": "已结案",
        "map": "地图",
    },
}
SERIOUS = ("serious", "critical")
SHOTS = os.environ.get("WANGGE_SHOTS")  # a folder for pictures to look at with one's own eyes


def looked_at(page, name):
    """No serious fault of accessibility, nothing wider than the phone; a picture where asked for."""
    found = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in SERIOUS]
    assert not found, [(fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= page.viewport_size["width"]
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def press(page, words):
    """The button or link that reads exactly so, in the main part."""
    page.locator("main").get_by_role("button", name=words, exact=True).or_(
        page.locator("main").get_by_role("link", name=words, exact=True)
    ).first.click()
    page.wait_for_function("() => !document.querySelector('form[data-sending]')")  # js/send.js waits for the receipt
    page.wait_for_load_state()


def walk_and_report(world, officer, language):
    """The officer's round with one problem, and the problem's report; returns the number."""
    say, kiln = WORDS[language], world.things["kiln_a1"]
    looked_at(officer, f"{language}-home")
    press(officer, say["start"])
    officer.locator(f"label[for=v{kiln}-problem]").click()
    assert officer.locator(f"#v{kiln}-problem").is_checked()
    looked_at(officer, f"{language}-round")
    officer.locator("[data-round]").click()
    officer.wait_for_url("**/patrols/*")
    assert say["received"] in officer.inner_text("main")
    looked_at(officer, f"{language}-round-received")
    press(officer, say["write"])
    officer.get_by_label(say["smoke"], exact=True).check()
    officer.get_by_label(say["heed"], exact=True).check()
    assert say["smoke"].lower() in officer.input_value("[name=note]").lower()
    looked_at(officer, f"{language}-problem")
    press(officer, say["report"])
    assert officer.url.endswith("/receipt"), officer.inner_text("main")
    looked_at(officer, f"{language}-receipt")
    return officer.inner_text(".receipt-no").strip()


def raise_it(township, language, short):
    """The township raises it to the county."""
    say = WORDS[language]
    looked_at(township, f"{language}-township-desk")
    township.get_by_role("link", name=short).first.click()
    looked_at(township, f"{language}-report")
    press(township, say["raise"])
    township.fill("[name=reason]", "needs a fine / 要处罚")
    press(township, say["raise"])


def dispatch_it(world, county, language, short):
    """The county picks the first duty that fits; returns the log-in of that department's liaison."""
    say = WORDS[language]
    county.get_by_role("link", name=short).first.click()
    press(county, say["dispatch"])
    county.locator("input[name=pick]").first.check(force=True)
    looked_at(county, f"{language}-dispatch")
    press(county, say["dispatch"])
    with world.store.read() as session:
        given = session.scalars(select(ReportEvent.given).where(ReportEvent.action == "dispatch")).one()
        assert given["ground"] == "duty" and given["duty"]
    return {world.bodies["housing"]: "liaison", world.bodies["ecology"]: "liaison_other"}[given["body"]]


def handle_it(liaison, language, short):
    """The department receives it and reports its result."""
    say = WORDS[language]
    looked_at(liaison, f"{language}-department-desk")
    liaison.get_by_role("link", name=short).first.click()
    press(liaison, say["receive"])
    press(liaison, say["receive"])
    press(liaison, say["result"])
    liaison.get_by_label(say["true"], exact=True).check()
    liaison.fill("[name=done]", "covered / 已覆盖")
    press(liaison, say["result"])


def close_it(township, language, short):
    """The township has looked and closes."""
    say = WORDS[language]
    township.goto("/desk?tab=to_check")
    township.get_by_role("link", name=short).first.click()
    press(township, say["close"])
    township.fill("[name=note]", "clean / 已改好")
    press(township, say["close"])
    assert say["closed"] in township.inner_text(".standing")
    looked_at(township, f"{language}-closed")


@pytest.mark.parametrize("language", some(["zh", "en"], every=2))
def test_from_the_phone_to_the_department_and_back_to_the_map(world, phone, language):
    officer, township = phone("officer_a1", language), phone("township_a", language)
    number = walk_and_report(world, officer, language)
    assert number.startswith(f"{clock.today().year}-")
    short = number[-5:]
    township.goto("/desk")
    raise_it(township, language, short)
    department = dispatch_it(world, phone("county", language), language, short)
    handle_it(phone(department, language), language, short)
    close_it(township, language, short)
    officer.goto("/home")
    assert WORDS[language]["closed"] in officer.inner_text("main")
    township.goto("/map")
    township.wait_for_selector("[data-map] canvas")
    assert "2/2" in township.inner_text("main")
    looked_at(township, f"{language}-map")
