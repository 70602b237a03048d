"""The county of the access test: everybody of the tables, and one record of each kind,
every text with its own marker."""

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import engines, make
from tests.access_ledgers import hand_in
from tests.access_tables import PEOPLE, TWINS
from tests.conftest import KEY
from webapp import access
from webapp.app import App, create_app
from webapp.card import units
from webapp.card.service import CardEntry, write_card
from webapp.config import Config
from webapp.core import clock, files, ids
from webapp.core.db import Store
from webapp.core.models import Word
from webapp.duty.models import Document, Duty
from webapp.feedback.models import Feedback
from webapp.feedback.service import Message
from webapp.feedback.service import send as send_feedback
from webapp.grid import changes
from webapp.grid import queries as grid_queries
from webapp.grid.models import GridVersion, MapLayer
from webapp.grid.queries import current
from webapp.grid.units import Unit
from webapp.listeners import open_store
from webapp.login import service as login
from webapp.login.models import LoginSession
from webapp.patrol.proposing import ProposalEntry, propose
from webapp.patrol.service import record
from webapp.people.models import Person
from webapp.report import service, side_acts
from webapp.report.models import Assignment, Report, ReportAttachment

BODIES = {  # kind, grid, code in the duty lists
    "housing": ("department", "county", "housing"),
    "ecology": ("department", "county", "ecology"),
    "water": ("department", "county", "water"),
    "transport": ("department", "county", "transport"),
    "station_a": ("station", "A", None),
    "station_b": ("station", "B", None),
    "committee_a1": ("committee", "A1", None),
    "committee_a2": ("committee", "A2", None),
}
VILLAGES = ("A1", "A2", "A3", "B1", "B2")
OFFICERS = {"A1": "officer_a1", "A2": "officer_a2", "A3": "moved_a1", "B1": "officer_b1", "B2": "officer_b2"}
GONE = 999_999  # the id of nothing
IN_ORIGINAL = b"only the file as sent says this"


#: What ids there are of.
KINDS = """
grid body object round proposal report state photo look account posting
session message part layer code set unit row seen card ledger
"""


@dataclass
class County:
    """The application on its own database, the ids of what is in it, and on SQLite a way back to how it was."""

    app: App
    store: Store
    picture: files.PhotoFile
    form: uuid.UUID = field(default_factory=ids.new)  # of every form that is opened, made at the county's noon
    ids: dict[str, dict[str, Any]] = field(default_factory=lambda: {kind: {} for kind in KINDS.split()})
    tokens: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def acting(self, login_: str, hours_ago: float = 1) -> Iterator[tuple[Session, Any]]:
        """A short write as somebody was entitled to some hours ago."""
        with clock.at(clock.now() - timedelta(hours=hours_ago)), self.store.write() as session:
            yield session, make.actor(session, login_)

    def remember(self) -> None:
        """Keep the database as it stands. On PostgreSQL nothing is kept: there it can only be looked at."""
        if not self.store.is_sqlite:
            return
        dbapi: Any = self.store.writer.dialect.dbapi
        self._live, self._kept = dbapi.connect(self.store.url.database), dbapi.connect(":memory:")
        self._live.backup(self._kept)
        self._version = self._seen_version()

    def _seen_version(self) -> int:
        return self._live.execute("pragma data_version").fetchone()[0]

    def changed(self) -> bool:
        """Whether anything was committed since it was last put back; then it is put back."""
        if self._seen_version() == self._version:
            return False
        self._kept.backup(self._live)
        self._version = self._seen_version()
        return True

    def close(self) -> None:
        """Give back everything."""
        if self.store.is_sqlite:
            self._live.close()
            self._kept.close()
        self.store.close()
        engines.drop(self.store.url.render_as_string(hide_password=False))


def mark(name: str) -> str:
    """The text that stands in a record and nowhere else."""
    return f"zq-{name.replace('_', '-')}-qz"


def build(seeded: str, folder: Path) -> County:
    """A new county on a copy of the seeded database. Set the clock before, and leave it so."""
    store = open_store(engines.copy(seeded, folder))
    picture = files.keep(folder / "data", io.BytesIO(_picture()))
    county = County(create_app(Config("", folder / "data", KEY), store), store, picture)
    with store.write() as session:
        _places(session, county)
        _people(session, county)
    _patrols(county)
    _reports(county)
    _borders(county)
    _units(county)
    hand_in(county)
    with store.write() as session:
        _log_in(session, county)
    with store.read() as session:
        _note(session, county)
    county.remember()
    return county


def _picture() -> bytes:
    sent = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 60)).save(sent, "JPEG", comment=IN_ORIGINAL)
    return sent.getvalue()


