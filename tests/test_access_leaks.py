"""What shows only sideways: lists, counts, links, the map, search, photos, sheets, and fields nobody asked for."""

import html
import io
import json
import re
import zipfile
from typing import Any

import pytest
from sqlalchemy import select, true

from tests import access_routes, make
from tests import access_tables as tables
from tests.access_check import Visitor
from tests.access_county import IN_ORIGINAL, County, county, hole, mark, on_sqlite, visitors  # noqa: F401  (fixtures)
from webapp.core import clock, files, ids
from webapp.feedback.service import Message
from webapp.feedback.service import send as send_feedback
from webapp.grid import queries as grid_queries
from webapp.grid.models import Grid
from webapp.ledger.periods import around
from webapp.patrol import coverage as patrol_coverage
from webapp.patrol import queries as patrol_queries
from webapp.patrol.service import record
from webapp.report import mapped, service
from webapp.report import queries as report_queries
from webapp.report.models import Report
from webapp.web.places import last_days

ROUTES = {f"{route.method} {route.address}": route for route in access_routes.ROUTES}
STARTS = (
    "/",
    "/map?days=30",
    "/map?by=last",
    "/map?days=30&q=zq",
    "/map/found?q=zq",
    "/feedback/mine",
    "/search?q=zq",
    "/people",
    "/bodies",
    "/enter-for",
    "/feedback/inbox",
    "/log",
)
#: Pages about texts of law and of the program, and forms about somebody whose page is looked at; they hold no record.
OTHER = re.compile(
    r"/(duties|figures|documents|departments|help|privacy|assets|icons|language|account/password|feedback\?|people/(new|\d+/))|/map\?"
)
MARK = re.compile(r"zq-[a-zA-Z0-9-]+?-qz")
CRAWLERS = (
    "officer_a1",
    "officer_a2",
    "officer_b2",
    "moved_a1",
    "both",
    "township_a",
    "township_b",
    "county",
    "housing",
    "transport",
    "committee_a1",
    "station_a",
    "leader_a",
    "inspector_b",
    "admin",
    "auditor",
)


def leads_on(link: str) -> bool:
    """Whether a link is clicked. A ledger leads to that of the week before, and so on for years: this week's is one."""
    if "/ledger?" in link or "/ledger/print?" in link:
        return f"first={around('week', clock.today()).first}" in link
    if "/coverage?" in link:  # of each type, for each of some periods
        return f"first={last_days(30)[0]}" in link and "type=" not in link
    return not OTHER.match(link) and "{" not in link


def crawl(visitor: Visitor) -> dict[str, str]:
    """Every page somebody can click to, by address."""
    waiting, found = list(STARTS), {}  # type: ignore[var-annotated]
    while waiting:
        where = waiting.pop()
        if where in found:
            continue
        answer = visitor.raw("GET", where)
        leads = [answer.headers["Location"]] if "Location" in answer.headers else []
        found[where] = answer.text if answer.mimetype == "text/html" else ""
        links = re.findall(r'(?:href|src|data-[a-z]+)="(/[^"#]*)', found[where])
        waiting += [link for link in map(html.unescape, [*leads, *links]) if leads_on(link)]
    visitor.county.changed()  # reading the log is an entry of it
    return found


@pytest.fixture(scope="module")
def pages(visitors: dict[str, Visitor]) -> dict[str, dict[str, str]]:
    """All that each crawler can click to."""
    return {login: crawl(visitors[login]) for login in CRAWLERS}


@on_sqlite
@pytest.mark.parametrize("login", CRAWLERS)
def test_the_reports_somebody_comes_across_are_those_he_may_read(
    pages: dict[str, dict[str, str]], county: County, login: str
) -> None:
    everything = "\n".join(pages[login].values())
    readable = {name for name in tables.MOVES if tables.REPORTS[login, name]}
    assert {name for name in tables.MOVES if mark(f"report_{name}") in everything} == readable
    for name in set(tables.MOVES) - readable:
        with county.store.read() as session:
            report = session.get_one(Report, county.ids["report"][name])
        assert str(report.id) not in everything
        assert not re.search(rf"\b{report.number[-5:]}\b", everything)
        assert str(county.ids["photo"][name]) not in everything


@on_sqlite
@pytest.mark.parametrize("login", CRAWLERS)
def test_the_objects_and_rounds_somebody_comes_across_are_those_of_his_grids(
    pages: dict[str, dict[str, str]], login: str
) -> None:
    seen = set(MARK.findall("\n".join(pages[login].values())))
    cells = {village: tables.GRIDS.get((login, village), "") for village in ("A1", "A2", "A3", "B1", "B2")}
    assert {village for village in cells if mark(f"farm_{village}") in seen} == {
        v for v, cell in cells.items() if "g" in cell
    }
    assert {v for v in ("A1", "B1") if mark(f"round_{v}") in seen} <= {v for v, cell in cells.items() if "v" in cell}
    assert (mark("look") in seen) <= bool(tables.REPORTS[login, "township"])


