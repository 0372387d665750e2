"""Planned successions: who is replaced by whom from which day, and who takes what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now
from groundwork.directory.models import Area, Organisation, Sector


class Succession(models.Model):
    """A change of organisations, or of areas, from the first instant of a day on the place's clock.

    Nothing of it is written anywhere else before that day: who takes over is described here, and made when it comes.
    """

    class Noun(models.TextChoices):
        ORGANISATION = "organisation", _("organisations")
        AREA = "area", _("areas")

    class Kind(models.TextChoices):
        RENAME = "rename", _("rename")
        MERGE = "merge", _("merger")
        SPLIT = "split", _("split")
        TAKE_OVER = "take_over", _("take-over")
        REPLACEMENT = "replacement", _("replacement of several by several")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        APPLIED = "applied", _("in effect")
        CANCELLED = "cancelled", _("cancelled")

    of = models.CharField(max_length=12, choices=Noun.choices)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    title = models.CharField(max_length=200)
    reason = models.TextField(max_length=2000, help_text=_("Why, as its readers are told; an order, a decision."))
    effective_on = models.DateField(help_text=_("It holds from the first instant of this day."))
    is_announced = models.BooleanField(default=False, help_text=_("Said on public pages before the day."))
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    problem = models.TextField(blank=True, help_text=_("Why it could not take effect when its day came."))
    moved = models.JSONField(default=dict, help_text=_("How many of each thing moved when it took effect."))
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with every change: stale edits are refused."))

    class Meta:
        ordering = ["effective_on", "pk"]
        indexes = [models.Index(fields=["status", "effective_on"], name="succession_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="applied", applied_at__isnull=False)
                | (~Q(status="applied") & Q(applied_at__isnull=True)),
                name="succession_applied_at_an_instant",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("succession", args=[self.pk])

    @property
    def is_planned(self) -> bool:
        return self.status == self.Status.PLANNED


class Successor(models.Model):
    """Who takes over: an organisation or area that is there already, or a description of one that will be.

    ``organisation`` or ``area`` is set from the beginning for one that exists, and when the succession takes effect
    for one that it makes. ``name`` and ``slug`` describe the new one; for a rename they are what it is called then.
    """

    succession = models.ForeignKey(Succession, on_delete=models.CASCADE, related_name="successors")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_new = models.BooleanField(default=True)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100)
    abbreviation = models.CharField(max_length=30, blank=True)
    sector = models.ForeignKey(Sector, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(
        max_length=20, blank=True, help_text=_("Of an area its official code; of an organisation that of its area.")
    )
    area_kind = models.CharField(max_length=40, blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True)
    takes_areas = models.ManyToManyField(
        Area,
        related_name="+",
        blank=True,
        help_text=_("Work in these goes to it, where who it came from splits."),
    )

    class Meta:
        ordering = ["succession_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["succession", "slug"], name="successor_once")]

    def __str__(self) -> str:
        return self.name


class Predecessor(models.Model):
    """Who is replaced, by which successors, and who of them takes what nothing else decides (``default``)."""

    succession = models.ForeignKey(Succession, on_delete=models.CASCADE, related_name="predecessors")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    goes_to = models.ManyToManyField(Successor, related_name="comes_from")
    default = models.ForeignKey(Successor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["succession_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["succession", "organisation"], condition=Q(organisation__isnull=False), name="replaced_once"
            ),
            models.UniqueConstraint(
                fields=["succession", "area"], condition=Q(area__isnull=False), name="area_replaced_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.thing)

    @property
    def thing(self) -> Organisation | Area:
        found = self.organisation or self.area
        assert found is not None  # noqa: S101 - services set one of the two
        return found


class Pick(models.Model):
    """One thing that the planner gave to a successor by hand, instead of the rule."""

    succession = models.ForeignKey(Succession, on_delete=models.CASCADE, related_name="picks")
    noun = models.CharField(max_length=30, help_text=_("The mover that moves it."))
    item = models.CharField(max_length=40)
    predecessor = models.ForeignKey(Predecessor, on_delete=models.CASCADE, related_name="picks")
    successor = models.ForeignKey(Successor, on_delete=models.CASCADE, related_name="picks")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["succession", "noun", "item", "predecessor"], name="picked_once")
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.item}"
