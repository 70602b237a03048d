"""The pages for looking after accounts, as a browser without JavaScript sees them."""

import io
import re

import pytest
from sqlalchemy import select

from tests.accounts.test_sheet import ROWS, csv_bytes, xlsx
from webapp.core import clock
from webapp.login.models import LoginSession
from webapp.people.models import Body, Person, Posting


def slips(page):
    """Log-in name → code of the slips on a page."""
    values = re.findall(r"<dd>([^<]*)</dd>", page.text)
    return {values[i + 1]: values[i + 2] for i in range(0, len(values), 4)}


def person_id(world, login):
    """The id behind a log-in name, None when there is none."""
    with world.store.read() as session:
        return session.scalar(select(Person.id).where(Person.login == login))


def new(**more):
    """A new officer as somebody types him, from today on."""
    typed = {"role": "grid_officer", "zh": "新人", "login": "new_one", "first": clock.today().isoformat(), "last": ""}
    return typed | more


def test_a_new_officer_gets_a_slip_that_lets_him_in_once(world, browse):
    township = browse("township_a")
    assert f"g{world.grids['A1']}" in township.get("/people/new?role=grid_officer").text
    page = township.post("/people/new", **new(), place=f"g{world.grids['A1']}")
    assert page.status_code == 200
    code = slips(page)["new_one"]
    assert re.fullmatch(r"\d{4} \d{4} \d{4}", code)
    assert page.headers["Cache-Control"] == "private, no-store"
    officer = browse()
    assert 'name="new"' in officer.login("new_one", code).text
    assert officer.post("/account/password", new="a better one", again="a better one").status_code == 302
    assert browse().login("new_one", code).status_code == 422


def test_a_slip_lasts_for_days_and_a_code_read_out_for_minutes(world, browse):
    from datetime import timedelta

    township = browse("township_a")
    slip = slips(township.post("/people/new", **new(), place=f"g{world.grids['A1']}"))["new_one"]
    with clock.at(clock.now() + timedelta(days=6)):
        assert browse().login("new_one", slip).status_code == 200
    code = slips(township.post(f"/people/{world.people['officer_a2']}/code"))["officer_a2"]
    assert re.fullmatch(r"\d{3} \d{3}", code)
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert browse().login("officer_a2", code).status_code == 422


def test_a_refused_account_keeps_what_was_typed_beside_its_message(world, browse):
    page = browse("township_a").post("/people/new", **new(login="officer_b1"), place=f"g{world.grids['A1']}")
    assert page.status_code == 422
    assert 'value="新人"' in page.text
    assert 'id="login-error"' in page.text


def test_the_same_new_account_sent_twice_says_that_it_was_taken_and_how_to_get_another_code(world, browse):
    township = browse("township_a")
    township.post("/people/new", **new(), place=f"g{world.grids['A1']}")
    again = township.post("/people/new", **new(), place=f"g{world.grids['A1']}")
    assert again.status_code == 422
    assert "give a new code there" in again.text
    other = browse("township_b").post("/people/new", **new(), place=f"g{world.grids['B1']}")
    assert "give a new code there" not in other.text, "who has it is nobody else's business"


@pytest.mark.parametrize("last", ["9999-12-31", "2101-01-01", "0001-01-01"])
def test_a_last_day_for_ever_is_refused_in_words_when_given_and_when_ended(world, browse, last):
    county, who = browse("county"), world.people["officer_a1"]
    with world.store.read() as session:
        posting = session.scalar(select(Posting.id).where(Posting.person_id == who))
    given = {"role": "grid_officer", "place": f"g{world.grids['A2']}", "first": clock.today().isoformat()}
    for address, fields in ((f"/people/{who}/postings/new", given), (f"/people/{who}/postings/{posting}/end", {})):
        page = county.post(address, **fields, last=last)
        assert page.status_code == 422
        assert "from 2000 to 2100" in page.text
        assert f'value="{last}"' in page.text
    with world.store.read() as session:
        assert session.scalar(select(Posting.valid_to).where(Posting.id == posting)) is None


@pytest.mark.parametrize(
    "role, place", [("county_office", "gcounty"), ("grid_officer", "gB1"), ("grid_officer", "b1"), ("no_such", "gA1")]
)
def test_a_forged_role_or_place_makes_no_account(world, browse, role, place):
    number = world.grids.get(place[1:], place[1:])
    answer = browse("township_a").post("/people/new", **new(role=role), place=f"{place[0]}{number}")
    assert answer.status_code in (404, 422)
    assert person_id(world, "new_one") is None