@on_sqlite
@pytest.mark.parametrize(
    ("login", "people", "bodies"),
    [
        ("officer_a1", "officer_a2 officer_b1 township_b leader_b", "committee_a2 station_b"),
        ("officer_a2", "officer_a1 officer_b1 township_b leader_b moved_a1", "committee_a1 station_b housing"),
        (
            "township_a",
            "officer_b1 officer_b2 township_b moved_town station_b leader_b inspector_b housing",
            "station_b transport",
        ),
        ("leader_a", "officer_b1 officer_b2 township_b moved_town leader_b inspector_b", "station_b transport"),
        (
            "committee_a1",
            "officer_a1 officer_a2 officer_b1 township_a township_b committee_a2 station_b",
            "committee_a2 station_b",
        ),
        (
            "housing",
            "officer_a1 officer_b1 township_a township_b transport moved_housing",
            "station_a committee_a1 station_b",
        ),
    ],
)
def test_nobody_comes_across_the_names_of_others_people_and_bodies(
    pages: dict[str, dict[str, str]], login: str, people: str, bodies: str
) -> None:
    everything = "\n".join(pages[login].values())
    names = [f"person_{name}" for name in people.split()] + [f"body_{name}" for name in bodies.split()]
    assert [name for name in names if mark(name) in everything] == []


@on_sqlite
@pytest.mark.parametrize("login", CRAWLERS)
def test_a_message_is_seen_by_its_writer_and_the_county_office(pages: dict[str, dict[str, str]], login: str) -> None:
    seen = {found for found in MARK.findall("\n".join(pages[login].values())) if "feedback" in found}
    assert mark(f"feedback_{login}") in seen
    assert login == "county" or len(seen) == 1


# --- not a bit: with much more going on in B, nothing changes for who only knows A ---

VARYING = re.compile(
    r'name="(?:csrf_token|id)"[^>]*value="[^"]*"|data-entry="[^"]*"|(?:[?;]|%3F|%26)id(?:=|%3D)[0-9a-f-]{36}'
)


def much_more_in_b(made: County) -> None:
    """A report on the map, a round, an object, an officer, a message: all in B1."""
    with made.acting("officer_b1", 0.5) as (session, who):
        service.submit(session, who, make.report(made.ids["grid"]["B1"], lon=110.005, lat=35.015, severity="emergency"))
        record(session, who, make.patrol(made.ids["grid"]["B1"], {made.ids["object"]["B1"]: "normal"}))
        make.thing(session, made.ids["grid"]["B1"])
        make.person(session, "officer_new", "grid_officer", grid=made.ids["grid"]["B1"])
        send_feedback(session, who, Message(ids.new(), "/", "more"))


@on_sqlite
def test_nothing_in_a_tells_that_something_happened_in_b(
    pages: dict[str, dict[str, str]], visitors: dict[str, Visitor], county: County
) -> None:
    logins = ("officer_a1", "officer_a2", "township_a", "leader_a", "housing", "committee_a1", "station_a")
    much_more_in_b(county)
    differing = [
        (login, where)
        for login in logins
        for where, before in pages[login].items()
        if VARYING.sub("", visitors[login].raw("GET", where).text if before else "") != VARYING.sub("", before)
    ]
    told = VARYING.sub("", visitors["township_b"].raw("GET", "/desk").text) != VARYING.sub(
        "", pages["township_b"]["/desk"]
    )
    assert county.changed()
    assert differing == []
    assert told  # the same comparison does see it for who may


# --- the map ---


@on_sqlite
@pytest.mark.parametrize(
    ("login", "known"),
    [  # seen/due where he reads rounds, open reports where he reads these
        ("officer_a2", {"A2": ("0/1", 0)}),
        ("officer_b2", {"B2": ("0/1", 0), "A1": ("", 1)}),
        ("township_a", {"A1": ("1/1", 10), "A2": ("0/1", 0), "A3": ("0/1", 0)}),
        ("leader_b", {"B1": ("1/1", 2), "B2": ("0/1", 0), "B3": ("", 0), "A1": ("", 1)}),
        ("housing", {"A1": ("", 3)}),
        ("station_a", {"A1": ("", 1)}),
        ("committee_a2", {}),
        ("transport", {"B1": ("", 1)}),
    ],
)
def test_the_map_says_what_its_reader_may_know(
    visitors: dict[str, Visitor], login: str, known: dict[str, tuple[str, int]]
) -> None:
    assert figures(visitors[login]) == (known, sum(number for _, number in known.values()))


def figures(visitor: Visitor) -> tuple[dict[str, tuple[str, int]], int]:
    """What somebody's map says of each grid, and how many reports stand on it as points."""
    page = visitor.raw("GET", "/map?days=7").text
    values = json.loads(re.search(r'data-map-values="map">(.*?)</script>', page)[1])  # type: ignore[index]
    points = json.loads(re.search(r'data-map-points="map">(.*?)</script>', page)[1])["features"]  # type: ignore[index]
    grids = {id_: name for name, id_ in visitor.county.ids["grid"].items()}
    return {grids[int(id_)]: (value["label"], value.get("open", 0)) for id_, value in values.items()}, len(points)


