"""Declaring an interest in a decision or in an item of an agenda, and taking a mistaken declaration back."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.governance.queries import boards
from collaboration.governance.queries import decisions as queries
from collaboration.governance.services import declaring
from frontend.pages import acts
from frontend.pages.acts import GET_OR_POST, nothing, posted
from frontend.pages.deciding import forms
from frontend.pages.gate import actor_of, signed_in
from groundwork.access.errors import Invalid, NotFound
from groundwork.access.rules import require
from groundwork.clock import today


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def declare(request: HttpRequest, reference: str) -> HttpResponse:
    """The reader's own interest in a decision."""
    found = queries.get(actor_of(request), reference)
    return _own(request, found, to=found.get_absolute_url(), decision=found)


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def declare_in_item(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The reader's own interest in an item of an agenda."""
    item = queries.item_seen(actor_of(request), uuid)
    return _own(request, item, to=item.meeting.get_absolute_url(), item=item)


def _own(request: HttpRequest, about: Any, *, to: str, **what: Any) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "interest.declare", about)
    form = forms.DeclareForm(posted(request))
    return acts.act(
        request,
        form=form,
        do=lambda: declaring.declare(actor=actor, **what, **form.cleaned_data),
        heading=_("Declare an interest"),
        caption=about.title,
        back=(to, about.title),
        intro=_(
            "You then take no part in it: no voice, no comment, and what is exempt is closed to you. Others of your "
            "organisation may still speak. Only those who run the meeting can take a declaration back."
        ),
        button=_("Declare it"),
        done=_("Your interest is declared."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def declare_for_another(request: HttpRequest, reference: str) -> HttpResponse:
    """An interest in a decision that somebody who sits on the board declares in the room, written down."""
    found = queries.get(actor_of(request), reference)
    return _of_another(request, found, found.board, today(), to=found.get_absolute_url(), decision=found)


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def declare_for_another_in_item(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same in an item of an agenda, while the meeting goes on: back to the screen on which it is run."""
    item = queries.item_seen(actor_of(request), uuid)
    meeting = item.meeting
    day = timezone.localtime(meeting.starts_at).date()
    return _of_another(request, item, meeting.board, day, to=reverse("meeting-run", args=[meeting.uuid]), item=item)


def _of_another(request: HttpRequest, about: Any, board: Any, day: date, *, to: str, **what: Any) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "interest.write_down", about)
    there = {str(each.person.pk): each for each in boards.people_to_invite(board, day) if each.person}
    people = [(key, f"{each.name}, {each.organisation.name}") for key, each in there.items()]
    form = forms.DeclareForAnotherForm(posted(request), people=people)

    def write() -> Any:
        said = dict(form.cleaned_data)
        who = there.get(said.pop("person"))
        if who is None:
            raise Invalid({"person": [_("Choose somebody who sits on the board.")]})
        return declaring.declare(actor=actor, **what, person=who.person, organisation=who.organisation, **said)

    return acts.act(
        request,
        form=form,
        do=write,
        heading=_("Write down an interest"),
        caption=about.title,
        back=(to, about.title),
        intro=_(
            "They then take no part in it: no voice, no comment, nothing to mark, and what is exempt is closed to them."
        ),
        button=_("Write it down"),
        done=_("The interest is written down."),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """A declaration that was a mistake."""
    actor = actor_of(request)
    found = queries.interests(actor, pk=pk).first() if pk < 2**31 else None
    if found is None:
        raise NotFound(_("There is no such declaration, or you may not see it."))
    require(actor, "interest.withdraw", found)
    return acts.act(
        request,
        form=nothing(request),
        do=lambda: declaring.withdraw(actor=actor, declaration=found),
        heading=_("Take this declaration back?"),
        caption=f"{found.name}, {found.organisation.name}",
        quote=found.text,
        button=_("Take it back"),
        done=_("The declaration is taken back."),
        back=(reverse("interests"), _("Interests declared")),
    )
