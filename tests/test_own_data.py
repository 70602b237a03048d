"""What is kept about a person, as a file for himself: all of it, and nothing of anybody else's."""

import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import Column, select
from sqlalchemy.sql import visitors

from tests.conftest import World
from tests.own_county import AT, AT_HERE, ME, OTHER, TAGS, many_visits, people_of, read, texts
from tests.short import FULL
from webapp import domains, models
from webapp.cli import main
from webapp.core import own, pools
from webapp.core.models import AuditEntry
from webapp.core.tongue import Tongue
from webapp.feedback import privacy
from webapp.translations.spoken import speaker

PAGE = "/account/data"
#: Columns of the privacy page that are in no file, each with the reason.
LEFT_OUT = {
    reason: {f"{table}.{column}" for table, columns in tables.items() for column in columns.split()}
    for reason, tables in {
        "a check sum, or a secret": {
            "person": "password_hash",
            "login_session": "token_hash",
            "login_code": "code_hash",
            "second_factor": "sealed last_step",
            "recovery_code": "code_hash",
            "patrol": "content",
            "object_proposal": "content",
            "report": "content",
            "report_event": "content",
            "attachment": "sha256 copy",
            "chain_link": "seq at previous root head leaves",
        },
        "when there was an end to it: who is forgotten has no name any more to ask under": {"person": "erased_at"},
        "the number of a row, which says nothing by itself": {
            "posting": "id",
            "login_session": "id",
            "login_code": "id",
            "recovery_code": "id",
            "patrol": "id",
            "visit": "id",
            "topic_visit": "id",
            "attachment": "id",
            "feedback": "id",
            "audit_log": "id",
            "report_event": "id seq",
            "site_look": "id",
            "object_proposal": "id",
        },
        "said by the name of what it leads to": {
            "posting": "grid_id body_id",
            "acting_for": "posting_id",
            "patrol": "grid_id grid_version_id",
            "visit": "patrol_id object_id above",
            "topic_visit": "patrol_id topic",
            "object_proposal": "grid_id object_id type",
            "report_event": "report_id body_id",
            "site_look": "report_id grid_id",
            "report_attachment": "attachment_id report_id event_id position",
            "stage_step": "stage",
        },
        "of somebody else's account; that one gave it is a line of the log": {
            "person": "created_by",
            "posting": "granted_by",
            "login_code": "given_by",
        },
        "the limit of the matter, set by the program": {"report_event": "due_before due_after", "site_look": "due_at"},
        "of the thing to look at, and of nobody who works here": {
            "patrol_object": "lon lat crs retired_why",
            "object_attachment": "about",
        },
        "letters of what stands in the report": {"report_pair": "pair report_id"},
        "of a leader or principal who is named: a name, and no account": {
            "grid_card": "leader_zh leader_en post_zh post_en",
            "unit_person": "zh en post_zh post_en to_on",
            "body": "principal principal_post",
            "object_person": "name post to_on",
        },
        "nobody can say whose: a check sum, an address or a device": {"throttle": "key since count"},
    }.items()
}


# --- the law: what is kept is told ---


def columns_of(sheet: own.OwnSheet) -> Iterator[str]:
    """``table.column`` of all that a sheet shows or asks for; what it looks up beside the rows is not among them."""
    statement = sheet.statement
    for part in (*statement.inner_columns, statement.whereclause):
        for node in visitors.iterate(part):
            if isinstance(node, Column) and "." not in str(node.table.name):
                yield f"{node.table.name}.{node.name}"


def shown() -> set[str]:
    """All that a file shows."""
    return {name for sheet in domains.own() for name in columns_of(sheet)}


def kept() -> set[str]:
    """All that is kept about people: what the privacy page says, and what names a person."""
    naming = {
        f"{table.name}.{column.name}"
        for table in models.metadata.sorted_tables
        for column in table.columns
        if any(key.target_fullname == "person.id" for key in column.foreign_keys)
    }
    return naming | {name for line in privacy.lines() for name in line.names()}


def test_all_that_is_kept_about_people_is_in_the_file_or_left_out_for_a_reason() -> None:
    assert kept() - shown() == set.union(*LEFT_OUT.values())


def test_a_column_that_no_sheet_shows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    less = [sheet for sheet in domains.own() if sheet.title != "Visits"]
    monkeypatch.setattr(domains, "own", lambda: tuple(less))
    assert {"visit.result", "visit.reason"} <= kept() - shown()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_titles_are_such_as_a_spreadsheet_takes(language: str) -> None:
    said = speaker(language)
    titles = [said(own.COVER), *(said(sheet.title) for sheet in domains.own())]
    assert len({title.casefold() for title in titles}) == len(titles)
    assert [title for title in titles if len(title) > 31 or set(title) & set("[]:*?/\\'")] == []
    places = [sheet.place for sheet in domains.own()]
    assert places == sorted(set(places))


# --- the file ---


@pytest.fixture
def both(world: World, browse: Any) -> dict[str, Any]:
    """Browsers of the two, who logged in before they had a second factor."""
    found = {login: browse(login) for login in TAGS}
    people_of(world)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_file_of_one_has_all_of_his_and_nothing_of_the_others(both: dict[str, Any], language: str) -> None:
    of = {login: _file(both[login], language) for login in TAGS}
    for login, other in ((ME, OTHER), (OTHER, ME)):
        sheets, tag, its = of[login], TAGS[login], TAGS[other]
        said = speaker(language)
        assert list(sheets) == [said(own.COVER), *(said(sheet.title) for sheet in domains.own())]
        assert "\n".join(texts(sheets)).count(its) == 0 and other not in texts(sheets)
        wanted = (
            "phone zh en device round thing place note step question answered file page text reply browser setting "
            "time_limit frequency_rule calendar_day duty problem_duty body reason first added asks says committee "
            "owner proposal wish verdict"
        )
        assert {f"{tag}-{word}" for word in wanted.split()} - words(sheets) == set()
        assert not any("secret" in text for text in texts(sheets))


