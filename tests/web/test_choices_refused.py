"""What a page's list does not offer is refused, whatever form and whoever sends it, and nothing of it is stored."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from wtforms.fields.choices import SelectFieldBase

import webapp
from tests.access_check import Target, Visitor, address, fields
from tests.access_county import County, county, on_sqlite, visitors  # noqa: F401  (fixtures)
from tests.access_routes import ROUTES, Route, rows
from tests.short import part
from webapp import domains
from webapp.core.models import Setting
from webapp.report import forms as report_forms
from webapp.web.forms import BaseForm, KeyField

#: Every field with a list behind it: who sends the form on what, its field, and what is there but not his to choose
#: here: kind:name of the county, a text, or "-". A prefix of the field's name stands before its dash.
FORMS = [
    (address_, login, Target(*target.partition(".")[::2]), field, foreign)
    for address_, login, target, field, foreign in rows("""
address                                     login       target       field            foreign
/reports                                    officer_a1  A1           grid             grid:B1
/reports                                    officer_a1  A1           object_id        object:B1
/reports                                    officer_a1  A1           patrol_id        round:B1
/reports                                    officer_a1  A1           recurs_id        report:b_plain
/reports                                    officer_a1  A1           person_id        account:officer_b1
/reports                                    township_a  A1           person_id        account:officer_a2
/reports                                    township_a  A1           author_id        account:officer_a2
/reports                                    officer_a1  A1           joint            grid:A
/reports                                    officer_a1  A1           problem          none
/reports                                    officer_a1  A1           severity         smoke
/reports                                    officer_a1  A1           first_measure    smoke
/reports                                    officer_a1  A1           settle           no
/patrols                                    officer_a1  A1           grid             grid:B1
/patrols                                    officer_a1  A1           person_id        account:officer_b1
/patrols                                    township_a  A1           person_id        account:officer_a2
/patrols                                    township_a  A1           author_id        account:officer_a2
/patrols                                    officer_a1  A1           outcome          smoke
/patrols                                    officer_a1  A1           reason           smoke
/reports/<report_id>/<action>               township_a  township.give_back  missing   smoke
/reports/<report_id>/<action>               township_a  township.assign     body      body:station_b
/reports/<report_id>/<action>               county      county.dispatch     body      body:station_a
/reports/<report_id>/<action>               county      county.dispatch     coop      body:station_a
/reports/<report_id>/<action>               county      county.dispatch     ground    smoke
/reports/<report_id>/<action>               county      county.dispatch     duty      1
/reports/<report_id>/<action>               housing     sent.bounce         duty_or_none  body:housing
/reports/<report_id>/<action>               housing     work.handle         result    smoke
/reports/<report_id>/beside/look            township_a  border       grid             grid:A2
/reports                                    officer_a1  A1           crs              EPSG:3857
/reports/<report_id>/beside/lead            county      border       lead             grid:A1
/grids/<grid_id>/objects                    township_a  A1           crs              EPSG:3857
/reports/<report_id>/beside/part            county      work         part-part        1
/reports/<report_id>/beside/problems        township_a  border       problem          none
/looks/<look_id>                            officer_a1  township     answer           withdrawn
/grids/<grid_id>/objects                    township_a  A1           type             smoke
/objects/<object_id>/edit                   township_a  A1           f_way            smoke
/objects/<object_id>/edit                   township_a  A1           f_state          closed
/objects/<object_id>/edit                   township_a  A1           f_lead_department  body:station_a
/objects/<object_id>/persons                township_a  A1           part             dedicated
/objects/<object_id>/stages                 township_a  A1           stage            black_water.listed
/topics                                     county      -            ecology-village  smoke
/frequency                                  county      -            type             smoke
/frequency                                  county      -            unit             smoke
/frequency                                  county      -            for_key          smoke
/frequency/template                         county      -            template         smoke
/patrols                                    officer_a1  A1           kind             smoke
/patrols                                    officer_a1  A1           t-ban_burning-outcome  smoke
/patrols                                    officer_a1  A1           t-ban_burning-reason   smoke
/grids/<grid_id>/card                       township_a  A1           kind             county
/grids/<grid_id>/card                       township_a  A1           seen             1
/units/<unit_id>/change                     township_a  A1           parent           grid:A3
/units/<unit_id>/change                     township_a  A1           parent           grid:B1
/units/<unit_id>/change                     township_a  A1           seen             1
/grids/<grid_id>/upper                      township_a  A1           person           account:township_b
/objects/import                             township_a  A1           crs              EPSG:3857
/objects/import/confirm                     township_a  A1           crs              EPSG:3857
/documents/<document>/parts/<part>          county      -            standing         ok
/duties/<code>/department                   county      -            department       unknown
/problems/<problem>/add                     county      -            role             none
/problems/<problem>/<link_id>               county      -            r1-role          none
/calendar/<year>/days                       county      -            kind             workday
/calendar/days/<on>                         county      -            kind             workday
/people/new                                 township_a  A1           place            grid:B1
/people/new                                 township_a  A1           role             county_office
/people/<person_id>/postings/new            township_a  officer_a1   place            grid:B1
/people/<person_id>/postings/new            township_a  officer_a1   role             county_office
/people/<person_id>/postings/<posting_id>/acting  township_a  officer_a1@A1  stand_in  account:officer_b1
/people/<person_id>/handover                township_a  officer_a1   successor        account:officer_b1
/bodies/new                                 township_a  A1           grid_id          grid:B1
/bodies/new                                 township_a  A1           kind             department
/bodies/new                                 township_a  A1           canonical        housing
/bodies/<body_id>                           county      housing      canonical        station
/grids/<grid_id>/change                     county      A1           parent           grid:A2
/grids/<grid_id>/change                     county      A1           heir             grid:A
/settings/<group>                           admin       tile_crs     value-tile_crs   EPSG:3857
/settings/<group>                           admin       second_factor  value-second_factor  officers
/grids/<grid_id>/ledger                     township_a  A            span             year
/registers/<kind>/fields                    county      -            kind             object
/export                                     housing      -            kind             grids
/export                                     township_a   -            format           exe
/export                                     township_a   -            encoding         Big5
/account/language                           officer_a1  -            language         fr
""")
]
ODD = ["999999", "9223372036854775808", "<b>x", "x" * 2500, "1_0", "-1", "１", "x\x00", "\ud800", "9" * 5000]
#: Fields of forms that only narrow what is shown, or that an act of its own test refuses.
ONLY_NARROW = {"DutiesForm", "FiguresForm", "_ListForm", "NameForm", "ReadingForm"}
#: The form of the file of a type is made of its rows when its page is: one field of each kind has a row above.
OF_ROWS = {"TypeForm"}
#: A value other than the one in force, of each setting that is chosen from a list.
OTHER_VALUE = {"tile_crs": "GCJ-02", "second_factor": "desks"}
NAMED_OTHERWISE = {"part": "part-part", "role": "r1-role"}


def forms() -> list[type[BaseForm]]:
    """Every form of the program."""
    for found in pkgutil.walk_packages(webapp.__path__, "webapp."):
        if found.name.endswith("forms"):
            importlib.import_module(found.name)
    todo, found_forms = [BaseForm], []
    while todo:
        found_forms.append(todo.pop())
        todo += found_forms[-1].__subclasses__()
    return [form for form in found_forms if form.__module__.startswith("webapp.")]


def has_list(field: Any) -> bool:
    """Whether a field of a form stands for something that is there."""
    kind = getattr(field, "field_class", None)
    return kind is not None and issubclass(kind, (SelectFieldBase, KeyField))


def test_every_field_with_a_list_has_a_row() -> None:
    unbound = [
        (name, getattr(form, name))
        for form in forms()
        if form.__name__ not in ONLY_NARROW | OF_ROWS
        for name in dir(form)
        if name != "Meta"
    ]
    moves = [pair for table in (report_forms.FIELDS, report_forms.MORE) for pairs in table.values() for pair in pairs]
    # The form of a group of settings is made when its page is: what has been made so far is not asked.
    settings = {f"value-{key}" for key, rule in domains.settings().items() if rule.choices}
    named = settings | {name for name, field in (*unbound, *moves) if has_list(field)}
    assert len(named) > 15
    assert {NAMED_OTHERWISE.get(name, name) for name in named} - {field for *_, field, _ in FORMS} == set()


def route_of(address_: str) -> Route:
    """The route of a row."""
    return next(route for route in ROUTES if (route.method, route.address) == ("POST", address_))


def target_of(route: Route, target: Target) -> Target:
    """As the tables of access name it: nothing in particular is a dash."""
    return target if route.target != "-" else Target("-")


def good(county: County, route: Route, login: str, target: Target) -> dict[str, Any]:
    """The form as it is right."""
    typed = fields(county, route, login, target)
    if route.address == "/settings/<group>":
        key = str(target.name)
        typed = {f"value-{key}": OTHER_VALUE[key], f"drawn-{key}": _setting(county, key)}
    if target.action == "dispatch":
        typed |= {"coop": county.ids["body"]["housing"]}
    return typed


def _setting(county: County, key: str) -> str:
    with county.store.read() as session:
        return session.get_one(Setting, key).value


def changed_name(county: County, field: str) -> str:
    """The answers of a round are named by their object."""
    return f"v{county.ids['object']['A1']}-{field}" if field in ("outcome", "reason") else field


def values(county: County, foreign: str) -> Iterator[str]:
    """What is tried: nonsense, and what is there but not on offer."""
    kind, _, name = foreign.partition(":")
    if not name:
        yield foreign
    elif kind in ("grid", "body") or kind in county.ids:
        yield str(county.ids[kind][name])
    yield from ODD


@on_sqlite
@pytest.mark.parametrize(
    ("address_", "login", "target", "field", "foreign"), FORMS, ids=lambda value: getattr(value, "action", None)
)
def test_what_is_not_offered_is_refused_and_nothing_is_stored(
    county: County,
    visitors: dict[str, Visitor],
    address_: str,
    login: str,
    target: Target,
    field: str,
    foreign: str,
) -> None:
    route, visitor = route_of(address_), visitors[login]
    target = target_of(route, target)
    where, typed = address(county, route, target), good(county, route, login, target)
    first, *others = values(county, foreign)
    for value in (first, *part(others, 3, len(field))):
        if field == "place" and value.isdecimal():
            value = f"g{value}"
        sent = typed | {changed_name(county, field): value}
        if field == "reason":
            sent[changed_name(county, "outcome")] = "could_not_see"
        if field == "t-ban_burning-reason":
            sent["t-ban_burning-outcome"] = "could_not_see"
        if field == "duty":
            sent["ground"] = "duty"
        if field == "joint":
            sent.pop("between", None)
        answer = post(visitor, where, sent)
        is_changed = county.changed()
        is_left = address_ == "/account/language" and answer.status_code == 302
        assert answer.status_code in (404, 422) or is_left, (value[:40], answer.status_code)
        assert not is_changed, value[:40]


def post(visitor: Visitor, where: str, sent: dict[str, Any]) -> Any:
    """As a browser would send it; half a character too, which no browser can type."""
    if "sheet" in sent:
        return visitor.raw("POST", where, {key: clean_file(value) for key, value in sent.items()})
    visitor.client.set_cookie("wangge", visitor.cookie)
    body = urlencode({"csrf_token": visitor.token} | sent, errors="surrogatepass", encoding="utf-8")
    return visitor.client.post(where, data=body, content_type="application/x-www-form-urlencoded", buffered=True)


def clean_file(value: Any) -> Any:
    """A body in parts cannot carry half a character through the test's client."""
    return value.replace("\ud800", "?") if isinstance(value, str) else value


@on_sqlite
@pytest.mark.parametrize(
    ("address_", "login", "target"),
    sorted({row[:3] for row in FORMS}),
    ids=lambda value: getattr(value, "action", None),
)
def test_the_same_forms_are_taken_as_they_are_right(
    county: County,
    visitors: dict[str, Visitor],
    address_: str,
    login: str,
    target: Target,
) -> None:
    route = route_of(address_)
    target = target_of(route, target)
    if route.address in WRONG_FOR_ANOTHER_REASON:
        pytest.skip("refused here in any case: the choice is looked at before that")
    answer = post(visitors[login], address(county, route, target), good(county, route, login, target))
    county.changed()
    assert answer.status_code in (200, 302, 303), answer.text


WRONG_FOR_ANOTHER_REASON = {"/duties/<code>/department", "/reports/<report_id>/beside/part", "/problems/<problem>/add"}
