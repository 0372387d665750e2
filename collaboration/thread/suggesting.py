"""What the thread suggests for the agendas of partnership boards: gaps under their ambitions that nobody owns."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.models import Access, PartnershipBoard
from collaboration.governance.suggesting import Suggestion, register_suggestions
from collaboration.thread.queries.coverage import Gap, gaps

MOST: Final = 10
"""Of all ambitions of a board: nobody reads more on the way to an agenda."""


def register() -> None:
    register_suggestions("gap", gettext_lazy("Gaps that nobody owns"), unowned_gaps)


def unowned_gaps(board: PartnershipBoard, on: date) -> list[Suggestion]:
    """Strands under the board's ambitions without any public work, then ambitions without any in a building block."""
    served = [each.parent or each for each in board.elements.select_related("parent").order_by("order")]
    slugs = {each.code: each.slug for each in served}
    there = gaps()
    found = [gap for code in slugs for gap in (*there.strands, *there.blocks) if gap.ambition == code]
    return [
        Suggestion(
            kind="gap",
            id=f"{gap.row.code}/{gap.column.code if gap.column else ''}"[:60],
            title=_title(gap),
            path=reverse("ambition", args=[slugs[gap.ambition]]),
            access=Access.PUBLIC,
        )
        for gap in found[:MOST]
    ]


def _title(gap: Gap) -> str:
    if gap.column is None:
        return _("Nothing happens yet: %(strand)s") % {"strand": gap.row.title}
    return _("Nothing happens yet: %(ambition)s, %(block)s") % {
        "ambition": gap.row.title,
        "block": gap.column.title,
    }
