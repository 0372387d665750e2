"""Who and where: the place, its areas, its organisations over time, and who may speak for whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now


class Place(models.Model):
    """The place this installation serves. There is one; it is loaded from the place catalogue."""

    key = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    reference_prefix = models.CharField(max_length=6, help_text=_("Starts every initiative's reference: ESX-0042."))
    last_reference = models.PositiveIntegerField(default=0, help_text=_("The number last given to an initiative."))
    convening_organisation = models.ForeignKey(
        "Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    time_zone = models.CharField(max_length=50, default="Europe/London")
    introduction = models.TextField(blank=True, help_text=_("One or two sentences for the home page."))
    data_licence = models.CharField(max_length=200, blank=True)
    attribution = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


class PlaceDate(models.Model):
    """Days that the place keeps: a holiday, or a period before an election. Both ends are included.

    Reminders rest on holidays. Before an election public bodies hold back what could be read as promotion: public and
    promotional mail rests, work between partners goes on.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        PRE_ELECTION = "election", _("before an election")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField()
    from_catalogue = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts_on", "name"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "starts_on", "name"], name="place_date_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="place_date_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.starts_on:%Y-%m-%d}"


class Dated(models.Model):
    """Something that holds from a day (inclusive) to a day (exclusive); null means not stated or open."""

    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="%(class)s_ends_after_it_begins",
            )
        ]

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


def holding_on(day: date) -> Q:
    """The set-wise twin of :meth:`Dated.holds_on`."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gt=day))


class Area(Dated):
    """A geographical area with an official code (GSS in the United Kingdom)."""

    code = models.CharField(max_length=20, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, help_text=_("As the catalogue says: district, unitary, county."))
    within = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True)
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("area", args=[self.slug])

    def name_on(self, day: date) -> str:
        """What it was called on a day. Reads its dated names."""
        return _name_on(self.name, self.names.all(), day)


class AreaName(Dated):
    """A name that an area had until a day; the one it has is on the area itself."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=120)
    valid_to = models.DateField()

    class Meta(Dated.Meta):
        ordering = ["area_id", "valid_to"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["area", "valid_to"], name="area_name_ends_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Sector(models.Model):
    """A part of the system that organisations belong to: local government, NHS and health, voluntary and community."""

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=100)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title


class Organisation(Dated):
    """A body that works in the place, or a named group of bodies (``is_group``) that a source speaks of as one.

    A group ("Local Authorities", "All") is shown where the source shows it; it has no people, is never asked to
    confirm anything, and nobody holds a mandate for it.
    """

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    abbreviation = models.CharField(max_length=30, blank=True)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="organisations")
    is_group = models.BooleanField(default=False)
    status = models.CharField(
        max_length=10,
        choices=[("active", _("active")), ("proposed", _("proposed")), ("closed", _("closed"))],
        default="active",
    )
    part_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="bodies")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations")
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)
    summary = models.TextField(blank=True)
    website = models.URLField(blank=True)
    source = models.JSONField(default=dict, blank=True, help_text=_("Where the catalogue found this."))
    from_catalogue = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Dated.Meta):
        ordering = ["name"]
        indexes = [models.Index(fields=["sector", "name"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.slug])

    def name_on(self, day: date) -> str:
        """What it was called on a day, as far as its names are dated. Reads its names."""
        kinds = (OrganisationName.Kind.OFFICIAL, OrganisationName.Kind.FORMER)
        return _name_on(self.name, [each for each in self.names.all() if each.kind in kinds], day)


class OrganisationName(Dated):
    """A name an organisation is or was found by."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official name")
        FORMER = "former", _("former name")
        ABBREVIATION = "abbreviation", _("abbreviation")
        ALIAS = "alias", _("also called")
        PLACE = "place", _("bare name of its place")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, db_index=True, help_text=_("Lower case, no punctuation: for matching."))
    kind = models.CharField(max_length=12, choices=Kind.choices)

    class Meta(Dated.Meta):
        ordering = ["organisation_id", "name"]
        constraints = [
            *Dated.Meta.constraints,
            # A body may take up again a name that it had before: dated rows of one name follow each other.
            models.UniqueConstraint(
                fields=["organisation", "folded", "kind"],
                condition=Q(valid_to__isnull=True),
                name="organisation_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def _name_on(name: str, known: Iterable[OrganisationName | AreaName], day: date) -> str:
    """Of dated names the one that held on ``day``, the earliest to end first; ``name`` where none of them did."""
    held = [each for each in known if each.valid_to is not None and each.holds_on(day)]
    return min(held, key=lambda each: (each.valid_to, each.pk)).name if held else name


class FormerAddress(models.Model):
    """A slug that an organisation or an area had: whoever comes by it is led on, and nobody else is given it."""

    slug = models.SlugField(max_length=100)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="former_addresses"
    )
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.CASCADE, related_name="former_addresses")
    until = models.DateField(help_text=_("The day from which it has another."))

    class Meta:
        verbose_name_plural = "former addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], condition=Q(organisation__isnull=False), name="former_address_of_one_organisation"
            ),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(area__isnull=False), name="former_address_of_one_area"
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, area__isnull=False)
                | Q(organisation__isnull=False, area__isnull=True),
                name="former_address_of_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class OrganisationIdentifier(Dated):
    """An identifier in a public scheme: a GSS code, an ODS code, a charity or company number."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=40, help_text=_("For example gss, ods, GB-CHC, GB-COH (org-id.guide)."))
    value = models.CharField(max_length=60)

    class Meta(Dated.Meta):
        ordering = ["scheme", "value"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["scheme", "value"], condition=Q(valid_to__isnull=True), name="one_current_holder_of_identifier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class Mandate(Dated):
    """The right of a person to act for an organisation, in a role, from a day to a day."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        LEAD = "lead", _("lead")
        APPROVER = "approver", _("approver")
        SCRUTINY = "scrutiny", _("scrutiny")
        OFFICER = "officer", _("partnership officer")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mandates")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates")
    role = models.CharField(max_length=10, choices=Role.choices)
    valid_from = models.DateField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=now, editable=False)
    followed_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="follows",
        help_text=_("The same person's mandate for the successor, when its organisation was succeeded."),
    )

    class Meta(Dated.Meta):
        ordering = ["organisation__name", "role"]
        constraints = [
            # A mandate ended on the day it began was never in force: it may end the same day.
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="mandate_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(valid_to__isnull=True),
                name="one_open_mandate_per_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}, {self.organisation}"


class Invitation(models.Model):
    """An offer of a mandate to an email address. The token is kept as a SHA-256 digest; acceptance is by POST."""

    email = models.EmailField()
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Mandate.Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_under = models.ForeignKey(Mandate, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_role_display()})"


class JoinRequest(models.Model):
    """A person asks to act for an organisation; a lead of it approves or declines."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="join_requests")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="join_requests")
    message = models.TextField(blank=True, max_length=1000)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    created_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=Q(status="waiting"), name="one_waiting_join_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.organisation}"
