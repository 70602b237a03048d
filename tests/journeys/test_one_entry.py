"""Whatever happens to the page before the receipt: each entry is there once, with its photos."""

import re
from itertools import product
from urllib.parse import urlsplit

import pytest

from tests.access_county import on_sqlite
from tests.journeys.line import Fault, bad_line
from tests.journeys.sending import KINDS, PASSWORD, Person, Problem, Result
from tests.journeys.waiting import emptied
from tests.short import count, some

TIMES = count(4, 4, 200)
ONCE = 1
#: That a try did not succeed is said in the form, or the page says that it is kept on the phone.
STAYED = "[data-sending].is-wrong, main [data-kept-one]"
#: Or, on a machine that stood still for some seconds, that it went by itself meanwhile.
STAYED_OR_WENT = """([stayed, form]) => document.querySelector(stayed) || location.pathname !== form"""


# --- what happens on the way ---


def broken(person, start):
    """Until the page says that the try did not succeed."""
    person.page.wait_for_function(STAYED_OR_WENT, arg=[STAYED, urlsplit(start).path])


def back(person, kind, start, turn):
    """The line breaks, the person goes back and comes again."""
    person.line.faults.append(Fault("POST", kind.post, ("lose_answer", "lose_request")[turn % 2]))
    person.press(kind)
    broken(person, start)
    person.page.go_back()
    person.page.go_forward()


def reload(person, kind, start, turn):
    """The line breaks, and the page is loaded again."""
    person.line.faults.append(Fault("POST", kind.post, ("lose_answer", "lose_request")[turn % 2]))
    person.press(kind)
    broken(person, start)
    person.page.reload()


def double(person, kind, start, turn):
    """Two presses at once."""
    person.page.locator(kind.button).first.dblclick(no_wait_after=True)


def impatient(person, kind, start, turn):
    """Three presses while it is on its way."""
    person.line.faults.append(Fault("POST", kind.post, "slow"))
    for number in range(3):
        person.press(kind, again=number > 0)
        person.page.wait_for_timeout(100)
    assert "till sending" in person.page.inner_text("[data-sending-words]")


