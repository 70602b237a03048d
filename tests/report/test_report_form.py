"""The report form: what an officer on an old phone can do wrong, and how nothing of it is lost."""

import io
import re
import uuid

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests import make
from webapp.report import service
from webapp.report.models import Report, ReportJoint


@pytest.fixture
def form(browse, blank):
    """A logged-in officer and the fields of a complete report."""
    browser = browse("officer_a1")
    return browser, blank(browser)


def hidden(page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def picture():
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(data, "JPEG")
    return data.getvalue()


def count(world):
    with world.store.read() as session:
        return len(session.scalars(select(Report.id)).all())


def test_a_ticked_border_without_the_other_village_is_asked_for_beside_the_field(world, form):
    browser, fields = form
    answer = browser.post("/reports", **fields, between="y", joint="")
    assert answer.status_code == 422
    assert 'id="joint-error"' in answer.text and "Choose the other village." in answer.text
    assert "black water since noon" in answer.text
    assert count(world) == 0


def test_a_village_that_was_chosen_counts_without_the_tick(world, form):
    browser, fields = form
    assert browser.post("/reports", **fields, joint=str(world.grids["A2"])).status_code == 303
    with world.store.read() as session:
        assert session.scalars(select(ReportJoint.grid_id)).all() == [world.grids["A2"]]


@pytest.mark.parametrize("name", ["Village B3", " village b3 ", "乙3村", "乙3", "999901101202"])
def test_a_village_that_is_not_in_the_list_is_found_by_its_name(world, form, name):
    browser, fields = form
    assert browser.post("/reports", **fields, between="y", joint="", joint_name=name).status_code == 303
    with world.store.read() as session:
        assert session.scalars(select(ReportJoint.grid_id)).all() == [world.grids["B3"]]


def test_of_several_villages_of_a_name_one_is_chosen_from_the_list(world, form):
    browser, fields = form
    answer = browser.post("/reports", **fields, joint="", joint_name="Village B")
    assert answer.status_code == 422 and 'id="joint_name-error"' in answer.text
    assert "Several villages are called that." in answer.text and count(world) == 0
    offered = answer.text.split('<optgroup label="Farther away">')[1].split("</optgroup>")[0]
    assert f'value="{world.grids["B3"]}"' in offered
    assert browser.post("/reports", **fields, joint=str(world.grids["B3"]), joint_name="Village B").status_code == 303


def test_a_name_that_no_village_has_is_refused_beside_the_field(world, form):
    browser, fields = form
    answer = browser.post("/reports", **fields, joint="", joint_name="Atlantis")
    assert answer.status_code == 422 and "No village has this name." in answer.text
    assert 'value="Atlantis"' in answer.text and count(world) == 0


@pytest.mark.parametrize("village", ["no number", "99999", "9" * 30])
def test_a_village_that_does_not_exist_is_refused_beside_the_field(world, form, village):
    browser, fields = form
    answer = browser.post("/reports", **fields, between="y", joint=village)
    assert answer.status_code == 422 and 'id="joint-error"' in answer.text
    assert count(world) == 0


@pytest.mark.parametrize(("grid", "status"), [("no number", 422), ("99999", 404), ("9" * 30, 422)])
def test_a_form_for_no_village_is_answered_and_not_a_fault(world, form, grid, status):
    browser, fields = form
    assert browser.post("/reports", **fields | {"grid": grid}).status_code == status
    assert count(world) == 0


def test_an_id_that_is_taken_keeps_what_was_typed_and_goes_on_under_a_fresh_one(world, form):
    browser, fields = form
    first = fields | {"note": "the first note", "place": "the first place"}
    assert browser.post("/reports", **first).status_code == 303
    answer = browser.post("/reports", **fields, photos=[(io.BytesIO(picture()), "a.jpg")])
    assert answer.status_code == 409
    assert "A report with different content was already sent from this page." in answer.text
    assert "Please correct this" not in answer.text
    assert "black water since noon" in answer.text and "ditch behind the school" in answer.text
    assert "the first" not in answer.text
    fresh = hidden(answer.text, "id")
    assert fresh != fields["id"]
    kept = hidden(answer.text, "kept")
    assert browser.post("/reports", **fields | {"id": fresh}, kept=kept).status_code == 303
    assert count(world) == 2


def test_an_id_of_somebody_else_shows_nothing_of_his_entry(world, form, browse, blank):
    browser, fields = form
    browser.post("/reports", **fields)
    other = browse("officer_b1")
    answer = other.post(
        "/reports", **blank(other, "B1") | {"id": fields["id"], "note": "my own words", "place": "my own place"}
    )
    assert answer.status_code == 409
    assert "my own words" in answer.text
    assert "black water" not in answer.text and "behind the school" not in answer.text


def test_a_program_is_told_of_a_taken_id_in_json(form):
    browser, fields = form
    browser.post("/reports", **fields)
    answer = browser.client.post(
        "/reports",
        data={"csrf_token": browser.token()} | fields | {"note": "other"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 409 and "already sent" in answer.json["error"]


def test_the_page_knows_just_what_the_server_lets_be_settled_on_the_spot(world, form, blank):
    """The button's rule and the service's must not drift apart."""
    browser, _ = form
    page = browser.get(f"/grids/{world.grids['A1']}/report").text
    button = re.search(r'<button[^>]*name="settle"[^>]*>', page)[0]
    severity, enforced = re.search(r'data-severity="(\w+)" data-enforced="([^"]+)"', button).groups()
    problems = set(re.findall(r'name="problem"[^>]*value="(\w+)"', page))
    bad = set(re.findall(r'name="severity"[^>]*value="(\w+)"', page))
    assert set(enforced.split("/")) < problems and severity in bad
    for problem, how in [(one, severity) for one in sorted(problems)] + [
        ("rubbish_dumping", one) for one in sorted(bad)
    ]:
        answer = browser.post("/reports", **blank(browser) | {"problem": problem, "severity": how, "settle": "yes"})
        may = how == severity and problem not in enforced.split("/")
        assert answer.status_code == (303 if may else 422), (problem, how)


def test_the_receipt_says_all_that_was_sent(world, form):
    browser, fields = form
    answer = browser.post("/reports", **fields, joint=str(world.grids["A2"]), photos=[(io.BytesIO(picture()), "a.jpg")])
    said = re.sub(r"<[^>]+>", " ", browser.get(answer.location).text.split("What we received")[1])
    for words in (
        "ditch behind the school",
        "Village A2",
        "Bad smell",
        "Minor",
        "Would not stop",
        "black water since noon",
        "1 photo",
    ):
        assert words in said


def test_the_emergency_numbers_are_one_tap_from_the_severity(world, form):
    browser, _ = form
    page = browser.get(f"/grids/{world.grids['A1']}/report").text
    assert 'href="#emergency"' in page.split('name="severity"')[0] and 'id="emergency"' in page


def test_a_returned_report_can_be_added_to_from_the_officers_home(world, form):
    browser, fields = form
    browser.post("/reports", **fields)
    with world.store.write() as session:
        service.move(
            session,
            make.actor(session, "township_a"),
            uuid.UUID(fields["id"]),
            make.move("give_back", "township", missing=["place"]),
        )
    page = browser.get("/home").text
    for action in ("supplement", "cannot_add"):
        assert f'href="/reports/{fields["id"]}/{action}"' in page


def noise(mb: int) -> bytes:
    """A JPEG with as much behind it as makes it ``mb`` megabytes."""
    return picture() + bytes(mb * 2**20 - len(picture()))


def post_large(browser, fields):
    """The form as bytes; the test client would leave its own part-files open."""
    boundary, body = encode_multipart(MultiDict({**fields, "csrf_token": browser.token()}))
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.client.post("/reports", data=body, content_type=kind, headers={"Origin": "http://localhost"})


def test_three_photos_of_the_largest_size_are_taken_and_of_larger_ones_the_form_says_which(form, blank):
    browser, fields = form
    sent = [FileStorage(io.BytesIO(noise(19) + bytes([number])), f"{number}.jpg") for number in range(3)]
    assert post_large(browser, {**fields, "photos": sent}).status_code == 303
    sent = [FileStorage(io.BytesIO(noise(mb)), f"{mb}.jpg") for mb in (2, 30, 31)]
    answer = post_large(browser, {**blank(browser), "note": "写了很久的话", "photos": sent})
    assert answer.status_code == 422
    assert "30.jpg" in answer.text and "larger than 20 MB" in answer.text and "写了很久的话" in answer.text


def test_what_is_too_large_for_any_form_leads_back_to_its_page(browse, world):
    browser = browse("officer_a1")
    came = f"http://localhost/grids/{world.grids['A1']}/report?object=1"
    for referer, back in ((came, f"/grids/{world.grids['A1']}/report?object=1"), ("http://evil.example/x", None)):
        answer = browser.client.post(
            "/reports", environ_overrides={"CONTENT_LENGTH": str(200 * 2**20)}, headers={"Referer": referer}
        )
        assert answer.status_code == 413
        assert ("Back to the page" in answer.text) == (back is not None)
        assert back is None or f'href="{back}"' in answer.text
        assert "evil" not in answer.text
