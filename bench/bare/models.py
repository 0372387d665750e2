"""The product's tables as a plain Django project would declare them, without the product's code."""

from __future__ import annotations

from django.db import models


class Organisation(models.Model):
    slug = models.SlugField()
    name = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "directory_organisation"

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "directory_area"

    def __str__(self) -> str:
        return self.name


class Framework(models.Model):
    part = models.CharField(max_length=20)

    class Meta:
        managed = False
        db_table = "frameworks_framework"

    def __str__(self) -> str:
        return self.part


class Element(models.Model):
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=300)

    class Meta:
        managed = False
        db_table = "frameworks_element"

    def __str__(self) -> str:
        return self.title


class Initiative(models.Model):
    reference = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    difference = models.TextField()
    stage = models.CharField(max_length=10, choices=[(s, s.capitalize()) for s in ("idea", "proposed", "active")])
    scale = models.CharField(max_length=13)
    starts_on = models.DateField()
    ends_on = models.DateField()
    lead = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True)
    visibility = models.CharField(max_length=8)
    withdrawn_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", on_delete=models.CASCADE)
    areas = models.ManyToManyField(Area, db_table="initiatives_initiative_areas")
    verified_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "initiatives_initiative"

    def __str__(self) -> str:
        return self.title


class Alignment(models.Model):
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="alignments")
    element = models.ForeignKey(Element, on_delete=models.CASCADE)

    class Meta:
        managed = False
        db_table = "initiatives_alignment"

    def __str__(self) -> str:
        return f"{self.initiative_id} {self.element_id}"


class Partner(models.Model):
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    confirmation = models.CharField(max_length=10)

    class Meta:
        managed = False
        db_table = "initiatives_partner"

    def __str__(self) -> str:
        return f"{self.initiative_id} {self.organisation_id}"
