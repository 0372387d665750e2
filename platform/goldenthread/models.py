"""What this database was set up as."""

from __future__ import annotations

from django.db import models


class Installation(models.Model):
    """One row: the mode of the first process that served this database.

    Demo mode lets anybody sign in as a demo person, so it must never meet the data of a production installation, nor
    production the accounts of a demo.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    mode = models.CharField(max_length=12)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one")]

    def __str__(self) -> str:
        return f"{self.mode} since {self.since:%Y-%m-%d}"
