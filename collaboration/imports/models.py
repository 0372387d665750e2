"""Spreadsheets somebody brought: what stood in each line, what it would do, what it did, and how to take that back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collaboration.initiatives.models import Initiative, Visibility
from groundwork.clock import now
from groundwork.directory.models import Mandate, Organisation
from groundwork.ids import uuid7


class Import(models.Model):
    """One file, from upload to undo. It belongs to the person and the organisation that brought it."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        IMPORTING = "importing", _("Being imported")
        IMPORTED = "imported", _("Imported")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Not imported")

    class Step(models.TextChoices):
        """What the worker does with the lines after :attr:`Import.position`."""

        CHECK = "check"
        APPLY = "apply"
        PUBLISH = "publish"
        UNDO = "undo"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    acted_as = models.CharField(max_length=60, blank=True, help_text=_("The system actor's name, when it was one."))
    via = models.CharField(max_length=10, default="web")

    file_name = models.CharField(max_length=200)
    sheet_name = models.CharField(max_length=100, blank=True)
    sheet_names = models.JSONField(default=list, help_text=_("Every sheet of the workbook; empty for a CSV file."))
    headers = models.JSONField(default=list)
    header_line = models.PositiveIntegerField(default=1)
    mapping = models.JSONField(default=dict, help_text=_("Which column of the file is which of ours: {index: name}."))
    notes = models.JSONField(default=list, help_text=_("Sentences about how the file was read."))
    lines = models.PositiveIntegerField(default=0, help_text=_("How many lines stand below the headings."))

    status = models.CharField(max_length=9, choices=Status.choices, default=Status.UPLOADED)
    step = models.CharField(max_length=7, choices=Step.choices, blank=True)
    round = models.PositiveIntegerField(default=0, help_text=_("Grows with every pass: steps of an older one stop."))
    position = models.PositiveIntegerField(default=0, help_text=_("The number of the last line of this pass."))
    counts = models.JSONField(default=dict, help_text=_("Lines by verdict: new, changed, unchanged, rejected."))
    skip_bad = models.BooleanField(default=False)
    publish = models.CharField(max_length=8, choices=Visibility.choices[1:], blank=True)
    failure = models.CharField(max_length=500, blank=True)

    created_at = models.DateTimeField(default=now)
    checked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    imported_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True, help_text=_("When its lines were deleted."))

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="import_of_organisation"),
            models.Index(fields=["created_at"], condition=models.Q(forgotten_at=None), name="import_with_lines"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])

    @property
    def is_working(self) -> bool:
        """A worker (or this request) is going through its lines."""
        return self.status in (self.Status.CHECKING, self.Status.IMPORTING, self.Status.UNDOING)

    @property
    def percent(self) -> int:
        """How much of the present pass is done, by the position in the file; for people, not for decisions."""
        last = self.header_line + self.lines
        return min(100, 100 * self.position // last) if last else 100


class KeptFile(models.Model):
    """A workbook with several sheets, kept so that another sheet can be chosen, until the import is confirmed."""

    imported = models.OneToOneField(Import, primary_key=True, on_delete=models.CASCADE, related_name="kept_file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.imported_id)


class ImportedLine(models.Model):
    """One line of the file. Kept for 30 days, because it is what an undo is made from."""

    class Verdict(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        REJECTED = "rejected", _("Rejected")

    class Outcome(models.TextChoices):
        """What became of it. A line that was only looked at has none."""

        DONE = "done", _("Imported")
        LEFT_OUT = "left_out", _("Left out")
        UNDONE = "undone", _("Taken back")
        KEPT = "kept", _("Left as it is")

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="imported_lines")
    number = models.PositiveIntegerField(help_text=_("As people see it in their file; counts from 1."))
    cells = models.JSONField(default=list)
    unreadable = models.JSONField(default=dict, help_text=_("What could not be read: {index: sentence}."))

    verdict = models.CharField(max_length=9, choices=Verdict.choices, blank=True)
    title = models.CharField(max_length=200, blank=True, help_text=_("To name it by, also when nothing came of it."))
    likeness = models.CharField(max_length=200, blank=True, help_text=_("The title, folded: to find doubles by."))
    problems = models.JSONField(default=list, help_text=_("[[column, sentence], …]; no column: the whole line."))
    changes = models.JSONField(default=dict, help_text=_("{column: [before, after]}, as shown to people."))
    initiative = models.ForeignKey(Initiative, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    version_before = models.PositiveIntegerField(null=True, blank=True)
    version_after = models.PositiveIntegerField(null=True, blank=True)
    acts_after = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("How many acts its history had once this was done: more means touched.")
    )
    inverse = models.JSONField(default=dict, help_text=_("What would take the change back."))
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    outcome_note = models.CharField(max_length=1000, blank=True, help_text=_("Why it was left out or left as it is."))

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["imported", "number"], name="imported_line_once")]
        indexes = [
            models.Index(fields=["imported", "verdict", "number"], name="imported_line_verdict"),
            models.Index(fields=["imported", "likeness"], name="imported_line_likeness"),
            models.Index(fields=["imported", "initiative"], name="imported_line_initiative"),
        ]

    def __str__(self) -> str:
        return f"{self.imported_id}:{self.number}"
