"""What was done: for one's own organisation, and by the platform; and whether the log of it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend import forms
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.manage import managed
from groundwork.audit import queries
from groundwork.audit.queries import Choice
from groundwork.directory.queries import organisation_by_slug
from groundwork.web.exports import csv_response

PER_PART = 50

WAYS = {
    "web": gettext_lazy("on these pages"),
    "api": gettext_lazy("by a program"),
    "mail": gettext_lazy("from an email"),
    "command": gettext_lazy("by an operator’s command"),
    "system": gettext_lazy("by itself"),
}
"""How an act arrived, in words."""


class ActsFilter(forms.Form):
    marks_optional = False

    noun = forms.ChoiceField(label=gettext_lazy("What it was about"), required=False)
    person = forms.ChoiceField(label=gettext_lazy("Who did it"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), what=gettext_lazy("The first day"), required=False)
    until = forms.DateField(label=gettext_lazy("To"), what=gettext_lazy("The last day"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [(noun, noun.replace("_", " ").capitalize()) for noun in queries.nouns()]
        self.fields["noun"].choices = [("", _("Anything")), *every]  # type: ignore[attr-defined]
        self.fields["person"].choices = [("", _("Anybody")), *people]  # type: ignore[attr-defined]
        if not people:
            del self.fields["person"]

    def choice(self, *, system: bool = False) -> Choice:
        """What was chosen, as far as it can be understood; a box that cannot be is told beside it."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        return Choice(
            noun=data.get("noun") or "",
            person_id=int(data["person"]) if data.get("person") else None,
            since=data.get("since"),
            until=data.get("until"),
            system=system,
        )


@signed_in
@never_cache
@require_safe
def organisation_acts(request: HttpRequest, slug: str) -> HttpResponse:
    """What was done for an organisation: for its leads, approvers and scrutiny."""
    found, form, acts = _of_organisation(request, slug)
    context = _listed(request, form, acts) | {
        "organisation": found,
        "csv_href": _address("organisation-acts-csv", slug, asked=request.GET),
        "all_href": reverse("organisation-acts", args=[slug]),
    }
    return render(request, "frontend/audit/organisation.html", context)


@signed_in
@never_cache
@require_safe
def organisation_acts_csv(request: HttpRequest, slug: str) -> Any:
    """The same as a file, all of it."""
    found, _form, acts = _of_organisation(request, slug)
    return csv_response(
        request,
        filename=f"acts-{found.slug}.csv",
        headers=["at", "action", "kind", "id", "fields", "person", "organisation", "via", "entry"],
        rows=_lines(acts),
    )


@signed_in
@never_cache
@require_safe
def manage_audit(request: HttpRequest) -> HttpResponse:
    """The state of the chain, and what was done for the convening organisation or by the platform."""
    actor = actor_of(request)
    chain = queries.state(actor=actor)
    system = request.GET.get("of") == "system"
    form = ActsFilter(request.GET or None, people=[])
    acts = queries.acts_to_look_after(actor=actor, choice=form.choice(system=system))
    first, sealed_at = queries.waiting()
    return managed(
        request,
        "audit",
        chain=chain,
        first_waiting=first,
        sealed_at=sealed_at,
        system=system,
        all_href=reverse("manage-audit") + ("?of=system" if system else ""),
        **_listed(request, form, acts),
    )


def _of_organisation(request: HttpRequest, slug: str) -> tuple[Any, ActsFilter, QuerySet[Any]]:
    actor = actor_of(request)
    found = organisation_by_slug(slug)
    # Asked before anything is read about people: who may not see acts learns no names from the filter.
    acts = queries.acts_of_organisation(actor=actor, organisation=found, choice=Choice())
    known = queries.people_who_acted_for(actor=actor, organisation=found)
    people = [(str(person.pk), person.display_name) for person in known]
    form = ActsFilter(request.GET or None, people=people)
    choice = form.choice()
    if choice != Choice():
        acts = queries.acts_of_organisation(actor=actor, organisation=found, choice=choice)
    return found, form, acts


def _listed(request: HttpRequest, form: ActsFilter, acts: QuerySet[Any]) -> dict[str, Any]:
    part = queries.part_of(acts, after=request.GET.get("after", ""), size=PER_PART)
    asked = request.GET.copy()
    asked["after"] = part.after
    return {
        "filter_form": form,
        "form": form,
        "acts": [_spoken(entry) for entry in part.entries],
        "next_href": "?" + asked.urlencode() if part.after else "",
        "is_first": not request.GET.get("after"),
    }


def _spoken(entry: Any) -> dict[str, Any]:
    """An act in words. What changed is told by field: the words themselves stand where the thing's own rules hold."""
    noun, _dot, verb = entry.action.partition(".")
    return {
        "at": entry.at,
        "what": f"{noun}: {verb}".replace("_", " ").capitalize(),
        "object": f"{queries.kind_of(entry.object_type)} {entry.object_id}",
        "fields": ", ".join(entry.changes),
        "who": who(entry),
        "via": WAYS.get(entry.via, entry.via),
        "number": entry.number,
    }


def who(entry: Any) -> str:
    """Who did it, as this page says it."""
    if entry.person is not None:
        return str(entry.person.display_name)
    if entry.acted_as:
        return _("Golden Thread (%(name)s)") % {"name": entry.acted_as}
    return _("Somebody who is not known any more")


def _lines(acts: QuerySet[Any]) -> Iterator[list[Any]]:
    for entry in acts.iterator(chunk_size=1000):
        yield [
            entry.at.isoformat(),
            entry.action,
            entry.object_type,
            entry.object_id,
            ", ".join(entry.changes),
            who(entry),
            entry.organisation.name if entry.organisation else "",
            entry.via,
            str(entry.pk),
        ]


def _address(name: str, slug: str, *, asked: Any) -> str:
    query = urlencode([(key, value) for key, values in asked.lists() for value in values if key != "after" and value])
    return reverse(name, args=[slug]) + (f"?{query}" if query else "")
