"""One real fingerprint for every kind of entry, by every recipe there was; and fields that are added later.

A pin that turns red says that entries of the last release, sent again today, would be answered as conflicts: twice in
the county, if their sender believes it. It is never replaced; the entry has to be written down as it was.
"""

import uuid
from collections.abc import Callable
from dataclasses import fields, is_dataclass, make_dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from webapp.core.entry import FIRST, NEWEST, fingerprint_of, fits
from webapp.core.files import PhotoFile
from webapp.feedback.service import Message
from webapp.patrol.proposing import ProposalEntry
from webapp.patrol.service import PatrolEntry, VisitEntry
from webapp.patrol.topics import TopicEntry
from webapp.report.service import MoveEntry, ReportEntry
from webapp.report.side_acts import Correction, LookAnswer, Result

ID, OTHER = uuid.UUID("01a223cb-a914-750d-abc1-924ae5c00001"), uuid.UUID("01a223cb-a914-750d-abc1-924ae5c00002")
NOON = datetime(2026, 11, 28, 4, 5, 6, 789000, UTC)
PHOTOS = (PhotoFile("a" * 64, "b" * 64, 640, 480), PhotoFile("c" * 64, "d" * 64, 480, 640))
VISITS = (VisitEntry(53, "normal"), VisitEntry(54, "could_not_see", "locked"))
TOPICS = (
    TopicEntry("ecology", "normal"),
    TopicEntry("hazard", "could_not_see", "locked", "砖窑东侧", "门锁着，闻到油味。"),
)
TOLD = ("砖窑旧址", ("smell", "smoke"), "minor", "not_heeded", "冒烟，没劝住。", NOON)

#: Each kind with nothing left out, and with as little as it takes; its fingerprints by the first and the second recipe.
PINS: dict[str, tuple[Any, str, str]] = {
    "a round": (
        PatrolEntry(ID, 17, NOON, VISITS, "东头修路。", 115.805829, 37.7, 12.5, 101),
        "a1faf19a34283cf76b434498b6ba55759ad9cf30e66497ca5472929593422c09",
        "2:EnEy1LTewv0-USxfNxfNiI1-WlbyXn7FJPBuMdsh-jY",
    ),
    "a bare round": (
        PatrolEntry(ID, 17, NOON, VISITS[:1]),
        "0e96ceb0616de07ee6f5cd42a4f5739813760846cb8f0f51664bfc2abd645614",
        "2:XfikwaVBMkoSMv8mbKm954IAvKYXIlq8XHSjBQQBxek",
    ),
    "a round with topics": (
        PatrolEntry(ID, 17, NOON, VISITS[:1], kind="irregular", topics=TOPICS),
        "",
        "2:zQ9fmm5GP12VYq9cLCTI8kZ0-PEauBlbyNniigGv3yU",
    ),
    "a round of a topic alone": (
        PatrolEntry(ID, 17, NOON, (), topics=TOPICS[:1]),
        "",
        "2:ooJXmeW7Xbc20HaW6mDcXULy6eEuJv-cLgsN_st_nrA",
    ),
    "a report": (
        ReportEntry(ID, 17, *TOLD, 115.805829, 37.7, 30.0, (18,), 53, OTHER, 101, OTHER, True, PHOTOS),
        "575300d6315bb4d689837425413f18c53c2dd6768bf79a319796af5785a3d13c",
        "2:q1VxZ-IkDEoJjcl_k_aN0g5ED7Kt7IzJBEcdIzJzSvk",
    ),
    "a bare report": (
        ReportEntry(ID, 17, *TOLD),
        "d67d227295f7ffa615b3736ff42cd91b2332af515e1a67cc25f911ae8d6085ab",
        "2:S9iedPeQ-skW5ir66benAo88JefUYgE-mccSDZhHnHQ",
    ),
    "a move": (
        MoveEntry(
            ID, "dispatch", "county.4", {"body": 2, "coop": [1, 3], "ground": "duty", "due": "2026-12-07"}, PHOTOS
        ),
        "c4e635e6242d6bacb9b25034070c9d5997a485ac5bdac0dc5bb1b083aa23bc31",
        "2:ECk3pJAyEzUEjQgNIHY0bkB56ECPbWhqdyTxcjerMPE",
    ),
    "a bare move": (
        MoveEntry(ID, "receive", "department.5", {}),
        "42253ebfeb29d76208432d1a0769a6e8cf70cf828f734293649df98f9fbe7c4f",
        "2:-msgFzremde7rD5jXQpWvD4odjR97DzqSu3co65XIeQ",
    ),
    "a result": (
        Result("已采样送检。"),
        "35f47bcb90787b68e67723f019eb802b3d404558571ac25f0d929b32d9a37a37",
        "2:RY-AtFio3dI619UPKcKB-977i9yhsLysYIAhmLzwn3s",
    ),
    "a correction": (
        Correction(("dust", "smoke")),
        "da5264d5e6d2f10162752e6c9759c843c9ac9e1bd33985de8adf1df14d6fa6a5",
        "2:N613CdkefCrf-U9Cr50ZAhA7uH76sa2H4HiWXCvH4Zg",
    ),
    "an answer to a look": (
        LookAnswer(OTHER, "not_yet", "墙后还有一堆。", PHOTOS),
        "",
        "2:x3l_TJqc7nDWX2oQ3v4Qb-fj-g4BERF-1giCs29jMQg",
    ),
    "a bare answer to a look": (
        LookAnswer(OTHER, "right"),
        "",
        "2:8-17OwpyEJg8HdtdTfnq8idjWszpwcjupaFPB4J0WQQ",
    ),
    "a wish for a list": (
        ProposalEntry(ID, 17, None, "enterprise", "粉碎机", 115.805829, 37.7, "夜里开。"),
        "",
        "2:Im2-Naw6zC7Bq4i_daNaYSF4Gf_YshRi4dJ0r63nUa4",
    ),
    "a wish that something goes": (
        ProposalEntry(ID, 17, 53, why="空栏。"),
        "",
        "2:uMhLPx2aM5V6Cp5194XFp7HWgSEJnAI9cL9PwaCSpZE",
    ),
}
#: Kinds that came after the first recipe: nothing stored by it can be one. Nor can an entry that says something in a
#: field that came later: it has no pin of the first.
LATER = {LookAnswer, ProposalEntry, TopicEntry}
#: Kept whole and compared whole, so no fingerprint of it is stored; pinned all the same, for both sides are computed.
MESSAGE = Message(ID, "/map", "字太小。")

