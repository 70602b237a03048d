"""The position that somebody gave is shown to whoever sees the report: in words, as a drawing, and on the map."""

import re

import pytest

from tests import make
from webapp.report import service

A1 = (110.004, 35.006)  # in village A1 of the test county


@pytest.fixture
def given(world):
    """``given(**point)`` is a report of A1 with that point."""

    def file(**more):
        entry = make.report(world.grids["A1"], **more)
        with world.store.write() as session:
            service.submit(session, make.actor(session, "officer_a1"), entry)
        return entry.id

    return file


def point(accuracy=20.0):
    return {"lon": A1[0], "lat": A1[1], "accuracy_m": accuracy}


def test_receipt_and_report_page_show_the_position_its_accuracy_and_a_drawing(given, browse):
    report_id = given(**point())
    for login, tail in (("officer_a1", "/receipt"), ("officer_a1", ""), ("township_a", ""), ("inspector", "")):
        page = browse(login).get(f"/reports/{report_id}{tail}").text
        assert "110.00400, 35.00600, accurate to about 20 m" in page, (login, tail)
        drawing = page.split('<figure class="sketch">')[1].split("</figure>")[0]
        assert drawing.count('class="own"') == 1 and 'class="near"' in drawing and 'class="spot"' in drawing
        assert {"Village A1", "Village A2", "Village B1"} <= set(re.findall(r"<text [^>]*>([^<]+)</text>", drawing))
        assert 'href="/map?place=110.004000,35.006000"' in drawing.replace("%2C", ",")
        assert "http" not in drawing and "style=" not in drawing and len(drawing) < 8000
    assert "received: 110.00400" in browse("officer_a1").get(f"/reports/{report_id}/receipt").text


def test_a_department_that_has_it_sees_where_it_is(given, browse, world):
    report_id = given(**point())
    with world.store.write() as session:
        for login, move in (
            ("township_a", make.move("raise", "township", reason="x")),
            (
                "county",
                make.move(
                    "dispatch",
                    "county",
                    body=world.bodies["housing"],
                    ground="minutes",
                    ground_text="x",
                    due=make.clock.today().isoformat(),
                ),
            ),
        ):
            service.move(session, make.actor(session, login), report_id, move)
    assert 'class="sketch"' in browse("liaison").get(f"/reports/{report_id}").text
    assert browse("liaison_other").get(f"/reports/{report_id}").status_code == 404


def test_without_a_position_there_is_neither_words_nor_drawing(given, browse):
    report_id = given()
    for tail in ("", "/receipt"):
        page = browse("officer_a1").get(f"/reports/{report_id}{tail}").text
        assert "sketch" not in page and "good to about" not in page and ">Position<" not in page


def test_a_phone_that_does_not_know_how_good_it_is_claims_nothing(given, browse):
    page = browse("township_a").get(f"/reports/{given(**point(None))}").text
    assert "110.00400, 35.00600 <a" in page and "good to about" not in page


def test_a_point_across_the_border_is_drawn_with_both_villages(given, browse, world):
    report_id = given(lon=110.0101, lat=35.005, accuracy_m=40.0, joint=(world.grids["A2"],))
    drawing = browse("township_a").get(f"/reports/{report_id}").text.split('<figure class="sketch">')[1]
    x = float(re.search(r'class="spot" cx="([\d.]+)"', drawing)[1])
    own = re.search(r'class="own" d="([^"]+)"', drawing)[1]
    assert x > max(float(each) for each in re.findall(r"[ML]([\d.]+) ", own)), "east of its own village"


def test_the_map_opens_at_the_place_that_the_address_names_and_at_no_other(browse):
    township = browse("township_a")
    assert 'data-place="110.004000,35.006000"' in township.get("/map?place=110.004,35.006").text
    for odd in ("", "110", "a,b", "200,35", "110,91", "nan,1", "1,2,3", "inf,0", "<b>,1"):
        page = township.get(f"/map?place={odd}")
        assert page.status_code == 200 and "data-place" not in page.text, odd


def test_it_is_said_in_chinese_too(given, browse):
    officer = browse("officer_a1")
    officer.get("/language?lang=zh")
    page = officer.get(f"/reports/{given(**point())}/receipt").text
    assert "已收到：110.00400, 35.00600，误差约 20 米" in page and ">地图</a>" in page
