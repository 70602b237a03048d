"""Rights that subtract: on a table of its own with matters of its own, every pair of postings against a reckoning by
hand."""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, false, insert, literal, or_, select
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import World
from webapp import access
from webapp.access import SYSTEM, VISITOR, Actor, Posting, anyone, concerns_nobody, policy, where
from webapp.accounts import queries as accounts
from webapp.core.db import Store
from webapp.core.errors import NotFound

#: Tips: who is named in one is recused, with all he is posted to. Findings: one level up, posting by posting.
ROWS = """
action        visitor  officer  township  county  liaison  except
tip.read      .        own      tree      tree    dept     person
finding.read  .        own      tree      tree    .        posting
notice.read   all      all      all       all     all      person
plain.read    .        own      tree      tree    dept     .
"""
MATTERS = Table(
    "matter",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("path", String(20)),
    Column("body", Integer),
    Column("about_person", Integer),
    Column("about_path", String(20)),
)
COUNTY, A, A1, B = "1.", "1.2.", "1.2.3.", "1.4."
#: id, where it lies, which body has it, the person and the ground it is about (None: unknown, as a bad import leaves
#: it)
FACTS = [
    (1, A1, 7, 0, "-"),
    (2, A1, 7, 50, "-"),
    (3, A1, 7, 0, A1),
    (4, A, 7, 0, A),
    (5, B, 8, 0, B),
    (6, B, 8, 50, "-"),
    (7, A, 8, 0, COUNTY),
    (8, A1, 7, None, "-"),
]
POSTINGS = (
    Posting(1, "officer", 3, A1, None),
    Posting(2, "township", 2, A, None),
    Posting(3, "township", 4, B, None),
    Posting(4, "county", 1, COUNTY, None),
    Posting(5, "liaison", None, None, 7),
)
SETS = [(), *((one,) for one in POSTINGS), *combinations(POSTINGS, 2), *combinations(POSTINGS, 3)]


