"""Photos that arrive one by one before their entry: only their sender's, bounded, and gone when nobody comes back."""

import hashlib
import html
import io
import os
import re
import time
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select, update

from tests.conftest import PASSWORD
from webapp.core import clock, files, ids, waiting
from webapp.core.models import Attachment
from webapp.login.models import LoginSession
from webapp.ops.retention import drop_photos
from webapp.ops.verify import _orphans
from webapp.report.models import Report

JSON = {"Accept": "application/json"}


def picture(color):
    data = io.BytesIO()
    Image.new("RGB", (32, 24), color).save(data, "JPEG")
    return data.getvalue()


def mark(data):
    return hashlib.sha256(data).hexdigest()


class Phone:
    """What the page's script does."""

    def __init__(self, browser):
        self.client, self.token = browser.client, browser.token()

    def put(self, entry, data, sha=None, token=None, **more):
        return self.client.put(
            f"/entries/{entry}/photos/{sha or mark(data)}?name=pond.jpg",
            data=data,
            content_type="image/jpeg",
            headers=JSON | {"X-CSRFToken": self.token if token is None else token},
            **more,
        )

    def state(self, entry):
        return self.client.get(f"/entries/{entry}", headers=JSON)

    def has(self, entry, data):
        return self.client.head(f"/entries/{entry}/photos/{mark(data)}", headers=JSON).status_code == 200

    def send(self, fields, *marks, **headers):
        return self.client.post(
            "/reports",
            data=fields | {"kept": list(marks), "csrf_token": self.token},
            headers={"X-Sent-By": "page", "Origin": "http://localhost", **headers},
        )


@pytest.fixture
def phone(browse):
    """``phone("officer_a1")`` is a logged-in phone with the script's own hand."""
    return lambda login: Phone(browse(login))


@pytest.fixture
def fields(world):
    """A complete report of A1 under an id of its own."""
    return {
        "id": str(ids.new()),
        "grid": world.grids["A1"],
        "place": "ditch",
        "problem": "smell",
        "severity": "minor",
        "first_measure": "not_heeded",
        "note": "black water",
    }


@pytest.fixture
def data_dir(app):
    return app.config["WANGGE"].data_dir


def stored(world):
    with world.store.read() as session:
        return len(session.scalars(select(Report.id)).all()), set(session.scalars(select(Attachment.sha256)))


def test_photos_come_first_and_the_entry_names_them(world, phone, fields):
    officer, one, two = phone("officer_a1"), picture("red"), picture("blue")
    assert [officer.put(fields["id"], data).status_code for data in (one, two, one)] == [201, 201, 200]
    assert officer.state(fields["id"]).json["photos"] == [mark(one), mark(two)]
    answer = officer.send(fields, mark(one), mark(two))
    assert (answer.status_code, answer.headers["X-Sent-By"]) == (201, "wangge")
    assert answer.location == f"/reports/{fields['id']}/receipt"
    again = officer.send(fields, mark(one), mark(two))
    assert (again.status_code, again.location) == (201, answer.location), "its answer was lost: the first receipt"
    assert stored(world) == (1, {mark(one), mark(two)})


def test_a_photo_is_there_for_its_sender_and_its_entry_alone(world, phone, fields):
    officer, township, data = phone("officer_a1"), phone("township_a"), picture("red")
    other = str(ids.new())
    assert officer.put(fields["id"], data).status_code == 201
    assert officer.has(fields["id"], data)
    assert not officer.has(other, data)
    assert not township.has(fields["id"], data)
    assert township.state(fields["id"]).json["photos"] == []
    assert township.client.get(f"/photos/{fields['id']}").status_code == 404
    for asker, asked in (
        (officer, fields | {"id": other}),
        (township, fields | {"person_id": world.people["officer_a1"]}),
    ):
        answer = asker.send(asked, mark(data))
        assert answer.status_code == 422 and "choose them again" in answer.text
    assert stored(world) == (0, set())


