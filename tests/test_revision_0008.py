"""Revision 0008: a store of before gets a place for its id, and goes down again without it."""

from pathlib import Path

import pytest

from tests.revisions import landed
from tests.test_migrations import layout, rows
from webapp.core.db import Store
from webapp.ops import identity, migrate

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")


def test_a_landed_county_goes_up_gets_its_id_and_goes_down_as_it_was(empty: Store, tmp_path: Path) -> None:
    county = landed("0005", empty, tmp_path)
    before, was = rows(county), layout(county)
    migrate.run(county, "upgrade", "head")
    migrate.run(county, "check")
    identity.ensure(county, tmp_path / "data")
    assert identity.mismatch(county, tmp_path / "data") is None
    (row,) = rows(county)["store_identity"]
    assert row["slot"] == 1
    migrate.run(county, "downgrade", "0005")
    assert (layout(county), rows(county)) == (was, before)