@pytest.fixture
def rights(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of this file beside the program's."""
    matrix, exceptions = policy(ROWS)
    for action in matrix:
        monkeypatch.setitem(access.MATRIX, action, matrix[action])
        monkeypatch.setitem(access.EXCEPT, action, exceptions[action])


@pytest.fixture
def matters(store: Store, rights: None) -> Iterator[Store]:
    """The matters in a database of each engine."""
    with store.writer.begin() as db:
        MATTERS.create(db)
        db.execute(insert(MATTERS), [dict(zip(MATTERS.columns.keys(), row, strict=True)) for row in FACTS])
    yield store
    with store.writer.begin() as db:
        MATTERS.drop(db)


def concerned(actor: Actor) -> Any:
    """A matter about him, or about the very grid of a posting of his."""
    about = [MATTERS.c.about_path == posting.path for posting in actor.postings if posting.path is not None]
    return or_(MATTERS.c.about_person == actor.person_id, *about)


def found(store: Store, actor: Actor, action: str, asker: Actor | None = None, **given: Any) -> set[int]:
    """Ids of the matters that an action reaches; through a statement made for ``asker``, if given."""
    condition = where(
        asker or actor,
        action,
        grid_path=MATTERS.c.path,
        assigned=lambda body: MATTERS.c.body == body,
        **{"concerned": concerned} | given,
    )
    with store.read() as session:
        return set(session.scalars(select(MATTERS.c.id).where(condition), actor.reach() if asker else {}))


def reckoned(actor: Actor, action: str) -> set[int]:
    """The same in plain words over the facts."""

    def reaches(posting: Posting, path: str, body: int) -> bool:
        if posting.role == "liaison":
            return action == "tip.read" and body == posting.body_id
        assert posting.path is not None
        return path == posting.path if posting.role == "officer" else path.startswith(posting.path)

    every = (*actor.postings, *actor.aside)
    if action == "tip.read":
        return {
            id_
            for id_, path, body, person, ground in FACTS
            if any(reaches(posting, path, body) for posting in actor.postings)
            and person not in (None, actor.person_id)
            and ground not in {posting.path for posting in every}
        }
    return {
        id_
        for id_, path, body, person, ground in FACTS
        for posting in actor.postings
        if reaches(posting, path, body) and person not in (None, actor.person_id) and ground != posting.path
    }


def test_whatever_somebody_is_posted_to_he_reaches_what_the_table_says_less_what_concerns_him(matters: Store) -> None:
    for postings, person, action in product(SETS, (50, 51), ("tip.read", "finding.read")):
        actor = Actor(person, "x", postings)
        assert found(matters, actor, action) == reckoned(actor, action), (action, person, postings)


def test_what_one_posting_loses_no_other_posting_of_his_gives_back(matters: Store) -> None:
    officer, township, _, county, liaison = POSTINGS
    assert 3 in found(matters, Actor(51, "x", (county,)), "tip.read")
    assert 3 in found(matters, Actor(51, "x", (liaison,)), "tip.read")
    assert 3 not in found(matters, Actor(51, "x", (officer, county, liaison)), "tip.read")
    assert 4 not in found(matters, Actor(51, "x", (county, township)), "tip.read")


def test_where_the_table_says_posting_another_posting_of_his_still_reaches_it(matters: Store) -> None:
    _, township, _, county, _ = POSTINGS
    assert 4 not in found(matters, Actor(51, "x", (township,)), "finding.read")
    assert 4 in found(matters, Actor(51, "x", (township, county)), "finding.read")


def test_a_question_about_one_role_or_without_bodies_brings_nothing_back(matters: Store) -> None:
    for postings in SETS:
        actor = Actor(51, "x", postings)
        for role, action in product({posting.role for posting in postings}, ("tip.read", "finding.read")):
            narrow = actor.only(role)
            assert found(matters, narrow, action) == reckoned(narrow, action) <= found(matters, actor, action)
        assert found(matters, actor.without_bodies(), "tip.read") <= found(matters, actor, "tip.read")
        assert actor.only("county").only("officer").whole().roles() == actor.roles()


def test_a_statement_kept_for_all_of_a_shape_takes_away_each_ones_own(matters: Store) -> None:
    for postings, person, action in product(SETS, (50, 51), ("tip.read", "finding.read")):
        actor = Actor(person, "x", postings)
        for one in (actor, actor.only("county"), actor.without_bodies()):
            assert found(matters, one, action, anyone(one.shape())) == reckoned(one, action)


def test_a_kept_statement_knows_the_grid_of_each_posting_as_well(matters: Store) -> None:
    def sits_in_township_a(actor: Actor) -> Any:
        return or_(false(), *(literal(2) == posting.grid_id for posting in actor.postings if posting.path is not None))

    for postings, sits in ((POSTINGS[1:4], True), (POSTINGS[2:4], False)):
        actor = Actor(51, "x", postings)
        kept = found(matters, actor, "tip.read", anyone(actor.shape()), concerned=sits_in_township_a)
        assert kept == found(matters, actor, "tip.read", concerned=sits_in_township_a)
        assert (kept == set()) == sits


def test_what_is_unknown_is_taken_away_and_stays_away_when_the_condition_is_turned_round(matters: Store) -> None:
    actor = Actor(51, "x", (POSTINGS[3],))
    condition = where(actor, "tip.read", grid_path=MATTERS.c.path, concerned=concerned)
    with matters.read() as session:
        assert set(session.scalars(select(MATTERS.c.id).where(~condition))) == {7, 8}
        assert session.execute(select(condition).where(MATTERS.c.id == 8)).scalar() in (False, 0)


def test_a_visitor_reaches_what_is_open_to_everybody_and_nothing_else(matters: Store) -> None:
    everything = {row[0] for row in FACTS}
    assert found(matters, VISITOR, "notice.read", concerned=concerns_nobody) == everything
    assert found(matters, Actor(50, "x", ()), "notice.read") == everything - {2, 6, 8}
    assert found(matters, Actor(51, "x", POSTINGS[1:2]), "notice.read") == everything - {4, 8}
    for action in ("tip.read", "finding.read", "plain.read"):
        assert found(matters, VISITOR, action) == set()
        assert not VISITOR.may(action)
    assert VISITOR.may("notice.read")
    assert Actor(1, "x", ()).may("notice.read")


@pytest.mark.parametrize("action", ["tip.read", "finding.read", "notice.read"])
@pytest.mark.parametrize("actor", [Actor(51, "x", POSTINGS), Actor(51, "x", ()), VISITOR, SYSTEM], ids=lambda a: a.name)
def test_who_forgets_to_say_what_concerns_whom_is_told_so_at_the_first_call(
    rights: None, action: str, actor: Actor
) -> None:
    with pytest.raises(LookupError, match=rf"{action} takes away what concerns"):
        where(actor, action, grid_path=MATTERS.c.path)
    where(actor, "plain.read", grid_path=MATTERS.c.path)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (".    own  tree  tree  dept  sometimes", "no such reach or exception: sometimes"),
        (".    own  tree  tree  much  .", "no such reach or exception: much"),
        ("own  own  own   own   own   .", "a visitor is posted nowhere"),
        ("all  own  all   all   all   .", "what a visitor reaches, everybody reaches"),
        ("all  all  all   all   all   posting", "what a visitor reaches, everybody reaches"),
        (".    own  tree  tree  dept", "row does not fit"),
    ],
)
def test_a_row_that_cannot_be_kept_is_refused_when_the_table_is_read(row: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        policy(f"action visitor officer township county liaison except\ntip.read {row}")


# --- the program's own: accounts ---


def test_nobody_helps_himself_or_ends_his_own_posting_though_a_role_of_his_stands_above_it(world: World) -> None:
    with world.store.write() as session:
        own = make.posting(session, world.people["township_a"], "grid_officer", grid=world.grids["A1"]).id
        other = make.posting(session, world.people["officer_a2"], "grid_officer", grid=world.grids["A1"]).id
    with world.store.read() as session:
        his, colleague = make.actor(session, "township_a"), make.actor(session, "township_a_two")
        for actor, ends in ((his, {other}), (colleague, {own, other})):
            assert {id_ for id_ in (own, other) if may_end(session, actor, id_)} == ends
        endable = [accounts.endable(session, actor, his.person_id) for actor in (his, colleague)]
        assert endable == [set(), {own}]
        assert not accounts.may_help(session, his, his.person_id)
        assert {cell.id for cell in accounts.cells(session, his, ("village",))} == {
            world.grids[name] for name in ("A1", "A2", "A3")
        }


def may_end(session: Session, actor: Actor, posting_id: int) -> bool:
    """Whether the actor may end a posting."""
    try:
        return accounts.posting_below(session, actor, posting_id).id == posting_id
    except NotFound:
        return False
