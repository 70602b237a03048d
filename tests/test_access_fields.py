"""Fields that no form has: every column of every table, sent along with what a form asks for."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

import webapp
from tests import access_routes
from tests.access_check import Target, Visitor, address, fields
from tests.access_county import County, county, on_sqlite, visitors  # noqa: F401  (fixtures)
from webapp.core import ids
from webapp.core.db import Base
from webapp.feedback.models import Feedback
from webapp.patrol.models import Patrol
from webapp.people.models import Person
from webapp.report.models import Report, ReportEvent

ROUTES = {f"{route.method} {route.address}": route for route in access_routes.ROUTES}
#: Names of columns that a careless program might take from a form, with values that would do harm.
HARM = {
    "state": "closed",
    "to_state": "closed",
    "grid_id": "7",
    "found_by": "1",
    "entered_by": "1",
    "number": "2020-00001",
    "settled": "1",
    "sampled_at": "2026-01-01T00:00:00+00:00",
    "received_at": "2020-01-01T00:00:00+00:00",
    "due_at": "2040-01-01T00:00:00+00:00",
    "role": "county_office",
    "body_id": "1",
    "seq": "99",
    "content": "x",
    "entry_mode": "x",
    "version_id": "1",
    "is_demo": "1",
    "must_change": "",
    "password_hash": "x",
    "granted_by": "1",
    "suspended_at": "",
    "holder": "nobody",
    "action": "reopen",
    "from_state": "closed",
    "handled": "",
}


def _every_column() -> dict[str, str]:
    """The name of every column of every table, but for those that some form asks for, with a value that would fit."""
    asked = {name for path in Path(webapp.__file__).parent.rglob("*.py") for name in FIELD.findall(path.read_text())}
    fits: dict[type, str] = {bool: "1", int: "1", float: "1.5", datetime: "2020-01-01T00:00:00+00:00"}
    columns = {column.name: column for table in Base.metadata.tables.values() for column in table.columns}
    return {
        name: fits.get(getattr(column.type, "python_type", str), "x")
        for name, column in columns.items()
        if name not in asked
    }


FIELD = re.compile(r"^    (\w+) = (?:text|\w*Field)\(", re.M)
EXTRA = _every_column() | HARM


def _kept(made: County, model: Any, row: Any) -> dict[str, Any]:
    with made.store.read() as session:
        found = session.scalars(select(model).where(model.id == row)).one()
        return {column.name: getattr(found, column.name) for column in model.__table__.columns}


def _sent(
    visitor: Visitor, name: str, target: Target, model: Any, more: dict[str, str], own: dict[str, Any]
) -> dict[str, Any]:
    """The row that a post left, with ``more`` fields than the form has; then the county is put back."""
    made, route = visitor.county, ROUTES[name]
    typed = fields(made, route, visitor.login, target) | own
    answer = visitor.raw(
        "POST", address(made, route, target), typed | {k: v for k, v in more.items() if k not in typed}
    )
    assert answer.status_code in (200, 303), answer.text
    with made.store.read() as session:
        row = own.get("id") or session.scalar(select(Person.id).where(Person.login == own["login"]))
        moved = (
            [
                tuple(line)
                for line in session.execute(text("select id, state, due_at, grid_id from report order by number"))
            ]
            if model is not Report
            else []
        )
    kept = _kept(made, model, row) | {"reports": moved}
    assert made.changed()
    return kept


@on_sqlite
@pytest.mark.parametrize(
    ("login", "name", "target", "model"),
    [
        ("officer_a1", "POST /reports", Target("A1"), Report),
        ("officer_a1", "POST /patrols", Target("A1"), Patrol),
        ("township_a", "POST /reports/<report_id>/<action>", Target("township", "raise"), ReportEvent),
        ("housing", "POST /reports/<report_id>/<action>", Target("work", "handle"), ReportEvent),
        ("township_a", "POST /people/new", Target("A1"), Person),
        ("officer_a1", "POST /feedback", Target("-"), Feedback),
    ],
)
def test_fields_that_no_form_has_change_nothing(
    visitors: dict[str, Visitor], login: str, name: str, target: Target, model: Any
) -> None:
    own: dict[str, Any] = {"login": "new"} if model is Person else {"id": ids.new()}
    assert len(EXTRA) >= 100
    with_more, plain = (_sent(visitors[login], name, target, model, more, own) for more in (EXTRA, {}))
    assert with_more == plain
