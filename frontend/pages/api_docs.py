"""The page on which one reads about the API and tries it out.

Everything stands on the page as text; where JavaScript runs, each operation can also be tried (Swagger UI, served from
here). Swagger UI writes styles into elements by script and draws its icons from ``data:`` addresses, so this one page
allows such images; nothing inline, and nothing of anybody else.
"""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from frontend.context import address
from groundwork.web.api.description import description, operations


@require_safe
@csp_update({"img-src": [SELF, "data:"]})
def docs(request: HttpRequest) -> HttpResponse:
    context = {
        "description_href": reverse("api-openapi"),
        "columns_href": reverse("api-columns"),
        "tokens_href": address("account-tokens"),
        "help_href": address("help-api"),
        "about": description()["info"]["description"].split("\n\n"),
        "groups": [{"title": title, "operations": listed} for title, listed in operations()],
    }
    return render(request, "frontend/api/docs.html", context)
