"""The pages of a report on its way: stale pages, histories, dispatch, looks; what is sent twice, or not yours."""

import re
from datetime import timedelta

from sqlalchemy import select

from tests import make
from tests.report.conftest import hidden, move_fields, picture
from tests.report.test_report_pages import form  # noqa: F401  (fixture)
from webapp.core import clock
from webapp.duty.models import Duty
from webapp.people.models import Body
from webapp.report import service
from webapp.report.models import ReportEvent


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
    assert "second thoughts" in answer.text and "was received" in answer.text
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
            county,
            sent,
            "dispatch",
            pick=f"{world.bodies['housing']}:{duty.id}",
            coop=world.bodies["ecology"],
            ground_text="the kiln stands on their site",
            due=due,
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
    suggested, others = page.split("Whose job this is, by the texts that apply here")[1].split(
        "All duties by department"
    )
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
            for target in re.findall(r'href="#([\w-]+)">', page.split("Please correct this")[1].split("</ul>")[0])
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


def test_photos_say_whether_they_show_what_was_found_or_what_it_is_like_since(world, browse, form):
    officer, fields = form
    found = [(picture(), "a.jpg"), (picture("blue"), "b.jpg")]
    report = re.search(r"/reports/([0-9a-f-]{36})", officer.post("/reports", **fields, photos=found).location)[1]
    township = browse("township_a")
    given = move_fields(township, report, "handle", result="true", done="swept")
    assert township.post(f"/reports/{report}/handle", **given, photos=[(picture("green"), "c.jpg")]).status_code == 303
    page = township.get(f"/reports/{report}").text
    assert re.findall(r'<img[^>]* alt="([^"]+)"', page) == [
        "Photo 1, when found",
        "Photo 2, when found",
        "Photo 3, after handling",
    ]


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
    assert "Fixed" in township.get(f"/reports/{sent}").text


def test_it_is_back_opens_a_new_report_with_the_old_one_linked(world, browse, sent):
    with world.store.write() as session:
        service.move(session, make.actor(session, "township_a"), sent, make.move("dismiss", "township", reason="x"))
    officer = browse("officer_a1")
    link = re.search(r'href="(/grids/\d+/report\?recurs=[^"]+)"', officer.get(f"/reports/{sent}").text)[1]
    page = officer.get(link).text
    assert hidden(page, "recurs_id") == str(sent)
    fields = {name: hidden(page, name) for name in ("id", "grid", "recurs_id", "place")}
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
    assert list(groups) == ["On our border", "In our township"]
    everyone = [int(id_) for options in groups.values() for id_ in options]
    assert len(everyone) == len(set(everyone))
    near = {world.grids[name] for name in ("A2", "A3", "B1")}
    assert near <= set(everyone) and world.grids["A1"] not in everyone
    assert world.grids["B3"] not in everyone, "what is neither beside nor in the township is found by its name"
    assert str(world.grids["A2"]) in groups["On our border"]
    assert str(world.grids["B3"]) not in groups["On our border"]


def test_not_ours_sent_again_after_the_department_it_names_was_closed_is_still_the_first(world, browse, sent):
    township, county, liaison = browse("township_a"), browse("county"), browse("liaison")
    township.post(f"/reports/{sent}/raise", **move_fields(township, sent, "raise", reason="x"))
    due = (clock.today() + timedelta(days=9)).isoformat()
    given = {"body": world.bodies["housing"], "ground": "minutes", "ground_text": "x", "due": due}
    county.post(f"/reports/{sent}/dispatch", **move_fields(county, sent, "dispatch", **given))
    fields = move_fields(liaison, sent, "bounce", duty_or_none=world.bodies["ecology"], reason="theirs by the list")
    assert liaison.post(f"/reports/{sent}/bounce", **fields).status_code == 303
    with world.store.write() as session:
        session.get_one(Body, world.bodies["ecology"]).closed_on = clock.today()
    assert liaison.post(f"/reports/{sent}/bounce", **fields).status_code == 303, "no refusal, and not a second one"
    with world.store.read() as session:
        assert session.scalars(select(ReportEvent.action).order_by(ReportEvent.seq)).all()[-1] == "bounce"
