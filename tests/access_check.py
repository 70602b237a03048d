"""Sends every route for everybody and every target, and says where an answer is not what the tables expect."""

import hashlib
import io
import json
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from flask.testing import FlaskClient

from tests import access_lists, access_routes, access_units
from tests import access_tables as tables
from tests.access_borders import beside_state, typed
from tests.access_county import GONE, OFFICERS, VILLAGES, County, mark
from tests.access_routes import Route
from webapp import domains
from webapp.core import clock
from webapp.web import static_files

NO_ID = uuid.UUID(int=GONE)
NOTHING: dict[str, Any] = {"mark": "0" * 64, "fingerprint": "0" * 64} | dict.fromkeys(
    ("report_id", "attachment_id", "look_id", "patrol_id", "message_id", "proposal_id", "ledger_id"), NO_ID
)
#: The address of a form without an id, or with one that its clock cannot have made, leads to the same with a fresh one.
FORMS = {*access_lists.FORMS, "/grids/<grid_id>/report", "/reports/<report_id>/<action>", "/feedback"}
QUERIES = {
    "/bodies/new": "?kind=committee",
    "/people/new": "?role=grid_officer",
    "/search": "?q=zq",
    "/people/<person_id>/postings/new": "?role=grid_officer",
    "/map": "?days=30",
    "/map/found": "?q=zq",
    **dict.fromkeys(("/duties.xlsx", "/figures.xlsx"), "?q=zq"),
}
_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


class Target(NamedTuple):
    """What a request is about; ``action`` only for moves. Without a name it is an id that does not exist."""

    name: str | None
    action: str = ""


def targets(route: Route) -> list[Target]:
    """Everything a route is tried on."""
    kinds: dict[str, Any] = {
        "-": ["-"],
        "grid": ["county", "A", "A1", "A2", "A3", "B", "B1", "B2"],
        "village": VILLAGES,
        "object": VILLAGES,
        **{kind: ["A1", "B1"] for kind in ("round", "proposal", "unit")},
        "ledger": ["A", "B"],
        "report": tables.MOVES,
        "photo": tables.MOVES,
        "layer": ["newest"],
        "look": ["township"],
        "account": dict.fromkeys(column for _, column in tables.ACCOUNTS),
        "message": ["officer_b1"],
        "posting": dict.fromkeys(column for _, column in tables.POSTINGS),
        "session": ["officer_a1", "officer_b1", "auditor"],
        "body": dict.fromkeys(column for _, column in tables.BODIES),
        "setting": dict.fromkeys(column for _, column in tables.SETTINGS),
        "border": dict.fromkeys(column for _, column in tables.BORDERS),
    }
    if route.target == "move":
        return [Target(name, action) for name, actions in tables.MOVES.items() for action in actions]
    if route.target == "beside":
        return [Target(tables.BESIDE[route.need][0])]
    return [Target(name) for name in kinds[route.target]]


def letters(login: str, route: Route, target: Target) -> str:
    """The cell of the tables for somebody and a target; empty when it is nothing to him."""
    name = target.name or ""
    if route.need in tables.BESIDE:
        seen = "" if route.target == "look" else tables.REPORTS.get((login, name), "")
        return seen + (route.need if login in tables.BESIDE[route.need][1] else "")
    if route.target == "session":
        return "e" if login == name else ""
    table = {
        **dict.fromkeys(("grid", "village", "unit", "object", "round", "proposal", "ledger"), tables.GRIDS),
        "report": tables.REPORTS,
        "photo": tables.REPORTS,
        "move": tables.REPORTS,
        "account": tables.ACCOUNTS,
        "posting": tables.POSTINGS,
        "body": tables.BODIES,
        "setting": tables.SETTINGS,
        "border": tables.BORDERS,
    }.get(route.target, {})
    return table.get((login, name), "")


def expected(login: str, route: Route, target: Target) -> str:
    """allowed, refused (he sees it, this is not his to do), hidden, never (403) or login."""
    roles = tables.roles(login)
    if not route.who & set(roles):
        return "login" if roles == ["out"] else "never"
    if route.target == "-" or route.need == "*":
        return "allowed"
    cell = letters(login, route, target)
    if route.need in cell:
        return "allowed"
    return "refused" if cell and route.hidden == 404 else "hidden"


