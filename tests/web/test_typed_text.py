"""What somebody typed comes back as text, never as markup: every text field of every form, drawn again by the
program."""

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

from wtforms import StringField

import webapp.accounts.forms
import webapp.duty.forms
import webapp.feedback.forms
import webapp.login.forms
import webapp.patrol.forms
import webapp.report.forms
from tests import access_check, access_routes
from tests.access_check import Visitor
from tests.access_county import County, county, on_sqlite, visitors  # noqa: F401  (fixtures)
from tests.conftest import PASSWORD, World
from webapp.web.forms import BaseForm

FORMS = (
    webapp.accounts.forms,
    webapp.duty.forms,
    webapp.feedback.forms,
    webapp.login.forms,
    webapp.patrol.forms,
    webapp.report.forms,
)
TYPED = ("text", "search", "tel", "url", "email")
TOO_LONG, TAKEN = 70_000, 1_400_000  # letters: a field of so many is refused, a form of so many is read at all
NEVER_DRAWN_AGAIN = {
    "against": "asked for where a look says not put right; tests/report/test_report_evidence.py sees it coming back",
    "grid": "hidden: the number of a village",
    "author_id": "hidden: the number of a person",
    "object_id": "hidden: the number of an object",
    "section": "hidden: a list is narrowed to a section by a link",
}
_OF_WHICH = re.compile(r"^(?:m[0-9a-f]{32}|v\d+)-")  # what a page has several of
CROWD = ("nobody", "officer_a1", "township_a", "county", "housing", "ecology", "station_a", "admin")


def hostile(name: str) -> str:
    """Markup that ends whatever holds it: a text field, an attribute, a script."""
    return f'"\'></textarea></title><b class="broken-{name}"><i>&lt;'


class Forms(HTMLParser):
    """The forms of a page: where they go, what they hold, and which of their fields are typed into."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.values: dict[str, str] = {}
        self.broken: list[str] = []
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form, a field of the last form, or markup that somebody typed."""
        given = {name: value or "" for name, value in attrs}
        if given.get("class", "").startswith("broken-"):
            self.broken.append(given["class"])
        if tag == "form":
            fresh: dict[str, Any] = {"typed": [], "held": {}}
            self.forms.append(fresh | {"to": given.get("action", ""), "method": given.get("method", "get")})
        name = given.get("name", "")
        if not name or not self.forms:
            return
        kind, form = given.get("type", "text"), self.forms[-1]
        if tag == "textarea" or (tag == "input" and kind in TYPED):
            form["typed"].append(name)
            self.values[name] = given.get("value", "")
            self._area = name if tag == "textarea" else ""
        elif tag == "input" and (kind == "hidden" or (kind in ("radio", "checkbox") and "checked" in given)):
            form["held"][name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """The text of a text field ends."""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """The text of a text field; its first end of line is none of it."""
        if self._area:
            self.values[self._area] += data.removeprefix("\n")


def field_of(name: str) -> str:
    """A field's own name: an answer is that field for each message, and no other form's field for an object."""
    return _OF_WHICH.sub(lambda found: "v*-" if found[0].startswith("v") else "", name)


def pages(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Each page that somebody gets, with its address."""
    for route in access_routes.ROUTES:
        if route.method != "GET":
            continue
        for target in access_check.targets(route):
            if access_check.expected(visitor.login, route, target) != "allowed":
                continue  # he gets no page
            where = access_check.address(visitor.county, route, target)
            answer = visitor.raw("GET", where)
            visitor.county.changed()
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield where, answer.text


def kind_of(where: str, form: dict[str, Any]) -> tuple[str, ...]:
    """What makes two forms the same: the address without its numbers, and the fields."""
    to = urlsplit(form["to"] or where).path
    return (
        re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "*", to),
        form["method"],
        *sorted({field_of(name) for name in form["typed"]}),
    )


def faults(visitor: Visitor, where: str, form: dict[str, Any], drawn: set[str]) -> Iterator[str]:
    """Send a form with hostile text in each of its fields; what is wrong with the page that comes back."""
    to = urlsplit(form["to"] or where)._replace(fragment="").geturl()
    if form["method"] == "get":
        sent = form["held"] | {name: hostile(name) for name in form["typed"]}
        answer = visitor.raw("GET", f"{to.split('?')[0]}?{urlencode(sent)}")
    else:
        too_long = "x" * min(TOO_LONG, TAKEN // len(form["typed"]))  # so that the form is refused and comes back
        sent = form["held"] | {name: hostile(name) + too_long for name in form["typed"]}
        answer = visitor.raw("POST", to, {name: value for name, value in sent.items() if name != "csrf_token"})
    if answer.status_code in (302, 303):
        answer = visitor.raw("GET", answer.location)
    visitor.county.changed()
    back = Forms(answer.text)
    yield from (f"{to}: {name}" for name in back.broken)
    drawn.update(field_of(name) for name in form["typed"] if back.values.get(name, "").startswith(hostile(name)))


def typed_fields() -> set[str]:
    """The name of every text field that a form of the program has."""
    own = {
        name
        for module in FORMS
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, BaseForm)
        for name, field in vars(form).items()
        if is_text(field)
    }
    of_moves = (*webapp.report.forms.FIELDS.values(), *webapp.report.forms.MORE.values())
    return own | {name for fields in of_moves for name, field in fields if is_text(field)}


def is_text(field: Any) -> bool:
    """Whether a field, not yet bound to a form, is one to type into."""
    made = getattr(field, "field_class", None)
    hidden = ("HiddenField", "IdField", "PasswordField")
    return made is not None and issubclass(made, StringField) and made.__name__ not in hidden


@on_sqlite
def test_what_is_typed_into_any_text_field_comes_back_as_text(county: County, visitors: dict[str, Visitor]) -> None:
    done: set[tuple[str, ...]] = set()
    offered: set[str] = set()
    drawn: set[str] = set()
    wrong: list[str] = []
    for name in CROWD:
        for where, page in pages(visitors[name]):
            for form in Forms(page).forms:
                kind = kind_of(where, form)
                if form["typed"] and kind not in done:
                    done.add(kind)
                    offered |= {field_of(name) for name in form["typed"]}
                    wrong += faults(visitors[name], where, form, drawn)
    assert wrong == []
    assert (typed_fields() | offered) - drawn == set(NEVER_DRAWN_AGAIN), "each was seen coming back"
    assert len(done) > 30


def test_what_was_typed_before_a_log_in_comes_back_as_text_after_it(world: World, browse: Any) -> None:
    browser = browse()
    first = browser.client.post(
        "/feedback", data={"text": hostile("text"), "id": hostile("id")}, headers={"Origin": "http://localhost"}
    )
    kept = Forms(first.text).forms
    assert Forms(first.text).broken == []
    fields = next(form["held"]["kept"] for form in kept if form["held"].get("kept"))
    page = browser.post("/login", login="officer_a1", secret=PASSWORD, next="/feedback", kept=fields).text
    back = Forms(page)
    assert back.broken == []
    assert (back.values["text"], back.values["id"]) == (hostile("text"), hostile("id"))


def test_the_reader_of_pages_sees_markup_that_broke_out() -> None:
    for page in (
        f"<form><textarea name=text>{hostile('a')}</textarea>",
        f'<form><input name="text" value="{hostile("a")}">',
        f"<form>{hostile('a')}",
    ):
        assert Forms(page).broken == ["broken-a"]
    safe = html.escape(hostile("a"))
    page = Forms(f'<form><textarea name=one>\n{safe}</textarea><input name=two value="{safe}">')
    assert (page.broken, page.values) == ([], {"one": hostile("a"), "two": hostile("a")})
