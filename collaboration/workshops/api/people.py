"""Coming into workshops, and the people in them: for themselves, and for those who run it.

Who asks here has an account: a token is somebody's. Guests are known by what their browser holds, and to hand such a
secret to programs would make it something to pass on; they use the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.workshops import queries, services
from collaboration.workshops.api import bodies, described
from collaboration.workshops.api.serializers import (
    detail_record,
    invitation_record,
    participant_record,
)
from collaboration.workshops.api.views import WorkshopView
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from collaboration.workshops.rules import own_participation
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid, NotFound
from groundwork.access.rules import can, require
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.questions import asked
from groundwork.web.api.repeating import idempotent
from groundwork.web.api.serializers import StrictSerializer


def known(actor: Actor, code: str, link: str) -> Workshop | None:
    """The workshop with this code, for whoever holds its link or may know of it; None for all others."""
    workshop = queries.by_code_for_joining(code)
    if workshop is None:
        return None
    if link and queries.is_link(workshop, link):
        return workshop
    return workshop if can(actor, "workshop.view", workshop) else None


class _Coming(WorkshopView):
    def joined(self, joined: services.Joined) -> Response:
        fresh = self.found(joined.participation.workshop.uuid)
        record = detail_record(self.actor, fresh, self.request.build_absolute_uri)
        return Response({"workshop": record, "new": joined.is_new}, status=201 if joined.is_new else 200)


class JoinByKey(_Coming):
    # Not within another transaction, as a repeated request would be: a wrong guess must be counted whatever follows.
    # It needs no key to be repeated by: whoever has joined is given the place they have.
    @described.JOIN_BY_KEY
    def post(self, request: Request) -> Response:
        said = self.said(request, bodies.JoinByKeyBody)
        code, link, invitation = (said.pop(name, "") for name in ("code", "link", "invitation"))
        if bool(code) == bool(invitation) or (link and not code):
            raise Invalid({"code": [_("Send a code, a code with the token of its link, or an invitation.")]})
        if invitation:
            return self.joined(services.join_by_invitation(actor=self.actor, token=invitation, **said))
        workshop = known(self.actor, code, link)
        if workshop is None:
            workshop = services.try_code(code=code, address=request.META.get("REMOTE_ADDR", ""))
        via: Any = "link" if link and queries.is_link(workshop, link) else "code"
        return self.joined(services.join(actor=self.actor, workshop=workshop, via=via, **said))


class Join(_Coming):
    @described.JOIN
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        said = self.said(request, bodies.JoinBody)
        return self.joined(services.join(actor=self.actor, workshop=found, via="account", **said))


class _Own(WorkshopView):
    def own(self, id: UUID) -> Participation:
        """The actor's own place in a workshop. Raises :class:`NotFound`, also for whoever has not joined it."""
        found = self.found(id)
        own = own_participation(self.actor, found)
        if own is None:
            raise NotFound(_("You have not joined this workshop."))
        return own


class Me(_Own):
    @described.ME
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        own = self.own(id)
        said = self.said(request, bodies.MeBody)
        with transaction.atomic():
            if said.keys() & {"name", "anonymous"}:
                services.rename(
                    actor=self.actor,
                    participation=own,
                    name=said.get("name", own.name),
                    anonymous=said.get("anonymous", False),
                )
            if "email" in said:
                services.change_address(actor=self.actor, participation=own, email=said["email"])
        return self.told(own.workshop)


class Leave(_Own):
    @described.LEAVE
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        own = self.own(id)
        self.said(request, bodies.NothingBody)
        services.leave(actor=self.actor, participation=own)
        return Response(participant_record(Participation.objects.select_related("organisation").get(pk=own.pk)))


class GiveFeedback(_Own):
    # What was said, and by whom, is kept nowhere: so no answer is kept under a key either, and none is needed.
    @described.FEEDBACK
    def post(self, request: Request, id: UUID) -> Response:
        own = self.own(id)
        said = self.said(request, bodies.FeedbackBody)
        services.give_feedback(actor=self.actor, participation=own, **said)
        return self.told(own.workshop)


class Participants(WorkshopView):
    @described.PARTICIPANTS
    def get(self, request: Request, id: UUID) -> Response:
        asked(request.query_params, CursorPages.PARAMETERS)
        found = self.found(id)
        require(self.actor, "workshop.run", found)
        return CursorPages(request, f"participants:{found.pk}").answer(queries.participants(found), participant_record)


