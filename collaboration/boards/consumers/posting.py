"""Sending without a socket: ``POST …/ops``. The same ops, committed together with everybody's."""

from __future__ import annotations

from concurrent.futures import TimeoutError as TookTooLong
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from collaboration.boards import committing
from collaboration.boards.committing import Asked, refusal, writer
from collaboration.boards.consumers.asking import asker, turned_away
from collaboration.boards.consumers.door import TurnedAway
from collaboration.boards.consumers.saying import SLOW_DOWN
from collaboration.boards.engine.limits import MOST_BYTES
from collaboration.boards.engine.reading import read_frame, read_ops
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.pacing import may_pass

WAIT_SECONDS = 20.0


@never_cache
@require_POST
def post_ops(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """See ``docs/protocol/board.md``, *Without WebSockets*. Django has looked at the form's token before this."""
    language = get_language() or "en"
    try:
        who = asker(request, board_id)
    except TurnedAway as refused:
        return turned_away(refused)
    length = request.headers.get("Content-Length", "0")
    if length.isdigit() and int(length) > MOST_BYTES:
        return _unread(Rejected("too_large", {"most": MOST_BYTES}), language)
    frame = read_frame(request.body)
    if isinstance(frame, Rejected):
        return _unread(frame, language)
    if frame["t"] not in ("op", "ops"):
        return _unread(Rejected("unknown_frame"), language)
    ops = read_ops(frame, board=str(board_id))
    given = may_pass(who.admitted.standing.participation_id, len(ops))
    if given < len(ops):
        return JsonResponse([refusal(op_id, SLOW_DOWN, language) for op_id, _op in ops], safe=False, status=429)
    asked = Asked(
        board_id=board_id,
        participation_id=who.admitted.standing.participation_id,
        device=who.device,
        ops=ops,
        language=language,
        holder=who.admitted.holder,
    )
    try:
        answers = writer.submit(asked).result(WAIT_SECONDS)
    except TookTooLong:
        answers = committing.not_saved([asked])[0]
    return JsonResponse(answers, safe=False)


def _unread(rejected: Rejected, language: str) -> HttpResponse:
    return JsonResponse([refusal(None, rejected, language)], safe=False, status=400)
