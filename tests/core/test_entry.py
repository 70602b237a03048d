"""What makes a second sending the same one, and the text tables that rules are written in."""

import uuid
from dataclasses import dataclass, make_dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from webapp.core.entry import fingerprint_of, fits, is_resend
from webapp.core.errors import Conflict
from webapp.core.tables import table
from webapp.patrol.models import Patrol
from webapp.report.models import Report, ReportEvent


@dataclass(frozen=True)
class Entry:
    """Something as it was sent."""

    id: uuid.UUID
    note: str | None
    at: datetime
    place: tuple[float, ...]

    V1_FIELDS: ClassVar = "id note at place"


ENTRY = Entry(uuid.UUID(int=7), "烟", datetime(2026, 3, 1, 4, tzinfo=UTC), (110.5, 35.25))
FIRST = "2f846d08fc1243e8b1e5a78eb90927b60d8d2b89965862771ceece3f9e84518e"  # pinned since the first release


def test_the_fingerprint_of_an_entry_stays_the_same_over_the_years() -> None:
    """It is kept with the record: computed in another way, every honest resend after an update would be a conflict."""
    assert fingerprint_of(ENTRY) == "2:OX78d9jYIfH9fVjcB7HgOqakL4y5LucxQAgTBa1phGc"


def test_what_the_first_recipe_stored_is_compared_by_the_first_recipe() -> None:
    assert fits(FIRST, ENTRY)
    assert not fits(FIRST, replace(ENTRY, note="烟 "))
    assert not fits(FIRST[:-1] + "f", ENTRY)


def test_the_first_recipe_knows_no_field_that_came_later() -> None:
    """Left out, it changes nothing; used, the entry is another one, though the first recipe cannot see it."""
    younger = make_dataclass("Younger", [("heard_of", str | None, None)], bases=(Entry,), frozen=True)
    assert fits(FIRST, younger(**vars(ENTRY)))
    assert not fits(FIRST, younger(**vars(ENTRY), heard_of="a neighbour"))


def test_an_entry_that_came_after_the_first_recipe_fits_nothing_stored_by_it() -> None:
    later = make_dataclass("Later", [("note", str)], frozen=True)
    assert not fits(FIRST, later("烟"))


@pytest.mark.parametrize("stored", ["", "3:abc", "2:", "2:a:b", ":", "1", "2"])
def test_a_fingerprint_of_an_unknown_recipe_fits_nothing(stored: str) -> None:
    """A newer program's row, met by an older one, is a conflict that shows nothing, and no error."""
    assert not fits(stored, ENTRY)


@pytest.mark.parametrize("kept", [Patrol, Report, ReportEvent])
def test_a_fingerprint_has_room_in_its_column(kept: Any) -> None:
    """SQLite would not mind; PostgreSQL refuses a text that is too long."""
    assert len(fingerprint_of(ENTRY)) <= kept.content.type.length


@pytest.mark.parametrize(
    "change",
    [
        {"id": uuid.UUID(int=8)},
        {"note": "烟 "},
        {"note": None},
        {"note": "None"},
        {"place": (110.5, 35.2500001)},
        {"place": ()},
        {"at": datetime(2026, 3, 1, 4, 0, 0, 1000, UTC)},
    ],
)
def test_any_change_is_other_content(change: dict[str, Any]) -> None:
    changed = replace(ENTRY, **change)
    assert fingerprint_of(changed) != fingerprint_of(ENTRY) == fingerprint_of(replace(ENTRY))
    assert not fits(fingerprint_of(ENTRY), changed)


@pytest.mark.parametrize("stored", [fingerprint_of(ENTRY), FIRST])
def test_the_same_entry_of_the_same_author_is_a_resend_and_all_else_a_conflict(stored: str) -> None:
    assert is_resend(None, ENTRY, 1) is False
    assert is_resend((stored, 1), ENTRY, 1) is True
    for known, entry in (((stored, 2), ENTRY), (("other", 1), ENTRY), ((stored, 1), replace(ENTRY, note="雾"))):
        with pytest.raises(Conflict):
            is_resend(known, entry, 1)


def test_a_table_is_read_by_its_head_without_comments_and_empty_lines() -> None:
    assert table("""
        who    what   # a comment
        -      a

        # another
        b      c
    """) == [{"who": "-", "what": "a"}, {"who": "b", "what": "c"}]


@pytest.mark.parametrize("row", ["a", "a b c"])
def test_a_row_that_does_not_fit_its_head_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        table(f"who what\nb c\n{row}")
