"""Revision 0005 on a county of 0004: the index of the search holds what every report says."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import column, select, table

from migrations.ops import UUID
from tests.revisions import landed
from tests.test_migrations import layout, rows
from webapp.core.db import Store
from webapp.ops import migrate
from webapp.report.models import Report, ReportPair
from webapp.report.pairs import pairs_of

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
REVISION = import_module("migrations.versions.0005_words_of_reports")


@pytest.fixture
def county(empty: Store, tmp_path: Path) -> Store:
    """The landed county of 0004."""
    return landed("0004", empty, tmp_path)


SAID = select(Report.id, Report.place, Report.note)  # what was there then


def test_every_report_is_found_by_what_it_says(county: Store) -> None:
    before, was = rows(county), layout(county)
    migrate.run(county, "upgrade", "0005")
    with county.read() as session:
        said = {id_: pairs_of([place, note]) for id_, place, note in session.execute(SAID)}
        held: dict[object, set[str]] = {id_: set() for id_ in said}
        for pair, report_id in session.execute(select(ReportPair.pair, ReportPair.report_id)):
            held[report_id].add(pair)
    assert held == said and len(said) > 10 and all(said.values())
    migrate.run(county, "downgrade", "0004")
    assert (layout(county), rows(county)) == (was, before)


@pytest.mark.parametrize("at_once", [1, 7, 2000])
def test_reports_are_read_in_parts_and_each_once(county: Store, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with county.reader.connect() as connection:
        monkeypatch.setattr(REVISION, "AT_ONCE", at_once)
        monkeypatch.setattr(REVISION, "op", SimpleNamespace(get_bind=lambda: connection))
        parts = list(REVISION.said())
        ids = connection.scalars(select(column("id", UUID)).select_from(table("report")).order_by("id")).all()
    assert [row.id for part in parts for row in part] == list(ids)
    assert max(map(len, parts)) == min(at_once, len(ids))
