"""What is done to a whole workshop. The services decide, as they do for the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.workshops import services
from collaboration.workshops.api import bodies, described
from collaboration.workshops.api.views import WorkshopView
from groundwork.access.rules import require
from groundwork.web.api.repeating import idempotent
from groundwork.web.api.serializers import StrictSerializer


class _Act(WorkshopView):
    """``verb`` is the right that ``do`` needs, asked for before anything is said of the body."""

    verb: ClassVar[str] = "workshop.open"
    body: ClassVar[type[StrictSerializer]] = bodies.NothingBody
    do: ClassVar[Callable[..., Any]]
    makes: ClassVar[bool] = False
    """Whether what it gives is another workshop."""

    def act(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        require(self.actor, self.verb, found)
        said = self.said(request, self.body)
        done = type(self).do(actor=self.actor, workshop=found, **said)
        return self.told_new(done) if self.makes else self.told(found)


class Open(_Act):
    do = services.open_workshop

    @described.OPEN
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Lock(_Act):
    verb = "workshop.run"
    do = services.lock

    @described.LOCK
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Unlock(_Act):
    verb = "workshop.run"
    do = services.unlock

    @described.UNLOCK
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Reopen(_Act):
    do = services.reopen

    @described.REOPEN
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Archive(_Act):
    do = services.archive_workshop

    @described.ARCHIVE
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Close(_Act):
    body = bodies.ReportBody
    do = services.report_workshop

    @described.CLOSE
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Cancel(_Act):
    body = bodies.ReasonBody
    do = services.cancel_workshop

    @described.CANCEL
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Hold(_Act):
    verb = "workshop.hold"
    body = bodies.NeededReasonBody
    do = services.hold

    @described.HOLD
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Release(_Act):
    verb = "workshop.hold"
    do = services.release_hold

    @described.RELEASE
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class RenewLink(_Act):
    verb = "workshop.run"
    do = services.renew_link

    @described.RENEW_LINK
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class TellNext(_Act):
    verb = "workshop.edit"
    do = services.tell_next

    @described.TELL_NEXT
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Rehearse(_Act):
    verb = "workshop.edit"
    do = services.copy_for_rehearsal
    makes = True

    @described.REHEARSE
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)


class Copy(_Act):
    verb = "workshop.copy"
    body = bodies.CopyBody
    do = services.copy_workshop
    makes = True

    @described.COPY
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        return self.act(request, id)
