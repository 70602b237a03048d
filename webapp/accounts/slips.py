"""Slips with one-time codes: on paper or read out. The codes stand on one answer only and are kept nowhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request

from ..core import passwords


@dataclass(frozen=True)
class Slip:
    """What one person needs to log in for the first time or again."""

    zh: str
    en: str
    login: str
    code: str
    until: datetime

    @property
    def spaced(self) -> str:
        """The code in groups that can be read out: 482 109, or 4821 0937 5512."""
        return passwords.spaced(self.code)


def show(slips: list[Slip], back: str, outcome: Any = None) -> str:
    """The page with the slips, ready to print, and what a sheet did; never cached (see ``web.headers``)."""
    return render_template("accounts/slips.html", slips=slips, back_url=back, address=request.url_root, outcome=outcome)
