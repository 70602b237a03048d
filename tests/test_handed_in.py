"""What waited on an officer's phone, handed in at a desk as a file: under his name, and once, however it comes."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import make
from tests.conftest import World
from webapp.core import clock
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.patrol import service as patrols
from webapp.patrol.models import Patrol
from webapp.report import service as reports
from webapp.report.models import Report

NOT_HIS = r"not posted here on that day|officer of this village"  # of a round, of a report


@dataclass
class Kind:
    """An entry of officer_a1's as his phone has it, and what becomes of it."""

    world: World
    name: str

    def entry(self, **more: Any) -> Any:
        if self.name == "round":
            return make.patrol(self.world.grids["A1"], {self.world.things["farm_a1"]: "normal"}, **more)
        return make.report(self.world.grids["A1"], **({"occurred_at": more.pop("at")} if "at" in more else {}), **more)

    def send(self, login: str, entry: Any, author: str | int | None = None) -> Any:
        whose = self.world.people[author] if isinstance(author, str) else author
        act = patrols.record if self.name == "round" else reports.submit
        with self.world.store.write() as session:
            return act(session, make.actor(session, login), entry, whose)

    def stands(self) -> tuple[int, int, str]:
        """By whom the one record is, who entered it, and how."""
        model, by = (Patrol, Patrol.person_id) if self.name == "round" else (Report, Report.found_by)
        with self.world.store.read() as session:
            return tuple(session.execute(select(by, model.entered_by, model.entry_mode)).one())  # type: ignore[return-value]

    def count(self) -> int:
        with self.world.store.read() as session:
            return session.scalar(select(func.count()).select_from(Patrol if self.name == "round" else Report)) or 0


@pytest.fixture(params=["round", "report"])
def kind(request: pytest.FixtureRequest, world: World) -> Kind:
    return Kind(world, request.param)


def test_its_author_is_the_officer_and_the_desk_only_entered_it(kind: Kind) -> None:
    people = kind.world.people
    kind.send("township_a", kind.entry(), "officer_a1")
    assert kind.stands() == (people["officer_a1"], people["township_a"], "handed_in")


def test_whichever_way_it_comes_again_it_gets_the_first_receipt(kind: Kind) -> None:
    entry = kind.entry()
    first = kind.send("township_a", entry, "officer_a1")
    assert kind.send("officer_a1", entry) == first, "his phone has signal again"
    assert kind.send("township_a", entry, "officer_a1") == first, "the desk's answer was lost"
    assert kind.send("township_a_two", entry, "officer_a1") == first, "he handed in the same file at two desks"
    assert kind.count() == 1


def test_what_the_phone_has_sent_itself_stays_as_it_is(kind: Kind) -> None:
    people, entry = kind.world.people, kind.entry()
    first = kind.send("officer_a1", entry)
    assert kind.send("township_a", entry, "officer_a1") == first
    assert kind.stands() == (people["officer_a1"], people["officer_a1"], "on_the_day")


@pytest.mark.parametrize(
    ("login", "author", "change"),
    [
        ("officer_a1", None, {"note": "other words"}),
        ("township_a", "officer_a1", {"note": "other words"}),
        ("township_a", "officer_a2", {}),
        ("township_a_two", None, {}),
        ("officer_a2", None, {}),
    ],
)
def test_other_words_and_other_peoples_entries_are_a_conflict(
    kind: Kind, login: str, author: str | None, change: dict[str, Any]
) -> None:
    entry = kind.entry()
    kind.send("township_a", entry, "officer_a1")
    with pytest.raises((Conflict, NotFound)):
        kind.send(login, replace(entry, **change), author)
    assert kind.count() == 1


def test_a_desk_of_another_township_takes_none_and_is_told_nothing(kind: Kind) -> None:
    entry = kind.entry()
    for _ in range(2):
        with pytest.raises(NotFound):
            kind.send("township_b", entry, "officer_a1")
        kind.send("officer_a1", entry)
    assert kind.count() == 1


