"""Whose a setting is: the county office's, or the system administrator's where it is technical; never both."""

import re

from sqlalchemy import select

import seeds
from webapp import domains
from webapp.core import settings
from webapp.core.models import AuditEntry


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
        "interval-livestock_farm",
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
            "login_failures",
            "lock_minutes",
            "tile_url",
            "tile_crs",
            "tile_attribution",
        )
    }
    for who, others in ((county, fields["admin"]), (admin, fields["county"])):
        for field in others:
            assert who.post(f"/settings/{field.replace('-', '/')}", value="30").status_code == 404, field
    with world.store.read() as session:
        assert not session.scalars(select(AuditEntry.id).where(AuditEntry.action.like("%.change"))).all()


def test_the_administrator_finds_the_settings_and_sets_one(world, browse):
    admin = browse("admin")
    assert 'href="/settings"' in admin.get("/").text.split("<main")[0]
    assert admin.post("/settings/setting/idle_minutes", value="25").status_code == 303
    page = admin.get("/settings").text
    assert re.search(r'id="in-setting-idle_minutes"[^>]*value="25"', page)
    assert page.count("changed on") == 1 and "set by the county on" not in page


def test_local_words_that_cannot_be_read_are_refused_and_named(world, browse):
    county = browse("county")
    page = county.post("/settings/setting/everyday_words", value="烟子=黑烟; 麦糠")
    assert page.status_code == 422 and "麦糠" in page.text
    with world.store.read() as session:
        assert settings.get(session, "everyday_words") == ""
    assert county.post("/settings/setting/everyday_words", value="烟子=黑烟; 麦糠=烧麦茬").status_code == 303
    assert "烟子=黑烟; 麦糠=烧麦茬" in county.get("/settings").text
