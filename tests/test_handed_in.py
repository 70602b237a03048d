"""What waited on an officer's phone, handed in at a desk as a file: under his name, and once, however it comes."""

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

    def send(self, login: str, entry: Any, author: str | None = None) -> Any:
        whose = self.world.people[author] if author else None
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
    kind.world.people["former"] = former
    kind.send("township_a", kind.entry(at=at), "former")
    assert kind.stands()[0] == former
    with pytest.raises(Refused, match=NOT_HIS):
        kind.send("township_a", kind.entry(), "former")


def test_what_he_had_entered_for_somebody_else_is_not_taken_for_his(kind: Kind) -> None:
    entry = kind.entry(person_id=kind.world.people["officer_a2"])
    with pytest.raises(Refused, match="was entered for somebody else"):
        kind.send("township_a", entry, "officer_a1")


def test_the_address_of_an_entry_that_a_desk_handed_in_leads_its_author_to_the_receipt(kind: Kind, browse: Any) -> None:
    entry, page = kind.entry(), "patrol" if kind.name == "round" else "report"
    kind.send("township_a", entry, "officer_a1")
    answer = browse("officer_a1").client.get(f"/grids/{kind.world.grids['A1']}/{page}?id={entry.id}")
    assert answer.status_code == 303 and str(entry.id) in answer.location and "?id=" not in answer.location


def test_a_refused_one_comes_back_with_the_officer_chosen(kind: Kind, browse: Any) -> None:
    desk, officer = browse("township_a"), kind.world.people["officer_a1"]
    fields = {
        "id": str(kind.entry().id),
        "grid": kind.world.grids["A1"],
        "author_id": officer,
        f"v{kind.world.things['farm_a1']}-outcome": "could_not_see",
    }
    answer = desk.post("/patrols" if kind.name == "round" else "/reports", **fields)
    assert answer.status_code == 422
    assert f'<option value="{officer}" selected>' in answer.text
