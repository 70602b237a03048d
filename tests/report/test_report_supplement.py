"""What a report was returned for stands first in the form that answers, and must be filled in."""

import re

import pytest
from sqlalchemy import select

import seeds
from tests import make
from tests.report.conftest import hidden, move_fields, picture
from webapp.core import words
from webapp.core.errors import Refused
from webapp.ops import verify
from webapp.report import details
from webapp.report.effects import LACKING
from webapp.report.models import Report, ReportEvent
from webapp.report.workflow import ASKED

POINT = {"lon": 110.004, "lat": 35.006, "accuracy_m": 20.0}
ELSEWHERE = {"lon": 110.025, "lat": 35.006, "accuracy_m": 5.0}  # in village A3


def returned(way, *missing):
    return way.move("township_a", "give_back", missing=list(missing))


def fields(page):
    """The fields of the form in their order, each with whether it may be left out."""
    form = page.split('enctype="multipart/form-data"')[1].split("</form>")[0]
    found = re.findall(r'<label class="label" for="(place|photos|note)">(.*?)</label>', form, re.S)
    return [(name, "optional" in label) for name, label in found]


def now(way):
    with way.world.store.read() as session:
        report = session.get_one(Report, way.entry.id)
        return report.place, (report.lon, report.lat, report.accuracy_m)


def last_given(way):
    with way.world.store.read() as session:
        return session.scalars(select(ReportEvent.given).order_by(ReportEvent.seq.desc())).first()


def test_each_ready_word_has_a_field_that_answers_it(world):
    with world.store.read() as session:
        known = {word.code for word in words.of(session.connection(), "return_missing")}
    assert known == set(ASKED) and set(ASKED.values()) == set(LACKING)
    assert known == {row.code for row in seeds.read("words").rows if row.kind == "return_missing"}


@pytest.mark.parametrize(
    ("missing", "order"),
    [
        (["place"], [("place", False), ("photos", True), ("note", True)]),
        (["photo"], [("photos", False), ("place", True), ("note", True)]),
        (["facts"], [("note", False), ("place", True), ("photos", True)]),
        (["photo", "place"], [("photos", False), ("place", False), ("note", True)]),
        (["other", "facts", "place"], [("note", False), ("place", False), ("photos", True)]),
        (["a word of the county's own"], [("note", False), ("place", True), ("photos", True)]),
    ],
)
def test_what_was_asked_for_stands_first_and_the_rest_may_be_left_out(way, browse, missing, order):
    returned(way, *missing)
    page = browse("officer_a1").get(f"/reports/{way.entry.id}/supplement").text
    assert fields(page) == order
    after_place = page.split('id="place"')[1]
    assert "Add my position" in after_place[: after_place.index('for="photos"')] if order[0][0] == "place" else True


@pytest.mark.parametrize(
    ("missing", "given", "lacking"),
    [
        (["place"], {"note": "x"}, "place"),
        (["place"], {"place": "north wall"}, None),
        (["place"], POINT, None),
        (["place"], {"lon": 110.004}, "place"),
        (["facts"], {"place": "x"}, "note"),
        (["facts"], {"note": "x"}, None),
        (["duplicate"], {"note": "another one"}, None),
        (["photo"], {"note": "x", "place": "y"}, "photos"),
        (["place", "facts"], {"note": "x"}, "place"),
        (["place", "facts"], {"place": "x"}, "note"),
        (["place", "facts"], POINT | {"note": "x"}, None),
        (["a word of the county's own"], {"place": "x"}, "note"),
    ],
)
def test_the_service_asks_for_it_too(way, missing, given, lacking):
    returned(way, *missing)
    if lacking is None:
        assert way.move("officer_a1", "supplement", **given) == "township"
        return
    with pytest.raises(Refused) as refusal:
        way.move("officer_a1", "supplement", **given)
    assert refusal.value.field == lacking and refusal.value.message == LACKING[lacking]
    assert way.state() == "returned" and now(way)[0] == "砖窑旧址"


def test_nothing_at_all_is_no_answer(way):
    returned(way, "place")
    with pytest.raises(Refused, match="place was asked for"):
        way.move("officer_a1", "supplement")
    assert way.state() == "returned"


def test_place_by_the_button_alone_and_the_township_sees_it(way, browse):
    returned(way, "place")
    officer = browse("officer_a1")
    sent = move_fields(officer, way.entry.id, "supplement", **POINT)
    assert officer.post(f"/reports/{way.entry.id}/supplement", **sent).status_code == 303
    assert now(way) == ("砖窑旧址", tuple(POINT.values()))
    page = browse("township_a").get(f"/reports/{way.entry.id}").text
    assert 'class="sketch"' in page and "position added" in page.split("History")[1]
    assert last_given(way)["added"] == ["place"] and "point_before" not in last_given(way)


def test_a_better_point_takes_the_place_of_the_first_one_which_stays_in_the_history(way):
    first = {"lon": 110.001, "lat": 35.001, "accuracy_m": 300.0}
    for point in (first, POINT, first):
        returned(way, "place")
        way.move("officer_a1", "supplement", **point)
    assert now(way)[1] == tuple(first.values())
    assert last_given(way)["point_before"] == list(POINT.values())
    assert verify.verify_reports(way.world.store) == []


def test_a_point_in_another_village_is_refused_in_words_and_nothing_is_half_written(way, browse):
    returned(way, "place", "facts")
    officer = browse("officer_a1")
    typed = {"note": "black smoke", "place": "by the pond"}
    sent = move_fields(officer, way.entry.id, "supplement", **ELSEWHERE, **typed)
    answer = officer.post(f"/reports/{way.entry.id}/supplement", **sent)
    assert answer.status_code == 422
    assert "another village" in answer.text.split('id="place-error"')[1].split("</p>")[0]
    assert "black smoke" in answer.text and 'value="by the pond"' in answer.text
    assert now(way) == ("砖窑旧址", (None, None, None)) and way.state() == "returned"


def test_a_photo_that_was_asked_for_is_asked_for_beside_its_field_and_received(way, browse):
    returned(way, "photo")
    officer = browse("officer_a1")
    sent = move_fields(officer, way.entry.id, "supplement", note="here it is")
    answer = officer.post(f"/reports/{way.entry.id}/supplement", **sent)
    assert answer.status_code == 422 and "here it is" in answer.text
    assert "A photo was asked for" in answer.text.split('id="photos-error"')[1].split("</p>")[0]
    again = sent | {"id": hidden(answer.text, "id")}
    good = officer.post(f"/reports/{way.entry.id}/supplement", **again, photos=(picture(), "a.jpg"))
    assert good.status_code == 303 and way.state() == "township"
    with way.world.store.read() as session:
        assert len(details.photos(session, way.entry.id)) == 1
    assert last_given(way)["added"] == ["photos", "note"]


def test_only_the_last_return_counts(way):
    returned(way, "photo")
    way.move("officer_a1", "cannot_add", reason="no camera")
    returned(way, "facts")
    assert way.move("officer_a1", "supplement", note="black smoke") == "township"


def test_what_the_sender_says_was_added_is_not_believed(way):
    returned(way, "photo")
    with pytest.raises(Refused, match="photo was asked for"):
        way.move("officer_a1", "supplement", added=["photos"], note="x")


def test_a_supplement_sent_twice_happens_once(way):
    returned(way, "place")
    id_, seen = make.ids.new(), way.seen("officer_a1")
    for _ in range(2):
        way.move("officer_a1", "supplement", id=id_, seen=seen, place="north wall")
    assert now(way)[0] == "砖窑旧址；north wall"
