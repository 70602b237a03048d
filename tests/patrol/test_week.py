"""A week on one sheet: what is due stands on paper, and the sheet comes in as rounds, all of them or none, once."""

import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import make
from tests.conftest import Browser, World
from tests.core.together import WRITERS, side_by_side
from webapp.core import clock, ids
from webapp.core.errors import NotFound, Refused
from webapp.patrol import week
from webapp.patrol.models import Patrol, PatrolObject, Visit
from webapp.patrol.queries import ObjectRow, Thing, TypeInfo
from webapp.patrol.service import VisitEntry
from webapp.patrol.week import WeekEntry

MONDAY = date(2026, 11, 23)


def row(id_: int, due_on: date) -> ObjectRow:
    return ObjectRow(Thing(id_, 1, MONDAY, "鱼塘", "Pond", False), TypeInfo("pond", "坑塘", "Pond"), None, due_on)


def test_what_falls_due_in_the_week_stands_first_by_its_day() -> None:
    rows = [
        row(1, date(2026, 12, 9)),
        row(2, date(2026, 11, 26)),
        row(3, date(2026, 10, 1)),
        row(4, date(2026, 11, 29)),
    ]
    found = week.lines(rows, MONDAY, date(2026, 11, 25))
    assert [(line.row.object.id, line.due_on) for line in found] == [
        (3, MONDAY),
        (2, date(2026, 11, 26)),
        (4, date(2026, 11, 29)),
        (1, None),
    ]
    assert [line.due_on for line in week.lines(rows, MONDAY, date(2026, 11, 30))] == [None] * 4, "that week is over"


@pytest.mark.parametrize(
    ("day", "first"), [("2026-11-29", "2026-11-23"), ("2026-11-30", "2026-11-30"), ("2027-01-02", "2026-12-28")]
)
def test_a_week_begins_on_monday(day: str, first: str) -> None:
    assert week.monday(date.fromisoformat(day)) == date.fromisoformat(first)
    assert week.days(date.fromisoformat(first))[-1] - date.fromisoformat(first) == timedelta(days=6)


def address(world: World, more: str = "") -> str:
    return f"/grids/{world.grids['A1']}/week{more}"


def typed(world: World, **more: Any) -> dict[str, Any]:
    """A sheet of the week before: the farm on Tuesday and Friday, the kiln locked on Friday."""
    farm, kiln = world.things["farm_a1"], world.things["kiln_a1"]
    first = week.monday(clock.today()) - timedelta(days=7)
    tuesday, friday = first + timedelta(days=1), first + timedelta(days=4)
    return {
        "id": str(ids.new()),
        "first": first.isoformat(),
        "person_id": world.people["officer_a1"],
        f"w{farm}-{tuesday}": "1",
        f"w{farm}-{friday}": "2",
        f"w{kiln}-{friday}": "3",
        f"w{kiln}-{tuesday}": "",
    } | more


def unmarked(sheet: dict[str, Any]) -> dict[str, Any]:
    """The same with all its boxes empty."""
    return {name: figure for name, figure in sheet.items() if not name.startswith("w")}


def stored(world: World) -> list[tuple[Any, ...]]:
    """Day, object, result, reason, mode and walker of each visit."""
    with world.store.read() as session:
        found = session.execute(
            select(Visit.at, Visit.object_id, Visit.result, Visit.reason, Patrol.entry_mode, Patrol.person_id)
            .join(Patrol, Patrol.id == Visit.patrol_id)
            .order_by(Visit.at, Visit.object_id)
        )
        return [(clock.day(each[0]).weekday(), *each[1:]) for each in found]


def enter(browser: Browser, world: World, sheet: dict[str, Any]) -> Any:
    return browser.post(address(world, "/enter"), **sheet)