def cut_again_and_again(person, kind, start, turn):
    """Photos and words are lost, there or back, time after time; the person only presses again."""
    faults = [
        Fault("PUT", "/entries/", "lose_answer", 2),
        Fault("POST", kind.post, "lose_request", 1),
        Fault("POST", kind.post, "lose_answer", 1),
        Fault("GET", "/entries/", "lose_answer", 1),
        Fault("POST", kind.post, b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbad", 1),
    ]
    person.line.faults += faults
    for _ in range(8):
        person.press_again(kind)
        person.page.wait_for_timeout(50)
        person.settle()
        if person.is_done(start):
            return


def log_in_again(person, kind, start, turn):
    """The log-in has ended; the person logs in in another tab and comes back."""
    person.log_out()
    person.press(kind)
    person.page.wait_for_selector("[data-sending-login]:not([hidden])")
    with person.context.expect_page() as opened:
        person.page.click("[data-sending-login]")
    person.log_in(opened.value)
    opened.value.close()
    person.page.evaluate("() => window.dispatchEvent(new Event('focus'))")


WAYS = (back, reload, double, impatient, cut_again_and_again, log_in_again)


def each_is_there_once(world, browser, address, name, way, times):
    with bad_line(address) as (line, outside):
        kind = KINDS[name](world)
        person = Person(world, browser, line, outside, kind.login)
        for turn in range(times):
            start = kind.page()
            before = kind.there()
            person.page.goto(start)
            kind.fill(person.page)
            way(person, kind, start, turn)
            person.see_it_through(kind, start)
            emptied(person)
            assert kind.there() == (before[0] + 1, before[1] + (1 if kind.photos else 0)), turn
            line.faults.clear()
        person.context.close()
        assert person.faults == []


@pytest.mark.parametrize(
    ("way", "name"), some(product(WAYS, KINDS), every=5), ids=lambda part: getattr(part, "__name__", part)
)
def test_an_entry_is_there_once(world, browser, address, name, way):
    each_is_there_once(world, browser, address, name, way, ONCE)


@on_sqlite
@pytest.mark.full
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("name", KINDS)
def test_an_entry_is_there_once_time_after_time(world, browser, address, name, way):
    each_is_there_once(world, browser, address, name, way, TIMES)


# --- without JavaScript ---


def see_it_through_plainly(person, kind, start):
    for _ in range(4):
        person.page.wait_for_load_state()
        if person.is_done(start) and "/login" not in person.page.url:
            return
        kind.fill(person.page)
        with person.page.expect_navigation():
            person.press(kind)
    raise AssertionError(person.page.content())


@pytest.mark.parametrize(
    ("name", "lost"), some(product(["round", "report", "message"], ["lose_answer", "lose_request"]), every=3)
)
def test_without_a_script_too_back_leads_to_the_receipt_or_to_the_form(world, browser, address, name, lost):
    with bad_line(address) as (line, outside):
        kind = KINDS[name](world)
        person = Person(world, browser, line, outside, kind.login, script=False)
        start, before = kind.page(), kind.there()
        person.page.goto(start)
        kind.fill(person.page)
        line.faults.append(Fault("POST", kind.post, lost))
        person.press(kind)
        person.until_broken()
        person.page.go_back()
        if lost == "lose_answer":
            assert person.is_done(start), "the receipt, and no form to send again"
        see_it_through_plainly(person, kind, start)
        assert kind.there()[0] == before[0] + 1
        person.context.close()


def test_without_a_script_a_log_in_that_ended_keeps_words_and_photos(world, browser, address):
    with bad_line(address) as (line, outside):
        kind = Problem(world)
        person = Person(world, browser, line, outside, kind.login, script=False)
        person.page.goto(kind.page())
        kind.fill(person.page)
        person.log_out()
        page = person.page
        person.press(kind)
        page.wait_for_selector("[name=secret]")
        page.fill("[name=login]", kind.login)
        page.fill("[name=secret]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_selector("[name=kept]")
        said = page.inner_text("main")
        assert "black smoke since noon" in said and "Smoke" in said and "2 photos are kept" in said
        assert not re.search(r"made_at|grid|first_measure|smoke_|[0-9a-f]{8}-[0-9a-f]{4}", said)
        assert page.locator("header >> text=Me").count()
        page.get_by_role("button", name="Back to the form").click()
        assert page.input_value("[name=note]") == "black smoke since noon"
        page.fill("[name=note]", "black smoke since ten")
        person.press(kind)
        page.wait_for_url("**/receipt")
        assert kind.there() == (1, 1)
        person.context.close()


# --- what the page says ---


ODD = {
    "offline": ("lose_request", "There is no signal"),
    "cut": ("lose_request", "No answer came back"),
    "proxy": (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "code 502"),
    "large": (b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "code 413"),
    "portal": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlogin", "code 200"),
}


@on_sqlite
@pytest.mark.parametrize("odd", some(ODD, every=2))
def test_an_answer_that_is_not_ours_keeps_everything_and_is_said_in_words(world, browser, address, odd):
    """A desk's form does not wait on the machine: it stays as it is."""
    kind = Result(world)
    with bad_line(address) as (line, outside):
        person = Person(world, browser, line, outside, kind.login)
        start = kind.page()
        person.page.goto(start)
        kind.fill(person.page)
        fault, words = ODD[odd]
        line.faults.append(Fault("PUT", "/entries/", fault, 1))
        person.context.set_offline(odd == "offline")
        person.press(kind)
        person.page.wait_for_selector("[data-sending].is-wrong")
        assert words in person.page.inner_text("[data-sending-words]")
        assert person.page.input_value("[name=done]") == "swept"
        assert person.page.evaluate("() => document.querySelector('[name=photos]').files.length") == 1
        person.context.set_offline(False)
        line.faults.clear()
        person.see_it_through(kind, start)
        assert kind.there() == (1, 1)
        puts = [request for request in line.seen if request.startswith("PUT")]
        assert len(puts) == 1, "a photo that is there is not sent again"
        person.context.close()


BUSY = (
    b"HTTP/1.1 503 Busy\r\nX-Sent-By: wangge\r\nRetry-After: 1\r\nContent-Type: application/json\r\n"
    b'Content-Length: 16\r\nConnection: close\r\n\r\n{"error":"busy"}'
)


@on_sqlite
@pytest.mark.parametrize(("method", "path"), [("PUT", "/entries/"), ("POST", "/reports")])
def test_while_our_server_is_busy_the_page_keeps_everything_and_goes_on_by_itself(
    world, browser, address, method, path
):
    kind = Problem(world)
    with bad_line(address) as (line, outside):
        person = Person(world, browser, line, outside, kind.login)
        person.page.goto(kind.page())
        kind.fill(person.page)
        line.faults.append(Fault(method, path, BUSY, 2))
        person.press(kind)
        person.page.wait_for_function(
            "() => document.querySelector('[data-sending-words]').textContent.startsWith('The server is busy')"
        )
        assert person.page.evaluate("() => document.querySelector('[name=photos]').files.length") == 2
        person.page.wait_for_url("**/receipt")
        assert kind.there() == (1, 1)
        assert not [fault for fault in line.faults if fault.times], "it was never told that the server is busy"
        person.context.close()


@on_sqlite
def test_somebody_else_who_logged_in_does_not_send_it_under_his_name(world, browser, address):
    kind = Problem(world)
    with bad_line(address) as (line, outside):
        person = Person(world, browser, line, outside, kind.login)
        person.page.goto(kind.page())
        kind.fill(person.page)
        person.log_out()
        person.login = "officer_b1"
        other = person.context.new_page()
        person.log_in(other)
        person.press(kind)
        person.page.wait_for_selector("[data-sending].is-wrong")
        assert "officer_b1 is logged in here now" in person.page.inner_text("[data-sending-words]")
        assert kind.there() == (0, 0)
        person.context.close()


@on_sqlite
def test_a_refused_form_comes_back_in_its_place_with_words_and_photos(world, browser, address):
    kind = Problem(world)
    with bad_line(address) as (line, outside):
        person = Person(world, browser, line, outside, kind.login)
        page = person.page
        page.goto(kind.page())
        kind.fill(page)
        page.fill("[name=place]", "")
        person.press(kind)
        page.wait_for_selector(".summary-box")
        assert page.locator("[name=kept]:checked").count() == 2
        assert "/grids/" in page.url and "id=" in page.url
        page.fill("[name=place]", "at the bridge")
        person.press(kind)
        page.wait_for_url("**/receipt")
        assert kind.there() == (1, 1)
        person.context.close()


@on_sqlite
def test_photos_that_arrived_wait_through_a_reload_and_are_seen_by_their_sender_alone(world, browser, address):
    kind = Problem(world)
    with bad_line(address) as (line, outside):
        person = Person(world, browser, line, outside, kind.login)
        page = person.page
        page.goto(kind.page())
        kind.fill(page)
        line.faults.append(Fault("POST", "/reports", "lose_request", 1000))
        person.press(kind)
        page.wait_for_selector("[data-kept-one]")
        again = Person(world, browser, line, outside, kind.login)
        again.page.goto(page.url)
        assert again.page.locator("[name=kept]:checked").count() == 2, "his, on another phone too"
        other = Person(world, browser, line, outside, "township_a")
        other.page.goto(page.url)
        assert other.page.locator("[name=note]").count() == 1
        assert other.page.locator("[name=kept]").count() == 0
        for one in (person, again, other):
            one.context.close()


@on_sqlite
def test_our_own_sha256_is_sha256(phone):
    lengths = [0, 1, 55, 56, 63, 64, 119, 1000, 70_001]
    sums = phone("officer_a1", "en").evaluate(
        """async (lengths) => {
          const script = document.querySelector("script[src$='app.js']").src;
          const { ownSha256, sha256 } = await import(script.replace("app.js", "sha256.js"));
          return Promise.all(lengths.map(async (length) => {
            const bytes = new Uint8Array(length).map((_, i) => (i * 7 + length) % 256).buffer;
            return [ownSha256(bytes), await sha256(bytes)];
          }));
        }""",
        lengths,
    )
    assert len(sums) == len(lengths)
    for length, (ours, theirs) in zip(lengths, sums, strict=True):
        assert ours == theirs and len(ours) == 64, length
