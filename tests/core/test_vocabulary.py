"""Vocabularies: the words that the program uses are the rows of its tables, and the database refuses every other."""

from collections.abc import Iterable

import pytest
from sqlalchemy import Column, String, insert, select, text
from sqlalchemy.exc import IntegrityError

import seeds
from seeds import object_rows, rows
from tests import make
from tests.conftest import World
from webapp.access import ROLES
from webapp.card import labels as card_labels
from webapp.core import attachments, settings
from webapp.core.chain_link import HistoryOpen
from webapp.core.db import Store
from webapp.duty import dispatching, scope
from webapp.grid import changes
from webapp.ledger import periods as ledger_periods
from webapp.models import metadata
from webapp.patrol import frequency, topics
from webapp.patrol import own as patrol_own
from webapp.patrol import service as patrol_service
from webapp.people import rules
from webapp.register import labels as register_labels
from webapp.report import effects, labels, service, workflow
from webapp.web import language

#: Vocabulary → where the program has its words.
WORDS: dict[str, Iterable[str]] = {
    "assignment_role": ("lead", "coop"),  # report/effects.py
    "attachment_kind": (attachments.IMAGE, attachments.DOCUMENT),
    "body_kind": rules.BODIES,
    "deadline_kind": rows.DEADLINE_KINDS,
    "department_kind": rows.BODY_KINDS,
    "dispatch_ground": effects.GROUNDS,
    "document_standing": scope.STANDINGS,
    "duty_role": rows.ROLES,
    "duty_tier": rows.TIERS,
    "entry_mode": ("on_the_day", "later", "for_someone", "handed_in"),  # core/entry.py
    "field_kind": object_rows.FIELD_KINDS,
    "figure_kind": rows.FIGURE_KINDS,
    "frequency_unit": frequency.UNITS,
    "grid_change_kind": changes.KINDS,
    "grid_change_state": changes.STATES,
    "grid_kind": card_labels.KINDS,
    "ground_doubt": dispatching.DOUBTS,
    "language": language.LOCALES,
    "ledger_span": ledger_periods.SPANS,
    "list_status": rows.STATUSES,
    "look_answer": labels.LOOK_ANSWERS,
    "object_part": register_labels.PARTS,
    "patrol_kind": topics.KINDS,
    "platform_part": card_labels.PARTS,
    "problem_category": rows.CATEGORIES,
    "problem_role": rows.PROBLEM_ROLES,
    "proposal_kind": patrol_own.KINDS,
    "report_action": {action.partition(":")[0] for action in labels.ACTIONS}
    | {move.action for move in workflow.REPORT.moves},
    "report_state": workflow.STATES,
    "role": ROLES,
    "setting_type": rows.SETTING_TYPES,
    "severity": {row.code for row in seeds.read("words").rows if row.kind == "severity"},
    "time_unit": rows.UNITS,
    "topic": rows.TOPICS,
    "topic_rhythm": topics.RHYTHMS,
    "visit_result": patrol_service.RESULTS,
    "word_kind": rows.WORD_KINDS,
}
#: Short texts that are no words of ours, or whose words are rows of another kind: a number, a code, a name of
#: something.
FREE = {
    "calendar_day": set(),
    "contact": {"code", "number"},
    "object_type": {"code"},
    "frequency_rule": {"code", "season_from", "season_until"},  # month and day
    "object_field": {"code", "unit_zh", "unit_en"},
    "field_choice": {"code"},
    "object_stage": {"code"},
    "problem_type": {"code"},
    "report_pair": {"pair"},
    "report": {"number", "first_measure", "crs"},  # a ready word (docs/decisions/0023); a system's name
    "patrol_object": {"crs"},
    "time_limit": {"code"},
    "patrol_topic": {"code"},
    "topic_visit": {"reason"},  # a ready word
    "visit": {"reason"},  # a ready word
    "role_word": {"word", "place"},  # what people write; the place is a word of the seeds' own column
    "word": {"code"},
    "grid_change": {"code"},
    "grid_version": {"code"},
    "map_layer": {"name"},
    "document": {"code"},
    "document_decision": {"part"},
    "ledger_column": {"part", "name", "heading"},
    "kept_entry": {"part"},
    "ledger_template": {"file_name"},
    "person": {"phone"},
    "body": {"phone"},
}


def test_the_rows_of_each_vocabulary_are_the_words_of_the_program(store: Store) -> None:
    with store.read() as session:
        found = {name: set(session.scalars(select(metadata.tables[name].c.code))) for name in WORDS}
    assert found == {name: set(words) for name, words in WORDS.items()}


def test_every_vocabulary_has_its_words_in_the_program() -> None:
    assert {table.name for table in metadata.sorted_tables if table.columns.keys() == ["code"]} == set(WORDS)


def test_the_kinds_of_settings_are_those_that_can_be_read() -> None:
    assert set(settings.KINDS) == set(rows.SETTING_TYPES)


def test_every_short_text_names_a_word_or_is_known_to_be_free() -> None:
    """Up to forty letters: what is longer is written by people."""
    bare = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        if table.name not in WORDS
        for column in table.columns
        if _is_short(column) and not column.foreign_keys and column.name not in FREE.get(table.name, ())
    }
    assert bare == set()


def _is_short(column: Column[str]) -> bool:
    return isinstance(column.type, String) and (column.type.length or 99) <= 40


SLIPS = [
    "update report set state = 'lost'",
    "update report set severity = 'dreadful'",
    "update report_event set action = 'jump'",
    "update report_event set role = 'evaluator'",
    "update posting set role = 'village_head'",
    "update body set kind = 'bureau'",
    "update body set canonical = 'no_such_department' where kind = 'department'",
    "update visit set result = 'fine'",
    "update setting set kind = 'float'",
    "update word set kind = 'mood' where kind = 'severity' and code = 'minor'",
    "update person set language = 'fr'",
    "update problem_duty set role = 'boss'",
]


@pytest.mark.parametrize("slip", SLIPS)
def test_the_database_refuses_a_word_that_no_table_knows(slip: str, world: World) -> None:
    with world.store.write() as session:
        officer = make.actor(session, "officer_a1")
        patrol_service.record(session, officer, make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}))
        service.submit(session, officer, make.report(world.grids["A1"]))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), world.store.write() as session:
        session.execute(insert(HistoryOpen).values(reason="a test"))
        session.execute(text(slip))
