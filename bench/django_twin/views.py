"""The patrol POST: who, may he, is it sound, was it here before, is it his village, store, answer."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from . import service
from .forms import PatrolForm


class SeeOther(HttpResponseRedirect):
    """What a browser follows with a GET."""

    status_code = 303


def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_POST
@login_required
def receive(request: HttpRequest) -> HttpResponse:
    """Store a round once; 303 to its receipt, or the receipt itself as JSON."""
    postings = service.postings(request.user, timezone.localdate())
    if not service.may(postings, "patrol.write"):
        return HttpResponse(status=403)
    form = PatrolForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=422)
    try:
        receipt = _stored_once(request.user, postings, form)
    except service.Refused as refusal:
        return HttpResponse(str(refusal), status=refusal.status)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(receipt, status=201)
    return SeeOther(f"/patrols/{receipt['id']}/receipt")


def _stored_once(user: Any, postings: list[Any], form: PatrolForm) -> dict[str, Any]:
    """When the same round got there first (unique key), the second try finds it."""
    try:
        with transaction.atomic():
            return service.record(user, postings, form)
    except IntegrityError:
        with transaction.atomic():
            return service.record(user, postings, form)
