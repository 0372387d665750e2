"""For those who look after the product: mail that did not arrive, events that were parked, loads of the catalogue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from frontend.pages.gate import actor_of, signed_in
from groundwork.access.errors import Conflict
from groundwork.access.rules import can
from groundwork.catalogue import queries as catalogue
from groundwork.events import queries as outbox
from groundwork.events import services as events
from notifications import queries as mail
from notifications import services as mail_services

PAGES = (
    ("manage-mail", "mail.manage", gettext_lazy("Mail")),
    ("manage-reminders", "reminders.manage", gettext_lazy("Reminders")),
    ("successions", "succession.plan", gettext_lazy("Successions")),
    ("manage-outbox", "outbox.manage", gettext_lazy("Outbox")),
    ("manage-audit", "audit.manage", gettext_lazy("Audit log")),
    ("manage-catalogue", "catalogue.review", gettext_lazy("Catalogue")),
    ("nominations", "initiative.handle_nominations", gettext_lazy("Nominations")),
)
"""Name of the address, who may, and the words: what the links across the top of these pages lead to."""

CHANGES_SHOWN = 50


def managed(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """One of these pages, with the links to those of them that this person may open."""
    actor = actor_of(request)
    links = []
    for name, verb, text in PAGES:
        try:
            href = reverse(name)
        except NoReverseMatch:
            continue
        if can(actor, verb):
            links.append({"text": text, "href": href, "current": request.path == href})
    return render(request, f"frontend/manage/{template}.html", {"links": links, **context})


@signed_in
@never_cache
@require_safe
def mail_page(request: HttpRequest) -> HttpResponse:
    """How the mail is doing, what did not arrive, and whom nobody could be written to about."""
    actor = actor_of(request)
    return managed(
        request,
        "mail",
        health=mail.health(actor=actor),
        attention=mail.needing_attention(actor=actor),
        waiting=mail.waiting(actor=actor),
        kinds=mail.by_kind(actor=actor),
        looks=set(mail.sample_names(actor=actor)),
        resting=mail.resting_addresses(actor=actor).count(),
        unreached=mail.with_nobody_to_ask(actor=actor),
    )


@signed_in
@require_POST
def resend(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send one message again."""
    try:
        mail_services.resend(actor=actor_of(request), message_id=message_id)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The message is on its way again."))
    return redirect("manage-mail")


@signed_in
@never_cache
@require_safe
def outbox_page(request: HttpRequest) -> HttpResponse:
    """How the outbox is doing, and which events were parked."""
    actor = actor_of(request)
    return managed(
        request,
        "outbox",
        health=outbox.health(actor=actor),
        parked=outbox.parked(actor=actor),
        failing=outbox.failing(actor=actor),
    )


@signed_in
@require_POST
def retry(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Give a parked event another round."""
    try:
        events.retry(actor=actor_of(request), event_id=event_id)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The event is being handled again."))
    return redirect("manage-outbox")


@signed_in
@require_safe
def catalogue_page(request: HttpRequest) -> HttpResponse:
    """What loads of the place catalogue changed."""
    loads = []
    for load in catalogue.recent_loads(actor=actor_of(request)):
        changes = list(load.changes.all())
        loads.append({"load": load, "changes": changes[:CHANGES_SHOWN], "more": max(0, len(changes) - CHANGES_SHOWN)})
    return managed(request, "catalogue", loads=loads)