@pytest.mark.parametrize(
    ("data", "sha"),
    [
        (b"no picture", None),
        (picture("red"), "0" * 64),
        (picture("red"), "../../etc"),
        (b"", None),
        (picture("red")[:90], None),
    ],
    ids=["no picture", "another mark", "a path", "nothing", "half of it"],
)
def test_what_is_no_photo_or_not_the_one_it_says_is_refused_in_words(phone, fields, data_dir, data, sha):
    officer = phone("officer_a1")
    answer = officer.put(fields["id"], data, sha)
    assert answer.status_code in (404, 422)
    assert answer.json["error"]
    assert officer.state(fields["id"]).json["photos"] == []
    assert not list((data_dir / "waiting").glob("*/*/*"))


def test_too_large_is_refused_and_nothing_of_it_stays(phone, fields, data_dir, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 500)
    assert phone("officer_a1").put(fields["id"], picture("red") + bytes(600)).status_code in (413, 422)
    assert not [place for place in data_dir.rglob("*") if place.is_file() and place.parent.name != "slots"]


def test_no_more_wait_than_an_entry_and_a_person_may_have(phone, fields, monkeypatch):
    officer, entry = phone("officer_a1"), fields["id"]
    pictures = [picture((number * 20, 0, 0)) for number in range(waiting.MOST_OF_ENTRY + 1)]
    statuses = [officer.put(entry, data).status_code for data in pictures]
    assert statuses == [201] * waiting.MOST_OF_ENTRY + [422]
    monkeypatch.setattr(waiting, "MOST_OF_PERSON", 8)
    monkeypatch.setattr(waiting.has_room, "__defaults__", (8,))
    more = [officer.put(str(ids.new()), pictures[number]) for number in range(3)]
    assert [answer.status_code for answer in more] == [201, 201, 422]
    assert "never sent" in more[-1].json["error"]
    assert officer.send(fields, mark(pictures[0])).status_code == 201
    assert officer.put(str(ids.new()), pictures[5]).status_code == 201, "what is recorded takes no room"


def test_more_marks_than_a_form_takes_are_named(world, phone, fields):
    officer = phone("officer_a1")
    pictures = [picture((number * 20, 0, 0)) for number in range(4)]
    for data in pictures:
        officer.put(fields["id"], data)
    answer = officer.send(fields, *map(mark, pictures))
    assert answer.status_code == 422 and "At most 3 photos. Left out: pond.jpg" in answer.text
    assert stored(world) == (0, set())


def test_a_put_needs_the_log_in_the_right_and_the_token(phone, browse, fields, data_dir):
    officer, data = phone("officer_a1"), picture("red")
    assert officer.put(fields["id"], data, token="nonsense").status_code == 401
    assert officer.put(fields["id"], data, token="").status_code == 401
    assert phone("leader").put(fields["id"], data).status_code == 403
    nobody = Phone(browse())
    assert (nobody.put(fields["id"], data).status_code, nobody.state(fields["id"]).status_code) == (401, 401)
    assert not data_dir.exists() or not list(data_dir.rglob("*.*"))
    answer = officer.client.options(f"/entries/{fields['id']}/photos/{mark(data)}")
    assert set(answer.allow) == {"GET", "HEAD", "OPTIONS", "PUT"}
    assert officer.client.put("/entries/nonsense/photos/x", headers={"X-CSRFToken": officer.token}).status_code == 404


def age(data_dir, seconds):
    for place in data_dir.rglob("*"):
        os.utime(place, (time.time() - seconds,) * 2)


def test_what_nobody_came_back_for_goes_and_what_was_looked_at_stays(world, phone, fields, data_dir):
    officer, data = phone("officer_a1"), picture("red")
    officer.put(fields["id"], data)
    age(data_dir, waiting.KEPT - 600)
    assert (waiting.tidy(data_dir), drop_photos(world.store, data_dir)) == (0, 0), "a phone may be away for weeks"
    assert not list(_orphans(world.store, data_dir, "originals")), "and nobody is told that nothing names it"
    assert officer.has(fields["id"], data), "and is young again"
    assert (waiting.tidy(data_dir), drop_photos(world.store, data_dir)) == (0, 0)
    age(data_dir, waiting.KEPT + 600)
    assert (waiting.tidy(data_dir), drop_photos(world.store, data_dir)) == (1, 2)
    assert not officer.has(fields["id"], data)
    assert not list((data_dir / "waiting").glob("*"))
    answer = officer.send(fields, mark(data))
    assert answer.status_code == 422, "the script sends it again, and then the entry"
    assert officer.put(fields["id"], data).status_code == 201
    assert officer.send(fields, mark(data)).status_code == 201


