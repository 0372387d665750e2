"""What is done to recommendations, and to what is noted of assemblies, briefings and letters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from collaboration.governance.queries import recommendations as queries
from collaboration.governance.services import engaging, recommending
from frontend.pages import acts
from frontend.pages.acts import GET_OR_POST, posted, version_of
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.recommending import forms
from groundwork.access.rules import require


def _act(request: HttpRequest, it: Any, **said: Any) -> HttpResponse:
    """A page for one act upon ``it``: a recommendation, or what is noted of an assembly, a briefing or a letter."""
    return acts.act(request, back=(it.get_absolute_url(), it.title), caption=it.title, **said)


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def assign(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    actor = actor_of(request)
    it = queries.get(actor, slug, code)
    require(actor, "recommendation.assign", it)
    initial = {"owner": it.owner.slug if it.owner else "", "due_on": it.due_on}
    form = forms.AssignForm(posted(request), initial=initial)
    version = version_of(request, it)
    return _act(
        request,
        it,
        form=form,
        do=lambda: recommending.assign(actor=actor, recommendation=it, version=version, **form.cleaned_data),
        heading=_("Who answers for it, and by when?"),
        button=_("Save"),
        done=_("Saved. An organisation that is asked answers on this page."),
        of=it,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def answer(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    actor = actor_of(request)
    it = queries.get(actor, slug, code)
    require(actor, "recommendation.accept", it)
    form = forms.answer_form(posted(request))

    def do() -> Any:
        if form.is_yes:
            return recommending.accept(actor=actor, recommendation=it)
        return recommending.decline(actor=actor, recommendation=it, reason=form.cleaned_data["reason"])

    return _act(
        request,
        it,
        form=form,
        do=do,
        heading=_("Does your organisation answer for this?"),
        button=_("Send your answer"),
        done=_("Thank you. Your answer is on the page."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def report(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    actor = actor_of(request)
    it = queries.get(actor, slug, code)
    require(actor, "recommendation.report", it)
    initial = {"status": it.status, "response": it.response, "evidence": it.evidence}
    form = forms.ReportForm(posted(request), initial=initial)
    version = version_of(request, it)
    return _act(
        request,
        it,
        form=form,
        do=lambda: recommending.report(actor=actor, recommendation=it, version=version, **form.cleaned_data),
        heading=_("How far is it?"),
        button=_("Save"),
        done=_("Thank you. It is on the page."),
        of=it,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def engagement_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "engagements.log")
    form = forms.EngagementForm(posted(request))
    return acts.act(
        request,
        form=form,
        to=lambda made: made,
        do=lambda: engaging.log(actor=actor, **form.said),
        heading=_("Note an assembly, a briefing or a letter"),
        button=_("Save"),
        done=_("It is noted."),
        back=(reverse("engagements"), _("Assemblies, briefings and letters")),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def engagement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    it = queries.get_engagement(actor, pk)
    require(actor, "engagement.edit", it)
    names = ("kind", "title", "held_on", "audience", "reached", "themes", "link", "access")
    promises = "\n".join(each.text for each in it.commitments.all())
    initial = {"promises": promises, **{name: getattr(it, name) for name in names}}
    form = forms.EngagementForm(posted(request), initial=initial)
    version = version_of(request, it)
    return _act(
        request,
        it,
        form=form,
        do=lambda: engaging.edit(actor=actor, engagement=it, version=version, **form.said),
        heading=_("Change what is noted"),
        button=_("Save"),
        done=_("Saved."),
        of=it,
    )


@never_cache
@signed_in
@require_POST
def promise(request: HttpRequest, pk: int, promise: int) -> HttpResponse:
    """What was promised becomes an action."""
    actor = actor_of(request)
    it = queries.get_engagement(actor, pk)
    action = engaging.make_action(actor=actor, engagement=it, promise=promise)
    messages.success(request, _("It is an action now. Ask somebody to take it on."))
    return redirect(action.get_absolute_url())