def test_who_was_not_posted_there_on_that_day_hands_in_none(kind: Kind) -> None:
    with pytest.raises(Refused, match=NOT_HIS):
        kind.send("township_a", kind.entry(), "officer_b1")
    assert kind.count() == 0


def test_who_was_posted_there_on_that_day_hands_in_what_he_wrote_then(kind: Kind) -> None:
    at, today = clock.now() - timedelta(days=3), clock.today()
    with kind.world.store.write() as session:
        former = make.person(
            session,
            "former",
            "grid_officer",
            grid=kind.world.grids["A1"],
            since=today - timedelta(days=90),
            until=today - timedelta(days=2),
        ).id
    kind.send("township_a", kind.entry(at=at), former)
    assert kind.stands()[0] == former
    with pytest.raises(Refused, match=NOT_HIS):
        kind.send("township_a", kind.entry(), former)


def test_what_he_had_entered_for_somebody_else_is_not_taken_for_his(kind: Kind) -> None:
    entry = kind.entry(person_id=kind.world.people["officer_a2"])
    with pytest.raises(Refused, match="was entered for somebody else"):
        kind.send("township_a", entry, "officer_a1")


def test_the_address_of_an_entry_that_a_desk_handed_in_leads_its_author_to_the_receipt(kind: Kind, browse: Any) -> None:
    entry, page = kind.entry(), "patrol" if kind.name == "round" else "report"
    kind.send("township_a", entry, "officer_a1")
    answer = browse("officer_a1").client.get(f"/grids/{kind.world.grids['A1']}/{page}?id={entry.id}")
    assert answer.status_code == 303 and str(entry.id) in answer.location and "?id=" not in answer.location


@pytest.fixture
def refused(kind: Kind) -> dict[str, Any]:
    """What his phone had sent, of which something is to be put right."""
    fields = {"id": str(kind.entry().id), "grid": kind.world.grids["A1"], "author_id": kind.world.people["officer_a1"]}
    if kind.name == "round":
        return fields | {f"v{kind.world.things['farm_a1']}-outcome": "could_not_see"}
    return fields | {"place": "bridge", "problem": "smoke", "severity": "minor", "first_measure": "not_heeded"}


@pytest.mark.parametrize("is_officer_too", [False, True])
def test_what_a_desk_puts_right_stays_the_officers_and_his_phone_is_told(
    kind: Kind, browse: Any, refused: dict[str, Any], is_officer_too: bool
) -> None:
    world, address = kind.world, "/patrols" if kind.name == "round" else "/reports"
    if is_officer_too:
        with world.store.write() as session:
            make.posting(session, world.people["township_a"], "grid_officer", grid=world.grids["A1"])
    desk = browse("township_a")
    page = desk.post(address, **refused)
    assert page.status_code == 422
    hidden = re.search(r'<input type="hidden" name="author_id"[^>]*value="(\d+)"', page.text)
    assert hidden and hidden[1] == str(world.people["officer_a1"]) and 'name="person_id"' not in page.text
    assert is_officer_too or "From the file of a phone: " in page.text
    change = {f"v{world.things['farm_a1']}-outcome": "normal"} if kind.name == "round" else {"note": "smoke"}
    assert desk.post(address, **refused | change).status_code == 303
    assert kind.stands() == (world.people["officer_a1"], world.people["township_a"], "handed_in")
    of_his_phone = {name: value for name, value in (refused | change).items() if name != "author_id"} | {"note": "fire"}
    his = browse("officer_a1")
    token = his.token()
    answer = his.client.post(
        address,
        data=of_his_phone | {"csrf_token": token},
        headers={"Accept": "application/json", "Origin": "http://localhost"},
    )
    assert answer.status_code == 409 and "It stands under your name" in answer.json["error"]
    assert kind.count() == 1


def test_a_colleague_hands_in_none(kind: Kind) -> None:
    with kind.world.store.write() as session:
        make.posting(session, kind.world.people["officer_a2"], "grid_officer", grid=kind.world.grids["A1"])
    with pytest.raises(NotFound):
        kind.send("officer_a2", kind.entry(), "officer_a1")
    assert kind.count() == 0
