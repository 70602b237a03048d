"""The report form: what an officer on an old phone can do wrong, and how nothing of it is lost."""
import pytest
from sqlalchemy import select

from webapp.report.models import Report, ReportJoint


@pytest.fixture
def form(browse, blank):
    """A logged-in officer and the fields of a complete report."""
    browser = browse("officer_a1")
    return browser, blank(browser)


def count(world):
    with world.store.read() as session:
        return len(session.scalars(select(Report.id)).all())


def test_a_ticked_border_without_the_other_village_is_asked_for_beside_the_field(world, form):
    browser, fields = form
    answer = browser.post("/reports", **fields, between="y", joint="")
    assert answer.status_code == 422
    assert 'id="joint-error"' in answer.text and "Choose the other village." in answer.text
    assert "black water since noon" in answer.text
    assert count(world) == 0


def test_a_village_that_was_chosen_counts_without_the_tick(world, form):
    browser, fields = form
    assert browser.post("/reports", **fields, joint=str(world.grids["A2"])).status_code == 303
    with world.store.read() as session:
        assert session.scalars(select(ReportJoint.grid_id)).all() == [world.grids["A2"]]


@pytest.mark.parametrize("village", ["no number", "99999", "9" * 30])
def test_a_village_that_does_not_exist_is_refused_beside_the_field(world, form, village):
    browser, fields = form
    answer = browser.post("/reports", **fields, between="y", joint=village)
    assert answer.status_code == 422 and 'id="joint-error"' in answer.text
    assert count(world) == 0


@pytest.mark.parametrize("grid", ["no number", "99999", "9" * 30])
def test_a_form_for_no_village_is_answered_and_not_a_fault(world, form, grid):
    browser, fields = form
    assert browser.post("/reports", **fields | {"grid": grid}).status_code == 404
    assert count(world) == 0
