"""An id that comes again with other content, or from somebody else: refused with 409, and what is stored stays."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from tests.conftest import World
from tests.durability.ledger import Answered, faults
from tests.durability.sending import OFFICERS, VILLAGES, Phone, Post, mixed
from tests.durability.serving import Server
from tests.short import count
from webapp.core.db import Base
from webapp.patrol.models import Patrol, Visit
from webapp.report.models import Report, ReportEvent, ReportProblem

PAIRS = count(24, 500)
KEPT = (Patrol, Visit, Report, ReportEvent, ReportProblem)


def other(world: World, post: Post, turn: int) -> Post:
    """The same id: with another sentence, from another officer, for another village, or with another measure."""
    village = VILLAGES[(turn + 1) % 3]
    change = [
        {"note": f"other words {turn}"},
        {"place": "elsewhere"} if post.kind == "reports" else {"note": "one word more"},
        {"grid": str(world.grids[village.upper()])},
        {"first_measure": "stopped"} if post.kind == "reports" else {"note": f"and more {turn}"},
    ][turn % 4]
    officer = f"officer_{village}" if turn % 3 == 0 else post.officer
    return replace(post, fields=post.fields | change, officer=officer)


def rows(world: World, model: type[Base]) -> list[tuple]:
    """All rows of a table, in the order of its key."""
    table = model.__table__
    with world.store.read() as session:
        return [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]


def test_other_content_under_a_known_id_is_refused_and_changes_nothing(world: World, tmp_path: Path) -> None:
    taken: Answered = []
    refused: list[int] = []
    with ExitStack() as stack:
        server = stack.enter_context(Server(world, tmp_path / "data", workers=1))
        phones = {login: stack.enter_context(Phone.of(server, login)) for login in OFFICERS}
        posts = [replace(post, twice=False) for post in mixed(world, PAIRS)]
        taken = [(post, phones[post.officer].send(post)) for post in posts]
        before = {model: rows(world, model) for model in KEPT}
        for turn, post in enumerate(posts):
            sent = other(world, post, turn)
            refused.append(phones[sent.officer].send(sent).status)
    assert set(refused) == {409}, [(turn, status) for turn, status in enumerate(refused) if status != 409]
    assert {model: rows(world, model) for model in KEPT} == before
    assert faults(world, tmp_path / "data", taken) == []
