"""When people of the invented county are at work: desks in office hours, officers by daylight."""

from datetime import datetime, time, timedelta
from random import Random

from ..core import clock
from ..core.calendar import Calendar

OPENS, SHUTS = time(8, 40), time(17, 50)
DAWN, DUSK = time(6, 30), time(19, 0)  # an officer walks on any day, but not at night
LATE = 45  # minutes before closing in which somebody catches up


def at_a_desk(calendar: Calendar, random: Random, moment: datetime) -> datetime:
    """The same moment if a desk is open then, else some time of the next morning that is worked."""
    on, hour = clock.day(moment), moment.astimezone(clock.ZONE).time()
    if calendar.is_workday(on) and OPENS <= hour <= SHUTS:
        return moment
    if hour > SHUTS or not calendar.is_workday(on):
        on += timedelta(days=1)
    while not calendar.is_workday(on):
        on += timedelta(days=1)
    return clock.at_hour(on, OPENS) + timedelta(minutes=random.randint(0, 200))


def at_a_desk_before(calendar: Calendar, random: Random, moment: datetime) -> datetime:
    """The same moment if a desk is open then, else shortly before the last time one closed."""
    on, hour = clock.day(moment), moment.astimezone(clock.ZONE).time()
    if calendar.is_workday(on) and OPENS <= hour <= SHUTS:
        return moment
    if hour < OPENS or not calendar.is_workday(on):
        on -= timedelta(days=1)
    while not calendar.is_workday(on):
        on -= timedelta(days=1)
    return clock.at_hour(on, SHUTS) - timedelta(minutes=random.randint(0, LATE))


def by_daylight_before(random: Random, moment: datetime) -> datetime:
    """The same moment by day, else shortly before the last dusk."""
    on, hour = clock.day(moment), moment.astimezone(clock.ZONE).time()
    if DAWN <= hour <= DUSK:
        return moment
    if hour < DAWN:
        on -= timedelta(days=1)
    return clock.at_hour(on, DUSK) - timedelta(minutes=random.randint(0, LATE))
