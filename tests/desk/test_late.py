"""What is overdue by who holds it: each matter in one row, each number its list, and nobody sees what is not his."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests import make
from tests.desk.test_desks import busy  # noqa: F401
from tests.desk.test_tabs import asked, mixed  # noqa: F401
from webapp.core import clock
from webapp.core.calendar import DAY
from webapp.desk import tabs
from webapp.report import desk, details, late, queries, service, side_acts
from webapp.report.models import Assignment, Report, ReportJoint, SiteLook
from webapp.report.workflow import ENDS

READERS = ("county", "leader", "inspector", "township_a", "township_b")
ALL = 10**3
#: Who holds each state, and of what: said once more by hand.
HOLDS = {
    "township": ("township_supervisor", "township"),
    "returned": ("grid_officer", "village"),
    "station": ("station_officer", "body"),
    "station_done": ("township_supervisor", "township"),
    "township_done": ("county_office", None),
    "county": ("county_office", None),
    "department": ("department_liaison", "body"),
    "handling": ("department_liaison", "body"),
    "department_done": ("township_supervisor", "township"),
}


@pytest.fixture
def tardy(mixed):
    """The mixed county a month on: all that is open is late but one, each since another day; so is a closed one, if
    only its day is asked."""
    with mixed.store.write() as session:
        for number, report in enumerate(session.scalars(select(Report).order_by(Report.number)).all()):
            report.due_at = clock.now() - timedelta(days=30 - number, hours=1)
        session.scalars(select(Report).where(Report.state == "township")).first().due_at = clock.now() + DAY
    return mixed


def overdue(session, login):
    """What one sees of it now."""
    return late.Overdue(session, make.actor(session, login), clock.now())


def held_by_hand(session, world, report):
    """The row that a report belongs to."""
    role, of = HOLDS[report.state]
    lead = details.leads(session, [report.id]).get(report.id)
    if lead is not None and report.state == "station" and lead.id == world.bodies["station_a"]:
        return "nobody", 0  # who speaks for it is suspended
    cell = next(name for name, id_ in world.grids.items() if id_ == report.grid_id)
    return role, {"township": world.grids[cell[0]], "village": report.grid_id, "body": lead and lead.id, None: 0}[of]


def listed(page):
    """The ids of the reports that a page lists."""
    return re.findall(r'<p class="row-title"><a href="/reports/([0-9a-f-]+)"', page)


def lines(page):
    """The rows of the page: address, who has it, number, and the rest."""
    return [
        (where, who, int(number), re.sub(r"<[^>]+>", " ", rest))
        for where, who, number, rest in re.findall(
            r'<th scope="row"><a href="([^"]+)">([^<]+)</a></th><td class="n">(\d+)</td>(.*?)</tr>', page
        )
    ]


# --- the laws ---


def test_each_overdue_report_is_in_the_one_row_of_who_holds_it_and_no_other_is_anywhere(tardy):
    with tardy.store.read() as session:
        late_now = [
            report
            for report in session.scalars(select(Report))
            if report.state not in ENDS and report.due_at < clock.now()
        ]
        truth = Counter(held_by_hand(session, tardy, report) for report in late_now)
        found = overdue(session, "county")
        assert {(row.role, row.place): row.number for row in found.rows()} == truth
        behind = {key: [report.id for report in found.reports(*key, 0, ALL)] for key in truth}
        for report in late_now:
            assert [key for key, ids in behind.items() if report.id in ids] == [held_by_hand(session, tardy, report)]
        assert sum(map(len, behind.values())) == len(late_now) == len({id_ for ids in behind.values() for id_ in ids})
    assert {role for role, _ in truth} == {"nobody", *(role for role, _ in HOLDS.values())}, (
        "each kind of holder has some"
    )


@pytest.mark.parametrize("login", READERS)
def test_the_sum_of_the_rows_is_the_number_of_the_list_that_there_was_before(tardy, login):
    with tardy.store.read() as session:
        lists = desk.Lists(session, make.actor(session, login), clock.now())
        rows = overdue(session, login).rows()
        assert sum(row.number for row in rows) == lists.counts(["late_anywhere"])["late_anywhere"] > 0
        ids = {report.id for row in rows for report in overdue(session, login).reports(row.role, row.place, 0, ALL)}
        assert ids == {report.id for report in lists.rows("late_anywhere", 0, ALL)}


@pytest.mark.parametrize("login", READERS)
def test_each_number_is_that_of_the_list_behind_it_and_the_oldest_is_its_first(tardy, browse, login):
    browser = browse(login)
    rows = lines(browser.get("/late").text)
    with tardy.store.read() as session:
        due = {str(report.id): report.due_at for report in session.scalars(select(Report))}
    since = []
    for where, who, number, _rest in rows:
        page = browser.get(where).text
        assert len(listed(page)) == number and f"Overdue: {who}".lower() in page.lower()
        assert re.search(rf"\b{number} reports? in all", page)
        moments = [due[id_] for id_ in listed(page)]
        assert moments == sorted(moments)
        since.append(moments[0])
    assert since == sorted(since) and len(rows) > 2, "who has the oldest stands first"


def test_an_office_finds_under_its_own_row_what_its_desk_calls_overdue(tardy):
    with tardy.store.read() as session:
        for login, role, place in (
            ("county", "county_office", 0),
            ("township_b", "township_supervisor", tardy.grids["B"]),
            ("liaison", "department_liaison", tardy.bodies["housing"]),
            ("committee_a1", "station_officer", tardy.bodies["committee_a1"]),
        ):
            own = tabs.Desk(session, make.actor(session, login), clock.now()).rows("overdue", 0, ALL)
            row = overdue(session, "county").reports(role, place, 0, ALL)
            assert [report.id for report in own] == [report.id for report in row] != [], login


def test_a_matter_on_a_border_counts_once_where_it_is_led_and_both_townships_see_it_there(tardy):
    with tardy.store.write() as session:
        (border,) = session.scalars(select(ReportJoint.report_id)).all()
        session.get_one(Report, border).due_at = clock.now() - DAY
    with tardy.store.read() as session:
        for login in ("township_a", "township_b"):
            found = overdue(session, login)
            where = [
                (row.role, row.place)
                for row in found.rows()
                if border in [report.id for report in found.reports(row.role, row.place, 0, ALL)]
            ]
            assert where == [("township_supervisor", tardy.grids["A"])], login


def test_a_site_look_and_a_cooperating_part_that_are_late_beside_a_report_in_time_count_nowhere(tardy):
    with tardy.store.write() as session:
        in_time = session.scalars(select(Report).where(Report.state.in_(("township", "handling")))).all()
        for report in in_time:
            report.due_at = clock.now() + DAY
        session.flush()
        before = overdue(session, "county").rows()
        for report in in_time:
            side_acts.ask_look(session, make.actor(session, "county"), report.id, make.ids.new(), None)
        looks = session.execute(update(SiteLook).values(due_at=clock.now() - DAY)).rowcount
        parts = update(Assignment).where(Assignment.role == "coop").values(due_on=clock.today() - 9 * DAY)
        assert looks == len(in_time) and session.execute(parts).rowcount
        assert overdue(session, "county").rows() == before
        assert tardy.bodies["ecology"] not in {row.place for row in before if row.role == "department_liaison"}


def test_when_nobody_is_there_any_more_it_moves_to_the_row_of_what_nobody_holds(tardy):
    village = tardy.grids["A1"]
    with tardy.store.write() as session:
        before = {(row.role, row.place): row.number for row in overdue(session, "county").rows()}
        session.get_one(make.Person, tardy.people["officer_a1"]).suspended_at = clock.now()
        after = {(row.role, row.place): row.number for row in overdue(session, "county").rows()}
    moved = before.pop(("grid_officer", village))
    assert after == before | {("nobody", 0): before["nobody", 0] + moved}


def test_a_look_that_waits_where_nobody_is_leaves_the_matter_with_who_holds_it(tardy):
    with tardy.store.write() as session:
        with_county = session.scalars(select(Report).where(Report.state == "county")).first()
        side_acts.ask_look(session, make.actor(session, "county"), with_county.id, make.ids.new(), None)
        before = {(row.role, row.place): row.number for row in overdue(session, "county").rows()}
        for login in ("officer_a1", "officer_b1"):
            session.get_one(make.Person, tardy.people[login]).suspended_at = clock.now()
        after = {(row.role, row.place): row.number for row in overdue(session, "county").rows()}
        lists = desk.Lists(session, make.actor(session, "county"), clock.now())
        nobodys = {report.id for report in lists.rows("nobody", 0, ALL)}
        assert with_county.id in nobodys and after["county_office", 0] == before["county_office", 0]


def test_what_was_with_another_body_before_counts_once_with_the_one_that_leads_now(tardy):
    with tardy.store.write() as session:
        bounced = session.scalars(select(Report).where(queries.last_action_is("bounce"))).one()
        due = (clock.today() + 5 * DAY).isoformat()
        given = {"ground": "none_listed", "ground_text": "x", "due": due, "body": tardy.bodies["ecology"]}
        before = sum(row.number for row in overdue(session, "county").rows())
        service.move(session, make.actor(session, "county"), bounced.id, make.move("dispatch", "county", **given))
        bounced.due_at = clock.now() - DAY
        session.flush()
        rows = {(row.role, row.place): row.number for row in overdue(session, "county").rows()}
    assert rows["department_liaison", tardy.bodies["ecology"]] == 1
    assert sum(rows.values()) == before


def test_who_speaks_for_a_department_besides_finds_each_of_all_that_he_may_read_once(tardy):
    """What a department may read hangs on its parts, and so does who holds a report: neither may narrow the other."""
    with tardy.store.write() as session:
        make.posting(session, tardy.people["leader"], "department_liaison", body=tardy.bodies["ecology"])
        make.posting(session, tardy.people["township_b"], "department_liaison", body=tardy.bodies["ecology"])
    with tardy.store.read() as session:
        for login in ("leader", "township_b"):
            lists = desk.Lists(session, make.actor(session, login), clock.now())
            rows = overdue(session, login).rows()
            assert sum(row.number for row in rows) == lists.counts(["late_anywhere"])["late_anywhere"]
            liaisons = [row.place for row in rows if row.role == "department_liaison"]
            assert tardy.bodies["housing"] in liaisons, login


# --- who may ---


@pytest.mark.parametrize("login", ["officer_a1", "liaison", "committee_a1", "admin", "auditor"])
def test_nobody_without_the_right_reaches_the_page_or_a_list(tardy, browse, login):
    browser = browse(login)
    where = f"/late/township_supervisor/{tardy.grids['A']}"
    assert [browser.get(address).status_code for address in ("/late", where)] == [403, 403]
    assert "/late" not in browser.get("/").text


def test_who_holds_nothing_that_a_township_may_read_is_answered_as_who_is_not_there(tardy, browse):
    browser = browse("township_b")
    hidden = ("grid_officer", tardy.grids["A1"]), ("station_officer", tardy.bodies["committee_a1"])

    def answer(role, place):
        page = browser.get(f"/late/{role}/{place}")
        return page.status_code, page.text.replace(f"/{place}", "").split("<main")[1]

    for role, place in hidden:
        with tardy.store.read() as session:
            assert overdue(session, "county").count(role, place) and not overdue(session, "township_b").count(
                role, place
            )
        assert answer(role, place) == answer(role, 999_999)
        assert "Nothing is overdue here now." in answer(role, place)[1]
    assert browser.get("/late/leader/0").status_code == browser.get("/late/x/0").status_code == 404


@pytest.mark.parametrize("login", READERS)
def test_every_desk_that_may_leads_there_with_one_tap(tardy, browse, login):
    for address in ("/desk", f"/desk?tab={tabs.DESKS[make_role(tardy, login)][0]}"):
        assert '<a href="/late">' in browse(login).get(address).text


def make_role(world, login):
    with world.store.read() as session:
        (role,) = make.actor(session, login).roles()
    return role


# --- words, and what it costs ---


def test_the_page_says_who_how_many_since_when_and_how_long(tardy, browse):
    with tardy.store.write() as session:
        session.execute(update(Report).values(due_at=clock.now() + DAY))
        for state, days in (("returned", 3), ("handling", 8), ("county", 5)):
            session.execute(
                update(Report).where(Report.state == state).values(due_at=clock.now() - timedelta(days=days, hours=1))
            )
    page = browse("county").get("/late").text
    rows = [(who, number, rest.split()[-3:]) for _where, who, number, rest in lines(page)]
    assert rows == [
        ("Housing Bureau", 1, ["8", "days", "late"]),
        ("County office", 2, ["5", "days", "late"]),
        ("Grid officer of Village A1", 1, ["3", "days", "late"]),
    ]
    day = clock.day(clock.now() - timedelta(days=8, hours=1))
    assert f"{day.day} {day:%b}" in lines(page)[0][3]
    assert "4 reports in all" in page and "Site visits and the parts of cooperating bodies" in page


@pytest.mark.parametrize("login", ["county", "township_b"])
def test_where_nothing_is_overdue_the_page_says_so_and_no_more(world, browse, login):
    page = browse(login).get("/late").text
    assert "Nothing is overdue." in page and not lines(page), "of other townships a township is told nothing"


def test_one_grouped_statement_and_no_more_statements_for_more_who_hold_some(tardy, asked):
    def cost():
        with tardy.store.read() as session:
            actor = make.actor(session, "county")
            asked.clear()
            rows = late.Overdue(session, actor, clock.now()).rows()
            late.names(session, [(row.role, row.place) for row in rows])
        assert [statement.count("GROUP BY") for statement in asked if "GROUP BY" in statement] == [1]
        return len(rows), list(asked)

    many, sent = cost()
    with tardy.store.write() as session:
        kept = session.scalars(select(Report).where(Report.state.in_(("returned", "station", "handling")))).all()
        session.execute(
            update(Report).where(Report.id.not_in([report.id for report in kept])).values(due_at=clock.now() + DAY)
        )
    few, sent_for_few = cost()
    assert many > few + 2 > 4 and len(sent) == len(sent_for_few) < 14


def test_what_a_reader_may_see_is_asked_of_the_table_of_rights(tardy):
    """The rows of a township are those of what it may read, and no one else's."""
    with tardy.store.read() as session:
        for login in READERS:
            may_read = set(session.scalars(queries.readable(make.actor(session, login))))
            found = overdue(session, login)
            seen = [report for row in found.rows() for report in found.reports(row.role, row.place, 0, ALL)]
            assert seen and set(seen) == {
                report for report in may_read if report.state not in ENDS and report.due_at < clock.now()
            }
