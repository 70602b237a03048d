"""Ledgers of the last weeks: each township hands its own in on Friday afternoon, the county's office an hour later. A
round of one such Friday evening waited on a phone without signal, was handed in at the township's desk as a file on
Monday, and stands as late in the ledger of the week after."""

from datetime import date, time, timedelta
from functools import partial
from io import BytesIO

from sqlalchemy.orm import Session

from ..core import clock, named_cells
from ..core.tongue import Tongue
from ..grid import queries
from ..ledger import filling, making, records, service
from ..ledger.periods import around
from ..patrol.service import PatrolEntry, VisitEntry, record
from ..translations.spoken import speaker
from .people import Place
from .story import Story
from .things import new_id

WEEKS = 3
DAY = timedelta(days=1)
FRIDAY = 4
HANDED_IN, BY_THE_COUNTY, EVENING, MONDAY = time(15, 42), time(16, 37), time(17, 20), time(8, 5)


def plan(story: Story) -> None:
    """The last Fridays before the end."""
    today = clock.day(story.ends)
    last = today - DAY * ((today.weekday() - FRIDAY - 1) % 7 + 1)
    tongue = Tongue("zh", speaker("zh"))
    for number in range(WEEKS):
        friday = last - 7 * DAY * number
        for township in story.county.townships.values():
            keep = partial(_handed_in, story, township, township.people[0], friday, tongue)
            story.at(clock.at_hour(friday, HANDED_IN), keep)
        keep = partial(_handed_in, story, story.county.root, story.county.office[0], friday, tongue)
        story.at(clock.at_hour(friday, BY_THE_COUNTY), keep)
    _late(story, last - 7 * DAY)
    story.at(clock.at_hour(last - 7 * DAY, MONDAY), partial(_own_form, story, tongue))


def _own_form(story: Story, tongue: Tongue, session: Session) -> None:
    """The county takes the sample as it is for its own form."""
    out = BytesIO()
    filling.sample(records.shown(session), tongue, out)
    seen = named_cells.look(out.getvalue(), filling.known())
    service.add_template(session, story.actor(session, story.county.office[0]), "周台账模板.xlsx", out.getvalue(), seen)


def _handed_in(story: Story, grid: Place, person: int, friday: date, tongue: Tongue, session: Session) -> None:
    who = story.actor(session, person)
    cell = queries.cell(session, who, "ledger.keep", grid.id)
    service.keep(session, who, new_id(), making.now(session, who, cell, around("week", friday), tongue))


def _late(story: Story, friday: date) -> None:
    """A village beside the sample's, where there was no signal over the week-end."""
    sample = story.county.villages[story.county.sample_village]
    beside = [each for each in story.county.villages.values() if each.township == sample.township and each != sample]
    village = next(each for each in beside if each.id != story.county.left and each.objects)
    story.at(clock.at_hour(friday + 3 * DAY, MONDAY), partial(_brought, story, village, friday))


def _brought(story: Story, village: Place, friday: date, session: Session) -> None:
    thing = village.objects[0]
    seen = (VisitEntry(thing[0], "normal", None),)
    entry = PatrolEntry(new_id(), village.id, clock.at_hour(friday, EVENING), seen, kind="regular")
    desk = story.county.townships[village.township or 0].people[0]
    record(session, story.actor(session, desk), entry, author=village.people[0])
