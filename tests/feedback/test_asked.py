"""What has to be filled in is said with its reason, field by field, and nothing else is asked for."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from wtforms import HiddenField
from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import HiddenInput

from webapp import domains
from webapp.core.asked import Asked
from webapp.feedback.pages import asked_of
from webapp.patrol.forms import PatrolForm, RetireForm
from webapp.report.forms import FIELDS, ReportForm
from webapp.web.forms import BaseForm

#: Found in the address or put there by the page, though no hidden field.
BY_THE_PAGE = {("PatrolForm", "grid")}


def is_asked(made: Any) -> bool:
    """Whether somebody has to fill it in."""
    is_hidden = issubclass(made.field_class, HiddenField) or isinstance(made.kwargs.get("widget"), HiddenInput)
    checks = made.kwargs.get("validators") or ()
    return not is_hidden and any(isinstance(check, InputRequired | DataRequired) for check in checks)


def fields(form: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a form, or of a table of fields."""
    if isinstance(form, Mapping):
        yield from (pair for pairs in form.values() for pair in pairs)
    else:
        yield from ((name, getattr(form, name)) for name in dir(form))


def asked_for(form: Any) -> set[str]:
    return {name for name, made in fields(form) if isinstance(made, UnboundField) and is_asked(made)}


def forms() -> Iterator[Any]:
    """Every form that a page is made with, and every table of fields of one."""
    for module in domains.modules("forms"):
        for name, found in vars(module).items():
            is_form = inspect.isclass(found) and issubclass(found, BaseForm) and found.__module__ == module.__name__
            if is_form and not name.startswith("_"):
                yield found
    yield FIELDS


def name_of(form: Any) -> str:
    return getattr(form, "__name__", "FIELDS")


def lineage(form: Any) -> list[Any]:
    """A form and those it was taken from."""
    return list(inspect.getmro(form)) if inspect.isclass(form) else [form]


def unsaid(forms_: Any, said: list[tuple[Asked, Any]]) -> set[tuple[str, str]]:
    """Form and field that has to be filled in, and no reason stands for it or for the form that it was taken from."""
    reasons = [(form, set(each.why)) for each, form in said]
    return {
        (name_of(form), field)
        for form in forms_
        for field in asked_for(form)
        if not any(field in why and told in lineage(form) for told, why in reasons)
    }


def test_every_field_that_must_be_filled_in_has_its_reason() -> None:
    assert unsaid(forms(), list(asked_of())) - BY_THE_PAGE == set()


def test_a_field_without_a_reason_is_found() -> None:
    said = [(each, form) for each, form in asked_of() if form is not RetireForm]
    assert unsaid([RetireForm, ReportForm], said) == {("RetireForm", "why")}


def test_no_reason_stands_for_what_may_be_left_out() -> None:
    for each, form in asked_of():
        assert set(each.why) <= asked_for(form), each.form


def test_a_round_asks_for_nothing_and_a_problem_for_five_things() -> None:
    assert asked_for(PatrolForm) - {"grid"} == set()
    assert len(asked_for(ReportForm)) == 5


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_all_of_it_to_everybody(browse: Any, language: str) -> None:
    reader = browse()
    reader.get(f"/language?lang={language}")
    page = reader.get("/help/asked")
    assert page.status_code == 200
    assert page.text.count("<dt") == sum(len(each.why) for each, _form in asked_of())
    for index in ("/help", "/privacy"):
        assert "/help/asked" in reader.get(index).text
