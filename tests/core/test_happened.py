"""Something happened: who listens is called at once, in order, each once, in the transaction of the act."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import World
from webapp.core import audit
from webapp.core.db import Store
from webapp.core.errors import Refused
from webapp.core.files import PhotoFile
from webapp.core.happened import Listener, Listeners, Moved, Visited, tell
from webapp.core.models import AuditEntry, Counter
from webapp.listeners import open_store
from webapp.patrol import service as patrol_service
from webapp.patrol.models import Patrol
from webapp.report import service
from webapp.report.models import Assignment, Report, ReportAttachment, ReportEvent
from webapp.web import request as web_request


@dataclass(frozen=True)
class Opened:
    """An event of another type."""

    object_id: int


class Ear:
    """Listens and remembers; may refuse what it hears."""

    def __init__(self, *, refuses: str | None = None):
        self.heard: list[Any] = []
        self.refuses = refuses

    def hear(self, session: Session, event: Any) -> None:
        self.heard.append(event)
        audit.note(session, None, "heard", type(event).__name__)
        if self.refuses and getattr(event, "move", None) and event.move.action == self.refuses:
            raise Refused("Not with me.")


def heard_by(world: World, *listeners: Listener) -> Store:
    """The world's database, with these who listen."""
    return open_store(world.store.url.render_as_string(hide_password=False), Listeners(*listeners))


def submit(store: Store, world: World, **more: Any) -> Any:
    entry = make.report(world.grids["A1"], **more)
    with store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    return entry


def move(store: Store, entry: Any, login: str, action: str, **given: Any) -> Any:
    sent = make.move(action, "township", **given)
    with store.write() as session:
        service.move(session, make.actor(session, login), entry.id, sent)
    return sent


def test_a_new_report_and_each_of_its_moves_are_told_with_their_line_of_the_history(world: World) -> None:
    ear = Ear()
    store = heard_by(world, Listener(Moved, ear.hear))
    entry = submit(store, world)
    sent = move(store, entry, "township_a", "raise", reason="needs a fine")
    first, second = ear.heard
    assert (first.process, first.thing_id, first.move.action, first.is_new) == ("report", entry.id, "submit", True)
    assert (second.move.action, second.move.target, second.is_new) == ("raise", "county", False)
    assert (second.by.person_id, second.by.role) == (world.people["township_a"], "township_supervisor")
    with store.read() as session:
        lines = list(session.scalars(select(ReportEvent).order_by(ReportEvent.seq)))
        assert [(line.id, line.at) for line in lines] == [(event.event_id, event.at) for event in ear.heard]
        assert lines[1].id == sent.id
    store.close()


def test_who_listens_sees_the_thing_as_it_has_become_and_writes_with_it(world: World) -> None:
    seen = []

    def look(session: Session, event: Moved) -> None:
        report = session.get_one(Report, event.thing_id)
        lines = session.scalar(select(func.count()).where(ReportEvent.report_id == report.id))
        seen.append((report.state, lines))

    store = heard_by(world, Listener(Moved, look))
    entry = submit(store, world)
    move(store, entry, "township_a", "raise", reason="needs a fine")
    assert seen == [("township", 1), ("county", 2)]
    store.close()


def test_the_act_of_a_listener_is_kept_with_the_act_it_heard(world: World) -> None:
    store = heard_by(world, Listener(Moved, Ear().hear))
    submit(store, world)
    with store.read() as session:
        assert session.scalar(select(func.count()).where(AuditEntry.action == "heard")) == 1
    store.close()


def stored(store: Store) -> tuple[Any, ...]:
    """All that an act on a report can have changed."""
    with store.read() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table)) for table in (Report, ReportEvent, Assignment)
        ]
        states = list(session.execute(select(Report.id, Report.state, Report.due_at, Report.state_since)))
        notes = session.scalar(select(func.count()).where(AuditEntry.action == "heard"))
        return counts, states, notes, dict(session.execute(select(Counter.name, Counter.value)).all())


def test_a_refusal_of_a_listener_refuses_a_new_report_and_nothing_is_stored(world: World) -> None:
    store = heard_by(world, Listener(Moved, Ear(refuses="submit").hear))
    before = stored(store)
    with pytest.raises(Refused, match="Not with me"):
        submit(store, world)
    assert stored(store) == before
    store.close()


def test_a_refusal_of_the_last_listener_undoes_the_move_its_effect_and_what_others_wrote(world: World) -> None:
    first, last = Ear(), Ear(refuses="assign")
    store = heard_by(world, Listener(Moved, first.hear), Listener(Moved, last.hear))
    entry = submit(store, world)
    before = stored(store)
    with pytest.raises(Refused, match="Not with me"):
        move(store, entry, "township_a", "assign", body=world.bodies["station_a"], due=make.clock.today().isoformat())
    assert stored(store) == before
    assert len(first.heard) == 2  # it was called, and what it wrote is gone
    store.close()


def test_listeners_are_called_in_the_order_of_the_table_and_each_once(world: World) -> None:
    order: list[str] = []
    store = heard_by(
        world,
        Listener(Moved, lambda session, event: order.append("first")),
        Listener(Opened, lambda session, event: order.append("other")),
        Listener(Moved, lambda session, event: order.append("second")),
        Listener(object, lambda session, event: order.append("everything")),
    )
    submit(store, world)
    assert order == ["first", "second", "everything"]
    with store.write() as session:
        tell(session, Opened(7))
    assert order[3:] == ["other", "everything"]
    store.close()


