"""The map page: whose figures it shows, for which days, and that map and table say the same."""

import re
from datetime import timedelta
from typing import Any

from flask import g

from tests import make
from tests.maps.conftest import read_page
from webapp.app import create_app
from webapp.config import Config
from webapp.core import clock

INSIDE_A1 = {"lon": 110.005, "lat": 35.005}


def test_county_sees_seen_and_due_of_every_village(the_map, world, patrol):
    patrol("officer_a1", "A1", farm_a1="normal")
    page = the_map("county")
    assert page.values[str(world.grids["A1"])]["label"] == "1/2"
    assert page.values[str(world.grids["B1"])]["label"] == "0/2"


ALL = {"A1", "A2", "A3", "B1", "B2", "B3"}
REACHED = {
    "officer_a1": {"A1"},
    "township_a": {"A1", "A2", "A3"},
    "leader": ALL,
    "inspector": ALL,
    "liaison": set(),
    "committee_a1": set(),
}


def test_figures_are_only_of_grids_the_reader_may_read(the_map, world):
    for login, reached in REACHED.items():
        page = the_map(login)
        assert page.status == 200
        assert set(page.values) == {str(world.grids[name]) for name in reached}, login
        assert len(page.rows) == len(reached), login


def test_could_not_see_stands_apart_and_is_not_seen(the_map, patrol):
    patrol("officer_a1", "A1", farm_a1="normal", kiln_a1="could_not_see")
    assert ("Village A1", "1/2", "1", "-", "1", "-") in the_map("township_a").rows


def test_what_was_not_gone_to_is_counted(the_map, patrol):
    patrol("officer_a1", "A1", farm_a1="problem")
    assert ("Village A1", "1/2", "-", "1", "1", "-") in the_map("township_a").rows


def test_map_and_table_say_the_same(the_map, patrol, report):
    patrol("officer_a1", "A1", farm_a1="normal", kiln_a1="normal")
    report("officer_a2", "A2")
    page = the_map("township_a")
    from_map = {(value["label"] or "0/0", value.get("open", 0)) for value in page.values.values()}
    assert (
        from_map
        == {(row[1], int(row[5].replace("-", "0"))) for row in page.rows}
        == {("2/2", 0), ("0/2", 1), ("0/0", 0)}
    )


def test_villages_stand_in_code_order_whatever_their_share(the_map, patrol):
    patrol("officer_a2", "A2", farm_a2="normal", kiln_a2="normal")
    assert [row[0] for row in the_map("county").rows] == [f"Village {town}{n}" for town in "AB" for n in (1, 2, 3)]


def test_no_share_is_ever_a_bare_percentage(the_map, patrol):
    patrol("officer_a1", "A1", farm_a1="normal")
    assert not re.search(r"\d\s*%", the_map("county").text)


def test_too_few_due_is_no_share(the_map, world, patrol, setting):
    patrol("officer_a1", "A1", farm_a1="normal")
    a1, a2 = str(world.grids["A1"]), str(world.grids["A2"])
    assert (the_map("county").values[a1]["class"], the_map("county").values[a2]["class"]) == ("cover-few", "cover-few")
    setting("few", "2")
    assert (the_map("county").values[a1]["class"], the_map("county").values[a2]["class"]) == ("cover-1", "cover-0")


def test_the_last_days_come_from_the_setting(the_map, world, patrol, setting):
    """A kiln is due once in seven days, a farm once in fourteen; the windows of both end today."""
    patrol("officer_a1", "A1", kiln_a1="normal", at=clock.now() - make.days(9))
    a1 = str(world.grids["A1"])
    assert the_map("county").values[a1]["label"] == "0/2"
    assert the_map("county", days=28).values[a1]["label"] == "1/6"
    setting("coverage_days", "14")
    assert the_map("county").values[a1]["label"] == "1/3"


def test_a_longer_period_has_more_visits_due_and_does_not_turn_green(the_map, world, patrol):
    """What the map said before: seen once in thirty days is seen."""
    patrol("officer_a1", "A1", farm_a1="normal", kiln_a1="normal")
    a1 = str(world.grids["A1"])
    week, month = (the_map("county", days=days).values[a1] for days in (7, 28))
    assert (week["label"], week["class"]) == ("2/2", "cover-few-all")
    assert (month["label"], month["class"]) == ("2/6", "cover-0")


