"""Pages that stand: help, the statements the law asks for, the terms of the data, and how the service is."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from frontend.pages.joining_in import text_size
from groundwork.clock import now
from notifications.services.seeing import KEPT as LOOKS_KEPT

SECURITY_TXT_LASTS = timedelta(days=180)
"""RFC 9116 recommends less than a year; the file is written anew each day, so a dead service soon says so."""


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/standing/help.html", _contact())


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/standing/accessibility.html", _contact())


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    kept = {
        "archived_days": settings.WORKSHOP_ARCHIVED_DAYS,
        "guests_days": settings.WORKSHOP_GUESTS_DAYS,
        "kept_months": settings.WORKSHOP_KEPT_MONTHS,
        "mail_text_days": settings.MAIL_TEXT_KEPT_DAYS,
        "mail_days": settings.MAIL_KEPT_DAYS,
        "looks_days": LOOKS_KEPT.days,
    }
    return render(request, "frontend/standing/privacy.html", {**_contact(), **kept})


@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    names = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "guest_cookie": settings.GUEST_COOKIE_NAME,
        "text_cookie": text_size.cookie_name(),
    }
    return render(request, "frontend/standing/cookies.html", names)


@require_safe
def data_licence(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/standing/data_licence.html", _contact())


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/standing/terms.html", _contact())


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What runs here and whether each part works, for people; ``/readyz`` says the same to machines."""
    findings = import_string(settings.HEALTH_PROBES)()
    well = all(finding.ok for finding in findings)
    context = {"findings": findings, "well": well, "version": product_version()}
    response = render(request, "frontend/standing/status.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be found by search engines; addresses that only vary a list are not worth their time."""
    lines = ["User-agent: *", "Disallow: /account/", "Disallow: /search/", "Disallow: /initiatives.csv"]
    return _text("\n".join([*lines, ""]))


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """How to report a weakness (RFC 9116)."""

    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{settings.ENVIRONMENT.contact_email}",
        f"Expires: {(midnight + SECURITY_TXT_LASTS).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: en",
        f"Canonical: {settings.BASE_URL}{reverse('security-txt')}",
    ]
    return _text("\n".join([*lines, ""]))


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers that ask for the old name are sent to the picture."""
    return redirect(static("build/favicon.svg"))


def product_version() -> str:
    """The installed version of the product."""
    try:
        return version("golden-thread")
    except PackageNotFoundError:
        # A checkout that was never installed: there is no number to tell.
        return ""


def _contact() -> dict[str, str]:
    return {"contact_email": settings.ENVIRONMENT.contact_email}


def _text(body: str) -> HttpResponse:
    return HttpResponse(body, content_type="text/plain; charset=utf-8")
