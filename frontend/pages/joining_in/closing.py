"""The end of a workshop: the one question, and who closes it. What is kept of an answer names nobody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from collaboration.workshops import services
from frontend.pages.joining_in.here import Here, taking_part
from frontend.pages.joining_in.joining import address_of
from frontend.pages.joining_in.joining_forms import FeedbackForm
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import can


def can_close(here: Here) -> bool:
    """Whether it is this reader who closes the workshop, with its report: somebody with an account who organises it."""
    return here.workshop.is_open and here.actor.is_signed_in and bool(can(here.actor, "workshop.open", here.workshop))


@taking_part
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, here: Here) -> HttpResponse:
    """Was it worth your time? Answering again replaces the answer."""
    workshop = here.workshop
    form = FeedbackForm(request.POST if request.method == "POST" else None, question=workshop.feedback_question)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.give_feedback(actor=here.actor, participation=here.participation, **form.cleaned_data)
            except (Conflict, Invalid) as error:
                form.refuse(error)
                status = error.status
            else:
                return redirect(f"{request.path}?saved=1")
    context = {
        "here": here,
        "workshop": workshop,
        "form": form,
        "saved": request.GET.get("saved", ""),
        "home": reverse("board-simple", args=[workshop.code]),
        "report": address_of("workshop-report", workshop),
        "is_open": workshop.status in ("open", "reported"),
    }
    return render(request, "frontend/joining_in/feedback.html", context, status=status)
