"""Actions: who does what by when, wherever it was agreed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collaboration.initiatives.models import Initiative
from groundwork.clock import now
from groundwork.directory.models import Mandate, Organisation


class LastNumber(models.Model):
    """The number last given to an action. One row; its lock makes numbers follow the order of commits."""

    number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class Action(models.Model):
    """Something that somebody is to do. It is theirs once they have accepted it."""

    class Status(models.TextChoices):
        UNOWNED = "unowned", _("nobody yet")
        ASKED = "asked", _("waiting for an answer")
        ACCEPTED = "accepted", _("under way")
        DECLINED = "declined", _("declined")
        DONE = "done", _("done")
        DROPPED = "dropped", _("no longer needed")

    class Visibility(models.TextChoices):
        INVOLVED = "involved", _("only people involved")
        ROOM = "room", _("the board that agreed it")
        PARTNERS = "partners", _("partners of the place")
        PUBLIC = "public", _("everyone")

    number = models.PositiveIntegerField(unique=True)
    reference = models.CharField(max_length=20, unique=True)
    what = models.CharField(max_length=500)
    details = models.TextField(max_length=4000, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.UNOWNED)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PARTNERS)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    owner_mandate = models.ForeignKey(Mandate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    owner_email = models.EmailField(blank=True, help_text=_("Of an owner who was asked by mail."))
    owner_name = models.CharField(max_length=120, blank=True, help_text=_("As it was said in the room."))
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="actions"
    )
    initiative = models.ForeignKey(Initiative, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions")
    due_on = models.DateField(null=True, blank=True)
    answer_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    declined_reason = models.CharField(max_length=500, blank=True)
    origin_kind = models.CharField(max_length=20, blank=True, help_text=_("What it was agreed in: workshop, meeting…"))
    origin_id = models.CharField(max_length=40, blank=True)
    origin_label = models.CharField(max_length=300, blank=True, help_text=_("As it is shown to readers."))
    origin_path = models.CharField(max_length=300, blank=True)
    room = models.CharField(max_length=60, blank=True, help_text=_("The standing room that follows it up: see rooms."))
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_reason = models.CharField(max_length=500, blank=True)
    evidence = models.TextField(max_length=1000, blank=True, help_text=_("What shows that it is done."))
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with every change: stale edits are refused."))

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["owner", "status", "due_on"]),
            models.Index(fields=["origin_kind", "origin_id"]),
            models.Index(fields=["status", "due_on"]),
            models.Index(fields=["room", "status"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["asked", "accepted"])
                | Q(owner__isnull=False)
                | ~Q(owner_email="")
                | ~Q(owner_name=""),
                name="action_asked_of_somebody",
            ),
            models.CheckConstraint(condition=~Q(visibility="room") | ~Q(room=""), name="action_for_a_room_names_it"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.what}"

    def get_absolute_url(self) -> str:
        return reverse("action", args=[self.reference])

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.UNOWNED, self.Status.ASKED, self.Status.ACCEPTED)

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None and self.is_open


class ActionUpdate(models.Model):
    """How it is going, in a sentence or two."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="updates")
    text = models.TextField(max_length=1000)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"update {self.pk}"


class Chase(models.Model):
    """Somebody asked how some actions go, at one time, in a mail to each who has any of them."""

    actions = models.ManyToManyField(Action, related_name="chases")
    message = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"chase {self.pk}"