def address(county: County, route: Route, target: Target) -> str:
    """The route's address for a target."""
    query = f"?id={county.form}" if route.address in FORMS else QUERIES.get(route.address, "")
    return re.sub(r"<(\w+)>", lambda hole: str(_hole(county, route.address, hole[1], target)), route.address) + query


def _mark(route: str) -> dict[str, str]:
    """Of a photo that is sent before its entry, its hash; of a static file, that of today's content."""
    if route.startswith("/entries"):
        return {"mark": hashlib.sha256(access_lists.PICTURE).hexdigest()}
    if route.startswith("/icons"):
        return {"size": 192}
    return {"mark": static_files.stamp("own", "css/app.css")} if route.startswith("/assets") else {}


def _hole(county: County, route: str, hole: str, target: Target) -> Any:
    fixed = {
        "action": target.action,
        "role": "grid_officer",
        "step": "officers",
        "place": 1,
        "group": domains.settings()[target.name].group if target.name in domains.settings() else "nothing",
        "succession_id": 1,
        "rule_id": 1,
        "records": "patrols",
        "year": 2027,
        "on": "2027-10-01",
        "document": "001",
        "part": "all",
        "problem": "manure",
        "kind": "small_polluter",
        "link_id": 1,
        "root": "own",
        "path": "css/app.css",
        "code": county.ids["code"]["document" if route.startswith("/documents") else "duty"],
        "entry_id": uuid.UUID(int=7 << 76),
        "incoming_id": uuid.UUID(int=7 << 76),
    } | _mark(route)
    if hole in fixed:
        return fixed[hole]
    if target.name is None:
        return NOTHING.get(hole, GONE)
    kinds = {
        "person_id": "account",
        "mark": "layer",
        "fingerprint": "layer",
        "patrol_id": "round",
        "attachment_id": "photo",
    }
    kind = kinds.get(hole, hole.removesuffix("_id"))
    name = target.name.split("@")[0] if kind == "account" else target.name
    return county.ids[kind].get(name, "asset")


def fields(county: County, route: Route, login: str, target: Target) -> dict[str, Any]:
    """What is typed into the form: right for those who may, whoever sends it."""
    grids = county.ids["grid"]
    village = target.name if route.target == "village" and target.name else "A1"
    at = grids[village] if target.name else GONE
    person = {"zh": "new", "en": "new", "phone": "1"}
    posting = {"role": "grid_officer", "place": f"g{at}", "first": clock.today().isoformat()}
    beside = {"stand_in": county.ids["account"]["former_a1"], "first": posting["first"], "last": posting["first"]}
    own = "B2" if "t" in tables.GRIDS.get((login, "B2"), "") else "A2"
    line = {"name": "new", "login": "new", "role": "grid_officer", "grid": county.ids["code"].get(at, "888888888888")}
    thing = {"grid": line["grid"], "type": "livestock_farm", "name": "new"}
    entry = _entry(county, login, village, at)
    day = {"kind": "holiday", "zh": "new", "source": "so"}
    return {
        "/account/language": {"language": "zh"},
        "/export": {"kind": "reports", "format": "csv", "encoding": "UTF-8"},
        "/feedback": {"id": uuid.uuid4(), "text": "well"},
        "/feedback/<message_id>/answer": {f"m{_message(county, target)}-answer": "thanks"},
        "/duties/<code>/department": {"department": ""},
        "/settings/<group>": {f"value-{target.name}": "reek=smell" if target.name == "everyday_words" else "24"},
        "/calendar/<year>/days": {"first": "2027-03-01"} | day,
        "/calendar/<year>/confirm": {"source": "so"},
        "/calendar/days/<on>": day,
        "/documents/<document>/parts/<part>": {"standing": "in_force", "from_on": posting["first"], "reason": "so"},
        "/grids/<grid_id>/upper": posting | {"person": county.ids["account"][tables.above(target.name)]},
        "/grids/<grid_id>/platform": {"owner_zh": "new"},
        **access_units.typed(county, target.name),
        **county.ids["typed"],
        "/patrols": entry | {f"v{county.ids['object'][village]}-outcome": "normal"},
        "/grids/<grid_id>/week/enter": entry | access_lists.box(county.ids["object"][village]),
        "/reports": entry | {"place": "here", "problem": "smoke", "severity": "minor", "first_measure": "not_heeded"},
        "/reports/<report_id>/<action>": _move(county, target),
        **beside_state(_part(county, target), county.ids["grid"]["B2"]),
        "/looks/<look_id>": {"answer": "right"},
        "/people/new": person | posting | {"login": "new"},
        "/people/<person_id>/edit": person,
        "/people/<person_id>/postings/new": posting | {"place": f"g{grids[own]}"},
        "/people/<person_id>/handover": {"successor": beside["stand_in"]},
        "/people/<person_id>/postings/<posting_id>/acting": beside,
        "/bodies/new": {"kind": "committee", "zh": "new", "grid_id": at},
        "/bodies/<body_id>": {"zh": "new"},
        **access_lists.typed(grids, target.name, county.ids["object"].get(target.name, GONE)),
        **typed(grids, target.name),
        **_sheets(line, thing),
    }.get(route.address, {})


