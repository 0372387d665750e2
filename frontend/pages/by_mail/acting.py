"""The page behind a link that does one thing: what it is about, who does it, and one button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend.pages.by_mail import forms
from frontend.pages.by_mail.links import GET_OR_POST, page, refused
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from notifications.services import mail_acts


@never_cache
@require_http_methods(GET_OR_POST)
def act(request: HttpRequest, token: str) -> HttpResponse:
    """Works signed out, and as whoever the link was sent to."""
    try:
        held = mail_acts.read(token)
        offered = mail_acts.offer(held)
    except mail_acts.Refused as error:
        return refused(request, error, is_forged=error.is_forged)
    posted = request.POST if request.method == "POST" else None
    form: Any = forms.words_form(offered.asks, posted)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                mail_acts.do(held, words=form.cleaned_data.get("words", ""))
            except mail_acts.Refused as error:
                return refused(request, error, is_forged=False)
            except (Conflict, Invalid, NotAllowed) as error:
                form.refuse(error)
                status = error.status
            else:
                if not offered.already:
                    messages.success(request, offered.done)
                return redirect("mail-act", token)
    return page(request, "act", {"offer": offered, "actor": held.actor, "form": form}, status=status)
