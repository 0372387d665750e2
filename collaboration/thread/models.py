"""Counters of who does what where, maintained as the register changes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from collaboration.initiatives.models import Initiative


class CoverageCell(models.Model):
    """Derived: public initiatives where a row (an ambition) meets a column (a building block or an area).

    ``initiatives`` and ``partners`` are counts, ``money`` is the sum of stated funding in pounds.
    """

    class Columns(models.TextChoices):
        BLOCK = "block", _("building block")
        AREA = "area", _("area")

    row = models.CharField(max_length=40, help_text=_("The ambition's code."))
    columns = models.CharField(max_length=5, choices=Columns.choices)
    column = models.CharField(max_length=40, help_text=_("The building block's or the area's code."))
    initiatives = models.PositiveIntegerField(default=0)
    partners = models.PositiveIntegerField(default=0)
    money = models.DecimalField(max_digits=16, decimal_places=2, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["row", "columns", "column"], name="coverage_cell_once")]

    def __str__(self) -> str:
        return f"{self.row} x {self.column}: {self.initiatives}"


class CoverageTotal(models.Model):
    """Derived: the same counts for one ambition, strand, building block or area by itself."""

    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=40)
    initiatives = models.PositiveIntegerField(default=0)
    partners = models.PositiveIntegerField(default=0)
    money = models.DecimalField(max_digits=16, decimal_places=2, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="coverage_total_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}: {self.initiatives}"


class Counted(models.Model):
    """Derived: what an initiative counted towards when it was last counted.

    When it moves, what it moved away from has to be counted again too; the initiative itself no longer says.
    """

    initiative = models.OneToOneField(Initiative, primary_key=True, on_delete=models.CASCADE, related_name="+")
    facets = models.JSONField(default=list, help_text=_("[kind, value] pairs."))

    class Meta:
        verbose_name_plural = "counted"

    def __str__(self) -> str:
        return str(self.initiative_id)


class Stretch(models.Model):
    """What one public initiative counted towards from one day until another: the table as of a past day is made of it.

    Written when it is counted (:mod:`collaboration.thread.keeping`) and never changed after its last day. Days are
    those of the place's clock; what changed twice on a day stands as it was at that day's end.
    """

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text=_("The first day on which it was otherwise."))
    facets = models.JSONField(default=list, help_text=_("[kind, value] pairs."))
    money = models.DecimalField(max_digits=14, decimal_places=2, default=0, help_text=_("Stated funding, in pounds."))

    class Meta:
        verbose_name_plural = "stretches"
        indexes = [models.Index(fields=["valid_to", "valid_from"], name="stretch_of_a_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative"], condition=models.Q(valid_to=None), name="one_stretch_goes_on"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="stretch_lasts_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.initiative_id} from {self.valid_from}"
