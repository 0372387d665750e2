"""Decisions of partnership boards, the interests declared in them, and the voice of each organisation."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collaboration.governance.models.boards import PartnershipBoard
from collaboration.governance.models.levels import Access
from collaboration.governance.models.meetings import AgendaItem, Meeting
from collaboration.initiatives.models import Initiative
from groundwork.clock import now
from groundwork.directory.models import Mandate, Organisation
from vision.frameworks.models import Element


class LastDecision(models.Model):
    """The number last given to a decision. One row; its lock makes numbers follow the order of commits."""

    number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class Decision(models.Model):
    """What a board decides, why, and what it changes."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        OPEN = "open", _("open for voices")
        MADE = "made", _("made")
        NOT_MADE = "not_made", _("not agreed")
        DEFERRED = "deferred", _("deferred")
        SUPERSEDED = "superseded", _("superseded")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Accord(models.TextChoices):
        UNSTATED = "", _("not stated")
        ACCORDS = "accords", _("in accordance with the strategy")
        CONTRARY = "contrary", _("contrary to the strategy")
        UNSURE = "unsure", _("not certain")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(unique=True)
    reference = models.CharField(max_length=20, unique=True)
    board = models.ForeignKey(PartnershipBoard, on_delete=models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions")
    item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    access = models.CharField(max_length=8, choices=Access.choices, default=Access.BOARD)
    named = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=4000)
    rationale = models.TextField(max_length=4000, blank=True)
    options = models.JSONField(
        default=list, blank=True, help_text=_("Options considered: title and text of each, and which was chosen.")
    )
    how = models.CharField(max_length=9, choices=PartnershipBoard.Deciding.choices)
    decided_on = models.DateField(null=True, blank=True)
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    review_on = models.DateField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    accords = models.CharField(max_length=8, choices=Accord.choices, blank=True)
    accords_reason = models.TextField(max_length=2000, blank=True)
    elements = models.ManyToManyField(Element, blank=True, related_name="decisions")
    financial = models.TextField(max_length=2000, blank=True)
    legal = models.TextField(max_length=2000, blank=True)
    resources = models.TextField(max_length=2000, blank=True)
    parish = models.TextField(max_length=2000, blank=True, help_text=_("For parish and town councils."))
    equality_eliminate = models.TextField(
        max_length=2000, blank=True, help_text=_("Eliminating discrimination (Equality Act 2010, section 149(1)(a)).")
    )
    equality_advance = models.TextField(
        max_length=2000, blank=True, help_text=_("Advancing equality of opportunity (section 149(1)(b)).")
    )
    equality_foster = models.TextField(
        max_length=2000, blank=True, help_text=_("Fostering good relations (section 149(1)(c)).")
    )
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with every change: stale edits are refused."))

    class Meta:
        ordering = ["-decided_on", "-number"]
        indexes = [
            models.Index(fields=["board", "status", "decided_on"]),
            models.Index(fields=["status", "review_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="made") | Q(decided_on__isnull=False), name="decision_made_on_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(status="made", accords="contrary") | ~Q(accords_reason=""),
                name="contrary_decision_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("decision", args=[self.reference])


class DecisionChange(models.Model):
    """What a decision changes: an initiative, an element of a framework, another board, an organisation."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=300, help_text=_("In words: starts, stops, pays for, renames."))
    initiative = models.ForeignKey(
        Initiative, null=True, blank=True, on_delete=models.CASCADE, related_name="decided_by"
    )
    element = models.ForeignKey(Element, null=True, blank=True, on_delete=models.CASCADE, related_name="decided_by")
    board = models.ForeignKey(
        PartnershipBoard, null=True, blank=True, on_delete=models.CASCADE, related_name="decided_by"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="decided_by"
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.what


class Declaration(models.Model):
    """An interest that somebody declares in an item or a decision. While it stands, that is locked for them."""

    class Kind(models.TextChoices):
        PECUNIARY = "pecuniary", _("a financial interest")
        OTHER = "other", _("another registered interest")
        PERSONAL = "personal", _("a personal interest")

    meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.CASCADE, related_name="declarations")
    item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.CASCADE, related_name="declarations")
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.CASCADE, related_name="declarations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120, help_text=_("As it is minuted."))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    text = models.TextField(max_length=1000)
    leaves = models.BooleanField(default=True, help_text=_("Leaves the room while it is taken."))
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False) | Q(decision__isnull=False), name="declared_in_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_kind_display()}"


class Voice(models.Model):
    """What one organisation says to a decision. Two people of one organisation are one voice: the later word stands."""

    class Choice(models.TextChoices):
        FOR = "for", _("for")
        AGAINST = "against", _("against")
        ABSTAIN = "abstain", _("abstains")

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="voices")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=7, choices=Choice.choices)
    reason = models.CharField(max_length=500, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    mandate = models.ForeignKey(Mandate, null=True, on_delete=models.SET_NULL, related_name="+")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("The secretary who wrote it down in the meeting."),
    )  # fmt: skip
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["organisation__name"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "organisation"], name="one_voice_of_an_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.choice}"
