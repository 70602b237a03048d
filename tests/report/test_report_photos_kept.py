"""Photos of a report form that is refused: nobody can take them again, so they stay, and only for who took them."""

import io
import os
import re
import time

import pytest
from PIL import Image
from sqlalchemy import select

from tests.report.conftest import hidden
from webapp.core import files, waiting
from webapp.core.models import Attachment
from webapp.ops.retention import drop_photos
from webapp.report.models import Report, ReportAttachment


@pytest.fixture
def form(browse, blank):
    """A logged-in officer and the fields of a complete report."""
    browser = browse("officer_a1")
    return browser, blank(browser)


@pytest.fixture
def data_dir(app):
    return app.config["WANGGE"].data_dir


def picture(color):
    data = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(data, "JPEG")
    return data.getvalue()


def sent(*colors):
    """Files as a browser sends them; "bad" is no picture."""
    return [(io.BytesIO(b"no picture" if color == "bad" else picture(color)), f"{color}.jpg") for color in colors]


def kept(answer):
    """The signed values of the photos a page says are kept."""
    return re.findall(r'name="kept" value="([^"]+)"', answer.text)


def refused(browser, fields, *colors, **more):
    """The form sent without its sentence."""
    answer = browser.post("/reports", **fields | {"note": ""}, photos=sent(*colors), **more)
    assert answer.status_code == 422
    return answer


def stored(world):
    with world.store.read() as session:
        rows = session.execute(
            select(Attachment.sha256, ReportAttachment.position)
            .join(ReportAttachment, ReportAttachment.attachment_id == Attachment.id)
            .order_by(ReportAttachment.position)
        )
        return [tuple(row) for row in rows]


def marks(*colors):
    return [(files.hashlib.sha256(picture(color)).hexdigest(), place) for place, color in enumerate(colors)]


def age(data_dir, seconds):
    for file in (*(data_dir / "photos").rglob("*"), *(data_dir / "waiting").rglob("*")):
        os.utime(file, (time.time() - seconds,) * 2)


def on_disk(data_dir):
    return sum(file.is_file() for file in (data_dir / "photos").rglob("*"))


def test_photos_of_a_refused_form_go_with_the_next_try_without_being_sent_again(world, form):
    browser, fields = form
    answer = refused(browser, fields, "red", "blue")
    assert "2 photos are kept" in answer.text
    assert browser.post("/reports", **fields, kept=kept(answer)).status_code == 303
    assert stored(world) == marks("red", "blue")


def test_a_bad_file_is_named_beside_the_field_and_the_good_ones_are_kept(world, form):
    browser, fields = form
    answer = browser.post("/reports", **fields, photos=sent("red", "bad", "blue"))
    assert answer.status_code == 422
    beside = re.search(r'id="photos-error">(.*?)</p>', answer.text, re.S)[1]
    assert "bad.jpg" in beside and "red.jpg" not in beside
    assert len(kept(answer)) == 2 and stored(world) == []
    assert browser.post("/reports", **fields, kept=kept(answer)).status_code == 303
    assert stored(world) == marks("red", "blue")


def test_a_kept_photo_without_its_tick_is_left_out_and_others_can_be_added(world, form):
    browser, fields = form
    values = kept(refused(browser, fields, "red", "blue"))
    assert browser.post("/reports", **fields, kept=values[1:], photos=sent("green")).status_code == 303
    assert stored(world) == marks("blue", "green")


def test_photos_stay_over_several_refusals(world, form):
    browser, fields = form
    values = kept(refused(browser, fields, "red"))
    values = kept(refused(browser, fields, "blue", kept=values))
    assert browser.post("/reports", **fields, kept=values).status_code == 303
    assert stored(world) == marks("red", "blue")


def test_more_than_three_are_named_and_the_first_three_kept(world, form):
    browser, fields = form
    values = kept(refused(browser, fields, "red", "blue"))
    answer = browser.post("/reports", **fields, kept=values, photos=sent("green", "white"))
    assert answer.status_code == 422 and len(kept(answer)) == 3
    assert "Left out: white.jpg" in answer.text
    assert stored(world) == []


def test_the_same_photo_chosen_again_is_one_photo(world, form):
    browser, fields = form
    values = kept(refused(browser, fields, "red"))
    assert browser.post("/reports", **fields, kept=values, photos=sent("red")).status_code == 303
    assert stored(world) == marks("red")


def test_an_entry_with_kept_photos_sent_again_is_one_report(world, form):
    browser, fields = form
    values = kept(refused(browser, fields, "red"))
    answers = [
        browser.post("/reports", **fields, kept=values),
        browser.post("/reports", **fields, kept=values),
        browser.post("/reports", **fields, photos=sent("red")),
    ]
    assert {answer.location for answer in answers} == {answers[0].location} != {None}
    with world.store.read() as session:
        assert len(session.scalars(select(Report.id)).all()) == 1
    assert stored(world) == marks("red")


