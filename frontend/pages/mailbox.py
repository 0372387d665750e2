"""The mailbox of a demo: the mail that would have gone out, as its readers would see it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from notifications import queries

SHOWN = 100
TABS = ("html", "text", "headers")

SANDBOX = "allow-top-navigation-by-user-activation"
"""All that a shown mail may do: lead the reader's tab to where a link goes, when they choose to."""

POLICY = f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"
"""Mail needs inline styles, so it is shown as a document of its own that can do nothing else."""


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, of one recipient when one is chosen."""
    recipients = queries.recipients()
    recipient = request.GET.get("to", "")
    recipient = recipient if recipient in recipients else ""
    found = queries.mailbox(SHOWN, recipient=recipient)
    return render(
        request,
        "frontend/mailbox/list.html",
        {"letters": found, "recipients": recipients, "recipient": recipient, "shown": SHOWN},
    )


@require_safe
def letter(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message: how it looks, its text twin, or its headers."""
    message = queries.message_in_mailbox(message_id)
    tab = request.GET.get("view", "html")
    return render(
        request,
        "frontend/mailbox/letter.html",
        {
            "letter": message,
            "tab": tab if tab in TABS else "html",
            "headers": queries.header_lines(message),
            "sandbox": SANDBOX,
        },
    )


@require_safe
@xframe_options_sameorigin
def letter_html(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The HTML twin by itself, for the frame of :func:`letter`."""
    message = queries.message_in_mailbox(message_id)
    # Links open in the reader's tab, not inside the frame, where our pages refuse to be shown.
    html = message.html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(html, headers={"Content-Security-Policy": POLICY})
