"""Holding seeds against their source texts: each kind of disagreement is found, and the two forms of a text agree."""

import re

import pytest

from seeds import SeedError, manifest
from seeds.check import check
from seeds.lines import ranges, source_lines, stands_in
from seeds.proof.tables import Excused
from seeds.rows import Duty, ProblemDuty
from tests.seeds.conftest import LINK, write_table
from tests.sources import TEXTS, needs_texts


def whats(report):
    """What the report complains of, without the places."""
    return [f.what for f in (*report.faults, *(f for r in report.readings for f in r.answer.faults))]


def test_seeds_that_hold_are_said_to_hold(small):
    report = check(small.sources, small.root)
    assert (report.ok, report.exit_code, whats(report)) == (True, 0, [])
    assert report.text().endswith("2 files read: the seeds hold")


def test_raw_and_clean_text_get_the_same_answer(small):
    small.write(duties=[small.patrol | {"anchor": "負責檢查"}])
    clean, raw = (reading.answer for reading in check(small.sources, small.root).readings)
    assert clean == raw
    assert clean.faults


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"anchor": "每月檢查"}, "anchor '每月檢查' is not in lines 4-4"),
        ({"body_printed": "環保廳"}, "body_printed '環保廳' is not in lines 4-4"),
        ({"target_number": "2"}, "target_number '2' is not in lines 4-4"),
        ({"deadline_on": "2026-12-31"}, "year '2026' is not in lines 4-4"),
        ({"target_year": "2030"}, "year '2030' is not in lines 4-4"),
        ({"line_from": "3", "line_to": "3"}, "lines 3-3 are blank or do not exist"),
        ({"line_from": "4", "line_to": "9"}, "lines 4-9 are not within 1-5"),
        ({"line_from": "5", "line_to": "4"}, "lines 5-4 are not within 1-5"),
        ({"line_to": "5"}, "cited by a duty and listed as no duty"),
        ({"canonical": "nobody"}, "the body 'nobody' is not in departments.csv"),
        ({"document": "901"}, "there is no documents/901.toml"),
        ({"status": "unknown"}, "a reason must stand, in both languages, exactly when the status is not ok"),
        ({"en": ""}, "words are missing in one of the two languages"),
        ({"body": ""}, "a printed body needs its simplified form, and the other way round"),
        ({"anchor": "環"}, "the anchor has 1 characters, not 2 to 14"),
        ({"zh": "查" * 61}, "61 characters: a duty is restated in at most 60"),
        ({"body": "环境部门"}, "script: body '环境部门' is not '環保部門' in simplified characters"),
        ({"body_printed": "", "body": ""}, "owner: no body is printed here: 'ecology' cannot be ok"),
        ({"role": "lead"}, "role: the sentence of the text has no word for leading"),
        ({"role": "leader"}, "role: '环保部门' names no leader"),
        ({"role": "cooperate"}, "role: our sentence has no word for helping"),
        ({"zh": "协助检查"}, "role: our sentence begins with a word for helping"),
        ({"topic": "noise"}, "topic: no word of the topic 'noise' stands here"),
        ({"zh": "植树造林"}, "about: too little of '植树造林' stands in the lines"),
        ({"zh": "不检查"}, "negated: our sentence says '不检', the lines do not"),
        ({"zh": "取消检查"}, "turned: our sentence says '取消', the lines say nothing like it"),
        ({"en": "Never inspect"}, "turned: the English begins with a not, our Chinese does not"),
        ({"zh": "至少检查"}, "sense: our sentence says '至少', the text near the anchor nothing like it"),
        ({"en": "inspect water"}, "sense: the English says 'water', our Chinese says nothing like it"),
        ({"en": "stop inspections"}, "turned: the English says 'stop', our Chinese says nothing like it"),
        ({"zh": "检查13次", "en": "13 inspections"}, "number: our sentence says 13, which is not in the lines"),
        (
            {"en": "inspect 7 times"},
            "english_number: the English says 7, which is neither in our Chinese nor in the lines",
        ),
        ({"zh": "检查12次"}, "english_number: our Chinese says 12 and the English does not"),
        ({"target_unit": "件"}, "unit: the unit '件' does not stand behind 12 in the lines"),
        ({"deadline_on": "2025-11-30"}, "day: 2025-11-30 is no day of the text"),
        ({"deadline_kind": "ongoing"}, "day: a day is given and the deadline is not one by a date"),
        ({"frequency": "monthly"}, "often: no word for 'monthly' stands in the text"),
        ({"zh": "每月检查"}, "often: our sentence says '每月' and the frequency is quarterly"),
        ({"deadline_kind": "long_term", "deadline_on": ""}, "lasting: no word for 'long_term' stands in the text"),
    ],
)
def test_a_duty_that_does_not_hold_is_found_and_named(small, change, what):
    small.write(duties=[small.patrol, small.inspect | change])
    report = check(small.sources, small.root)
    assert what in whats(report)
    assert report.exit_code == 1
    assert "900-02" in report.text() or "line 5" in report.text()


def test_a_masked_name_that_is_taken_for_known_is_found(small):
    small.write(duties=[small.patrol, small.inspect | {"body_printed": "xx部門", "body": "xx部门"}])
    assert "mask: 'xx部门' is masked in the text, so the status is unknown" in whats(check(small.sources, small.root))


def test_the_same_duty_twice_is_found(small):
    small.write(duties=[small.patrol, small.inspect, small.inspect | {"code": "900-03"}])
    assert "says what 900-02 says already" in whats(check(small.sources, small.root))


