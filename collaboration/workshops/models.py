"""Workshops: what is planned, who takes part, and how they came in."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collaboration.initiatives.models import Initiative
from groundwork.clock import now
from groundwork.directory.models import Mandate, Organisation
from vision.frameworks.models import Element, Framework

CODE_SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L and O, which people read wrongly from a wall: 31 symbols, so 39.6 bits in eight (promise S17)."""
CODE_LENGTH = 8


def new_code() -> str:
    return "".join(secrets.choice(CODE_SYMBOLS) for _place in range(CODE_LENGTH))


def new_key() -> str:
    """Who somebody is on a board: opaque, and different in every workshop, so that nobody is followed through them."""
    return secrets.token_hex(8)


class Workshop(models.Model):
    """One piece of inquiry: an hour in a hall, or a board that is open for a week."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        OPEN = "open", _("open")
        REPORTED = "reported", _("reported")
        ARCHIVED = "archived", _("archived")
        CANCELLED = "cancelled", _("cancelled")

    class Visibility(models.TextChoices):
        """Who may know of it, and read its report, besides those who take part."""

        INVITED = "invited", _("only people who take part")
        PARTNERS = "partners", _("partners of the place")
        PUBLIC = "public", _("everyone")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code)
    link_version = models.PositiveIntegerField(default=1, help_text=_("Raised to make every link given out invalid."))
    title = models.CharField(max_length=200)
    purpose = models.TextField(max_length=2000, blank=True)
    prompt = models.TextField(max_length=1000, blank=True, help_text=_("The question on the board."))
    template = models.SlugField(max_length=60, help_text=_("Key of the template it was made from."))
    columns = models.JSONField(default=list, help_text=_("Columns of the board: title and prompt of each, in order."))
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="workshops")
    frameworks = models.ManyToManyField(Framework, blank=True, related_name="workshops")
    elements = models.ManyToManyField(Element, blank=True, related_name="workshops")
    initiatives = models.ManyToManyField(Initiative, blank=True, related_name="workshops")
    rehearses = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="rehearsals")

    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    venue = models.CharField(max_length=300, blank=True)
    link = models.URLField(blank=True, help_text=_("Address of a video call."))

    names = models.CharField(max_length=6, choices=[("shown", _("shown")), ("hidden", _("hidden"))], default="shown")
    budget = models.PositiveSmallIntegerField(default=5, help_text=_("Votes of each person."))
    most = models.PositiveSmallIntegerField(default=3, help_text=_("The most votes of one person on one item."))
    totals = models.CharField(max_length=6, choices=[("shown", _("shown")), ("hidden", _("hidden"))], default="hidden")
    grouping = models.CharField(
        max_length=11,
        choices=[("everyone", _("everyone")), ("facilitator", _("facilitators only"))],
        default="everyone",
    )

    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.INVITED)
    has_lobby = models.BooleanField(default=False, help_text=_("A facilitator lets each person in."))
    locked = models.BooleanField(default=False, help_text=_("Nobody new may join."))
    sensitive = models.BooleanField(default=False, help_text=_("Mail about it carries links only (U21)."))
    feedback_question = models.CharField(max_length=200, blank=True)

    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(max_length=500, blank=True)
    keep_until = models.DateField(null=True, blank=True, help_text=_("When what was said is removed; null: not yet."))
    on_hold = models.BooleanField(default=False, help_text=_("Kept whatever the retention clock says (U14)."))
    forgotten_at = models.DateTimeField(null=True, blank=True, help_text=_("When what was said was removed."))
    guests_forgotten_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When addresses, and what let guests come back, were removed.")
    )
    next_on = models.DateField(null=True, blank=True, help_text=_("When to tell people what happened next."))
    next_text = models.TextField(max_length=4000, blank=True)
    next_told_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0, help_text=_("Revision of its calendar entry (RFC 5545)."))
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with every change: stale edits are refused."))

    class Meta:
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["status", "starts_at"]), models.Index(fields=["host", "status"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="workshop_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("workshop", args=[self.code])

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_rehearsal(self) -> bool:
        return self.rehearses_id is not None


class PlannedStage(models.Model):
    """One stage of the plan. A stage that is left out of the plan is passed through."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="plan")
    stage = models.PositiveSmallIntegerField(help_text=_("0 lobby … 7 close."))
    minutes = models.PositiveSmallIntegerField(default=0, help_text=_("0: no timing."))
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["stage"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "stage"], name="stage_once_in_a_plan"),
            models.CheckConstraint(condition=Q(stage__lte=7), name="plan_has_eight_stages"),
        ]

    def __str__(self) -> str:
        return f"stage {self.stage}: {self.minutes} min"


