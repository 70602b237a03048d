"""Handing over: all postings of who leaves go to a successor in one act, and what waits there with them."""

import pytest
from sqlalchemy import select

from tests import make
from webapp.accounts import side_acts
from webapp.card.models import UpperLink
from webapp.card.service import name_upper
from webapp.core import clock
from webapp.core.errors import NotFound, Refused
from webapp.core.models import AuditEntry
from webapp.people.models import Person, Posting


def handed(world, by, person, successor):
    """Hand over as somebody; what the successor got."""
    with world.store.write() as session:
        ids = world.people[person], world.people[successor]
        return len(side_acts.hand_over(session, make.actor(session, by), *ids))


def places(world, login):
    """Where somebody is posted today."""
    with world.store.read() as session:
        return {(posting.role, posting.grid_id or posting.body_id) for posting in make.actor(session, login).postings}


def test_all_postings_go_to_the_successor_and_the_leaver_has_none(world):
    with world.store.write() as session:
        make.posting(session, world.people["officer_a1"], "grid_officer", grid=world.grids["A3"])
    assert handed(world, "township_a", "officer_a1", "officer_a2") == 2
    assert places(world, "officer_a1") == set()
    assert places(world, "officer_a2") == {("grid_officer", world.grids[grid]) for grid in ("A1", "A2", "A3")}
    with world.store.read() as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.hand_over")).one()
        assert (line.thing, line.detail["login"]) == (f"person:{world.people['officer_a1']}", "officer_a2")


def test_what_the_successor_holds_already_is_not_given_twice_and_a_last_day_stays(world):
    with world.store.write() as session:
        make.posting(session, world.people["officer_a2"], "grid_officer", grid=world.grids["A1"])
        ends = clock.today() + make.days(9)
        make.posting(session, world.people["officer_a1"], "grid_officer", grid=world.grids["A3"], until=ends)
    assert handed(world, "township_a", "officer_a1", "officer_a2") == 1
    with world.store.read() as session:
        given = select(Posting.valid_from, Posting.valid_to).where(
            Posting.person_id == world.people["officer_a2"], Posting.grid_id == world.grids["A3"]
        )
        assert session.execute(given).one() == (clock.today(), ends)


def test_the_persons_place_towards_the_grids_below_goes_along(world):
    with world.store.write() as session:
        office = make.actor(session, "county")
        name_upper(session, office, world.grids["A1"], world.people["township_a"], clock.today() - make.days(30))
    handed(world, "county", "township_a", "township_a_two")
    with world.store.read() as session:
        links = session.scalars(select(UpperLink).order_by(UpperLink.id)).all()
        assert [(link.person_id, link.to_on) for link in links] == [
            (world.people["township_a"], clock.today()),
            (world.people["township_a_two"], None),
        ]


@pytest.mark.parametrize(
    ("by", "person", "successor"),
    [
        ("township_a", "officer_a1", "officer_b1"),
        ("township_a", "officer_a1", "officer_a1"),
        ("township_a", "officer_a1", "township_a"),
        ("admin", "officer_a1", "auditor"),
    ],
)
def test_who_is_not_below_takes_over_nothing(world, by, person, successor):
    before = places(world, person)
    with pytest.raises(Refused, match="Choose one"):
        handed(world, by, person, successor)
    assert places(world, person) == before


def test_nobody_hands_over_what_is_above_him(world):
    with pytest.raises(NotFound):
        handed(world, "township_a", "township_a_two", "officer_a1")


def test_who_holds_nothing_hands_nothing_over_and_a_closed_account_takes_nothing(world):
    handed(world, "township_a", "officer_a1", "officer_a2")
    with pytest.raises(Refused, match="no posting of this person"):
        handed(world, "township_a", "officer_a1", "officer_a2")
    with world.store.write() as session:
        session.get_one(Person, world.people["officer_a1"]).suspended_at = clock.now()
    with pytest.raises(Refused, match="Choose one"):
        handed(world, "township_a", "officer_a2", "officer_a1")


def test_the_page_lists_the_postings_and_hands_them_over(world, browse):
    township, address = browse("township_a"), f"/people/{world.people['officer_a1']}/handover"
    shown = township.get(address).text
    assert "Village A1" in shown and "Nothing is open there now." in shown and "officer_a2 officer_a2" in shown
    assert "officer_b1" not in shown
    assert township.post(address, successor="").status_code == 422 and 'value="" selected' in shown
    answer = township.post(address, successor=world.people["officer_a2"])
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/people/{world.people['officer_a2']}")
    assert ("grid_officer", world.grids["A1"]) in places(world, "officer_a2")
