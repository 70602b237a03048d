"""Roles are named in the tables of rules and where a role itself is the subject, with a reason each; all else asks an
action."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import webapp
from tests import access_routes
from tests import access_tables as tables
from webapp.access import EXCEPT, MATRIX, ROLES, SYSTEM, VISITOR, Actor, Posting, holders, visitors_may
from webapp.app import App, access_rule
from webapp.feedback import privacy
from webapp.people import rules
from webapp.report.workflow import REPORT

ROOT = Path(webapp.__file__).parent
NAMED = re.compile(rf"""(['"])({"|".join(ROLES)})\1""")

#: file → how many lines name a role, and why they may. Of everything else the table says who: Actor.may, grids_for,
#: holders.
ALLOWED = {
    "access.py": (1, "the table itself: which roles are administrators"),
    "people/rules.py": (11, "rules of postings and log-ins, and what each role is called"),
    "accounts/service.py": (3, "the command line makes administrators, and looks whether there is one"),
    "accounts/commands.py": (2, "the command line makes and ends auditors"),
    "accounts/sheet_acts.py": (1, "which role's body needs a grid in a sheet"),
    "demo/people.py": (12, "who is posted to what in the invented county"),
    "feedback/pages.py": (9, "one sentence on the work of each role"),
    "ops/seeding.py": (1, "as whom the command line writes into a history"),
    "report/labels.py": (8, "who holds or acts, in words"),
    "card/service.py": (1, "no role of the program: the leader whom a card names"),
    "card/templates/card/_fixed.html": (1, "the same"),
    "desk/workbook.py": (1, "the same"),
    "register/labels.py": (3, "no role of the program: the responsible leader of a source, as 004:211 asks for one"),
    "register/queries.py": (2, "the same"),
    "register/templates/register/list.html": (1, "the same"),
    "demo/registers.py": (2, "the same"),
    "duty/labels.py": (1, "no role of the program: the leader in charge, as a document of duties names him"),
}


def named(text: str) -> int:
    """How many lines name a role."""
    return sum(1 for line in text.splitlines() if NAMED.search(line))


def naming() -> Iterator[tuple[str, int]]:
    """Every file of the program that names one, with the number of lines."""
    for path in sorted([*ROOT.rglob("*.py"), *ROOT.rglob("*.html")]):
        number = named(path.read_text(encoding="utf-8"))
        if number:
            yield path.relative_to(ROOT).as_posix(), number


def test_roles_are_named_where_a_role_is_the_subject_and_nowhere_else() -> None:
    assert dict(naming()) == {name: number for name, (number, _) in ALLOWED.items()}


@pytest.mark.parametrize(
    ("line", "number"),
    [
        (f'if "{ROLES[0]}" in actor.roles():', 1),
        (f"{{% if me.holds('{ROLES[-1]}') %}}", 1),
        (f'("{ROLES[1]}", "{ROLES[2]}")\nx = "{ROLES[1]}"', 2),
        (f'help_{ROLES[1]}.html and "{ROLES[1]}s"', 0),
    ],
)
def test_a_new_line_that_names_a_role_is_seen(line: str, number: int) -> None:
    assert named(line) == number


# --- what took the place of the names ---


def test_actions_stand_for_the_roles_that_had_them_by_name() -> None:
    assert holders("patrol.walk") == holders("look.answer") == ("grid_officer",)
    assert holders("report.submit_for") == ("township_supervisor",)
    assert holders("patrol.write") == ("grid_officer", "township_supervisor", "county_office")
    assert holders("report.move", "own", "tree") == ("grid_officer", "township_supervisor", "county_office")
    assert holders("report.result") == ("department_liaison",)
    assert holders("look.ask") == holders("report.sample") == ("township_supervisor", "county_office")
    assert REPORT.movers("assign") == {"township_supervisor"}
    assert REPORT.movers("handle") == {"township_supervisor", "station_officer", "department_liaison"}
    assert {role for role in ROLES if rules.sits_in_body(role)} == {"department_liaison", "station_officer"}


def test_the_grids_for_an_action_are_those_of_the_postings_that_hold_it() -> None:
    every = (
        Posting(1, "grid_officer", 11, "1.2.11.", None),
        Posting(2, "township_supervisor", 3, "1.3.", None),
        Posting(3, "department_liaison", None, None, 7),
        Posting(4, "grid_officer", 12, "1.2.12.", None),
        Posting(5, "leader", 1, "1.", None),
    )
    actor = Actor(1, "x", every)
    assert actor.grids_for("patrol.walk") == actor.grids_for("look.answer") == (11, 12)
    assert actor.grids_for("patrol.write") == (11, 3, 12)
    assert actor.grids_for("desk.read") == (3, 1)
    assert actor.only("leader").grids_for("patrol.walk") == VISITOR.grids_for("patrol.walk") == ()


# --- visitors, and what is taken away ---


def test_what_visitors_may_is_what_is_written_by_hand() -> None:
    assert {action for action in MATRIX if visitors_may(action)} == set(tables.OPEN.split())
    assert all(VISITOR.may(action) and SYSTEM.may(action) for action in tables.OPEN.split())


def test_nothing_about_people_is_open_to_visitors() -> None:
    lines = [line for line in privacy.lines() if {*line.who.split()} & set(tables.OPEN.split())]
    assert lines == [], "the page on privacy has no word for everybody yet"


def test_what_is_taken_away_is_what_is_written_by_hand() -> None:
    assert {action: word for action, word in EXCEPT.items() if word != "."} == tables.EXCEPT


def test_the_addresses_open_to_visitors_are_those_whose_action_is(one_app: App) -> None:
    rules_of = {
        (method, re.sub(r"<(?:[^<>]*:)?(\w+)>", r"<\1>", rule.rule)): access_rule(one_app.view_functions[rule.endpoint])
        for rule in one_app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    for route in access_routes.ROUTES:
        action = rules_of[route.method, route.address]
        assert (action in tables.OPEN.split()) == ("out" in route.who), route
    assert set(tables.OPEN.split()) <= set(rules_of.values()), "an action that no view asks for"