def test_a_sheet_comes_in_as_a_round_for_each_day_and_once(browse: Any, world: World) -> None:
    township, sheet = browse("township_a"), typed(world)
    for _ in range(2):
        assert enter(township, world, sheet).status_code == 303
    farm, kiln, officer = world.things["farm_a1"], world.things["kiln_a1"], world.people["officer_a1"]
    assert stored(world) == [
        (1, farm, "normal", None, "for_someone", officer),
        (4, farm, "problem", None, "for_someone", officer),
        (4, kiln, "could_not_see", "locked", "for_someone", officer),
    ]
    again = township.client.get(address(world, "/enter") + f"?id={sheet['id']}&first={sheet['first']}")
    assert again.status_code == 303 and again.location.endswith(f"/week?first={sheet['first']}")


def test_an_officer_types_in_his_own_paper(browse: Any, world: World) -> None:
    sheet = typed(world)
    del sheet["person_id"]
    assert enter(browse("officer_a1"), world, sheet).status_code == 303
    assert {each[4] for each in stored(world)} == {"later"}


def test_other_content_under_the_same_id_is_said_and_can_be_sent_as_a_sheet_of_its_own(
    browse: Any, world: World
) -> None:
    township, sheet = browse("township_a"), typed(world)
    enter(township, world, sheet)
    box = next(name for name, figure in sheet.items() if figure == "2")
    answer = enter(township, world, sheet | {box: "1"})
    assert answer.status_code == 409 and len(stored(world)) == 3
    assert re.search(r'name="id"[^>]*value="([^"]+)"', answer.text)[1] != sheet["id"]


def test_a_sheet_that_comes_again_with_a_day_more_or_less_is_another_one(browse: Any, world: World) -> None:
    township, sheet = browse("township_a"), typed(world)
    enter(township, world, sheet)
    friday = max(name.partition("-")[2] for name in sheet if name.startswith("w"))
    less = {name: figure for name, figure in sheet.items() if not name.endswith(friday)}
    monday = f"w{world.things['farm_a1']}-{sheet['first']}"
    for other in (less, sheet | {monday: "1"}):
        assert enter(township, world, other).status_code == 409
    assert len(stored(world)) == 3


def test_a_box_that_was_filled_meanwhile_is_not_filled_twice(browse: Any, world: World) -> None:
    first, second = typed(world), typed(world)
    assert enter(browse("township_a"), world, first).status_code == 303
    answer = enter(browse("township_a_two"), world, second)
    assert answer.status_code == 422 and "3 of these boxes were filled meanwhile" in answer.text
    assert len(stored(world)) == 3
    more = unmarked(second) | {f"w{world.things['kiln_a1']}-{second['first']}": "1"}
    assert enter(browse("township_a_two"), world, more).status_code == 303
    assert len(stored(world)) == 4


def test_of_two_who_type_in_the_same_sheet_at_once_one_is_told(world: World) -> None:
    first = week.monday(clock.today()) - timedelta(days=7)
    visit = VisitEntry(world.things["farm_a1"], "normal")

    def enter_it() -> None:
        entry = WeekEntry(ids.new(), world.grids["A1"], world.people["officer_a1"], {first: (visit,)})
        with world.store.write() as session:
            week.record(session, make.actor(session, "township_a"), entry)

    refused = side_by_side(*[enter_it] * WRITERS)
    assert len(refused) == WRITERS - 1 and all("filled meanwhile" in str(each) for each in refused)
    assert len(stored(world)) == 1


