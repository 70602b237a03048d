"""A report's form with what no honest page sends, or with a half answer: refused with a sentence, never our fault."""

import pytest

from webapp.core import clock, ids


@pytest.mark.parametrize("field", ["grid", "object_id", "person_id", "joint"])
def test_a_number_that_no_key_can_have_is_never_our_fault(world, browse, field):
    sent = {
        "id": ids.new(),
        "grid": world.grids["A1"],
        "made_at": clock.now().isoformat(),
        "place": "x",
        "problem": "smoke",
        "severity": "minor",
        "first_measure": "not_heeded",
        "note": "x",
        "between": "y",
        "joint": world.grids["A2"],
    }
    browser = browse("officer_a1")
    for number in (10**30, "9" * 5000):
        assert browser.post("/reports", **sent | {"id": ids.new(), field: number}).status_code in (303, 404, 422)


def test_a_border_without_the_other_village_is_asked_for_beside_its_field(world, browse):
    answer = browse("officer_a1").post(
        "/reports",
        id=ids.new(),
        grid=world.grids["A1"],
        made_at=clock.now().isoformat(),
        place="x",
        problem="smoke",
        severity="minor",
        first_measure="not_heeded",
        note="kept",
        between="y",
        joint="",
    )
    assert answer.status_code == 422
    assert "Choose the other village." in answer.text and "kept" in answer.text


@pytest.mark.parametrize("number", ["²", "9" * 25, "9" * 5000])
def test_an_object_in_the_address_that_cannot_be_one_is_left_aside(world, browse, number):
    assert (
        browse("officer_a1").get(f"/grids/{world.grids['A1']}/report", query_string={"object": number}).status_code
        == 200
    )
