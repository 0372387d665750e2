"""Meetings of partnership boards: what is on the agenda, who came, and what was minuted."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collaboration.actions.models import Action
from collaboration.governance.models.boards import PartnershipBoard, Seat
from collaboration.governance.models.levels import Access
from groundwork.clock import now, today
from groundwork.directory.models import Mandate, Organisation


class Meeting(models.Model):
    """One meeting, from the forward plan to its minutes."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        CALLED = "called", _("called")
        RUNNING = "running", _("under way")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    board = models.ForeignKey(PartnershipBoard, on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=200, blank=True, help_text=_("Empty: a meeting of the board."))
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    access = models.CharField(max_length=8, choices=Access.choices, default=Access.BOARD)
    named = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    venue = models.CharField(max_length=300, blank=True)
    link = models.URLField(blank=True, help_text=_("Address of a video call; never shown to the public."))
    public_may_attend = models.BooleanField(default=False)
    papers_due_on = models.DateField(null=True, blank=True)
    notes = models.TextField(max_length=4000, blank=True, help_text=_("For those who attend: access, parking, lunch."))
    sequence = models.PositiveIntegerField(default=0, help_text=_("Revision of its calendar entry (RFC 5545)."))
    agenda_published_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with every change: stale edits are refused."))

    class Meta:
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["board", "starts_at"]), models.Index(fields=["status", "starts_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return self.title or f"{self.board}"

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.uuid])

    @property
    def is_ahead(self) -> bool:
        return self.status in (self.Status.PLANNED, self.Status.CALLED)


class AgendaItem(models.Model):
    """One item of an agenda, in order. An exempt item is not shown to the public, nor are its papers and minutes."""

    class Kind(models.TextChoices):
        ITEM = "item", _("item")
        APOLOGIES = "apologies", _("welcome and apologies")
        INTERESTS = "interests", _("declarations of interest")
        MINUTES = "minutes", _("minutes of the last meeting")
        ARISING = "arising", _("matters arising")
        OTHER = "other", _("any other business")

    class Purpose(models.TextChoices):
        DECISION = "decision", _("for decision")
        DISCUSSION = "discussion", _("for discussion")
        INFORMATION = "information", _("for information")

    class Outcome(models.TextChoices):
        OPEN = "", _("not yet taken")
        TAKEN = "taken", _("taken")
        DEFERRED = "deferred", _("deferred to the next meeting")
        WITHDRAWN = "withdrawn", _("withdrawn")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.ITEM)
    purpose = models.CharField(max_length=11, choices=Purpose.choices, default=Purpose.DISCUSSION)
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=4000, blank=True)
    minutes = models.PositiveSmallIntegerField(default=10, help_text=_("How long it may take; 0: no timing."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner_organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner_name = models.CharField(max_length=120, blank=True, help_text=_("Where it is nobody with an account."))
    exempt = models.BooleanField(default=False)
    exempt_reason = models.CharField(max_length=300, blank=True, help_text=_("Shown to the public in its place."))
    access = models.CharField(max_length=8, choices=Access.choices, blank=True, help_text=_("Empty: the meeting's."))
    named = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    source_kind = models.CharField(max_length=20, blank=True, help_text=_("What suggested it: see the suggestions."))
    source_id = models.CharField(max_length=60, blank=True)
    source_path = models.CharField(max_length=300, blank=True)
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_to"
    )
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    minute = models.TextField(blank=True, help_text=_("What the minutes say of it, as Markdown."))
    minute_edited = models.BooleanField(default=False, help_text=_("Somebody wrote it: it is not drafted anew."))
    minute_upto = models.BigIntegerField(
        default=0, help_text=_("The last mark that whoever wrote it had seen; later ones are offered to them.")
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "source_kind", "source_id"],
                condition=~Q(source_kind=""),
                name="suggestion_taken_once",
            ),
            models.CheckConstraint(condition=Q(exempt=False) | ~Q(exempt_reason=""), name="exempt_item_says_why"),
        ]

    def __str__(self) -> str:
        return self.title


class Paper(models.Model):
    """A paper for a meeting, written as Markdown and read as a page; or an address where it lies."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="papers")
    item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="papers")
    title = models.CharField(max_length=200)
    body = models.TextField(max_length=100_000, blank=True)
    link = models.URLField(blank=True)
    exempt = models.BooleanField(default=False, help_text=_("Also where its item is not."))
    exempt_reason = models.CharField(max_length=300, blank=True)
    author_organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    order = models.PositiveSmallIntegerField(default=0)
    asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="papers_asked"
    )
    submitted_at = models.DateTimeField(null=True, blank=True, help_text=_("Null: still awaited."))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meeting-paper", args=[self.meeting.uuid, self.uuid])

    @property
    def is_late(self) -> bool:
        """Handed in after the day by which papers were due, or still awaited after it."""
        due = self.meeting.papers_due_on
        return due is not None and (timezone.localdate(self.submitted_at) if self.submitted_at else today()) > due


class SuggestionSetAside(models.Model):
    """A suggestion for the agenda that those who run the meeting do not take: it is not offered for it again."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="set_aside")
    kind = models.CharField(max_length=20)
    source_id = models.CharField(max_length=60)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "kind", "source_id"], name="suggestion_set_aside_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id}"


