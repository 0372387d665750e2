"""Seats and chairs: keepers add, change and end seats and name chairs; organisations say who fills their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.governance.queries import boards
from collaboration.governance.services import chairing, seats
from frontend.pages.acts import GET_OR_POST, nothing, posted
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.partnering import forms
from frontend.pages.partnering.doing import act, found, organisations
from groundwork.access.rules import require
from groundwork.directory.queries import mandates_in_force


def _seat(request: HttpRequest, slug: str, pk: int, verb: str) -> tuple[Any, Any]:
    """The board and its seat, for somebody who may do ``verb``. Raises :class:`NotFound`, :class:`NotAllowed`."""
    actor = actor_of(request)
    board = boards.get(actor, slug)
    seat = boards.find_seat(actor, board, pk)
    require(actor, verb, seat)
    return board, seat


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def add(request: HttpRequest, slug: str) -> HttpResponse:
    actor, board = actor_of(request), found(request, slug, "partnership.add_seat")
    form = forms.NewSeatForm(posted(request), initial={"version": board.version}, organisations=organisations())
    return act(
        request,
        form=form,
        do=lambda: seats.add(actor=actor, board=board, **form.cleaned_data),
        heading=_("Add a seat"),
        button=_("Add the seat"),
        done=_("The seat is there. The leads of its organisation say who fills it."),
        board=board,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    actor = actor_of(request)
    board, seat = _seat(request, slug, pk, "seat.change")
    form = forms.SeatForm(posted(request), initial={"version": board.version, "role": seat.role, "title": seat.title})
    return act(
        request,
        form=form,
        do=lambda: seats.change(actor=actor, seat=seat, **form.cleaned_data),
        heading=_("Change the seat of %(organisation)s") % {"organisation": seat.organisation.name},
        button=_("Save"),
        done=_("The seat is changed."),
        board=board,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    actor = actor_of(request)
    board, seat = _seat(request, slug, pk, "seat.end")
    form = forms.VersionForm(posted(request), initial={"version": board.version})
    return act(
        request,
        form=form,
        do=lambda: seats.end(actor=actor, seat=seat, **form.cleaned_data),
        heading=_("End the seat of %(organisation)s") % {"organisation": seat.organisation.name},
        button=_("End the seat"),
        done=_("The seat has ended."),
        board=board,
        effects=[_("It ends today, with who fills it and its turns to chair. What it was stays in the history.")],
        warning=True,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def fill(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    actor = actor_of(request)
    board, seat = _seat(request, slug, pk, "seat.appoint")
    people = {
        str(mandate.pk): f"{mandate.person.display_name} ({mandate.get_role_display()})"
        for mandate in mandates_in_force([seat.organisation])
    }
    form = forms.FillForm(posted(request), people=people.items())
    return act(
        request,
        form=form,
        do=lambda: seats.appoint(actor=actor, seat=seat, **_numbered(form.cleaned_data, "mandate")),
        heading=_("Who fills the seat of %(organisation)s?") % {"organisation": seat.organisation.name},
        button=_("Save"),
        done=_("The seat is filled."),
        board=board,
        other=(
            reverse("organisation-people", args=[seat.organisation.slug]),
            _("Somebody is missing: see who acts for your organisation, and invite them"),
        ),
    )


def _numbered(said: dict[str, Any], name: str) -> dict[str, Any]:
    """What was chosen by its key, as the number it is."""
    return said | {name: int(said[name])}


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def leave(request: HttpRequest, slug: str, pk: int, holder: int) -> HttpResponse:
    actor = actor_of(request)
    board, seat = _seat(request, slug, pk, "seat.appoint")
    held = boards.find_holder(seat, holder)
    name = held.person.display_name if held.person else ""
    return act(
        request,
        form=nothing(request),
        do=lambda: seats.leave(actor=actor, holder=held),
        heading=_("End what %(name)s does on this board") % {"name": name},
        button=_("End it"),
        done=_("They have left the seat."),
        board=board,
        effects=[_("They leave the seat today. It is vacant until you say who fills it.")],
        warning=True,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def ask(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    actor = actor_of(request)
    board, seat = _seat(request, slug, pk, "seat.ask")
    return act(
        request,
        form=nothing(request),
        do=lambda: seats.ask_to_fill(actor=actor, seat=seat),
        heading=_("Ask %(organisation)s to fill its seat") % {"organisation": seat.organisation.name},
        button=_("Ask them"),
        done=_("They are asked."),
        board=board,
        effects=[_("Everybody who leads the organisation is sent a mail with a link to fill it.")],
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def chair(request: HttpRequest, slug: str) -> HttpResponse:
    actor, board = actor_of(request), found(request, slug, "partnership.name_chair")
    rows = [each for each in boards.sitting(board) if each.seat.role != "secretary"]
    choices = [(str(each.seat.pk), _of(each.seat)) for each in rows]
    form = forms.ChairForm(posted(request), initial={"version": board.version}, seats=choices)
    return act(
        request,
        form=form,
        do=lambda: chairing.name(actor=actor, board=board, **_numbered(form.cleaned_data, "seat")),
        heading=_("Name the chair"),
        button=_("Save"),
        done=_("The chair is named. Whoever sits there is reminded before their turn begins."),
        board=board,
        terms=boards.terms_of(board),
        intro=_("The chair belongs to a seat for a term, so that it can go round. Terms cannot overlap."),
    )


def _of(seat: Any) -> str:
    return f"{seat.organisation.name} ({seat.title})" if seat.title else str(seat.organisation.name)


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def end_term(request: HttpRequest, slug: str, term: int) -> HttpResponse:
    actor, board = actor_of(request), found(request, slug, "partnership.name_chair")
    held = boards.find_term(board, term)
    form = forms.VersionForm(posted(request), initial={"version": board.version})
    return act(
        request,
        form=form,
        do=lambda: chairing.end(actor=actor, term=held, **form.cleaned_data),
        heading=_("End the turn of %(organisation)s") % {"organisation": held.seat.organisation.name},
        button=_("End it"),
        done=_("The turn has ended."),
        board=board,
        to=reverse("partnership-chair", args=[board.slug]),
        effects=[_("It ends today. A turn that was only planned does not begin.")],
        warning=True,
    )
