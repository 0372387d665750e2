"""What every page of an act shares: what it does, a form, a button. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from frontend.forms import Form
from frontend.pages.keeping import forms
from groundwork.access.errors import Conflict, Invalid

GET_OR_POST = ("GET", "HEAD", "POST")
HOME = "my-home"


def act(
    request: HttpRequest,
    *,
    initiative: Any,
    form: Form,
    do: Callable[[], Any],
    heading: str,
    button: str,
    done: str,
    to: str = "",
    **context: Any,
) -> HttpResponse:
    """Show ``form`` and, once it is posted and fits, ``do()`` the act. A refusal is shown and the typed text kept."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                do()
            except (Conflict, Invalid) as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, done)
                return redirect(to or initiative.get_absolute_url())
    context |= {"initiative": initiative, "form": form, "heading": heading, "button": button}
    return render(request, "frontend/keeping/act.html", context, status=status)


def nothing(request: HttpRequest) -> Form:
    return forms.NothingForm(request.POST if request.method == "POST" else None)
