"""What a move does to the clocks of a thing: stop, begin, keep, pause, resume."""

from datetime import UTC, datetime, timedelta

from webapp.core.clocks import Clock, after, first_due, lapsed
from webapp.core.process import read

DAY = timedelta(days=1)
T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)

WORK = read(
    "work",
    holders="holder role of\nhand worker grid\ndesk clerk grid",
    states="""
state    holder  clocks
open     desk    receive,whole
handled  hand    handle,whole
resting  desk    review
done     -       -
""",
    moves="""
action   from     to       by    needs  clocks
start    -        open     desk  -      -
receive  open     handled  hand  -      keep:whole
rest     handled  resting  desk  -      pause:handle,pause:whole
resume   resting  handled  desk  -      resume:handle,resume:whole
redo     handled  open     desk  -      -
finish   handled  done     hand  -      -
drop     resting  done     desk  -      -
""",
)
DAYS = {"receive": 1, "whole": 30, "handle": 5}  # nobody has set how long a review may take


def limit(name: str, since: datetime) -> datetime | None:
    return since + DAYS[name] * DAY if name in DAYS else None


def made(clocks: tuple[Clock, ...], source: str, action: str, now: datetime) -> tuple[Clock, ...]:
    move = WORK.row(source, action)
    assert move is not None
    return after(WORK, move, clocks, now, limit)


def test_the_clocks_of_a_state_begin_with_it_and_stop_with_it_unless_kept() -> None:
    opened = made((), "-", "start", T0)
    assert opened == (Clock("receive", T0, T0 + DAY), Clock("whole", T0, T0 + 30 * DAY))
    handled = made(opened, "open", "receive", T0 + DAY)
    assert handled == (Clock("whole", T0, T0 + 30 * DAY), Clock("handle", T0 + DAY, T0 + 6 * DAY))
    again = made(handled, "handled", "redo", T0 + 2 * DAY)
    assert again == (Clock("receive", T0 + 2 * DAY, T0 + 3 * DAY), Clock("whole", T0 + 2 * DAY, T0 + 32 * DAY))


def test_paused_clocks_wait_and_go_on_as_long_later_as_they_were_paused() -> None:
    handled = made(made((), "-", "start", T0), "open", "receive", T0)
    resting = made(handled, "handled", "rest", T0 + DAY)
    whole, handle, review = resting
    assert (whole.paused, handle.paused, review) == (T0 + DAY, T0 + DAY, Clock("review", T0 + DAY, None))
    assert first_due(resting) is None  # two are paused, and no document says how long the third may take
    resumed = made(resting, "resting", "resume", T0 + 11 * DAY)
    assert resumed == (Clock("whole", T0, T0 + 40 * DAY), Clock("handle", T0, T0 + 15 * DAY))


def test_an_end_stops_every_clock_even_a_paused_one() -> None:
    handled = made(made((), "-", "start", T0), "open", "receive", T0)
    assert made(handled, "handled", "finish", T0) == ()
    assert made(made(handled, "handled", "rest", T0), "resting", "drop", T0) == ()


def test_the_first_that_runs_out_counts_and_what_has_no_day_never_does() -> None:
    late = Clock("handle", T0, T0 + DAY)
    assert first_due([Clock("whole", T0, T0 + 30 * DAY), late, Clock("review", T0, None)]) == T0 + DAY
    assert first_due([]) is None
    assert [late.is_late(T0 + hours * timedelta(hours=1)) for hours in (24, 25)] == [False, True]
    assert not Clock("handle", T0, T0 + DAY, paused=T0).is_late(T0 + 9 * DAY)
    assert not Clock("review", T0, None).is_late(T0 + 999 * DAY)


def test_each_lapse_is_one_desk_more_and_changes_nothing_else() -> None:
    once = lapsed(Clock("handle", T0, T0 + DAY))
    assert once == Clock("handle", T0, T0 + DAY, level=1)
    assert lapsed(once).level == 2
