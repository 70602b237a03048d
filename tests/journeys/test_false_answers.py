"""No answer but our own receipt, whole and of this very entry, takes anything from the phone."""

import json
import re

import pytest

from tests.access_county import on_sqlite
from tests.journeys.line import CUT, Fault
from tests.journeys.sending import Person, Problem
from tests.journeys.waiting import ALWAYS, IN_PHONE, KEPT, answer, band_says, emptied, receipt
from tests.short import some

pytestmark = on_sqlite  # what a browser does is the same whatever database lies behind it

#: What may come in the place of a receipt, given the entry's id. None of it says that the entry is there.
FALSE = {
    "portal": lambda entry: answer(200, "please log in"),
    "portal_elsewhere": lambda entry: answer(302, "", "Location: /portal"),
    "portal_that_creates": lambda entry: answer(201, "{}", "Location: /home"),
    "portal_with_our_words": lambda entry: answer(201, json.dumps({"id": entry, "photos": []}), "Location: /home"),
    "receipt_of_another": lambda entry: receipt("01900000-0000-7000-8000-000000000000"),
    "receipt_without_its_photos": receipt,
    "receipt_cut_off": lambda entry: receipt(entry, length=5000),
    "half_a_receipt": lambda entry: answer(201, '{"id": "', "Location: /home", ours=True),
    "ours_but_no_receipt": lambda entry: answer(200, "<p>hello", ours=True),
    "nothing": lambda entry: answer(204),
    "too_large": lambda entry: answer(413, "large"),
    "bad_gateway": lambda entry: answer(502, "bad"),
    "proxy_is_busy": lambda entry: answer(503, "busy", "Retry-After: 1"),
    "proxy_wants_a_log_in": lambda entry: answer(407, "who"),
    "fault_of_ours": lambda entry: answer(500, "fault", ours=True),
    "cut": lambda entry: CUT,
}


@pytest.mark.parametrize("false", some(FALSE, every=6))
@pytest.mark.parametrize("step", some(["POST", "PUT"], every=1))
def test_no_false_answer_takes_anything_from_the_phone(world, browser, line, false, step):
    kind, (odd, outside) = Problem(world), line
    person = Person(world, browser, odd, outside, kind.login)
    person.page.goto(kind.page())
    kind.fill(person.page)
    said = FALSE[false](person.page.input_value("[name=id]"))
    odd.faults += [
        Fault(step, {"POST": "/reports", "PUT": "/entries/"}[step], said, ALWAYS),
        Fault("GET", "/portal", answer(200, "log in"), ALWAYS),
    ]
    person.press(kind)
    person.page.wait_for_selector(KEPT)
    shown = person.page.inner_text("main")
    assert "Not received yet" in shown and not re.search(r"20\d\d-\d{5}", shown)
    band_says(person, "1 to send, 2 photos")
    person.send_waiting()
    person.settle()
    assert person.page.evaluate(IN_PHONE) == [1, 2]
    assert kind.there() == (0, 0)
    odd.faults.clear()
    person.send_waiting()
    person.page.wait_for_url("**/receipt")
    emptied(person)
    assert kind.there() == (1, 1)
    person.context.close()
    assert person.faults == []
