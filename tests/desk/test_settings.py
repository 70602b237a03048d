"""Whose a setting is: the county office's, or the system administrator's where it is technical; never both."""

import html
import re

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

import seeds
from tests import make
from tests.conftest import PEOPLE
from webapp import domains
from webapp.core.announce import SettingRule
from webapp.core.errors import Refused
from webapp.core.models import AuditEntry, Setting
from webapp.desk import first_day, forms, labels, settings


def changes(world):
    """What the log says of settings: act, thing, before and after."""
    with world.store.read() as session:
        lines = session.scalars(select(AuditEntry).where(AuditEntry.action.like("%.change")).order_by(AuditEntry.id))
        return [(line.action, line.thing, line.detail) for line in lines]


def box(page, name):
    """The tag of a box."""
    return re.search(rf'<(?:input|select|textarea)[^>]*id="in-{name}"[^>]*>', page)[0]


def error(page, name):
    """The sentence beside a box."""
    found = re.search(rf'id="in-{name}-error"><span class="vh">[^<]*</span>(.*?)</p>', page)
    return found and html.unescape(found[1])


def drawn(page, group):
    """The fields of a group's form as a browser sends them back."""
    form = re.search(rf'<form method="post" action="/settings/{group}">(.*?)</form>', page, re.S)[1]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if facts["name"] != "csrf_token" and facts.get("type") != "checkbox":
            fields[facts["name"]] = html.unescape(facts.get("value", ""))
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        fields[name] = html.unescape(re.search(r'<option value="([^"]*)" selected', inside)[1])
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S):
        fields[name] = html.unescape(inside).replace("\n", "\r\n")
    return {name: value.replace("\n", "\r\n").replace("\r\r", "\r") for name, value in fields.items()}


def test_every_setting_of_the_seeds_is_somebodys_and_nothing_else_is():
    assert set(domains.settings()) == {row.key for row in seeds.read("settings")}
    assert {rule.right for rule in domains.settings().values()} == {"setting.edit", "system.edit"}


def test_county_and_system_administrator_see_and_set_each_only_their_own(world, browse):
    county, admin = browse("county"), browse("admin")
    fields = {
        login: set(re.findall(r'id="in-(\w+-\w+)"', who.get("/settings").text))
        for login, who in (("county", county), ("admin", admin))
    }
    assert not fields["county"] & fields["admin"]
    assert {
        "limit-review",
        "setting-remember_phone_days",
        "setting-map_review_number",
    } <= fields["county"]
    assert fields["admin"] == {
        f"setting-{key}"
        for key in (
            "idle_minutes",
            "session_hours",
            "code_minutes",
            "slip_days",
            "second_factor",
            "login_failures",
            "lock_minutes",
            "tile_url",
            "tile_crs",
            "tile_attribution",
        )
    }
    for who, others in ((county, fields["admin"]), (admin, fields["county"])):
        for field in others:
            key = field.partition("-")[2]
            for group in labels.GROUPS:
                assert who.post(f"/settings/{group}", **{f"value-{key}": "30"}).status_code == 404, (group, field)
    assert changes(world) == []


@pytest.mark.parametrize("login", sorted(PEOPLE.keys() - {"county", "county_two", "admin"}))
def test_to_all_others_the_page_and_its_forms_are_closed(world, browse, login):
    other = browse(login)
    assert other.get("/settings").status_code == 403
    for group in labels.GROUPS:
        assert other.post(f"/settings/{group}", **{"value-review": "3", "adopt": "y"}).status_code == 403
    assert changes(world) == []


def test_the_administrator_finds_the_settings_and_sets_one(world, browse):
    admin = browse("admin")
    assert 'href="/settings"' in admin.get("/").text.split("<main")[0]
    assert admin.post("/settings/login", **{"value-idle_minutes": "25"}).status_code == 303
    page = admin.get("/settings").text
    assert 'value="25"' in box(page, "setting-idle_minutes")
    assert page.count("changed on") == 1


