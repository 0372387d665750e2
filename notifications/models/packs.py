"""The monthly packs of partnership boards: who wants which, and which month went to whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now
from notifications.models.outgoing import OutgoingMessage


class PackChoice(models.Model):
    """Whether a person wants the monthly pack of a board. No row: who holds a seat on it does, nobody else."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pack_choices")
    board = models.ForeignKey("governance.PartnershipBoard", on_delete=models.CASCADE, related_name="+")
    wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "board"], name="pack_chosen_once")]

    def __str__(self) -> str:
        return f"pack of {self.board_id}: {self.wanted}"


class BoardPack(models.Model):
    """One month of one board was looked at for one person, and what came of it. Committed with the message it wrote."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="board_packs")
    board = models.ForeignKey("governance.PartnershipBoard", on_delete=models.CASCADE, related_name="+")
    month = models.CharField(max_length=7, help_text=_("The month it tells of, as 2026-10."))
    message = models.OneToOneField(
        OutgoingMessage, null=True, on_delete=models.SET_NULL, related_name="board_pack",
        help_text=_("Null: there was nothing to tell."),
    )  # fmt: skip
    made_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "board", "month"], name="board_pack_once")]

    def __str__(self) -> str:
        return f"{self.board_id} {self.month}"
