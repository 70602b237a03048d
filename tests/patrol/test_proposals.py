"""What an officer proposes for the list of his village counts once the office above accepts it, and not before."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests import make
from tests.conftest import World
from webapp.core import clock, ids
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.happened import GridsChanged
from webapp.patrol import coverage, heirs, proposed, proposing, queries, retention, service
from webapp.patrol.models import ObjectProposal, PatrolObject
from webapp.patrol.proposing import ProposalEntry
from webapp.people.models import Person


def new(world: World, name: str = "粉碎机", **more: Any) -> ProposalEntry:
    return ProposalEntry(ids.new(), world.grids["A1"], type="livestock_farm", zh=name, **more)


def stop(world: World, why: str = "empty since May") -> ProposalEntry:
    return ProposalEntry(ids.new(), world.grids["A1"], world.things["farm_a1"], why=why)


def propose(world: World, entry: ProposalEntry, login: str = "officer_a1") -> uuid.UUID:
    with world.store.write() as session:
        proposing.propose(session, make.actor(session, login), entry)
    return entry.id


def answer(world: World, id_: uuid.UUID, login: str = "township_a", why: str | None = None) -> int | None:
    """The id of the object that it is about, once it is accepted; or with a reason, declined."""
    with world.store.write() as session:
        who = make.actor(session, login)
        if why is None:
            return proposing.accept(session, who, id_).object_id
        return proposing.decline(session, who, id_, why).object_id


def listed(world: World, grid: str = "A1") -> list[str]:
    with world.store.read() as session:
        _, lines = queries.village(
            session.connection(), make.actor(session, "township_a"), "patrol.write", world.grids[grid]
        )
        return [line.object.zh for line in lines]


def test_nothing_is_due_before_it_is_accepted_and_all_is_afterwards(world: World) -> None:
    before = listed(world)
    id_ = propose(world, new(world, lon=110.1, lat=35.2, why="in the old school yard"))
    assert listed(world) == before
    made = answer(world, id_)
    assert sorted(listed(world)) == sorted([*before, "粉碎机"])
    with world.store.read() as session:
        thing = session.get_one(PatrolObject, made)
        assert (thing.lon, thing.lat, thing.valid_from) == (110.1, 35.2, clock.today())


def test_what_is_to_go_stays_due_until_it_is_accepted_and_its_reason_stands_with_it(world: World) -> None:
    id_ = propose(world, stop(world))
    with world.store.read() as session:
        name = session.get_one(PatrolObject, world.things["farm_a1"]).zh
        assert proposed.open_stops(session, list(world.things.values())) == {world.things["farm_a1"]}
    assert name in listed(world)
    answer(world, id_)
    assert name not in listed(world)
    with world.store.read() as session:
        assert session.get_one(PatrolObject, world.things["farm_a1"]).retired_why == "empty since May"
        assert proposed.open_stops(session, list(world.things.values())) == set()


def test_a_declined_one_changes_nothing_and_its_maker_reads_why(world: World) -> None:
    before = listed(world)
    first, second = propose(world, new(world)), propose(world, stop(world))
    for id_ in (first, second):
        answer(world, id_, why="it is in the next village")
    assert listed(world) == before
    with world.store.read() as session:
        mine = proposed.mine(session, make.actor(session, "officer_a1"), clock.now() - timedelta(days=1))
        assert [(each.proposal.is_accepted, each.proposal.answer) for each in mine] == [
            (False, "it is in the next village")
        ] * 2
        assert proposed.mine(session, make.actor(session, "officer_a2"), clock.now() - timedelta(days=1)) == []


def test_the_same_one_sent_again_is_the_first_and_another_under_its_id_is_a_conflict(world: World) -> None:
    entry = new(world)
    propose(world, entry)
    answer(world, entry.id)
    propose(world, entry)  # the phone never heard that it had arrived
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(ObjectProposal)) == 1
    with pytest.raises(Conflict):
        propose(world, ProposalEntry(entry.id, entry.grid_id, type="livestock_farm", zh="another"))
    with pytest.raises(Conflict):
        propose(world, entry, "officer_a2")


def test_each_is_answered_once(world: World) -> None:
    id_ = propose(world, new(world))
    answer(world, id_)
    number = len(listed(world))
    for why in (None, "no"):
        with pytest.raises(Refused, match="answered already"):
            answer(world, id_, why=why)
    assert len(listed(world)) == number


@pytest.mark.parametrize("login", ["officer_a1", "officer_a2", "township_b", "liaison", "leader"])
def test_only_who_keeps_the_list_answers(world: World, login: str) -> None:
    ids_ = [propose(world, new(world)), propose(world, stop(world))]
    for id_ in ids_:
        for why in (None, "no"):
            with pytest.raises(NotFound):
                answer(world, id_, login, why)
    with world.store.read() as session:
        assert proposed.count(session, make.actor(session, login)) == 0
        assert proposed.count(session, make.actor(session, "township_a")) == 2


@pytest.mark.parametrize("login", ["officer_a2", "officer_b1", "township_a", "county"])
def test_only_the_officer_of_the_grid_proposes(world: World, login: str) -> None:
    for entry in (new(world), stop(world)):
        with pytest.raises(NotFound):
            propose(world, entry, login)


def test_what_cannot_be_is_refused_in_words(world: World) -> None:
    with world.store.read() as session:
        farm = session.get_one(PatrolObject, world.things["farm_a1"])
        name, kind = farm.zh, farm.type
    with pytest.raises(Refused, match="already on the list"):
        propose(world, ProposalEntry(ids.new(), world.grids["A1"], type=kind, zh=name))
    with pytest.raises(Refused, match="Choose a type"):
        propose(world, ProposalEntry(ids.new(), world.grids["A1"], type="spaceship", zh="x"))
    propose(world, stop(world))
    with pytest.raises(Refused, match="proposed already"):
        propose(world, stop(world, "again"))
    with world.store.write() as session:
        service.retire_object(session, make.actor(session, "township_a"), world.things["kiln_a1"], "gone")
    with pytest.raises(Refused, match="off the list"):
        propose(world, ProposalEntry(ids.new(), world.grids["A1"], world.things["kiln_a1"], why="gone"))


def test_whichever_way_the_office_takes_it_off_the_wish_is_granted(world: World) -> None:
    id_ = propose(world, stop(world))
    with world.store.write() as session:
        service.retire_object(session, make.actor(session, "township_a"), world.things["farm_a1"], "torn down")
    with world.store.read() as session:
        found = session.get_one(ObjectProposal, id_)
        assert (found.is_accepted, found.answered_by) == (True, world.people["township_a"])
    with pytest.raises(Refused, match="answered already"):
        answer(world, id_)


def test_what_the_office_put_there_itself_meanwhile_is_what_was_proposed(world: World) -> None:
    id_ = propose(world, new(world, lon=110.1, lat=35.2))
    with world.store.write() as session:
        who = make.actor(session, "township_a")
        made = service.add_object(session, who, world.grids["A1"], "livestock_farm", "粉碎机", "").id
    assert answer(world, id_) == made and listed(world).count("粉碎机") == 1
    with world.store.read() as session:
        thing = session.get_one(PatrolObject, made)
        assert (thing.lon, thing.lat) == (110.1, 35.2)


def test_two_wishes_for_the_same_are_one(world: World) -> None:
    propose(world, new(world))
    with pytest.raises(Refused, match="proposed already"):
        propose(world, new(world))
    propose(world, stop(world))
    with pytest.raises(IntegrityError), world.store.write() as session:  # past the act, as two at once would
        there = session.scalars(select(ObjectProposal).where(ObjectProposal.kind == "stop")).one()
        fields = {key: getattr(there, key) for key in ObjectProposal.__table__.columns.keys()}  # noqa: SIM118
        session.add(ObjectProposal(**{**fields, "id": ids.new()}))
        session.flush()


def test_where_nobody_keeps_the_list_the_county_answers(world: World) -> None:
    propose(world, new(world))

    def waiting() -> list[int]:
        with world.store.read() as session:
            return [proposed.count(session, make.actor(session, login)) for login in ("township_a", "county")]

    assert waiting() == [1, 0]
    with world.store.write() as session:
        for login in ("township_a", "township_a_two"):
            session.get_one(Person, world.people[login]).suspended_at = clock.now()
    assert waiting()[1] == 1


def test_the_place_of_a_proposal_goes_in_its_time_and_it_is_a_resend_all_the_same(world: World) -> None:
    entry = new(world, lon=110.1, lat=35.2)
    propose(world, entry)
    with world.store.write() as session:
        assert retention.PROPOSED.drop(session, 10) == 0, "of today"
        session.get_one(ObjectProposal, entry.id).made_at -= timedelta(days=400)
        session.flush()
        retention.PROPOSED.drop(session, 10)
    with world.store.read() as session:
        found = session.get_one(ObjectProposal, entry.id)
        assert (found.lon, found.lat, found.content) == (None, None, "")
    propose(world, entry)
    with pytest.raises(Conflict):
        propose(world, ProposalEntry(entry.id, entry.grid_id, type=entry.type, zh="another"))


def test_the_denominator_changes_with_the_answer_and_not_with_the_proposal(world: World) -> None:
    def due() -> int:
        with world.store.read() as session:
            who = make.actor(session, "township_a")
            last = clock.today() + timedelta(days=40)
            return coverage.due_and_seen(session, who, clock.today(), last).due[world.grids["A1"]]

    before = due()
    ids_ = [propose(world, new(world)), propose(world, new(world, "第二处"))]
    assert due() == before
    answer(world, ids_[0])
    one = due()
    answer(world, ids_[1], why="no")
    assert before < one == due()


def test_what_waits_when_a_village_ends_waits_at_its_heir(world: World) -> None:
    ids_ = [propose(world, new(world)), propose(world, stop(world)), propose(world, new(world, "answered"))]
    answer(world, ids_[2], why="no")
    with world.store.write() as session:
        changed = GridsChanged({world.grids["A1"]: world.grids["A2"]}, (), clock.today())
        heirs.follow(session, changed)
    with world.store.read() as session:
        at = [session.get_one(ObjectProposal, id_).grid_id for id_ in ids_]
    assert at == [world.grids["A2"], world.grids["A2"], world.grids["A1"]], "what was answered stays as it was"
    assert answer(world, ids_[0]) is not None
    assert "粉碎机" in listed(world, "A2")


# --- pages ---


def test_the_officer_proposes_and_the_township_accepts_with_a_tap(world: World, browse: Any) -> None:
    officer, township = browse("officer_a1"), browse("township_a")
    form = f"/grids/{world.grids['A1']}/objects/propose"
    assert form in officer.get("/home").text
    id_ = ids.new()
    sent = {"id": id_, "zh": "校园粉碎机", "type": "livestock_farm", "why": "loud at night"}
    for _ in range(2):
        assert officer.post(form, **sent).status_code == 303
    home = officer.get("/home").text
    assert "校园粉碎机" in home and "waits for its answer" in home
    desk = township.get("/desk?tab=proposed").text
    assert desk.count(f"/proposals/{id_}/accept") == 1 and "loud at night" in desk
    assert "loud at night" in township.get(f"/proposals/{id_}").text
    assert township.post(f"/proposals/{id_}/accept").status_code == 303
    again = township.post(f"/proposals/{id_}/accept")
    assert again.status_code == 422 and "answered already" in again.text
    assert "accepted" in officer.get("/home").text
    assert "校园粉碎机" in officer.get(f"/grids/{world.grids['A1']}/patrol?all=1&id={ids.new()}").text


def test_what_was_typed_comes_back_with_what_is_missing(world: World, browse: Any) -> None:
    officer, township = browse("officer_a1"), browse("township_a")
    form = f"/grids/{world.grids['A1']}/objects/propose"
    page = officer.post(form, id=ids.new(), zh="", type="", why="typed words")
    assert page.status_code == 422 and "typed words" in page.text
    other = f"/objects/{world.things['farm_a1']}/stop"
    at = world.grids["A1"]
    assert officer.post(other, id=ids.new(), grid=at, why="").status_code == 422
    id_ = ids.new()
    for _ in range(2):
        assert officer.post(other, id=id_, grid=at, why="no animals").location == "/home"
    with world.store.write() as session:  # borders changed, and his phone never heard that it had arrived
        session.get_one(PatrolObject, world.things["farm_a1"]).grid_id = world.grids["B1"]
    assert officer.post(other, id=id_, grid=at, why="no animals").location == "/home"
    with world.store.write() as session:
        session.get_one(PatrolObject, world.things["farm_a1"]).grid_id = at
    assert "no animals" in township.get("/desk?tab=proposed").text
    assert township.post(f"/proposals/{id_}/decline", why="").status_code == 422
    assert township.post(f"/proposals/{id_}/decline", why="they come back in spring").status_code == 303
    assert "they come back in spring" in officer.get(f"/grids/{world.grids['A1']}/objects").text
    assert other in officer.get(f"/objects/{world.things['farm_a1']}").text, "it can be proposed again"
