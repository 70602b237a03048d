"""The bench compares like with like: the Django twin answers as we do, and stores the same rows."""

import os
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bench import client
from bench.county import Walker
from tests.conftest import PASSWORD, World
from webapp.core import ids

JSON = {"Accept": "application/json"}
COLUMNS = "grid_id, person_id, entry_mode, note, lon, lat, accuracy_m"


@pytest.fixture
def twin(world: World, tmp_path: Path) -> Iterator[Any]:
    """The twin on a copy of the small county. Django is set up once a process and would change its time zone."""
    django = pytest.importorskip("django")
    zone, os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("TZ"), "bench.django_twin.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # a browser test before this one has left its event loop in the process
    )
    from django.db import connections

    connections["default"].settings_dict["NAME"] = str(tmp_path / "twin.db")
    django.setup()
    _keep_zone(zone)
    import_module("bench.django_twin.fill").fill(world.store)
    from django.test import Client

    yield Client(headers=JSON)
    connections.close_all()


def _keep_zone(zone: str | None) -> None:
    os.environ.pop("TZ", None)
    if zone is not None:
        os.environ["TZ"] = zone
    time.tzset()


@pytest.fixture
def both(twin: Any, browse: Any) -> Any:
    """Send the same fields to both, as one person; each one's status and receipt without its moment."""
    ours = {}

    def send(login: str, fields: dict[str, str]) -> tuple[tuple[int, Any], tuple[int, Any]]:
        if login not in ours:
            ours[login] = browse(login)
        assert twin.login(username=login, password=PASSWORD)
        page = ours[login]
        mine = page.client.post("/patrols", data={"csrf_token": page.token(), **fields}, headers=JSON)
        theirs = twin.post("/patrols", fields)
        return _told(mine), _told(theirs)

    return send


def _told(answer: Any) -> tuple[int, Any]:
    if answer.status_code != 201:
        return answer.status_code, None
    receipt = answer.get_json() if hasattr(answer, "get_json") else answer.json()
    return 201, {name: str(value) for name, value in receipt.items() if name != "received_at"}


def _round(world: World, village: str = "A1") -> dict[str, str]:
    things = tuple(world.things[f"{kind}_{village.lower()}"] for kind in ("farm", "kiln"))
    return client.patrol_fields(Walker("", world.grids[village], things))


def test_a_round_gets_the_same_receipt_and_the_same_again(both: Any, world: World) -> None:
    fields = _round(world)
    first, again = both("officer_a1", fields), both("officer_a1", fields)
    assert first[0] == first[1] == again[0] == again[1]
    assert first[0] == (
        201,
        {"id": fields["id"], "photos": "[]", "normal": "1", "problem": "0", "could_not_see": "1"},
    )


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"note": "other"}, 409),
        ({"grid": "A2", "id": "new"}, 404),
        ({"id": "no id"}, 422),
        ({"lon": "200", "id": "new"}, 422),
        ({"occurred_on": "2999-01-01", "id": "new"}, 422),
        ({"v999999-outcome": "normal", "id": "new"}, 422),
    ],
)
def test_both_refuse_alike(both: Any, world: World, change: dict[str, str], status: int) -> None:
    fields = _round(world)
    both("officer_a1", fields)
    changed = fields | change
    changed["grid"] = str(world.grids.get(changed["grid"], changed["grid"]))
    changed["id"] = str(ids.new()) if changed["id"] == "new" else changed["id"]
    assert [answer[0] for answer in both("officer_a1", changed)] == [status, status]


def test_somebody_elses_id_and_somebody_who_does_not_walk_are_refused_alike(both: Any, world: World) -> None:
    fields = _round(world)
    both("officer_a1", fields)
    assert [answer[0] for answer in both("officer_a2", fields)] == [409, 409]
    assert [answer[0] for answer in both("liaison", _round(world))] == [403, 403]


def test_both_store_the_same(both: Any, world: World, twin: Any) -> None:
    from django.db import connection
    from sqlalchemy import text

    both("officer_a1", _round(world))
    statements = (
        f"select {COLUMNS} from {{}}patrol",
        "select object_id, result, reason from {}visit order by object_id",
    )
    for statement in statements:
        with world.store.read() as session, connection.cursor() as cursor:
            mine = [tuple(row) for row in session.execute(text(statement.format("")))]
            assert mine == cursor.execute(statement.format("django_twin_")).fetchall()
        assert mine
