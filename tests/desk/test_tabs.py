"""Tabs come from the domains: the desk orders them, a new kind of row needs nothing else, and no open state is
forgotten."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta

import pytest
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import event, select, update

from tests import make
from tests.desk.test_desks import DESKS, busy  # noqa: F401
from tests.test_domains import planted  # noqa: F401
from webapp.core import clock, ids
from webapp.core.calendar import DAY
from webapp.core.process import State
from webapp.desk import tabs, views
from webapp.feedback import service as feedback_service
from webapp.feedback.service import Message
from webapp.patrol import service as patrol_service
from webapp.report import desk as report_desk
from webapp.report import history, queries, service
from webapp.report.models import Report
from webapp.report.workflow import ENDS, STATES

# --- no open state is forgotten ---------------------------------------------------------------------------


def forgotten(states: Mapping[str, State], covered: Callable[[str], Collection[str]]) -> Iterator[str]:
    """The law: each open state stands under a tab of its holder's desk. What is wrong with a table of states."""
    for name, state in states.items():
        if state.holder and name not in covered(state.holder):
            yield f"{name}: under no tab of {state.holder}"


def on_desks(role: str) -> frozenset[str]:
    """The states of reports that a role finds on its desk."""
    return tabs.states_covered("report", role)


def test_each_open_state_of_a_report_stands_under_a_tab_of_its_holders_desk():
    assert list(forgotten(STATES, on_desks)) == []


@pytest.mark.parametrize("holder", ["department_liaison", "county_office", "grid_officer"])
def test_a_state_that_nobody_gave_a_tab_is_found_whoever_holds_it(holder):
    """The county's "All open" would show it, among everything else: that says to nobody that it is his turn."""
    added = STATES | {"resting": State("resting", holder, ("handle",))}
    assert list(forgotten(added, on_desks)) == [f"resting: under no tab of {holder}"]


@pytest.mark.parametrize(
    ("role", "tab", "lost"),
    [
        ("township_supervisor", "review", ["township"]),
        ("township_supervisor", "to_check", ["station_done", "department_done"]),
        ("county_office", "to_check", ["township_done"]),
        ("county_office", "dispatch", ["county"]),
        ("department_liaison", "receive", ["department"]),
        ("department_liaison", "handling", ["handling"]),
        ("station_officer", "station", ["station"]),
    ],
)
def test_a_desk_that_loses_a_tab_of_its_work_is_found(monkeypatch, role, tab, lost):
    monkeypatch.setitem(tabs.DESKS, role, tuple(other for other in tabs.DESKS[role] if other != tab))
    assert list(forgotten(STATES, on_desks)) == [f"{state}: under no tab of {role}" for state in lost]


@pytest.mark.parametrize(
    ("limit", "whose", "only", "whole"),
    [
        ("receive", "held", "-", {"department"}),
        ("check", "held", "-", {"station_done", "township_done", "department_done"}),
        ("supplement", "read", "-", {"returned"}),
        ("check", "held", "redo", set()),
        ("check", "cooperating", "-", set()),
        ("check", "sampled", "-", set()),
        ("open", "held", "-", set()),
        ("any", "read", "-", set()),
    ],
)
def test_a_tab_counts_for_the_states_that_it_shows_whole(limit, whose, only, whole):
    assert report_desk.whole_states({"waits_for": limit, "whose": whose, "only": only}) == whole


def _held(world):
    """The states of what the desks hold now, each of them found under a tab that names it."""
    found = set()
    with world.store.read() as session:
        for login in DESKS:
            actor = make.actor(session, login)
            held = session.scalars(queries.readable(actor).where(queries.held_by(actor))).all()
            desk = tabs.Desk(session, actor, clock.now())
            listed = {
                (report.id, state) for tab in desk.tabs for report in desk.rows(tab.key, 0, 99) for state in tab.states
            }
            assert {(report.id, report.state) for report in held} <= listed, login
            found |= {report.state for report in held}
    return found


def test_what_a_desk_holds_stands_under_the_tabs_that_name_its_states(busy):
    before = _held(busy)
    with busy.store.write() as session:
        handled = session.scalars(select(Report.id).where(Report.state == "handling")).one()
        entry = make.move("handle", "handling", result="true", done="x")
        service.move(session, make.actor(session, "liaison"), handled, entry)
    assert before | _held(busy) == set(STATES) - ENDS - {"returned"}


def test_what_came_back_to_an_officer_stands_on_his_own_page(busy, browse):
    with busy.store.read() as session:
        returned = session.scalars(select(Report).where(Report.state.in_(report_desk.TABS.on_home))).one()
    to_do = browse("officer_a1").get("/home").text.split("For you to do")[1].split("</section>")[0]
    assert f"/reports/{returned.id}" in to_do
    assert on_desks("grid_officer") == {"returned"} == {s for s, row in STATES.items() if row.holder == "grid_officer"}


