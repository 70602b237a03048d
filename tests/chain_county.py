"""What the tests of the chain share: the small county after some days, and a look at it."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, text

from tests import make
from tests.conftest import World
from tests.test_backup import evidence, photo
from webapp.core import audit, clock
from webapp.core.chain_link import HistoryOpen
from webapp.core.db import Store
from webapp.core.models import TimeLimit
from webapp.feedback.models import Feedback
from webapp.ops import dump
from webapp.ops.chain_head import Head
from webapp.ops.verify_audit import Audit
from webapp.patrol import service as patrol_service
from webapp.report import service as report_service
from webapp.report.models import Report


def live(world: World, data_dir: Any, reports: int = 14) -> list[uuid.UUID]:
    """Rounds, reports with photos that went to the township, the log, feedback, a changed limit; ids of the reports."""
    made = []
    for number in range(reports):
        with world.store.write() as session:
            officer = make.actor(session, "officer_a1")
            made.append(make.report(world.grids["A1"], joint=(world.grids["A2"],), note=f"第{number}次冒烟。"))
            report_service.submit(session, officer, made[-1])
            evidence(session, made[-1].id, {uuid.uuid4(): photo(data_dir, f"photo {number}")})
        with world.store.write() as session:
            round_ = make.patrol(
                world.grids["A1"], {world.things["farm_a1"]: "problem", world.things["kiln_a1"]: "normal"}
            )
            patrol_service.record(session, make.actor(session, "officer_a1"), round_)
            township = make.actor(session, "township_a")
            report_service.move(session, township, made[-1].id, make.move("give_back", "township", missing="哪一座？"))
            audit.note(session, township.person_id, "person.edit", f"person:{number}", before=number)
    with world.store.write() as session:
        limit = session.scalars(select(TimeLimit).order_by(TimeLimit.code)).first()
        limit.number += 1
        session.add(Feedback(id=uuid.uuid4(), person_id=world.people["county"], at=clock.now(), page="/", text="很好"))
        audit.note_all(session, None, "seed.change", [(f"duty:{number}", {"after": number}) for number in range(5)])
        assert session.get(Report, made[0].id) is not None
    return [each.id for each in made]


def found(store: Store, witness: Sequence[Head] = ()) -> set[tuple[str, str]]:
    """What verifying finds: kind and place."""
    with dump.snapshot(store) as connection:
        return seen(connection, witness)


def seen(connection: Connection, witness: Sequence[Head] = ()) -> set[tuple[str, str]]:
    """The same within a transaction."""
    return {(finding.kind, finding.place) for finding in Audit(witness).findings(connection)}


def tampering(connection: Connection) -> Connection:
    """As somebody who has the database itself: no guard, no reference holds him back."""
    connection.execute(insert(HistoryOpen).values(reason="a test tampers"))
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    return connection
