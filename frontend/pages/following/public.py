"""Following by an email address, without an account. Looking changes nothing; buttons act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from frontend.pages.following import forms
from frontend.pages.following.words import sentences
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.moved import at_present_address
from groundwork.access.actors import Public
from groundwork.access.errors import Conflict, DomainError, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.accounts.services.limits import TooMany
from groundwork.clock import now
from groundwork.directory.queries import organisation_by_slug
from notifications.following import Followed
from notifications.queries.follows import Shown, addresses_of, follows_of, rhythm_for, shown
from notifications.services import asking, stopping, subscribing
from notifications.services.subscribing import Hours

GET_OR_POST = ("GET", "HEAD", "POST")


def _came_from(request: HttpRequest) -> tuple[Shown | None, dict[str, Any], list[str]]:
    """What the address asks to follow: a view to tick, or what to choose in the form; and what it means nothing by."""
    query = request.META.get("QUERY_STRING", "")
    if request.GET.get("all") == "yes":
        return shown(actor_of(request), [""])[""], {}, []
    if not query:
        return None, {}, []
    try:
        followed = Followed.parse(query)
    except Invalid as error:
        return None, {}, [sentence for found in error.errors.values() for sentence in found]
    filters = followed.filters
    if followed.is_everything:
        return None, {}, []
    if followed.is_view and followed.query == _chosen(filters.ambition, filters.area):
        return None, {"ambitions": [filters.ambition] if filters.ambition else [], "area": filters.area}, []
    view = shown(actor_of(request), [followed.query])[followed.query]
    if not view.path:
        raise NotFound(_("This does not exist, or you may not see it."))
    return view, {}, []


def _chosen(ambition: str, area: str) -> str:
    return Followed.parse(f"ambition={ambition}&area={area}").query


@never_cache
@require_http_methods(GET_OR_POST)
def follow(request: HttpRequest) -> HttpResponse:
    """Choose what to follow and how often. Whoever is signed in follows at once; an address is asked first."""
    actor = actor_of(request)
    view, initial, problems = _came_from(request)
    form = forms.FollowForm(
        request.POST if request.method == "POST" else None,
        by_address=not actor.is_signed_in,
        view=view,
        initial={"frequency": "weekly", **initial},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if actor.is_signed_in:
                    return _follow_all(request, form)
                asking.ask_address(
                    form.cleaned_data["email"],
                    form.queries(),
                    form.cleaned_data["frequency"],
                    caller=request.META.get("REMOTE_ADDR", ""),
                )
            except (Conflict, Invalid, TooMany) as error:
                _refuse(form, error)
                status = error.status
            else:
                return redirect("follow-sent")
    context = {"form": form, "problems": problems, "view": view}
    return render(request, "frontend/following/follow.html", context, status=status)


def _follow_all(request: HttpRequest, form: forms.FollowForm) -> HttpResponse:
    queries = form.queries()
    if not queries:
        raise Invalid({"what": [_("Choose at least one thing to follow")]})
    for query in queries:
        subscribing.follow(actor_of(request), query, form.cleaned_data["frequency"])
    messages.success(request, _("You follow this now. Here you see what you get, and when."))
    return redirect("account-notifications")


def _refuse(form: Any, error: DomainError) -> None:
    if isinstance(error, Invalid) and "what" in error.errors:
        where = "this" if "this" in form.fields else "ambitions"
        error = Invalid({where if name == "what" else name: said for name, said in error.errors.items()})
    form.refuse(error)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The question is on its way, or the link: the same words whoever asked, so that they tell nothing of anybody."""
    return render(request, "frontend/following/sent.html", {"days": asking.ANSWER_WITHIN.days})


