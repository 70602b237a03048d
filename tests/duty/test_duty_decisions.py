"""What the county decides: which texts apply here, and whose duty a problem is. Kept, logged, and only the county's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.duty.conftest import person
from webapp.access import ROLES
from webapp.core import clock
from webapp.core.errors import NotFound, Refused
from webapp.core.models import AuditEntry
from webapp.duty import dispatching, scope, service
from webapp.duty.models import DocumentDecision, Duty, ProblemDuty, ProblemType
from webapp.ops import seeding


def today():
    return clock.today()


DAY = timedelta(days=1)
OURS, YUZHOU = ("004", "13"), ("001", "all")


def decide(store, actor, part=YUZHOU, standing="in_force", from_on=None, to_on=None, reason="county notice 3"):
    """One decision of the county."""
    with store.write() as session:
        service.decide(session, actor, *part, service.Decision(standing, from_on or today(), to_on, reason))


def here(store, on=None):
    """Documents of which something applies."""
    with store.read() as session:
        return set(session.scalars(select(Duty.document).where(scope.applies(scope.parts(session, on)))))


def test_the_newest_decision_whose_day_has_come_counts(store, county):
    decide(store, county, standing="repealed", from_on=today() - 2 * DAY)
    assert here(store) == {"004"}
    decide(store, county)
    decide(store, county, standing="draft", from_on=today() + 3 * DAY)
    assert here(store) == here(store, today() + 2 * DAY) == {"001", "004"}
    assert here(store, today() + 3 * DAY) == here(store, today() - DAY) == {"004"}


def test_what_is_in_force_until_a_day_applies_on_the_day_before(store, county):
    decide(store, county, to_on=today() + 5 * DAY)
    assert here(store, today() + 4 * DAY) == {"001", "004"}
    assert here(store, today() + 5 * DAY) == {"004"}


def test_the_county_may_say_that_part_13_is_not_its_own(store, county):
    decide(store, county, part=OURS, standing="example")
    assert here(store) == set()
    decide(store, county, part=("003", "all"))
    decide(store, county, part=("004", "22"))
    with store.read() as session:
        parts = {(part.document, part.code) for part in scope.parts(session) if part.applies}
    assert parts == {("003", "all"), ("004", "22")} and here(store) == {"003", "004"}


def test_decisions_are_kept_with_name_and_reason_and_stand_in_the_log(store, county):
    decide(store, county, reason="first")
    decide(store, county, standing="example", reason="second")
    with store.read() as session:
        rows = [said.decision for said in scope.decisions(session, *YUZHOU)]
        log = session.scalars(select(AuditEntry).where(AuditEntry.action == "document.decide")).all()
    assert [(row.standing, row.reason, row.decided_by) for row in rows] == [
        ("example", "second", county.person_id),
        ("in_force", "first", county.person_id),
    ]
    assert [(line.thing, line.detail["before"], line.detail["after"]) for line in log] == [
        ("document:001", "example", "in_force"),
        ("document:001", "in_force", "example"),
    ]


def test_a_new_seeding_leaves_what_the_county_decided(store, county):
    decide(store, county)
    seeding.seed(store)
    assert here(store) == {"001", "004"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"standing": "perhaps"}, "standing"),
        ({"reason": ""}, "reason"),
        ({"to_on": 0}, "to_on"),
        ({"standing": "example", "to_on": 1}, "to_on"),
    ],
)
def test_a_decision_that_says_nothing_is_refused_and_stores_nothing(store, county, change, field):
    with pytest.raises(Refused) as refusal:
        decide(
            store, county, **change | {name: today() + days * DAY for name, days in change.items() if name == "to_on"}
        )
    assert refusal.value.field == field
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(DocumentDecision)) == 0


@pytest.mark.parametrize("part", [("001", "13"), ("009", "all"), ("004", "all")])
def test_a_part_that_is_not_there_cannot_be_decided(store, county, part):
    with pytest.raises(NotFound):
        decide(store, county, part=part)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "county_office"])
def test_only_the_county_office_decides(store, county, role):
    other = person(role, county.person_id)
    with store.read() as session:
        link_id = session.scalar(select(ProblemDuty.id).limit(1))
    acts = (
        lambda session: service.decide(session, other, *YUZHOU, service.Decision("in_force", today(), None, "x")),
        lambda session: service.add_link(session, other, "smell", "004-13-dept04-01", service.Link(3, "lead")),
        lambda session: service.change_link(session, other, link_id, service.Link(3, "lead")),
        lambda session: service.confirm_link(session, other, link_id),
        lambda session: service.remove_link(session, other, link_id),
    )
    for act in acts:
        with store.write() as session, pytest.raises(NotFound):
            act(session)


# --- whose duty a problem is ---


def link_of(session, problem, duty):
    """The row of a problem and a duty, also one that was taken away."""
    return session.scalars(select(ProblemDuty).where(ProblemDuty.problem == problem, ProblemDuty.duty == duty)).one()


def offered(store, problem):
    """The duties of a problem in their order."""
    with store.read() as session:
        return [row.link.duty for row in dispatching.linked(session, [problem]) if row.applies]


def test_the_county_adds_moves_and_takes_away_rows_and_no_seeding_changes_them_back(store, county):
    first, second = offered(store, "dust")[:2]
    with store.write() as session:
        service.add_link(session, county, "dust", "004-13-dept02-04", service.Link(2, "cooperate", zh="工厂里的"))
        service.change_link(session, county, link_of(session, "dust", first).id, service.Link(50, "tell"))
        service.remove_link(session, county, link_of(session, "dust", second).id)
    now = offered(store, "dust")
    assert "004-13-dept02-04" in now and second not in now and now[-1] == first
    seeding.seed(store)
    assert offered(store, "dust") == now
    with store.write() as session:
        added = link_of(session, "dust", "004-13-dept02-04")
        assert (added.source, added.confirmed_by) == ("county", county.person_id)
        service.add_link(session, county, "dust", second, service.Link(1, "lead"))
    assert offered(store, "dust")[0] == second, "what was taken away comes back as the county's"
    with store.read() as session:
        log = set(session.scalars(select(AuditEntry.action).where(AuditEntry.thing.startswith("problem_duty:"))))
    assert log == {"problem_duty.add", "problem_duty.change", "problem_duty.remove"}


def test_a_row_is_our_reading_until_the_county_confirms_it(store, county):
    with store.write() as session:
        row = link_of(session, "dust", "004-13-dept04-01")
        assert (row.source, row.confirmed_at) == ("our reading", None)
        service.confirm_link(session, county, row.id)
        assert row.confirmed_by == county.person_id
        service.confirm_link(session, county, row.id, yes=False)
        assert (row.confirmed_by, row.confirmed_at) == (None, None)


@pytest.mark.parametrize(
    ("duty", "link", "field"),
    [
        ("004-99", service.Link(1, "lead"), "duty"),
        ("004-13-dept04-01", service.Link(1, "lead"), "duty"),  # there already
        ("", service.Link(1, "lead"), "role"),
        ("004-13-dept04-02", service.Link(1, "nobody"), "role"),
        ("004-13-dept04-02", service.Link(1, "boss"), "role"),
        ("004-13-dept04-02", service.Link(0, "lead"), "rank"),
        ("004-13-dept04-02", service.Link(100, "lead"), "rank"),
    ],
)
def test_a_row_that_cannot_be_is_refused(store, county, duty, link, field):
    with store.write() as session, pytest.raises(Refused) as refusal:
        service.add_link(session, county, "dust", duty, link)
    assert refusal.value.field == field


def test_nobody_is_said_once_for_a_problem(store, county):
    with store.write() as session:
        service.add_link(session, county, "dust", "", service.Link(9, "nobody", zh="自然扬尘"))
        with pytest.raises(Refused, match="is already there"):
            service.add_link(session, county, "dust", "", service.Link(8, "nobody"))
        assert session.get(ProblemType, "dust") is not None
    assert offered(store, "dust").count(None) == 1
