"""What a partnership officer does when the law asks: the full history of a board, and a person made unknown in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collaboration.boards import services as boards
from collaboration.workshops import queries
from frontend.pages.acts import GET_OR_POST, nothing
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.organising.acting import act, found
from groundwork.access.errors import NotFound
from groundwork.access.rules import require


@signed_in
@require_http_methods(GET_OR_POST)
def history(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that ever happened on the board, as a file. By POST: it is noted who took it."""
    actor, workshop = actor_of(request), found(request, code, "workshop.view")
    require(actor, "board.history", workshop.board)
    if request.method == "POST":
        content = boards.export_history(actor=actor, workshop=workshop)
        response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="workshop-{workshop.code}-history.json"'
        response["Cache-Control"] = "no-store"
        return response
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: None,
        heading=_("Take the full history of the board"),
        warning=_("It holds what was hidden and deleted too. Redact it before you give it to anybody."),
        effects=[
            _("You get one JSON file with every change, in order, from which each moment can be shown again."),
            _("Where names are hidden it names nobody, and what was removed for good is not in it."),
            _("It is kept in the history of this platform that you took it, and when."),
        ],
        button=_("Download it"),
        done="",
    )


@signed_in
@require_http_methods(GET_OR_POST)
def erase(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Somebody asks to be forgotten in this workshop."""
    actor, workshop = actor_of(request), found(request, code, "workshop.view")
    person = queries.participants(workshop).filter(pk=number).first()
    if person is None:
        raise NotFound(_("There is no such person in this workshop."))
    require(actor, "board.erase_person", person)
    return act(
        request,
        workshop=workshop,
        form=nothing(request),
        do=lambda: boards.erase_person(actor=actor, participation=person),
        heading=_("Make %(name)s unknown in this workshop") % {"name": person},
        warning=_("This cannot be undone."),
        effects=[
            _("Their name, organisation and addresses are removed, from every earlier moment of the board too."),
            _("What they wrote stays, as a former participant’s. Words that name them are removed on the board."),
            _("They leave the workshop."),
        ],
        button=_("Make them unknown"),
        done=_("They are unknown in this workshop now."),
    )
