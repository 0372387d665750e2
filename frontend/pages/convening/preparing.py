"""The agenda and the papers of a meeting, as those who prepare it and who was asked for a paper change them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collaboration.governance import suggesting
from collaboration.governance.queries import boards, visible
from collaboration.governance.queries import meetings as queries
from collaboration.governance.services import agenda, papers
from frontend.pages.acts import GET_OR_POST, nothing, posted
from frontend.pages.convening import forms
from frontend.pages.convening.acting import act, found, plan_of
from frontend.pages.convening.planning import levels_within
from frontend.pages.gate import actor_of, signed_in
from groundwork.access.errors import DomainError, NotFound
from groundwork.access.rules import can, require

MOST_PLACES = 9999


@signed_in
@require_http_methods(GET_OR_POST)
def order(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put the agenda in order: by numbers, or one item up or down. Also adds the usual items."""
    actor, meeting = actor_of(request), found(request, uuid)
    if request.method == "POST":
        try:
            _ordered(request, actor, meeting)
        except DomainError as error:
            messages.error(request, str(error.message))
    return redirect(f"{plan_of(meeting)}#agenda")


def _ordered(request: HttpRequest, actor: Any, meeting: Any) -> None:
    if "usual" in request.POST:
        made = agenda.start_with_usual(actor=actor, meeting=meeting)
        messages.success(request, _("Items added: %(count)s.") % {"count": len(made)})
        return
    items = {str(each.uuid): each for each in meeting.items.all()}
    for to in ("up", "down"):
        if (asked := request.POST.get(to)) is not None:
            item = items.get(asked)
            if item is None:
                raise NotFound(_("This item is not on the agenda any more."))
            agenda.move(actor=actor, item=item, to=to)
            return
    places, wrong = {}, False
    for key, item in items.items():
        typed = request.POST.get(f"place-{key}", "").strip()
        if typed.isascii() and typed.isdigit() and 0 < int(typed[:5]) <= MOST_PLACES:
            places[item.pk] = int(typed[:5])
        else:
            wrong = wrong or bool(typed)
    agenda.put_in_order(actor=actor, meeting=meeting, places=places)
    if wrong:
        messages.error(request, _("A place must be a whole number, such as 3. The other numbers were used."))
    else:
        messages.success(request, _("The agenda is in the order you gave."))


