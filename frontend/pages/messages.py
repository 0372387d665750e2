"""What was written to me: the page behind the bell, one message, and what I have seen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from frontend.pages.gate import actor_of, signed_in
from groundwork.access.errors import DomainError
from groundwork.clock import now, today
from notifications import queries, services

REASONS_NOT_SENT = (
    ("The person wants this in their digest.", gettext_lazy("Not sent: you asked for this in your digest")),
    ("The person wants no mail of this kind.", gettext_lazy("Not sent: you asked for no mail of this kind")),
    ("The person has paused their mail.", gettext_lazy("Not sent: you paused your mail")),
    ("The person has another address now.", gettext_lazy("Not sent: you have another address now")),
    ("The person no longer acts for that organisation.", gettext_lazy("Not sent: you no longer act for them")),
    ("Mail to this address rests", gettext_lazy("Not sent: mail to your address rests")),
    ("It came too late to be of use.", gettext_lazy("Not sent: it came too late to be of use")),
)
"""What officers read of a message that was held back, as it begins, and what its reader does."""

ABOUT = {
    "asked": gettext_lazy("About what your organisation is asked"),
    "actions": gettext_lazy("About your actions"),
    "workshops": gettext_lazy("About your workshops"),
    "reminders": gettext_lazy("A reminder"),
}
"""What stands in the place of a subject that may not be shown, by the topic of the mail."""


@signed_in
@never_cache
@require_safe
def messages_page(request: HttpRequest) -> HttpResponse:
    """The last thirty messages, newest first."""
    found = queries.last_messages(actor_of(request))
    context = {
        "rows": [_row(each) for each in found],
        "unread": sum(each.is_unread for each in found),
        "until": found[0].created_at.isoformat() if found else "",
        "resting": queries.resting_address_of(actor_of(request)),
    }
    return render(request, "frontend/messages/list.html", context)


@signed_in
@never_cache
@require_safe
def message_page(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message, as its text twin says it."""
    row = _row(queries.message_to(actor_of(request), message_id))
    return render(request, "frontend/messages/message.html", row)


@signed_in
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """All that was on the page is read. What came since stays unread."""
    services.mark_messages_read(actor=actor_of(request), until=_instant(request.POST.get("until", "")))
    return redirect("messages")


@never_cache
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """A script says that a record's page was before somebody for some seconds. Nobody waits for the answer."""
    try:
        services.look_at(
            actor=actor_of(request), kind=request.POST.get("kind", ""), key=request.POST.get("key", "")[:40]
        )
    except DomainError as error:
        return HttpResponse(status=error.status)
    return HttpResponse(status=204)


def _instant(typed: str) -> datetime | None:
    try:
        found = parse_datetime(typed)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


def _row(message: queries.Message) -> dict[str, Any]:
    colour, words = _state(message)
    unnamed = _("A message that waits") if message.status in ("due", "sending") else _("A message that was not sent")
    subject = message.subject or ABOUT.get(message.topic, unnamed)
    return {"message": message, "subject": subject, "colour": colour, "state": words}


def _state(message: queries.Message) -> tuple[str, str]:
    """The colour of its tag, and what became of it in words."""
    if message.status == "sent":
        return "green", _("Sent")
    if message.status == "sending":
        return "yellow", _("Being sent")
    if message.status == "uncertain":
        return "orange", _("Sent, but it may not have arrived")
    if message.status == "dead":
        return "red", _("Not sent: your mail server did not take it")
    if message.status == "suppressed":
        for begins, words in REASONS_NOT_SENT:
            if message.why_not.startswith(begins):
                return "grey", str(words)
        return "grey", _("Not sent: it was no longer needed")
    if message.due_at <= now():
        return "grey", _("On its way")
    if message.attempts:
        return "yellow", _("Not taken yet: tried again at %(moment)s") % {"moment": moment(message.due_at)}
    return "grey", _("Held until %(moment)s") % {"moment": moment(message.due_at)}


def moment(at: datetime) -> str:
    """``8am``, ``8:30am``; on another day than today ``8am on Monday 23 November``. By the place's clock."""
    local = timezone.localtime(at)
    clock = date_format(local, "g:i").removesuffix(":00") + date_format(local, "A").lower()
    if local.date() == today():
        return clock
    return _("%(clock)s on %(day)s") % {"clock": clock, "day": _day(local.date())}


def _day(day: date) -> str:
    return date_format(day, "l j F" if day.year == today().year else "l j F Y")
