"""What a run of tests says while it goes on, and when it ends before its list does.

A failure is printed when it happens: a run that is stopped never comes to the end, where pytest has its list. And a run
may be given an end (WANGGE_UNTIL, in seconds since 1970): after it no further test begins, and which files it did not
get through is said, so that nobody takes a slow machine's run for a whole one.
"""

import os
import time
from collections import Counter

import pytest

REASON = "the time that this run was given is up"


def is_up(until: str | None, now: float) -> bool:
    """Whether a moment is past the end that a run was given, if it was given one."""
    return bool(until) and now > float(until)


class InTime:
    """In each process that runs tests: begins none when the time is up."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        if is_up(os.environ.get("WANGGE_UNTIL"), time.time()):
            pytest.skip(REASON)


class Told:
    """In the process that prints: failures at once, and at the end what was not run."""

    def __init__(self, config: pytest.Config):
        self.config = config
        self.not_run: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._print(f"\nFAILED {report.nodeid} ({report.when})\n{report.longreprtext}")
        elif report.skipped and REASON in report.longreprtext:
            self.not_run[report.nodeid.partition("::")[0]] += 1

    def pytest_terminal_summary(self) -> None:
        if self.not_run:
            self._print(f"NOT RUN, as {REASON}: {self.not_run.total()} tests of {len(self.not_run)} files")
            for file, number in sorted(self.not_run.items()):
                self._print(f"  {file}: {number}")

    def _print(self, text: str) -> None:
        self.config.pluginmanager.get_plugin("terminalreporter").write_line(text)


def register(config: pytest.Config) -> None:
    """Both on a run without helpers; on one with them, the first in each of them and the second where they report."""
    is_helper = hasattr(config, "workerinput")
    if not is_helper:
        config.pluginmanager.register(Told(config), "told")
    if is_helper or not config.getoption("numprocesses", None):
        config.pluginmanager.register(InTime(), "in-time")