def test_a_photo_of_a_record_is_never_dropped(world, phone, fields, data_dir):
    officer, data = phone("officer_a1"), picture("red")
    officer.put(fields["id"], data)
    assert officer.send(fields, mark(data)).status_code == 201
    age(data_dir, files.UNNAMED + 600)
    assert (waiting.tidy(data_dir), drop_photos(world.store, data_dir)) == (1, 0)


# --- a form whose log-in had ended ---


def end_log_ins(world):
    with world.store.write() as session:
        session.execute(update(LoginSession).values(revoked_at=clock.now()))


def with_photo(fields, token, color="red"):
    return fields | {"csrf_token": token, "photos": [(io.BytesIO(picture(color)), "p.jpg")]}


def post(client, fields, **headers):
    return client.post("/reports", data=fields, headers={"Origin": "http://localhost"} | headers)


def waits(data_dir):
    return sorted(place.parts[-3] for place in (data_dir / "waiting").glob("*/*/*"))


@pytest.mark.parametrize("looked_first", [False, True])
def test_photos_of_a_form_whose_log_in_ended_wait_for_its_sender(world, browse, fields, data_dir, looked_first):
    browser = browse("officer_a1")
    token = browser.token()
    end_log_ins(world)
    if looked_first:  # in another tab: this browser knows already
        assert browser.client.get("/home").status_code == 302
    answer = post(browser.client, with_photo(fields, token))
    assert answer.status_code == 401
    assert waits(data_dir) == [str(world.people["officer_a1"])]
    kept = _kept(answer)
    page = browser.post("/login", login="officer_a1", secret=PASSWORD, next="/reports", kept=kept).text
    assert "1 photo is kept" in page and "black water" in page and 'name="kept"' in page
    values = _values(page)
    assert browser.post("/reports", **fields, kept=values).status_code == 303
    assert stored(world) == (1, {mark(picture("red"))})


def _kept(answer):
    return html.unescape(re.search(r'name="kept"[^>]*value="([^"]*)"', answer.text)[1])


def _values(page):
    return re.findall(r'type="checkbox" name="kept" value="([^"]+)"', page)


def test_somebody_else_who_logs_in_there_gets_none_of_the_photos(world, browse, fields, data_dir):
    browser = browse("officer_a1")
    token = browser.token()
    end_log_ins(world)
    answer = post(browser.client, with_photo(fields, token))
    page = browser.post("/login", login="officer_b1", secret=PASSWORD, next="/reports", kept=_kept(answer)).text
    assert "kept</legend>" not in page and _values(page) == []


@pytest.mark.parametrize("how", ["nobody", "another token", "another site", "no id"])
def test_nobody_unknown_can_leave_a_file(world, browse, fields, data_dir, how):
    browser = browse(None if how == "nobody" else "officer_a1")
    token = browser.token() if how != "another token" else browse("officer_b1").token()
    end_log_ins(world)
    sent = with_photo(fields | ({"id": "x"} if how == "no id" else {}), token)
    origin = {"Origin": "https://evil.example"} if how == "another site" else {}
    assert post(browser.client, sent, **origin).status_code == 401
    assert waits(data_dir) == []
    assert not (data_dir / "photos").exists()


def test_few_wait_for_one_who_has_still_to_log_in(world, browse, fields, data_dir):
    browser = browse("officer_a1")
    token = browser.token()
    end_log_ins(world)
    for number in range(12):
        post(browser.client, with_photo(fields | {"id": str(ids.new())}, token, (number * 20, 0, 0)))
    assert len(waits(data_dir)) == 9


def test_logged_in_again_in_another_tab_the_old_form_is_offered_again_at_once(world, browse, fields, data_dir):
    browser = browse("officer_a1")
    old = browser.token()
    browser.login("officer_a1")
    answer = post(browser.client, with_photo(fields, old))
    assert answer.status_code == 401
    assert "black water" in answer.text and "1 photo is kept" in answer.text and 'name="secret"' not in answer.text
    assert browser.post("/reports", **fields, kept=_values(answer.text)).status_code == 303
    assert stored(world) == (1, {mark(picture("red"))})


# --- the id in the address ---