def test_somebody_out_of_reach_looks_like_nobody(world, browse):
    township = browse("township_a")
    other, nobody = world.people["officer_b1"], 99999
    for address in ("/people/{}", "/people/{}/edit", "/people/{}/postings/new"):
        answers = [township.client.get(address.format(id_)) for id_ in (other, nobody)]
        assert [answer.status_code for answer in answers] == [404, 404]
        pages = [re.sub(rf"/{id_}\b", "/x", answer.text) for answer, id_ in zip(answers, (other, nobody), strict=True)]
        assert pages[0] == pages[1]  # whole numbers only: the mark of a style sheet may begin with the same digit
    for act in ("suspend", "resume", "code", "edit"):
        assert township.post(f"/people/{other}/{act}", zh="x").status_code == 404


def test_an_equal_is_seen_but_without_buttons(world, browse):
    page = browse("township_a").get(f"/people/{world.people['township_a_two']}").text
    assert "township_a_two" in page
    assert "/code" not in page
    assert "/suspend" not in page


def test_suspending_and_letting_in_again(world, browse):
    officer, township, id_ = browse("officer_a1"), browse("township_a"), world.people["officer_a1"]
    assert township.post(f"/people/{id_}/suspend").status_code == 302
    assert officer.client.get("/account").status_code == 302
    assert browse().login("officer_a1").status_code == 422
    township.post(f"/people/{id_}/resume")
    assert browse().login("officer_a1").status_code == 302


def test_a_lost_phone_is_revoked_from_above_and_not_from_beside(world, browse):
    phone, id_ = browse("officer_a1"), world.people["officer_a1"]
    with world.store.read() as session:
        kept = session.scalar(select(LoginSession.id).where(LoginSession.person_id == id_))
    assert browse("township_b").post(f"/people/{id_}/phones/{kept}/end").status_code == 404
    assert browse("township_a").post(f"/people/{world.people['officer_a2']}/phones/{kept}/end").status_code == 404
    assert browse("township_a").post(f"/people/{id_}/phones/{kept}/end").status_code == 302
    assert phone.client.get("/account").status_code == 302


def test_a_posting_is_given_and_ended_on_pages_and_counts_at_the_next_request(world, browse):
    county, officer, id_ = browse("county"), browse("officer_a1"), world.people["officer_a1"]
    assert officer.client.get("/people").status_code == 403
    page = county.get(f"/people/{id_}/postings/new?role=township_supervisor")
    assert f"g{world.grids['A']}" in page.text
    given = county.post(
        f"/people/{id_}/postings/new",
        role="township_supervisor",
        place=f"g{world.grids['A']}",
        first=clock.today().isoformat(),
        last="",
    )
    assert given.status_code == 302
    assert officer.client.get("/people").status_code == 200
    with world.store.read() as session:
        posting = session.scalar(
            select(Posting.id).where(Posting.role == "township_supervisor", Posting.person_id == id_)
        )
    assert "<form" in county.get(f"/people/{id_}/postings/{posting}/end").text
    assert county.post(f"/people/{id_}/postings/{posting}/end", last="1999-01-01").status_code == 422
    assert county.post(f"/people/{world.people['officer_a2']}/postings/{posting}/end", last="").status_code == 404
    assert county.post(f"/people/{id_}/postings/{posting}/end", last="").status_code == 302
    assert officer.client.get("/people").status_code == 403


def test_names_are_corrected(world, browse):
    township, id_ = browse("township_a"), world.people["officer_a1"]
    assert "officer_a1" in township.get(f"/people/{id_}/edit").text
    assert township.post(f"/people/{id_}/edit", zh="改名", en="", phone="123").status_code == 302
    assert township.post(f"/people/{id_}/edit", zh=" ", en="", phone="").status_code == 422
    assert "改名" in township.get("/people?q=改名").text


def test_bodies_are_set_up_renamed_closed_and_opened(world, browse):
    township = browse("township_a")
    assert township.client.get("/bodies/new?kind=department").status_code == 404
    assert township.client.get("/bodies/new?kind=station").status_code == 200
    made = township.post("/bodies/new", kind="station", zh="农业中心", en="", phone="", grid_id=world.grids["A"])
    assert made.status_code == 302
    with world.store.read() as session:
        body = session.scalar(select(Body.id).where(Body.zh == "农业中心"))
    assert township.post("/bodies/new", kind="station", zh="农业中心", grid_id=world.grids["A"]).status_code == 422
    assert township.post(f"/bodies/{body}", kind="station", zh="农服中心", en="Farm team").status_code == 302
    assert "农服中心" in township.get(f"/bodies/{body}").text
    for act in ("close", "reopen"):
        assert township.post(f"/bodies/{body}/{act}").status_code == 302
    assert browse("township_b").post(f"/bodies/{body}/close").status_code == 404


