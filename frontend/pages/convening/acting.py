"""What the pages that prepare a meeting share: the meeting, a page for one act upon it, an interruption card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collaboration.governance.queries import meetings as queries
from frontend.pages import acts
from frontend.pages.gate import actor_of
from groundwork.access.rules import require


def found(request: HttpRequest, uuid: UUID, verb: str = "meeting.edit") -> Any:
    """The meeting, for somebody who may do ``verb`` to it. Raises :class:`NotFound` where they may not know of it."""
    actor = actor_of(request)
    meeting = queries.find(actor, uuid)
    require(actor, verb, meeting)
    return meeting


def plan_of(meeting: Any) -> str:
    return reverse("meeting-plan", args=[meeting.uuid])


def will_email(number: int) -> str:
    """The sentence of the card: how many people a button writes to."""
    return ngettext("This will email %(number)d person.", "This will email %(number)d people.", number) % {
        "number": number
    }


def act(request: HttpRequest, *, meeting: Any, to: str = "", **said: Any) -> HttpResponse:
    """A page for one act upon ``meeting``, reached from ``to``, or from its plan if empty."""
    return acts.act(
        request,
        template="frontend/convening/act.html",
        back=(to or plan_of(meeting), str(meeting)),
        meeting=meeting,
        **said,
    )


def interrupt(
    request: HttpRequest, *, meeting: Any, title: str, people: Sequence[Any], button: str, text: str = ""
) -> HttpResponse:
    """The card before many people are written to. What was posted is carried on; ``send`` then does it."""
    typed = [
        (name, value)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "send", "change")
        for value in request.POST.getlist(name)
    ]
    context = {
        "meeting": meeting,
        "title": title,
        "text": text,
        "button": button,
        "typed": typed,
        "people": people,
        "said": will_email(len(people)) if people else _("Nobody is emailed."),
    }
    return render(request, "frontend/convening/interruption.html", context)