@pytest.mark.parametrize(
    "broken", [lambda value: value[:-2] + "xx", lambda value: "x" + value, lambda value: "nonsense", lambda value: ""]
)
def test_a_value_that_was_tampered_with_is_not_taken_and_the_page_says_so(world, form, broken):
    browser, fields = form
    values = kept(refused(browser, fields, "red", "blue"))
    answer = browser.post("/reports", **fields, kept=[values[0], broken(values[1])])
    assert answer.status_code == 422 and stored(world) == []
    assert "Please choose them again." in answer.text
    assert len(kept(answer)) == 1
    assert browser.post("/reports", **fields, kept=kept(answer)).status_code == 303


def test_kept_photos_belong_to_one_entry_and_one_person(world, form, browse, blank):
    browser, fields = form
    values = kept(refused(browser, fields, "red"))
    other_form = browser.post("/reports", **blank(browser), kept=values)
    township = browse("township_a")
    other_person = township.post("/reports", **fields, kept=values, person_id=str(world.people["officer_a1"]))
    for answer in (other_form, other_person):
        assert answer.status_code == 422 and "Please choose them again." in answer.text
        assert not kept(answer)
    assert stored(world) == []


def test_a_photo_whose_file_is_gone_has_to_be_chosen_again(world, form, data_dir):
    browser, fields = form
    values = kept(refused(browser, fields, "red"))
    age(data_dir, waiting.KEPT + 60)
    assert drop_photos(world.store, data_dir) == 2 and on_disk(data_dir) == 0
    answer = browser.post("/reports", **fields, kept=values)
    assert answer.status_code == 422 and "Please choose them again." in answer.text
    assert stored(world) == []


def test_photos_wait_a_day_for_a_correction_and_those_of_a_report_are_never_dropped(world, form, data_dir):
    browser, fields = form
    values = kept(refused(browser, fields, "red"))
    age(data_dir, files.DAY * 1.25)
    assert drop_photos(world.store, data_dir) == 0
    assert browser.post("/reports", **fields, kept=values).status_code == 303
    age(data_dir, files.DAY * 10)
    assert drop_photos(world.store, data_dir) == 0 and on_disk(data_dir) == 2


def test_a_photo_that_is_held_while_the_sweep_looks_is_not_dropped(world, form, data_dir):
    browser, fields = form
    values = kept(refused(browser, fields, "red"))
    age(data_dir, files.UNNAMED + 60)
    seen = [file for kind in ("originals", "copies") for file in files.lain(data_dir, kind)]
    assert len(seen) == 2
    assert (
        browser.post("/reports", **fields, kept=values).status_code == 303
    )  # between the sweep's question and its act
    assert [files.drop(data_dir, file) for file in seen] == [False, False]
    assert on_disk(data_dir) == 2


def test_a_file_of_a_refused_form_is_served_to_nobody(form, browse, data_dir):
    browser, fields = form
    values = kept(refused(browser, fields, "red"))
    mark = next((data_dir / "photos" / "copies").rglob("?" * 64)).name
    for asker in (browser, browse("township_a")):
        assert asker.get(f"/photos/{mark}").status_code == 404
        assert asker.get(f"/photos/{values[0]}").status_code == 404


def test_photos_of_a_refused_result_go_with_the_next_try_and_with_a_page_that_was_out_of_date(way, browse):
    town, report = browse("township_a"), f"/reports/{way.entry.id}"
    page = town.get(f"{report}/handle").text
    fields = {"id": hidden(page, "id"), "seen": hidden(page, "seen"), "done": "swept"}
    answer = town.post(f"{report}/handle", **fields, photos=sent("red"))
    assert answer.status_code == 422 and len(kept(answer)) == 1
    way.corrected("dust")
    way.move("township_a_two", "give_back", missing=["place"])
    way.move("officer_a1", "supplement", note="here", place="here")
    answer = town.post(f"{report}/handle", **fields, result="true", kept=kept(answer))
    assert answer.status_code == 409 and len(kept(answer)) == 1
    again = fields | {"id": hidden(answer.text, "id"), "seen": hidden(answer.text, "seen"), "result": "true"}
    assert town.post(f"{report}/handle", **again, kept=kept(answer)).status_code == 303
    assert stored(way.world) == marks("red")


def test_a_bad_file_of_a_result_is_named_and_nothing_is_moved(way, browse):
    town, report = browse("township_a"), f"/reports/{way.entry.id}"
    page = town.get(f"{report}/handle").text
    fields = {"id": hidden(page, "id"), "seen": hidden(page, "seen"), "done": "swept", "result": "true"}
    answer = town.post(f"{report}/handle", **fields, photos=sent("red", "bad"))
    assert answer.status_code == 422 and "bad.jpg" in answer.text and len(kept(answer)) == 1
    assert way.state() == "township"
