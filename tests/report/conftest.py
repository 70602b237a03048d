"""One report with a hand for each desk, and the report form as an officer's browser holds it."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from tests import make
from webapp.core import clock
from webapp.duty.models import Duty
from webapp.report import queries, service, side_acts
from webapp.report.models import Assignment, Report


def due_day():
    """The day by which it shall be done, as a form says it."""
    return (clock.today() + timedelta(days=7)).isoformat()


class Way:
    """One report of A1 and a hand for each desk."""

    def __init__(self, world):
        self.world, self.entry = world, make.report(world.grids["A1"])
        with world.store.write() as session:
            service.submit(session, make.actor(session, "officer_a1"), self.entry)

    def state(self):
        with self.world.store.read() as session:
            return session.get(Report, self.entry.id).state

    def move(self, login, action, *, seen=None, id=None, **given):
        with self.world.store.write() as session:
            service.move(
                session,
                make.actor(session, login),
                self.entry.id,
                make.move(action, seen or session.get(Report, self.entry.id).state, id=id, **given),
            )
        return self.state()

    def corrected(self, *codes):
        with self.world.store.write() as session:
            side_acts.correct_problems(session, make.actor(session, "township_a"), self.entry.id, make.ids.new(), codes)

    def seen(self, login):
        with self.world.store.read() as session:
            return queries.one(session, make.actor(session, login), self.entry.id).seen

    def lead(self):
        with self.world.store.read() as session:
            return session.scalars(
                select(Assignment).where(Assignment.role == "lead", Assignment.to_at.is_(None))
            ).one()

    def to_county(self):
        return self.move("township_a", "raise", reason="needs a fine")

    def dispatch(self, to="housing", **more):
        with self.world.store.read() as session:
            duty = session.scalars(select(Duty.id).where(Duty.canonical == to, Duty.valid_to.is_(None))).first()
        given = {"body": self.world.bodies[to], "ground": "duty", "duty": duty, "due": due_day()} | more
        if given["ground"] == "duty":  # no duty of housing is linked to smoke
            given = {"ground_text": "the kiln stands on a building site"} | given
        return self.move("county", "dispatch", **given)

    def to_department(self):
        self.to_county()
        self.dispatch()
        return self.move("liaison", "receive")


@pytest.fixture
def way(world):
    return Way(world)


def hidden(page, name):
    """The value of a hidden field of a page."""
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


@pytest.fixture
def blank(world):
    """``blank(browser)`` opens the form of A1 and gives the fields of a complete report."""

    def opened(browser, village="A1"):
        page = browser.get(f"/grids/{world.grids[village]}/report").text
        return {name: hidden(page, name) for name in ("id", "grid")} | {
            "place": "ditch behind the school",
            "problem": ["smell", "sewage"],
            "severity": "minor",
            "first_measure": "not_heeded",
            "note": "black water since noon",
        }

    return opened


def picture(color="red", size=(64, 48)):
    """A photo as a phone sends it, with the name of the phone in it."""
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "SecretPhone"
    Image.new("RGB", size, color).save(data, "JPEG", exif=exif)
    data.seek(0)
    return data


@pytest.fixture
def sent(world):
    """One report of A1 that waits with the township."""
    entry = make.report(world.grids["A1"])
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    return entry.id


def move_fields(browser, report_id, action, **given):
    """The fields of a move's page, with what is typed."""
    page = browser.get(f"/reports/{report_id}/{action}").text
    return {"id": hidden(page, "id"), "seen": hidden(page, "seen")} | given