def form_at(browser, address):
    answer = browser.client.get(address)
    return answer.status_code, answer.location


def test_a_form_is_led_to_an_address_with_an_id_and_keeps_what_was_asked(world, browse):
    officer, grid = browse("officer_a1"), world.grids["A1"]
    thing = world.things["kiln_a1"]
    for address in (f"/grids/{grid}/patrol?all=1", f"/grids/{grid}/report?object={thing}", "/feedback?page=/map"):
        status, location = form_at(officer, address)
        assert status == 303 and location.startswith(address.split("?")[0])
        assert form_at(officer, location) == (200, None)
        assert officer.client.get(location).text.count(location.rpartition("id=")[2]) >= 2
        assert address.split("?")[1].split("=")[0] + "=" in location


@pytest.mark.parametrize(
    "id_",
    ["", "x", "00000000-0000-0000-0000-000000000000", "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "future", "1970", "old"],
)
def test_an_id_that_cannot_be_meant_gives_way_to_a_fresh_one(world, browse, id_):
    moments = {"future": timedelta(hours=1), "old": -timedelta(hours=7), "1970": -timedelta(days=365 * 56)}
    if id_ in moments:
        with clock.at(clock.now() + moments[id_]):
            id_ = str(ids.new())
    status, location = form_at(browse("officer_a1"), f"/grids/{world.grids['A1']}/report?id={id_}")
    assert status == 303 and location != f"/grids/{world.grids['A1']}/report?id={id_}"


def test_photos_follow_a_form_that_begins_anew(world, phone, browse):
    with clock.at(clock.now() - timedelta(hours=7)):
        old = ids.new()
    officer, data = phone("officer_a1"), picture("red")
    officer.put(old, data)
    location = officer.client.get(f"/grids/{world.grids['A1']}/report?id={old}").location
    assert officer.state(location.rpartition("id=")[2]).json["photos"] == [mark(data)]
    assert officer.state(old).json["photos"] == []


def test_an_id_that_was_sent_shows_its_receipt_to_its_sender_and_nothing_to_anybody_else(world, phone, fields):
    officer, township = phone("officer_a1"), phone("township_a")
    assert officer.send(fields).status_code == 201
    address = f"/grids/{world.grids['A1']}/report?id="
    mine = officer.client.get(address + fields["id"])
    assert (mine.status_code, mine.location) == (303, f"/reports/{fields['id']}/receipt")
    fresh = str(ids.new())
    foreign, unknown = (township.client.get(address + id_) for id_ in (fields["id"], fresh))
    assert foreign.status_code == unknown.status_code == 200
    assert foreign.text.replace(fields["id"], fresh) == unknown.text
    assert township.send(fields | {"person_id": world.people["officer_a1"]}).status_code == 409


def test_the_moment_of_an_entry_is_that_of_its_id(world, phone, fields):
    with clock.at(clock.now() - timedelta(hours=3)):
        begun, id_ = clock.now(), ids.new()
    assert ids.made_at(id_) == begun
    assert phone("officer_a1").send(fields | {"id": str(id_)}).status_code == 201
    with world.store.read() as session:
        assert session.get_one(Report, id_).occurred_at == begun


def originals(app):
    return [file for file in (app.config["WANGGE"].data_dir / "photos" / "originals").rglob("*") if file.is_file()]


def test_a_recorded_entry_takes_no_photos_without_end(world, app, browse):
    phone, entry, person = Phone(browse("officer_a1")), ids.new(), world.people["officer_a1"]
    assert phone.put(entry, picture("red")).status_code == 201
    waiting.sent(app.config["WANGGE"].data_dir, person, entry)
    answers = [phone.put(entry, picture((number * 20, 5, 5))).status_code for number in range(12)]
    assert answers.count(201) == waiting.MOST_OF_ENTRY - 1 and set(answers[waiting.MOST_OF_ENTRY - 1 :]) == {422}


def test_a_photo_under_another_mark_leaves_nothing(app, browse):
    phone = Phone(browse("officer_a1"))
    before = len(originals(app))
    for number in range(3):
        answer = phone.put(ids.new(), picture((number * 20, 9, 5)), sha="f" * 64)
        assert answer.status_code == 422 and "This photo was damaged on the way." in answer.json["error"]
    assert len(originals(app)) == before