@never_cache
@require_http_methods(GET_OR_POST)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the question leads: what would be followed, and a button."""
    try:
        if request.method == "POST":
            subscriber = asking.confirm(token)
            messages.success(request, _("Thank you. You follow this now. Here you change it or stop it."))
            if subscriber.person_id is not None:
                return redirect("account-notifications")
            return redirect("follow-manage", asking.manage_token(subscriber))
        ask = asking.look_at(token)
    except (Conflict, NotFound) as error:
        return _private(_dead(request, error))
    things = shown(Public(), ask.queries)
    context = {"ask": ask, "things": [each for each in things.values() if each.path]}
    return _private(render(request, "frontend/following/confirm.html", context))


@never_cache
@require_http_methods(GET_OR_POST)
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """What is sent to an address without an account: how often, when, and stopping it."""
    try:
        subscriber = asking.subscriber_by_token(token)
    except NotFound as error:
        return _private(_dead(request, error))
    follows = follows_of(Public(), subscriber)
    form = forms.HoursForm(
        request.POST if request.method == "POST" and not {"stop", "again"} & request.POST.keys() else None,
        follows=follows,
        hours=Hours.of(subscriber),
    )
    status = 200
    if request.method == "POST" and "stop" in request.POST:
        subscribing.stop(subscriber)
        messages.success(request, _("You get nothing any more. If you change your mind, undo it or choose how often."))
        return redirect("follow-manage", token)
    if request.method == "POST" and "again" in request.POST:
        stopping.begin_again(stopping.Stream(subscriber=subscriber))
        messages.success(request, _("You get it again as before."))
        return redirect("follow-manage", token)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                subscribing.save_by_link(subscriber, form.chosen(), form.follow_choices)
            except Invalid as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, _("Your choices are saved."))
                return redirect("follow-manage", token)
    context = {
        "form": form,
        "subscriber": subscriber,
        "follows": follows,
        "sentences": sentences(rhythm_for(None, subscriber), follows, {}, now()),
        "gets_nothing": all(each.frequency == "never" for each in follows),
        "can_undo": stopping.can_begin_again(subscriber),
    }
    return _private(render(request, "frontend/following/manage.html", context, status=status))


@never_cache
@require_http_methods(GET_OR_POST)
def link(request: HttpRequest) -> HttpResponse:
    """Ask for the link to the page above; it goes to the address itself and to nobody else."""
    form = forms.LinkForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                asking.send_link(form.cleaned_data["email"], caller=request.META.get("REMOTE_ADDR", ""))
            except (Invalid, TooMany) as error:
                form.refuse(error)
                status = error.status
            else:
                return redirect("follow-sent")
    return render(request, "frontend/following/link.html", {"form": form}, status=status)


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
@at_present_address("organisation")
def organisation_address(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask an address whether it wants the digest of an organisation that has no accounts; and end such addresses."""
    actor = actor_of(request)
    organisation = organisation_by_slug(slug)
    require(actor, "organisation.ask_address", organisation)
    if request.method == "POST" and "stop" in request.POST:
        asking.end_address(actor, organisation, request.POST["stop"])
        messages.success(request, _("Stopped. Nothing more is sent to this address for the organisation."))
        return redirect("organisation-address", slug)
    form = forms.AddressForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                asking.ask_address(
                    form.cleaned_data["email"],
                    [],
                    form.cleaned_data["frequency"],
                    caller=request.META.get("REMOTE_ADDR", ""),
                    organisation=organisation,
                    actor=actor,
                )
            except (Conflict, Invalid, TooMany) as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, _("The address is asked. Nothing more is sent to it until it says yes."))
                return redirect("organisation", slug)
    context = {
        "form": form,
        "organisation": organisation,
        "days": asking.ANSWER_WITHIN.days,
        "addresses": addresses_of(actor, organisation),
    }
    return render(request, "frontend/following/organisation_address.html", context, status=status)


def _dead(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A link that lets nothing be done any more, with what to do instead."""
    answered = isinstance(error, Conflict)
    context = {"sentence": error.message, "answered": answered}
    return render(request, "frontend/following/dead.html", context, status=error.status)


def _private(response: HttpResponse) -> HttpResponse:
    # The address is the right, and is told to nobody outside. Not "no-referrer": browsers would then post the button
    # with "Origin: null", which is refused as forged.
    response["Referrer-Policy"] = "same-origin"
    return response
