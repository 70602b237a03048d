"""The county's rules of how often objects are visited: confirmed, one shortened since, one of a season, one to come."""

from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from ..core import clock
from ..patrol import frequencies
from ..patrol.frequencies import Wish
from .story import Story

DAY = timedelta(days=1)
CONFIRMED, SHORTENED, SEASON, TO_COME = 53, 27, 20, 12  # days before the end
NOTICE = "县环网办〔2026〕"
STRAW = "05-10", "07-20"  # the weeks in which wheat straw is burnt


def plan(story: Story) -> None:
    """Decided at the county's desk, one after the other; the last begins only after the story."""
    at, day = story.at_a_desk, story.ends
    story.at(at(day - CONFIRMED * DAY), partial(_confirmed, story))
    shorter = Wish(("waste_point",), False, None, None, 5, "day", clock.day(at(day - SHORTENED * DAY)), NOTICE + "11号")
    story.at(at(day - SHORTENED * DAY), partial(_set, story, shorter))
    straw = Wish(("straw_plot",), False, *STRAW, 1, "day", clock.day(at(day - SEASON * DAY)), NOTICE + "14号")
    story.at(at(day - SEASON * DAY), partial(_set, story, straw))
    key = Wish(("enterprise",), True, None, None, 1, "week", clock.day(day + TO_COME * DAY), NOTICE + "17号")
    story.at(at(day - TO_COME * DAY), partial(_set, story, key))


def _confirmed(story: Story, session: Session) -> None:
    frequencies.apply(session, story.actor(session, story.county.office[0]), frequencies.KEEP)


def _set(story: Story, wish: Wish, session: Session) -> None:
    frequencies.set_rule(session, story.actor(session, story.county.office[0]), wish)
