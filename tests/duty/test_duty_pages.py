"""What the pages of the lists show, to whom, and how they take a mistake."""

import re
from html import unescape

import pytest
from sqlalchemy import func, select

import seeds
from seeds import rows as seed_rows
from tests.duty.conftest import person
from tests.seeds.test_seed_data import DEPARTMENTS_OF_PART_13
from webapp import domains
from webapp.duty import dispatching, labels, service
from webapp.duty.models import Duty, Succession
from webapp.web import language

PAGES = (
    "/duties",
    "/documents",
    "/departments",
    "/departments/numbered",
    "/figures",
    "/documents/004",
    "/duties/004-13-dept06-01",
    "/duties.xlsx?document=001&scope=all",
    "/figures.xlsx?document=001&scope=all",
)


def codes(answer):
    """The duties of a list."""
    return re.findall(r'<p class="row-title"><a href="/duties/([^"]+)"', answer.text)


def text(answer):
    """What a reader sees, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_opens_in_both_languages(pages, address, lang):
    assert pages.become(person("grid_officer"), lang).get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_those_who_keep_the_accounts_or_the_log_have_no_business_here(pages, address):
    assert pages.become(person("system_admin")).get(address).status_code == 403
    assert pages.become(person("audit_admin")).get(address).status_code == 403


@pytest.mark.parametrize("address", ["/duties/none", "/documents/999"])
def test_what_does_not_exist_is_not_there(pages, address):
    assert pages.get(address).status_code == 404


@pytest.mark.parametrize(
    "word",
    [
        "扬尘",  # the duty in Chinese
        "揚塵",  # the same, traditional
        "市容环卫",  # the body in simplified characters
        "市容環衛",  # the body as printed
        "城市管理",  # the department today
        "城區道路揚",  # the words of the text
        "dust town ROADS",  # English, every word, big or small
        "urban management",
    ],
)
def test_a_search_finds_the_duty_by_any_of_its_words(pages, word):
    assert "004-13-dept05-03" in codes(pages.get("/duties", scope="all", q=word, document="004", all=1))


def test_both_scripts_find_the_same(pages):
    found = codes(pages.get("/duties", scope="all", q="扬尘", all=1))
    assert len(found) > 5 and found == codes(pages.get("/duties", scope="all", q="揚塵", all=1))


def test_signs_of_a_pattern_are_only_signs(pages):
    assert codes(pages.get("/duties", scope="all", q="扬%尘")) == []


def test_each_row_shows_where_it_stands_and_what_is_open(pages):
    shown = text(pages.get("/duties", scope="all", document="004", section="篇十三 部门6"))
    assert "document 004, lines 223-224" in shown and "no name printed" in shown
    assert "unknown" in shown and "item 6 prints no department name" in shown


@pytest.mark.parametrize(
    "narrow",
    [
        {"department": "ecology"},
        {"tier": "village"},
        {"role": "lead"},
        {"topic": "straw"},
        {"document": "003"},
        {"status": "to_confirm"},
        {"department": "water", "document": "004", "tier": "county"},
    ],
)
def test_a_list_holds_just_what_was_asked_for_and_its_count(pages, narrow):
    wanted = {narrow_to.replace("department", "canonical"): value for narrow_to, value in narrow.items()}
    expected = {
        row.code for row in seeds.read("duties") if all(getattr(row, name) == value for name, value in wanted.items())
    }
    answer = pages.get("/duties", scope="all", all=1, **narrow)
    assert expected and set(codes(answer)) == expected
    assert re.search(rf'class="caption">{len(expected)} rows?<', answer.text)


def test_pages_of_a_list_follow_the_document_and_lose_nothing(pages):
    everything = codes(pages.get("/duties", scope="all", document="000", all=1))
    assert codes(pages.get("/duties", scope="all", document="000")) == everything[:50]
    assert codes(pages.get("/duties", scope="all", document="000", page=2)) == everything[50:100]
    assert (
        codes(pages.get("/duties", scope="all", document="000", page=999))
        == everything[(len(everything) - 1) // 50 * 50 :]
    )
    for nonsense in ("x", "0", "-3"):
        assert codes(pages.get("/duties", scope="all", document="000", page=nonsense)) == everything[:50]


@pytest.mark.parametrize("wrong", [{"tier": "moon"}, {"q": "尘" * 61}, {"document": "9"}])
def test_a_wrong_choice_is_said_and_the_words_are_kept(pages, wrong):
    answer = pages.get("/duties", scope="all", **({"q": "秸秆"} | wrong))
    assert answer.status_code == 422 and 'class="error"' in answer.text
    assert f'value="{wrong.get("q", "秸秆")}"' in answer.text


def test_names_in_the_address_that_are_no_field_do_no_harm(pages):
    assert (
        pages.get("/duties", scope="all", endpoint="x", _external=1, _scheme="z", values="q", q="\0").status_code == 200
    )


def test_the_27_departments_stand_as_they_are(pages):
    page = text(pages.get("/documents/004"))
    numbers = [int(number) for number in re.findall(r"part 13, department (\d+)", page)]
    assert numbers == list(range(1, 28))
    assert re.search(r"part 13, department 6 no name printed · 建設單位 223-225 3 duties 2", page)
    assert re.search(r"part 13, department 22 no name printed 257 1 duty 1", page)


def test_a_numbered_department_is_called_so_in_the_readers_language(pages):
    for lang, words in (("en", "part 13, department 6"), ("zh", "篇十三 部门6")):
        pages.become(person("grid_officer"), lang)
        for address in (
            "/documents/004",
            "/duties/004-13-dept06-01",
            "/duties?document=004&section=篇十三 部门6&scope=all",
        ):
            shown = text(pages.get(address))
            assert words in shown and ("部门6" in shown) == (lang == "zh"), (lang, address)


def test_the_numbered_departments_have_a_page_in_their_printed_order(pages):
    shown = text(pages.get("/departments/numbered"))
    heads = re.findall(r"(\d+) (\S+|no name printed)(?: unknown)? Department today", shown)
    assert [(int(number), "" if name == "no name printed" else name) for number, name in heads] == list(
        DEPARTMENTS_OF_PART_13.items()
    )
    assert "22 no name printed unknown Department today: not named in the text document 004, line 257" in shown
    counted = re.findall(r"(\d+) (?:\S+|no name printed)(?: unknown)? Department today: .*? (\d+) dut(?:y|ies)", shown)
    assert {number: int(count) for number, count in counted if number in OWN} == OWN
    assert "17 電力部門 Department today: electricity supply company to confirm" in shown
    assert 'href="/departments/numbered"' in pages.get("/duties").text


OWN = {"1": 11, "2": 8, "3": 14, "6": 2, "12": 4, "15": 6, "22": 0, "24": 10, "26": 3}  # counted in the lines


def test_a_numbered_department_that_the_county_names_is_no_longer_unknown(pages, county):
    pages.become(county).post("/duties/004-13-dept06-01/department", department="natural_resources")
    shown = text(pages.get("/departments/numbered"))
    assert "6 no name printed named by the county Department today: natural resources and planning" in shown
    assert 'href="/duties/004-13-dept22-01">Name the department' in pages.get("/departments/numbered").text
    assert "Name the department" not in pages.become(person("leader")).get("/departments/numbered").text


@pytest.mark.parametrize("asked", ["219", "line 219", "Lines 219", "第219行", "219行"])
def test_a_number_finds_the_rows_of_that_line(pages, asked):
    expected = {
        row.code for row in seeds.read("duties") if row.document == "004" and row.line_from <= 219 <= row.line_to
    }
    assert expected and set(codes(pages.get("/duties", scope="all", q=asked, document="004", all=1))) == expected
    narrower = codes(pages.get("/duties", scope="all", q=f"{asked} 扬尘", document="004", all=1))
    assert narrower and set(narrower) < expected


def test_a_document_is_not_taken_for_a_line(pages):
    assert set(codes(pages.get("/duties", scope="all", q="004 219", all=1))) == set(
        codes(pages.get("/duties", scope="all", q="219", document="004", all=1))
    )


def test_figures_are_found_by_their_line_too(pages):
    row = next(row for row in seeds.read("figures") if row.document == "003")
    assert row.zh in text(
        pages.become(person("leader"), "zh").get("/figures", scope="all", q=f"第{row.line_from}行", document="003")
    )


@pytest.mark.parametrize("asked", ["水利", "water resources", "水務", "水务"])
def test_departments_are_searched_by_the_names_of_today_and_of_the_documents(pages, asked):
    found = re.findall(r'<section class="card" id="([^"]+)"', pages.get("/departments", q=asked).text)
    everything = re.findall(r'<section class="card" id="([^"]+)"', pages.get("/departments").text)
    assert "water" in found and len(found) < len(everything) / 4


def test_departments_say_how_they_are_ordered_and_when_none_is_found(pages):
    shown = text(pages.get("/departments", q="月球"))
    assert "Those with the most duties come first, then in code order." in shown and "No body has this name" in shown
    assert pages.get("/departments", q="尘" * 61).status_code == 422


def test_a_document_says_what_is_unsure_and_what_was_left_out(pages):
    overview, page = text(pages.get("/documents")), text(pages.get("/documents/004"))
    assert "no. 6 has no name and no. 22 is empty" in overview and "unknown: the text does not say" in overview
    assert "146-154 heading of the collection above part 13" in page


def test_an_old_name_reads_formerly_and_now(pages):
    page = text(pages.get("/duties", scope="all", q="县环境保护行政主管部门"))
    assert re.search(r"formerly \S*县环境保护行政主管部门 ?, now ecology and environment \(17 Mar 2018\)", page)


def test_a_retired_duty_leaves_the_list_and_keeps_its_page(pages, store):
    with store.write() as session:
        domains.seeds()["duties"].bring_in(
            session, None, [row for row in seeds.read("duties") if row.code != "004-13-dept05-03"], "test"
        )
    assert "004-13-dept05-03" not in codes(pages.get("/duties", scope="all", department="urban_management", all=1))
    assert codes(pages.get("/duties", scope="all", status="retired")) == ["004-13-dept05-03"]
    assert "No longer listed since" in text(pages.get("/duties/004-13-dept05-03"))


def test_the_county_names_the_department_of_an_unknown_duty(pages, store, county):
    answer = pages.become(county).post("/duties/004-13-dept06-01/department", department="natural_resources")
    assert answer.status_code == 303
    page = text(pages.get("/duties/004-13-dept06-01"))
    assert re.search(r"named by the county natural resources and planning", page)
    assert re.search(r"county department named by the county natural resources", page)
    assert codes(pages.get("/duties", scope="all", status="named")) == ["004-13-dept06-01"]
    assert "004-13-dept06-01" in codes(pages.get("/duties", scope="all", department="natural_resources", all=1))


def test_what_the_text_leaves_open_is_not_said_any_more_once_the_county_has_named_it(pages, county):
    addresses = ("/duties/004-13-dept06-01", "/duties?document=004&section=篇十三 部门6&status=named")
    assert "item 6 prints no department name" in text(pages.get(addresses[0]))
    pages.become(county).post("/duties/004-13-dept06-01/department", department="natural_resources", beside="y")
    assert [address for address in addresses if "prints no department name" in text(pages.get(address))] == []


def test_one_name_serves_the_other_silent_duties_of_the_section(pages, store, county):
    pages.become(county).post("/duties/004-13-dept06-01/department", department="natural_resources", beside="y")
    assert codes(pages.get("/duties", scope="all", status="named")) == ["004-13-dept06-01", "004-13-dept06-03"]


def test_the_county_takes_a_name_back(pages, county):
    pages.become(county).post("/duties/004-13-dept22-01/department", department="tax")
    assert pages.post("/duties/004-13-dept22-01/forget").status_code == 303
    page = text(pages.get("/duties/004-13-dept22-01"))
    assert "unknown not named in the text" in page and "withdrawn" in page


@pytest.mark.parametrize("department", ["", "unknown", "nobody"])
def test_a_name_that_is_none_is_refused_beside_the_field(pages, county, department):
    answer = pages.become(county).post("/duties/004-13-dept06-01/department", department=department)
    assert answer.status_code == 422 and 'id="department-error"' in answer.text
    assert codes(pages.get("/duties", scope="all", status="named")) == []


def test_nobody_renames_a_body_that_the_text_itself_names(pages, county):
    answer = pages.become(county).post("/duties/004-13-dept05-03/department", department="tax")
    assert answer.status_code == 422 and codes(pages.get("/duties", scope="all", status="named")) == []


@pytest.mark.parametrize("role", ["grid_officer", "township_supervisor", "department_liaison", "leader", "inspector"])
def test_only_the_county_office_confirms(pages, store, role):
    pages.become(person(role))
    assert pages.post("/duties/004-13-dept06-01/department", department="tax").status_code == 403
    assert pages.post("/duties/004-13-dept06-01/forget").status_code == 403
    assert pages.post("/succession/1").status_code == 403
    assert "Name the department" not in pages.get("/duties/004-13-dept06-01").text


def test_the_service_itself_lets_only_the_county_confirm(store):
    with store.write() as session, pytest.raises(service.NotFound):
        service.name_department(session, person("leader"), "004-13-dept06-01", "tax")
    with store.write() as session, pytest.raises(service.NotFound):
        service.confirm_succession(session, person("leader"), 1)


def test_a_confirmed_name_shows_who_and_when_and_can_be_taken_back(pages, store, county):
    with store.read() as session:
        row = session.scalar(select(Succession.id).where(Succession.body == "工信部门"))
    pages.become(county).post(f"/succession/{row}")
    assert re.search(
        r"工信部门 no date known short form of the present name general knowledge confirmed by county, \d",
        text(pages.get("/departments")),
    )
    pages.post(f"/succession/{row}", yes="no")
    assert "confirmed by" not in text(pages.get("/departments"))


def test_all_printed_names_share_one_form_and_each_button_has_its_address(pages, store, county):
    """A form for each of some 360 names was a third of the page."""
    with store.read() as session:
        number = session.scalar(select(func.count()).where(Succession.valid_to.is_(None)))
    page = pages.become(county).get("/departments").text
    assert page.count('method="post"') == page.count('name="csrf_token"') == 1
    buttons = re.findall(
        r'<button class="btn" form="sure" name="yes" value="yes" formaction="(/succession/\d+)">', page
    )
    assert len({*buttons}) == number > 300
    assert 'formaction="' not in pages.become(person("leader")).get("/departments").text


def test_a_long_list_looks_each_sentence_up_once(pages, monkeypatch):
    asked = []
    monkeypatch.setattr(language, "gettext", lambda text: asked.append(text) or text)
    language._plain.cache_clear()
    assert pages.get("/duties", all=1, scope="all").text.count('class="row"') > 1900
    language._plain.cache_clear()
    assert 10 < len(asked) < 150 and len(asked) == len({*asked})


def test_a_retired_name_cannot_be_confirmed(pages, store, county):
    with store.write() as session:
        rows = [row for row in seeds.read("succession") if row.body != "工信部门"]
        domains.seeds()["succession"].bring_in(session, None, rows, "test")
        row = session.scalar(select(Succession.id).where(Succession.body == "工信部门"))
    assert pages.become(county).post(f"/succession/{row}").status_code == 404


def test_figures_are_listed_by_kind_and_document_with_their_lines(pages):
    page = text(pages.get("/figures", scope="all", kind="meeting", document="003"))
    expected = [row for row in seeds.read("figures") if (row.kind, row.document) == ("meeting", "003")]
    assert page.count("document 003, line") == len(expected) > 0


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (labels.TIERS, seed_rows.TIERS),
        (labels.ROLES, seed_rows.ROLES),
        (labels.TOPICS, seed_rows.TOPICS),
        (labels.DEADLINES, [kind for kind in seed_rows.DEADLINE_KINDS if kind]),
        (labels.FIGURES, seed_rows.FIGURE_KINDS),
        (labels.BODIES, seed_rows.BODY_KINDS),
        (labels.STATUSES, [*seed_rows.STATUSES, "named", "retired"]),
        (labels.TONES, [*seed_rows.STATUSES, "named", "retired"]),
    ],
)
def test_every_code_of_the_lists_has_a_word(table, column):
    assert sorted(table) == sorted(column)


def test_every_frequency_of_a_duty_has_a_word():
    assert {row.frequency for row in seeds.read("duties")} - {""} <= set(labels.PERIODS)


def test_every_source_of_a_name_is_a_line_or_has_a_word(pages, store):
    from webapp.duty.words import _CITED

    told = {row.source for row in seeds.read("succession") if not _CITED.fullmatch(row.source)}
    assert told <= set(labels.SOURCES)


def test_duties_of_a_department_are_also_those_the_county_named(store, county):
    with store.write() as session:
        service.name_department(session, county, "004-13-dept22-01", "tax")
    with store.read() as session:
        duty_id = session.scalar(select(Duty.id).where(Duty.code == "004-13-dept22-01"))
        assert dispatching.duty_of(session, duty_id, "tax") is not None
        assert dispatching.duty_of(session, duty_id, "unknown") is None


def test_a_list_says_on_paper_by_what_it_was_narrowed(browse):
    page = browse("county").get("/duties?q=river&tier=county").text
    told = re.search(r'<p class="print-only small">(.*?)</p>', page)[1]
    assert "river ·" in told and "Tier: county" in told and "as of" in told
    assert "print-only" in browse("county").get("/figures").text
