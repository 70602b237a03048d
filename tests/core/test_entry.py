"""What makes a second sending the same one, and the text tables that rules are written in."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from webapp.core.entry import content, is_resend
from webapp.core.errors import Conflict
from webapp.core.tables import table

ID = uuid.UUID(int=7)


@dataclass(frozen=True)
class Entry:
    """Something as it was sent."""

    id: uuid.UUID = ID
    note: str | None = "烟"
    at: datetime = datetime(2026, 3, 1, 4, tzinfo=UTC)
    place: tuple[float, ...] = (110.5, 35.25)


def test_the_fingerprint_of_an_entry_stays_the_same_over_the_years() -> None:
    """It is kept with the record: computed in another way, every honest resend after an update would be a conflict."""
    assert content(Entry()) == "2f846d08fc1243e8b1e5a78eb90927b60d8d2b89965862771ceece3f9e84518e"


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
def test_any_change_is_other_content(change: dict[str, object]) -> None:
    assert content(replace(Entry(), **change)) != content(Entry()) == content(replace(Entry()))


def test_the_same_entry_of_the_same_author_is_a_resend_and_all_else_a_conflict() -> None:
    mark = content(Entry())
    assert is_resend(None, mark, 1) is False
    assert is_resend((mark, 1), mark, 1) is True
    for known in ((mark, 2), ("other", 1)):
        with pytest.raises(Conflict):
            is_resend(known, mark, 1)


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
