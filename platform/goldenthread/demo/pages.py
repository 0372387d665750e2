"""Signing in as a made-up person, with one button, in a demo and nowhere else."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from frontend.pages.signing_in import enter, safe_next
from groundwork.directory.queries import demo_people


@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the demo person whose address was posted."""
    # The address is routed in a demo only; asked again here, because a route is easily moved.
    if not settings.ENVIRONMENT.is_demo:
        raise Http404
    email = request.POST.get("person", "").strip().lower()
    person = next((p for p in demo_people() if p.email == email), None)
    if person is None:
        messages.error(request, _("There is no such demo account. Choose one of those listed."))
        return redirect("account_login")
    return enter(request, person, how="demo", next_path=safe_next(request, request.POST.get("next")))
