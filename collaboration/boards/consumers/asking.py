"""Requests to a board over plain HTTP: who asks, what they hold; and what a step to another stage would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from collaboration.boards import states
from collaboration.boards.committing import actor_of
from collaboration.boards.consumers.door import Admitted, TurnedAway, admitted, guest_secret
from collaboration.boards.consumers.saying import bye_frame
from collaboration.boards.engine.effects import effects
from collaboration.boards.engine.limits import LARGEST_NUMBER, LONGEST_KEY
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.stages import Stage
from collaboration.boards.engine.texts import is_id
from collaboration.boards.models import Board
from collaboration.boards.standing import Holder
from collaboration.workshops import queries as workshops
from groundwork.access.errors import NotFound


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who may be on the board, and with which device."""

    admitted: Admitted
    device: str

    def viewer(self, board_id: UUID) -> Actor:
        return actor_of(self.admitted.standing, board_id, self.device)


def asker(request: HttpRequest, board_id: UUID) -> Asker:
    """Who asks, by the session or the guest's cookie. Raises :class:`TurnedAway`, or :class:`NotFound`."""
    language = get_language() or "en"
    board = Board.objects.select_related("workshop").filter(pk=board_id).first()
    if board is None:
        raise TurnedAway(4004, language)
    person = request.actor.person  # type: ignore[attr-defined]
    participation = workshops.participation_for(
        board.workshop, person=person, guest_secret=guest_secret(request.COOKIES)
    )
    if participation is None:
        raise TurnedAway(4004, language)
    if participation.person_id is None:
        holder = Holder(participation.pk, guest=participation.guest_digest or "")
    else:
        holder = Holder(participation.pk, session_key=request.session.session_key)
    return Asker(admitted(board_id, participation.pk, holder, language), _device(request))


def _device(request: HttpRequest) -> str:
    """The device key; "" where there is none or it is not one."""
    key = request.headers.get("Board-Device", "")
    return key if key.isascii() and 22 <= len(key) <= LONGEST_KEY else ""


def held_before(request: HttpRequest) -> tuple[int | None, str | None]:
    """``since`` and ``epoch`` of the address, or of what a browser's ``EventSource`` heard last."""
    epoch, _, seq = request.headers.get("Last-Event-ID", "").partition(":")
    epoch, seq = (epoch, seq) if seq else (request.GET.get("epoch", ""), request.GET.get("since", ""))
    if not (seq.isascii() and seq.isdigit() and len(seq) <= 16 and int(seq) <= LARGEST_NUMBER and is_id(epoch)):
        return None, None
    return int(seq), epoch


def turned_away(refused: TurnedAway, *, status: int = 0) -> HttpResponse:
    """A list of one ``bye``: 404 where there is no such board for them, 403 where they may not be there any more."""
    frame: dict[str, Any] = bye_frame(refused.code, refused.language, sentence=refused.sentence)
    return JsonResponse([frame], safe=False, status=status or {4004: 404, 4009: 429}.get(refused.code, 403))


def is_own_page(request: HttpRequest) -> bool:
    """Whether a page of ours asks, as far as the browser says: others may not make one listen in their name."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


@never_cache
@require_GET
def effects_of_step(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """What going to the stage ``to`` will do, for whoever may take the step: ``{"sentences": […]}``."""
    try:
        standing = asker(request, board_id).admitted.standing
    except TurnedAway as refused:
        return turned_away(refused)
    if standing.role != "facilitator":
        return JsonResponse({"sentences": [], "problem": gettext("Only a facilitator can do that.")}, status=403)
    to = request.GET.get("to", "")
    try:
        with states.held(board_id) as held:
            now = held.state.stage
            if to not in {str(int(now) + step) for step in (-1, 1) if 0 <= now + step <= Stage.CLOSE}:
                sentence = gettext("The stage was changed in the meantime. Look again.")
                return JsonResponse({"sentences": [], "problem": sentence}, status=409)
            found = effects(held.state, Stage(int(to)))
    except NotFound:
        return turned_away(TurnedAway(4004, get_language() or "en"))
    sentences = [
        gettext(effect.template) % effect.about if effect.about else gettext(effect.template) for effect in found
    ]
    return JsonResponse({"sentences": sentences})
