"""Where GOV.UK Notify tells what became of mail. It comes without cookies and proves itself by a token."""

from __future__ import annotations

import json

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.reports import NotAReport, read_notify
from notifications.services.reporting import take_report

log = structlog.get_logger(__name__)

MOST = 20_000
"""Bytes of one report; a true one has a few hundred."""


@csrf_exempt  # No cookie is read here: the token in the header is all that counts.
@never_cache
@require_POST
def notify(request: HttpRequest) -> HttpResponse:
    """Take in one delivery receipt. There is no such page where ``NOTIFY_REPORTS_TOKEN`` is not set.

    Always 204 for a report that can be read, also about a message that is not ours: Notify would send it five times.
    """
    token = settings.NOTIFY_REPORTS_TOKEN
    if not token:
        raise Http404
    scheme, _space, given = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(given.strip(), token):
        log.warning("mail_report_refused")
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    # The length that a header promises is not looked at: what comes in pieces promises none.
    told = request.read(MOST + 1)
    if len(told) > MOST:
        return HttpResponse(status=413)
    try:
        take_report(read_notify(json.loads(told)))
    except ValueError as reason:  # NotAReport, and what is no JSON
        if not isinstance(reason, NotAReport):
            return HttpResponseBadRequest("Not JSON.", content_type="text/plain")
    except RecursionError:
        return HttpResponseBadRequest("Not JSON.", content_type="text/plain")
    return HttpResponse(status=204)