@signed_in
@require_http_methods(GET_OR_POST)
def suggestions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the platform itself suggests: take it, or set it aside."""
    actor, meeting = actor_of(request), found(request, uuid)
    if request.method == "POST":
        what, _sign, rest = request.POST.get("act", "").partition(":")
        kind, _sign, source = rest.partition(":")
        try:
            if what == "take":
                item = agenda.take(actor=actor, meeting=meeting, kind=kind, source_id=source)
                messages.success(request, _("On the agenda: %(title)s") % {"title": item.title})
            else:
                agenda.set_aside(actor=actor, meeting=meeting, kind=kind, source_id=source)
                messages.success(request, _("Set aside for this meeting."))
        except DomainError as error:
            messages.error(request, str(error.message))
        return redirect(request.path)
    labels = suggesting.kinds()
    found_now = agenda.suggestions(actor, meeting) if meeting.is_ahead else {}
    groups = [(labels[kind], some) for kind, some in found_now.items()]
    return render(request, "frontend/convening/suggestions.html", {"meeting": meeting, "groups": groups})


def _item_form(request: HttpRequest, meeting: Any, **initial: Any) -> forms.ItemForm:
    return forms.ItemForm(
        posted(request),
        organisations=queries.organisations_sitting(meeting),
        levels=levels_within(meeting.access)[1:],
        initial=initial,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def item_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    actor, meeting = actor_of(request), found(request, uuid)
    form = _item_form(request, meeting)
    return act(
        request,
        meeting=meeting,
        form=form,
        do=lambda: agenda.add(actor=actor, meeting=meeting, **form.said),
        heading=_("Add an item"),
        button=_("Add it"),
        done=_("The item is on the agenda."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def item(request: HttpRequest, uuid: UUID, item: UUID) -> HttpResponse:
    actor, meeting = actor_of(request), found(request, uuid)
    shown = queries.find_item(actor, meeting, item)
    names = ("title", "purpose", "minutes", "owner_name", "text", "kind", "exempt", "exempt_reason", "access")
    owner = shown.owner_organisation.slug if shown.owner_organisation else ""
    initial = {"version": shown.version, "owner_organisation": owner}
    form = _item_form(request, meeting, **initial, **{name: getattr(shown, name) for name in names})
    return act(
        request,
        meeting=meeting,
        form=form,
        do=lambda: agenda.change(actor=actor, item=shown, version=form.cleaned_data["version"], **form.said),
        heading=_("Change an item"),
        button=_("Save"),
        done=_("The item is changed."),
        of=shown,
        item=shown,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def item_remove(request: HttpRequest, uuid: UUID, item: UUID) -> HttpResponse:
    actor, meeting = actor_of(request), found(request, uuid)
    shown = queries.find_item(actor, meeting, item)
    return act(
        request,
        meeting=meeting,
        form=nothing(request),
        do=lambda: agenda.remove(actor=actor, item=shown),
        heading=_("Take “%(title)s” off the agenda") % {"title": shown.title},
        effects=[_("Its papers stay with the meeting.")],
        button=_("Take it off"),
        done=_("The item is off the agenda."),
    )


def _people(meeting: Any) -> list[tuple[str, str]]:
    day = timezone.localtime(meeting.starts_at).date()
    return [
        (str(each.person.pk), f"{each.name}, {each.organisation}")
        for each in boards.people_to_invite(meeting.board, day)
    ]


def _person(meeting: Any, key: str) -> Any:
    day = timezone.localtime(meeting.starts_at).date()
    return next(each.person for each in boards.people_to_invite(meeting.board, day) if str(each.person.pk) == key)


@signed_in
@require_http_methods(GET_OR_POST)
def paper_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask somebody for a paper, or add one that is there."""
    actor, meeting = actor_of(request), found(request, uuid)
    form = forms.PaperForm(
        posted(request),
        items=visible.items(actor).filter(meeting=meeting),
        people=_people(meeting),
        runs=True,
        initial={"item": request.GET.get("item", "")},
    )

    def save() -> None:
        said = form.said
        if key := form.cleaned_data["asked_of"]:
            of = _person(meeting, key)
            asked = {name: said[name] for name in ("item", "exempt", "exempt_reason")}
            papers.ask(actor=actor, meeting=meeting, title=said["title"], of=of, **asked)
        else:
            papers.add(actor=actor, meeting=meeting, **said)

    return act(
        request,
        meeting=meeting,
        form=form,
        do=save,
        heading=_("Add or ask for a paper"),
        button=_("Save"),
        done=_("The paper is noted."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def paper_edit(request: HttpRequest, uuid: UUID, paper: UUID) -> HttpResponse:
    """Hand in a paper that was asked for, or change one."""
    actor = actor_of(request)
    shown = queries.find_paper(actor, uuid, paper)
    require(actor, "paper.submit", shown)
    runs = bool(can(actor, "meeting.edit", shown.meeting))
    form = forms.PaperForm(
        posted(request),
        items=visible.items(actor).filter(meeting=shown.meeting) if runs else [],
        people=None,
        runs=runs,
        initial={
            "version": shown.version,
            "item": str(shown.item.uuid) if shown.item else "",
            **{name: getattr(shown, name) for name in ("title", "body", "link", "exempt", "exempt_reason")},
        },
    )
    return act(
        request,
        meeting=shown.meeting,
        form=form,
        do=lambda: papers.submit(actor=actor, paper=shown, version=form.cleaned_data["version"], **form.said),
        heading=_("Change the paper") if shown.submitted_at else _("Hand in the paper"),
        button=_("Save"),
        done=_("The paper is in."),
        of=shown,
        to=shown.get_absolute_url(),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def paper_remove(request: HttpRequest, uuid: UUID, paper: UUID) -> HttpResponse:
    actor = actor_of(request)
    meeting = found(request, uuid)
    shown = queries.find_paper(actor, uuid, paper)
    return act(
        request,
        meeting=meeting,
        form=nothing(request),
        do=lambda: papers.remove(actor=actor, paper=shown),
        heading=_("Remove “%(title)s”") % {"title": shown.title},
        warning=_("This cannot be undone."),
        button=_("Remove it"),
        done=_("The paper is removed."),
    )