KINDS = {type(entry) for entry, *_ in PINS.values()} | {VisitEntry, TopicEntry, Message}
each_kind = pytest.mark.parametrize(("entry", "first", "second"), PINS.values(), ids=PINS.keys())


@each_kind
def test_the_fingerprint_of_every_kind_is_what_it_was(entry: Any, first: str, second: str) -> None:
    assert fingerprint_of(entry) == second
    assert fits(second, entry) and fits(first, entry) == bool(first)
    assert bool(first) == (type(entry) not in LATER) or isinstance(entry, PatrolEntry)


def test_the_newest_recipe_is_the_one_that_is_pinned() -> None:
    """A third recipe gets a column of its own beside these two, which stay."""
    assert (FIRST, NEWEST) == ("1", "2")


def younger(entry: Any, **used: Any) -> Any:
    """The entry as the class of a later release would make it: one optional field more,
    here and in every part of it."""
    if isinstance(entry, tuple):
        return tuple(younger(each) for each in entry)
    if not is_dataclass(entry):
        return entry
    kind = make_dataclass(
        f"Younger{type(entry).__name__}", [("later", str | None, None)], bases=(type(entry),), frozen=True
    )
    return kind(**{each.name: younger(getattr(entry, each.name)) for each in fields(entry)}, **used)


@each_kind
def test_a_field_that_is_added_leaves_every_stored_fingerprint_as_it_is(entry: Any, first: str, second: str) -> None:
    assert type(younger(entry)) is not type(entry)
    assert fits(second, younger(entry)) and fits(first, younger(entry)) == bool(first)
    assert fingerprint_of(younger(entry)) == second


@each_kind
def test_the_same_entry_with_the_new_field_used_is_another_one(entry: Any, first: str, second: str) -> None:
    told_more = younger(entry, later="a word")
    assert not fits(first, told_more) and not fits(second, told_more)


def test_a_new_field_used_in_a_part_of_an_entry_makes_it_another_one() -> None:
    entry, first, second = PINS["a round"]
    told_more = replace(younger(entry), visits=(younger(VISITS[0], later="a word"), younger(VISITS[1])))
    assert not fits(first, told_more) and not fits(second, told_more)


def test_a_box_added_to_the_form_of_a_move_is_nothing_until_it_is_ticked() -> None:
    """A box that is not ticked says False: an old body, sent again, has it in the facts of the move."""
    entry, first, second = PINS["a move"]
    for nothing in ({"is_urgent": False}, {"why": None}, {"also": []}):
        again = replace(entry, given={**entry.given, **nothing})
        assert fits(second, again), nothing
    assert fits(first, replace(entry, given={**entry.given, "is_urgent": False}))
    ticked = replace(entry, given={**entry.given, "is_urgent": True})
    assert not fits(first, ticked) and not fits(second, ticked)


@pytest.mark.parametrize("act", [lambda photo: replace(photo, copy="e" * 64), lambda photo: replace(photo, width=1)])
def test_the_copy_of_a_photo_may_come_out_otherwise(act: Callable[[PhotoFile], PhotoFile]) -> None:
    """Another version of the encoder makes other bytes of the same photo."""
    for name in ("a report", "a move"):
        entry, first, second = PINS[name]
        again = replace(entry, photos=tuple(act(photo) for photo in entry.photos))
        assert fits(first, again) and fits(second, again)
        other = replace(entry, photos=(replace(PHOTOS[0], sha256="f" * 64), PHOTOS[1]))
        assert not fits(first, other) and not fits(second, other)
        assert not fits(second, replace(entry, photos=entry.photos[::-1]))


@each_kind
def test_every_fact_of_an_entry_counts(entry: Any, first: str, second: str) -> None:
    for each in fields(entry):
        value = getattr(entry, each.name)
        if value:
            other = replace(entry, **{each.name: different(value)})
            assert not fits(first, other) and not fits(second, other), each.name


def different(value: Any) -> Any:
    """Something else of the same kind."""
    return {
        bool: lambda: False,
        str: lambda: f"{value}x",
        uuid.UUID: lambda: uuid.UUID(int=value.int + 1),
        datetime: lambda: value.replace(second=0),
        tuple: lambda: value[:-1],
        dict: lambda: {**value, "more": "x"},
    }.get(type(value), lambda: value + 1)()


def test_a_message_is_written_down_as_it_was() -> None:
    assert fingerprint_of(MESSAGE) == "2:-A_bjcHND2vt432pkZtDJ2efCu7uMli9v8ViRmfOFBg"
