"""What the tests of a revision share: the county that landed before it, and a way down that is refused."""

from pathlib import Path

import pytest

from migrations.ops import Unfit
from tests.test_landed import FOLDERS
from tests.test_migrations import rows
from tests.test_revision_0002 import run
from webapp.core.db import Store
from webapp.ops import backup, migrate


def landed(revision: str, empty: Store, tmp_path: Path) -> Store:
    """The county that landed at a revision, in an empty place."""
    folder = next(folder for folder in FOLDERS if folder.name.startswith(revision))
    assert backup.restore(folder / "county.backup", empty, tmp_path / "data").revision == revision
    return empty


def refuse_the_way_down(county: Store, revision: str, to: str, change: str, what: str) -> None:
    """Bring a county to ``revision`` and change it there: it cannot go down ``to`` a schema that has no place for this,
    and keeps everything."""
    migrate.run(county, "upgrade", revision)
    run(county, change)
    before = rows(county)
    with pytest.raises(Unfit, match=f"no place for {what}"):
        migrate.run(county, "downgrade", to)
    assert (rows(county), migrate.current(county)) == (before, revision)
