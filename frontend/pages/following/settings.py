"""One page for all that a person with an account chooses about their mail, and the next digest as it would come."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.pages.following import forms
from frontend.pages.following.words import day_words, sentences
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.mailbox import POLICY, SANDBOX
from frontend.pages.signing_in import safe_next
from groundwork.access.errors import Invalid, NotFound
from groundwork.clock import now
from notifications.queries import resting_address_of
from notifications.queries.follows import follows_of, rhythm_for, shown, topics_of
from notifications.queries.pack_readers import offered
from notifications.services import digesting, subscribing
from notifications.services.choosing_packs import choose_all
from notifications.services.queueing import Written
from notifications.services.subscribing import Hours

GET_OR_POST = ("GET", "HEAD", "POST")


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def notifications(request: HttpRequest) -> HttpResponse:
    """What I get, in words; and everything that changes it."""
    actor = actor_of(request)
    subscriber = subscribing.subscriber_of(actor.person)
    follows, topics, packs = follows_of(actor, subscriber), topics_of(actor.person), offered(actor.person)
    form = forms.SettingsForm(
        request.POST if request.method == "POST" else None,
        follows=follows,
        hours=Hours.of(subscriber),
        topics=topics,
        packs=packs,
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    subscribing.save_settings(actor, form.chosen(), form.topic_choices, form.follow_choices)
                    choose_all(actor, form.pack_choices)
            except Invalid as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, _("Your choices are saved."))
                return redirect("account-notifications")
    context = {
        "form": form,
        "follows": list(zip(follows, form.of_follows, strict=True)),
        "sentences": sentences(
            rhythm_for(actor.person, subscriber),
            follows,
            topics,
            now(),
            packs=[board.name for board, wanted in packs if wanted],
        ),
        "has_digest": subscriber is not None and subscriber.next_at is not None,
        "email": actor.person.email,  # type: ignore[union-attr]
        "resting": resting_address_of(actor),
    }
    return render(request, "frontend/following/settings.html", context, status=status)


@never_cache
@signed_in
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """The next digest, as it would come if nothing more happened until then. Showing it tells nobody anything."""
    day, written = _next(request)
    context = {"written": written, "day": day, "sandbox": SANDBOX}
    return render(request, "frontend/following/preview.html", context)


@never_cache
@signed_in
@require_safe
@xframe_options_sameorigin
def preview_page(request: HttpRequest) -> HttpResponse:
    """Its HTML twin by itself, for the frame of :func:`preview`."""
    _day, written = _next(request)
    if written is None:
        raise NotFound(_("No digest is on its way to you."))
    # Links open in the reader's tab, not inside the frame, where our pages refuse to be shown.
    html = written.html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(html, headers={"Content-Security-Policy": POLICY})


def _next(request: HttpRequest) -> tuple[str, Written | None]:
    """The day of the next digest, empty when none is due ever, and what it would say."""
    person = actor_of(request).person
    subscriber = subscribing.subscriber_of(person)
    if subscriber is None or subscriber.next_at is None:
        return "", None
    day = day_words(rhythm_for(person, subscriber).day_of(subscriber.next_at))
    return day, digesting.preview(subscriber)


@never_cache
@require_POST
@signed_in
def add(request: HttpRequest) -> HttpResponse:
    """The button on what can be followed."""
    actor = actor_of(request)
    try:
        row = subscribing.follow(actor, request.POST.get("query", ""))
    except Invalid as error:
        messages.error(request, error.message)
        return redirect(_back(request))
    title = shown(actor, [row.query])[row.query].title
    messages.success(
        request,
        _("You follow “%(title)s” and hear of changes each week. You can change that in your account, under Email.")
        % {"title": title},
    )
    return redirect(_back(request))


@never_cache
@require_POST
@signed_in
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    subscribing.unfollow(actor_of(request), pk)
    messages.success(request, _("You do not follow this any more."))
    return redirect(_back(request))


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def first(request: HttpRequest) -> HttpResponse:
    """Asked once of a partner, with an example: do they want the weekly digest? Nothing is on before they say yes."""
    actor = actor_of(request)
    form = forms.FirstForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            yes = form.cleaned_data["wanted"] == "yes"
            subscribing.answer_first(actor, yes=yes)
            if yes:
                messages.success(request, _("You get one email each week. Here you see when, and can follow more."))
                return redirect("account-notifications")
            messages.success(request, _("You get no digest. You can change that in your account, under Email."))
            return redirect("my-home")
    return render(request, "frontend/following/first.html", {"form": form}, status=status)


def _back(request: HttpRequest) -> str:
    return safe_next(request, request.POST.get("next")) or reverse("account-notifications")
