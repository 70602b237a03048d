"""Where there is no signal: pages are there, what is written waits on the phone, and each entry arrives once, under its
author's name, however long that takes and whatever answers in between."""

import json
import os
import re
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.access_county import on_sqlite
from tests.journeys.conftest import CHROMIUM, FLAGS, PHONE
from tests.journeys.line import Fault
from tests.journeys.sending import KINDS, PASSWORD, Person, Problem
from tests.journeys.waiting import ALWAYS, IN_PHONE, KEPT, answer, band_says, emptied, write
from tests.short import some
from webapp.people.models import Person as PersonRow
from webapp.report.models import Report
from webapp.web import drawn, static_files

LONG = os.environ.get("WANGGE_FULL") == "1"
AGED = """(days) => new Promise((resolve) => {
  const asked = indexedDB.open("wangge-outbox");
  asked.onsuccess = () => {
    const work = asked.result.transaction(["entries"], "readwrite"), entries = work.objectStore("entries");
    const older = (one) => entries.put({ ...one, at: one.at - days * 86400000 });
    entries.getAll().onsuccess = (event) => event.target.result.forEach(older);
    work.oncomplete = () => { asked.result.close(); resolve(); };
  };
})"""
PAGES = "() => caches.keys().then((keys) => keys.filter((key) => key.startsWith('wangge-pages-')))"


