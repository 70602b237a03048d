"""The county's rules of frequency: set, ended, taken from a template; what is due and coverage follow, never back."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

import seeds
from tests import make
from tests.conftest import World
from webapp.core import clock
from webapp.core.errors import NotFound, Refused
from webapp.core.models import AuditEntry
from webapp.patrol import coverage, frequencies, queries, service
from webapp.patrol.frequencies import Wish
from webapp.patrol.models import FrequencyRule, ObjectType, PatrolObject

DAY = timedelta(days=1)


def wish(*types: str, **more: Any) -> Wish:
    """Every third day for all objects of these types, from today on."""
    given = {"for_key": False, "season_from": None, "season_until": None, "every": 3, "unit": "day"} | more
    return Wish(types, **{"since": clock.today(), "source": "县政发9号", **given})


def setting(world: World, *wishes: Wish) -> int:
    with world.store.write() as session:
        county = make.actor(session, "county")
        return sum(frequencies.set_rule(session, county, each) for each in wishes)


def kept(world: World, type_: str = "livestock_farm") -> list[tuple[Any, ...]]:
    """Number, unit, for key objects, season, first day and the one on which it no longer holds."""
    columns = (FrequencyRule.every, FrequencyRule.unit, FrequencyRule.for_key, FrequencyRule.season_from)
    query = select(*columns, FrequencyRule.valid_from, FrequencyRule.valid_to).where(FrequencyRule.type == type_)
    with world.store.read() as session:
        return [tuple(row) for row in session.execute(query.order_by(FrequencyRule.id))]


def due(world: World) -> dict[int, date | None]:
    with world.store.read() as session:
        lines = queries.lines(session, make.actor(session, "officer_a1"), "patrol.write")
        return {line.object.id: line.due_on for line in lines}


def tally(world: World, first: date, last: date) -> int:
    with world.store.read() as session:
        return coverage.due_and_seen(session, make.actor(session, "county"), first, last).due[world.grids["A1"]]


def log(world: World) -> list[tuple[str, str, Any]]:
    with world.store.read() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.like("frequency%")).order_by(AuditEntry.id))
        return [(row.action, row.thing, row.detail) for row in rows]


# --- acts ---


def test_a_rule_takes_the_place_of_the_one_before_and_that_one_stays_with_its_days(world: World) -> None:
    today = clock.today()
    assert setting(world, wish("livestock_farm")) == 1
    assert setting(world, wish("livestock_farm", every=1, unit="week", since=today + 9 * DAY)) == 1
    assert kept(world) == [
        (14, "day", False, None, None, today),
        (3, "day", False, None, today, today + 9 * DAY),
        (1, "week", False, None, today + 9 * DAY, None),
    ]
    assert [line[2] for line in log(world)] == [
        {"before": "14 day", "after": "3 day", "since": today.isoformat()},
        {"before": "3 day", "after": "1 week", "since": (today + 9 * DAY).isoformat()},
    ]


def test_what_was_to_come_and_is_set_otherwise_never_holds(world: World) -> None:
    today = clock.today()
    setting(
        world, wish("livestock_farm", since=today + 9 * DAY), wish("livestock_farm", every=5, since=today + 2 * DAY)
    )
    assert kept(world) == [
        (14, "day", False, None, None, today + 2 * DAY),
        (3, "day", False, None, today + 9 * DAY, today + 9 * DAY),
        (5, "day", False, None, today + 2 * DAY, None),
    ]
    with world.store.read() as session:
        assert [rule.every for rule in frequencies.of_types(session)["livestock_farm"]] == [14, 5]
        assert frequencies.rules(session).on("livestock_farm", False, today + 9 * DAY)[5] == 5  # type: ignore[index]


def test_what_was_withdrawn_before_it_began_never_comes_back(world: World) -> None:
    later = clock.today() + 30 * DAY
    setting(world, wish("livestock_farm", every=1, since=later), wish("livestock_farm", every=7))
    setting(world, wish("livestock_farm", every=2, since=later))
    with world.store.write() as session:
        newest = session.scalars(select(FrequencyRule.id).order_by(FrequencyRule.id.desc()).limit(1)).one()
        frequencies.end_rule(session, make.actor(session, "county"), newest)
    with world.store.read() as session:
        rule = frequencies.rules(session).on("livestock_farm", False, later + DAY)
        assert rule is not None and rule.every == 7


def test_a_rule_to_come_is_put_off_and_another_season_may_take_its_place(world: World) -> None:
    today = clock.today()
    setting(world, wish("livestock_farm", since=today + 30 * DAY), wish("livestock_farm", since=today + 60 * DAY))
    with world.store.read() as session:
        rules = frequencies.rules(session)
        every = [rules.on("livestock_farm", False, today + days * DAY) for days in (0, 45, 60)]
        assert [rule and rule.every for rule in every] == [14, 14, 3]
    assert setting(world, wish("livestock_farm", every=14)) == 1, "that which was to come is not to be"
    assert [line[0] for line in log(world)][-2:] == ["frequency.end", "frequency.confirm"]
    season = {"season_from": "05-10", "season_until": "07-20"}
    setting(world, wish("livestock_farm", since=today + 9 * DAY, **season))
    with world.store.write() as session:
        newest = session.scalars(select(FrequencyRule.id).order_by(FrequencyRule.id.desc()).limit(1)).one()
        frequencies.end_rule(session, make.actor(session, "county"), newest)
    assert setting(world, wish("livestock_farm", season_from="05-01", season_until="07-31")) == 1


def test_a_suggestion_that_was_only_interrupted_is_still_nobodys(world: World) -> None:
    setting(world, wish("livestock_farm", since=clock.today() + 9 * DAY))
    with world.store.write() as session:
        newest = session.scalars(select(FrequencyRule.id).order_by(FrequencyRule.id.desc()).limit(1)).one()
        frequencies.end_rule(session, make.actor(session, "county"), newest)
        assert "livestock_farm" in {rule.type for rule, _kind in frequencies.unconfirmed(session)}


def test_of_two_who_have_the_page_open_the_second_is_told(world: World, browse: Any) -> None:
    first, second = browse("county"), browse("county_two")
    seen = re.findall(r'name="seen" value="([^"]+)"', second.get("/frequency").text)
    typed = {"type": "enterprise", "every": "5", "unit": "day", "source": "so"}
    assert first.post("/frequency", **typed, seen=seen[0]).status_code == 303
    refused = second.post("/frequency", **typed | {"every": "9"}, seen=seen[0])
    assert refused.status_code == 422 and "Someone set or ended a rule" in refused.text
    assert second.post("/frequency/template", template="nothing", seen=seen[1]).status_code == 422
    again = re.findall(r'name="seen" value="([^"]+)"', refused.text)
    assert second.post("/frequency", **typed | {"every": "9"}, seen=again[0]).status_code == 303
    assert [row[0] for row in kept(world, "enterprise")] == [7, 5, 9]


def test_what_stands_already_is_confirmed_and_not_written_again(world: World) -> None:
    assert setting(world, wish("livestock_farm", every=14)) == 1
    assert setting(world, wish("livestock_farm", every=14)) == 0
    assert kept(world) == [(14, "day", False, None, None, None)]
    assert [line[0] for line in log(world)] == ["frequency.confirm"]
    with world.store.read() as session:
        rules = frequencies.of_types(session)["livestock_farm"]
        assert [rule.source for rule in rules] == ["县政发9号"]
    assert setting(world, wish("livestock_farm", every=14, source="县政发12号")) == 1, "another notice of the same"


def test_rules_for_key_objects_and_seasons_stand_beside_the_usual_one_and_end_by_themselves(world: World) -> None:
    season = {"season_from": "11-15", "season_until": "03-15"}
    setting(world, wish("livestock_farm", for_key=True), wish("livestock_farm", every=1, **season))
    with world.store.write() as session:
        county = make.actor(session, "county")
        ended = session.scalars(select(FrequencyRule.id).where(FrequencyRule.season_from.is_not(None))).one()
        frequencies.end_rule(session, county, ended)
    assert [row[-1] for row in kept(world)] == [None, None, clock.today()]
    with pytest.raises(Refused, match="ended already"), world.store.write() as session:
        frequencies.end_rule(session, make.actor(session, "county"), ended)


def test_a_rule_that_had_not_begun_gives_way_to_the_one_before_it(world: World) -> None:
    setting(world, wish("livestock_farm", since=clock.today() + 9 * DAY))
    with world.store.write() as session:
        rule = session.scalars(select(FrequencyRule.id).order_by(FrequencyRule.id.desc()).limit(1)).one()
        frequencies.end_rule(session, make.actor(session, "county"), rule)
    assert [row[-1] for row in kept(world)] == [None, clock.today() + 9 * DAY]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"every": 0}, "a year at most"),
        ({"every": 53, "unit": "week"}, "a year at most"),
        ({"unit": "moon"}, "Choose one"),
        ({"since": -1}, "begins today or later"),
        ({"season_from": "05-10"}, "first and a last day"),
        ({"season_from": "05-10", "season_until": "13-01"}, "month and day"),
        ({"season_from": "5-1", "season_until": "06-01"}, "month and day"),
        ({"season_from": "02-29", "season_until": "06-01"}, "most years"),
        ({"season_from": "03-01", "season_until": "05-01"}, "meets another one"),
        ({"season_from": "05-10", "season_until": "07-20", "unit": "quarter", "every": 1}, "No whole unit"),
        ({"season_from": "10-01", "season_until": "12-01"}, "meets another one"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_none_of_its_types_has_it(
    world: World, more: dict[str, Any], said: str
) -> None:
    setting(world, wish("livestock_farm", season_from="11-15", season_until="03-15"))
    before = kept(world), kept(world, "enterprise")
    if "since" in more:
        more = {"since": clock.today() + more["since"] * DAY}
    with pytest.raises(Refused, match=said):
        setting(world, wish("enterprise", "livestock_farm", **more))
    assert (kept(world), kept(world, "enterprise")) == before


@pytest.mark.parametrize("type_", ["dispute_point", "nothing"])
def test_what_no_village_walks_has_no_rule_to_set(world: World, type_: str) -> None:
    with pytest.raises(NotFound):
        setting(world, wish("enterprise", type_))
    assert len(kept(world, "enterprise")) == 1


def test_a_template_sets_every_type_and_ends_what_is_special(world: World) -> None:
    setting(world, wish("livestock_farm", for_key=True))
    setting(world, wish("livestock_farm", for_key=True, every=1, since=clock.today() + 30 * DAY))
    with world.store.write() as session:
        frequencies.apply(session, make.actor(session, "county"), "sanhe")
    with world.store.read() as session:
        types = [kind.code for kind in frequencies.walked(session)]
        now = frequencies.rules(session)
        assert {(rule.every, rule.unit) for kind in types if (rule := now.on(kind, True, clock.today()))} == {
            (1, "week")
        }
    given = {row.code: row for row in seeds.read("frequency_templates")}
    assert given.keys() == {each.code for each in frequencies.templates()}


def test_the_empty_template_makes_nothing_due_until_a_rule_is_set(world: World) -> None:
    assert set(due(world).values()) != {None}
    with world.store.write() as session:
        frequencies.apply(session, make.actor(session, "county"), frequencies.NOTHING)
    assert set(due(world).values()) == {None}
    setting(world, wish("livestock_farm"))
    farm = world.things["farm_a1"]
    assert {id_: on is not None for id_, on in due(world).items()} == {id_: id_ == farm for id_ in due(world)}


def test_what_was_suggested_can_be_confirmed_as_it_stands_and_taken_again_later(world: World) -> None:
    with world.store.write() as session:
        county = make.actor(session, "county")
        walked = len(frequencies.walked(session))
        assert frequencies.apply(session, county, frequencies.KEEP) == walked > 20
        assert frequencies.unconfirmed(session) == []
        assert frequencies.apply(session, county, frequencies.KEEP) == 0
        frequencies.apply(session, county, "chengde")
        assert frequencies.apply(session, county, frequencies.DELIVERED) == walked
    assert [row[:2] for row in kept(world)] == [(14, "day"), (2, "day"), (14, "day")]
    with pytest.raises(NotFound), world.store.write() as session:
        frequencies.apply(session, make.actor(session, "county"), "elsewhere")


# --- what follows ---


def test_due_lists_follow_from_today_on_and_key_objects_by_their_own_rule(world: World) -> None:
    farm, kiln, today = world.things["farm_a1"], world.things["kiln_a1"], clock.today()
    with world.store.write() as session:
        seen = make.patrol(world.grids["A1"], {farm: "normal", kiln: "normal"})
        service.record(session, make.actor(session, "officer_a1"), seen)
        types = dict(session.execute(select(PatrolObject.id, PatrolObject.type)).all())
        session.execute(update(PatrolObject).where(PatrolObject.id == kiln).values(is_key=True))
    setting(world, wish(types[farm], types[kiln], every=5), wish(types[kiln], every=2, for_key=True))
    assert due(world) == {farm: today + 5 * DAY, kiln: today + 2 * DAY}


def test_coverage_of_days_that_are_over_stays_what_it_was(world: World) -> None:
    last = clock.today() - DAY
    first = last - 60 * DAY
    before = tally(world, first, last)
    with world.store.read() as session:
        types = session.scalars(select(PatrolObject.type).distinct()).all()
    setting(world, wish(*types, every=1))
    assert tally(world, first, last) == before > 0
    with clock.at(clock.start(clock.today() + 10 * DAY)):
        assert tally(world, last + DAY, last + 7 * DAY) == 7 * 2  # two objects of A1, every day of the week


def test_what_is_taken_out_says_the_day_that_the_list_says(world: World, browse: Any) -> None:
    setting(world, wish("livestock_farm", every=1, unit="month"))
    today = clock.today()
    with world.store.read() as session:
        columns = (PatrolObject.id, frequencies.as_text())
        texts = dict(session.execute(select(*columns)).all())
        rules = frequencies.rules(session)
    asked = ("livestock_farm", True, clock.today() - 90 * DAY, None)
    assert frequencies.of_text(texts[world.things["farm_a1"]]).of(today).due_on(*asked) == rules.of(today).due_on(
        *asked
    )
    assert frequencies.of_text(None).of(today).due_on(*asked) is None


# --- pages ---


def test_the_page_says_what_holds_and_sets_a_rule_for_one_type_or_for_all(world: World, browse: Any) -> None:
    county = browse("county")
    page = county.get("/frequency?type=livestock_farm").text
    assert '<option value="livestock_farm" selected>' in page and "every 14 days" in page
    typed = {"type": "livestock_farm", "every": "2", "unit": "week", "for_key": "key", "source": "县政发9号"}
    assert county.post("/frequency", **typed).status_code == 303
    page = county.get("/frequency").text
    assert "once in 2 weeks" in page and "县政发9号" in page
    with world.store.read() as session:
        types = len(frequencies.walked(session))
        rules = session.scalar(select(func.count()).select_from(FrequencyRule))
    answer = county.post("/frequency", **typed | {"type": "all", "for_key": ""})
    assert answer.status_code == 303
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(FrequencyRule)) == rules + types
    rule = re.search(r'action="(/frequency/\d+/end)"', county.get("/frequency").text)
    assert rule and county.post(rule[1]).status_code == 303
    assert county.post(rule[1]).status_code == 422, "it has ended already"


def test_what_was_typed_stays_where_a_rule_is_refused(world: World, browse: Any) -> None:
    yesterday = (clock.today() - DAY).isoformat()
    typed = {"type": "enterprise", "every": "9", "unit": "day", "since": yesterday, "source": "so"}
    answer = browse("county").post("/frequency", **typed)
    assert answer.status_code == 422 and "begins today or later" in answer.text
    assert 'value="9"' in answer.text and f'value="{yesterday}"' in answer.text
    assert log(world) == []


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"type": "", "every": "9", "unit": "day"}, 422),
        ({"type": "enterprise", "every": "", "unit": "day"}, 422),
        ({"type": "enterprise", "every": "many", "unit": "day"}, 422),
        ({"type": "enterprise", "every": "", "unit": "none"}, 303),
        ({"type": "enterprise", "every": "9", "unit": "none"}, 303),
    ],
)
def test_nothing_is_assumed_of_what_was_left_empty(
    world: World, browse: Any, typed: dict[str, str], status: int
) -> None:
    assert browse("county").post("/frequency", **typed, source="so").status_code == status
    assert [row[0] for row in kept(world, "enterprise")] == ([7] if status == 422 else [7, None])


def test_the_file_of_an_object_says_how_often_it_is_visited(world: World, browse: Any) -> None:
    county, farm = browse("county"), world.things["farm_a1"]
    assert "every 14 days" in county.get(f"/objects/{farm}").text
    setting(world, wish("livestock_farm", every=None))
    assert "no visit due" in county.get(f"/objects/{farm}").text
    listed = browse("township_a").get(f"/grids/{world.grids['A1']}/objects").text
    assert "no visit due" in listed


def test_a_county_that_seeds_again_keeps_what_it_set_and_what_it_ended(world: World) -> None:
    from webapp.ops import seeding

    setting(world, wish("livestock_farm"))
    before = kept(world), kept(world, "enterprise")
    with world.store.write() as session:
        session.execute(update(ObjectType).values(en="old"))
    seeding.seed(world.store)
    assert (kept(world), kept(world, "enterprise")) == before
