"""Whom digests go to, what they follow, and which digest told of which time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now
from groundwork.ids import uuid7
from notifications.models.outgoing import OutgoingMessage


class Frequency(models.TextChoices):
    """How soon somebody hears of something."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Each day")
    WEEKLY = "weekly", _("Each week")
    MONTHLY = "monthly", _("Each month")
    NEVER = "never", _("Never")


class Subscriber(models.Model):
    """Whom digests go to: a person with an account, or an address that confirmed that it wants them.

    An address may stand for an organisation that has no accounts (``organisation``): its digest then also says what
    the organisation is asked. ``next_at`` is the one thing a tick looks at; null when nothing will ever be due.
    Hours and days are those of the place's clock.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="subscriber"
    )
    email = models.EmailField(blank=True, help_text=_("Of who has no account, lower case; empty for people."))
    organisation = models.ForeignKey(
        "directory.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="subscribers"
    )
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When they said yes. Null: asked, and nothing is sent but the question.")
    )
    weekday = models.PositiveSmallIntegerField(default=1, help_text=_("Of weekly digests; Monday is 0."))
    hour = models.PositiveSmallIntegerField(default=8, help_text=_("At which digests come."))
    quiet_from = models.PositiveSmallIntegerField(default=18, help_text=_("Hour; the same as the end: never quiet."))
    quiet_until = models.PositiveSmallIntegerField(default=8)
    quiet_weekends = models.BooleanField(default=True)
    quiet_holidays = models.BooleanField(default=True)
    paused_until = models.DateField(null=True, blank=True, help_text=_("The first day on which mail comes again."))
    next_at = models.DateTimeField(null=True, blank=True, help_text=_("When the next digest is looked at."))
    token_version = models.PositiveIntegerField(default=1, help_text=_("Raised to end every link in earlier mail."))
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(person=None) & ~Q(email="")) | (Q(person__isnull=False, email="", organisation=None)),
                name="subscriber_is_a_person_or_an_address",
            ),
            models.UniqueConstraint(
                Lower("email"), condition=Q(person=None, organisation=None), name="subscriber_address_once"
            ),
            models.UniqueConstraint(
                Lower("email"), "organisation", condition=Q(person=None), name="subscriber_for_organisation_once"
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, hour__lte=23, quiet_from__lte=23, quiet_until__lte=23),
                name="subscriber_hours_exist",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="subscriber_due")]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"


class Follow(models.Model):
    """Something a subscriber wants to hear about: a view of the register, one initiative, or one workshop.

    ``query`` is canonical (:class:`notifications.following.Followed`): ``ambition=V-A1&area=E07000066``,
    ``initiative=ESX-0042``, ``workshop=<id>``. ``anchor`` is its most telling term as facets keep it (``area:E0…``),
    so that what changed finds its followers by index. ``reported_until``: told of everything up to then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="follows")
    query = models.CharField(max_length=500)
    anchor = models.CharField(max_length=60)
    frequency = models.CharField(max_length=7, choices=Frequency.choices, default=Frequency.WEEKLY)
    reported_until = models.DateTimeField(default=now)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["subscriber", "query"], name="followed_once")]
        indexes = [models.Index(fields=["anchor", "frequency"], name="follow_by_anchor")]

    def __str__(self) -> str:
        return self.query


class Digest(models.Model):
    """One period of one subscriber was looked at, and what came of it. Committed with the message it wrote.

    ``period`` is the local date for the digest of a day, and date, hour and minute for mail at once. ``message`` is
    null when there was nothing to say. ``since`` keeps how far each follow had been told before
    (``{follow id: ISO instant}``; subjects too, which the one before only counted), so that a digest that did not
    arrive is told again by the next one. ``left`` keeps what was behind "+ 13 more"
    (``{"initiative:42": ISO instant}``): the next digest tells it.
    """

    class Kind(models.TextChoices):
        DIGEST = "digest"
        AT_ONCE = "at_once"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="digests")
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.DIGEST)
    period = models.CharField(max_length=16)
    message = models.OneToOneField(OutgoingMessage, null=True, on_delete=models.SET_NULL, related_name="digest")
    until = models.DateTimeField()
    since = models.JSONField(default=dict)
    left = models.JSONField(
        default=dict, help_text=_("What it only counted, by subject, and since when that is to be told.")
    )
    items = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=now)
    rolled_back_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When what it told was given to the next one, because it did not arrive.")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "kind", "period"], name="digest_once")]
        indexes = [models.Index(fields=["subscriber", "-made_at"], name="digest_of_subscriber")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"
