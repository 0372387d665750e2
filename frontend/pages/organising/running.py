"""Opening, locking, closing with a report, and everything else that changes a workshop's state: effects said before."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from collaboration.boards import services as boards
from collaboration.workshops import queries, services
from frontend.pages.acts import GET_OR_POST, nothing, posted
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.organising import act_forms
from frontend.pages.organising.acting import act, found


@signed_in
@require_http_methods(GET_OR_POST)
def open_it(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.open")
    into_lobby = _("People can join with the code, the link or their invitation, and wait until you let them in.")
    straight_in = _("People can join with the code, the link or their invitation.")
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.open_workshop(actor=actor, workshop=workshop),
        heading=_("Open the workshop"),
        effects=[
            into_lobby if workshop.has_lobby else straight_in,
            _("The board begins in the lobby. Nobody can write before a facilitator moves it on."),
            _("Columns and rules can no longer be changed on the plan."),
        ],
        button=_("Open it"),
        done=_("The workshop is open."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def lock(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.run")
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.lock(actor=actor, workshop=workshop),
        heading=_("Lock the workshop"),
        effects=[
            _("Nobody new can join, whatever code or link they hold."),
            _("Whoever takes part goes on, and can come back after losing the connection."),
        ],
        button=_("Lock it"),
        done=_("The workshop is locked."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def unlock(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.run")
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.unlock(actor=actor, workshop=workshop),
        heading=_("Let people join again"),
        effects=[_("The code, the link and invitations let people in again.")],
        button=_("Unlock it"),
        done=_("People can join again."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def report(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.open")
    form = act_forms.ReportForm(posted(request), initial={"next_on": workshop.next_on, "tell": True})
    told = queries.to_be_told(workshop).count()
    addresses = ngettext(
        "%(number)d person left an address or has an account, and can be sent the report.",
        "%(number)d people left an address or have an account, and can be sent the report.",
        told,
    )

    def close() -> None:
        # The day first: if it cannot be, the workshop is still open when that is said.
        if form.cleaned_data["next_on"] != workshop.next_on:
            services.set_next(actor=actor, workshop=workshop, on=form.cleaned_data["next_on"], text=workshop.next_text)
        services.report_workshop(actor=actor, workshop=workshop, tell=form.cleaned_data["tell"])

    return act(
        request,
        workshop=workshop,
        form=form,
        do=close,
        heading=_("Close the workshop with a report"),
        effects=[
            _("Nobody can write, vote or change anything on the board any more."),
            _("The report is there for everybody who may see the workshop. Turn notes into actions from it."),
            addresses % {"number": told},
            _("You can open the workshop again."),
        ],
        fields={"on": "next_on"},
        button=_("Close it"),
        done=_("The workshop is closed. Its report can be read."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.open")
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.reopen(actor=actor, workshop=workshop),
        heading=_("Open the workshop again"),
        effects=[
            _("Whoever took part can write again, in the stage that the board was in."),
            _("The time for which what was said is kept begins anew when you close it."),
        ],
        button=_("Open it again"),
        done=_("The workshop is open again."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def archive(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.open")
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.archive_workshop(actor=actor, workshop=workshop),
        heading=_("Archive the workshop"),
        effects=[_("The report stays where it is, and nothing about the workshop is changed any more.")],
        button=_("Archive it"),
        done=_("The workshop is archived."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.open")
    form = act_forms.ReasonForm(posted(request))
    number = queries.standing_invitations(workshop).count()
    told = ngettext(
        "%(number)d person who was invited is sent a mail, and the date leaves their calendar.",
        "%(number)d people who were invited are sent a mail, and the date leaves their calendars.",
        number,
    )
    return act(
        request,
        workshop=workshop,
        form=form,
        do=lambda: services.cancel_workshop(actor=actor, workshop=workshop, reason=form.cleaned_data["reason"]),
        heading=_("Cancel the workshop"),
        warning=_("A workshop that is cancelled cannot be opened again."),
        effects=[told % {"number": number}, _("You can plan another one like it from its page.")],
        button=_("Cancel the workshop"),
        done=_("The workshop is cancelled."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def rehearse(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.edit")
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.copy_for_rehearsal(actor=actor, workshop=workshop),
        heading=_("Rehearse the workshop"),
        effects=[
            _("A copy is made, with a code of its own, that you can open and try out with the team."),
            _("Nothing in it counts, and nobody who was invited hears of it."),
        ],
        button=_("Make the copy"),
        done=_("Here is the copy to rehearse on."),
        to=lambda made: made,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def copy(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.copy")
    form = act_forms.CopyForm(posted(request), initial={"title": workshop.title})

    return act(
        request,
        workshop=workshop,
        form=form,
        do=lambda: services.copy_workshop(actor=actor, workshop=workshop, title=form.cleaned_data["title"]),
        heading=_("Plan another one like this"),
        effects=[_("Question, columns, stages and rules are copied. People, dates and what was said are not.")],
        button=_("Make the copy"),
        done=_("The new workshop is planned. Look through its plan."),
        to=lambda made: reverse("workshop-plan", args=[made.code]),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def renew_link(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.run")
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.renew_link(actor=actor, workshop=workshop),
        heading=_("Make a new link"),
        warning=_("The link and the QR code that were given out no longer work. Print the poster anew."),
        effects=[_("The code stays as it is, and so do invitations and everybody who has joined.")],
        button=_("Make a new link"),
        done=_("The link and the QR code are new."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def hold(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.hold")
    form = act_forms.HoldForm(posted(request))
    return act(
        request,
        workshop=workshop,
        form=form,
        do=lambda: services.hold(actor=actor, workshop=workshop, reason=form.cleaned_data["reason"]),
        heading=_("Keep what was said beyond its date of removal"),
        effects=[
            _("Nothing that was said is removed before the hold ends, whatever the retention clock says."),
            _("Use it while a request for information or a dispute is open."),
        ],
        button=_("Hold it"),
        done=_("What was said is held."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def release(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.hold")
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: services.release_hold(actor=actor, workshop=workshop),
        heading=_("End the hold on what was said"),
        effects=[_("What was said is removed when its time is over.")],
        button=_("End the hold"),
        done=_("The hold has ended."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def tell_next(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.open")
    form = act_forms.NextForm(
        posted(request),
        initial={"next_on": workshop.next_on, "next_text": workshop.next_text},
    )
    tells = "tell" in request.POST
    told = queries.to_be_told(workshop).count()
    send = ngettext("Save and tell %(number)d person", "Save and tell %(number)d people", told) % {"number": told}

    def say() -> None:
        services.set_next(
            actor=actor, workshop=workshop, on=form.cleaned_data["next_on"], text=form.cleaned_data["next_text"]
        )
        if tells:
            services.tell_next(actor=actor, workshop=workshop)

    return act(
        request,
        workshop=workshop,
        form=form,
        do=say,
        heading=_("What happened next"),
        fields={"on": "next_on", "text": "next_text"},
        effects=[
            _("It is shown in the report as soon as you save it."),
            _("People who left an address are sent it when you tell them. A mail cannot be called back."),
        ],
        button=_("Save"),
        second_button=("tell", send) if workshop.status == "reported" and told and not workshop.next_told_at else None,
        done=_("People are told what happened next.") if tells else _("Saved."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def import_board(request: HttpRequest, code: str) -> HttpResponse:
    actor, workshop = actor_of(request), found(request, code, "workshop.edit")
    form = act_forms.ImportForm(*((request.POST, request.FILES) if request.method == "POST" else ()))

    def bring() -> Any:
        boards.import_board(actor=actor, workshop=workshop, file=form.board())

    return act(
        request,
        workshop=workshop,
        form=form,
        do=bring,
        heading=_("Import a board"),
        effects=[
            _("The board of this workshop becomes the one in the file: its columns, notes, groups and votes."),
            _("It begins in the stage in which the file was saved. The plan then has its question, columns and rules."),
            _("Who wrote what is kept where the file says so; nobody in it becomes a participant here."),
        ],
        button=_("Import it"),
        multipart=True,
        done=_("The board is imported."),
    )
