"""Ready words are kept for a minute, and each database has its own."""

import pytest
from sqlalchemy import update

from webapp.core import words
from webapp.core.db import Store
from webapp.core.models import Word


def _first(store: Store) -> str:
    with store.reader.connect() as db:
        return words.of(db, "severity")[0].en


def test_a_changed_word_shows_after_a_minute_at_the_latest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(words.time, "monotonic", lambda: now[0])
    before = _first(store)
    with store.write() as session:
        session.execute(update(Word).where(Word.kind == "severity").values(en="changed"))
    now[0] += words.KEPT_SECONDS - 1
    assert _first(store) == before != "changed"
    now[0] += 2
    assert _first(store) == "changed"


def test_they_are_in_their_order_and_a_kind_without_words_has_none(store: Store) -> None:
    with store.reader.connect() as db:
        rows = words.of(db, "could_not_see")
        assert [row.position for row in rows] == sorted(row.position for row in rows)
        assert len(rows) > 3
        assert set(words.named(db, "could_not_see")) == {row.code for row in rows}
        assert list(words.of(db, "no such kind")) == []
