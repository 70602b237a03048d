"""A SELECT that is kept for a shape of rights gives everybody of that shape his own rows, and nobody another's."""

from typing import Any

import pytest
from sqlalchemy import bindparam, select

from tests import make
from tests.access_county import hole  # noqa: F401  (fixture)
from webapp import access
from webapp.access import Actor, Posting, kept, where
from webapp.core import clock
from webapp.grid import queries as grids
from webapp.grid.models import Grid
from webapp.patrol import queries as patrols
from webapp.people.queries import actor_of
from webapp.report import desk, mapped, queries
from webapp.report.service import submit

OFFICERS = ("officer_a1", "officer_a2", "officer_b1")


@pytest.fixture
def reported(world: Any) -> dict[str, Any]:
    """A report of each of three officers, by his log-in."""
    found = {}
    for login in OFFICERS:
        entry = make.report(world.grids[login[-2:].upper()])
        with world.store.write() as session:
            submit(session, make.actor(session, login), entry)
        found[login] = entry.id
    return found


def test_people_of_one_shape_get_their_own_rows(world: Any, reported: dict[str, Any]) -> None:
    """Three officers, one after the other and over again, through the lists that a page is made of."""
    with world.store.read() as session:
        actors = {login: make.actor(session, login) for login in (*OFFICERS, *reversed(OFFICERS))}
        assert len({actor.shape() for actor in actors.values()}) == 1
        for login, actor in actors.items():
            mine = [reported[login]]
            home = world.grids[login[-2:].upper()]
            assert [report.id for report in queries.found_by(session, actor)] == mine
            assert [report.id for report in queries.open_in(session, actor, "1.")] == mine
            assert list(mapped.open_counts(session, actor)) == [home]
            assert queries.count_found(session, actor) == 1
            assert [cell.id for cell in grids.cells(session, actor, "patrol.read")] == [home]
            assert {line.object.grid_id for line in patrols.lines(session, actor, "patrol.read")} <= {home}
            for other in set(reported.values()) - set(mine):
                with pytest.raises(queries.NotFound):
                    queries.one(session, actor, other)


def test_two_townships_have_lists_of_their_own(world: Any, reported: dict[str, Any]) -> None:
    with world.store.read() as session:
        for login, mine in (("township_a", 2), ("township_b", 1), ("county", 3), ("township_a", 2)):
            lists = desk.Lists(session, make.actor(session, login), clock.now())
            assert lists.counts(["all_open"]) == {"all_open": mine} == {"all_open": len(lists.rows("all_open", 0, 9))}


def test_a_posting_set_aside_is_another_shape(world: Any) -> None:
    both = Actor(1, "", (Posting(1, "grid_officer", 3, "1.2.3.", None), Posting(2, "leader", 1, "1.", None)))
    shapes = {both.shape(), both.only("leader").shape(), both.only("grid_officer").shape(), both.whole().shape()}
    assert len(shapes) == 3


def test_who_builds_a_select_never_sees_who_asks() -> None:
    seen: list[Actor] = []

    @kept
    def built(actor: Actor, action: str) -> Any:
        seen.append(actor)
        return select(Grid.id).where(where(actor, action, grid_path=Grid.path), Grid.id == bindparam("one"))

    first = Actor(7, "Zhang", (Posting(1, "grid_officer", 3, "1.2.3.", None),))
    second = Actor(8, "Li", (Posting(2, "grid_officer", 4, "1.2.4.", None),))
    assert built(first, "grid.read") is built(second, "grid.read")
    assert built(first, "patrol.read") is not built(second, "grid.read")
    assert [actor.name for actor in seen] == ["", ""]
    assert "1.2.3." not in str(built(first, "grid.read").compile(compile_kwargs={"literal_binds": False}).params)
    assert (first.reach()["path0"], second.reach()["path0"]) == ("1.2.3.", "1.2.4.")
    access.KEPT.pop()


def test_what_is_kept_is_forgotten_when_the_table_is_changed(world: Any, hole: pytest.MonkeyPatch) -> None:
    with world.store.read() as session:
        leader = actor_of(session, make.actor(session, "leader").person_id)
        hole.setitem(access.MATRIX["patrol.read"], "leader", ".")
        assert grids.cells(session, leader, "patrol.read") == []
