"""A round in which nothing is wrong, on an old phone with weak signal: three taps at most, twenty seconds at most."""

import time

from sqlalchemy import func, select

from tests import make
from tests.access_county import on_sqlite
from webapp.patrol.models import Patrol, Visit

pytestmark = on_sqlite  # what a browser does is the same whatever database lies behind it

LONGEST, TAPS = 20.0, 3  # seconds from opening the first page to the receipt; taps
TAP = 1.5  # seconds that a person takes for one
SLOWER = 6  # times that the phone computes slower than this machine
LINE = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}  # ms; bytes a second


class SlowHand:
    """A person at such a phone, who counts his taps."""

    def __init__(self, page):
        self.page, self.taps = page, 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", LINE)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def tap(self, what):
        found = self.page.locator(what).first
        found.wait_for()
        time.sleep(TAP)
        found.click()
        self.taps += 1


def five_due(world):
    """Village A1 has five objects, and all of them are due."""
    with world.store.write() as session:
        for number in range(3):
            make.thing(session, world.grids["A1"], f"养殖场{number}", f"Farm {number}")


def on_the_first_screen(page, words):
    """Whether the link stands there before anybody scrolls."""
    box = page.get_by_role("link", name=words, exact=True).first.bounding_box()
    return box["y"] + box["height"] <= page.viewport_size["height"]


def test_five_objects_from_the_first_page_to_the_receipt_in_twenty_seconds(world, phone):
    five_due(world)
    page = phone("officer_a1", "zh")
    hand, began = SlowHand(page), time.monotonic()
    page.goto("/home", wait_until="commit")
    hand.tap("main a[href*='/patrol']:has-text('开始巡查')")
    hand.tap("main form .btn-filled")
    page.wait_for_url("**/patrols/*", wait_until="commit")
    page.locator("main").get_by_text("已送达").first.wait_for()
    took = time.monotonic() - began
    with world.store.read() as session:
        seen = session.scalar(select(func.count()).select_from(Visit))
        assert (session.scalar(select(func.count()).select_from(Patrol)), seen) == (1, 5)
    assert hand.taps <= TAPS
    assert took <= LONGEST, f"{took:.1f} s"


def test_round_and_report_begin_on_the_first_screen(world, phone):
    five_due(world)
    page = phone("officer_a1", "en")
    page.goto("/home")
    assert on_the_first_screen(page, "Start patrol") and on_the_first_screen(page, "Report a problem")
