"""The report's table at work: each row asks for its facts, and the guards hold through the service."""

from typing import Any

import pytest

from tests import make
from tests.conftest import World
from webapp.access import ROLES
from webapp.core import clock
from webapp.core.errors import Refused
from webapp.core.process import CANNOT, FILL_IN, Move
from webapp.report import service
from webapp.report.workflow import REPORT

#: Nothing stands against any row, but for those that a look stands against or is asked for by.
OPEN = dict.fromkeys(REPORT.guards, True) | {"handled": False, "not_right": False, "just_done": False}


def open_to(move: Move) -> dict[str, bool]:
    """Facts by which nothing stands against this row."""
    return OPEN | dict.fromkeys(move.only_if, True)


def test_step_asks_for_each_fact_by_its_field() -> None:
    for move in REPORT.moves:
        for need in move.needs:
            given = {other: "x" for other in move.needs if other != need}
            with pytest.raises(Refused, match=FILL_IN) as refusal:
                REPORT.step(move.source, move.action, move.by, open_to(move), given)
            assert refusal.value.field == need


def test_step_refuses_roles_that_do_not_hold_the_report() -> None:
    for move in REPORT.moves:
        movers = (row.by for row in REPORT.leaving(move.source) if row.action == move.action)
        others = set(ROLES).difference(*movers)
        with pytest.raises(Refused, match=CANNOT):
            REPORT.step(move.source, move.action, others, open_to(move), dict.fromkeys(move.needs, "x"))


def test_what_does_not_wait_to_be_looked_at_again_is_not_taken_up_by_the_township() -> None:
    asked = ("closed", "unsettle", {"township_supervisor"})
    assert REPORT.step(*asked, OPEN, {"reason": "x"}).target == "township"
    with pytest.raises(Refused, match=CANNOT):
        REPORT.step(*asked, OPEN | {"waits_for_sample": False}, {"reason": "x"})


def test_step_lets_no_handler_pass_his_own_result_whatever_roles_he_has() -> None:
    checks = [move for move in REPORT.moves if move.action == "confirm"]
    assert len(checks) == 10
    for move in checks:
        given = dict.fromkeys(move.needs, "x")
        assert REPORT.step(move.source, "confirm", move.by, open_to(move), given) == move
        with pytest.raises(Refused, match="someone else"):
            REPORT.step(move.source, "confirm", ROLES, open_to(move) | {"handled": True}, given)


def test_person_who_handled_cannot_pass_it_in_another_role(world: World) -> None:
    """Two hats: the same person is posted to the township's team and to its office."""
    with world.store.write() as session:
        make.posting(session, world.people["station_a"], "township_supervisor", grid=world.grids["A"])
    entry = make.report(world.grids["A1"])

    def act(login: str, action: str, seen: str, **given: Any) -> str:
        with world.store.write() as session:
            return service.move(session, make.actor(session, login), entry.id, make.move(action, seen, **given)).state

    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    act("township_a", "assign", "township", body=world.bodies["station_a"], due=clock.today().isoformat())
    assert act("station_a", "handle", "station", result="true", done="cleared") == "station_done"
    with pytest.raises(Refused, match="someone else"):
        act("station_a", "confirm", "station_done", note="clean")
    assert act("township_a", "confirm", "station_done", note="clean") == "closed"
