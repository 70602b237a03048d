"""Desks: a count equals its list, what stands where, and that a role sees its own."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import make
from webapp.core import clock
from webapp.desk import tabs
from webapp.patrol import service as patrol_service
from webapp.report import service
from webapp.report.models import Report
from webapp.report.workflow import ENDS, STATES


@pytest.fixture
def busy(world):
    """Reports of A1 and B1 in many states, some late."""
    due = (clock.today() + timedelta(days=5)).isoformat()
    ways = [
        ("A1", ()),
        ("A1", ()),
        ("B1", ()),
        ("A1", (("township_a", "give_back", {"missing": ["place"]}),)),
        ("A1", (("township_a", "assign", {"body": world.bodies["committee_a1"], "due": due}),)),
        (
            "A1",
            (
                ("township_a", "assign", {"body": world.bodies["station_a"], "due": due}),
                ("station_a", "handle", {"result": "true", "done": "x"}),
            ),
        ),
        ("A2", (("township_a", "handle", {"result": "true", "done": "x"}),)),
        ("A1", (("township_a", "raise", {"reason": "x"}),)),
        ("A1", (("township_a", "raise", {"reason": "x"}), ("county", "dispatch", _dispatch(world, due)))),
        (
            "B1",
            (
                ("township_b", "raise", {"reason": "x"}),
                ("county", "dispatch", _dispatch(world, due)),
                ("liaison", "bounce", {"duty_or_none": "none", "reason": "x"}),
            ),
        ),
        (
            "A1",
            (
                ("township_a", "raise", {"reason": "x"}),
                ("county", "dispatch", _dispatch(world, due)),
                ("liaison", "receive", {}),
                ("liaison", "handle", {"result": "true", "done": "x"}),
                ("township_a", "redo", {"reason": "x"}),
            ),
        ),
    ]
    for number, (village, moves) in enumerate(ways):
        with clock.at(clock.now() - timedelta(days=9 if number % 2 else 0, minutes=30 - number)):
            entry = make.report(world.grids[village], problems=("dust",))
            with world.store.write() as session:
                service.submit(session, make.actor(session, f"officer_{village.lower()}"), entry)
                for login, action, given in moves:
                    seen = session.get(Report, entry.id).state
                    service.move(session, make.actor(session, login), entry.id, make.move(action, seen, **given))
    return world


def _dispatch(world, due):
    return {
        "body": world.bodies["housing"],
        "ground": "minutes",
        "ground_text": "x",
        "due": due,
        "coop": [world.bodies["ecology"]],
    }


DESKS = {
    "township_a": "township_supervisor",
    "township_b": "township_supervisor",
    "county": "county_office",
    "liaison": "department_liaison",
    "liaison_other": "department_liaison",
    "station_a": "station_officer",
    "committee_a1": "station_officer",
    "leader": "leader",
    "inspector": "inspector",
}


@pytest.mark.parametrize("login", DESKS)
def test_a_count_equals_its_list(busy, browse, login):
    with busy.store.read() as session:
        desk = tabs.Desk(session, make.actor(session, login), clock.now())
        shown, counts = tabs.DESKS[DESKS[login]], desk.counts()
        lists = {tab.key: len(desk.rows(tab.key, 0, 1000)) for tab in desk.tabs}
    assert tuple(counts) and counts == lists and set(lists) == set(shown)
    browser = browse(login)
    for tab in shown:
        page = browser.get(f"/desk?tab={tab}").text.split("<main")[1]
        rows = len(re.findall(r'<li class="row[ "]', page))
        said = int(re.search(r'aria-current="[^"]*"[^>]*>.*?<span class="tab-count[^"]*">(\d+)', page, re.S)[1])
        assert rows == said, tab


def test_the_tabs_hold_what_their_words_say(busy):
    with busy.store.read() as session:

        def states(login, tab):
            desk = tabs.Desk(session, make.actor(session, login), clock.now())
            return sorted(report.state for report in desk.rows(tab, 0, 1000))

        assert states("township_a", "review") == ["township", "township"]
        assert states("township_a", "to_check") == ["station_done"]
        assert states("township_a", "returned") == ["returned"]
        assert states("county", "to_check") == ["township_done"]
        assert states("county", "bounced") == ["county"]
        assert len(states("county", "dispatch")) == 2
        assert states("liaison", "receive") == ["department"]
        assert states("liaison", "redo") == ["handling"]
        assert states("committee_a1", "station") == ["station"]
        assert states("liaison_other", "cooperating") == ["department", "handling"]
        assert states("liaison_other", "receive") == []


def test_what_is_late_stands_under_overdue_of_the_desk_that_holds_it_and_nowhere_else(busy):
    with busy.store.read() as session:
        late = session.scalars(select(Report).where(Report.state.not_in(ENDS), Report.due_at < clock.now())).all()
        desks = {report.id: set() for report in late if STATES[report.state].holder in DESKS.values()}
        for login, role in DESKS.items():
            if "overdue" in tabs.DESKS[role]:
                for report in tabs.Desk(session, make.actor(session, login), clock.now()).rows("overdue", 0, 1000):
                    desks[report.id].add(role)
        assert len(desks) > 3
        assert desks == {report.id: {STATES[report.state].holder} for report in late if report.id in desks}


def test_due_not_gone_lists_objects_and_empties_when_they_were_seen(world, browse):
    township = browse("township_a")
    assert "Old kiln" in township.get("/desk?tab=not_gone").text
    with world.store.write() as session:
        for login, village in (("officer_a1", "A1"), ("officer_a2", "A2")):
            entry = make.patrol(
                world.grids[village], {world.things[f"{kind}_{village.lower()}"]: "normal" for kind in ("farm", "kiln")}
            )
            patrol_service.record(session, make.actor(session, login), entry)
    page = township.get("/desk?tab=not_gone").text
    assert "Old kiln" not in page


def test_everybody_lands_on_the_page_their_work_begins_on(world, browse):
    for login, words in {
        "officer_a1": "Start patrol",
        "township_a": "To review",
        "county": "To dispatch",
        "liaison": "To receive",
        "committee_a1": "With village or station",
        "leader": "All open reports",
        "inspector": "All open reports",
        "admin": "People",
        "auditor": "Log",
    }.items():
        page = browse(login).get("/")
        assert page.status_code == 200
        assert words in page.text, login


def test_a_person_without_a_posting_is_told_whom_to_ask(world, browse, password_hash):
    with world.store.write() as session:
        make.person(session, "nobody", password_hash=password_hash)
    assert "no posting today" in browse("nobody").get("/").text


def test_the_card_of_a_village_says_who_is_responsible_what_is_due_and_what_is_open(busy, browse):
    page = browse("township_a").get(f"/grids/{busy.grids['A1']}").text
    for words in ("officer_a1", "Xingwang Farm", "Open reports", "Old kiln"):
        assert words in page


def test_a_county_setting_changes_what_it_says_and_stands_in_the_log(world, browse):
    county = browse("county")
    county.post("/settings/limits", **{"value-review": "3"})
    county.post("/settings/map", **{"value-coverage_days": "25"})
    page = county.get("/settings").text
    assert re.search(r'id="in-limit-review"[^>]*value="3"', page)
    assert re.search(r'id="in-setting-coverage_days"[^>]*value="25"', page)
    assert _changed(page) == 2
    log = browse("auditor").get("/log").text
    assert "Time limit changed" in log and "after: 25" in log
    assert "officer_a1" not in log and "person county" in log  # people by the name they log in with


@pytest.mark.parametrize(
    ("login", "group", "kind", "key", "value"),
    [
        ("county", "limits", "limit", "review", "0"),
        ("county", "limits", "limit", "review", "x"),
        ("county", "limits", "limit", "review", "²"),
        ("county", "map", "setting", "few", "²"),
        ("county", "work", "setting", "work_to", "25:00"),
        ("county", "map", "setting", "few", "-3"),
        ("county", "kept", "setting", "log_months", "5"),
        ("admin", "login", "setting", "idle_minutes", "many"),
        ("admin", "login", "setting", "idle_minutes", "0"),
        ("admin", "login", "setting", "login_failures", "0"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_beside_its_field_and_changes_nothing(
    world, browse, login, group, kind, key, value
):
    owner = browse(login)
    before = _changed(owner.get("/settings").text)
    answer = owner.post(f"/settings/{group}", **{f"value-{key}": value})
    assert answer.status_code == 422
    assert _changed(answer.text) == before
    assert re.search(rf'id="in-{kind}-{key}-error"', answer.text)
    box = re.search(rf'<input[^>]*id="in-{kind}-{key}"[^>]*>', answer.text)[0]
    assert f'value="{value}"' in box and 'aria-invalid="true"' in box


def _changed(page):
    return page.count("changed on")


def test_a_setting_that_does_not_exist_is_not_found(browse):
    county = browse("county")
    assert [
        county.post(f"/settings/{group}", **{"value-x": "5"}).status_code
        for group in ("limits", "map", "work", "other")
    ] == [404] * 4
    assert county.post("/settings/other").status_code == 404


def test_the_other_village_of_a_border_finds_the_matter_on_its_page_and_its_card(world, browse):
    entry = make.report(world.grids["A1"], joint=(world.grids["A2"],), place="ditch between the two")
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    neighbour = browse("officer_a2")
    assert "ditch between the two" in neighbour.get("/home").text.split("On our border")[1].split("My reports")[0]
    assert "ditch between the two" in neighbour.get(f"/grids/{world.grids['A2']}").text
    assert "ditch between the two" in browse("township_a").get(f"/grids/{world.grids['A2']}").text
    assert "ditch between the two" not in browse("officer_b1").get("/home").text
    assert "On our border" not in browse("officer_a1").get("/home").text, "it stands under his own reports"


def test_an_emergency_is_on_the_countys_desk_at_the_same_moment_as_on_the_townships(world, browse):
    entry = make.report(world.grids["A1"], severity="emergency", place="burning ditch")
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    for login in ("township_a", "county"):
        assert "burning ditch" in browse(login).get("/desk").text
    assert "burning ditch" not in browse("township_b").get("/desk").text
