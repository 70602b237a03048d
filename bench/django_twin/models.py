"""The tables that a patrol POST touches, with our indexes and no others (Django would index each foreign key)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import CASCADE, PROTECT, Q

OWN, TREE = "own", "tree"
REACH = {"patrol.write": {"grid_officer": OWN, "township_supervisor": TREE}}


def counts_on(day: date) -> Q:
    """The condition that a dated row counts on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


class Grid(models.Model):
    """A grid with its place in the tree; a subtree is a range of ``path``."""

    path = models.CharField(max_length=200, unique=True)


class GridVersion(models.Model):
    """The grid as it stood from a day to a day."""

    grid = models.ForeignKey(Grid, CASCADE)
    code = models.CharField(max_length=20, db_index=True)
    zh = models.CharField(max_length=80)
    en = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["grid", "valid_from"], name="uq_version_from"),
            models.UniqueConstraint(fields=["grid"], condition=Q(valid_to=None), name="uq_version_current"),
        )


class Posting(models.Model):
    """A person's dated right."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE)
    role = models.CharField(max_length=30)
    grid = models.ForeignKey(Grid, CASCADE, null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class PatrolObject(models.Model):
    """Something to be looked at."""

    type = models.CharField(max_length=40)
    grid = models.ForeignKey(Grid, CASCADE)
    zh = models.CharField(max_length=80)
    en = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Word(models.Model):
    """A ready word; its id stands for the pair of kind and code."""

    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "code"], name="uq_word"),)


class Patrol(models.Model):
    """One round; ``content`` is the fingerprint that tells a resend from a conflict."""

    id = models.UUIDField(primary_key=True)
    content = models.CharField(max_length=64)
    grid = models.ForeignKey(Grid, PROTECT, db_index=False)
    grid_version = models.ForeignKey(GridVersion, PROTECT, db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, db_index=False, related_name="walked")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, related_name="entered")
    entry_mode = models.CharField(max_length=20)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    note = models.TextField(null=True, blank=True, max_length=500)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["grid", "occurred_at"], name="ix_patrol_grid_at"),)


class Visit(models.Model):
    """One object in one round."""

    id = models.UUIDField(primary_key=True)
    patrol = models.ForeignKey(Patrol, PROTECT, db_index=False)
    object = models.ForeignKey(PatrolObject, PROTECT, db_index=False)
    at = models.DateTimeField()
    result = models.CharField(max_length=20)
    reason = models.CharField(max_length=40, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["patrol", "object"], name="uq_visit"),)
        indexes = (models.Index(fields=["object", "at"], name="ix_visit_object_at"),)
