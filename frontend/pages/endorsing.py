"""Endorsing a framework: the public register, and for the organisation one acts for everything it says about it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from frontend.pages.endorsing_forms import (
    AskForm,
    ConfirmForm,
    EndorseForm,
    ProgrammeForm,
    ReasonForm,
    TranslationsForm,
)
from frontend.pages.figures import files
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.initiatives import tag_address
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can, require
from groundwork.directory.queries import people_of, the_place
from groundwork.web.exports import FeedEntry, atom_response
from vision.frameworks import queries, services
from vision.frameworks.queries import framework as framework_by_key

IN_A_FEED = 50


@require_safe
def register(request: HttpRequest, key: str) -> HttpResponse:
    """Who endorses a framework. Everybody may read it."""
    actor, found = actor_of(request), framework_by_key(key)
    mine = queries.endorsement_of(actor, found, actor.organisation) if actor.organisation else None
    context = {
        "framework": found,
        "endorsements": list(queries.endorsement_register(found)),
        "mine": mine,
        "may_answer": mine is not None and bool(can(actor, "endorsement.answer", mine)),
        "may_ask": bool(can(actor, "framework.ask_endorsements", found)),
        "atom_href": reverse("endorsements-atom", args=[found.key]),
        **files("endorsements", f"framework={found.key}"),
    }
    return render(request, "frontend/endorsing/register.html", context)


@require_safe
def register_atom(request: HttpRequest, key: str) -> HttpResponse:
    """The register as a feed: who endorsed a framework, or took that back, the latest word first."""
    found = framework_by_key(key)
    given = [(_said_at(each), each) for each in queries.endorsement_register(found)]
    latest = sorted(given, key=lambda pair: (pair[0], pair[1].pk), reverse=True)[:IN_A_FEED]
    here = settings.BASE_URL + reverse("endorsements", args=[found.key])
    place = the_place()
    return atom_response(
        identifier=tag_address("endorsements", found.key),
        title=_("Endorsements of %(title)s") % {"title": found.title},
        subtitle=_("Which organisations endorse it, and which took that back"),
        link=here,
        own_link=settings.BASE_URL + reverse("endorsements-atom", args=[found.key]),
        author=place.name if place else "Golden Thread",
        entries=[_entry(each, at, here) for at, each in latest],
    )


def _said_at(endorsement: Any) -> datetime:
    """When the register was told; where nobody said it here, noon of the day of the decision."""
    if endorsement.answered_at or endorsement.endorsed_on is None:
        return endorsement.answered_at or endorsement.created_at
    return datetime.combine(endorsement.endorsed_on, time(12), get_current_timezone())


def _entry(endorsement: Any, at: datetime, here: str) -> FeedEntry:
    name = {"name": endorsement.organisation.name}
    withdrawn = endorsement.status == "withdrawn"
    day = endorsement.endorsed_on
    facts = [
        _("Decided on %(day)s.") % {"day": date_format(day, "j F Y")} if day else "",
        _("Minute: %(reference)s.") % {"reference": ref} if (ref := endorsement.minute_reference) else "",
    ]
    return FeedEntry(
        identifier=tag_address("endorsement", f"{endorsement.framework.key}/{endorsement.organisation.slug}"),
        title=_("%(name)s no longer endorses it") % name if withdrawn else _("%(name)s endorses it") % name,
        link=here,
        summary=" ".join(filter(None, facts)),
        updated=at,
        author=endorsement.organisation.name,
    )


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Put a framework to many organisations at once; before it does, it says how many that are."""
    actor, found = actor_of(request), framework_by_key(key)
    asked = list(queries.endorsements_asked(actor, found))
    can_be_asked = {str(each.pk): each for each in queries.endorsable_by(found)}
    choices = [(pk, each.name) for pk, each in can_be_asked.items()]
    form = AskForm(choices=choices)
    back = reverse("endorsement-ask", args=[found.key])
    if request.method == "POST" and request.POST.get("confirmed"):
        chosen = [can_be_asked[pk] for pk in request.POST.get("organisations", "").split(",") if pk in can_be_asked]
        made = services.ask(actor=actor, framework=found, organisations=chosen)
        told = ngettext("%(n)d organisation was asked.", "%(n)d organisations were asked.", len(made))
        messages.success(request, told % {"n": len(made)})
        return redirect(back)
    if request.method == "POST":
        form = AskForm(request.POST, choices=choices)
        if form.is_valid():
            chosen_ids = form.cleaned_data["organisations"]
            number = len(chosen_ids)
            text = ngettext(
                "This will email %(n)d organisation: its leads and approvers, on the next working morning.",
                "This will email %(n)d organisations: their leads and approvers, on the next working morning.",
                number,
            )
            context = {
                "title": ngettext("Ask %(n)d organisation?", "Ask %(n)d organisations?", number) % {"n": number},
                "text": text % {"n": number},
                "action": back,
                "button": _("Ask them"),
                "back_href": back,
                "interruption_form": ConfirmForm(initial={"organisations": ",".join(chosen_ids), "confirmed": "yes"}),
            }
            return render(request, "frontend/endorsing/sure.html", context)
    context = {"framework": found, "form": form, "asked": asked, "choices": choices}
    return render(request, "frontend/endorsing/ask.html", context, status=_status(request))


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, key: str) -> HttpResponse:
    """What the organisation one acts for says: endorse, or correct that."""
    actor, found, row = _mine(request, key, "endorsement.answer")
    people = {str(each.person_id): each.person for each in people_of(actor, row.organisation)}
    named = [(pk, person.display_name) for pk, person in people.items()]
    usual = {name: getattr(row, name) for name in ("version", "endorsed_on", "minute_reference", "link", "lead_office")}
    form = EndorseForm(initial={**usual, "lead": str(row.lead_id or "")}, people=named)
    if request.method == "POST":
        form = EndorseForm(request.POST, people=named)
        if form.is_valid():
            said = dict(form.cleaned_data)
            said["lead"] = people.get(said["lead"])
            try:
                services.endorse(actor=actor, framework=found, organisation=row.organisation, **said)
            except Invalid as error:
                form.refuse(error)
            except Conflict as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, _("Your organisation is in the register."))
                return redirect("endorsement-mine", key=found.key)
    context = {"framework": found, "mine": row, "form": form, "organisation": row.organisation}
    return render(request, "frontend/endorsing/mine.html", context, status=_status(request))


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, key: str) -> HttpResponse:
    """Decline what was asked, or take an endorsement back: either way with a reason."""
    actor, found, row = _mine(request, key, "endorsement.answer")
    if row.status not in ("asked", "endorsed"):
        raise NotFound(_("There is nothing to decline or withdraw."))
    form = ReasonForm(initial={"version": row.version})
    if request.method == "POST":
        form = ReasonForm(request.POST)
        act = services.withdraw if row.status == "endorsed" else services.decline
        if form.is_valid():
            try:
                act(actor=actor, framework=found, organisation=row.organisation, **form.cleaned_data)
            except Invalid as error:
                form.refuse(error)
            except Conflict as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, _("This is kept, with your reason."))
                return redirect("endorsements", key=found.key)
    context = {
        "framework": found,
        "form": form,
        "heading": _("Withdraw the endorsement") if row.status == "endorsed" else _("Decline"),
        "caption": row.organisation.name,
        "button": _("Withdraw it") if row.status == "endorsed" else _("Decline"),
    }
    return render(request, "frontend/endorsing/form.html", context, status=_status(request))


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def translations(request: HttpRequest, key: str) -> HttpResponse:
    """What each part of the framework means in the organisation's own area or work."""
    actor, found, row = _mine(request, key, "endorsement.translate", endorsed=True)
    elements = _top(found)
    held = {f"element-{each.element_id}": each.words for each in row.translations.all()}
    form = TranslationsForm(initial={"version": row.version, **held}, elements=elements)
    if request.method == "POST":
        form = TranslationsForm(request.POST, elements=elements)
        if form.is_valid():
            try:
                services.translate(
                    actor=actor, endorsement=row, words=form.words(), version=form.cleaned_data["version"]
                )
            except Invalid as error:
                form.refuse(error)
            except Conflict as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, _("Saved. Everybody can read it."))
                return redirect("endorsement-mine", key=found.key)
    context = {
        "framework": found,
        "form": form,
        "heading": _("What this means for %(name)s") % {"name": row.organisation.name},
        "caption": found.title,
        "intro": _("In your own words. Leave a box empty where there is nothing to say."),
        "button": _("Save"),
    }
    return render(request, "frontend/endorsing/form.html", context, status=_status(request))


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, key: str) -> HttpResponse:
    """The organisation's own programmes, looked through after endorsing."""
    actor, found, row = _mine(request, key, "endorsement.review", endorsed=True)
    elements = _top(found)
    form = ProgrammeForm(elements=elements)
    problem = ""
    if request.method == "POST":
        here = redirect("endorsement-review", key=found.key)
        if "remove" in request.POST:
            number = request.POST["remove"]
            services.remove_programme(actor=actor, endorsement=row, pk=int(number) if number.isdecimal() else 0)
            return here
        if "finish" in request.POST:
            try:
                services.finish_review(actor=actor, endorsement=row)
            except Invalid as error:
                problem = error.message
            else:
                messages.success(request, _("The review is done."))
                return here
        else:
            form = ProgrammeForm(request.POST, elements=elements)
            if form.is_valid():
                said = dict(form.cleaned_data)
                said["serves"] = next((each for each in elements if str(each.pk) == said["serves"]), None)
                try:
                    services.add_programme(actor=actor, endorsement=row, **said)
                except Invalid as error:
                    form.refuse(error)
                else:
                    messages.success(request, _("Added."))
                    return here
    context = {
        "framework": found,
        "mine": row,
        "form": form,
        "programmes": list(queries.programmes_of(actor, row)),
        "error_list": [{"text": problem, "href": "#finish"}] if problem else [],
    }
    return render(request, "frontend/endorsing/review.html", context, status=_status(request))


def _mine(request: HttpRequest, key: str, verb: str, *, endorsed: bool = False) -> tuple[Actor, Any, Any]:
    """The word of the organisation one acts for. ``endorsed``: only an endorsement in force will do."""
    actor, found = actor_of(request), framework_by_key(key)
    if actor.organisation is None:
        raise NotAllowed(_("You act for no organisation. A lead of yours can invite you."))
    row = queries.endorsement_of(actor, found, actor.organisation)
    require(actor, verb, row)
    if endorsed and not row.is_endorsed:
        raise NotFound(_("Your organisation has not endorsed this framework."))
    return actor, found, row


def _top(framework: Any) -> list[Any]:
    return [each for each in queries.elements_for_choice(framework) if each.depth == 0]


def _status(request: HttpRequest) -> int:
    """What was sent and could not be taken is answered with 422."""
    return 422 if request.method == "POST" else 200