class Participation(models.Model):
    """Somebody in one workshop: a person with an account, or a guest whose browser holds a secret."""

    class Role(models.TextChoices):
        PARTICIPANT = "participant", _("participant")
        FACILITATOR = "facilitator", _("facilitator")
        OBSERVER = "observer", _("observer")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting in the lobby")
        ADMITTED = "admitted", _("in the workshop")
        REMOVED = "removed", _("removed")
        LEFT = "left", _("left")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="participations")
    key = models.CharField(max_length=16, unique=True, default=new_key)
    role = models.CharField(max_length=11, choices=Role.choices, default=Role.PARTICIPANT)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ADMITTED)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="participations"
    )
    mandate = models.ForeignKey(Mandate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    guest_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    return_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    name = models.CharField(max_length=120, blank=True, help_text=_("Empty: takes part without a name."))
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="participations"
    )
    organisation_name = models.CharField(max_length=200, blank=True, help_text=_("As typed, where it is not listed."))
    email = models.EmailField(blank=True, help_text=_("To be sent the report; nothing else."))
    joined_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "person"], condition=Q(person__isnull=False), name="person_once_in_a_workshop"
            )
        ]

    def __str__(self) -> str:
        return self.name or str(_("Somebody without a name"))

    @property
    def is_guest(self) -> bool:
        return self.person_id is None


class WorkshopInvitation(models.Model):
    """An invitation by email. Its token is kept as a digest; answers and joining are by POST (S16, F21)."""

    class Answer(models.TextChoices):
        NONE = "", _("no answer yet")
        YES = "yes", _("coming")
        MAYBE = "maybe", _("perhaps")
        NO = "no", _("not coming")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=11, choices=Participation.Role.choices, default=Participation.Role.PARTICIPANT)
    token_digest = models.CharField(max_length=64, unique=True)
    answer = models.CharField(max_length=5, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    participation = models.ForeignKey(
        Participation, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations"
    )
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True, help_text=_("Lets somebody in once."))
    mailed = models.JSONField(
        default=list, help_text=_("Moments (seconds of Unix time) at which it was last mailed: an end to repeating it.")
    )

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(fields=["workshop", "email"], name="address_invited_once")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def mailed_at(self) -> datetime:
        """When it was mailed last."""
        return datetime.fromtimestamp(self.mailed[-1], UTC) if self.mailed else self.created_at

    def mails_since(self, moment: datetime) -> list[float]:
        """The moments at which it was mailed after ``moment``."""
        return [sent for sent in self.mailed or [self.created_at.timestamp()] if sent > moment.timestamp()]


class Feedback(models.Model):
    """An answer to the one question at the end. It names nobody: it says only which workshop it is about."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="feedback")
    giver_digest = models.CharField(
        max_length=64, unique=True, help_text=_("So that one participant answers once, and can answer again.")
    )
    worth_it = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("1 to 5."))
    text = models.TextField(max_length=1000, blank=True)

    class Meta:
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"feedback {self.pk}"


class CalendarLink(models.Model):
    """The secret address under which a person's calendar reads the workshops they go to. Its token is kept as a digest.

    Whoever holds the address reads what stands there, so it can be made another one, or none, at any time.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_link")
    version = models.PositiveIntegerField(default=1, help_text=_("Raised to make the link another one."))
    digest = models.CharField(
        max_length=64,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Of the token in its address; empty: it opens nothing."),
    )
    made_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"calendar link {self.pk}"
