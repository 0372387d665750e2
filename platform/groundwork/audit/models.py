"""Who did what, for whom; and the chain of seals that shows when any of it was changed afterwards."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from groundwork.clock import now
from groundwork.ids import uuid7


def new_salt() -> str:
    """128 random bits, so that the digest of a short word cannot be found by trying words."""
    return secrets.token_hex(16)


class AuditEntry(models.Model):
    """One act. Rows are only ever added; the database refuses anything else (``triggers.py``).

    Two things may still go: the person, when their account is erased, and words that are not kept any more
    (``services.forget_words``). Neither breaks the chain.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=now)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    changes = models.JSONField(default=dict, help_text="{field: [before, after]}, as shown to people")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey("directory.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey("directory.Mandate", null=True, on_delete=models.SET_NULL, related_name="+")
    acted_as = models.CharField(max_length=60, blank=True, help_text="The system actor's name, when it was one.")
    via = models.CharField(max_length=10, default="web")
    correlation_id = models.CharField(max_length=40, blank=True)
    salt = models.CharField(
        max_length=32, blank=True, default=new_salt, help_text="Of the digests of what changed; empty once words went."
    )
    forgotten = models.JSONField(
        default=dict,
        blank=True,
        help_text="For words that went: digests, the salts of the fields that stayed, and the acts that say so.",
    )
    is_sealed = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_of_object"),
            models.Index(fields=["organisation", "-at", "-id"], name="audit_of_organisation"),
            models.Index(fields=["object_type", "-at"], name="audit_since"),
            models.Index(fields=["-at", "-id"], condition=~Q(acted_as=""), name="audit_of_system"),
            models.Index(fields=["id"], condition=Q(is_sealed=False), name="audit_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class AuditSeal(models.Model):
    """One link of the chain: it covers one entry and the link before it. Never changed, never deleted.

    The numbers of the person and of their mandate are kept beside the digest. They are the key that U13 speaks of:
    once the account is erased they lead nowhere, and the chain holds. ``entry_id`` is no foreign key, because a seal
    must outlive its entry to say that the entry is gone.
    """

    number = models.BigIntegerField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    person_key = models.BigIntegerField(null=True)
    mandate_key = models.BigIntegerField(null=True)
    content = models.CharField(max_length=64, help_text="SHA-256 of everything the entry says.")
    parts = models.TextField(help_text="The first 32 bits of the digest of each part, to say which one differs.")
    sealed_at = models.DateTimeField()
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class AuditChain(models.Model):
    """The head of the chain, which a sealer locks, and what the last look through it found. There is one row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_number = models.BigIntegerField(null=True)
    verified_hash = models.CharField(max_length=64, blank=True)
    look = models.JSONField(default=dict, blank=True, help_text="How far the look under way has come; empty: none is.")
    problems = models.BigIntegerField(null=True, help_text="How many the last look found; null: nobody has looked.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_audit_chain")]

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"