def test_a_period_from_day_to_day(the_map, world, patrol):
    """The kiln's windows end 14, 7 and 0 days ago; one that ends on the only day of a period counts whole."""
    patrol("officer_a1", "A1", kiln_a1="normal", at=clock.now() - make.days(9))
    ended, before = ((clock.today() - make.days(ago)).isoformat() for ago in (7, 8))
    a1 = str(world.grids["A1"])
    assert the_map("county", **{"from": ended, "to": ended}).values[a1]["label"] == "1/1"
    assert the_map("county", **{"from": before, "to": before}).values[a1]["label"] == ""
    assert the_map("county", **{"from": ended}).values[a1]["label"] == "1/3"


def test_a_period_is_stepped_through_back_and_forth(the_map):
    """From today to yesterday and back, and by as many days as the period has, up to today."""
    today = clock.today()
    ago = {days: (today - make.days(days)).isoformat() for days in (0, 1, 2, 3, 6, 7, 8, 9, 10, 13, 16)}

    def steps(**query):
        text = the_map("county", **query).text.replace("&amp;", "&")
        return re.findall(r'href="/map\?from=([^"&]*)&to=([^"&]*)">(?:‹|[^<]*›)', text)

    assert steps(days=1) == [(ago[1], ago[1])]
    assert steps(**{"from": ago[2], "to": ago[2]}) == [(ago[3], ago[3]), (ago[1], ago[1])]
    assert steps(days=7) == [(ago[13], ago[7])]
    assert steps(**{"from": ago[9], "to": ago[3]}) == [(ago[16], ago[10]), (ago[6], ago[0])]


WRONG_DAYS = [
    ("2026-02-31", "2026-03-02", "Write it like 2026-09-01."),
    ("2026-03-02", "2026-03-01", "before the start"),
    ("", "2026-03-01", "Give the first day, too."),
    ("2099-01-01", "", "not come yet"),
    ("2020-01-01", "2026-03-01", "At most 366 days"),
    ("2000-01-01", "", "At most 366 days"),
    ("0001-01-01", "", "from 2000 to 2100"),
    ("2999-01-01", "", "from 2000 to 2100"),
    ("0001-01-01", "0001-01-02", "from 2000 to 2100"),
]


def test_wrong_days_are_said_beside_the_field_and_stay_typed(browse):
    browser = browse("county")
    for first, last, words in WRONG_DAYS:
        page = read_page(browser.get("/map", query_string={"from": first, "to": last}))
        assert page.status == 422, words
        assert words in page.text
        assert f'name="from" id="from" value="{first}"' in page.text, words
        assert page.values  # the usual days are shown meanwhile


def test_a_number_of_days_that_is_none_is_said_with_its_limits_beside_its_field(browse):
    for days, words in (("0", "a number from 1 to 366"), ("367", "a number from 1 to 366"), ("x", "a whole number")):
        answer = browse("county").get("/map", query_string={"days": days})
        assert answer.status_code == 422
        assert re.search(rf'id="days-error">.*{words}.*id="days" value="{days}"', answer.text, re.S)
        assert answer.text.index('href="#days"') < answer.text.index('id="days"')


def test_open_reports_show_where_they_are_and_how_many(the_map, world, report):
    placed = report("officer_a1", "A1", **INSIDE_A1)
    report("officer_a1", "A1")
    page = the_map("township_a")
    assert [point["properties"]["number"] for point in page.points] == [placed]
    assert page.points[0]["geometry"]["coordinates"] == [110.005, 35.005]
    assert page.values[str(world.grids["A1"])] == {
        "class": "cover-few",
        "label": "0/2",
        "open": 2,
        "loose": 1,
    }


