"""The register: joint work, who is in it, what it answers to, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now
from groundwork.directory.models import Area, Dated, Mandate, Organisation
from vision.frameworks.models import Element


class Stage(models.TextChoices):
    IDEA = "idea", _("Idea")
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    ENDED = "ended", _("Ended early")


class Scale(models.TextChoices):
    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")
    TOWN = "town", _("Town or parish")
    DISTRICT = "district", _("District, borough or city")
    SEVERAL = "several", _("Several districts")
    COUNTY = "county", _("Whole county")


class Visibility(models.TextChoices):
    DRAFT = "draft", _("Draft: only your organisation")
    PARTNERS = "partners", _("Partners: everyone signed in for an organisation")
    PUBLIC = "public", _("Public: everyone")


class Acted(models.Model):
    """Something a person did for an organisation, under a mandate."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        abstract = True


class Initiative(models.Model):
    """A piece of joint work. Empty and null fields mean "not stated"."""

    number = models.PositiveIntegerField(unique=True)
    reference = models.CharField(max_length=20, unique=True, help_text=_("Stable and speakable: ESX-0042."))
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True, max_length=4000)
    difference = models.TextField(_("what difference it should make"), blank=True, max_length=2000)
    stage = models.CharField(max_length=10, choices=Stage.choices, blank=True)
    scale = models.CharField(max_length=13, choices=Scale.choices, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    participation = models.TextField(_("how people take part"), blank=True, max_length=2000)
    contact_role = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    lead = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    owner = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_initiatives",
        help_text=_("The organisation that registered it and keeps it; null for what came with the place."),
    )
    areas = models.ManyToManyField(Area, related_name="initiatives", blank=True)
    # Areas that it named until they were succeeded by others: for looking back.
    past_areas = models.ManyToManyField(Area, related_name="past_initiatives", blank=True)

    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.DRAFT)
    intended_visibility = models.CharField(
        max_length=8, choices=Visibility.choices[1:], default=Visibility.PUBLIC, help_text=_("Applies when published.")
    )
    review_asked_at = models.DateTimeField(null=True, blank=True, help_text=_("Waits for an approver since then."))
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    is_exemplar = models.BooleanField(_("shows good practice"), default=False)
    exemplar_reason = models.CharField(max_length=500, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True, help_text=_("When somebody last said: still accurate."))

    source = models.JSONField(default=dict, blank=True, help_text=_("Document and row it came from."))
    original_labels = models.JSONField(default=dict, blank=True, help_text=_("Labels exactly as printed there."))
    catalogue_key = models.CharField(max_length=60, unique=True, null=True, blank=True)

    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with every change: stale edits are refused."))

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(
                F("changed_at").desc(),
                F("id").desc(),
                condition=Q(visibility="public", withdrawn_at=None, merged_into=None),
                name="initiative_public_recent",
            ),
            models.Index(fields=["owner", "visibility"]),
            models.Index(fields=["lead", "visibility"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="initiative_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("initiative", args=[self.reference])

    @property
    def is_live(self) -> bool:
        """Neither withdrawn nor merged into another."""
        return self.withdrawn_at is None and self.merged_into_id is None

    @property
    def is_published(self) -> bool:
        return self.visibility != Visibility.DRAFT


class Alignment(models.Model):
    """How an initiative answers to an element of a framework: a strand, a building block, a commitment, a principle."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="alignments")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="alignments")
    is_main = models.BooleanField(default=False, help_text=_("One of its one to three main strands."))
    contribution = models.TextField(blank=True, max_length=500, help_text=_("One sentence: what it adds to this."))

    class Meta:
        ordering = ["-is_main", "element__order"]
        constraints = [models.UniqueConstraint(fields=["initiative", "element"], name="aligned_once")]
        indexes = [models.Index(fields=["element", "initiative"])]

    def __str__(self) -> str:
        return f"{self.initiative_id} {self.element_id}"


class Partner(Dated):
    """An organisation's part in an initiative, and whether that organisation agrees that it has it."""

    class Role(models.TextChoices):
        LEAD = "lead", _("Lead")
        DELIVERY = "delivery", _("Delivery")
        FUNDER = "funder", _("Funder")
        ADVISER = "adviser", _("Adviser")
        HOST = "host", _("Host")

    class Confirmation(models.TextChoices):
        NOT_ASKED = "not_asked", _("Not asked")
        ASKED = "asked", _("Asked to confirm")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partnerships")
    role = models.CharField(max_length=8, choices=Role.choices, blank=True, help_text=_("Empty: not stated."))
    contribution = models.CharField(max_length=500, blank=True)
    printed_as = models.CharField(max_length=200, blank=True, help_text=_("The label exactly as a source prints it."))
    confirmation = models.CharField(max_length=9, choices=Confirmation.choices, default=Confirmation.NOT_ASKED)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    declined_reason = models.CharField(max_length=500, blank=True)

    class Meta(Dated.Meta):
        ordering = ["organisation__name", "role"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["initiative", "organisation", "role"],
                condition=Q(valid_to__isnull=True),
                name="one_open_partnership_per_role",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "confirmation"])]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.initiative_id}"

    @property
    def was_succeeded(self) -> bool:
        """Whether it ended with its organisation, so that a successor has it now."""
        return self.valid_to is not None and self.valid_to == self.organisation.valid_to


