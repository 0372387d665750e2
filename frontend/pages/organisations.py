"""Organisations: who they are, what they take part in, and what became of them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.governance.queries.board_lists import of_organisation
from collaboration.governance.queries.decisions import decided_here
from collaboration.initiatives.finding import Filters, feed
from frontend import forms
from frontend.pages.downloads import asked_of_organisations
from frontend.pages.figures import files, listing
from frontend.pages.following.boxes import box_of_view
from frontend.pages.moved import at_present_address
from groundwork.access.rules import can
from groundwork.clock import today
from groundwork.directory.queries import (
    mandates_in_force,
    organisation_by_slug,
    organisations_matching,
    sectors,
)
from groundwork.succession import queries as succession
from vision.frameworks.queries import endorsed_by

PER_PAGE = 40
SHOWN = 25


class OrganisationFilter(forms.Form):
    marks_optional = False

    words = forms.CharField(label=_("Name"), required=False, max_length=200, widget=forms.SearchInput)
    sector = forms.ChoiceField(label=_("Sector"), required=False)


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    every_sector = list(sectors())
    titles = {sector.code: sector.title for sector in every_sector}
    words, sector, problems = asked_of_organisations(request, titles)
    problems = [_("%s Organisations of every sector are listed.") % problem for problem in problems]
    form = OrganisationFilter(initial={"words": words, "sector": sector})
    form.fields["sector"].choices = [("", _("Every sector")), *titles.items()]  # type: ignore[attr-defined]
    found = Paginator(organisations_matching(words=words, sector=sector), PER_PAGE)
    context = {
        "filter_form": form,
        "page_obj": found.get_page(request.GET.get("page")),
        "total": found.count,
        "selected": _selected(words, sector, titles),
        "problems": problems,
        **files("organisations", urlencode({n: v for n, v in (("words", words), ("sector", sector)) if v})),
    }
    return render(request, "frontend/reading/organisations.html", context)


@require_safe
@at_present_address("organisation")
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    found = organisation_by_slug(slug)
    cards = feed(request.actor, Filters(organisation=found.slug, organisation_id=str(found.pk)), SHOWN + 1)  # type: ignore[attr-defined]
    day = today()
    context = {
        "organisation": found,
        "notes": succession.notes_on(found),
        "endorsed": list(endorsed_by(found)),
        "decided": decided_here(request.actor, organisation=found),  # type: ignore[attr-defined]
        "is_over": found.status == "closed" or (found.valid_to is not None and found.valid_to <= day),
        "names": [name for name in found.names.all() if name.name != found.name],
        "identifiers": list(found.identifiers.all()),
        "bodies": list(found.bodies.all()),
        "successors": list(found.successors.all()),
        "predecessors": list(found.predecessors.all()),
        "leads": [card for card in cards[:SHOWN] if card.lead and card.lead.slug == found.slug],
        "partners_in": [card for card in cards[:SHOWN] if not card.lead or card.lead.slug != found.slug],
        "has_more": len(cards) > SHOWN,
        "all_href": listing(organisation=found.slug),
        "follow": box_of_view(request, organisation=found.slug),
        "may_see_acts": can(request.actor, "organisation.see_acts", found),  # type: ignore[attr-defined]
        "boards": of_organisation(request.actor, found),  # type: ignore[attr-defined]
        "may_ask_address": _may_ask_address(request, found),
    }
    return render(request, "frontend/reading/organisation.html", context)


def _may_ask_address(request: HttpRequest, organisation: Any) -> bool:
    """Whether to offer asking an address: of an organisation with accounts, nobody needs to."""
    actor = request.actor  # type: ignore[attr-defined]
    return bool(can(actor, "organisation.ask_address", organisation)) and not mandates_in_force([organisation]).exists()


def _selected(words: str, sector: str, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Each filter in force, with the address of the list without it."""
    chosen = {name: value for name, value in (("words", words), ("sector", sector)) if value}
    return [
        {
            "text": titles[value] if name == "sector" else f"“{value}”",
            "href": "?" + urlencode({n: v for n, v in chosen.items() if n != name}),
        }
        for name, value in chosen.items()
    ]
