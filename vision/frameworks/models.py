"""What the place aims at: strategic frameworks, their elements, and how elements of different frameworks relate."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groundwork.directory.models import Organisation


class Framework(models.Model):
    """A strategy, plan, outcomes framework or capability model that the place's work answers to."""

    class Part(models.TextChoices):
        """The part a framework plays in the product; the place catalogue says which framework plays it."""

        VISION = "vision", _("the shared vision: its ambitions and their strands")
        BUILDING_BLOCKS = "building-blocks", _("the building blocks of working together")
        RECOMMENDATIONS = "recommendations", _("recommendations to the place")

    key = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    also_called = models.JSONField(default=list, blank=True)
    part = models.CharField(max_length=20, choices=Part.choices, blank=True, help_text=_("Empty: none in particular."))
    kind = models.CharField(max_length=60)
    owner = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="frameworks")
    period_from = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Year; null: not stated."))
    period_to = models.PositiveSmallIntegerField(null=True, blank=True)
    launched_on = models.DateField(null=True, blank=True)
    adopted_on = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text=_("What else the catalogue says, as it says it."))
    source = models.JSONField(default=dict, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["order", "title"]
        constraints = [
            models.UniqueConstraint(fields=["part"], condition=~Q(part=""), name="one_framework_for_each_part")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("framework", args=[self.key])


class Element(models.Model):
    """One numbered thing a framework says: an ambition, a strand, a building block, a commitment, a recommendation.

    A null title or summary means that the source does not state it. It is shown as "not stated", never guessed.
    """

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="elements")
    code = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    kind = models.CharField(max_length=60)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    depth = models.PositiveSmallIntegerField(default=0)
    order = models.PositiveSmallIntegerField(default=0, help_text=_("Position in the whole framework, depth first."))
    title = models.CharField(max_length=300, null=True, blank=True)  # noqa: DJ001 - null is "not stated"
    short_title = models.CharField(max_length=120, blank=True, help_text=_("For chips and table headings."))
    summary = models.TextField(null=True, blank=True)  # noqa: DJ001 - null is "not stated"
    facts = models.JSONField(default=dict, blank=True, help_text=_("What else the catalogue says, as it says it."))
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["framework__order", "order"]
        indexes = [models.Index(fields=["framework", "kind", "order"])]

    def __str__(self) -> str:
        return self.display_title

    @property
    def display_title(self) -> str:
        return self.title or str(_("Not stated"))

    @property
    def label(self) -> str:
        """The short form where there is one."""
        return self.short_title or self.display_title


class ElementAlias(models.Model):
    """Another title an element is known and found by."""

    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="aliases")
    title = models.CharField(max_length=300)
    folded = models.CharField(max_length=300, db_index=True)

    class Meta:
        ordering = ["title"]
        verbose_name_plural = "element aliases"
        constraints = [models.UniqueConstraint(fields=["element", "folded"], name="element_alias_once")]

    def __str__(self) -> str:
        return self.title


class ElementLink(models.Model):
    """A stated relation between two elements, or from an element to a whole framework, with its reason."""

    from_element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="links_out")
    to_element = models.ForeignKey(Element, null=True, blank=True, on_delete=models.CASCADE, related_name="links_in")
    to_framework = models.ForeignKey(
        Framework, null=True, blank=True, on_delete=models.CASCADE, related_name="links_in"
    )
    kind = models.CharField(max_length=30, default="relates")
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_element__isnull=False, to_framework__isnull=True)
                | Q(to_element__isnull=True, to_framework__isnull=False),
                name="element_link_has_one_end",
            ),
            models.UniqueConstraint(fields=["from_element", "to_element", "kind"], name="element_link_once"),
            models.UniqueConstraint(fields=["from_element", "to_framework", "kind"], name="framework_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.from_element_id} {self.kind} {self.to_element_id or self.to_framework_id}"


class PlanningFramework(models.Model):
    """A version of an organisation's planning framework: its layers from vision to delivery."""

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.JSONField(default=dict, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text=_("What else the catalogue says, as it says it."))
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.title


class PlanningLayer(models.Model):
    """One layer of a planning framework, such as "Organisation Strategy, four-yearly, full Council"."""

    planning_framework = models.ForeignKey(PlanningFramework, on_delete=models.CASCADE, related_name="layers")
    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    band = models.CharField(max_length=40, blank=True)
    horizon = models.CharField(max_length=80, blank=True, help_text=_('Empty or "not stated": the source is silent.'))
    cadence = models.CharField(max_length=40, blank=True)
    owner = models.CharField(max_length=160, blank=True)
    summary = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text=_("What else the catalogue says, as it says it."))

    class Meta:
        ordering = ["planning_framework__order", "level"]
        constraints = [models.UniqueConstraint(fields=["planning_framework", "level"], name="planning_level_once")]

    def __str__(self) -> str:
        return self.name