def words(sheets: dict[str, list[tuple[Any, ...]]]) -> set[str]:
    """The texts, and the parts of those that are lists of several."""
    return {
        part.strip("/ ") for text in texts(sheets) for part in text.replace(": ", "|").replace("：", "|").split("|")
    }


def _file(browser: Any, language: str) -> dict[str, list[tuple[Any, ...]]]:
    browser.get(f"/language?lang={language}")
    answer = browser.get(PAGE)
    assert answer.status_code == 200, answer.text
    return read(answer.data)


def test_moments_days_numbers_and_words_are_what_they_are(both: dict[str, Any]) -> None:
    sheets = _file(both[ME], "en")
    visit = dict(zip(*sheets["Visits"], strict=True))
    assert (visit["When"], visit["Result"], visit["Village"]) == (AT_HERE, "Could not check", "Village A1")
    file = dict(zip(*sheets["Photos and documents I sent"], strict=True))
    assert (file["Size in bytes"], file["Kind"], file["Report no."]) == (1234, "Document", "2026-00000")
    rows = sheets["Reports"]
    first, second = (dict(zip(rows[0], row, strict=True)) for row in rows[1:])
    assert (first["Where it is"], first["Longitude"], first["Problems"]) == ("mine-place", 110.2, "Smoke")
    assert (second["Where it is"], second["Longitude"], second["Problems"]) == ("mine-first", 110.4, None)
    book = openpyxl.load_workbook(io.BytesIO(both[ME].get(PAGE).data))
    assert all(cell.font.bold for sheet in book.worksheets[1:] for cell in sheet[1])


def test_what_looks_like_a_formula_is_a_text(world: World, both: dict[str, Any]) -> None:
    with world.store.write() as session:
        session.add(AuditEntry(at=AT, person_id=world.people[ME], action="=1+1", thing="+cmd:@x", detail={}))
    book = openpyxl.load_workbook(io.BytesIO(both[ME].get(PAGE).data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    assert any(cell.value == "=1+1" and cell.data_type == "s" for cell in cells)


# --- the page ---


def test_the_page_leads_to_it_and_a_second_one_comes_at_once(world: World, browse: Any) -> None:
    browser = browse(ME)
    browser.get("/language?lang=en")
    assert f'href="{PAGE}"' in browser.get("/account").text
    assert 'href="/account"' in browser.get("/privacy").text.split("What you can do")[1]
    for _ in range(2):
        answer = browser.get(PAGE)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "attachment; filename=my-data-" in answer.headers["Content-Disposition"]
        assert read(answer.data)["Account"][1][0] == ME
    other = browser.get(f"{PAGE}?person_id={world.people[OTHER]}&login={OTHER}")
    assert read(other.data)["Account"][1][0] == ME


def test_who_is_not_logged_in_gets_none(world: World, browse: Any) -> None:
    assert browse().client.get(PAGE).status_code in (302, 401)


def test_while_another_is_made_it_says_that_we_are_busy(
    world: World, browse: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(pools.POOLS, "own", replace(pools.POOLS["own"], waits=0.1))
    with pools.turn(tmp_path / "data", "own"):
        answer = browse(ME).get(PAGE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_rows_are_read_and_written_one_by_one(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(own, "AT_A_TIME", 50)
    few, many = 200, 20_000 if FULL else 3_000
    peaks = []
    for number in (few, many - few):
        with world.store.write() as session:
            many_visits(session, world, number)
        with world.store.read() as session, (tmp_path / f"{number}.xlsx").open("wb") as out:
            tracemalloc.start()
            own.write(session, domains.own(), world.people[ME], Tongue("en", str), out)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] - peaks[0] < 500_000, peaks


# --- the command ---


@pytest.fixture
def command(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """``command("person", …)`` on the small county."""
    monkeypatch.setenv("DATABASE_URL", world.store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(main, [*map(str, words)])


@pytest.mark.parametrize(("more", "title"), [((), "账号"), (("--language", "en"), "Account")])
def test_the_command_writes_the_same_for_who_cannot_log_in(
    world: World, command: Any, tmp_path: Path, more: tuple[str, ...], title: str
) -> None:
    people_of(world)
    done = command("person", "export", ME, tmp_path / "a.xlsx", *more)
    assert done.exit_code == 0, done.output
    sheets = read((tmp_path / "a.xlsx").read_bytes())
    assert sheets[title][1][0] == ME and TAGS[OTHER] not in "\n".join(texts(sheets))
    assert (tmp_path / "a.xlsx").stat().st_mode & 0o077 == 0
    with world.store.read() as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.export")).one()
    assert (line.person_id, line.thing) == (None, f"person:{world.people[ME]}")


def test_the_command_refuses_a_stranger_and_a_file_that_is_there(world: World, command: Any, tmp_path: Path) -> None:
    there = tmp_path / "there.xlsx"
    there.write_text("kept")
    for login, file, told in (
        ("nobody_here", tmp_path / "new.xlsx", "Nobody is called nobody_here."),
        (ME, there, "is there already"),
        (ME, tmp_path / "no" / "such.xlsx", "cannot be written"),
    ):
        done = command("person", "export", login, file)
        assert done.exit_code == 1 and told in done.output and "Traceback" not in done.output
    assert there.read_text() == "kept" and not (tmp_path / "new.xlsx").exists()