def _sheets(line: dict[str, str], thing: dict[str, str]) -> dict[str, dict[str, str]]:
    compound = {"grid": thing["grid"], "name": "new"}
    return {
        "/units/import": {"sheet": _sheet(compound)},
        "/units/import/confirm": {"rows": _packed(compound)},
        "/objects/import": {"sheet": _sheet(thing)},
        "/objects/import/confirm": {"rows": _packed(thing)},
        "/people/import": {"sheet": _sheet(line)},
        "/people/import/confirm": {"rows": _packed(line)},
    }


def _entry(county: County, login: str, village: str, at: int) -> dict[str, Any]:
    """What each entry says; its account is the sender's, or else that of the village's officer."""
    is_posted = f"grid_officer@{village}" in tables.PEOPLE.get(login, ())
    said = {"id": uuid.uuid4(), "made_at": clock.now().isoformat(), "grid": at, "note": "seen"}
    return said | {"person_id": county.ids["account"][login if is_posted else OFFICERS[village]]}


def _move(county: County, target: Target) -> dict[str, Any]:
    later, bodies = (clock.today() + timedelta(days=9)).isoformat(), county.ids["body"]
    return {
        "id": uuid.uuid4(),
        "seen": county.ids["state"].get(target.name or "", "township"),
        "reason": "so",
        "note": "seen",
        "place": "behind the mill",
        "missing": county.ids["code"]["missing"],
        "result": "true",
        "done": "swept",
        "due": later,
        "body": bodies["ecology" if target.action == "dispatch" else "station_a"],
        "ground": "none_listed",
        "ground_text": "fits nothing",
        "duty_or_none": "none",
    }


def _part(county: County, target: Target) -> dict[str, Any]:
    report = str(county.ids["report"].get(target.name or ""))
    return {"part-part": county.ids["part"].get(report, GONE), "part-reason": "so"}


def _message(county: County, target: Target) -> str:
    return county.ids["message"].get(target.name, NO_ID).hex


def _sheet(line: dict[str, str]) -> str:
    return ",".join(line) + "\n" + ",".join(line.values()) + "\n"


def _packed(line: dict[str, str]) -> str:
    return json.dumps([[2, {"zh" if key == "name" else key: cell for key, cell in line.items()}]])


# --- people at their browsers ---


class Answer(NamedTuple):
    """Status, where it leads to, the bytes without tokens and without the address asked for, whether a row changed."""

    status: int
    leads_to: str
    body: bytes
    changed: bool


