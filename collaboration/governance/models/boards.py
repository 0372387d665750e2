"""Partnership boards and other convening groups: what they are for, and who sits on them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collaboration.governance.models.levels import Access
from groundwork.clock import now, today
from groundwork.directory.models import Area, Dated, Mandate, Organisation
from vision.frameworks.models import Element


def _may_end_on_its_first_day(name: str) -> models.CheckConstraint:
    """What ends on the day it begins was never in force: a seat added by mistake, a turn that was dropped."""
    return models.CheckConstraint(
        condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name=name
    )


class PartnershipBoard(models.Model):
    """A body that partners convene: a board, a group, a commission, a task force, an assembly.

    It may be set up for a time: ``ends_on`` is the day on which it ends unless it is renewed before.
    """

    class Kind(models.TextChoices):
        BOARD = "board", _("partnership board")
        GROUP = "group", _("convening group")
        COMMISSION = "commission", _("commission")
        TASK_FORCE = "task_force", _("task force")
        ASSEMBLY = "assembly", _("assembly")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACTIVE = "active", _("active")
        CLOSED = "closed", _("closed")

    class Deciding(models.TextChoices):
        CONSENSUS = "consensus", _("consensus")
        VOTE = "vote", _("vote")

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    abbreviation = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.BOARD)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PROPOSED)
    access = models.CharField(
        max_length=8, choices=Access.choices, default=Access.PUBLIC, help_text=_("The widest of anything in it.")
    )
    named = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    purpose = models.TextField(max_length=4000, blank=True)
    terms = models.TextField(max_length=20_000, blank=True, help_text=_("Terms of reference, as Markdown."))
    terms_agreed_on = models.DateField(null=True, blank=True)
    elements = models.ManyToManyField(Element, blank=True, related_name="partnership_boards")
    areas = models.ManyToManyField(Area, blank=True, related_name="partnership_boards")
    lead = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="boards_led",
        help_text=_("The lead partner; null: not stated."),
    )  # fmt: skip
    body = models.OneToOneField(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="partnership_board",
        help_text=_("Its own entry in the directory, where the place catalogue names it."),
    )  # fmt: skip
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text=_("Set up until this day; null: without an end."))
    closed_on = models.DateField(null=True, blank=True)
    closed_reason = models.CharField(max_length=500, blank=True)
    deciding = models.CharField(max_length=9, choices=Deciding.choices, default=Deciding.CONSENSUS)
    quorum_organisations = models.PositiveSmallIntegerField(
        default=0, help_text=_("Voting organisations that must be present; 0: no rule.")
    )
    quorum_sectors = models.PositiveSmallIntegerField(
        default=0, help_text=_("Sectors that must be present among them; 0: no rule.")
    )
    papers_days = models.PositiveSmallIntegerField(
        default=5, help_text=_("Clear working days before a meeting by which papers are due.")
    )
    source = models.JSONField(default=dict, blank=True, help_text=_("Where the catalogue found this."))
    from_catalogue = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with every change: stale edits are refused."))

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["status", "name"]), models.Index(fields=["lead", "status"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="partnership_board_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partnership", args=[self.slug])

    @property
    def is_time_limited(self) -> bool:
        """Active, and only until a day: before it comes, somebody is asked to renew or to close it."""
        return self.status == self.Status.ACTIVE and self.ends_on is not None

    def is_overdue(self, on: date | None = None) -> bool:
        """Whether the day until which it was set up has passed without an answer."""
        return self.is_time_limited and self.ends_on is not None and self.ends_on <= (on or today())


class Seat(Dated):
    """A place on a board that belongs to an organisation, whoever fills it. Several seats are still one voice."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        ADVISER = "adviser", _("adviser, without a vote")
        SECRETARY = "secretary", _("secretary, without a vote")

    board = models.ForeignKey(PartnershipBoard, on_delete=models.CASCADE, related_name="seats")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=9, choices=Role.choices, default=Role.MEMBER)
    title = models.CharField(max_length=120, blank=True, help_text=_("What it is for, such as “Health”."))
    order = models.PositiveSmallIntegerField(default=0)
    vacancy_told_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When those who keep the board last asked the organisation to fill it.")
    )
    from_catalogue = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["order", "organisation__name", "pk"]
        indexes = [models.Index(fields=["organisation", "valid_to"])]
        constraints = [_may_end_on_its_first_day("seat_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"{self.organisation} on {self.board}"

    @property
    def votes(self) -> bool:
        return self.role == self.Role.MEMBER


class SeatHolder(Dated):
    """A person who fills a seat, or stands in for who fills it, from a day to a day, under a mandate."""

    class Kind(models.TextChoices):
        HOLDER = "holder", _("member")
        DEPUTY = "deputy", _("deputy")

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="holders")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.HOLDER)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="seats")
    mandate = models.ForeignKey(
        Mandate, null=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Of the seat's organisation. While it does not hold, the seat is vacant."),
    )  # fmt: skip
    valid_from = models.DateField()
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["kind", "valid_from", "pk"]
        indexes = [models.Index(fields=["person", "valid_to"])]
        constraints = [
            _may_end_on_its_first_day("seat_holder_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["seat"], condition=Q(kind="holder", valid_to__isnull=True), name="one_open_holder_of_a_seat"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.seat}"


class ChairTerm(Dated):
    """The chair, or the vice-chair, belongs to a seat for a term, so that it can rotate by a plan."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("chair")
        VICE = "vice", _("vice-chair")

    board = models.ForeignKey(PartnershipBoard, on_delete=models.CASCADE, related_name="chair_terms")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="chair_terms")
    role = models.CharField(max_length=5, choices=Role.choices, default=Role.CHAIR)
    valid_from = models.DateField()

    class Meta:
        ordering = ["role", "valid_from", "pk"]
        indexes = [models.Index(fields=["board", "role", "valid_from"])]
        constraints = [_may_end_on_its_first_day("chairterm_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.seat}"