def _places(session: Session, county: County) -> None:
    county.ids["grid"] = make.grids(session)
    for name, (kind, place, canonical) in BODIES.items():
        county.ids["body"][name] = make.body(
            session, kind, county.ids["grid"][place], mark(f"body_{name}"), mark(f"body_{name}"), canonical
        ).id
    for village in VILLAGES:
        farm = make.thing(
            session, county.ids["grid"][village], mark(f"farm_{village}"), mark(f"farm_{village}"), "small_polluter"
        )
        farm.lon, farm.lat = 110.001, 35.001  # on the map of whoever may look it up
        county.ids["object"][village] = farm.id


def _people(session: Session, county: County) -> None:
    for name, postings in PEOPLE.items():
        person = make.person(session, name)
        person.zh = person.en = mark(f"person_{name}")
        county.ids["account"][name] = person.id
        for posting in postings:
            _post(session, county, name, posting)


def _post(session: Session, county: County, name: str, posting: str) -> None:
    """ "<" ended yesterday (today is the first day that no longer counts), ">" begins tomorrow."""
    role, place = posting.strip("<>").split("@")
    days = {"<": {"until": clock.today()}, ">": {"since": clock.today() + timedelta(days=1)}}.get(posting[0], {})
    if role == "inspector" and not days:
        days = {"until": clock.today() + timedelta(days=30)}
    made = make.posting(
        session,
        county.ids["account"][name],
        role,
        grid=county.ids["grid"].get(place),
        body=county.ids["body"].get(place),
        **days,
    )
    if not days or role == "inspector":
        county.ids["posting"][f"{name}@{place}"] = made.id


def _patrols(county: County) -> None:
    for village in ("A1", "B1"):
        with county.acting(OFFICERS[village]) as (session, who):
            entry = make.patrol(
                county.ids["grid"][village], {county.ids["object"][village]: "problem"}, note=mark(f"round_{village}")
            )
            county.ids["round"][village] = record(session, who, entry).id
            about = ProposalEntry(ids.new(), entry.grid_id, type="livestock_farm", zh=mark(f"proposal_{village}"))
            propose(session, who, about)
            county.ids["proposal"][village] = about.id


# --- reports ---


def _reports(county: County) -> None:
    """One report in each state, by the moves that lead there."""
    day = (clock.today() + timedelta(days=9)).isoformat()
    out = {"body": county.ids["body"]["committee_a1"], "due": day}
    done = {"result": "true", "done": "swept"}
    to = {"ground": "none_listed", "ground_text": "fits nothing", "due": day}
    water = to | {"body": county.ids["body"]["water"], "coop": [county.ids["body"]["ecology"]]}
    housing = water | {"body": county.ids["body"]["housing"]}
    up = [
        ("township_a", "raise", {}),
        ("county", "dispatch", water),
        ("water", "bounce", {"duty_or_none": "none"}),
        ("county", "dispatch", housing),
    ]
    handed = [("township_a", "assign", out), ("committee_a1", "handle", done)]
    ways: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
        "township": [],
        "border": [],
        "returned": [("township_a", "give_back", {"missing": ["place"]})],
        "station": [
            *handed,
            ("township_a", "confirm", {}),
            ("county", "reopen", {}),
            ("county", "give_back", {}),
            ("township_a", "assign", out | {"body": county.ids["body"]["station_a"]}),
        ],
        "checked": handed,
        "handled": [("township_a", "handle", done)],
        "county": [("township_a", "raise", {})],
        "sent": up,
        "work": [*up, ("housing", "receive", {})],
        "finished": [*up, ("housing", "receive", {}), ("housing", "handle", done)],
        "closed": [],
        "b_plain": [],
        "b_work": [
            ("township_b", "raise", {}),
            ("county", "dispatch", to | {"body": county.ids["body"]["transport"]}),
            ("transport", "receive", {}),
        ],
    }
    for name, way in ways.items():
        _submit(county, name)
        for login_, action, given in way:
            _move(county, name, login_, action, given)
    with county.acting("township_a") as (session, who):
        look = side_acts.ask_look(session, who, county.ids["report"]["township"], ids.new(), mark("look"))
        county.ids["look"]["township"] = look.id


def _borders(county: County) -> None:
    """A draft about a village of A, and what somebody else has proposed about one of B."""
    with county.acting("county") as (session, who):
        made = changes.by_hand(
            session, who, county.ids["grid"]["A1"], mark("border_a1"), "", "999901001001", _above(county, "A")
        )
        county.ids["set"]["draft_a1"] = made.id
    with county.acting("county_two") as (session, who):
        made = changes.by_hand(
            session, who, county.ids["grid"]["B1"], mark("border_b1"), "", "999901002001", _above(county, "B")
        )
        changes.propose(session, who, made.id, clock.today() + timedelta(days=3), "")
        county.ids["set"]["proposed_b1"] = made.id


