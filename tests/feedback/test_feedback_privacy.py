"""The privacy page says what the program keeps: its inventory is compared with the tables,
its periods with the rows."""

import html

import pytest

from webapp import models
from webapp.access import MATRIX
from webapp.core.models import Setting
from webapp.feedback import privacy

#: Tables that hold nothing about people who work here. None of them may point to a person.
#: Tables of words alone: a code, and who may use it is the program's.
VOCABULARIES = {table.name for table in models.metadata.sorted_tables if table.columns.keys() == ["code"]}
NOT_ABOUT_PEOPLE = {
    "store_identity",
    "role_word",
    "counter",
    "word",
    "contact",
    "document",
    "department",
    "figure",
    "grid_level",
    "grid",
    "grid_version",
    "grid_current",
    "grid_change",
    "history_open",
    "boundary_edition",
    "map_layer",
    "problem_type",
    "type_topic",
    "object_type",
    "object_field",
    "field_choice",
    "object_stage",
    "object_stay",
    "kept_entry",
    "report_problem",
    "report_joint",
    "assignment",
}
#: In tables that do: the columns about the thing itself.
ABOUT_THE_THING = {
    f"{table}.{column}"
    for table, columns in {
        "setting": "key value kind zh en source",
        "time_limit": "code number unit zh en source",
        "calendar_day": "on is_workday is_confirmed zh en source is_out",
        "frequency_rule": "id code type for_key season_from season_until every unit valid_from valid_to source",
        "patrol_topic": "code zh en county township village source position",
        "duty": "id code document section line_from line_to position body_printed body canonical tier role topic zh en "
        "target target_number target_unit target_year deadline_kind deadline_on frequency anchor status why_zh "
        "why_en named valid_to",
        "document_decision": "id document part standing from_on to_on",
        "problem_duty": "id problem duty rank role zh en source valid_to",
        "succession": "id body canonical from_on event_zh event_en source status valid_to",
        "grid_change_set": "id state since source facts base_id edition_id trouble",
        "patrol_object": "id type grid_id valid_from valid_to is_key is_withheld",
        "object_fact": "object_id field",
        "stage_step": "id object_id",
        "object_person": "id object_id",
        "object_attachment": "attachment_id object_id",
        "body": "id kind grid_id canonical zh en phone closed_on",
        "grid_card": "id grid_id kind body_zh body_en duties_zh duties_en tasks_zh tasks_en rewards_zh rewards_en "
        "penalties_zh penalties_en valid_from published_on",
        "upper_link": "id upper_id lower_id",
        "ledger_column": "part name position heading",
        "kept_ledger": "id grid_id span begins ends said",
        "ledger_template": "id file_name body facts",
        "unit_person": "id grid_id",
        "platform_role": "id grid_id part zh en",
        "report": "number state state_since is_open due_at grid_id grid_version_id object_id patrol_id severity "
        "settled sampled_at recurs_id",
    }.items()
    for column in columns.split()
}


def columns():
    return {
        f"{table.name}.{column.name}": column for table in models.metadata.sorted_tables for column in table.columns
    }


def told():
    return [name for line in privacy.lines() for name in line.names()]


def test_every_column_is_on_the_privacy_page_or_says_nothing_about_people():
    rest = {name for name in columns() if name.split(".")[0] not in NOT_ABOUT_PEOPLE | VOCABULARIES} - ABOUT_THE_THING
    assert rest == set(told())


def test_every_column_that_names_a_person_is_on_the_privacy_page():
    pointing = {
        name
        for name, column in columns().items()
        if any(key.target_fullname == "person.id" for key in column.foreign_keys)
    }
    assert pointing and pointing <= set(told())


def test_no_column_stands_on_the_page_twice():
    assert len(told()) == len(set(told()))


def test_who_sees_it_are_actions_of_the_permission_table_and_every_period_has_a_sentence():
    for line in privacy.lines():
        assert set(line.who.split()) <= {*MATRIX, privacy.ONESELF}
        assert line.period in privacy.PERIODS


def test_reaches_are_the_widest_of_the_permission_table():
    assert privacy.reaches(["log.read"]) == {"audit_admin": "all"}
    assert privacy.reaches(["patrol.read", "person.read"])["system_admin"] == "all"
    assert privacy.reaches(["patrol.read", "outline.read"])["grid_officer"] == "all"


def test_the_page_is_open_to_everybody_and_says_every_line(browse):
    page = html.unescape(browse().get("/language?lang=en&next=/privacy").text)
    for line in privacy.lines():
        assert line.what in page and line.why in page
    assert "No track of where anyone walked." in page and "no ranking" in page


@pytest.mark.parametrize(
    "key, value, words",
    [
        ("feedback_months", "7", "7 months after the answer"),
        ("place_days", "31", "31 days, then deleted"),
        ("log_months", "9", "9 months, then deleted"),
        ("log_months", "1", "6 months, then deleted"),
        ("lock_minutes", "1", "or 1 minute."),
    ],
)
def test_the_page_shows_the_periods_as_they_are_set(browse, world, key, value, words):
    with world.store.write() as session:
        session.get_one(Setting, key).value = value
    assert words in browse().get("/language?lang=en&next=/privacy").text
