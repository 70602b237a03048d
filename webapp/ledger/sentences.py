"""The words of a ledger: its figures, its heading, and the sentence that is copied."""

from collections.abc import Callable
from datetime import date

from ..core import clock
from ..core.errors import N_
from ..core.tongue import Tongue
from .making import Ledger
from .records import Row

#: What each figure is, in its order.
FIGURES = {
    "due": N_("Visits due"),
    "seen": N_("Visits made"),
    "could_not": N_("Could not check"),
    "missed": N_("Not visited"),
    "running": N_("Time not over"),
    "found": N_("Problems found"),
    "closed": N_("Closed"),
    "void": N_("Not accepted"),
    "open": N_("Still open"),
    "overdue": N_("Overdue"),
    "open_before": N_("Open from before"),
    "closed_before": N_("Closed from before"),
}
LATE_HEAD = N_("Late")
LATE_MARK = N_("belongs to the period before")
TITLE = N_("Ledger of %(grid)s, %(first)s to %(last)s")
AS_OF = N_("As of %(at)s. What still waits on phones is not in it.")
PATROLS = N_("%(due)d visits due: %(seen)d seen, %(could_not)d could not be checked, %(missed)d not visited")
RUNNING = N_(", %(running)d not due before the end")
PROBLEMS = N_("%(found)d problems: %(closed)d closed, %(open)d open (%(overdue)d overdue), %(void)d not accepted")
LATE = N_("entered after the ledger before: %(patrols)d rounds, %(reports)d problems")
BEFORE = N_("from before: %(open_before)d open, %(closed_before)d closed in this time")
SUMMARY = N_("%(grid)s, %(first)s to %(last)s, as of %(at)s: %(words)s.")
BETWEEN = N_("; ")


def title(ledger: Ledger, tongue: Tongue, day: Callable[[date], str] = date.isoformat) -> str:
    """Whose ledger, of which days."""
    days = {"first": day(ledger.period.first), "last": day(ledger.period.last)}
    return tongue.word(TITLE) % (_about(ledger, tongue) | days)


def until(ledger: Ledger, tongue: Tongue) -> str:
    """As of when."""
    return tongue.word(AS_OF) % _about(ledger, tongue)


def _about(ledger: Ledger, tongue: Tongue) -> dict[str, str]:
    period = ledger.period
    return {
        "grid": tongue.name(ledger.cell.zh, ledger.cell.en),
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "at": clock.minute(ledger.as_of),
    }


def late_mark(row: Row, tongue: Tongue) -> str:
    """What stands beside a row that came in too late."""
    return tongue.word(LATE_MARK) if row.is_late else ""


def lines(ledger: Ledger, tongue: Tongue) -> list[str]:
    """The figures in words: patrols, problems, what is from before, and what came in late."""
    total, late = vars(ledger.total), {sheet.part: sheet.late for sheet in ledger.sheets}
    running = tongue.word(RUNNING) % total if ledger.total.running else ""
    words = [tongue.word(PATROLS) % total + running, tongue.word(PROBLEMS) % total, tongue.word(BEFORE) % total]
    return [*words, tongue.word(LATE) % late] if any(late.values()) else words


def summary(ledger: Ledger, tongue: Tongue) -> str:
    """All of it as one text, without a name of a person, to be copied."""
    words = tongue.word(BETWEEN).join(lines(ledger, tongue))
    return tongue.word(SUMMARY) % (_about(ledger, tongue) | {"words": words})
