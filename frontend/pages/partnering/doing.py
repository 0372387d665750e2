"""What keepers do to a partnership board: a page each, with a form and a button. A GET changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.governance.queries import board_lists, boards, meetings
from collaboration.governance.services import boards as services
from frontend.pages import acts
from frontend.pages.acts import GET_OR_POST, posted
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.partnering import forms
from groundwork.access.actors import Actor
from groundwork.access.rules import can, require
from groundwork.directory import queries as directory
from vision.frameworks import queries as frameworks


def found(request: HttpRequest, slug: str, verb: str) -> Any:
    """The board, for somebody who may do ``verb`` to it. Raises :class:`NotFound`, :class:`NotAllowed`."""
    actor = actor_of(request)
    board = boards.get(actor, slug)
    require(actor, verb, board)
    return board


def act(request: HttpRequest, *, board: Any, to: str = "", **said: Any) -> HttpResponse:
    """A page for one act upon ``board``, reached from ``to``, or from its page if empty."""
    return acts.act(
        request,
        template="frontend/partnering/act.html",
        back=(to or board.get_absolute_url(), board.name),
        caption=board.name,
        board=board,
        of=board if "version" in said["form"].fields else None,
        **said,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "partnership.create")
    form = forms.NewForm(posted(request))
    return acts.act(
        request,
        form=form,
        back=(reverse("partnerships"), _("Partnership boards")),
        to=lambda made: made,
        do=lambda: services.create(actor=actor, **form.cleaned_data),
        heading=_("Set up a partnership board"),
        button=_("Set it up"),
        done=_("It is there, as proposed. Add its seats, then make it active."),
        effects=[
            _("It is proposed until you make it active."),
            _("Its lead partner is the organisation you act for: %(name)s.")
            % {"name": actor.organisation.name if actor.organisation else ""},
        ],
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    actor, board = actor_of(request), found(request, slug, "partnership.edit")
    form = forms.EditForm(posted(request), initial=_initial(board), **_choices(actor, board))
    return act(
        request,
        form=form,
        do=lambda: services.edit(actor=actor, board=board, version=form.cleaned_data["version"], **form.said()),
        heading=_("Change the board"),
        button=_("Save"),
        done=_("Saved."),
        board=board,
    )


def _initial(board: Any) -> dict[str, Any]:
    told = {
        name: getattr(board, name)
        for name in (
            "version", "name", "abbreviation", "kind", "purpose", "access", "deciding", "quorum_organisations",
            "quorum_sectors", "papers_days",
        )
    }  # fmt: skip
    return told | {
        "elements": [each.code for each in board.elements.all()],
        "areas": [each.code for each in board.areas.all()],
        "lead": board.lead.slug if board.lead else "",
        "parent": board.parent.slug if board.parent else "",
        "named": "\n".join(board.named.order_by("email").values_list("email", flat=True)),
    }


def _choices(actor: Actor, board: Any) -> dict[str, Any]:
    """What can be chosen; what the board has already stays among it, so that saving never loses it."""
    elements = {each.code: each.label for each in frameworks.ambitions()}
    elements |= {each.code: f"{each.code} {each.label}" for each in board.elements.all() if each.code not in elements}
    areas = {each.code: each.name for each in directory.areas()}
    areas |= {each.code: each.name for each in board.areas.all()}
    leads = [("", _("Not stated"))] if board.lead is None else []
    if can(actor, "partnership.hand_over", board):
        leads += organisations()
        if board.lead is not None and board.lead.slug not in dict(leads):
            leads.append((board.lead.slug, board.lead.name))
    elif board.lead is not None:
        leads = [(board.lead.slug, board.lead.name)]
    parents = {each.slug: each.name for each in board_lists.parents_for(actor, board)}
    if board.parent is not None:
        parents.setdefault(board.parent.slug, board.parent.name)
    return {"elements": elements.items(), "areas": areas.items(), "leads": leads, "parents": parents.items()}


def organisations() -> list[tuple[str, str]]:
    """Those that speak for themselves, to choose from."""
    return [(each.slug, each.name) for each in directory.organisations() if not each.is_group]


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def terms(request: HttpRequest, slug: str) -> HttpResponse:
    actor, board = actor_of(request), found(request, slug, "partnership.edit")
    initial = {"version": board.version, "terms": board.terms, "terms_agreed_on": board.terms_agreed_on}
    form = forms.TermsForm(posted(request), initial=initial)
    return act(
        request,
        form=form,
        do=lambda: services.edit(actor=actor, board=board, **form.cleaned_data),
        heading=_("Terms of reference"),
        button=_("Save"),
        done=_("The terms of reference are saved."),
        board=board,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def activate(request: HttpRequest, slug: str) -> HttpResponse:
    actor, board = actor_of(request), found(request, slug, "partnership.activate")
    initial = {"version": board.version, "starts_on": board.starts_on, "ends_on": board.ends_on}
    form = forms.ActivateForm(posted(request), initial=initial)
    return act(
        request,
        form=form,
        do=lambda: services.activate(actor=actor, board=board, **form.cleaned_data),
        heading=_("Make the board active"),
        button=_("Make it active"),
        done=_("The board is active."),
        board=board,
        effects=[_("It stands in the list as active. That it was proposed stays in its history.")],
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def renew(request: HttpRequest, slug: str) -> HttpResponse:
    actor, board = actor_of(request), found(request, slug, "partnership.renew")
    form = forms.RenewForm(posted(request), initial={"version": board.version})
    return act(
        request,
        form=form,
        do=lambda: services.renew(actor=actor, board=board, **form.cleaned_data),
        heading=_("Renew the board"),
        button=_("Renew it"),
        done=_("The board goes on."),
        board=board,
        effects=[_("It is set up until %(day)s now.") % {"day": forms.in_words(board.ends_on)}]
        if board.ends_on
        else [],
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def close(request: HttpRequest, slug: str) -> HttpResponse:
    actor, board = actor_of(request), found(request, slug, "partnership.close")
    form = forms.CloseForm(posted(request), initial={"version": board.version})
    ahead = sum(each.is_ahead for each in meetings.forward_plan(actor, board))
    stays = ngettext(
        "%(number)d meeting to come stays on the plan. Cancel it first, so that people are told.",
        "%(number)d meetings to come stay on the plan. Cancel them first, so that people are told.",
        ahead,
    )
    return act(
        request,
        form=form,
        do=lambda: services.close(actor=actor, board=board, **form.cleaned_data),
        heading=_("Close the board"),
        button=_("Close it"),
        done=_("The board is closed."),
        board=board,
        effects=[
            _("Its seats end today, with who fills them and whose turn it was to chair."),
            _("Nothing about it changes any more. Its page and its history stay."),
            *([stays % {"number": ahead}] if ahead else []),
        ],
        warning=True,
    )
