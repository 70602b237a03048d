"""Revision 0010 on a county that landed before it: nobody is forgotten by it, and the way down."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.revisions import landed
from tests.test_migrations import layout, rows
from webapp.core.db import Store
from webapp.ops import migrate
from webapp.people.models import Person

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")


def test_nobody_is_forgotten_by_it(empty: Store, tmp_path: Path) -> None:
    county = landed("0005", empty, tmp_path)
    before, was = rows(county), layout(county)
    migrate.run(county, "upgrade", "0010")
    with county.read() as session:
        assert session.scalar(select(func.count(Person.id))) > 0
        assert session.scalar(select(func.count()).where(Person.erased_at.is_not(None))) == 0
    migrate.run(county, "downgrade", "0005")
    assert (layout(county), rows(county)) == (was, before)
