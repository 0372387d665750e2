"""Boards: read as one may see them, written on with ops, taken along as files; and what came of them.

A board is what its engine lets the person of the token see and do, as on a socket. Nothing here decides that anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.boards import outline, services, states
from collaboration.boards.afterwards import making
from collaboration.boards.afterwards.reading import find, names_of, outcomes_of, read
from collaboration.boards.api import bodies, described, frames
from collaboration.boards.api.serializers import board_record, outcome_record, report_record
from collaboration.boards.committing import actor_of
from collaboration.boards.engine.effects import effects
from collaboration.boards.engine.limits import LARGEST_NUMBER, LONGEST_KEY, MOST_BYTES
from collaboration.boards.engine.people import Actor as Viewer
from collaboration.boards.engine.stages import Stage
from collaboration.boards.engine.texts import is_id
from collaboration.boards.models import Board
from collaboration.boards.pacing import may_look, may_pass
from collaboration.boards.services.tickets import LIFETIME
from collaboration.boards.standing import Holder, Standing, standing_of
from collaboration.initiatives import queries as register
from collaboration.workshops.api import acts
from collaboration.workshops.api.serializers import participant_record
from collaboration.workshops.api.views import WorkshopView
from collaboration.workshops.models import Participation, Workshop
from collaboration.workshops.queries import participants
from collaboration.workshops.rules import own_participation
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can, require
from groundwork.web.api.problems import Malformed, TooLarge
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.repeating import idempotent

SHORTEST_KEY: Final = 22
_KEY: Final = re.compile(rf"[!-~]{{{SHORTEST_KEY},{LONGEST_KEY}}}")
WAIT_SECONDS: Final = 2


class TooFast(exceptions.APIException):
    """More than somebody may send or ask at once; nothing of it was done."""

    status_code = 429
    default_code = "slow_down"
    wait = WAIT_SECONDS


@dataclass(frozen=True, slots=True)
class Place:
    """The person of the token on a board: their participation, what they are there now, and as whom they look."""

    participation: Participation
    standing: Standing
    board: Board
    viewer: Viewer
    device: str


class BoardView(WorkshopView):
    """What every address of a board does: find out who the person of the token is on it."""

    def place(self, request: Request, id: UUID) -> Place:
        """Raises :class:`NotFound` where one may not know of it, :class:`NotAllowed` where one is not in it."""
        workshop = self.found(id)
        board = find(workshop)
        own = own_participation(self.actor, workshop)
        standing = standing_of(board.pk, own.pk) if own is not None else None
        if own is None or standing is None:
            if own is not None and own.status == Participation.Status.WAITING:
                raise NotAllowed(_("A facilitator has not let you in yet."))
            raise NotAllowed(_("You are not in this workshop, or it is over. Join it first."))
        device = _device(request)
        return Place(own, standing, board, actor_of(standing, board.pk, device), device)


def _device(request: Request) -> str:
    """The device key, or "". Raises :class:`Malformed` for what is none: notes written with it would be nobody's."""
    key = request.headers.get("Board-Device")
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        sentence = _("A device key is %(least)s to %(most)s plain characters, made up at random and kept.") % {
            "least": SHORTEST_KEY,
            "most": LONGEST_KEY,
        }
        raise Malformed(sentence, errors={"Board-Device": [sentence]})
    return key


def _may_look(place: Place) -> None:
    """Each look may cost the whole board: the pace is that of browsers that ask, and kept together with theirs."""
    if not may_look(place.participation.pk):
        raise TooFast(_("You ask more often than a board answers. Ask every few seconds; nothing is lost by that."))


class BoardNow(BoardView):
    @described.BOARD
    def get(self, request: Request, id: UUID) -> Response:
        asked(request.query_params, ())
        place = self.place(request, id)
        _may_look(place)
        there = [each for each in participants(place.participation.workshop) if each.status != "waiting"]
        names = names_of(there)
        with states.held(place.board.pk) as held:
            epoch, _seq = held.head
            seen = outline.outline(held.state, place.viewer, names)
            hidden = held.state.names_hidden
        return Response(
            board_record(
                seen,
                names={} if hidden else {key: who for key, who in names.items() if who.name},
                id=str(place.board.pk),
                epoch=epoch,
                you=place.standing.key,
                role=place.standing.role,
            )
        )


class Log(BoardView):
    @described.LOG
    def get(self, request: Request, id: UUID) -> Response:
        query = asked(request.query_params, ("since", "epoch"))
        errors: dict[str, list[str]] = {}
        seq, epoch = query.get("since"), query.get("epoch")
        if seq is not None and not (seq.isascii() and seq.isdigit() and len(seq) <= 16 and int(seq) <= LARGEST_NUMBER):
            errors["since"] = [_("This must be the seq that you hold: a whole number.")]
        if epoch is not None and not is_id(epoch):
            errors["epoch"] = [_("This must be the epoch that you hold, as it was told.")]
        if (seq is None) != (epoch is None):
            errors["epoch" if epoch is None else "since"] = [_("Send both since and epoch, or neither.")]
        if errors:
            raise Misunderstood(errors)
        place = self.place(request, id)
        _may_look(place)
        held = int(seq) if seq is not None else None
        return Response({"frames": frames.since(place.board.pk, place.viewer, held, epoch)})


