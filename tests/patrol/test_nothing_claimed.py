"""A round claims nothing that nobody said: what is preset, and what is refused."""

import re

import pytest
from sqlalchemy import func, select

from tests import make
from webapp.core import clock
from webapp.patrol import service
from webapp.patrol.models import Patrol, Visit


def presets(page):
    """What is chosen beforehand for each object."""
    return re.findall(r'name="v\d+-outcome" id="[^"]*" value="(\w+)" checked', page)


def sent(page):
    """The form as a browser without JavaScript sends it when nothing is touched."""
    fields = dict(re.findall(r'<input type="hidden" name="(id|grid|made_at)" value="([^"]*)"', page))
    return fields | dict(re.findall(r'name="(v\d+-outcome)" id="[^"]*" value="(\w+)" checked', page))


def rounds(world):
    with world.store.read() as session:
        return session.scalar(select(func.count()).select_from(Patrol))


@pytest.fixture
def seen_today(world):
    """The farm of A1 was seen today, so that the kiln alone is due."""
    with world.store.write() as session:
        service.record(
            session,
            make.actor(session, "officer_a1"),
            make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}),
        )


def test_what_is_due_to_the_officer_himself_is_preset_and_nothing_else(world, browse, seen_today):
    officer, address = browse("officer_a1"), f"/grids/{world.grids['A1']}/patrol"
    assert presets(officer.get(address).text) == ["normal"]
    assert presets(officer.get(f"{address}?all=1").text) == ["not_gone", "not_gone"]
    assert presets(officer.get(f"{address}?all=yes").text) == ["not_gone", "not_gone"]


@pytest.mark.parametrize("tail", ["", "?all=1"])
def test_a_sheet_that_is_typed_in_begins_with_nothing_stated(world, browse, tail):
    page = browse("township_a").get(f"/grids/{world.grids['A1']}/patrol{tail}").text
    assert presets(page) == ["not_gone", "not_gone"]
    assert "Not on the sheet" in page and ">Not gone<" not in page
    assert "Mark what the sheet says" in page


def test_the_pages_that_are_kept_for_everybody_do_not_get_mixed_up(world, browse):
    """The same pages in every order: what was drawn for one kind of reader is not shown to another."""
    village = f"/grids/{world.grids['A1']}/patrol"
    for _ in range(2):
        for login, tail, preset in (
            ("officer_a1", "", "normal"),
            ("township_a", "", "not_gone"),
            ("officer_a1", "?all=1", "not_gone"),
        ):
            page = browse(login).get(village + tail).text
            assert set(presets(page)) == {preset}, (login, tail)
            assert ("Not on the sheet" in page) == (login == "township_a")


def test_a_sheet_sent_untouched_is_refused_and_the_form_comes_back(world, browse):
    township = browse("township_a")
    fields = sent(township.get(f"/grids/{world.grids['A1']}/patrol?all=1").text)
    fields["person_id"] = str(world.people["officer_a1"])
    answer = township.post("/patrols", **fields)
    assert (
        answer.status_code == 422 and "A patrol needs at least one object or topic that you looked at." in answer.text
    )
    assert presets(answer.text) == ["not_gone", "not_gone"] and "Not on the sheet" in answer.text
    assert rounds(world) == 0


def test_of_a_sheet_only_what_was_marked_is_claimed(world, browse):
    township = browse("township_a")
    fields = sent(township.get(f"/grids/{world.grids['A1']}/patrol?all=1").text)
    fields |= {"person_id": str(world.people["officer_a1"]), f"v{world.things['kiln_a1']}-outcome": "normal"}
    assert township.post("/patrols", **fields).status_code == 303
    with world.store.read() as session:
        assert session.execute(select(Visit.object_id, Visit.result)).all() == [(world.things["kiln_a1"], "normal")]


def test_the_service_refuses_a_round_with_nothing_stated(world):
    with world.store.write() as session, pytest.raises(service.Refused, match="at least one object"):
        service.record(session, make.actor(session, "officer_a1"), make.patrol(world.grids["A1"], {}, at=clock.now()))
    assert rounds(world) == 0