def test_an_overdue_report_without_a_place_is_told_from_the_others(the_map, world, report):
    report("officer_a1", "A1")
    with clock.at(clock.now() - make.days(30)):
        report("officer_a1", "A1")
        report("officer_a1", "A1", **INSIDE_A1)
    page = the_map("township_a")
    value = page.values[str(world.grids["A1"])]
    assert (value["open"], value["late"], value["loose"], value["loose_late"]) == (3, 2, 2, 1)
    assert [point["properties"]["tone"] for point in page.points] == ["late"]
    assert "3 ▲2 overdue" in [row[5] for row in page.rows]


def test_what_is_due_now_is_the_same_whatever_the_period(the_map, patrol):
    patrol(
        "officer_a1", "A1", farm_a1="normal", kiln_a1="normal", at=clock.now() - make.days(9)
    )  # the kiln is due again
    day = (clock.today() - make.days(9)).isoformat()
    rows = [
        row
        for query in ({"days": 1}, {"days": 30}, {"from": day, "to": day})
        for row in the_map("county", **query).rows
        if row[0] == "Village A1"
    ]
    assert [row[1] for row in rows] == ["1/2", "2/8", "0/0"]
    assert {row[4] for row in rows} == {"1"}


def test_the_page_says_how_visits_are_counted_and_what_due_now_means_beside_the_desk(the_map, browse):
    page = the_map("county").text
    assert (
        "How often an object is due, the county's rules say." in page
        and "goes by the day an object was last seen, whatever the period." in page
    )
    assert "How often an object is due, the county's rules say." not in the_map("liaison").text
    assert "the map counts it too" in browse("township_a").get("/desk?tab=not_gone").text


def test_due_now_on_the_map_is_the_desks_list_and_what_is_due_only_today(the_map, browse, world, patrol):
    """A kiln seen seven days ago is due today alone; two farms and a kiln were due before."""
    patrol("officer_a1", "A1", kiln_a1="normal", at=clock.now() - make.days(7))
    page, desk = the_map("township_a").text, browse("township_a").get("/desk?tab=not_gone").text
    numbers = dict(re.findall(r'<span class="fig-n">([^<]+)</span> <span>([^<]+)</span>', page))
    told = {words: number for number, words in numbers.items()}
    assert (told["due now"], told["of these, due before today"]) == ("4", "3")
    assert re.search(r'Due, not visited</span> <span class="tab-count">3<', desk)


def test_the_other_colour_is_the_days_since_the_longest_unseen_was_seen(the_map, world, patrol):
    patrol("officer_a1", "A1", farm_a1="normal", kiln_a1="problem", at=clock.now() - make.days(3))
    patrol("officer_a1", "A1", kiln_a1="could_not_see")
    patrol("officer_a2", "A2", farm_a2="normal", kiln_a2="normal", at=clock.now() - make.days(20))
    patrol("officer_a2", "A2", farm_a2="normal")
    page = the_map("county", by="last")
    classes = {name: page.values[str(world.grids[name])] for name in ("A1", "A2", "A3", "B1")}
    assert {name: (value["class"], value["label"]) for name, value in classes.items()} == {
        "A1": ("age-1", "3 d"),
        "A2": ("age-3", "20 d"),
        "A3": ("age-nil", ""),
        "B1": ("age-4", "83 d"),  # objects never seen: since it came on the list
    }
    assert ("Village B1", "83", "2", "2", "-") in page.rows
    assert "Period" not in page.text and 'data-class="cover-0"' not in page.text


def test_coloured_by_reports_map_and_table_tell_open_and_overdue_of_each_village(the_map, world, report):
    report("officer_a1", "A1")
    with clock.at(clock.now() - make.days(30)):
        report("officer_a1", "A1")
        report("officer_a2", "A2")
    by_open, by_late = the_map("county", by="open"), the_map("county", by="late")
    shades = {
        name: tuple(page.values[str(world.grids[name])]["class"] for page in (by_open, by_late))
        for name in ("A1", "A2", "A3")
    }
    assert shades == {"A1": ("count-2", "count-1"), "A2": ("count-1", "count-1"), "A3": ("count-nil", "count-nil")}
    assert by_open.values[str(world.grids["A1"])]["label"] == ""  # its pills say it
    assert ("Village A1", "2", "1", "2") in by_open.rows and ("Village A1", "1", "2", "2") in by_late.rows
    assert "2 to 3 reports" in by_open.text and "no overdue report" in by_late.text and "Period" not in by_late.text


