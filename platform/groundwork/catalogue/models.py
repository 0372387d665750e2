"""What was loaded from place catalogues, and what each load changed."""

from __future__ import annotations

from django.db import models

from groundwork.clock import now


class CatalogueLoad(models.Model):
    """One load of a place catalogue that changed something."""

    place = models.CharField(max_length=50)
    digest = models.CharField(max_length=64, help_text="SHA-256 over the catalogue's files.")
    at = models.DateTimeField(default=now)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.place} {self.at:%Y-%m-%d %H:%M}"


class CatalogueChange(models.Model):
    """One thing a load added, changed or withdrew."""

    load = models.ForeignKey(CatalogueLoad, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=40, help_text="area, organisation, framework, element, …")
    key = models.CharField(max_length=100)
    what = models.CharField(max_length=9, choices=[(w, w) for w in ("added", "changed", "withdrawn")])
    differences = models.JSONField(default=dict, help_text="{field: [before, after]}")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.what}"