# --- what each tab of reports lists, said once more by hand --------------------------------------------------

IS_OPEN = STATES.keys() - ENDS
#: Of a report that the reader may read: ``r`` the report, ``held`` whether it rests with him, ``last`` its last move,
#: ``coop`` whether his department cooperates on it, ``stuck`` the moment before which nothing has moved for days.
LISTED = {
    "emergency": lambda r, **_: r.state in IS_OPEN and r.severity == "emergency",
    "review": lambda r, held, **_: held and r.state == "township",
    "dispatch": lambda r, held, **_: held and r.state == "county",
    "receive": lambda r, held, **_: held and r.state == "department",
    "handling": lambda r, held, **_: held and r.state == "handling",
    "station": lambda r, held, **_: held and r.state == "station",
    "to_check": lambda r, held, **_: held and r.state in ("station_done", "department_done", "township_done"),
    "due_today": lambda r, held, **_: held and make.noon() <= r.due_at < clock.start(clock.day(make.noon()) + DAY),
    "overdue": lambda r, held, **_: held and r.due_at < make.noon(),
    "returned": lambda r, **_: r.state == "returned",
    "bounced": lambda r, held, last, **_: held and r.state == "county" and last == "bounce",
    "stuck": lambda r, stuck, **_: r.state in IS_OPEN and r.state_since < stuck,
    "settled": lambda r, **_: r.settled and r.sampled_at is None,
    "redo": lambda r, held, last, **_: held and last == "redo",
    "nobody": lambda r, **_: (r.state, r.severity) == ("station", "emergency"),
    "cooperating": lambda r, coop, **_: r.state in IS_OPEN and coop,
    "all_open": lambda r, **_: r.state in IS_OPEN,
    "late_anywhere": lambda r, **_: r.state in IS_OPEN and r.due_at < make.noon(),
}


@pytest.fixture
def mixed(busy):
    """The busy county with an emergency, a matter that is due today, one that was settled on the spot, a closed one,
    and one that a neighbouring township leads. Who speaks for the station that has the emergency is suspended."""
    with busy.store.write() as session:
        for village, changes in (
            ("A1", {"severity": "emergency"}),
            ("A2", {"due_at": make.noon() + timedelta(hours=1)}),
            ("A2", {"due_at": make.noon()}),
            ("A2", {"due_at": clock.start(clock.today() + DAY)}),
            ("A1", {"state": "closed", "is_open": False, "settled": True, "due_at": None}),
            ("B1", {"state": "closed", "is_open": False, "severity": "emergency", "due_at": None}),
        ):
            entry = make.report(busy.grids[village])
            service.submit(session, make.actor(session, f"officer_{village.lower()}"), entry)
            session.execute(update(Report).where(Report.id == entry.id).values(**changes))
        entry = make.report(busy.grids["A1"], joint=(busy.grids["B1"],))
        service.submit(session, make.actor(session, "officer_a1"), entry)
        handed_out = session.scalars(
            select(Report.id).where(Report.severity == "emergency", Report.state == "township")
        )
        to_station = {"body": busy.bodies["station_a"], "due": (clock.today() + 5 * DAY).isoformat()}
        entry = make.move("assign", "township", **to_station)
        service.move(session, make.actor(session, "township_a"), handed_out.one(), entry)
        session.get_one(make.Person, busy.people["station_a"]).suspended_at = clock.now()
    return busy


def test_each_tab_lists_what_its_word_says_on_every_desk(mixed):
    hits = dict.fromkeys(LISTED, 0)
    with mixed.store.read() as session:
        stuck = report_desk.moments(session, make.noon()).stuck_since
        for login in DESKS:
            actor = make.actor(session, login)
            read = session.scalars(queries.readable(actor)).all()
            held = set(session.scalars(queries.readable(actor).where(queries.held_by(actor))))
            coop = set(session.scalars(queries.readable(actor).where(queries.cooperates(actor))))
            last = history.last_moves(session, [report.id for report in read])
            desk = tabs.Desk(session, actor, make.noon())
            for key in {tab.key for tab in desk.tabs} - {"not_gone", "proposed", "vacant"}:
                facts = [
                    (r, {"held": r in held, "coop": r in coop, "last": last[r.id].event.action, "stuck": stuck})
                    for r in read
                ]
                wanted = {r.id for r, known in facts if LISTED[key](r, **known)}
                assert {report.id for report in desk.rows(key, 0, 99)} == wanted, (login, key)
                hits[key] += bool(wanted) and len(wanted) < len(read)
    assert [key for key, number in hits.items() if not number] == [], "lists that were never a part of what is read"


