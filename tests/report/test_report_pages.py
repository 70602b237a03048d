"""Reports in a browser without JavaScript: the form keeps what was typed, photos, every desk's page, stale pages."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from tests import make
from webapp.core import clock, files
from webapp.duty.models import Duty
from webapp.report import service
from webapp.report.models import Assignment, Photo, Report, ReportEvent


def hidden(page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def picture(color="red", size=(64, 48)):
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "SecretPhone"
    Image.new("RGB", size, color).save(data, "JPEG", exif=exif)
    data.seek(0)
    return data


@pytest.fixture
def form(world, browse):
    """A logged-in officer and the fields of a report that is complete."""
    browser = browse("officer_a1")
    page = browser.get(f"/grids/{world.grids['A1']}/report").text
    fields = {name: hidden(page, name) for name in ("id", "grid", "made_at")}
    return browser, fields | {
        "place": "ditch behind the school",
        "problem": ["smell", "sewage"],
        "severity": "minor",
        "first_measure": "not_heeded",
        "note": "black water since noon",
    }


@pytest.fixture
def sent(world):
    """One report of A1 that waits with the township."""
    entry = make.report(world.grids["A1"])
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    return entry.id


def move_fields(browser, report_id, action, **given):
    page = browser.get(f"/reports/{report_id}/{action}").text
    return {"id": hidden(page, "id"), "seen": hidden(page, "seen")} | given


def test_a_report_is_received_with_a_number_and_the_next_desk(world, form):
    browser, fields = form
    answer = browser.post("/reports", **fields)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert f"{clock.today().year}-00001" in page
    assert "Next: township office of Town A reviews by" in page


def test_the_same_page_sent_twice_is_one_report(world, form):
    browser, fields = form
    assert browser.post("/reports", **fields).location == browser.post("/reports", **fields).location
    with world.store.read() as session:
        assert len(session.scalars(select(Report.id)).all()) == 1


@pytest.mark.parametrize("missing", ["place", "problem", "first_measure", "note"])
def test_what_is_missing_is_said_beside_the_field_and_everything_typed_is_kept(world, form, missing):
    browser, fields = form
    answer = browser.post("/reports", **{key: value for key, value in fields.items() if key != missing})
    assert answer.status_code == 422
    assert f'id="{missing}-error"' in answer.text or f"{missing}" in re.findall(
        r'aria-describedby="([^"]+)-error', answer.text
    )
    for key, value in fields.items():
        if key in ("place", "note") and key != missing:
            assert value in answer.text
    assert fields["id"] in answer.text
    with world.store.read() as session:
        assert not session.scalars(select(Report.id)).all()


def test_photos_are_kept_as_sent_and_only_a_clean_copy_is_served(world, form, app, browse):
    browser, fields = form
    original = picture().read()
    answer = browser.post("/reports", **fields, photos=[(io.BytesIO(original), "a.jpg"), (picture("blue"), "b.jpg")])
    assert answer.status_code == 303, answer.text
    with world.store.read() as session:
        photos = session.scalars(select(Photo).order_by(Photo.position)).all()
    data_dir = app.config["WANGGE"].data_dir
    assert len(photos) == 2
    assert files.path(data_dir, "originals", photos[0].sha256).read_bytes() == original
    with browser.get(f"/photos/{photos[0].id}") as served:
        assert served.mimetype == "image/jpeg"
        assert b"SecretPhone" in original and b"SecretPhone" not in served.data and served.data != original
    assert photos[0].sha256 in browser.get(answer.location).text
    with browse("township_a").get(f"/photos/{photos[0].id}") as served:
        assert served.status_code == 200
    for stranger in ("officer_a2", "township_b", "liaison"):
        assert browse(stranger).get(f"/photos/{photos[0].id}").status_code == 404


@pytest.mark.parametrize(
    "photos",
    [
        [(io.BytesIO(b"<svg onload=alert(1)>"), "x.jpg")],
        [(io.BytesIO(b"GIF89a"), "x.gif")],
        [(picture(), f"{number}.jpg") for number in range(4)],
    ],
)
def test_what_is_no_photo_or_too_many_is_refused_and_nothing_is_half_written(world, form, photos):
    browser, fields = form
    answer = browser.post("/reports", **fields, photos=[(io.BytesIO(data.getvalue()), name) for data, name in photos])
    assert answer.status_code == 422
    assert "black water since noon" in answer.text
    with world.store.read() as session:
        assert not session.scalars(select(Report.id)).all()


def test_every_move_of_the_way_can_be_made_on_its_page(world, browse, sent):
    township, county, liaison = browse("township_a"), browse("county"), browse("liaison")
    township.post(f"/reports/{sent}/raise", **move_fields(township, sent, "raise", reason="needs a fine"))
    page = county.get(f"/reports/{sent}/dispatch").text
    assert re.search(r"document 004, line \d+", page)
    housing = next(
        pick
        for pick in re.findall(r'name="pick" value="([^"]+)"', page)
        if pick.startswith(f"{world.bodies['housing']}:")
    )
    county.post(
        f"/reports/{sent}/dispatch",
        **move_fields(
            county,
            sent,
            "dispatch",
            pick=housing,
            due=(clock.today() + timedelta(days=7)).isoformat(),
            coop=[str(world.bodies["ecology"])],
        ),
    )
    liaison.post(f"/reports/{sent}/receive", **move_fields(liaison, sent, "receive"))
    liaison.post(
        f"/reports/{sent}/handle",
        **move_fields(liaison, sent, "handle", result="true", done="covered", document_no="7 (2026)"),
    )
    assert "covered" in township.get(f"/reports/{sent}").text
    township.post(f"/reports/{sent}/confirm", **move_fields(township, sent, "confirm", note="clean"))
    with world.store.read() as session:
        assert session.get(Report, sent).state == "closed"
        assert [a.role for a in session.scalars(select(Assignment).order_by(Assignment.role.desc()))] == [
            "lead",
            "coop",
        ]
    assert re.search(r"Source: document 004, line \d+", township.get(f"/reports/{sent}").text)


def test_a_department_sees_the_grid_that_found_it_and_not_the_person(world, browse, sent):
    with world.store.write() as session:
        due = (clock.today() + timedelta(days=7)).isoformat()
        service.move(session, make.actor(session, "township_a"), sent, make.move("raise", "township", reason="x"))
        service.move(
            session,
            make.actor(session, "county"),
            sent,
            make.move("dispatch", "county", body=world.bodies["housing"], ground="minutes", ground_text="x", due=due),
        )
    page = browse("liaison").get(f"/reports/{sent}").text
    assert "grid of Village A1" in page
    assert "officer_a1" not in page
    assert "officer_a1" in browse("township_a").get(f"/reports/{sent}").text


def test_a_stale_page_says_who_acted_and_keeps_the_text(world, browse, sent):
    one, other = browse("township_a"), browse("township_a_two")
    fields = move_fields(one, sent, "dismiss", reason="a long explanation")
    other.post(f"/reports/{sent}/raise", **move_fields(other, sent, "raise", reason="x"))
    answer = one.post(f"/reports/{sent}/dismiss", **fields)
    assert answer.status_code == 409
    assert "township office of Town A acted at" in answer.text and "to dispatch" in answer.text
    assert "township_a_two" not in answer.text, "no person is named"
    assert "a long explanation" in answer.text
    assert "can no longer be done" in answer.text


def test_a_page_from_before_a_redo_is_shown_again_and_goes_out_once_it_was_read(world, browse, sent):
    township, other, station = browse("township_a"), browse("township_a_two"), browse("station_a")
    today = clock.today().isoformat()
    township.post(
        f"/reports/{sent}/assign", **move_fields(township, sent, "assign", body=world.bodies["station_a"], due=today)
    )
    station.post(f"/reports/{sent}/handle", **move_fields(station, sent, "handle", result="true", done="swept"))
    fields = move_fields(other, sent, "confirm", note="a long look")
    township.post(f"/reports/{sent}/redo", **move_fields(township, sent, "redo", reason="not clean"))
    station.post(f"/reports/{sent}/handle", **move_fields(station, sent, "handle", result="not_true", done="nothing"))
    answer = other.post(f"/reports/{sent}/confirm", **fields)
    assert answer.status_code == 409 and "a long look" in answer.text
    assert "team acted at" in answer.text.replace("Town A team", "team")
    again = {"id": hidden(answer.text, "id"), "seen": hidden(answer.text, "seen"), "note": "a long look"}
    assert other.post(f"/reports/{sent}/confirm", **again).status_code == 303


def test_the_same_move_with_other_words_keeps_them_and_says_the_first_was_taken(world, browse, sent):
    township = browse("township_a")
    fields = move_fields(township, sent, "raise", reason="x")
    township.post(f"/reports/{sent}/raise", **fields)
    answer = township.post(f"/reports/{sent}/raise", **fields | {"reason": "second thoughts"})
    assert answer.status_code == 409
    assert "second thoughts" in answer.text and "was taken" in answer.text
    with world.store.read() as session:
        assert session.scalars(select(ReportEvent.action).order_by(ReportEvent.seq)).all() == ["submit", "raise"]


def test_the_history_says_to_whom_and_on_which_ground_and_whose_a_department_says_it_is(world, browse, sent):
    township, county, liaison = browse("township_a"), browse("county"), browse("liaison")
    township.post(f"/reports/{sent}/raise", **move_fields(township, sent, "raise", reason="needs a fine"))
    with world.store.read() as session:
        duty = session.scalars(select(Duty).where(Duty.canonical == "housing", Duty.valid_to.is_(None))).first()
    due = (clock.today() + timedelta(days=9)).isoformat()
    county.post(
        f"/reports/{sent}/dispatch",
        **move_fields(
            county, sent, "dispatch", pick=f"{world.bodies['housing']}:{duty.id}", coop=world.bodies["ecology"], due=due
        ),
    )
    page = county.get(f"/reports/{sent}").text
    for words in ("to Housing Bureau", "cooperating: Ecology Bureau", f"document {duty.document}, line"):
        assert words in page.split("History")[1], words
    other = browse("liaison_other")
    assert "Nothing for you to do" not in other.get(f"/reports/{sent}").text
    liaison.post(
        f"/reports/{sent}/bounce",
        **move_fields(liaison, sent, "bounce", duty_or_none=world.bodies["ecology"], reason="theirs by the list"),
    )
    page = county.get(f"/reports/{sent}").text
    assert "it would be the duty of Ecology Bureau" in page.split("History")[0], "why it is here"
    assert "Source: document" not in page, "the ground of a dispatch that came back is history"
    page = county.get(f"/reports/{sent}/dispatch").text
    suggested, others = page.split("Duties that fit this problem")[1].split("All duties by department")
    assert "Ecology Bureau" in suggested and "Housing Bureau" not in suggested
    assert "said not ours" in others


def test_a_dispatch_that_lacks_something_opens_where_it_has_to_be_chosen(world, browse, sent):
    township, county = browse("township_a"), browse("county")
    township.post(f"/reports/{sent}/raise", **move_fields(township, sent, "raise", reason="x"))
    due = clock.today().isoformat()
    nothing = county.post(f"/reports/{sent}/dispatch", **move_fields(county, sent, "dispatch", ground="duty", due=due))
    assert nothing.status_code == 422 and 'id="pick-error"' in nothing.text
    no_duty = county.post(
        f"/reports/{sent}/dispatch",
        **move_fields(county, sent, "dispatch", ground="duty", body=world.bodies["housing"], due=due),
    )
    for page in (nothing.text, no_duty.text):
        assert re.search(r'<details class="fold" open><summary>None fits', page)
        assert all(
            f'id="{target}"' in page
            for target in re.findall(r'href="#([\w-]+)">', page.split("Please put this right")[1].split("</ul>")[0])
        )
    assert "Ground: Choose a duty of this department, or another ground." in no_duty.text
    assert re.search(rf'value="{world.bodies["housing"]}" checked', no_duty.text)


def test_a_department_does_not_name_itself_as_the_other_one(world, browse, sent):
    township, county, liaison = browse("township_a"), browse("county"), browse("liaison")
    township.post(f"/reports/{sent}/raise", **move_fields(township, sent, "raise", reason="x"))
    county.post(
        f"/reports/{sent}/dispatch",
        **move_fields(
            county,
            sent,
            "dispatch",
            body=world.bodies["housing"],
            ground="none_listed",
            ground_text="x",
            due=clock.today().isoformat(),
        ),
    )
    page = liaison.get(f"/reports/{sent}/bounce").text
    assert f'value="{world.bodies["ecology"]}"' in page and f'value="{world.bodies["housing"]}"' not in page


def test_an_officer_adds_a_place_and_photos_and_sees_what_was_asked(world, browse, sent):
    township, officer = browse("township_a"), browse("officer_a1")
    township.post(
        f"/reports/{sent}/give_back", **move_fields(township, sent, "give_back", missing="place", note="which kiln?")
    )
    page = officer.get(f"/reports/{sent}/supplement").text
    assert "Place missing" in page and "which kiln?" in page
    answer = officer.post(
        f"/reports/{sent}/supplement",
        **move_fields(officer, sent, "supplement", note="the old one", place="by the pond"),
        photos=[(picture(), "a.jpg")],
    )
    assert answer.status_code == 303
    page = township.get(f"/reports/{sent}").text
    assert "；by the pond" in page and "<img" in page


def test_a_look_that_waits_is_something_to_do(browse, sent):
    township, officer = browse("township_a"), browse("officer_a1")
    assert "Nothing for you to do" in officer.get(f"/reports/{sent}").text
    page = township.get(f"/reports/{sent}").text
    township.post(f"/reports/{sent}/beside/look", id=hidden(page.split("beside/look")[1], "id"), question="clean?")
    assert "Nothing for you to do" not in officer.get(f"/reports/{sent}").text


def test_a_move_sent_twice_happens_once(world, browse, sent):
    township = browse("township_a")
    fields = move_fields(township, sent, "raise", reason="x")
    first, second = (township.post(f"/reports/{sent}/raise", **fields) for _ in range(2))
    assert first.status_code == second.status_code == 303
    with world.store.read() as session:
        assert session.scalars(select(ReportEvent.action).order_by(ReportEvent.seq)).all() == ["submit", "raise"]


def test_a_refused_move_keeps_what_was_typed(world, browse, sent):
    township = browse("township_a")
    answer = township.post(f"/reports/{sent}/handle", **move_fields(township, sent, "handle", done="swept the yard"))
    assert answer.status_code == 422
    assert "swept the yard" in answer.text


def test_a_foreign_report_and_one_that_is_not_there_get_the_same_answer(browse, sent):
    officer = browse("officer_b1")
    strip = re.compile(r'value="[^"]+"|next=[^"]+')
    foreign, none = (strip.sub("", officer.get(f"/reports/{id_}").text) for id_ in (sent, make.ids.new()))
    assert foreign == none.replace(str(sent), "") or len(foreign) == len(none)


def test_the_officer_answers_a_look_from_his_home(world, browse, sent):
    township = browse("township_a")
    page = township.get(f"/reports/{sent}").text
    look = re.search(r'beside/look"[^>]*>.*?name="id"[^>]*value="([^"]+)"', page, re.S)[1]
    township.post(f"/reports/{sent}/beside/look", id=look, question="clean now?")
    officer = browse("officer_a1")
    assert "clean now?" in officer.get("/home").text
    officer.post(f"/looks/{look}", answer="right")
    assert "clean now?" not in officer.get("/home").text
    assert "Put right" in township.get(f"/reports/{sent}").text


def test_it_is_back_opens_a_new_report_with_the_old_one_linked(world, browse, sent):
    with world.store.write() as session:
        service.move(session, make.actor(session, "township_a"), sent, make.move("dismiss", "township", reason="x"))
    officer = browse("officer_a1")
    link = re.search(r'href="(/grids/\d+/report\?recurs=[^"]+)"', officer.get(f"/reports/{sent}").text)[1]
    page = officer.get(link).text
    assert hidden(page, "recurs_id") == str(sent)
    fields = {name: hidden(page, name) for name in ("id", "grid", "made_at", "recurs_id", "place")}
    answer = officer.post(
        "/reports", **fields, problem=["smoke"], severity="minor", first_measure="not_heeded", note="smoke again"
    )
    assert answer.status_code == 303
    assert "It is back" in officer.get(answer.location.removesuffix("/receipt")).text
    assert "It came back" in officer.get(f"/reports/{sent}").text


def test_search_finds_by_number_place_and_words_only_what_is_mine(world, browse, sent):
    assert "00001" in browse("township_a").get("/search?q=00001").text
    assert "00001" in browse("township_a").get("/search?q=砖窑").text
    assert "row-title" not in browse("township_b").get("/search?q=砖窑").text
    assert "row-title" not in browse("township_a").get("/search?q=%25").text


def test_after_a_second_dispatch_the_page_names_the_new_ground(world, browse, sent):
    due = (clock.today() + timedelta(days=7)).isoformat()
    with world.store.write() as session:
        service.move(session, make.actor(session, "township_a"), sent, make.move("raise", "township", reason="x"))
        for body, login, words in (
            ("housing", "liaison", "first minutes"),
            ("ecology", "liaison_other", "second minutes"),
        ):
            service.move(
                session,
                make.actor(session, "county"),
                sent,
                make.move("dispatch", "county", body=world.bodies[body], ground="minutes", ground_text=words, due=due),
            )
            if body == "housing":
                service.move(
                    session,
                    make.actor(session, login),
                    sent,
                    make.move("bounce", "department", duty_or_none="none", reason="x"),
                )
    ground = browse("county").get(f"/reports/{sent}").text.split(">Ground<")[1].split("</section>")[0]
    assert "second minutes" in ground and "first minutes" not in ground


def test_the_other_village_is_offered_neighbours_first(world, browse):
    page = browse("officer_a1").get(f"/grids/{world.grids['A1']}/report").text
    offered = re.search(r'<select class="in" name="joint".*?</select>', page, re.S)[0]
    groups = {
        name: re.findall(r'value="(\d+)"', options)
        for name, options in re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', offered, re.S)
    }
    assert "On our border" in groups
    assert next(iter(groups)) == "On our border"
    everyone = [int(id_) for options in groups.values() for id_ in options]
    villages = {id_ for name, id_ in world.grids.items() if len(name) == 2 and name != "A1"}
    assert sorted(everyone) == sorted(villages)
    assert str(world.grids["A2"]) in groups["On our border"]
    assert str(world.grids["B3"]) not in groups["On our border"]
