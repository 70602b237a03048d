"""A problem typed in by the township: for whoever was the village's officer on the day it was found."""

from datetime import timedelta

import pytest

from tests import make
from webapp.core import clock
from webapp.core.errors import Refused
from webapp.report import service


@pytest.mark.parametrize(("back", "posted"), [(1, False), (2, True), (10, False)])
def test_a_problem_can_be_typed_in_for_whoever_was_posted_on_that_day(world, back, posted):
    today = clock.today()
    with world.store.write() as session:
        former = make.person(
            session,
            "former",
            "grid_officer",
            grid=world.grids["A1"],
            since=today - timedelta(days=9),
            until=today - timedelta(days=1),
        ).id
    entry = make.report(world.grids["A1"], person_id=former, occurred_at=clock.now() - timedelta(days=back))
    with world.store.write() as session:
        if posted:
            assert service.submit(session, make.actor(session, "township_a"), entry).number
        else:
            with pytest.raises(Refused, match="Choose the officer"):
                service.submit(session, make.actor(session, "township_a"), entry)


def test_the_form_of_a_village_without_an_officer_says_so(world, browse):
    with world.store.write() as session:
        session.get(make.Person, world.people["officer_a1"]).suspended_at = clock.now()
    page = browse("township_a").get(f"/grids/{world.grids['A1']}/report").text
    assert "Nobody is posted here now." in page and "officer_a1, until" in page
