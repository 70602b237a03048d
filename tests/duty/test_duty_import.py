"""A list comes in twice, changed, shortened and back again; what a county has said stays."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

import seeds
from tests import cost
from webapp import domains
from webapp.core import clock
from webapp.core.models import AuditEntry
from webapp.duty import service
from webapp.duty.models import Duty, Succession

CODE = "004-13-dept06-01"


def bring_in(store, name, rows):
    with store.write() as session:
        return domains.seeds()[name].bring_in(session, None, rows, "test")


def duty(session, code=CODE):
    return session.scalar(select(Duty).where(Duty.code == code))


def acts(store, action):
    with store.read() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


@pytest.fixture(scope="module")
def rows():
    return list(seeds.read("duties"))


def without(rows, code=CODE):
    return [row for row in rows if row.code != code]


def changed(rows, **values):
    return [replace(row, **values) if row.code == CODE else row for row in rows]


@pytest.mark.parametrize("name", domains.abouts()["duty"].seeds)
def test_a_second_import_changes_nothing_and_says_so(store, name):
    noted = len(acts(store, "seed.import"))
    change = bring_in(store, name, seeds.read(name))
    assert change.is_nothing and change.same == len(seeds.read(name))
    assert len(acts(store, "seed.import")) == noted


def test_every_row_of_the_seeds_is_in_the_table(store, rows):
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Duty)) == len(rows)
        stored, row = duty(session), next(row for row in rows if row.code == CODE)
        same = (
            "document",
            "section",
            "line_from",
            "line_to",
            "body_printed",
            "canonical",
            "zh",
            "en",
            "anchor",
            "why_zh",
        )
        assert [getattr(stored, name) for name in same] == [getattr(row, name) for name in same]
        assert stored.position == row.order


def test_a_changed_row_is_shown_as_changed_with_before_and_after(store, rows):
    change = bring_in(store, "duties", changed(rows, en="Other words"))
    assert (change.added, change.changed, change.retired, change.changed_keys) == (0, 1, 0, (CODE,))
    (entry,) = acts(store, "seed.change")
    assert entry.detail["after"] == {"en": "Other words"} and "siting" in entry.detail["before"]["en"]
    with store.read() as session:
        assert duty(session).en == "Other words"
        assert entry.thing == f"duty:{duty(session).id}"


def test_a_vanished_row_is_retired_and_never_deleted(store, rows):
    change = bring_in(store, "duties", without(rows))
    assert (change.retired, change.retired_keys, change.same) == (1, (CODE,), len(rows) - 1)
    with store.read() as session:
        assert duty(session).valid_to == clock.today()
    assert bring_in(store, "duties", without(rows)).is_nothing


def test_a_returning_row_is_in_force_again(store, rows):
    bring_in(store, "duties", without(rows))
    assert bring_in(store, "duties", rows).changed_keys == (CODE,)
    with store.read() as session:
        assert duty(session).valid_to is None


def test_what_the_county_named_outlives_a_new_reading(store, rows, county):
    with store.write() as session:
        service.name_department(session, county, CODE, "natural_resources")
    bring_in(store, "duties", changed(rows, canonical="housing", en="Other words"))
    with store.read() as session:
        found = duty(session)
        assert (found.named, found.confirmed_by, found.en) == ("natural_resources", county.person_id, "Other words")
        assert found.confirmed_at is not None


def test_a_confirmed_name_outlives_a_new_reading(store, county):
    with store.write() as session:
        row = session.scalar(select(Succession).where(Succession.body == "工信部门"))
        service.confirm_succession(session, county, row.id)
    changed_rows = [
        replace(row, event_en="other words") if row.body == "工信部门" else row for row in seeds.read("succession")
    ]
    assert bring_in(store, "succession", changed_rows).changed == 1
    with store.read() as session:
        found = session.scalar(select(Succession).where(Succession.body == "工信部门"))
        assert (found.event_en, found.confirmed_by) == ("other words", county.person_id)


def test_a_list_of_two_thousand_rows_comes_in_within_two_seconds(store, rows):
    many = [replace(row, en=row.en + ".") for row in rows]
    with cost.at_most(seconds=2):
        assert bring_in(store, "duties", many).changed == len(rows)
