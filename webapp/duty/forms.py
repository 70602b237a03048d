"""What narrows a list, and the department that a county names for a duty."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired, Optional

from ..web.forms import BaseForm, text
from ..web.language import named
from . import labels
from .models import Department, Document
from .queries import DepartmentRow
from .search import Wanted
from .service import Decision, Link
from .words import word

LONGEST_SECTION = 100


def _choice(label: Any) -> SelectField:
    return SelectField(label, default="", validate_choice=False)


def _all(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", _("all")), *pairs]


def _of(table: dict[str, str]) -> list[tuple[str, str]]:
    return _all((code, word(table, code)) for code in table)


class _ListForm(BaseForm):
    """Words to look for and what to narrow to; a value that nobody offers is refused beside its field."""

    q = text(_l("Words"), 60)
    document = _choice(_l("Document"))
    section = text(_l("Section"), LONGEST_SECTION)
    scope = HiddenField()  # "all": all texts, not only what applies here

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: each choice is one that is offered."""
        good = super().validate(extra_validators)
        for field in self:
            if isinstance(field, SelectField) and field.data not in dict(field.choices or []):
                self.refuse(field.name, _("Choose one."))
                good = False
        return good

    def wanted(self) -> Wanted:
        """What was asked for; a field with a mistake narrows nothing."""
        given = {field.name: field.data or "" for field in self if not field.errors and field.name != "q"}
        return Wanted(words="" if self.q.errors else self.q.data or "", **given)

    def offer_documents(self, documents: Iterable[Document]) -> None:
        """The documents to choose from."""
        self.document.choices = _all((each.code, f"{each.code} {named(each, 'title')}") for each in documents)


class DutiesForm(_ListForm):
    """Duties by department, tier, role, topic, document and standing."""

    department = _choice(_l("Department"))
    tier = _choice(_l("Tier"))
    topic = _choice(_l("Topic"))
    role = _choice(_l("Part"))
    status = _choice(_l("Status"))

    def offer(self, documents: Iterable[Document], departments: Iterable[DepartmentRow]) -> None:
        """Fill the choices, departments with their number of duties."""
        self.offer_documents(documents)
        self.department.choices = _all(
            (body.department.code, f"{named(body.department)} · {body.duties}") for body in departments
        )
        self.tier.choices, self.role.choices = _of(labels.TIERS), _of(labels.ROLES)
        self.topic.choices, self.status.choices = _of(labels.TOPICS), _of(labels.STATUSES)


class FiguresForm(_ListForm):
    """Figures by kind and document."""

    kind = _choice(_l("Kind"))

    def offer(self, documents: Iterable[Document]) -> None:
        """Fill the choices."""
        self.offer_documents(documents)
        self.kind.choices = _of(labels.FIGURES)


class BodiesForm(BaseForm):
    """Words of a department's name."""

    q = text(_l("Words"), 60)


class WhoForm(BaseForm):
    """What somebody says of a problem."""

    q = text(_l("What is it about?"), 60)


class NameForm(BaseForm):
    """Whose a duty is, said by the county."""

    department = _choice(_l("Department"))
    beside = BooleanField()

    def offer(self, departments: Iterable[Department]) -> None:
        """Fill the choices, by kind of body."""
        groups: dict[str, list[tuple[str, str]]] = {kind: [] for kind in labels.BODIES}
        for each in departments:
            groups[each.kind].append((each.code, named(each)))
        self.department.choices = {_("Please choose"): [("", _("Please choose"))]} | {
            word(labels.BODIES, kind): sorted(found, key=lambda pair: pair[1])
            for kind, found in groups.items()
            if found
        }

    def validate_department(self, field: SelectField) -> None:
        """One has to be chosen; whether it exists is the service's to say."""
        if not field.data:
            raise ValidationError(_("Choose one."))


class DecisionForm(BaseForm):
    """Whether a part of a document applies here, from when, until when, and why."""

    standing = RadioField(_l("What it is here"), validators=[InputRequired(_l("Choose one."))])
    from_on = DateField(_l("From"), validators=[InputRequired(_l("Choose a day."))])
    to_on = DateField(_l("Until (not including that day)"), validators=[Optional()])
    reason = text(_l("Why, or by which decision"), 500, required=True, area=True)

    def offer(self) -> None:
        """Fill the choices."""
        self.standing.choices = [(code, word(labels.STANDINGS, code)) for code in labels.STANDINGS]

    def entry(self) -> Decision:
        """What was decided."""
        return Decision(self.standing.data, self.from_on.data, self.to_on.data, self.reason.data)


class LinkForm(BaseForm):
    """A row "problem, duty": in which place, in which role, when it holds."""

    duty = text(_l("Number of the duty"), 60)
    rank = IntegerField(_l("Order in the list"), validators=[InputRequired(_l("Write a whole number."))])
    role = RadioField(_l("Role for this problem"), validators=[InputRequired(_l("Choose one."))])
    zh = text(_l("When it applies, in Chinese"), 60)
    en = text(_l("When it applies, in English"), 120)

    def offer(self) -> None:
        """Fill the choices."""
        self.role.choices = [(code, word(labels.PROBLEM_ROLES, code)) for code in labels.PROBLEM_ROLES]

    def entry(self) -> Link:
        """What the row says."""
        return Link(self.rank.data, self.role.data, self.zh.data or "", self.en.data or "")
