"""A dispatch keeps saying the duty as it was worded then, whatever later seeds make of it, and never loses it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

import seeds
from webapp import domains
from webapp.core import clock
from webapp.core.models import AuditEntry
from webapp.core.retention import history_open
from webapp.duty.models import Duty
from webapp.ops import retention


def bring_in(world, rows, later=timedelta()):
    with clock.at(clock.now() + later), world.store.write() as session:
        return domains.seeds()["duties"].bring_in(session, None, rows, "test")


@pytest.fixture
def cited(way):
    """The code of the duty that a report was dispatched on."""
    way.to_county()
    way.dispatch()
    with way.world.store.read() as session:
        return session.get(Duty, way.lead().duty_id).code


def other_words(code, zh="另一种读法", en="another reading", **more):
    return [replace(row, zh=zh, en=en, **more) if row.code == code else row for row in seeds.read("duties")]


def ground(way, browse, login="county"):
    return browse(login).get(f"/reports/{way.entry.id}").text.split(">Ground<")[1].split("</section>")[0]


def words(code):
    return next(row for row in seeds.read("duties") if row.code == code)


def test_a_reworded_duty_is_shown_as_it_was_cited_and_says_so(way, browse, cited):
    assert "another reading" not in ground(
        way, browse
    ) and "Wording when it was dispatched; a later reading of the document words it differently." not in ground(
        way, browse
    )
    assert bring_in(way.world, other_words(cited), timedelta(hours=1)).changed == 1
    shown = ground(way, browse)
    assert (
        words(cited).en in shown
        and "Wording when it was dispatched; a later reading of the document words it differently." in shown
        and "another reading" not in shown
    )
    page = browse("county").get(f"/reports/{way.entry.id}").text
    history = page.split("History, newest first")[1]
    assert words(cited).en in history and "another reading" not in history


def test_of_several_rewordings_the_first_after_the_dispatch_counts(way, browse, cited):
    bring_in(way.world, other_words(cited), timedelta(hours=1))
    bring_in(way.world, other_words(cited, "第三种", "a third reading"), timedelta(hours=2))
    shown = ground(way, browse)
    assert words(cited).en in shown and "reading</a>" not in shown


def test_what_was_reworded_before_the_dispatch_is_shown_in_the_new_words(way, browse):
    every = [replace(row, en="worded early") if row.canonical == "housing" else row for row in seeds.read("duties")]
    bring_in(way.world, every, -timedelta(hours=1))
    way.to_county()
    way.dispatch()
    shown = ground(way, browse)
    assert (
        "worded early" in shown
        and "Wording when it was dispatched; a later reading of the document words it differently." not in shown
    )


def test_a_duty_that_moved_to_other_lines_or_another_body_stays_cited_as_it_was(way, browse, cited):
    old = words(cited)
    changed = other_words(cited, old.zh, old.en, line_from=1, line_to=1, canonical="ecology")
    bring_in(way.world, changed, timedelta(hours=1))
    assert f"line {old.line_from}" in ground(way, browse)


def test_a_retired_duty_stays_readable_where_it_was_cited(way, browse, cited):
    bring_in(way.world, [row for row in seeds.read("duties") if row.code != cited], timedelta(hours=1))
    assert words(cited).en in ground(way, browse)
    assert "No longer listed since" in browse("county").get(f"/duties/{cited}").text


def test_the_sweep_of_the_log_leaves_what_a_duty_said(way, browse, cited):
    bring_in(way.world, other_words(cited), timedelta(hours=1))
    with clock.at(clock.now() + timedelta(days=4000)), way.world.store.write() as session:
        with history_open(session, "a test"):
            session.execute(delete(AuditEntry).where(AuditEntry.action != "seed.change"))
        session.add(AuditEntry(at=clock.now() - timedelta(days=3999), action="x", thing="y", detail={}))
        session.flush()
        assert retention.LOG.drop(session, 1000) == 1
        assert session.scalars(select(AuditEntry.action)).all() == ["seed.change"]
    assert words(cited).en in ground(way, browse)
