"""What every organisers' page shares: the workshop it is about, a page for one act upon it, addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from collaboration.workshops import queries
from frontend.pages import acts
from frontend.pages.gate import actor_of
from groundwork.access.rules import require


def found(request: HttpRequest, code: str, verb: str) -> Any:
    """The workshop, for somebody who may do ``verb`` to it.

    Raises :class:`NotFound` where they may not even know of it, so that an address tells nobody which codes exist.
    """
    actor = actor_of(request)
    workshop = queries.find(actor, code)
    require(actor, verb, workshop)
    return workshop


def act(request: HttpRequest, *, workshop: Any, **said: Any) -> HttpResponse:
    """A page for one act upon ``workshop``."""
    return acts.act(request, back=(workshop.get_absolute_url(), workshop.title), caption=workshop.title, **said)


def back_of(workshop: Any) -> dict[str, str]:
    """Where "back" leads from a page of the plan: to the task list while it is planned, else to the workshop."""
    if workshop.status == "planned":
        return {"back": reverse("workshop-plan", args=[workshop.code]), "back_text": _("Plan")}
    return {"back": workshop.get_absolute_url(), "back_text": workshop.title}
