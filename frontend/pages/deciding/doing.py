"""What is done to a decision: a page each, with a form and a button. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.governance.checklist import missing
from collaboration.governance.queries import boards
from collaboration.governance.queries import decisions as queries
from collaboration.governance.queries.voices import tally_of, voice_of, voices
from collaboration.governance.services import deciding, linking
from collaboration.governance.services import voices as speaking
from frontend.pages import acts
from frontend.pages.acts import GET_OR_POST, nothing, posted, version_of, whole_number
from frontend.pages.deciding import forms
from frontend.pages.gate import actor_of, signed_in
from groundwork.access.rules import require


def act(request: HttpRequest, *, decision: Any, template: str = "act", **said: Any) -> HttpResponse:
    """A page for one act upon ``decision``."""
    return acts.act(
        request,
        template=f"frontend/deciding/{template}.html",
        back=(decision.get_absolute_url(), decision.reference),
        caption=str(decision),
        decision=decision,
        **said,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """A proposal for the board that the address names."""
    actor = actor_of(request)
    board = boards.get(actor, request.GET.get("board", ""))
    require(actor, "decisions.propose", board)
    form = forms.DecisionForm(posted(request), board=board, widest=board.access)
    return acts.act(
        request,
        form=form,
        do=lambda: deciding.propose(actor=actor, board=board, **form.said()),
        heading=_("Propose a decision"),
        caption=board.name,
        back=(reverse("decisions"), _("Decisions")),
        to=lambda made: made,
        button=_("Save the proposal"),
        done=_("The proposal is saved. The board sees it."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def supersede(request: HttpRequest, reference: str) -> HttpResponse:
    """A proposal that takes the place of this decision once it is made."""
    actor = actor_of(request)
    old = queries.get(actor, reference)
    require(actor, "decision.settle", old)
    form = forms.DecisionForm(posted(request), board=old.board, widest=old.board.access)

    return act(
        request,
        decision=old,
        form=form,
        do=lambda: deciding.supersede(actor=actor, decision=old, **form.said()),
        heading=_("Propose what supersedes %(reference)s") % {"reference": old.reference},
        to=lambda made: made,
        intro=_("Until this is made, %(reference)s stands.") % {"reference": old.reference},
        button=_("Save the proposal"),
        done=_("The proposal is saved. The board sees it."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    found = queries.get(actor, reference)
    require(actor, "decision.change", found)
    form = forms.DecisionForm(posted(request), decision=found)
    version = version_of(request, found)
    return act(
        request,
        decision=found,
        form=form,
        do=lambda: deciding.change(actor=actor, decision=found, version=version, **form.said()),
        heading=_("Change what the decision says"),
        button=_("Save"),
        done=_("The change is saved."),
        of=found,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def voice(request: HttpRequest, reference: str) -> HttpResponse:
    """The voice of the reader's organisation; a later word takes the place of an earlier one."""
    actor = actor_of(request)
    found = queries.get(actor, reference)
    require(actor, "decision.voice", found)
    mine = voice_of(actor, found)
    initial = {"choice": mine.choice, "reason": mine.reason} if mine else {}
    form = forms.VoiceForm(posted(request), initial=initial)
    intro = ""
    if mine is not None:
        who = mine.person.display_name if mine.person else _("the secretary, in the room")
        intro = _("Your organisation has spoken: %(choice)s (%(who)s). What you say now takes its place.") % {
            "choice": mine.get_choice_display(),
            "who": who,
        }
    return act(
        request,
        decision=found,
        form=form,
        do=lambda: speaking.give(actor=actor, decision=found, **form.cleaned_data),
        heading=_("The voice of %(organisation)s") % {"organisation": actor.organisation.name}
        if actor.organisation
        else "",
        intro=intro,
        button=_("Give this voice"),
        done=_("Your organisation’s voice is given."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def room(request: HttpRequest, reference: str) -> HttpResponse:
    """What organisations say in the room, written down at once for all of them."""
    actor = actor_of(request)
    found = queries.get(actor, reference)
    require(actor, "decision.take_voices", found)
    said = {each.organisation_id: each.choice for each in voices(found)}
    form = forms.RoomForm(posted(request), organisations=boards.voting_organisations(found.board), said=said)
    return act(
        request,
        decision=found,
        form=form,
        do=lambda: speaking.take_down(actor=actor, decision=found, said=form.said()),
        heading=_("What organisations say in the room"),
        intro=_("One voice for each organisation. What you write down takes the place of what was said before."),
        button=_("Save the voices"),
        done=_("The voices are written down."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def make(request: HttpRequest, reference: str) -> HttpResponse:
    actor = actor_of(request)
    found = queries.get(actor, reference)
    require(actor, "decision.settle", found)
    form = forms.MakeForm(posted(request))
    unsaid = missing(found)
    return act(
        request,
        decision=found,
        form=form,
        do=lambda: deciding.make(actor=actor, decision=found, decided_on=form.cleaned_data["decided_on"]),
        heading=_("Make the decision?"),
        intro=tally_of(found).in_words,
        unsaid=unsaid,
        button=_("Yes, it is decided"),
        done=_("It is decided."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def review(request: HttpRequest, reference: str) -> HttpResponse:
    """It stands, and is looked at again on a day; what no longer stands is superseded."""
    actor = actor_of(request)
    found = queries.get(actor, reference)
    require(actor, "decision.settle", found)
    form = forms.ReviewForm(posted(request))
    version = version_of(request, found)
    return act(
        request,
        decision=found,
        form=form,
        do=lambda: deciding.review(actor=actor, decision=found, version=version, **form.cleaned_data),
        heading=_("Does this decision still stand?"),
        other=(reverse("decision-supersede", args=[found.reference]), _("No: propose what supersedes it")),
        button=_("Yes, it stands"),
        done=_("It is reviewed, and stands."),
        of=found,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def changes(request: HttpRequest, reference: str) -> HttpResponse:
    """What it changes: one thing at a time."""
    actor = actor_of(request)
    found = queries.get(actor, reference)
    require(actor, "decision.change", found)
    gone = request.POST.get("remove", "")
    if gone:
        linking.remove(actor=actor, decision=found, pk=whole_number(gone) or 0)
        messages.success(request, _("It is taken out."))
        return redirect("decision-changes", found.reference)
    form = forms.ChangesForm(posted(request))
    return act(
        request,
        decision=found,
        form=form,
        do=lambda: linking.add(actor=actor, decision=found, **form.cleaned_data),
        heading=_("What it changes"),
        intro=_("Name one thing at a time. The decision is then shown on its page as “Decided here”."),
        button=_("Add this"),
        done=_("It is added."),
        to=reverse("decision-changes", args=[found.reference]),
        template="changes",
        changes=queries.changes_of(actor, found),
    )


@signed_in
def open_for_voices(request: HttpRequest, reference: str) -> HttpResponse:
    return _plain(
        request,
        reference,
        deciding.open_for_voices,
        heading=gettext_lazy("Open it for voices?"),
        intro=gettext_lazy("The people who sit for organisations with a vote are asked by email."),
        button=gettext_lazy("Open it for voices"),
        done=gettext_lazy("It is open for voices."),
    )


@signed_in
def take_back(request: HttpRequest, reference: str) -> HttpResponse:
    return _plain(
        request,
        reference,
        deciding.take_back,
        heading=gettext_lazy("Take it back to a proposal?"),
        intro=gettext_lazy("Voices that were given are given anew. The history keeps them."),
        button=gettext_lazy("Take it back"),
        done=gettext_lazy("It is a proposal again."),
    )


@signed_in
def not_agreed(request: HttpRequest, reference: str) -> HttpResponse:
    return _plain(
        request,
        reference,
        deciding.not_agreed,
        heading=gettext_lazy("Does the board not agree?"),
        intro=gettext_lazy("That it was not agreed, and by whose voices, is shown like a decision."),
        button=gettext_lazy("The board does not agree"),
        done=gettext_lazy("It is marked as not agreed."),
        asks_why=True,
    )


@signed_in
def defer(request: HttpRequest, reference: str) -> HttpResponse:
    return _plain(
        request,
        reference,
        deciding.defer,
        heading=gettext_lazy("Defer it?"),
        intro=gettext_lazy("It can be opened again later."),
        button=gettext_lazy("Defer it"),
        done=gettext_lazy("It is deferred."),
        asks_why=True,
    )


@signed_in
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    return _plain(
        request,
        reference,
        deciding.withdraw,
        heading=gettext_lazy("Withdraw it?"),
        intro=gettext_lazy("It cannot be opened again."),
        button=gettext_lazy("Withdraw it"),
        done=gettext_lazy("It is withdrawn."),
        asks_why=True,
    )


@never_cache
@require_http_methods(GET_OR_POST)
def _plain(
    request: HttpRequest, reference: str, do: Callable[..., Any], *, asks_why: bool = False, **words: Any
) -> HttpResponse:
    """An act with a button, and with a reason where ``asks_why``."""
    actor = actor_of(request)
    found = queries.get(actor, reference)
    require(actor, "decision.settle", found)
    form = forms.ReasonForm(posted(request)) if asks_why else nothing(request)

    def done() -> Any:
        return do(actor=actor, decision=found, **(form.cleaned_data if asks_why else {}))

    return act(request, decision=found, form=form, do=done, **words)
