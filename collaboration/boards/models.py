"""What is kept of a live board: its log, snapshots of it, and what came out of it."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from collaboration.actions.models import Action
from collaboration.initiatives.models import Initiative
from collaboration.workshops.models import Participation, Workshop
from groundwork.clock import now


class Board(models.Model):
    """One board, and the lock behind which its log grows: ``head_seq`` is raised in the transaction of each entry."""

    uuid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    workshop = models.OneToOneField(Workshop, on_delete=models.CASCADE, related_name="board")
    epoch = models.UUIDField(default=uuid4, help_text=_("Names this history: changed by a restore or an erasure."))
    head_seq = models.PositiveBigIntegerField(default=0)
    horizon = models.PositiveBigIntegerField(default=0, help_text=_("Before this seq no ops are told any more."))
    access_version = models.PositiveIntegerField(
        default=1, help_text=_("Raised when anybody's right to be here changes: who is who is then read again.")
    )
    stage = models.PositiveSmallIntegerField(default=0, help_text=_("As of head_seq; for lists."))
    changed_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"board {self.uuid}"


class LogBatch(models.Model):
    """What one commit added to a board's log: its entries from ``seq`` to ``last``, as the engine made them.

    One row and not one for each entry: under load a commit holds dozens, and a row costs more than what it holds.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="log")
    seq = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    op_ids = models.BinaryField(help_text=_("The ids of the ops, 16 bytes each, in order."))
    body = models.TextField(help_text=_("JSON of the entries, in order."))

    class Meta:
        ordering = ["seq"]
        verbose_name_plural = "log batches"
        constraints = [
            models.UniqueConstraint(fields=["board", "seq"], name="board_seq_once"),
            models.UniqueConstraint(fields=["board", "last"], name="board_last_once"),
        ]

    def __str__(self) -> str:
        return f"entries {self.seq} to {self.last}"


class Snapshot(models.Model):
    """The state of a board at a seq: from here folding goes on."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="snapshots")
    seq = models.PositiveBigIntegerField()
    body = models.TextField(help_text=_("JSON of the frozen state."))
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-seq"]
        constraints = [models.UniqueConstraint(fields=["board", "seq"], name="board_snapshot_once")]

    def __str__(self) -> str:
        return f"snapshot {self.seq}"


class Ticket(models.Model):
    """Lets one socket in, once, within a minute (promise S2): for programs, which hold no session."""

    digest = models.CharField(max_length=64, unique=True)
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="tickets")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="tickets")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"ticket {self.pk}"


class Outcome(models.Model):
    """What was made of groups and notes, and of which: provenance, readable from both ends."""

    class Kind(models.TextChoices):
        ACTION = "action", _("action")
        INITIATIVE = "initiative", _("draft of an initiative")
        LEARNING = "learning", _("learning note")
        PRINCIPLE = "principle", _("operating principle")
        MEASURE = "measure", _("idea for a measure")
        RISK = "risk", _("risk")

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="outcomes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=500)
    text = models.TextField(max_length=4000, blank=True)
    sources = models.JSONField(default=list, help_text=_("Ids of the notes and groups it came from."))
    source_title = models.CharField(max_length=300, blank=True, help_text=_("What those said, at the time."))
    votes = models.PositiveIntegerField(default=0, help_text=_("Votes on the sources, with the tally for the room."))
    proposal = models.UUIDField(null=True, blank=True, help_text=_("The action on the board it was made from."))
    action = models.ForeignKey(Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="outcomes")
    initiative = models.ForeignKey(
        Initiative, null=True, blank=True, on_delete=models.SET_NULL, related_name="workshop_outcomes"
    )
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["board", "proposal"], name="proposal_made_into_one_outcome")]

    def __str__(self) -> str:
        return self.title
