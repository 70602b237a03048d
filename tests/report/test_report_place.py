"""A report filed from an object shows the object's name in the reader's language, when the place was left as it was."""

import pytest

from tests import make
from tests.report.conftest import hidden, move_fields
from webapp.report import service, side_acts


@pytest.fixture
def filed(world):
    """``filed(place)`` is a report from the kiln of A1 with this place, and a look at it that waits."""

    def file(place):
        entry = make.report(world.grids["A1"], place=place, object_id=world.things["kiln_a1"])
        with world.store.write() as session:
            service.submit(session, make.actor(session, "officer_a1"), entry)
            side_acts.ask_look(session, make.actor(session, "township_a"), entry.id, make.ids.new(), None)
        return entry.id

    return file


def shown(browse, report_id, language):
    """Where the report is, on every page that says it, without the line that names the object by itself."""
    officer, township = browse("officer_a1"), browse("township_a")
    for browser in (officer, township):
        browser.get(f"/language?lang={language}")
    pages = [officer.get(address).text for address in ("/home", f"/reports/{report_id}/receipt", "/mine")]
    show = township.get(f"/reports/{report_id}").text
    copied = show.split('data-copy="')[1].split('"')[0]
    where = show.split("Where</dt>" if language == "en" else "在哪里</dt>")[1].split("</dd>")[0]
    look = hidden_look(officer.get("/home").text)
    return [*pages, copied, where, officer.get(f"/looks/{look}").text, township.get("/desk").text]


def hidden_look(page):
    return page.split('action="/looks/')[1].split('"')[0]


@pytest.mark.parametrize("typed", ["砖窑旧址", "Old kiln"])
def test_a_place_left_as_it_was_is_the_objects_name_to_every_reader(browse, filed, typed):
    report_id = filed(typed)
    for language, name, other in (("en", "Old kiln", "砖窑旧址"), ("zh", "砖窑旧址", "Old kiln")):
        for page in shown(browse, report_id, language):
            page = page.replace("砖窑旧址冒烟，没劝住。", "")  # the officer's own sentence
            assert name in page and other not in page.split('id="q"')[0], (language, page[:200])


def test_a_place_that_was_changed_stands_as_it_was_typed(browse, filed):
    report_id = filed("砖窑旧址北墙")
    for language in ("en", "zh"):
        assert all("砖窑旧址北墙" in page for page in shown(browse, report_id, language))


def test_what_was_added_to_the_place_stands_behind_the_name(world, browse, filed):
    report_id = filed("砖窑旧址")
    officer, township = browse("officer_a1"), browse("township_a")
    township.post(f"/reports/{report_id}/give_back", **move_fields(township, report_id, "give_back", missing=["place"]))
    fields = move_fields(officer, report_id, "supplement", note="smoke", place="north wall")
    officer.post(f"/reports/{report_id}/supplement", **fields)
    assert "Old kiln；north wall" in township.get(f"/reports/{report_id}").text


def test_another_object_of_that_name_changes_nothing(world, browse):
    """The place names what the officer typed; the object that the report names is another one."""
    entry = make.report(world.grids["A1"], place="砖窑旧址", object_id=world.things["farm_a1"])
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    where = browse("township_a").get(f"/reports/{entry.id}").text.split("Where</dt>")[1].split("</dd>")[0]
    assert "砖窑旧址" in where and "Old kiln" not in where


def test_the_form_from_an_object_is_filled_in_the_readers_language(world, browse):
    officer = browse("officer_a1")
    address = f"/grids/{world.grids['A1']}/report?object={world.things['kiln_a1']}"
    assert 'name="place" id="place" value="Old kiln"' in officer.get(address).text
    assert hidden(officer.get(address).text, "object_id") == str(world.things["kiln_a1"])