# --- a kind of row that the desk does not know --------------------------------------------------------------

#: The desk.py of a domain ``letter``; its table is borrowed from the feedback.
LETTERS = """
from sqlalchemy import literal, select
from webapp.access import where
from webapp.core.tabs import DomainTabs, Selects, SelectLists, Tab
from webapp.feedback.models import Feedback

WAITING = {"to_sign": Feedback.answered_at.is_(None), "signed": Feedback.answered_at.is_not(None)}

def lists(session, actor, at):
    mine = select(Feedback).where(where(actor, "feedback.answer", grid_path=literal("")))
    selects = Selects(mine, WAITING.__getitem__, (Feedback.at, Feedback.id))
    return SelectLists(session, selects.counting, selects.listing)

TABS = DomainTabs(
    {
        "to_sign": Tab("to_sign", "Letters to sign", "letter/_tab.html", opens=4),
        "signed": Tab("signed", "Signed letters", "letter/_tab.html"),
    },
    lists,
)
"""
ROWS = '<ul class="rows">{% for letter in listing %}<li class="row">letter {{ letter.text }}</li>{% endfor %}</ul>'


@pytest.fixture
def letter(planted):
    """A domain that announces nothing and gives tabs."""
    (planted / "about.py").write_text("from webapp.core.announce import About\n\nABOUT = About()\n")
    (planted / "desk.py").write_text(LETTERS)
    tabs.by_domain.cache_clear()
    yield planted
    tabs.by_domain.cache_clear()


@pytest.fixture
def letters(letter, world, app, monkeypatch):
    """The domain with its template, in its place on the county's desk; 32 letters of its own, two of them signed."""
    monkeypatch.setitem(tabs.DESKS, "county_office", ("to_sign", *tabs.DESKS["county_office"], "signed"))
    known = app.jinja_env.loader
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([known, DictLoader({"letter/_tab.html": ROWS})]))
    with world.store.write() as session:
        county = make.actor(session, "county")
        sent = [Message(ids.new(), "/", f"no. {number}") for number in range(32)]
        for entry in sent:
            feedback_service.send(session, county, entry)
        for entry in sent[:2]:
            feedback_service.answer(session, county, entry.id, "signed")
    return world


def _numbers(page):
    return re.findall(r'href="/desk\?tab=(\w+)"[^>]*><span>[^<]*</span> <span class="tab-count[^"]*">(\d+)', page)


def test_a_new_kind_of_row_needs_its_domain_and_its_place_on_a_desk(letters, browse):
    county = browse("county")
    opened = county.get("/desk").text
    numbers = _numbers(opened)
    assert (numbers[0], numbers[-1]) == (("to_sign", "30"), ("signed", "2"))
    assert opened.count("letter no. ") == 15 and "Show all 30" in opened, "it stands among what the desk opens with"
    pages = [county.get(f"/desk?tab=to_sign&page={page}").text for page in (0, 1, 2)]
    assert [page.count("letter no. ") for page in pages] == [25, 5, 0]
    assert county.get("/desk?tab=signed").text.count("letter no. ") == 2


def test_a_new_kind_of_row_is_on_no_other_desk(letters, browse):
    township = browse("township_a")
    assert "to_sign" not in township.get("/desk").text
    assert township.get("/desk?tab=to_sign").status_code == 404


# --- what a desk costs, and slips in its tables ---------------------------------------------------------------


