"""What is done to an action: a page each, with a form and a button. A GET changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.actions import queries
from collaboration.actions.services import asking, making, working
from collaboration.initiatives import queries as register
from frontend.pages import acts
from frontend.pages.acting import forms
from frontend.pages.acts import GET_OR_POST, nothing, posted, version_of
from frontend.pages.gate import actor_of, signed_in
from groundwork.access.rules import require


def _act(request: HttpRequest, *, action: Any, **said: Any) -> HttpResponse:
    """A page for one act upon ``action``."""
    back = (action.get_absolute_url(), action.reference)
    return acts.act(request, back=back, caption=f"{action.reference} {action.what}", **said)


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """A new action, of an initiative where the address names one."""
    actor = actor_of(request)
    require(actor, "action.make")
    reference = request.GET.get("initiative", "")
    initiative = register.get(actor, reference) if reference else None
    if initiative is not None:
        require(actor, "initiative.update", initiative)
    form = forms.NewActionForm(posted(request))

    def make() -> Any:
        said = form.cleaned_data
        return making.make(
            actor=actor,
            what=said["what"],
            details=said["details"],
            due_on=said["due_on"],
            visibility=said["visibility"],
            who=asking.somebody(email=said["email"], name=said["name"]),
            initiative=initiative,
        )

    return acts.act(
        request,
        form=form,
        do=make,
        to=lambda made: made,
        heading=_("A new action"),
        caption=f"{initiative.reference} {initiative.title}" if initiative else "",
        back=(initiative.get_absolute_url(), initiative.reference)
        if initiative
        else (reverse("actions"), _("Actions")),
        button=_("Save the action"),
        done=_("The action is saved. Whoever was named by address is asked by mail."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def reply(request: HttpRequest, reference: str) -> HttpResponse:
    """Whoever was asked accepts or declines."""
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.answer", action)
    form = forms.answer_form(posted(request))

    def answer() -> Any:
        if form.is_yes:
            return asking.accept(actor=actor, action=action)
        return asking.decline(actor=actor, action=action, reason=form.cleaned_data["reason"])

    return _act(
        request,
        action=action,
        form=form,
        do=answer,
        heading=_("Will you take this on?"),
        button=_("Send your answer"),
        done=lambda: _("It is yours now.") if form.is_yes else _("You have declined. Whoever asked is told."),
        to=reverse("actions"),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def claim(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.claim", action)
    return _act(
        request,
        action=action,
        form=nothing(request),
        do=lambda: asking.claim(actor=actor, action=action),
        heading=_("Take this on?"),
        button=_("Yes, I take it on"),
        done=_("It is yours now."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def done(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.finish", action)
    form = forms.DoneForm(posted(request))
    return _act(
        request,
        action=action,
        form=form,
        do=lambda: working.finish(actor=actor, action=action, **form.cleaned_data),
        heading=_("Is it done?"),
        button=_("Yes, it is done"),
        done=_("Thank you. It is marked as done."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def update(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.update", action)
    form = forms.UpdateForm(posted(request))
    return _act(
        request,
        action=action,
        form=form,
        do=lambda: working.add_update(actor=actor, action=action, text=form.cleaned_data["text"]),
        heading=_("How is it going?"),
        button=_("Add this"),
        done=_("Thank you. It is on the page."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def block(request: HttpRequest, reference: str) -> HttpResponse:
    """Something stands in the way."""
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.block", action)
    form = forms.BlockForm(posted(request), initial={"reason": action.blocked_reason})
    return _act(
        request,
        action=action,
        form=form,
        do=lambda: working.block(actor=actor, action=action, reason=form.cleaned_data["reason"]),
        heading=_("Does something stand in the way?"),
        intro=_("Whoever asked for this action is told, so that they can help."),
        button=_("Say so"),
        done=_("Thank you. Whoever asked for it is told."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def unblock(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.block", action)
    return _act(
        request,
        action=action,
        form=nothing(request),
        do=lambda: working.unblock(actor=actor, action=action),
        heading=_("Is the way free again?"),
        button=_("Nothing stands in the way any more"),
        done=_("Thank you. It goes on."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask somebody; its owner hands it over so."""
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.ask", action)
    form = forms.AskForm(posted(request))

    def send() -> Any:
        who = asking.somebody(email=form.cleaned_data["email"], name=form.cleaned_data["name"])
        return asking.ask(actor=actor, action=action, who=who)

    return _act(
        request,
        action=action,
        form=form,
        do=send,
        heading=_("Ask somebody to take it on"),
        button=_("Ask them"),
        done=_("We have asked them by mail."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def change(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.change", action)
    initial = {name: getattr(action, name) for name in ("what", "details", "due_on", "visibility")}
    form = forms.ActionForm(posted(request), initial=initial)
    if action.room:
        form.fields["visibility"].choices = [forms.VISIBILITY[0], forms.IN_A_ROOM, *forms.VISIBILITY[1:]]  # type: ignore[attr-defined]
    version = version_of(request, action)
    return _act(
        request,
        action=action,
        form=form,
        do=lambda: making.change(actor=actor, action=action, version=version, **form.cleaned_data),
        heading=_("Change the action"),
        button=_("Save"),
        done=_("The change is saved."),
        of=action,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def drop(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.drop", action)
    form = forms.ReasonForm(posted(request))
    return _act(
        request,
        action=action,
        form=form,
        do=lambda: making.drop(actor=actor, action=action, reason=form.cleaned_data["reason"]),
        heading=_("Is it no longer needed?"),
        intro=_("Whoever took it on, or was asked to, is told."),
        button=_("It is no longer needed"),
        done=_("It is marked as no longer needed."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    action = queries.get(actor, reference)
    require(actor, "action.reopen", action)
    return _act(
        request,
        action=action,
        form=nothing(request),
        do=lambda: making.reopen(actor=actor, action=action),
        heading=_("Take it up again?"),
        button=_("Take it up again"),
        done=_("It is open again."),
    )