@on_sqlite
@pytest.mark.parametrize("login", CRAWLERS)
def test_objects_on_the_map_are_those_that_somebody_may_look_up(visitors: dict[str, Visitor], login: str) -> None:
    """Of every village and township, whichever he asks for; and the search gives the same ones."""
    visitor = visitors[login]
    cells = {village: tables.GRIDS.get((login, village), "") for village in ("A1", "A2", "A3", "B1", "B2")}
    looked_up = {mark(f"farm_{village}") for village, cell in cells.items() if "g" in cell}
    grids = visitor.county.ids["grid"]
    answers = [visitor.raw("GET", f"/map/grids/{grids[name]}/objects") for name in ("county", "A", "B", *cells)]
    drawn = [{found for found in MARK.findall(answer.text) if "farm" in found} for answer in answers]
    assert set().union(*drawn) == looked_up
    assert not drawn[0], "the whole county at once"
    assert {found for found in MARK.findall(visitor.raw("GET", "/map/found?q=zq").text) if "farm" in found} == looked_up


@on_sqlite
@pytest.mark.parametrize("login", CRAWLERS)
def test_a_number_typed_into_the_map_finds_only_what_somebody_may_read(
    visitors: dict[str, Visitor], county: County, login: str
) -> None:
    with county.store.read() as session:
        numbers = {name: session.get_one(Report, county.ids["report"][name]).number for name in tables.MOVES}
    answers = {name: visitors[login].raw("GET", f"/map/found?q={number}") for name, number in numbers.items()}
    found = {name for name, answer in answers.items() if answer.status_code == 200 and numbers[name] in answer.text}
    assert found == {name for name in numbers if tables.REPORTS[login, name] and login not in ("admin", "auditor")}


# --- the test of the test: two holes made on purpose are seen ---


def _every(*_asked: Any, **_more: Any) -> Any:
    return true()


@on_sqlite
def test_a_count_over_everything_is_seen(visitors: dict[str, Visitor], hole: pytest.MonkeyPatch) -> None:
    for asks in (report_queries, mapped):
        hole.setattr(asks, "readable", lambda _actor: select(Report).join(Grid, Grid.id == Report.grid_id))
    assert figures(visitors["officer_a2"]) != ({"A2": ("0/1", 0)}, 0)
    assert mark("report_b_plain") in "\n".join(crawl(visitors["officer_a2"]).values())  # found by the search


@on_sqlite
def test_a_list_of_objects_over_everything_is_seen(visitors: dict[str, Visitor], hole: pytest.MonkeyPatch) -> None:
    hole.setattr(patrol_queries, "where", _every)
    assert mark("farm_B2") in visitors["township_a"].raw("GET", "/desk?tab=not_gone").text


@on_sqlite
def test_a_map_of_objects_over_everything_is_seen(visitors: dict[str, Visitor], hole: pytest.MonkeyPatch) -> None:
    hole.setattr(patrol_coverage, "where", _every)
    hole.setattr(grid_queries, "reached", _every)
    grid = visitors["township_a"].county.ids["grid"]["B"]
    assert mark("farm_B2") in visitors["township_a"].raw("GET", f"/map/grids/{grid}/objects").text


# --- photos and sheets ---


@on_sqlite
def test_a_photo_is_served_as_the_copy_written_by_us_and_kept_by_nobody(
    visitors: dict[str, Visitor], county: County
) -> None:
    answer = visitors["officer_a1"].raw("GET", f"/photos/{county.ids['photo']['township']}")
    folder, picture = county.app.config["WANGGE"].data_dir, county.picture
    assert IN_ORIGINAL in files.path(folder, "originals", picture.sha256).read_bytes()
    assert answer.data == files.path(folder, "copies", picture.copy).read_bytes()
    assert IN_ORIGINAL not in answer.data
    assert answer.headers["Cache-Control"] == "private, no-store"


@on_sqlite
@pytest.mark.parametrize("where", ["/photos/{}", "/photos/originals/{}", "/assets/x/own/{}", "/assets/x/own/../../{}"])
def test_the_file_as_sent_has_no_address(visitors: dict[str, Visitor], county: County, where: str) -> None:
    for mark_ in (county.picture.sha256, county.picture.copy):
        assert visitors["county"].raw("GET", where.format(mark_)).status_code == 404


@on_sqlite
@pytest.mark.parametrize("where", ["/duties.xlsx", "/figures.xlsx"])
def test_a_sheet_of_the_duty_lists_holds_no_record(visitors: dict[str, Visitor], where: str) -> None:
    with zipfile.ZipFile(io.BytesIO(visitors["transport"].raw("GET", where).data)) as book:
        assert not any(MARK.search(book.read(name).decode()) for name in book.namelist())
