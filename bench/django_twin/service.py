"""The same checks, the same queries and the same inserts as ``webapp/patrol/service.py: record()``,
in Django's words."""

import hashlib
import json
import uuid
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils import timezone

from .forms import RESULTS, PatrolForm
from .models import OWN, REACH, Grid, GridVersion, Patrol, PatrolObject, Posting, Visit, Word, counts_on

FAST_CLOCK = timedelta(minutes=10)


class Refused(Exception):
    """The round cannot be stored; ``status`` is the answer's."""

    def __init__(self, message: str, status: int = 422):
        super().__init__(message)
        self.status = status


def postings(user: Any, day: date) -> list[Posting]:
    """The person's rights on a day, with their grids."""
    return list(Posting.objects.filter(counts_on(day), person=user).select_related("grid"))


def may(held: list[Posting], action: str) -> bool:
    """Whether any posting holds the action."""
    return any(posting.role in REACH[action] for posting in held)


def reached(held: list[Posting], action: str) -> Q:
    """What of the grids these postings reach."""
    reach = Q(pk__in=())
    for posting in held:
        kind = REACH[action].get(posting.role)
        if kind and posting.grid:
            root = posting.grid.path
            reach |= Q(path=root) if kind == OWN else Q(path__gte=root, path__lt=root[:-1] + "/")
    return reach


def record(user: Any, held: list[Posting], form: PatrolForm) -> dict[str, Any]:
    """Store the round once; the same again gives the first receipt, its id with other content is refused with 409."""
    sent = form.cleaned_data
    occurred, now = form.occurred(), timezone.now()
    mark = _content(sent, occurred)
    known = Patrol.objects.filter(pk=sent["id"]).only("content", "entered_by", "received_at").first()
    if known is not None:
        return _resend(known, mark, user)
    grid = Grid.objects.filter(reached(held, "patrol.write"), pk=sent["grid"]).first()
    if grid is None:
        raise Refused("Not there, or not yours to see", 404)
    _check(grid, sent["visits"], occurred, now)
    patrol = form.save(commit=False)
    patrol.id, patrol.content, patrol.grid, patrol.entered_by = sent["id"], mark, grid, user
    patrol.lon, patrol.lat, patrol.accuracy_m = sent["lon"], sent["lat"], sent["accuracy_m"]
    patrol.grid_version = _version(grid, timezone.localdate(occurred))
    patrol.person_id = _walker(user, held, grid, sent["person_id"])
    patrol.entry_mode = _mode(patrol.person_id, user, occurred, now)
    patrol.occurred_at, patrol.received_at = occurred, now
    patrol.save(force_insert=True)
    Visit.objects.bulk_create(
        Visit(
            id=uuid.uuid5(patrol.id, f"visit:{thing}"),
            patrol=patrol,
            object_id=thing,
            at=occurred,
            result=result,
            reason=reason,
        )
        for thing, result, reason in sent["visits"]
    )
    return _receipt(patrol, (result for _, result, _ in sent["visits"]))


def _content(sent: dict[str, Any], occurred: datetime) -> str:
    entry = {**sent, "occurred_at": occurred, "occurred_on": None, "made_at": None}
    return hashlib.sha256(
        json.dumps(entry, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def _resend(known: Patrol, mark: str, user: Any) -> dict[str, Any]:
    if (known.content, known.entered_by_id) != (mark, user.pk):
        raise Refused("This entry was already sent with other content.", 409)
    return _receipt(known, known.visit_set.values_list("result", flat=True))


def _receipt(patrol: Patrol, results: Any) -> dict[str, Any]:
    counts = Counter(results)
    return {
        "id": str(patrol.pk),
        "photos": [],
        "received_at": patrol.received_at.isoformat(),
        "normal": counts["normal"],
        "problem": counts["problem"],
        "could_not_see": counts["could_not_see"],
    }


def _check(grid: Grid, visits: list[tuple[int, str, str | None]], occurred: datetime, now: datetime) -> None:
    if not visits:
        raise Refused("A round needs at least one object you went to.")
    if occurred > now + FAST_CLOCK:
        raise Refused("This day has not come yet.")
    ids = {thing for thing, _, _ in visits}
    on_list = PatrolObject.objects.filter(counts_on(timezone.localdate(occurred)), pk__in=ids, grid=grid)
    if len(ids) != len(visits) or set(on_list.values_list("pk", flat=True)) != ids:
        raise Refused("The list has changed.")
    if any(result not in RESULTS for _, result, _ in visits):
        raise Refused("This form is damaged.")
    reasons = {reason for _, result, reason in visits if result == "could_not_see"}
    if reasons and not reasons <= set(Word.objects.filter(kind="could_not_see").values_list("code", flat=True)):
        raise Refused("Say why it could not be seen.")


def _version(grid: Grid, day: date) -> GridVersion:
    dated = GridVersion.objects.filter(counts_on(day), grid=grid).first()
    return dated or GridVersion.objects.get(grid=grid, valid_to=None)


def _walker(user: Any, held: list[Posting], grid: Grid, person_id: int | None) -> int:
    if person_id in (None, user.pk):
        if not any(posting.role == "grid_officer" for posting in held):
            raise Refused("Choose the officer who walked this round.")
        return user.pk
    officers = Posting.objects.filter(counts_on(timezone.localdate()), grid=grid, role="grid_officer")
    if person_id not in set(officers.filter(person__is_active=True).values_list("person_id", flat=True)):
        raise Refused("Choose an officer of this village.")
    return person_id


def _mode(walker: int, user: Any, occurred: datetime, now: datetime) -> str:
    if walker != user.pk:
        return "for_someone"
    return "on_the_day" if timezone.localdate(occurred) == timezone.localdate(now) else "later"