def test_a_body_read_or_ranked_otherwise_than_recorded_is_found_without_the_sources(small):
    for column, cell in (("canonical", "county"), ("tier", "city")):
        small.write()
        write_table(small.root / "duties/900.csv", Duty, [small.patrol, small.inspect | {column: cell}])
        manifest.rewrite(small.root)
        assert any(repr(cell) in what for what in whats(check(root=small.root)))


def test_a_row_that_is_gone_is_missed_by_its_count(small):
    write_table(small.root / "duties/900.csv", Duty, [small.patrol])
    manifest.rewrite(small.root)
    assert "900 duty ok: 1 rows, recorded are 2" in whats(check(root=small.root))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"duty": "900-09"}, "there is no duty '900-09'"),
        ({"problem": "weather"}, "there is no problem 'weather'"),
        ({"role": "nobody"}, "a row names a duty, or its role is nobody: one of the two"),
    ],
)
def test_a_duty_of_a_problem_that_does_not_hold_is_found_without_the_sources(small, change, what):
    write_table(small.root / "settings/problem_duties.csv", ProblemDuty, [LINK | change])
    manifest.rewrite(small.root)
    assert whats(check(root=small.root)) == [what]


def test_an_excused_finding_is_silent_and_only_for_its_value(small):
    small.write(duties=[small.patrol, small.inspect | {"frequency": "monthly"}])
    excuse = {"law": "often", "code": "900-02", "value": "monthly", "reason": "said by word of mouth"}
    write_table(small.root / "proof/exceptions.csv", Excused, [excuse])
    manifest.rewrite(small.root)
    assert check(small.sources, small.root).ok
    write_table(small.root / "duties/900.csv", Duty, [small.patrol, small.inspect | {"frequency": "yearly"}])
    manifest.rewrite(small.root)
    assert not check(small.sources, small.root).ok


def test_a_figure_that_is_not_in_its_line_is_found(small):
    small.write(figures=[small.times | {"number": "13", "year": "2024"}])
    assert set(whats(check(small.sources, small.root))) == {
        "number '13' is not in lines 4-4",
        "year '2024' is not in lines 4-4",
    }


def test_a_line_neither_cited_nor_listed_is_reported(small):
    small.write(duties=[small.inspect])
    report = check(small.sources, small.root)
    assert [r.answer.missing for r in report.readings] == [(2,), (2,)]
    assert "neither cited nor listed as no duty: lines 2" in report.text()


def test_an_edited_source_is_found_though_its_lines_still_hold(small):
    path = small.sources / "900_raw.txt"
    path.write_text(path.read_text("utf-8").replace("總則", "總綱"), "utf-8")
    report = check(small.sources, small.root)
    assert [r.as_recorded for r in report.readings] == [True, False]
    assert "900_raw.txt: sha256 is not that of documents/900.toml" in report.text()
    assert report.exit_code == 1


def test_a_source_that_lost_a_line_is_found(small):
    path = small.sources / "900_clean.txt"
    path.write_text(path.read_text("utf-8").replace("附則\n", ""), "utf-8")
    assert "4 lines, recorded are 5" in whats(check(small.sources, small.root))


def test_a_document_without_its_source_is_reported(small):
    text = (small.root / "documents/900.toml").read_text("utf-8").replace('code = "900"', 'code = "901"')
    text = re.sub('"[0-9a-f]{64}"', '"' + "0" * 64 + '"', text)
    (small.root / "documents/901.toml").write_text(text, "utf-8")
    manifest.rewrite(small.root)
    report = check(small.sources, small.root)
    assert [(f.place, f.what) for f in report.faults] == [("901", f"no source file in {small.sources}")]


def test_a_single_file_may_be_checked_alone(small):
    report = check(small.sources / "900_clean.txt", small.root)
    assert (len(report.readings), report.ok) == (1, True)


def test_a_file_is_known_by_its_hash_whatever_it_is_called(small):
    path = (small.sources / "900_clean.txt").rename(small.sources / "received.txt")
    assert check(path, small.root).readings[0].document == "900"


def test_a_place_without_sources_is_refused(small, tmp_path):
    with pytest.raises(SeedError, match="no such file or folder"):
        check(tmp_path / "nowhere", small.root)
    with pytest.raises(SeedError, match="no source file in here"):
        check(small.root, small.root)


def test_pinyin_goes_and_other_brackets_stay():
    assert source_lines("縣(xiàn)級(jí)網(wǎng)(鄉、鎮)(x發x號)(PM2.5)的(de)\n", pinyin=True) == [
        "縣級網(鄉、鎮)(x發x號)(PM2.5)的"
    ]


@pytest.mark.parametrize(
    ("number", "text", "found"),
    [("5", "5次", True), ("5", "2025年", False), ("5", "3.5噸", False), ("3.5", "3.5噸", True), ("一", "一名", True),
     ("2", "1-2名", True), ("3", "3.5噸", False), ("", "無", True)],
)  # fmt: skip
def test_a_number_is_found_only_as_a_whole(number, text, found):
    assert stands_in(number, text) is found


def test_line_numbers_are_written_as_ranges():
    assert ranges([3, 5, 6, 7, 9]) == ranges((9, 7, 3, 6, 5)) == "3, 5-7, 9"


@needs_texts
def test_the_seeds_hold_against_the_source_texts():
    report = check(TEXTS)
    assert report.ok, report.text()


@needs_texts
def test_the_raw_and_the_clean_004_get_the_same_answer():
    answers = [reading.answer for reading in check(TEXTS).readings if reading.document == "004"]
    assert len(answers) == 2
    assert answers[0] == answers[1]
