"""The laws of the tables in ``people/rules.py``."""

from datetime import date

import pytest

from webapp.access import ADMIN_ROLES, MATRIX, ROLES
from webapp.core.errors import Refused
from webapp.people import rules

TODAY = date(2026, 11, 21)


def test_every_role_has_a_row_a_name_and_a_kind_of_place():
    assert set(rules.POSTINGS) == set(ROLES) == set(rules.ROLE_NAMES)
    assert all(kind in rules.PLACE_NAMES for role in ROLES for kind in rules.places(role))


def test_whoever_gives_a_role_holds_the_action_in_the_permission_table():
    for role in ROLES:
        assert rules.givers(role) or role == "audit_admin"  # made by the command line alone
        assert all(MATRIX["posting.grant"][giver] != "." for giver in rules.givers(role))
    for kind in rules.BODIES:
        assert all(MATRIX["posting.grant"][maker] != "." for maker in rules.makers(kind))


def test_everybody_who_holds_the_action_gives_some_role():
    assert {role for role in ROLES if MATRIX["posting.grant"][role] != "."} == {
        giver for role in ROLES for giver in rules.givers(role)
    }


def test_above_is_strict_and_has_no_circles():
    def all_above(role):
        found = rules.above(role)
        return found | {higher for giver in found for higher in all_above(giver)}

    assert all(role not in all_above(role) for role in ROLES)


def test_audit_administrators_give_nothing():
    assert all("audit_admin" not in rules.givers(role) for role in ROLES)


@pytest.mark.parametrize(
    "role, kind, fits",
    [
        ("grid_officer", "village", True),
        ("grid_officer", "township", False),
        ("township_supervisor", "township", True),
        ("township_supervisor", "county", False),
        ("county_office", "county", True),
        ("county_office", "nowhere", False),
        ("department_liaison", "department", True),
        ("department_liaison", "station", False),
        ("station_officer", "station", True),
        ("station_officer", "committee", True),
        ("station_officer", "village", False),
        ("leader", "township", True),
        ("leader", "village", False),
        ("system_admin", "nowhere", True),
        ("system_admin", "county", False),
        ("audit_admin", "nowhere", True),
    ],
)
def test_each_role_has_its_kind_of_place(role, kind, fits):
    if fits:
        rules.check_place(role, kind)
        return
    with pytest.raises(Refused, match="cannot be posted to that kind of place"):
        rules.check_place(role, kind)


@pytest.mark.parametrize(
    "role, first, last, wrong",
    [
        ("grid_officer", "2026-11-21", None, None),
        ("inspector", "2026-11-21", None, "needs a last day"),
        ("inspector", "2026-11-21", "2026-11-23", None),
        ("grid_officer", "2026-11-23", "2026-11-22", "before the first"),
        ("grid_officer", "2026-11-01", "2026-11-20", "has passed already"),
        ("grid_officer", "2026-11-01", "2026-11-21", None),
    ],
)
def test_days_are_in_order_not_over_and_present_where_they_must_be(role, first, last, wrong):
    days = date.fromisoformat(first), date.fromisoformat(last) if last else None
    if wrong is None:
        rules.check_days(role, *days, TODAY)
        return
    with pytest.raises(Refused, match=wrong) as refusal:
        rules.check_days(role, *days, TODAY)
    assert refusal.value.field == "last"


@pytest.mark.parametrize("admin", sorted(ADMIN_ROLES))
@pytest.mark.parametrize("other", ROLES)
def test_an_administrator_holds_no_other_role(admin, other):
    if admin == other:
        rules.check_mix({admin})
        return
    with pytest.raises(Refused, match="cannot hold another role"):
        rules.check_mix({admin, other})


def test_two_working_roles_may_be_held_together():
    rules.check_mix({"grid_officer", "station_officer"})


@pytest.mark.parametrize(
    "tier, lowest, kind",
    [
        (1, 3, "county"),
        (2, 3, "township"),
        (3, 3, "village"),
        (3, 4, "between"),
        (4, 4, "village"),
        (2, 2, "village"),
        (4, 3, "unit"),
    ],
)
def test_a_tier_is_known_by_its_place_in_the_tree(tier, lowest, kind):
    assert rules.tier_kind(tier, lowest) == kind


def test_log_in_names_are_compared_half_width_and_small():
    assert rules.login_name(" ＺｈａｎｇＳan ") == "zhangsan"
