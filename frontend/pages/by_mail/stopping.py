"""The page behind the link that stops mail, and what mail programs post to it (RFC 8058)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from frontend.pages.by_mail import forms
from frontend.pages.by_mail.links import GET_OR_POST, page, refused
from frontend.pages.errors import too_many
from groundwork.access.errors import Invalid, NotFound
from groundwork.accounts.services.limits import TooMany
from notifications.services import stopping


@csrf_exempt
@never_cache
@require_http_methods(GET_OR_POST)
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows what would stop. A POST stops it, whatever it holds, with or without cookies, and does nothing else.

    Mail programs get a plain answer and never a redirect; the page's own button gets the page.
    """
    try:
        stream = stopping.read(token)
    except NotFound as error:
        return refused(request, error, is_forged=True)
    if request.method != "POST":
        return _shown(request, token, stream)
    stopping.stop(stream)
    if _is_from_page(request):
        return redirect("mail-stop", token)
    return HttpResponse(_("Stopped. You get no more of these emails.") + "\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_http_methods(GET_OR_POST)
def change(request: HttpRequest, token: str) -> HttpResponse:
    """Less often instead, again after all, or the link to choose everything: what the page offers besides stopping.

    Needs the page's own cookie.
    """
    try:
        stream = stopping.read(token)
    except NotFound as error:
        return refused(request, error, is_forged=True)
    if request.method != "POST":
        return redirect("mail-stop", token)
    if request.POST.get("act") == "again":
        stopping.begin_again(stream)
        return redirect("mail-stop", token)
    if request.POST.get("act") == "link":
        try:
            stopping.send_link(stream, caller=request.META.get("REMOTE_ADDR", ""))
        except NotFound as error:
            return refused(request, error, is_forged=False)
        except TooMany as error:
            return too_many(request, error.message)
        messages.success(request, _("The link is on its way to %(email)s.") % {"email": stream.recipient})
        return redirect("mail-stop", token)
    form = _less_form(stream, request.POST)
    if form.is_valid():
        try:
            stopping.have_less(stream, form.cleaned_data["frequency"])
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("mail-stop", token)
    return _shown(request, token, stream, form=form, status=422)


def _shown(
    request: HttpRequest,
    token: str,
    stream: stopping.Stream,
    *,
    form: forms.LessForm | None = None,
    status: int = 200,
) -> HttpResponse:
    frequency = stopping.frequency_of(stream)
    context = {
        "stream": stream,
        "token": token,
        "is_stopped": frequency == "never",
        "now": stopping.words_for(stream, frequency),
        "form": form or _less_form(stream, None, frequency),
    }
    return page(request, "stop", context, status=status)


def _less_form(stream: stopping.Stream, posted: object, frequency: str = "") -> forms.LessForm:
    choices = [(each, stopping.words_for(stream, each)) for each in stopping.offered(stream)]
    return forms.LessForm(posted, choices=choices, initial={"frequency": frequency})


def _is_from_page(request: HttpRequest) -> bool:
    """Whether the page's own button was pressed. A body that nobody can read comes from elsewhere."""
    try:
        return "page" in request.POST
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        return False
