"""How the pages of duties are asked of the database."""

from sqlalchemy import func, select

from tests.test_plans import heard
from webapp.duty import queries, scope
from webapp.duty.models import Duty


def test_the_departments_are_counted_once_and_not_one_by_one(world):
    """Whose a duty is has no index: a SELECT that joins by it goes through all duties for each department."""
    with world.store.read() as session:
        known = scope.parts(session)
        with heard(world.store) as said:
            found = queries.departments(session, known)
        assert len(found) > 10 and sum(row.everywhere for row in found) > 1000
        asked = {
            (row.everywhere, row.department.code)
            for row in found
            if row.everywhere
            != session.scalar(select(func.count()).where(row.department.code == queries.WHOSE, Duty.valid_to.is_(None)))
        }
        assert asked == set()
        if world.store.is_sqlite:
            ((statement, given),) = said.items()
            plan = [line for *_, line in session.connection().exec_driver_sql(f"explain query plan {statement}", given)]
            assert sum(line.startswith("SCAN duty") for line in plan) == 1
            assert plan.index("MATERIALIZE anon_1") < plan.index("SCAN duty"), plan
