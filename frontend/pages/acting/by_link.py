"""Where the link in the mail to somebody without an account leads. Looking changes nothing; buttons act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.actions import queries
from collaboration.actions.services import by_link
from frontend.pages.acting import forms
from frontend.pages.acts import GET_OR_POST
from groundwork.access.errors import Conflict, Invalid


@never_cache
@require_http_methods(GET_OR_POST)
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Accept or decline; later say how it goes and that it is done."""
    try:
        found = queries.by_token(token)
    except Invalid as error:
        return render(request, "frontend/acting/refused.html", {"sentence": error.message}, status=error.status)
    kind = request.POST.get("act", "") if request.method == "POST" else ""
    form: Any = forms.answer_form(request.POST if kind == "answer" else None)
    work = forms.DoneForm(request.POST if kind in ("done", "update") else None)
    status = 200
    if request.method == "POST":
        status = 422
        posted = form if kind == "answer" else work
        if posted.is_bound and posted.is_valid():
            try:
                messages.success(request, _do(kind, token, posted))
                return redirect("action-answer", token)
            except (Conflict, Invalid) as error:
                posted.refuse(error)
                status = error.status
    shown = form if form.is_bound or found.status == "asked" else work
    context = {"action": found, "form": shown, "answer_form": form, "work": work, "token": token}
    response = render(request, "frontend/acting/by_link.html", context, status=status)
    # The address is the right, and is told to nobody outside. Not "no-referrer": browsers would then post the button
    # with "Origin: null", which is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    return response


def _do(kind: str, token: str, form: Any) -> str:
    if kind == "answer" and form.is_yes:
        by_link.accept(token=token)
        return _("It is yours now. Keep this link: here you can say that it is done.")
    if kind == "answer":
        by_link.decline(token=token, reason=form.cleaned_data["reason"])
        return _("You have declined. Whoever asked is told.")
    if kind == "done":
        by_link.finish(token=token, text=form.cleaned_data["text"])
        return _("Thank you. It is marked as done.")
    by_link.add_update(token=token, text=form.cleaned_data["text"])
    return _("Thank you. They can read it now.")
