"""What is printed for the hall: the poster, sheets for notes, slips for votes, the facilitators' plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from collaboration.workshops import queries
from frontend.pages.gate import signed_in
from frontend.pages.organising.acting import found
from frontend.pages.organising.ways_in import link_of, qr_of, typed_at

NOTES_ON_A_SHEET = 8
SLIPS_ON_A_SHEET = 12
MOST_DOTS = 30
"""More votes than that are not written into circles on paper."""


@signed_in
@require_safe
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """One sheet of A4 with the QR code and the code. For facilitators: its link lets people in without a code."""
    workshop = found(request, code, "workshop.run")
    context = {"workshop": workshop, "qr": qr_of(link_of(workshop)), "typed_at": typed_at()}
    return render(request, "frontend/organising/poster.html", context)


@signed_in
@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The paper kit, so that a hall without a network can run and be typed in later."""
    workshop = found(request, code, "workshop.run")
    context = {
        "workshop": workshop,
        "columns": workshop.columns,
        "boxes": range(NOTES_ON_A_SHEET),
        "dots": range(min(workshop.budget, MOST_DOTS)),
        "slips": range(SLIPS_ON_A_SHEET),
        "plan": _timed(workshop),
    }
    return render(request, "frontend/organising/paper.html", context)


def _timed(workshop: Any) -> list[dict[str, Any]]:
    """The stages, each with the time it begins where the workshop's start and all timings before it are known."""
    told = []
    at = timezone.localtime(workshop.starts_at) if workshop.starts_at else None
    for planned in queries.plan_of(workshop):
        told.append(
            {
                "stage": planned.stage,
                "minutes": planned.minutes,
                "note": planned.note,
                "from": f"{at:%H:%M}" if at else "",
            }
        )
        at = at + timedelta(minutes=planned.minutes) if at and planned.minutes else None
    return told
