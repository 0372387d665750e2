"""What the place aims at: strategic frameworks, their elements, and how elements of different frameworks relate."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now
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


class Endorsement(models.Model):
    """An organisation's word on a framework: asked for it, given, declined, or taken back."""

    class Status(models.TextChoices):
        ASKED = "asked", _("asked")
        ENDORSED = "endorsed", _("endorsed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="endorsements")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="endorsements")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    asked_at = models.DateTimeField(null=True, blank=True, help_text=_("Null: it endorsed without being asked."))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    endorsed_on = models.DateField(null=True, blank=True, help_text=_("The day of the decision."))
    minute_reference = models.CharField(max_length=120, blank=True)
    link = models.URLField(max_length=500, blank=True, help_text=_("Where the minute can be read."))
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lead_office = models.CharField(max_length=160, blank=True, help_text=_("The office that leads on it, in words."))
    reason = models.CharField(max_length=1000, blank=True, help_text=_("Of declining or withdrawing."))
    answered_at = models.DateTimeField(null=True, blank=True)
    reviewed_on = models.DateField(null=True, blank=True, help_text=_("When it had looked through its programmes."))
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["organisation__name"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "organisation"], name="one_endorsement_of_a_framework"),
            models.CheckConstraint(
                condition=~Q(status="endorsed") | Q(endorsed_on__isnull=False), name="endorsed_on_a_day"
            ),
        ]
        indexes = [models.Index(fields=["status", "endorsed_on"], name="endorsement_status")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.framework}"

    @property
    def is_endorsed(self) -> bool:
        return self.status == self.Status.ENDORSED

    @property
    def review_from(self) -> date | None:
        """Three months after endorsing: from then on the review of one's own programmes is asked for."""
        return months_after(self.endorsed_on, 3) if self.endorsed_on else None

    @property
    def review_by(self) -> date | None:
        """Six months after endorsing: from then on that review is overdue."""
        return months_after(self.endorsed_on, 6) if self.endorsed_on else None


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


class LocalTranslation(models.Model):
    """What one element of a framework means in an organisation's own area or work. Its history is in the audit log."""

    endorsement = models.ForeignKey(Endorsement, on_delete=models.CASCADE, related_name="translations")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="translations")
    words = models.TextField(max_length=2000)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["element__order"]
        constraints = [models.UniqueConstraint(fields=["endorsement", "element"], name="one_translation_of_an_element")]

    def __str__(self) -> str:
        return self.words[:60]


class ReviewedProgramme(models.Model):
    """A programme of its own that an organisation looked at after endorsing: what it serves, what becomes of it."""

    class Verdict(models.TextChoices):
        KEEP = "keep", _("keep as it is")
        CHANGE = "change", _("change")
        STOP = "stop", _("stop")

    endorsement = models.ForeignKey(Endorsement, on_delete=models.CASCADE, related_name="programmes")
    title = models.CharField(max_length=200)
    serves = models.ForeignKey(Element, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    note = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title