def _units(county: County) -> None:
    """A unit grid in a community of each of two subdistricts, and who looks after it."""
    with county.acting("county") as (session, who):
        for village in ("A1", "B1"):
            kinds = {village[0]: "subdistrict", village: "community"}
            for grid, kind in kinds.items():
                card = write_card(session, who, county.ids["grid"][grid], CardEntry(kind))
                county.ids["card"][grid] = kind, card.id
            called = Unit(county.ids["grid"][village], "", mark(f"unit_{village}"))
            unit_id = county.ids["unit"][village] = units.add(session, who, [called])[0]
            county.ids["seen"][village] = grid_queries.named(session, {unit_id})[unit_id].version_id
            person = units.PersonEntry(mark(f"helper_{village}"))
            county.ids["row"][village] = units.name_person(session, who, unit_id, person).id


def _above(county: County, place: str) -> int:
    return int(county.ids["grid"][place])


def _submit(county: County, name: str) -> None:
    village = "B1" if name.startswith("b_") else "A1"
    finder = "moved_a1" if name == "county" else OFFICERS[village]
    grids = county.ids["grid"]
    lon, lat = (110.005, 35.005) if village == "A1" else (110.005, 35.015)
    with county.acting(finder, 30 if finder == "moved_a1" else 2) as (session, who):
        entry = make.report(
            grids[village],
            place=mark(f"report_{name}"),
            note=f"what {mark(f'report_{name}')}",
            photos=(county.picture,),
            settle=name == "closed",
            problems=("rubbish_dumping",) if name == "closed" else ("dust",),
            lon=lon,
            lat=lat,
            accuracy_m=5.0,
            joint=(grids["B2"],) if name == "border" else (),
        )
        service.submit(session, who, entry)
    county.ids["report"][name] = entry.id


def _move(county: County, name: str, login_: str, action: str, given: dict[str, Any]) -> None:
    said = {"reason": f"because {mark(f'report_{name}')}", "note": f"seen {mark(f'report_{name}')}"} | given
    with county.acting(login_) as (session, who):
        id_ = county.ids["report"][name]
        service.move(session, who, id_, make.move(action, session.get_one(Report, id_).state, **said))


# --- log-ins, and what the requests have to know ---


def _log_in(session: Session, county: County) -> None:
    for name, person_id in county.ids["account"].items():
        county.tokens[name] = login.begin(session, session.get(Person, person_id), None, "test", remember=False)
        send_feedback(session, make.actor(session, name), Message(ids.new(), "/", mark(f"feedback_{name}")))
    session.get_one(Person, county.ids["account"]["suspended_a1"]).suspended_at = clock.now()


def _note(session: Session, county: County) -> None:
    found = county.ids
    for name, id_ in found["report"].items():
        found["state"][name] = session.get_one(Report, id_).state
        found["photo"][name] = session.scalars(
            select(ReportAttachment.attachment_id).where(ReportAttachment.report_id == id_)
        ).first()
    for name, id_ in found["account"].items():
        found["session"][name] = session.scalar(select(LoginSession.id).where(LoginSession.person_id == id_))
    found["message"]["officer_b1"] = session.scalar(
        select(Feedback.id).where(Feedback.person_id == found["account"]["officer_b1"])
    )
    for part in session.scalars(select(Assignment).where(Assignment.role == "coop", Assignment.to_at.is_(None))):
        found["part"][str(part.report_id)] = part.id
    found["layer"]["newest"] = session.scalar(select(MapLayer.hash))
    found["code"] = {
        "duty": session.scalar(select(Duty.code).where(Duty.status == "ok").order_by(Duty.id)),
        "document": session.scalar(select(Document.code)),
        "missing": session.scalar(select(Word.code).where(Word.kind == "return_missing")),
    } | dict(session.execute(select(GridVersion.grid_id, GridVersion.code).where(current())).all())


# --- for the test files ---

on_sqlite = pytest.mark.parametrize("seeded", ["sqlite"], indirect=True, scope="session")


@pytest.fixture(scope="module")
def county(seeded: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """The county of the tables; every request leaves it as it was. The clock stands still at noon."""
    with clock.at(clock.at_hour(clock.today(), time(12))):
        made = build(seeded, tmp_path_factory.mktemp("access"))
        yield made
        made.close()


@pytest.fixture(scope="module")
def visitors(county: County) -> dict[str, Any]:
    """Everybody at his browser, and one who is not logged in."""
    from tests.access_check import Visitor

    return {name: Visitor(county, name) for name in (*PEOPLE, "nobody") if name not in TWINS}


@pytest.fixture
def hole(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """For holes made on purpose: statements that queries keep ready are forgotten before and after."""
    _forget()
    yield monkeypatch
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for statement in access.KEPT:
        statement.cache_clear()
