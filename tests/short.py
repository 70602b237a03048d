"""What the short run leaves out of a long list: `./run.sh test` tries a fixed part of it, `--full` all of it.

What it leaves out is the same every time, so that a failure comes again.
"""

import os
import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import pytest

FULL = os.environ.get("WANGGE_FULL") == "1"
LONG = os.environ.get("WANGGE_LONG") == "1"
Each = TypeVar("Each")

#: Files and tests that only the full run has: each takes seconds, and a quicker one beside it tries the same part.
LEFT_OUT = frozenset(
    {
        "bench/test_django_twin.py",
        "core/test_placeless.py::test_a_photo_that_takes_too_much_gets_our_copy_and_a_busy_machine_another_time",
        "durability/test_every_call.py",
        "durability/test_kill.py::test_a_server_that_answers_before_the_commit_is_found",
        "durability/test_twins.py",
        "durability/test_write_order.py::test_a_server_that_does_not_wait_for_the_disk_is_found",
        "export/test_export.py::test_a_text_that_is_too_long_for_a_shapefile_is_cut_between_characters_and_it_is_said",
        "export/test_export.py::test_more_rows_than_are_read_and_written_at_a_time_are_all_there",
        "gis/test_sandbox.py::test_a_reader_that_runs_wild_is_stopped_and_the_parent_says_so",
        "journeys/test_borders_come_in.py",
        "journeys/test_canaries.py",
        "journeys/test_map_address.py::test_a_link_that_was_sent_shows_the_same_village_to_who_may_see_it",
        "journeys/test_map_address.py::test_a_report_and_an_object_are_found_by_keyboard_on_a_phone",
        "journeys/test_map_address.py::test_objects_of_the_chosen_village_are_drawn_when_they_are_asked_for",
        "journeys/test_map_in_a_browser.py::test_a_layer_written_before_this_form_is_drawn_as_well",
        "journeys/test_map_in_a_browser.py::test_figures_and_dots_do_not_lie_over_each_other",
        "journeys/test_map_in_a_browser.py::test_marks_of_reports_that_would_lie_over_each_other_become_one_with_their_number",
        "journeys/test_map_in_a_browser.py::test_overdue_has_another_shape_not_only_another_colour",
        "journeys/test_on_a_narrow_phone.py::test_settings_are_short_and_go_without_scrolling_sideways",
        "journeys/test_one_entry.py::test_an_answer_that_is_not_ours_keeps_everything_and_is_said_in_words",
        "journeys/test_one_entry.py::test_photos_that_arrived_wait_through_a_reload_and_are_seen_by_their_sender_alone",
        "journeys/test_one_entry.py::test_somebody_else_who_logged_in_does_not_send_it_under_his_name",
        "journeys/test_one_entry.py::test_without_a_script_too_back_leads_to_the_receipt_or_to_the_form",
        "journeys/test_one_entry.py::test_while_our_server_is_busy_the_page_keeps_everything_and_goes_on_by_itself",
        "journeys/test_print.py",
        "journeys/test_taken_out.py",
        "journeys/test_twenty_seconds.py::test_five_objects_from_the_first_page_to_the_receipt_in_twenty_seconds",
        "journeys/test_without_signal.py::test_a_browser_killed_at_the_press_has_lost_nothing",
        "journeys/test_without_signal.py::test_a_log_in_that_ended_keeps_it_and_it_goes_after_the_next",
        "journeys/test_without_signal.py::test_after_three_days_the_page_warns_and_a_file_has_what_waits",
        "journeys/test_without_signal.py::test_pages_of_one_are_gone_when_another_logs_in_and_after_a_log_out",
        "journeys/test_without_signal.py::test_what_is_not_accepted_is_set_aside_and_put_right_and_holds_up_nothing",
        "journeys/test_without_signal.py::test_where_offline_does_not_work_the_page_says_so_and_still_sends",
        "seeds/test_seed_edits.py::test_an_edited_succession_or_heading_is_found",
        "test_cli.py::test_the_import_speaks_chinese_to_who_does",
        "test_commands_alone.py",
        "test_hostile_backups.py",
        "test_old_backups.py",
        "test_own_data.py::test_rows_are_read_and_written_one_by_one",
        "test_keys_of_backups_and_cookies.py",
        "test_landed.py::test_what_is_posted_today_is_a_resend_when_it_comes_again",
        "test_landed.py::test_what_was_posted_to_a_landed_county_is_a_resend_today",
        "test_lock_held.py",
        "test_migrations.py::test_an_upgrade_that_ends_in_the_middle_leaves_nothing",
        "test_migrations.py::test_what_a_revision_loses_is_found",
        "test_new_domain.py",
        "test_operations.py",
        "test_photo_places.py::test_fifty_in_one_sweep_and_a_run_takes_so_many",
        "test_plans.py::test_no_page_goes_through_what_only_grows",
        "test_plans.py::test_statistics_lead_sqlite_through_nothing_else",
        "test_private.py",
        "test_processes.py",
        "test_proof.py::test_the_commands_make_a_proof_and_check_it_where_there_is_nothing_else",
        "test_revision_0002.py",
        "test_revision_0003.py",
        "test_revision_0003_taking_back.py",
        "test_revision_0004.py",
        "test_revision_0005.py",
        "test_revision_0006.py",
        "test_revision_0008.py",
        "test_served_under_load.py",
        "test_zones.py",
        "web/test_typed_text.py::test_what_is_typed_into_any_text_field_comes_back_as_text",
    }
)


def is_left_out(nodeid: str) -> bool:
    """Whether the short run leaves a test out whole, by its pytest address."""
    file, _, name = nodeid.removeprefix("tests/").partition("::")
    return file in LEFT_OUT or f"{file}::{name.partition('[')[0]}" in LEFT_OUT


#: What a file's text has whose tests do more in the full run, or that takes such tests from another file.
COUNTS = re.compile(r"tests\.short|WANGGE_(?:FULL|LONG)|^from tests[\w.]*\.test_\w+ import", re.MULTILINE)
SERVERS = frozenset({"postgres", "postgis"})


def is_the_same(text: str, params: Iterable[object], is_full: bool) -> bool:
    """Whether the short run does just the same as the full one: of a test whose file has this text, with these
    parameters, ``is_full`` where the short run leaves it out."""
    return not (is_full or COUNTS.search(text) or any(each in SERVERS for each in params if isinstance(each, str)))


def some(cases: Iterable[Any], every: int) -> list[Any]:
    """All cases of a test; only the first and each so-manieth after it are for the short run."""
    return [
        case
        if number % every == 0
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.full)
        for number, case in enumerate(cases)
    ]


def part(values: Sequence[Each], every: int, turn: int = 0, full: int = 1) -> Sequence[Each]:
    """What one test goes through: each so-manieth, another part of them by every turn. ``full``: the same of the full
    run, which takes all where nothing is said; the long run does."""
    apart = 1 if LONG else full if FULL else every
    return values[turn % apart :: apart]


def count(short: int, full: int, long: int | None = None) -> int:
    """How often a test does something in the short run, in the full one and in the long one (the full count if none is
    given)."""
    if LONG:
        return full if long is None else long
    return full if FULL else short
