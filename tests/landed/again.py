"""Send everything of a landed county once more: each entry must be taken for the one that is there,
and nothing may change."""

from collections.abc import Iterator
from typing import Any

from tests.landed.browser import Browser
from tests.landed.posted import Answer, Posted
from tests.test_migrations import rows
from webapp.app import App

TAKEN = 409  # the id stands for other content
REFUSED = {TAKEN, 422}  # what has no fingerprint says in words that it was answered, or is there, already


def browsers(app: App, entries: list[Posted]) -> dict[str, Browser]:
    """Everybody who posted something, logged in."""
    return {login: Browser(app, login) for login in sorted({entry.login for entry in entries})}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Tables in which anything is different now; when a log-in was last used is no record."""
    return sorted(
        name for name in before.keys() | after.keys() - {"login_session"} if before.get(name) != after.get(name)
    )


def resent(people: dict[str, Browser], entries: list[Posted]) -> Iterator[str]:
    """Send each entry as it was; in words, whatever did not answer with the first receipt."""
    for entry in entries:
        answer = people[entry.login].send(entry.sent, people[entry.login].token())
        if not same(entry.answer, answer):
            yield f"{entry.kind}: first {entry.answer}, now {answer}"


def same(first: Answer, now: Answer) -> bool:
    """Whether it is the first receipt; a later version may add to it."""
    led = first.location in (None, now.location)
    return led and first.status == now.status and first.receipt.items() <= now.receipt.items()


def not_refused(people: dict[str, Browser], entries: list[Posted]) -> Iterator[str]:
    """Send each entry's other content under its id; in words, whatever was taken.

    Where a fingerprint is kept the answer is 409; elsewhere it may be a refusal in words.
    """
    for entry in entries:
        answer = people[entry.login].send(entry.other, people[entry.login].token())
        if answer.status not in ({TAKEN} if entry.stored else REFUSED):
            yield f"{entry.kind}: other content got {answer}"


def all_unchanged(app: App, entries: list[Posted]) -> list[str]:
    """Both ways for all entries; in words, everything that is not as it should be."""
    people, store = browsers(app, entries), app.extensions["store"]
    before = rows(store)
    wrong = [*resent(people, entries), *not_refused(people, entries)]
    return [*wrong, *(f"table {name} changed" for name in changed(before, rows(store)))]