def test_who_may_not_go_there_learns_nothing_of_what_was_filled(world: World) -> None:
    first = week.monday(clock.today()) - timedelta(days=7)
    visit = VisitEntry(world.things["farm_a1"], "normal")
    with world.store.write() as session:
        entry = WeekEntry(ids.new(), world.grids["A1"], None, {first: (visit,)})
        week.record(session, make.actor(session, "officer_a1"), entry)
    for grid, expected in (("A1", NotFound), ("B1", Refused)):
        entry = WeekEntry(ids.new(), world.grids[grid], None, {first: (visit,)})
        with pytest.raises(expected) as refusal, world.store.write() as session:
            week.record(session, make.actor(session, "officer_b1"), entry)
        assert "filled" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"person_id": ""}, "Choose the officer who did this patrol."),
        ({"person_id": "officer_a2"}, "was not posted here on that day"),
        ({"farm": "9"}, "9 is none of the figures"),
        ({"farm": "x"}, "x is none of the figures"),
        ({"to come": "1"}, "still to come|has not come"),
        ({"elsewhere": "1"}, "was not on the list on that day"),
        ({"another week": "1"}, "This form is damaged."),
        ({"no day": "1"}, "This form is damaged."),
        ({"empty": ""}, "Nothing is marked yet."),
    ],
)
def test_one_wrong_box_leaves_everything_out_and_what_was_typed_stays(
    browse: Any, world: World, change: dict[str, str], said: str
) -> None:
    sheet = typed(world)
    first = date.fromisoformat(sheet["first"])
    (name, value), farm = next(iter(change.items())), world.things["farm_a1"]
    match name:
        case "person_id":
            sheet["person_id"] = world.people.get(value, "")
        case "farm":
            sheet[f"w{farm}-{first}"] = value
        case "to come":
            ahead = week.monday(clock.today()) + timedelta(days=7)
            sheet = unmarked(sheet) | {"first": ahead.isoformat(), f"w{farm}-{ahead}": value}
        case "another week":
            sheet[f"w{farm}-{first - timedelta(days=1)}"] = value
        case "elsewhere":
            sheet[f"w{world.things['farm_b1']}-{first}"] = value
        case "no day":
            sheet[f"w{farm}-2026-02-30"] = value
        case "empty":
            sheet = unmarked(sheet)
    answer = enter(browse("township_a"), world, sheet)
    assert answer.status_code == 422 and re.search(said, answer.text)
    assert stored(world) == []
    if name not in ("empty", "to come"):
        assert re.search(rf'name="w{farm}-[^"]+" value="2"', answer.text), "what was typed is there again"


def test_what_came_in_stands_on_the_sheet_and_cannot_be_typed_over(browse: Any, world: World) -> None:
    township, sheet = browse("township_a"), typed(world)
    enter(township, world, sheet)
    for page in ("", "/enter"):
        text = township.get(address(world, page) + f"?first={sheet['first']}").text
        assert len(re.findall(r'<a href="/rounds?/[^"]+">[123]</a>|<a href="[^"]+patrols?/[^"]+">[123]</a>', text)) == 3
        assert text.count('class="in box"') == (0 if page == "" else 2 * 7 - 3)


@pytest.mark.parametrize(
    ("day", "at"),
    [("2026-11-29", "12:00"), ("2026-11-30", "21:40"), ("2026-12-01", "00:00")],
    ids=["before the sheet was begun: noon", "that day: the moment", "after it: when the day begins, never to come"],
)
def test_when_a_box_was_marked_follows_from_the_day_and_from_when_the_sheet_was_begun(day: str, at: str) -> None:
    begun = clock.at_hour(date(2026, 11, 30), time(21, 40))
    with clock.at(begun):
        entry_id = ids.new()
    on = date.fromisoformat(day)
    [made] = week.rounds(WeekEntry(entry_id, 1, None, {on: (VisitEntry(1, "normal"),)}))
    assert clock.minute(made.at) == f"{day} {at}"


def test_a_sheet_begun_the_evening_before_is_sent_in_the_morning(browse: Any, world: World) -> None:
    with clock.at(clock.at_hour(clock.today() - timedelta(days=1), time(21, 40))):
        begun = str(ids.new())
    first = week.monday(clock.today())
    box = {f"w{world.things['farm_a1']}-{clock.today()}": "1"}
    with clock.at(clock.at_hour(clock.today(), time(8, 5))):
        sent = enter(browse("township_a"), world, unmarked(typed(world)) | {"id": begun, "first": first} | box)
    assert sent.status_code == 303, sent.text
    assert [each[0] for each in stored(world)] == [clock.today().weekday()]