def kill(folder):
    """End the browser that works in this folder, as a phone does that runs out of memory."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f"--user-data-dir={folder}".encode() in place.read_bytes():
                os.kill(int(place.parent.name), signal.SIGKILL)


class Owner(Person):
    """Several people at one phone, whose browser may be killed."""

    def __init__(self, world, browser, line, address, folder):
        self.world, self.line, self.folder, self.faults = world, line, folder, []
        self.browser, self.address = browser, address
        self.open()

    def open(self):
        self.context = self.browser.browser_type.launch_persistent_context(
            str(self.folder), executable_path=CHROMIUM, args=FLAGS, viewport=PHONE, base_url=self.address
        )
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def be(self, login):
        self.login = login
        self.log_in(self.page)

    def killed(self):
        self.page.wait_for_timeout(300)
        kill(self.folder)
        with suppress(Exception):
            self.context.close()


def forget_addresses():
    for kept in (static_files._address, static_files._marks):
        kept.cache_clear()
    drawn._kept.clear()


@pytest.fixture
def update():
    """``update()`` replaces the program by a newer one: no address of a script is what it was. It is taken back."""
    stamp = static_files.stamp

    def now():
        static_files.stamp = lambda root, path: stamp(root, path)[::-1]
        forget_addresses()

    yield now
    static_files.stamp = stamp
    forget_addresses()


def by_author(world):
    with world.store.read() as session:
        asked = (
            select(PersonRow.login, func.count())
            .join(Report, Report.entered_by == PersonRow.id)
            .group_by(PersonRow.login)
        )
        return dict(session.execute(asked).all())


def test_two_users_of_one_phone_an_update_and_a_killed_browser(world, browser, line, tmp_path, update):
    many, (odd, outside) = (20, 15) if LONG else (3, 2), line
    mine, theirs = Problem(world), Problem(world)
    theirs.page = lambda: f"/grids/{world.grids['B1']}/report"
    phone = Owner(world, browser, odd, outside, tmp_path / "phone")
    phone.be("officer_a1")
    odd.faults.append(Fault("POST", "/reports", answer(502, "bad"), ALWAYS))
    for number in range(many[0]):
        write(phone, mine, note=f"smoke of the first, {number}")
    band_says(phone, f"{many[0]} to send, {2 * many[0]} photos")
    phone.leave()
    band_says(phone, f"{many[0]} of somebody else")
    phone.be("officer_b1")
    for number in range(many[1]):
        write(phone, theirs, note=f"smoke of the second, {number}")
    band_says(phone, f"{many[1]} to send", f"{many[0]} of somebody else")
    assert phone.page.locator("[data-outbox-list] li").count() == many[1], "what another wrote is not shown"
    phone.killed()
    update()
    odd.faults.clear()
    phone.open()
    phone.be("officer_b1")  # Chromium writes cookies to the disk half a minute later
    for _ in range(300):  # by itself: after a try that did not succeed the next follows in 5, 15, 60 seconds
        if by_author(world) == {"officer_b1": many[1]} and phone.page.evaluate(IN_PHONE)[0] == many[0]:
            break
        phone.page.wait_for_timeout(200)
    said = phone.page.inner_text("body")
    assert by_author(world) == {"officer_b1": many[1]}, f"his own, and nothing of the first; the phone says: {said}"
    phone.leave()
    phone.be("officer_a1")
    emptied(phone)
    assert by_author(world) == {"officer_a1": many[0], "officer_b1": many[1]}
    assert mine.there() == (sum(many), sum(many))
    phone.context.close()
    assert phone.faults == []


@pytest.mark.parametrize("name", some(["round", "report", "message"], every=2))
def test_a_browser_killed_at_the_press_has_lost_nothing(world, browser, line, tmp_path, name):
    kind, (odd, outside) = KINDS[name](world), line
    phone = Owner(world, browser, odd, outside, tmp_path / "phone")
    phone.be(kind.login)
    phone.page.goto(kind.page())
    kind.fill(phone.page)
    odd.faults.append(Fault("POST", kind.post, "lose_answer", 1))
    phone.press(kind)
    phone.page.wait_for_timeout(150)
    phone.killed()
    odd.faults.clear()
    phone.open()
    phone.be(kind.login)
    emptied(phone)
    assert kind.there() == (1, 1 if kind.photos else 0)
    phone.context.close()


def kept_pages(person):
    """Until the phone has the pages of whoever is logged in."""
    person.page.goto("/home")
    person.page.wait_for_function(
        "() => (localStorage.getItem('wangge.kept') || '').startsWith(document.documentElement.dataset.person + ' ')",
        timeout=20000,
    )


@on_sqlite
def test_who_logs_in_anew_while_pages_are_being_kept_can_send_forms(world, browser, line):
    odd, outside = line
    person = Person(world, browser, odd, outside, "officer_a1")
    kept_pages(person)
    person.page.evaluate("localStorage.removeItem('wangge.kept')")
    # So that the worker asks with the cookie that the log-in has just given, and is answered after the page
    second = f"/grids/{world.grids['A1']}/patrol?"
    odd.faults += [Fault("GET", "/home", "slow", ALWAYS), Fault("GET", second, "slow", ALWAYS)]
    person.log_in(person.page)
    person.page.wait_for_timeout(1500)
    person.leave()
    assert person.faults == []


@on_sqlite
def test_an_officers_pages_are_there_without_signal_and_say_as_of_when(world, browser, line):
    odd, outside = line
    person, grid = Person(world, browser, odd, outside, "officer_a1"), world.grids["A1"]
    kept_pages(person)
    person.context.set_offline(True)
    thing = world.things["kiln_a1"]
    for where in (
        "/home",
        f"/grids/{grid}/patrol",
        f"/grids/{grid}/report",
        f"/grids/{grid}/objects",
        f"/objects/{thing}",
        "/map",
    ):
        person.page.goto(where)
        assert re.match(r"As of \d", person.page.inner_text("[data-offline]")), where
        assert (
            person.page.evaluate("() => getComputedStyle(document.querySelector('.top')).color") == "rgb(255, 255, 255)"
        )
    person.page.goto("/home")
    assert person.page.locator("a[href^='tel:']").count(), "the numbers to call"
    person.page.goto("/duties")
    assert "That page is not on this phone" in person.page.inner_text("[data-offline]")
    person.context.close()
    assert person.faults == []


def test_round_and_report_of_its_problem_are_written_without_signal_and_arrive_in_their_order(world, browser, line):
    (odd, outside), kind = line, KINDS["round"](world)
    person = Person(world, browser, odd, outside, "officer_a1")
    kept_pages(person)
    person.context.set_offline(True)
    write(person, kind)
    person.page.locator("[data-kept-problems] a").first.click()
    report = Problem(world)
    person.page.wait_for_selector("[name=note]")
    kind_of_place = person.page.input_value("[name=place]")
    report.fill(person.page)
    person.press(report)
    person.page.wait_for_selector(KEPT)
    write(person, kind)
    assert person.page.evaluate(IN_PHONE) == [3, 2], "each filling-in has an id of its own"
    person.context.set_offline(False)
    emptied(person)
    posts = [seen.split()[1] for seen in odd.seen if seen.startswith("POST")][-3:]
    assert posts == ["/patrols", "/reports", "/patrols"] and kind_of_place
    assert (kind.there()[0], report.there()) == (2, (1, 1))
    with world.store.read() as session:
        assert (
            session.scalar(select(Report.patrol_id)) is not None
            and session.scalar(select(Report.object_id)) is not None
        )
    person.context.close()


@on_sqlite
def test_pages_of_one_are_gone_when_another_logs_in_and_after_a_log_out(world, browser, line):
    odd, outside = line
    person = Person(world, browser, odd, outside, "officer_a1")
    kept_pages(person)
    mine = person.page.evaluate(PAGES)
    person.page.click("footer form button")
    person.page.wait_for_url("**/login")
    person.page.wait_for_timeout(500)
    assert len(mine) == 1 and person.page.evaluate(PAGES) == []
    person.log_in(person.page)
    person.page.evaluate("() => localStorage.removeItem('wangge.kept')")
    kept_pages(person)
    person.log_out()
    person.login = "officer_b1"
    person.page.goto("/home")
    person.log_in(person.page)
    kept_pages(person)
    theirs = person.page.evaluate(PAGES)
    assert len(theirs) == 1 and theirs != mine
    person.context.set_offline(True)
    person.page.goto(f"/objects/{world.things['kiln_a1']}")
    assert "That page is not on this phone" in person.page.inner_text("[data-offline]")
    person.context.close()


@on_sqlite
def test_what_is_not_accepted_is_set_aside_and_put_right_and_holds_up_nothing(world, browser, line):
    kind, (odd, outside) = Problem(world), line
    person = Person(world, browser, odd, outside, kind.login)
    odd.faults.append(Fault("POST", "/reports", answer(502, "bad"), ALWAYS))
    person.page.goto(kind.page())
    kind.fill(person.page)
    person.page.fill("[name=place]", "")
    person.press(kind)
    person.page.wait_for_selector(KEPT)
    write(person, kind)
    odd.faults.clear()
    person.page.goto("/home")
    person.page.wait_for_function(
        "() => document.querySelector('[data-outbox-words]').textContent.includes('1 not accepted')"
    )
    for _ in range(60):
        if person.page.evaluate(IN_PHONE) == [1, 2]:
            break
        person.page.wait_for_timeout(200)
    assert kind.there() == (1, 1), "the good one behind it has arrived"
    person.page.click("[data-outbox] summary")
    assert person.page.inner_text("[data-outbox-list] p").strip()
    person.page.get_by_role("button", name="Put right").click()
    person.page.wait_for_selector(".summary-box")
    assert person.page.input_value("[name=note]") == "black smoke since noon"
    person.page.fill("[name=place]", "at the bridge")
    person.press(kind)
    person.page.wait_for_url("**/receipt")
    emptied(person)
    assert kind.there() == (2, 2)
    person.context.close()
    assert person.faults == []


@on_sqlite
def test_after_three_days_the_page_warns_and_a_file_has_what_waits(world, browser, line):
    kind, (odd, outside) = Problem(world), line
    person = Person(world, browser, odd, outside, kind.login)
    odd.faults.append(Fault("POST", "/reports", answer(502, "bad"), ALWAYS))
    write(person, kind)
    assert "have waited" not in person.page.inner_text("[data-outbox]")
    person.page.evaluate(AGED, 4)
    person.page.goto("/home")
    person.page.wait_for_selector("[data-outbox]:not([hidden])")
    band_says(person, "1 have waited 4 days")
    with person.page.expect_download() as saved:
        person.page.click("[data-outbox-save]")
    (entry,) = json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))["entries"]
    assert entry["action"] == "/reports" and len(entry["photos"]) == 2 and re.fullmatch(r"[0-9a-f-]{36}", entry["id"])
    assert all(re.fullmatch("[0-9a-f]{64}", photo["sha256"]) and photo["data"] for photo in entry["photos"])
    office = Person(world, browser, odd, outside, kind.login)
    odd.faults.clear()
    for _ in range(2):
        office.page.goto("/account")
        office.page.set_input_files("[data-outbox-file]", saved.value.path())
        office.page.wait_for_function("() => document.querySelector('.say').textContent.startsWith('1 taken')")
        emptied(office)
        assert kind.there() == (1, 1), "the same entry, however often"
    person.page.goto("/home")
    emptied(person)
    assert kind.there() == (1, 1), "and when the phone sends it too"
    stranger = Person(world, browser, odd, outside, "officer_b1")
    stranger.page.goto("/account")
    stranger.page.set_input_files("[data-outbox-file]", saved.value.path())
    stranger.page.wait_for_function("() => document.querySelector('.say').textContent.startsWith('0 taken')")
    for one in (person, office, stranger):
        one.context.close()


@on_sqlite
def test_a_log_in_that_ended_keeps_it_and_it_goes_after_the_next(world, browser, line):
    kind, (odd, outside) = Problem(world), line
    person = Person(world, browser, odd, outside, kind.login)
    odd.faults.append(Fault("POST", "/reports", answer(502, "bad"), ALWAYS))
    write(person, kind)
    person.log_out()
    odd.faults.clear()
    person.send_waiting()
    person.settle()
    assert person.page.evaluate(IN_PHONE) == [1, 2] and kind.there() == (0, 0)
    person.log_in(person.page)
    emptied(person)
    assert kind.there() == (1, 1)
    person.context.close()


@on_sqlite
@pytest.mark.parametrize(
    ("agent", "secure", "words"),
    [
        ("Mozilla/5.0 MicroMessenger/8.0", "true", "Offline does not work inside WeChat"),
        (None, "false", "not open over https"),
    ],
)
def test_where_offline_does_not_work_the_page_says_so_and_still_sends(world, browser, address, agent, secure, words):
    context = browser.new_context(viewport=PHONE, base_url=address, user_agent=agent)
    context.add_init_script(f"Object.defineProperty(window, 'isSecureContext', {{ value: {secure} }})")
    page, kind = context.new_page(), KINDS["round"](world)
    page.goto("/language?lang=en&next=/login")
    page.fill("[name=login]", "officer_a1")
    page.fill("[name=secret]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto("/home")
    page.wait_for_selector("[data-offline]:not([hidden])")
    assert words in page.inner_text("[data-offline]") and "Copy the address" in page.inner_text("[data-offline]")
    page.goto(kind.page())
    kind.fill(page)
    page.locator(kind.button).first.click()
    page.wait_for_url("**/patrols/*")
    assert kind.there()[0] == 1
    context.close()