def test_nobody_stands_twice_in_the_table() -> None:
    ear = Ear()
    with pytest.raises(ValueError, match=r"listens twice to Moved: Ear\.hear"):
        Listeners(Listener(Moved, ear.hear), Listener(Opened, ear.hear), Listener(Moved, ear.hear))


def test_an_act_that_is_sent_again_or_refused_is_not_told(world: World) -> None:
    ear = Ear()
    store = heard_by(world, Listener(Moved, ear.hear))
    entry = submit(store, world)
    with store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    with pytest.raises(Refused, match="fill this in"):
        move(store, entry, "township_a", "raise")
    sent = move(store, entry, "township_a", "raise", reason="x")
    with store.write() as session:
        service.move(session, make.actor(session, "township_a"), entry.id, sent)
    assert [event.move.action for event in ear.heard] == ["submit", "raise"]
    store.close()


def test_an_act_that_is_done_again_after_its_twin_is_told_once_for_what_is_kept(world: World, app: Any) -> None:
    """``write_once`` starts anew when a unique key was taken: what the first try told is gone with it."""
    ear, tries = Ear(), []
    app.extensions["store"] = heard_by(world, Listener(Moved, ear.hear))
    entry = make.report(world.grids["A1"])

    def act(session: Session) -> None:
        service.submit(session, make.actor(session, "officer_a1"), entry)
        tries.append(1)
        if len(tries) == 1:
            raise IntegrityError("twin", None, Exception())

    with app.test_request_context("/"):
        web_request.write_once(act)
    assert len(ear.heard) == 2
    with world.store.read() as session:
        assert session.scalar(select(func.count()).where(AuditEntry.action == "heard")) == 1
        assert session.scalar(select(func.count()).select_from(Report)) == 1
    app.extensions["store"].close()


def test_a_page_shows_a_listeners_refusal_and_keeps_what_was_typed(world: World, app: Any, browse: Any) -> None:
    entry = submit(world.store, world)
    app.extensions["store"] = heard_by(world, Listener(Moved, Ear(refuses="raise").hear))
    page = browse("township_a").post(
        f"/reports/{entry.id}/raise", id=str(make.ids.new()), seen="township", reason="a fine of some size"
    )
    assert page.status_code == 422
    assert "Not with me." in page.text and "a fine of some size" in page.text
    with world.store.read() as session:
        assert session.get_one(Report, entry.id).state == "township"
    app.extensions["store"].close()


def test_a_store_without_the_table_is_no_way_to_act(world: World) -> None:
    deaf = Store(world.store.url.render_as_string(hide_password=False))
    with pytest.raises(RuntimeError, match="open_store"):
        submit(deaf, world)
    deaf.close()
    with world.store.read() as session, pytest.raises(RuntimeError, match="open_store"):
        tell(session, Opened(7))


def photo(name: str) -> PhotoFile:
    return PhotoFile(name * 64, name * 64, 4, 3)


def test_who_hears_of_a_report_or_a_move_finds_its_evidence_stored(world: World) -> None:
    seen: list[list[Any]] = []

    def look(session: Session, event: Moved) -> None:
        links = select(ReportAttachment.event_id).where(ReportAttachment.report_id == event.thing_id)
        seen.append(sorted(map(str, session.scalars(links))))

    store = heard_by(world, Listener(Moved, look))
    entry = submit(store, world, photos=(photo("a"), photo("b")))
    sent = replace(make.move("handle", "township", result="true", done="swept"), photos=(photo("c"),))
    with store.write() as session:
        service.move(session, make.actor(session, "township_a"), entry.id, sent)
    assert seen == [["None", "None"], sorted(["None", "None", str(sent.id)])]
    store.close()


def walk(store: Store, world: World, **results: str) -> Any:
    entry = make.patrol(world.grids["A1"], {world.things[name]: result for name, result in results.items()})
    with store.write() as session:
        patrol_service.record(session, make.actor(session, "officer_a1"), entry)
    return entry


def test_a_round_is_told_once_with_what_was_found_of_each_object(world: World) -> None:
    ear = Ear()
    store = heard_by(world, Listener(Visited, ear.hear))
    entry = walk(store, world, farm_a1="normal", kiln_a1="problem")
    with store.write() as session:
        patrol_service.record(session, make.actor(session, "officer_a1"), entry)  # a resend
    (told,) = ear.heard
    assert (told.round_id, told.grid_id, told.at) == (entry.id, world.grids["A1"], entry.occurred_at)
    assert told.person_id == world.people["officer_a1"]
    assert told.results == {world.things["farm_a1"]: "normal", world.things["kiln_a1"]: "problem"}
    store.close()


def test_a_round_that_a_listener_refuses_is_not_stored(world: World) -> None:
    def refuse(_session: Session, _event: Visited) -> None:
        raise Refused("Not with me.")

    store = heard_by(world, Listener(Visited, refuse))
    with pytest.raises(Refused, match="Not with me"):
        walk(store, world, farm_a1="normal")
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Patrol)) == 0
    store.close()
