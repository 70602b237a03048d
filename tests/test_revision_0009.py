"""Revision 0009 on a county that landed before it: log-ins are whole, nobody has a second factor, and the way down."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.conftest import KEY
from tests.revisions import landed
from tests.test_migrations import layout, rows
from tests.test_revision_0002 import run
from webapp.core import clock
from webapp.core.db import Store
from webapp.login import second
from webapp.login.models import LoginSession, RecoveryCode, SecondFactor
from webapp.ops import migrate
from webapp.people.models import Person

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")


@pytest.fixture
def county(empty: Store, tmp_path: Path) -> Store:
    """The landed county of the schema before, with a log-in."""
    found = landed("0005", empty, tmp_path)
    run(
        found,
        "insert into login_session (token_hash, person_id, device, is_remembered, created_at, seen_at, expires_at) "
        "select 'x', min(id), 'phone', true, '2026-11-01 00:00:00', '2026-11-01 00:00:00', '2030-11-01 00:00:00' "
        "from person",
    )
    return found


def test_log_ins_stay_whole_and_nobody_has_a_second_factor(county: Store) -> None:
    before, was = rows(county), layout(county)
    migrate.run(county, "upgrade", "0009")
    with county.write() as session:
        assert session.scalars(select(LoginSession.is_half)).all() == [False]
        for table in (SecondFactor, RecoveryCode):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        person = session.scalar(select(func.min(Person.id)))
        sealed = second.seal([KEY], second.fresh())
        session.add(SecondFactor(person_id=person, sealed=sealed, made_at=clock.now(), last_step=2**40))
        session.add(RecoveryCode(person_id=person, code_hash="h"))
    with county.read() as session:
        assert session.scalars(select(SecondFactor)).one().last_step == 2**40
    migrate.run(county, "downgrade", "0005")
    assert (layout(county), rows(county)) == (was, before)
