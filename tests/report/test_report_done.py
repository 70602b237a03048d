"""After every act the page says what was done, whose the matter is now and until when, in both languages."""

import re
from datetime import timedelta

import pytest
from babel.messages.pofile import read_po

from tests import make
from tests.report.conftest import move_fields, picture
from tests.sources import ROOT
from webapp.core import clock
from webapp.report import labels
from webapp.report.models import Report

CATALOGUE = ROOT / "webapp" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"


def told(answer):
    """What stands over the page that follows."""
    return re.search(r'<div class="band tone-good"[^>]*><p>(.*?)</p>', answer.text)[1]


def due(world, report_id, zh=False):
    with world.store.read() as session:
        on = clock.day(session.get_one(Report, report_id).due_at)
    return f"{on.month}月{on.day}日" if zh else f"{on:%-d %b}"


def move(browser, report_id, action, **given):
    fields = move_fields(browser, report_id, action, **given)
    return browser.post(f"/reports/{report_id}/{action}", follow=True, **fields)


@pytest.mark.parametrize("sentence", [*labels.DONE.values(), *labels.DONE_BESIDE.values()])
def test_every_sentence_stands_in_both_languages_with_the_same_places(sentence):
    with CATALOGUE.open("rb") as file:
        zh = read_po(file, locale="zh").get(sentence).string
    places = re.compile(r"%\(\w+\)s")
    assert zh and zh != sentence and sorted(places.findall(zh)) == sorted(places.findall(sentence))


def test_from_desk_to_desk_each_is_told_with_whom_it_is_and_until_when(world, browse, sent):
    officer, township = browse("officer_a1"), browse("township_a")
    station, county, liaison = browse("station_a"), browse("county"), browse("liaison")
    on = (clock.today() + timedelta(days=5)).isoformat()
    told_so = []

    def say(browser, action, **given):
        answer = move(browser, sent, action, **given)
        told_so.append(told(answer).replace(due(world, sent) if due_at() else "\0", "DAY"))

    def due_at():
        with world.store.read() as session:
            return session.get_one(Report, sent).due_at

    say(township, "give_back", missing=["facts"])
    say(officer, "supplement", note="black smoke")
    say(township, "assign", body=world.bodies["station_a"], due=on)
    say(station, "handle", result="true", done="swept")
    say(township, "redo", reason="not clean")
    say(station, "handle", result="true", done="swept again")
    say(township, "confirm", note="clean")
    say(county, "reopen", reason="it smokes")
    say(county, "dispatch", body=world.bodies["housing"], ground="minutes", ground_text="no. 3", due=on)
    say(liaison, "receive")
    say(liaison, "handle", result="true", done="fined")
    assert told_so == [
        "Returned to the grid officer of Village A1 for what is missing, due DAY.",
        "Added. Now back with the township office of Town A, due DAY.",
        "Assigned to the Town A team, due DAY.",
        "Result sent. The township office of Town A now checks it, due DAY.",
        "Sent back to the Town A team, due DAY.",
        "Result sent. The township office of Town A now checks it, due DAY.",
        "Checked and closed. Nothing is left to do.",
        "Reopened. Now with the county office, due DAY.",
        "Dispatched to the Housing Bureau, to be received by DAY.",
        "Received. The Housing Bureau handles it, due DAY.",
        "Result sent. The township office of Town A now checks it, due DAY.",
    ]


def test_it_is_said_in_chinese_too(world, browse, sent):
    township = browse("township_a")
    township.get("/language?lang=zh")
    on = (clock.today() + timedelta(days=5)).isoformat()
    answer = move(township, sent, "assign", body=world.bodies["station_a"], due=on)
    assert told(answer) == f"已交给甲镇综合执法队，{due(world, sent, zh=True)}前办完。"


def test_a_move_that_comes_again_after_others_moved_on_is_said_so(world, browse, sent):
    township, station = browse("township_a"), browse("station_a")
    on = (clock.today() + timedelta(days=5)).isoformat()
    fields = move_fields(township, sent, "assign", body=world.bodies["station_a"], due=on)
    township.post(f"/reports/{sent}/assign", **fields)
    again = township.post(f"/reports/{sent}/assign", follow=True, **fields)
    assert told(again).startswith("Assigned to the Town A team")
    move(station, sent, "handle", result="true", done="swept")
    late = township.post(f"/reports/{sent}/assign", follow=True, **fields)
    assert told(late) == "This had arrived before. It is now &#34;township to check&#34;."


def test_acts_beside_the_state_say_what_they_did(world, browse, sent):
    township, officer = browse("township_a"), browse("officer_a1")
    asked = township.post(f"/reports/{sent}/beside/look", follow=True, id=str(make.ids.new()), question="clean?")
    assert re.fullmatch(r"The grid officer of Village A1 has been asked to go and look by \d+ \w+\.", told(asked))
    look = re.search(r"/looks/([-0-9a-f]+)", officer.get(f"/reports/{sent}").text)[1]
    answered = officer.post(f"/looks/{look}", follow=True, answer="not_yet", photos=(picture(), "a.jpg"))
    assert told(answered) == "Your answer has arrived: Not fixed yet. Thank you for going to look."
    corrected = township.post(
        f"/reports/{sent}/beside/problems", follow=True, id=str(make.ids.new()), problem=["dust", "smoke"]
    )
    assert told(corrected).startswith("Corrected. It is now: ") and "Dust" in told(corrected)


def test_a_receipt_says_who_looks_next_as_long_as_nobody_has_moved_it(world, browse, sent, blank):
    officer = browse("officer_a1")
    assert "Next: township office of Town A reviews by" in officer.get(f"/reports/{sent}/receipt").text
    move(browse("township_a"), sent, "dismiss", reason="twice")
    assert "Next:" not in officer.get(f"/reports/{sent}/receipt").text
    settled = officer.post("/reports", follow=True, **blank(officer) | {"problem": ["smell"]}, settle="yes")
    assert "Settled on the spot and closed." in settled.text
