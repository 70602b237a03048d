"""The way of one matter through the invented county, told to who has just started it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core import clock
from ..duty.models import Duty
from ..people.models import Body
from ..report.models import Assignment, Report, ReportAttachment, ReportEvent

#: The acts of the way that are told, who sees them, and what was done.
STEPS = (
    ("submit", "village", "reports dust at a building site, with a photo"),
    ("raise", "township", "raises it to the county: the site would not listen"),
    ("dispatch", "county", "dispatches it to the {body} on {source}"),
    ("handle", "department", "reports what it had done on the site"),
    ("look_answer", "village", "goes there, looks and answers: put right"),
    ("confirm", "township2", "closes it, with that answer before its eyes"),
)
NEVER = "Never kept: where people walk, check-ins, rankings of persons. Coverage is always seen of due."


def told(session: Session) -> Iterator[str]:
    """Six lines about the report that has the photo: nothing is told where it was never made."""
    report = session.scalars(
        select(Report).join(ReportAttachment, ReportAttachment.report_id == Report.id).order_by(Report.number)
    ).first()
    if report is None:
        return
    at = _moments(session, report)
    words = _words(session, report)
    yield f"One matter, {report.number}: log in as these and search its number."
    for number, (action, login, done) in enumerate(STEPS, 1):
        if action in at:
            yield f"  {number} {_day(at[action])}  {login:11}{done.format(**words)}"
    yield NEVER


def _moments(session: Session, report: Report) -> dict[str, datetime]:
    """When each act was done; of one that was done twice, the last time."""
    rows = session.execute(
        select(ReportEvent.action, ReportEvent.at).where(ReportEvent.report_id == report.id).order_by(ReportEvent.at)
    )
    return {action: at for action, at in rows}  # noqa: C416 - rows are no pairs


def _words(session: Session, report: Report) -> dict[str, str]:
    lead = select(Body.en, Duty.document, Duty.line_from).join(Assignment, Assignment.body_id == Body.id)
    row = session.execute(
        lead.join(Duty, Duty.id == Assignment.duty_id).where(
            Assignment.report_id == report.id, Assignment.role == "lead"
        )
    ).first()
    return {"body": row.en, "source": f"{row.document}:{row.line_from}"} if row else {"body": "", "source": ""}


def _day(at: datetime) -> str:
    return f"{at.astimezone(clock.ZONE):%d %b %H:%M}"
