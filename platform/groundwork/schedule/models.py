"""What ran when, and who is alive. Schedules are data: these rows decide, never the memory of a process."""

from __future__ import annotations

from django.db import models


class JobRun(models.Model):
    """One job has run for one subject and one period. Committed with the job's effect, so that it happens once."""

    job = models.CharField(max_length=80)
    subject = models.CharField(max_length=100, blank=True)
    period = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "subject", "period"], name="job_run_once")]
        indexes = [models.Index(fields=["at"], name="job_run_at")]

    def __str__(self) -> str:
        return f"{self.job} {self.subject} {self.period}".replace("  ", " ")


class Pulse(models.Model):
    """When a part of the running product last showed that it works."""

    name = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"