class Visitor:
    """Somebody logged in (or not) who begins every request with the cookie he came with."""

    def __init__(self, county: County, login: str):
        self.county, self.login, self.client = county, login, FlaskClient(county.app, county.app.response_class)
        if login in county.tokens:
            with self.client.session_transaction() as session:
                session["sid"] = county.tokens[login]
        page = self.client.get("/login").text
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
        cookie = self.client.get_cookie("wangge")
        assert cookie is not None
        self.cookie, self.gone = cookie.value, {}  # type: ignore[var-annotated]

    def raw(self, method: str, where: str, typed: dict[str, Any] | None = None) -> Any:
        """Flask's own answer."""
        self.client.set_cookie("wangge", self.cookie)
        sent = {"csrf_token": self.token} | (typed or {}) if method == "POST" else None
        if sent and "sheet" in sent:
            data = sent["sheet"] if isinstance(sent["sheet"], bytes) else sent["sheet"].encode()
            sent["sheet"] = (io.BytesIO(data), "people.csv")
        if method == "PUT":
            return self.client.put(
                where,
                data=access_lists.PICTURE,
                content_type="image/jpeg",
                headers={"X-CSRFToken": self.token},
                buffered=True,
            )
        return self.client.open(where, method=method, data=sent, buffered=True)

    def send(self, route: Route, target: Target) -> Answer:
        """The answer to a route on a target; afterwards the county is as it was."""
        where = address(self.county, route, target)
        answer = self.raw(route.method, where, fields(self.county, route, self.login, target))
        body = answer.data
        if answer.mimetype == "text/html":
            path = where.split("?")[0]
            body = _TOKEN.sub("", answer.text).replace(path, "~").replace(quote(path, safe=""), "~").encode()
        return Answer(answer.status_code, answer.headers.get("Location", ""), body, self.county.changed())

    def nothing(self, route: Route, target: Target) -> Answer:
        """The answer for an id that does not exist, asked once."""
        key = route, target.action
        if key not in self.gone:
            self.gone[key] = self.send(route, target._replace(name=None))
        return self.gone[key]


# --- the judgement ---


def fault(visitor: Visitor, route: Route, target: Target) -> str | None:
    """What is wrong with the answer; None when it is as the tables say."""
    want, got = expected(visitor.login, route, target), visitor.send(route, target)
    right = {"allowed": _allowed, "refused": _refused, "hidden": _hidden, "never": _never, "login": _login}[want]
    if right(visitor, route, target, got):
        return None
    return (
        f"{visitor.login}: {route.method} {route.address} on {target.name} {target.action}: expected {want}, "
        f"got {got.status} {got.leads_to}{' and a change' if got.changed else ''}"
    )


def _allowed(_visitor: Visitor, route: Route, _target: Target, got: Answer) -> bool:
    if route.method == "GET":
        also = {"/": 302, "/language": 302, "/account/notices": 302} | dict.fromkeys(access_routes.ALSO_404, 404)
        return got.status in (200, also.get(route.address))
    if got.status == 404:
        return route.address in access_routes.ALSO_404 and not got.changed
    if got.status == 422:
        return route.address in access_routes.ALSO_422 and not got.changed
    return got.status in (200, 201, 302, 303) and (got.changed or route.address in access_routes.CHANGES_NOTHING)


def _refused(_visitor: Visitor, _route: Route, _target: Target, got: Answer) -> bool:
    """He sees the thing itself, so only this counts: it was not done. A form's address leads back to the page."""
    return got.status in (302, 403, 404, 409, 422) and not got.changed


def _hidden(visitor: Visitor, route: Route, target: Target, got: Answer) -> bool:
    nothing = visitor.nothing(route, target)
    return got.status == nothing.status == route.hidden and got.body == nothing.body and not got.changed


def _never(_visitor: Visitor, _route: Route, _target: Target, got: Answer) -> bool:
    return got.status == 403 and not got.changed


def _login(visitor: Visitor, route: Route, target: Target, got: Answer) -> bool:
    """The log-in page, the same for what is there and what is not."""
    nothing = visitor.nothing(route, target)
    if route.method == "GET":
        return got.status == nothing.status == 302 and got.leads_to.startswith("/login?next=") and not got.changed
    return got.status == nothing.status == 401 and mark("").encode()[:2] not in got.body and not got.changed


def faults(visitors: dict[str, Visitor], routes: list[Route]) -> Iterator[str]:
    """Everything that is wrong on some routes."""
    for route in routes:
        for login, target in tries(route, list(visitors)):
            found = fault(visitors[login], route, target)
            if found:
                yield found


def tries(route: Route, logins: list[str]) -> Iterator[tuple[str, Target]]:
    """Who asks for what, without what would only repeat: a page about nothing in particular for a second person of the
    same roles, another move of a hidden report, another thing for who is not logged in or never does this."""
    known = set()
    for login in logins:
        for target in targets(route):
            want = expected(login, route, target)
            same = {"hidden": (login, target.name), "never": (login,), "login": (login,)}.get(want, (login, target))
            key = (tuple(tables.roles(login)),) if route.target == "-" else same
            if key not in known:
                known.add(key)
                yield login, target