def test_days_to_come_have_no_box(browse: Any, world: World) -> None:
    ahead = week.monday(clock.today()) + timedelta(days=7)
    township = browse("township_a")
    assert township.get(address(world, "/enter") + f"?first={ahead}").text.count('class="in box"') == 0
    paper = township.get(address(world) + f"?first={ahead}").text
    assert "Xingwang Farm" in paper and "Type in a sheet" not in paper


def test_days_before_an_object_was_listed_have_no_box(browse: Any, world: World) -> None:
    first = week.monday(clock.today()) - timedelta(days=7)
    with world.store.write() as session:
        session.get_one(PatrolObject, world.things["kiln_a1"]).valid_from = first + timedelta(days=5)
    page = browse("township_a").get(address(world, "/enter") + f"?first={first}").text
    days = re.findall(rf'name="w{world.things["kiln_a1"]}-([^"]+)"', page)
    assert days == [str(first + timedelta(days=number)) for number in (5, 6)]


def test_an_object_that_was_off_the_list_all_week_is_not_on_the_sheet(browse: Any, world: World) -> None:
    with world.store.write() as session:
        session.get_one(PatrolObject, world.things["kiln_a1"]).valid_to = week.monday(clock.today())
    page = browse("officer_a1").get(address(world)).text
    assert "Xingwang Farm" in page and "Old kiln" not in page


def test_what_was_taken_off_in_the_week_has_boxes_until_then_and_is_not_due(browse: Any, world: World) -> None:
    first = week.monday(clock.today()) - timedelta(days=7)
    kiln, off = world.things["kiln_a1"], first + timedelta(days=3)
    with world.store.write() as session:
        session.get_one(PatrolObject, kiln).valid_to = off
    page = browse("township_a").get(address(world, "/enter") + f"?first={first}").text
    assert re.findall(rf'name="w{kiln}-([^"]+)"', page) == [str(first + timedelta(days=number)) for number in range(3)]
    assert "off the list since" in page
    found = enter(browse("township_a"), world, unmarked(typed(world)) | {f"w{kiln}-{off - timedelta(days=1)}": "1"})
    assert found.status_code == 303, found.text
    too_late = enter(browse("township_a"), world, unmarked(typed(world)) | {f"w{kiln}-{off}": "1"})
    assert too_late.status_code == 422 and "not on the list on that day" in too_late.text
    taken_off = row(1, first)._replace(object=Thing(1, 1, first, "鱼塘", "Pond", False, valid_to=off))
    assert [line.due_on for line in week.lines([taken_off], first, first)] == [None]


def test_only_a_village_has_a_sheet_and_only_for_who_goes_round_there(browse: Any, world: World) -> None:
    assert browse("township_a").client.get(f"/grids/{world.grids['A']}/week").status_code == 404
    assert browse("officer_b1").client.get(address(world)).status_code == 404
    assert browse("leader").client.get(address(world)).status_code == 403
    assert enter(browse("township_b"), world, typed(world)).status_code == 404
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Patrol)) == 0


def test_a_mark_means_what_the_legend_says() -> None:
    assert week.marks(["locked", "weather"]) == {
        "1": ("normal", None),
        "2": ("problem", None),
        "3": ("could_not_see", "locked"),
        "4": ("could_not_see", "weather"),
    }


def test_the_sheet_leads_to_a_few_weeks_and_no_further() -> None:
    today = date(2026, 11, 25)
    seen, first = [], MONDAY + timedelta(days=7)
    while first is not None:
        seen.append((first - MONDAY).days // 7)
        before, after = week.beside(first, today)
        assert (after is None) == (first == MONDAY + timedelta(days=7))
        first = before
    assert seen == [1, 0, -1, -2]
