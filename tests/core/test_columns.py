"""Conditions and types that are alike on every engine."""

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, select

from webapp.core.columns import one_of
from webapp.core.db import Store

THINGS = Table("thing", MetaData(), Column("word", String(40)))
STRANGE = "o'; drop table thing; --"


@pytest.mark.parametrize(
    ("words", "found"),
    [({"b", "a_b"}, ["a_b", "b"]), ((), []), ({"c"}, []), ({"b", STRANGE}, ["b", STRANGE])],
)
def test_one_of_some_words_is_what_in_would_find(store: Store, words: set[str], found: list[str]) -> None:
    with store.writer.connect() as connection:
        THINGS.create(connection)
        connection.execute(insert(THINGS), [{"word": word} for word in ("a_b", "b", STRANGE)])
        query = select(THINGS.c.word).where(one_of(THINGS.c.word, words)).order_by(THINGS.c.word)
        assert list(connection.scalars(query)) == found
        connection.rollback()


def test_words_of_the_program_are_no_parameters() -> None:
    assert select(THINGS).where(one_of(THINGS.c.word, {"b", "a_b"})).compile().params == {}
    assert select(THINGS).where(one_of(THINGS.c.word, {STRANGE})).compile().params != {}
