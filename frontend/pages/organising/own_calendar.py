"""One's own workshops in one's own calendar: the secret address, and what it gives."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from collaboration.governance import calendar as meetings_calendar
from collaboration.governance.queries import meetings
from collaboration.workshops import calendar, queries, services
from frontend.pages.gate import actor_of
from frontend.pages.organising.listing import ICS
from groundwork import ical


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token", "address", "context")
def own_calendar(request: HttpRequest) -> HttpResponse:
    """Show the address, make it, make another one, or end it."""
    actor = actor_of(request)
    if request.method == "POST":
        if request.POST.get("act") == "end":
            services.end_calendar_link(actor=actor)
            messages.success(request, _("The link no longer works. Remove the calendar from your own."))
        else:
            services.make_calendar_link(actor=actor)
            messages.success(request, _("Your link is made. Add it to your calendar."))
        return redirect("own-calendar")
    token = queries.calendar_token_of(actor)
    address = f"{settings.BASE_URL}{reverse('own-calendar-ics', args=[token])}" if token else ""
    context = {"address": address, "webcal": f"webcal://{address.split('://', 1)[-1]}" if address else ""}
    return render(request, "frontend/organising/own_calendar.html", context)


@never_cache
@require_safe
@sensitive_variables("token")
def own_calendar_ics(request: HttpRequest, token: str) -> HttpResponse:
    """What the person of this address goes to. A calendar program asks for it, and is nobody."""
    workshops, owner = queries.own_calendar(token), queries.calendar_owner(token)
    own = meetings_calendar.entries(meetings.for_own_calendar(owner), with_call=True)
    content = ical.whole([*calendar.entries(workshops), *own], made_by="Own calendar", name=_("Golden Thread"))
    response = HttpResponse(content, content_type=ICS, headers={"Content-Disposition": 'inline; filename="own.ics"'})
    # The address is the right: it must not travel on to whatever is opened from here.
    response["Referrer-Policy"] = "no-referrer"
    return response