def test_who_reads_no_rounds_gets_neither_colour(the_map):
    for by in ("seen", "last"):
        page = the_map("liaison", by=by)
        assert page.values == {} and "Coloured by" not in page.text and " d<" not in page.text


def test_the_address_keeps_village_colour_and_days_through_every_link(the_map, world):
    a1 = world.grids["A1"]
    text = the_map("county", days=30, by="last", at=a1).text
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/map\?[^"]*)"', text)}
    first, last = (clock.today() - timedelta(days=ago) for ago in (30, 1))
    before = {f"/map?from={first}&to={last}&by=last&at={a1}"}
    now = {f"/map?days=30&at={a1}"} | {f"/map?days=30&by={by}&at={a1}" for by in ("last", "open", "late")}
    assert links == now | before
    assert f'data-selected="{a1}"' in text and 'data-chosen="chosen"' in text
    days = {link.replace("&amp;", "&") for link in re.findall(r'href="(/map\?[^"]*)"', the_map("county", at=a1).text)}
    assert f"/map?days=30&at={a1}" in days
    assert "data-chosen" not in the_map("county").text


def test_nonsense_in_an_address_that_was_sent_is_left_out(the_map, world):
    for at in ("x", "-1", "0", "9" * 30, "１２", "1e3", " ", "9" * 5000):
        page = the_map("officer_a1", at=at, by="zzz")
        assert page.status == 200 and f'data-selected="{world.grids["A1"]}"' in page.text, at[:9]
    assert the_map("county", at="999999").status == 200  # a grid that is no more


def test_the_page_says_whose_map_it_is_and_as_of_when(the_map):
    for login in ("county", "officer_a1", "liaison"):
        assert re.search(r"<h1>Map of Test County</h1>.*as of \d+ \w+, \d\d:\d\d", the_map(login).text, re.S), login


def test_the_cards_of_the_townships_and_of_the_county_can_be_reached_from_the_table(the_map, world):
    shown = {
        login: set(re.findall(r"Card of ([^<]+)<", the_map(login).text))
        for login in ("county", "township_a", "officer_a1")
    }
    assert shown == {"county": {"Test County", "Town A", "Town B"}, "township_a": {"Town A"}, "officer_a1": set()}
    assert (
        f'<a href="/grids/{world.grids["A"]}" data-map-show="{world.grids["A"]}">Card of Town A</a>'
        in the_map("county").text
    )


def test_reports_of_others_are_neither_points_nor_numbers(the_map, report):
    number = report("officer_a1", "A1", **INSIDE_A1)
    for login in ("township_b", "officer_a2", "officer_b1", "liaison", "committee_a1"):
        page = the_map(login)
        assert page.points == [], login
        assert all("open" not in value for value in page.values.values()), login
        assert number not in page.text, login


def test_a_closed_report_is_not_on_the_map(the_map, report):
    report("officer_a1", "A1", settle=True, problems=("rubbish_dumping",), **INSIDE_A1)
    page = the_map("county")
    assert page.points == []
    assert all("open" not in value for value in page.values.values())


def test_administrators_have_no_map(browse):
    assert [browse(login).get("/map").status_code for login in ("admin", "auditor")] == [403, 403]


def test_the_map_opens_on_the_own_village_or_township(the_map, world):
    assert f'data-selected="{world.grids["A1"]}"' in the_map("officer_a1").text
    assert f'data-selected="{world.grids["A"]}"' in the_map("township_a").text
    assert "data-selected" not in the_map("county").text


def test_the_map_asks_who_you_are(browse):
    assert "/login" in browse().client.get("/map").headers["Location"]


def test_without_borders_the_page_says_what_to_do(store: Any, tmp_path: Any):
    app = create_app(Config("", tmp_path, "a-test-key-of-sufficient-length-0123456789"), store)
    with store.write() as session:
        make.person(session, "early", "leader")
        leader = make.actor(session, "early")  # posted to no grid: there is none yet
    with app.test_request_context("/map"):
        g.actor = leader
        assert "wangge grids import" in app.view_functions["maps.show"]().get_data(as_text=True)