@pytest.fixture
def asked(world):
    """The statements that are sent to the database for looking."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(world.store.reader, "before_cursor_execute", note)
    yield sent
    event.remove(world.store.reader, "before_cursor_execute", note)


def test_each_domain_counts_all_of_its_tabs_with_one_statement_and_objects_are_read_once(world, asked):
    with world.store.read() as session:
        desk = tabs.Desk(session, make.actor(session, "township_a"), clock.now())
        asked.clear()
        assert desk.counts()["not_gone"] == 4
        assert len(asked) == 4 + 2, "reports, seats, proposals and objects; for who sits where, and how often is due"
        assert len(desk.rows("not_gone", 0, 3)) == 3 and len(asked) == 4 + 2 + 1, "the names of the villages"


def test_a_desk_without_a_tab_of_a_domain_does_not_ask_it(world, asked):
    with world.store.read() as session:
        desk = tabs.Desk(session, make.actor(session, "county"), clock.now())
        desk.counts()
    assert not [statement for statement in asked if "patrol_object" in statement]


def test_who_sits_at_two_desks_finds_each_tab_once(world):
    both = [tab.key for tab in tabs.shown({"station_officer", "department_liaison"})]
    assert both == [*tabs.DESKS["department_liaison"], "station"]
    assert [tab.key for tab in tabs.opening(tabs.shown({"station_officer", "department_liaison"}))] == [
        "overdue",
        "due_today",
        "receive",
        "handling",
        "station",
    ]
    assert [tab.key for tab in tabs.opening(tabs.shown({"inspector"}))] == ["all_open"], (
        "where nothing opens, the first"
    )


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("township_supervisor", "overdue due_today review to_check proposed"),
        ("county_office", "emergency overdue due_today dispatch to_check proposed"),
        ("department_liaison", "overdue due_today receive handling"),
        ("station_officer", "overdue due_today station"),
        ("leader", "emergency"),
    ],
)
def test_a_desk_opens_with_what_is_urgent_and_then_what_rests_with_it(role, first):
    assert [tab.key for tab in tabs.opening(tabs.shown({role}))] == first.split()


def test_a_list_that_just_fills_a_page_has_no_other(letters, browse, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 30)
    monkeypatch.setattr(views, "OPENING", 30)
    county = browse("county")
    assert "Show all" not in county.get("/desk").text
    assert "page=1" not in county.get("/desk?tab=to_sign").text


def test_two_domains_cannot_give_the_same_tab(letter):
    (letter / "desk.py").write_text(LETTERS.replace('"to_sign"', '"stuck"').replace('"signed"', '"redo"'))
    with pytest.raises(ValueError, match="another domain than report gives a tab of this name too: redo, stuck"):
        tabs.every()


def test_an_object_that_is_due_only_today_is_not_late_yet(world):
    """Seen fourteen days ago, looked at every fourteen: due today, under the tab from tomorrow on."""
    seen = clock.now() - timedelta(days=14)
    with clock.at(seen), world.store.write() as session:
        things = {world.things[f"{kind}_a1"]: "normal" for kind in ("farm", "kiln")}
        patrol_service.record(session, make.actor(session, "officer_a1"), make.patrol(world.grids["A1"], things))
    with world.store.read() as session:
        desks = [tabs.Desk(session, make.actor(session, "township_a"), at) for at in (clock.now(), clock.now() + DAY)]
        listed = [[line.object.id for line, _ in desk.rows("not_gone", 0, 99)] for desk in desks]
        assert [world.things["farm_a1"] in found for found in listed] == [False, True]
        assert [desk.counts()["not_gone"] for desk in desks] == [len(found) for found in listed]


def test_a_matter_on_the_border_of_two_townships_rests_with_the_one_that_leads_it_and_both_see_it(world):
    with world.store.write() as session:
        entry = make.report(world.grids["A1"], joint=(world.grids["B1"],))
        service.submit(session, make.actor(session, "officer_a1"), entry)
    with world.store.read() as session:
        desks = [tabs.Desk(session, make.actor(session, login), clock.now()) for login in ("township_a", "township_b")]
        assert [(desk.counts()["review"], desk.counts()["all_open"]) for desk in desks] == [(1, 1), (0, 1)]


@pytest.mark.parametrize("login", ["township_a", "county", "leader"])
def test_only_the_number_of_an_alarm_is_coloured_as_late(busy, browse, login):
    with busy.store.write() as session:
        session.execute(update(Report).where(Report.state == "township").values(severity="emergency"))
    page = browse(login).get("/desk").text
    late = re.findall(r'href="/desk\?tab=(\w+)"[^>]*><span>[^<]*</span> <span class="tab-count tone-late">', page)
    alarms = [key for key in ("emergency", "overdue", "late_anywhere") if key in tabs.DESKS[DESKS[login]]]
    assert sorted(late) == sorted(alarms) and late


def test_a_list_has_the_clock_that_runs_out_first_on_top(busy):
    with busy.store.read() as session:
        found = tabs.Desk(session, make.actor(session, "county"), clock.now()).rows("all_open", 0, 99)
        assert [report.due_at for report in found] == sorted(report.due_at for report in found)
        assert len({report.due_at for report in found}) > 3


@pytest.mark.parametrize(
    ("column", "slip"),
    [
        ("waits_for", "recieve"),
        ("waits_for", "receive,handle"),
        ("waits_for", "any"),
        ("waits_for", "coop_result"),
        ("waits_for", "-"),
        ("whose", "mine"),
        ("only", "late"),
    ],
)
def test_a_slip_in_the_table_of_tabs_is_refused(column, slip):
    with pytest.raises(ValueError, match="the tab receive names a limit or a condition that is not there"):
        report_desk.check({"receive": report_desk.ROWS["receive"] | {column: slip}})
