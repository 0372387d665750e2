"""Addresses that mail rests for, for their people and for those who look after the mail; and how each mail looks."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from frontend.pages.gate import actor_of, signed_in
from frontend.pages.mailbox import POLICY, SANDBOX
from frontend.pages.manage import managed
from groundwork.access.errors import NotAllowed, NotFound
from notifications import queries
from notifications.services import resting

PER_PAGE = 50
VIEWS = (
    ("html", gettext_lazy("As a page")),
    ("dark", gettext_lazy("On a dark screen")),
    ("images-off", gettext_lazy("Without pictures")),
    ("text", gettext_lazy("As text")),
)
"""The ways a mail is shown, and their words."""


@signed_in
@never_cache
@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """The addresses that mail rests for."""
    found = Paginator(queries.resting_addresses(actor=actor_of(request)), PER_PAGE)
    return managed(request, "addresses", found=found.get_page(request.GET.get("page")))


@signed_in
@require_POST
def try_address_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let mail go to somebody's address again."""
    try:
        row = resting.try_address_again(actor=actor_of(request), resting_id=pk)
    except NotFound as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Mail goes to %(address)s again.") % {"address": row.email})
    return redirect("manage-mail-addresses")


@signed_in
@require_POST
def try_mine_again(request: HttpRequest) -> HttpResponse:
    """Let mail go to one's own address again."""
    try:
        resting.try_again(actor=actor_of(request))
    except (NotFound, NotAllowed) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("We write to you again. What was held back meanwhile is not sent once more."))
    return redirect("account")


@signed_in
@require_safe
def previews(request: HttpRequest) -> HttpResponse:
    """Every kind of mail, to look at."""
    return managed(request, "previews", samples=queries.all_samples(actor=actor_of(request)))


@signed_in
@require_safe
def preview(request: HttpRequest, name: str) -> HttpResponse:
    """One mail with made-up people in it, in each of :data:`VIEWS`."""
    sample = queries.sample(actor=actor_of(request), name=name)
    view = request.GET.get("view", "html")
    view = view if view in dict(VIEWS) else "html"
    tabs = [{"text": text, "href": f"?view={key}", "current": key == view} for key, text in VIEWS]
    return managed(request, "preview", sample=sample, tabs=tabs, view=view, sandbox=SANDBOX)


@signed_in
@require_safe
@xframe_options_sameorigin
def preview_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML twin by itself, for the frame of :func:`preview`."""
    sample = queries.sample(actor=actor_of(request), name=name)
    html = {"dark": sample.in_the_dark, "images-off": sample.without_pictures}.get(
        request.GET.get("view", ""), sample.html
    )
    return HttpResponse(html, headers={"Content-Security-Policy": POLICY})