class Team(WorkshopView):
    @described.TEAM
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        require(self.actor, "workshop.edit", found)
        said = self.said(request, bodies.TeamBody)
        added = services.add_facilitator(actor=self.actor, workshop=found, **said)
        is_in = isinstance(added, Participation)
        return Response(
            {
                "participant": participant_record(added) if isinstance(added, Participation) else None,
                "invitation": None if is_in else invitation_record(added),  # type: ignore[arg-type]
            }
        )


class AdmitAll(WorkshopView):
    @described.ADMIT_ALL
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        require(self.actor, "workshop.run", found)
        self.said(request, bodies.NothingBody)
        return Response({"count": services.admit_all(actor=self.actor, workshop=found)})


class _OnePerson(WorkshopView):
    verb: ClassVar[str] = "workshop.run"
    body: ClassVar[type[StrictSerializer]] = bodies.NothingBody
    do: ClassVar[Callable[..., Any]]

    def act(self, request: Request, id: UUID, key: str) -> Response:
        workshop = self.found(id)
        require(self.actor, self.verb, workshop)
        person = queries.participants(workshop).filter(key=key).first()
        if person is None:
            raise NotFound(_("There is no such person in this workshop."))
        said = self.said(request, self.body)
        return Response(participant_record(type(self).do(actor=self.actor, participation=person, **said)))


class Admit(_OnePerson):
    do = services.admit

    @described.ADMIT
    @idempotent
    def post(self, request: Request, id: UUID, key: str) -> Response:
        return self.act(request, id, key)


class Remove(_OnePerson):
    do = services.remove

    @described.REMOVE
    @idempotent
    def post(self, request: Request, id: UUID, key: str) -> Response:
        return self.act(request, id, key)


class ChangeRole(_OnePerson):
    verb = "workshop.edit"
    body = bodies.RoleBody
    do = services.change_role

    @described.CHANGE_ROLE
    @idempotent
    def post(self, request: Request, id: UUID, key: str) -> Response:
        return self.act(request, id, key)


class Rename(_OnePerson):
    body = bodies.RenameBody

    @staticmethod
    def do(*, name: str = "", **said: Any) -> Participation:
        return services.rename(name=name, **said)

    @described.RENAME
    @idempotent
    def post(self, request: Request, id: UUID, key: str) -> Response:
        return self.act(request, id, key)


class Invitations(WorkshopView):
    @described.INVITATIONS
    def get(self, request: Request, id: UUID) -> Response:
        asked(request.query_params, CursorPages.PARAMETERS)
        found = self.found(id)
        require(self.actor, "workshop.invite", found)
        rows = queries.invitations(found).order_by("email", "pk")
        return CursorPages(request, f"invitations:{found.pk}").answer(rows, invitation_record)

    @described.INVITE
    @idempotent
    def post(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        require(self.actor, "workshop.invite", found)
        said = self.said(request, bodies.InviteBody)
        people = [queries.Invitee(**each) for each in said["people"]]
        done = services.invite(actor=self.actor, workshop=found, people=people)
        return Response(
            {
                "mails": done.mails,
                **{name: [each.email for each in getattr(done, name)] for name in ("new", "again", "known", "later")},
            }
        )


class _OneInvitation(WorkshopView):
    do: ClassVar[Callable[..., WorkshopInvitation]]

    def act(self, request: Request, id: UUID, number: int) -> Response:
        workshop = self.found(id)
        require(self.actor, "workshop.invite", workshop)
        # Larger numbers than a database has are none of any row, and not asked for.
        found = WorkshopInvitation.objects.filter(workshop=workshop, pk=number).first() if number < 2**63 else None
        if found is None:
            raise NotFound(_("There is no such invitation."))
        self.said(request, bodies.NothingBody)
        return Response(invitation_record(type(self).do(actor=self.actor, invitation=found)))


class SendAgain(_OneInvitation):
    do = services.send_again

    @described.SEND_AGAIN
    @idempotent
    def post(self, request: Request, id: UUID, number: int) -> Response:
        return self.act(request, id, number)


class Withdraw(_OneInvitation):
    do = services.withdraw_invitation

    @described.WITHDRAW
    @idempotent
    def post(self, request: Request, id: UUID, number: int) -> Response:
        return self.act(request, id, number)
