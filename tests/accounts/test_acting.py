"""Acting for somebody who is away: with one's own log-in, until a last day, and nothing of it remains."""

import pytest
from sqlalchemy import func, select

from tests import make
from webapp.accounts import side_acts
from webapp.core import clock
from webapp.core.errors import NotFound, Refused
from webapp.people import queries as people
from webapp.people.models import ActingFor, Posting


def soon():
    return clock.today() + make.days(5)


def posting_of(session, world, login):
    """The first posting of somebody."""
    return session.scalars(select(Posting).where(Posting.person_id == world.people[login]).order_by(Posting.id)).first()


def acts(world, by, absent, who, first=None, last=()):
    """Let somebody act for another; where no last day is said, for some days."""
    last = soon() if last == () else last
    with world.store.write() as session:
        of = posting_of(session, world, absent).id
        made = side_acts.stand_in(session, make.actor(session, by), of, world.people[who], first or clock.today(), last)
        return made.id


def test_who_acts_for_another_may_what_he_may_until_the_last_day_and_nothing_after(world):
    acts(world, "township_a", "officer_a1", "officer_a2")
    for day, mine in ((clock.today(), {"A1", "A2"}), (soon(), {"A1", "A2"}), (soon() + make.days(1), {"A2"})):
        with clock.at(clock.start(day)), world.store.read() as session:
            reached = make.actor(session, "officer_a2").grids_for("patrol.walk")
            assert set(reached) == {world.grids[grid] for grid in mine}
            assert make.actor(session, "officer_a1").grids_for("patrol.walk") == (world.grids["A1"],)


def test_a_liaison_who_is_away_stays_the_liaison(world, browse):
    acts(world, "county", "liaison", "leader")
    with world.store.read() as session:
        assert posting_of(session, world, "liaison").valid_to is None
    assert "more than one" not in browse("county").get("/bodies").text


def test_his_page_says_for_whom(world, browse):
    acts(world, "township_a", "officer_a1", "officer_a2")
    assert "acting for officer_a1" in browse("township_a").get(f"/people/{world.people['officer_a2']}").text
    assert "acting for officer_a1" in browse("officer_a2").get("/account").text
    with world.store.read() as session:
        lines = people.postings_of(session, world.people["officer_a2"])
        assert [line.instead and line.instead.login for line in lines] == [None, "officer_a1"]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(None, None, "last"), (make.BEGAN - make.days(9), 5, "last"), (None, 90, "last")],
)
def test_acting_has_a_last_day_within_the_days_of_the_posting(world, first, last, field):
    last = last and clock.today() + make.days(last)
    with world.store.write() as session:
        posting_of(session, world, "officer_a1").valid_to = clock.today() + make.days(30)
    with pytest.raises(Refused) as refusal:
        acts(world, "township_a", "officer_a1", "officer_a2", first, last)
    assert refusal.value.field == field


def test_only_who_is_above_both_lets_somebody_act_and_nobody_acts_for_who_acts(world):
    for by, who in (("township_a", "officer_b1"), ("township_a", "officer_a1"), ("township_a", "township_a")):
        with pytest.raises(Refused, match="Choose one"):
            acts(world, by, "officer_a1", who)
    with pytest.raises(NotFound):
        acts(world, "township_b", "officer_a1", "officer_b1")
    made = acts(world, "county", "officer_a1", "officer_a2")
    with world.store.write() as session, pytest.raises(Refused, match="acts for somebody already"):
        office = make.actor(session, "county")
        side_acts.stand_in(session, office, made, world.people["officer_b1"], clock.today(), soon())


def test_a_handover_passes_no_acting_on(world):
    acts(world, "township_a", "officer_a1", "officer_a2")
    with world.store.write() as session:
        ids = world.people["officer_a2"], world.people["officer_a1"]
        given = side_acts.hand_over(session, make.actor(session, "township_a"), *ids)
        assert [posting.grid_id for posting in given] == [world.grids["A2"]]
        assert session.scalar(select(func.count()).select_from(ActingFor)) == 1


def test_the_form_posts_him_and_asks_for_a_last_day(world, browse):
    with world.store.read() as session:
        of = posting_of(session, world, "officer_a1").id
    township, address = browse("township_a"), f"/people/{world.people['officer_a1']}/postings/{of}/acting"
    assert "Acting for somebody" in township.get(address).text
    typed = {"stand_in": world.people["officer_a2"], "first": clock.today().isoformat()}
    assert township.post(address, **typed, last="").status_code == 422
    assert township.post(address, **typed, last=soon().isoformat()).status_code == 303
    assert browse("township_a").get(address.replace(str(of), "999")).status_code == 404
