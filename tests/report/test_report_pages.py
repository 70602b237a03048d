"""Reports in a browser without JavaScript: the form keeps what was typed, photos, and every desk's page."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.report.conftest import hidden, move_fields, picture
from webapp.core import clock, files
from webapp.core.models import Attachment
from webapp.report.models import Assignment, Report, ReportAttachment


@pytest.fixture
def form(world, browse):
    """A logged-in officer and the fields of a report that is complete."""
    browser = browse("officer_a1")
    page = browser.get(f"/grids/{world.grids['A1']}/report").text
    fields = {name: hidden(page, name) for name in ("id", "grid")}
    return browser, fields | {
        "place": "ditch behind the school",
        "problem": ["smell", "sewage"],
        "severity": "minor",
        "first_measure": "not_heeded",
        "note": "black water since noon",
    }


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
        photos = session.scalars(select(Attachment).join(ReportAttachment).order_by(ReportAttachment.position)).all()
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
            ground_text="the kiln stands on their site",
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
    assert re.search(r"A county in Hebei, year unknown · document 004, line \d+", township.get(f"/reports/{sent}").text)