class MeetingInvitation(models.Model):
    """Somebody asked to a meeting. Answers from mail are by POST; the token is kept as a digest."""

    class Answer(models.TextChoices):
        NONE = "", _("no answer yet")
        YES = "yes", _("coming")
        MAYBE = "maybe", _("perhaps")
        NO = "no", _("not coming")
        DEPUTY = "deputy", _("sending the deputy")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitations")
    seat = models.ForeignKey(Seat, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="meeting_invitations"
    )
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=6, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    told_sequence = models.IntegerField(default=-1, help_text=_("Calendar revision last mailed; -1: none."))
    told_cancelled = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["name", "email"]
        constraints = [models.UniqueConstraint(fields=["meeting", "email"], name="address_invited_to_meeting_once")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Attendance(models.Model):
    """Who was there, for whom. Quorum counts organisations, not people."""

    class State(models.TextChoices):
        PRESENT = "present", _("present")
        REMOTE = "remote", _("present by video")
        APOLOGIES = "apologies", _("apologies")
        ABSENT = "absent", _("absent")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendance")
    seat = models.ForeignKey(Seat, null=True, blank=True, on_delete=models.SET_NULL, related_name="attendance")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True, help_text=_("As it is minuted."))
    as_deputy = models.BooleanField(default=False)
    mandate = models.ForeignKey(Mandate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices)
    at = models.DateTimeField(default=now)
    came_at = models.DateTimeField(null=True, blank=True, help_text=_("Null: there from the beginning."))
    left_at = models.DateTimeField(null=True, blank=True, help_text=_("Null: there to the end, or still."))
    away = models.JSONField(
        default=list, blank=True, help_text=_("When they had left and came back: pairs of instants (ISO 8601).")
    )

    class Meta:
        ordering = ["organisation__name", "name", "pk"]
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "seat"], condition=Q(seat__isnull=False), name="seat_attends_once"
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"

    @property
    def is_present(self) -> bool:
        return self.state in (self.State.PRESENT, self.State.REMOTE)

    @property
    def was_out(self) -> list[tuple[datetime, datetime]]:
        """From when to when they had left, for those times after which they came back."""
        return [(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in self.away]

    @property
    def gone(self) -> list[tuple[datetime | None, datetime | None]]:
        """Every time at which they were not there; None: from the beginning, and to the end."""
        before = [(None, self.came_at)] if self.came_at else []
        return [*before, *self.was_out, *([(self.left_at, None)] if self.left_at else [])]


class Mark(models.Model):
    """Something marked while an item was taken: a note, an action, a decision. The minutes draft themselves from it."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        ACTION = "action", _("action")
        DECISION = "decision", _("decision")

    uuid = models.UUIDField(default=uuid4, unique=True, help_text=_("Named by who marks it: sent twice, kept once."))
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.NOTE)
    text = models.TextField(max_length=2000)
    action = models.ForeignKey(Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decision = models.ForeignKey("Decision", null=True, blank=True, on_delete=models.SET_NULL, related_name="marks")
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class Minutes(models.Model):
    """The minutes of one meeting; what they say of each item stands with the item."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        CIRCULATED = "circulated", _("circulated for comments")
        APPROVED = "approved", _("approved")
        PUBLISHED = "published", _("published")

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="minutes")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    summary = models.TextField(max_length=4000, blank=True)
    quorum_said = models.TextField(
        blank=True, help_text=_("Whether it had a quorum, in words, as it was when the meeting ended.")
    )
    circulated_at = models.DateTimeField(null=True, blank=True)
    comments_until = models.DateField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_in = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "minutes"

    def __str__(self) -> str:
        return f"minutes of {self.meeting}"


class MinutesComment(models.Model):
    """A comment on circulated minutes, and what came of it."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="comments")
    item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.CASCADE, related_name="comments")
    text = models.TextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class MinutesCorrection(models.Model):
    """What was put right after the minutes were approved, dated, for whoever read them before."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="corrections")
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="corrections")
    text = models.CharField(max_length=500, help_text=_("What was wrong and is right now, in a sentence."))
    before = models.TextField(blank=True, help_text=_("What the minutes said of it until then."))
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