class Ops(BoardView):
    # No Idempotency-Key, and no transaction around it: an op carries its own id, and what is acknowledged is committed.
    @described.OPS
    def post(self, request: Request, id: UUID) -> Response:
        place = self.place(request, id)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise TooLarge(_("A frame has at most %(most)s bytes.") % {"most": MOST_BYTES})
        said = self.said(request, bodies.OpsBody)
        if may_pass(place.participation.pk, len(said["ops"])) < len(said["ops"]):
            raise TooFast(_("These are more at once than a board takes from one person. Nothing was done. Send fewer."))
        answers = services.perform(
            participation=place.participation,
            device=place.device,
            ops=said["ops"],
            holder=Holder(place.participation.pk),
        )
        return Response({"answers": answers})


class IssueTicket(BoardView):
    # Not kept under a key: the answer is a secret.
    @described.TICKET
    def post(self, request: Request, id: UUID) -> Response:
        place = self.place(request, id)
        self.said(request, bodies.NothingBody)
        by = request.auth.pk if request.auth is not None else None
        ticket = services.issue_ticket(participation=place.participation, api_token_id=by)
        address = request.build_absolute_uri(f"/live/{place.board.pk}/socket")
        return Response(
            {
                "ticket": ticket,
                "expires_in": int(LIFETIME.total_seconds()),
                "board": str(place.board.pk),
                "socket": "ws" + address.removeprefix("http"),
            },
            status=201,
        )


class Effects(BoardView):
    @described.EFFECTS
    def get(self, request: Request, id: UUID) -> Response:
        query = asked(request.query_params, ("to",))
        if query.get("to") not in {str(int(stage)) for stage in Stage}:
            raise Misunderstood({"to": [_("Say to which stage: 0 to 7.")]})
        place = self.place(request, id)
        if place.standing.role != "facilitator":
            raise NotAllowed(_("Only a facilitator can do that."))
        to = int(query["to"])
        with states.held(place.board.pk) as held:
            if abs(to - held.state.stage) != 1:
                raise Conflict(_("The board goes one stage on or back at a time. Look at which it is at."))
            found = effects(held.state, Stage(to))
        sentences = [_(each.template) % each.about if each.about else _(each.template) for each in found]
        return Response({"sentences": sentences})


class Export(WorkshopView):
    @described.EXPORT
    def get(self, request: Request, id: UUID) -> Response:
        asked(request.query_params, ())
        found = self.found(id)
        require(self.actor, "report.view", found)
        require(self.actor, "report.take_file", found)
        return Response(services.export_board(found))


class Import(WorkshopView):
    @described.IMPORT
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        require(self.actor, "board.import", find(found))
        said = self.said(request, bodies.FileBody)
        services.import_board(actor=self.actor, workshop=found, file=said["file"])
        return self.told(found)


class History(WorkshopView):
    # A POST, because it is noted who took it; not kept under a key, because it is everything that was ever said.
    @described.HISTORY
    def post(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        self.said(request, bodies.NothingBody)
        return Response(services.export_history(actor=self.actor, workshop=found))


class Redact(WorkshopView):
    @described.REDACT
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        require(self.actor, "board.redact", find(found))
        said = self.said(request, bodies.RedactBody)
        if not all(is_id(each) for each in said["things"]):
            raise Invalid({"things": [_("Send the ids of things on the board.")]})
        services.redact(actor=self.actor, workshop=found, things=said["things"])
        return self.told(found)


class Erase(WorkshopView):
    @described.ERASE
    @idempotent
    def post(self, request: Request, id: UUID, key: str) -> Response:
        found = self.found(id)
        person = participants(found).filter(key=key).first()
        # Whoever may not make somebody unknown is not told whether there is somebody either.
        if person is None or not can(self.actor, "board.erase_person", person):
            raise NotAllowed(_("Only the person, or a partnership officer, can have somebody made unknown."))
        self.said(request, bodies.NothingBody)
        services.erase_person(actor=self.actor, participation=person)
        return Response(participant_record(participants(found).get(pk=person.pk)))


class Report(acts.Close):
    @described.REPORT
    def get(self, request: Request, id: UUID) -> Response:
        asked(request.query_params, ())
        found = self.found(id)
        told = read(actor=self.actor, workshop=found)
        texts = bool(can(self.actor, "workshop.edit", found))
        return Response(report_record(told, request.build_absolute_uri, tells_texts=texts))


class Outcomes(WorkshopView):
    @described.OUTCOMES
    def get(self, request: Request, id: UUID) -> Response:
        asked(request.query_params, ())
        found = self.found(id)
        require(self.actor, "report.view", found)
        return Response({"results": self._told(found), "next": None})

    def _told(self, workshop: Workshop) -> list[dict[str, Any]]:
        came = outcomes_of(self.actor, find(workshop), workshop)
        return [outcome_record(each, self.request.build_absolute_uri) for each in came]

    @described.MAKE_OUTCOME
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        require(self.actor, "report.make_outcome", found)
        said = self.said(request, bodies.OutcomeBody)
        reference = said.pop("initiative", "")
        try:
            initiative = register.get(self.actor, reference) if reference else None
        except NotFound as unseen:
            raise Invalid({"initiative": [unseen.message]}) from unseen
        made = making.make_outcome(actor=self.actor, workshop=found, initiative=initiative, **said)
        (told,) = [each for each in self._told(found) if each["id"] == made.pk]
        where = request.build_absolute_uri(reverse("api-outcomes", args=[found.uuid]))
        return Response(told, status=201, headers={"Location": where})
