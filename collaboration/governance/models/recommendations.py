"""Recommendations made to the place, followed to their end; and assemblies, briefings and letters."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collaboration.actions.models import Action
from collaboration.governance.models.boards import PartnershipBoard
from collaboration.governance.models.levels import Access
from groundwork.clock import now
from groundwork.directory.models import Organisation
from vision.frameworks.models import Element, Framework


class RecommendationList(models.Model):
    """A report's recommendations: of a commission, a task force, a review from outside."""

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=4000, blank=True)
    board = models.ForeignKey(
        PartnershipBoard, null=True, blank=True, on_delete=models.PROTECT, related_name="recommendation_lists",
        help_text=_("Who made them, where that is a body of the place."),
    )  # fmt: skip
    made_by = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    framework = models.OneToOneField(
        Framework, null=True, blank=True, on_delete=models.PROTECT, related_name="recommendation_list"
    )
    keeper = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("Who follows them up; null: not stated."),
    )  # fmt: skip
    access = models.CharField(max_length=8, choices=Access.choices, default=Access.PUBLIC)
    made_on = models.DateField(null=True, blank=True)
    from_catalogue = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("recommendations", args=[self.slug])


class Recommendation(models.Model):
    """One recommendation: who answers for it, how far it is, what shows that, and by when."""

    class Status(models.TextChoices):
        OPEN = "open", _("not started")
        UNDER_WAY = "under_way", _("under way")
        DONE = "done", _("done")
        NOT_ACCEPTED = "not_accepted", _("not accepted")
        REPLACED = "replaced", _("replaced")

    list = models.ForeignKey(RecommendationList, on_delete=models.CASCADE, related_name="recommendations")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    text = models.TextField(max_length=4000, blank=True)
    element = models.OneToOneField(
        Element, null=True, blank=True, on_delete=models.PROTECT, related_name="recommendation"
    )
    owner = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="recommendations",
        help_text=_("Null: nobody yet."),
    )  # fmt: skip
    owner_accepted_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    response = models.TextField(max_length=4000, blank=True)
    evidence = models.TextField(max_length=4000, blank=True, help_text=_("What shows it, with addresses."))
    due_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["status", "due_on"]), models.Index(fields=["owner", "status"])]
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="recommendation_code_once")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("recommendation", args=[self.list.slug, self.code])

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.OPEN, self.Status.UNDER_WAY)


class RecommendationUpdate(models.Model):
    """How it is going, in a sentence or two."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="updates")
    text = models.TextField(max_length=1000)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"update {self.pk}"


class Engagement(models.Model):
    """An assembly, a briefing or a letter: whom it reached, what came up, what was promised."""

    class Kind(models.TextChoices):
        ASSEMBLY = "assembly", _("assembly")
        BRIEFING = "briefing", _("briefing")
        LETTER = "letter", _("letter")
        OTHER = "other", _("other")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=200)
    held_on = models.DateField()
    held_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="engagements")
    board = models.ForeignKey(
        PartnershipBoard, null=True, blank=True, on_delete=models.PROTECT, related_name="engagements"
    )
    access = models.CharField(max_length=8, choices=Access.choices, default=Access.PUBLIC)
    audience = models.CharField(max_length=300, blank=True)
    reached = models.PositiveIntegerField(null=True, blank=True, help_text=_("How many; null: not stated."))
    themes = models.TextField(max_length=4000, blank=True)
    link = models.URLField(blank=True)
    elements = models.ManyToManyField(Element, blank=True, related_name="engagements")
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("engagement", args=[self.pk])


class EngagementCommitment(models.Model):
    """Something promised there; once somebody is to do it, it is an action."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="commitments")
    text = models.CharField(max_length=500)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    action = models.ForeignKey(Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text