class FundingLine(models.Model):
    """Money for an initiative: how much, from whom, for when. Pounds sterling unless the place says otherwise."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="funding")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    source_organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="funded"
    )
    source_name = models.CharField(max_length=200, blank=True, help_text=_("When the funder is not in the directory."))
    period_from = models.DateField(null=True, blank=True)
    period_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="funding_is_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.initiative_id}"


class Update(Acted):
    """What happened since the last one. Two minutes on a phone."""

    class Health(models.TextChoices):
        ON_TRACK = "on_track", _("On track")
        SOME_CONCERNS = "some_concerns", _("Some concerns")
        OFF_TRACK = "off_track", _("Off track")

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="updates")
    health = models.CharField(max_length=13, choices=Health.choices, blank=True)
    body = models.TextField(max_length=2000)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.initiative_id}"


class LearningNote(Acted):
    """Something learned that others can use."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="learning")
    body = models.TextField(max_length=2000)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.initiative_id}"


class AskOrOffer(Acted):
    """What an initiative needs from others, or can give them."""

    class Kind(models.TextChoices):
        ASK = "ask", _("Ask")
        OFFER = "offer", _("Offer")

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="asks_and_offers")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    body = models.TextField(max_length=1000)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "asks and offers"

    def __str__(self) -> str:
        return f"{self.kind} {self.initiative_id}"


class JoinAsk(Acted):
    """An organisation asks to join an initiative; its lead answers."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="join_asks")
    message = models.TextField(max_length=1000, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "organisation"], condition=Q(status="waiting"), name="one_waiting_join_ask"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} asks {self.initiative_id}"


class Challenge(Acted):
    """Scrutiny questions something an initiative says; the lead organisation responds. Both are kept and shown."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="challenges")
    body = models.TextField(max_length=2000)
    response = models.TextField(max_length=2000, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    responded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.initiative_id}"


class ProblemReport(models.Model):
    """Somebody, perhaps from the public, says that a record is wrong."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="problem_reports")
    body = models.TextField(max_length=2000)
    email = models.EmailField(blank=True)
    at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.initiative_id}"


class Nomination(models.Model):
    """Work that somebody has heard of. An officer turns it into a draft, or says why not."""

    class Status(models.TextChoices):
        NEW = "new", _("new")
        DRAFTED = "drafted", _("made into a draft")
        DECLINED = "declined", _("not taken up")

    title = models.CharField(max_length=200)
    what = models.TextField(max_length=2000)
    who = models.CharField(max_length=500, blank=True)
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    email = models.EmailField(blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NEW)
    initiative = models.ForeignKey(Initiative, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=now)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.title


class Facet(models.Model):
    """Derived: one row per published initiative and thing it can be filtered by.

    Lists read it in index order, so that the first page of any filter costs the same at 10,000 and 100,000 rows.
    """

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="facets")
    kind = models.CharField(max_length=12, help_text=_("ambition, strand, block, element, area, organisation, …"))
    value = models.CharField(max_length=40)
    is_public = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["initiative", "kind", "value"], name="facet_once")]
        indexes = [
            models.Index(
                F("kind"), F("value"), F("is_public"), F("changed_at").desc(), F("initiative").desc(), name="facet_read"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}={self.value}"


class SearchText(models.Model):
    """Derived: the words a published initiative is found by. The full-text index over it is the database's own."""

    initiative = models.OneToOneField(
        Initiative, primary_key=True, on_delete=models.CASCADE, related_name="search_text"
    )
    title = models.TextField()
    body = models.TextField()
    # The two facts a search by words alone needs of each text it finds, so that it reads nothing else.
    is_public = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "search texts"

    def __str__(self) -> str:
        return self.title


class IndexedCard(models.Model):
    """Derived: what a list shows of a published initiative, ready to show, so that a page of a list is one read.

    ``said`` is what downloads and the API say of it (:mod:`collaboration.initiatives.columns`). ``stamp`` is a digest
    of ``card``: whoever keeps a rendered card keeps it under the reference and the stamp, and a renamed organisation or
    strand changes the stamp as soon as the initiative is indexed again.
    """

    initiative = models.OneToOneField(
        Initiative, primary_key=True, on_delete=models.CASCADE, related_name="indexed_card"
    )
    stamp = models.CharField(max_length=16)
    sort_title = models.CharField(max_length=200)
    card = models.JSONField()
    said = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["sort_title", "initiative"], name="indexed_card_by_title")]

    def __str__(self) -> str:
        return f"{self.initiative_id} {self.stamp}"


class SearchWord(models.Model):
    """Derived: a word that stands in published initiatives, for spelling help. Kept when the last use goes away:
    a suggestion is only ever made after looking whether it finds something the asker may see."""

    word = models.CharField(max_length=40, primary_key=True)
    length = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["length", "word"], name="search_word_by_length")]

    def __str__(self) -> str:
        return self.word