def test_several_values_of_a_group_are_saved_at_once_and_only_what_changed_is_written(world, browse):
    county = browse("county")
    fields = drawn(county.get("/settings").text, "limits") | {
        "value-review": "3",
        "value-handle": "９",
        "value-look": " 4 ",
        "value-check": "03",  # it is three already
    }
    answer = county.post("/settings/limits", **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings#limits")
    assert changes(world) == [
        ("limit.change", "time_limit:review", {"before": 1, "after": 3}),
        ("limit.change", "time_limit:handle", {"before": 7, "after": 9}),
        ("limit.change", "time_limit:look", {"before": 2, "after": 4}),
    ]
    page = county.get("/settings").text
    assert page.count("changed on") == 3
    row = re.search(r'<tr[^>]*id="limit-handle".*?</tr>', page, re.S)[0]
    assert 'value="9"' in row and "7 work days" in " ".join(row.split())  # what was delivered can be put back
    assert county.post("/settings/limits", **drawn(page, "limits") | {"value-handle": "7"}).status_code == 303
    assert changes(world)[3:] == [("limit.change", "time_limit:handle", {"before": 9, "after": 7})]
    assert county.get("/settings").text.count("changed on") == 2


def test_a_page_sent_as_it_was_drawn_writes_nothing(world, browse):
    for login in ("county", "admin"):
        page = browse(login).get("/settings").text
        for group in re.findall(r'action="/settings/(\w+)"', page):
            answer = browse(login).post(f"/settings/{group}", follow=True, **drawn(page, group))
            assert "Nothing was changed." in answer.text, group
    assert changes(world) == []


def test_one_bad_value_among_good_ones_stores_nothing_and_what_was_typed_stays(world, browse):
    county = browse("county")
    page = county.get("/settings").text
    answer = county.post(
        "/settings/limits",
        **drawn(page, "limits") | {"value-review": "3", "value-handle": "400", "value-look": "two", "value-check": ""},
    )
    assert answer.status_code == 422 and changes(world) == []
    typed = {"review": "3", "handle": "400", "look": "two", "check": ""}
    for key, value in typed.items():
        assert f'value="{value}"' in box(answer.text, f"limit-{key}")
    wrong = {key: error(answer.text, f"limit-{key}") for key in (*typed, "dispatch")}
    assert wrong == {
        "review": None,
        "handle": "Between 1 and 366.",
        "look": "Write a whole number.",
        "check": "Write a whole number.",
        "dispatch": None,
    }
    assert all(f'href="#in-limit-{key}"' in answer.text for key in ("handle", "look", "check"))
    assert 'value="18:00"' in box(answer.text, "setting-work_to"), "the other groups stand as they are"


def test_a_value_changed_meanwhile_by_another_is_shown_and_not_overwritten(world, browse):
    first, second = browse("county"), browse("county_two")
    page = second.get("/settings").text
    first.post("/settings/limits", **{"value-review": "5"})
    before = changes(world)
    answer = second.post("/settings/limits", **drawn(page, "limits") | {"value-review": "3", "value-look": "4"})
    assert answer.status_code == 422 and changes(world) == before
    assert error(answer.text, "limit-review").startswith("Someone set this to 5 after you opened the page.")
    assert error(answer.text, "limit-look") is None
    again = drawn(answer.text, "limits")
    assert (again["drawn-review"], again["value-review"], again["value-look"]) == ("5", "3", "4")
    assert second.post("/settings/limits", **again).status_code == 303, "seen, it may be set"
    assert [line[2] for line in changes(world)[len(before) :]] == [{"before": 5, "after": 3}, {"before": 2, "after": 4}]


def test_what_another_changed_and_i_left_alone_stays_his(world, browse):
    first, second = browse("county"), browse("county_two")
    page = second.get("/settings").text
    first.post("/settings/limits", **{"value-review": "5"})
    assert second.post("/settings/limits", **drawn(page, "limits") | {"value-look": "4"}).status_code == 303
    assert [line[1] for line in changes(world)] == ["time_limit:review", "time_limit:look"]
    assert second.post("/settings/limits", **drawn(page, "limits") | {"value-review": "5"}).status_code == 303
    assert len(changes(world)) == 2, "both want the same"


@pytest.mark.parametrize("left", ["1", " 1 "])
def test_what_another_changed_stays_his_also_when_my_form_had_to_be_put_right_first(world, browse, left):
    first, second = browse("county"), browse("county_two")
    page = second.get("/settings").text
    first.post("/settings/limits", **{"value-review": "5"})
    wrong = second.post("/settings/limits", **drawn(page, "limits") | {"value-review": left, "value-look": "x"}).text
    assert 'value="5"' in box(wrong, "limit-review") and 'value="x"' in box(wrong, "limit-look")
    assert second.post("/settings/limits", **drawn(wrong, "limits") | {"value-look": "4"}).status_code == 303
    assert [line[1] for line in changes(world)] == ["time_limit:review", "time_limit:look"]


def test_whoever_is_quicker_between_the_look_and_the_lock_is_not_overwritten(world):
    with world.store.write() as session:
        two = make.actor(session, "county_two")
        settings.save(session, make.actor(session, "county"), "limits", {"review": settings.Wish("1", "5")})
        wishes = {"look": settings.Wish("2", "4"), "review": settings.Wish("1", "3")}
    with pytest.raises(Refused, match="Save again to use your value"), world.store.write() as session:
        settings.save(session, two, "limits", wishes)
    assert len(changes(world)) == 1


def test_what_is_still_our_proposal_can_be_made_the_countys_own_without_changing_it(world, browse):
    county = browse("county")
    fields = drawn(county.get("/settings").text, "limits")
    county.post("/settings/limits", **fields | {"value-review": "3"})
    county.post("/settings/limits", **drawn(county.get("/settings").text, "limits") | {"adopt": "y"})
    found = changes(world)
    assert len({thing for _, thing, _ in found}) == len(found) == 11, "the one that was set is not set again"
    assert all(detail["before"] == detail["after"] for _, _, detail in found[1:])
    page = county.get("/settings").text
    assert (page.count("confirmed on"), page.count("changed on")) == (10, 1)
    assert 'id="adopt-limits"' not in page
    county.post("/frequency/template", template="keep")
    with world.store.read() as session:
        steps = {each.step.key: each for each in first_day.found(session, make.actor(session, "county"))}
    assert steps["limits"].is_done, "which is what the first day asks for"


def test_boxes_are_what_their_values_are(world, browse):
    county, admin = browse("county").get("/settings").text, browse("admin").get("/settings").text
    assert 'inputmode="numeric"' in box(county, "setting-few")
    assert 'type="time"' in box(county, "setting-work_to") and 'value="18:00"' in box(county, "setting-work_to")
    assert re.search(r'<textarea[^>]*id="in-setting-everyday_words"', county)
    assert re.search(r'<select[^>]*id="in-setting-tile_crs"', admin)
    crs = {"value-tile_crs": "EPSG:4490"}
    assert error(browse("admin").post("/settings/map", **crs).text, "setting-tile_crs") == "Choose one."
    assert browse("admin").post("/settings/map", **{"value-tile_crs": "CGCS2000"}).status_code == 303


def test_a_choice_of_before_there_were_choices_stays_until_another_is_made(world, browse):
    with world.store.write() as session:
        session.get(Setting, "tile_crs").value = "wgs84"
    admin = browse("admin")
    page = admin.get("/settings").text
    assert re.search(r'<option value="wgs84" selected>', page)
    answer = admin.post("/settings/map", **drawn(page, "map") | {"value-tile_attribution": "A"})
    assert answer.status_code == 303 and len(changes(world)) == 1


def test_a_yes_or_no_is_two_buttons(world, app):
    rule = SettingRule("setting.edit")
    row = Setting(key="is_loud", value="no", kind="bool", zh="响", en="loud", source="county setting")
    item = settings.Item("setting", "is_loud", row, rule, "bool", "no", "no", row)
    with app.test_request_context("/"):
        drawn_ = forms.settings_form([item])
        assert [(choice.value, choice.selected) for choice in drawn_.box(item).iter_choices()] == [
            ("yes", False),
            ("no", True),
        ]
        sent = forms.settings_form([item], MultiDict({"value-is_loud": "yes", "drawn-is_loud": "no"}))
        assert sent.validate() and sent.wish(item) == settings.Wish("no", "yes")
        assert not forms.settings_form([item], MultiDict({"value-is_loud": "x", "drawn-is_loud": "no"})).validate()


def test_every_group_and_unit_has_its_word_and_every_number_a_unit(world):
    rules = domains.settings()
    kinds = {row.key: row.type for row in seeds.read("settings")}
    assert {rule.group for rule in rules.values()} <= set(labels.GROUPS)
    assert {row.unit for row in seeds.read("limits")} | {rule.unit for rule in rules.values()} <= {*labels.UNITS, ""}
    assert {key for key, rule in rules.items() if rule.unit} == {key for key, kind in kinds.items() if kind == "int"}


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("乡镇审核", "个工作日", "时限")), ("en", ("Township reviews", "work days"))]
)
def test_the_page_is_in_the_language_of_whoever_reads_it(world, browse, lang, words):
    page = browse("county").get(f"/language?lang={lang}&next=/settings").text
    assert all(word in page for word in words)


def test_local_words_that_cannot_be_read_are_refused_and_named(world, browse):
    county = browse("county")
    page = county.post("/settings/work", **{"value-everyday_words": "烟子=黑烟; 麦糠"})
    assert page.status_code == 422 and "麦糠" in page.text
    with world.store.read() as session:
        assert session.get(Setting, "everyday_words").value == ""
    assert county.post("/settings/work", **{"value-everyday_words": "烟子=黑烟\r\n麦糠=烧麦茬"}).status_code == 303
    page = county.get("/settings").text
    assert "烟子=黑烟\n麦糠=烧麦茬" in page
    county.post("/settings/work", **drawn(page, "work"))
    assert len(changes(world)) == 1, "lines typed in a browser come back with other ends, and are the same"
