"""The round's form: a ModelForm for the patrol, and the visits out of the same fields as ours."""

import re
import unicodedata
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from .models import Patrol

OUTCOME = re.compile(r"v(\d{1,15})-outcome", re.ASCII)
RESULTS = frozenset({"normal", "problem", "could_not_see"})


def _between(low: float, high: float) -> list[Any]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class PatrolForm(forms.ModelForm):
    """``id`` is a field of its own, so that a resend reaches the view and is not refused as "already exists"."""

    id = forms.UUIDField()
    grid = forms.IntegerField()
    person_id = forms.IntegerField(required=False)
    occurred_on = forms.DateField(required=False)
    occurred_at = forms.DateTimeField(required=False)
    made_at = forms.DateTimeField(required=False)
    lon = forms.FloatField(required=False, validators=_between(-180, 180))
    lat = forms.FloatField(required=False, validators=_between(-90, 90))
    accuracy_m = forms.FloatField(required=False, validators=_between(0, 100_000))

    class Meta:
        model = Patrol
        fields = ("note", "lon", "lat", "accuracy_m")

    def clean_note(self) -> str | None:
        """Normal form C without control characters."""
        text = unicodedata.normalize("NFC", self.cleaned_data["note"] or "")
        kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
        return kept.strip() or None

    def clean_occurred_on(self) -> date | None:
        """Any day back, none ahead."""
        day = self.cleaned_data["occurred_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("This day has not come yet.")
        return day

    def clean(self) -> dict[str, Any]:
        """The visits, in the order of object ids."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["visits"] = sorted(self._visits())
        if cleaned.get("lon") is None or cleaned.get("lat") is None:
            cleaned |= {"lon": None, "lat": None, "accuracy_m": None}
        return cleaned

    def _visits(self) -> list[tuple[int, str, str | None]]:
        found = []
        for key, value in self.data.items():
            named = OUTCOME.fullmatch(key)
            if named and value != "not_gone":
                reason = self.data.get(f"v{named[1]}-reason") or None
                found.append((int(named[1]), value, reason if value == "could_not_see" else None))
        return found

    def occurred(self) -> datetime:
        """The moment the round is about."""
        on = self.cleaned_data["occurred_on"]
        made = self.cleaned_data["made_at"] or timezone.now()
        if on and on != timezone.localdate(made):
            return timezone.make_aware(datetime.combine(on, time(12)))
        return self.cleaned_data["occurred_at"] or made