def test_a_department_is_tied_to_its_duties_on_its_page(world, browse):
    county = browse("county")
    assert 'value="water"' in county.get("/bodies/new?kind=department").text
    county.post("/bodies/new", kind="department", zh="水利局", canonical="water", grid_id=world.grids["county"])
    with world.store.read() as session:
        assert session.scalar(select(Body.canonical).where(Body.zh == "水利局")) == "water"


# --- the sheet ---


def send(browser, data, name="people.xlsx"):
    """Upload a sheet."""
    return browser.post("/people/import", sheet=(io.BytesIO(data), name))


def test_a_clean_sheet_is_shown_first_and_comes_in_when_confirmed_with_slips(world, browse):
    county = browse("county")
    assert county.get("/people/import").status_code == 200
    page = send(county, xlsx(ROWS))
    assert page.status_code == 200
    assert person_id(world, "wangxm") is None
    rows = re.search(r'name="rows" value="([^"]+)"', page.text)[1].replace("&#34;", '"')
    done = county.post("/people/import/confirm", rows=rows)
    assert set(slips(done)) == {"wangxm", "lisi", "zhaoliu", "sunqi", "zhouba"}
    assert 'name="new"' in browse().login("wangxm", slips(done)["wangxm"]).text
    again = county.post("/people/import/confirm", rows=rows)
    assert again.status_code == 200
    assert slips(again) == {}
    assert "New slips" in again.text, "the way to codes when those of the first answer are lost"


def test_wrong_rows_are_listed_and_cannot_be_confirmed(world, browse):
    bad = ["名", None, "n1", None, "村长", "甲1村", None, None, None]
    page = send(browse("county"), csv_bytes([bad], "gb18030"), "people.csv")
    assert page.status_code == 422
    assert '<th scope="row">2</th>' in page.text
    assert 'name="rows"' not in page.text


def test_a_forged_confirmation_is_checked_like_an_upload(world, browse):
    township = browse("township_a")
    rows = '[[2, {"zh": "名", "login": "n1", "role": "county_office", "grid": "测试县"}]]'
    assert township.post("/people/import/confirm", rows=rows).status_code == 422
    assert township.post("/people/import/confirm", rows="nonsense").status_code == 422
    good = '[3, {"zh": "名", "login": "n2", "role": "grid_officer", "grid": "甲1村"}]'
    assert township.post("/people/import/confirm", rows=f"{rows[:-1]}, {good}]").status_code == 422
    assert [person_id(world, login) for login in ("n1", "n2")] == [None, None], "all or nothing"
    assert township.post("/people/import/confirm", rows=f"[{good}]").status_code == 200
    assert person_id(world, "n2") is not None


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nonsense", b"a,b\n1,2"])
def test_a_file_that_is_no_sheet_gets_a_sentence(browse, data):
    page = send(browse("county"), data)
    assert page.status_code == 422
    assert 'id="sheet-error"' in page.text


def test_lost_slips_are_made_again_for_those_who_never_came_in(world, browse):
    county = browse("county")
    first = slips(
        county.post(
            "/people/import/confirm",
            rows=(
                '[[2, {"zh": "甲", "login": "n1", "role": "grid_officer", "grid": "甲1村"}],'
                ' [3, {"zh": "乙", "login": "n2", "role": "grid_officer", "grid": "乙1村"}]]'
            ),
        )
    )
    browse().login("n2", first["n2"])
    again = slips(county.post("/people/slips"))
    assert set(again) == {"n1"}
    assert browse().login("n1", first["n1"]).status_code == 422
    assert browse().login("n1", again["n1"]).status_code == 200
    assert slips(browse("township_b").post("/people/slips")) == {}


def test_who_gives_no_postings_has_none_of_these_pages(world, browse):
    officer = browse("officer_a1")
    for address in ("/people", "/people/new", "/people/import", "/bodies", f"/people/{world.people['officer_a2']}"):
        assert officer.client.get(address).status_code == 403


@pytest.mark.parametrize(
    ("words", "found"),
    [("甲2村", "officer_a2"), ("village a2", "officer_a2"), ("综合执法队", "station_a"), ("town a team", "station_a")],
)
def test_people_are_found_by_the_name_of_their_place(browse, words, found):
    page = browse("township_a").get(f"/people?q={words}").text
    assert re.findall(r'small muted">(\w+)<', page) == [found]


def test_people_of_a_place_that_is_not_the_askers_are_not_found(browse):
    page = browse("township_a").get("/people?q=乙1村").text
    assert "Nobody found." in page and "officer_b1" not in page
