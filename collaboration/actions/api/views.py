"""Actions: their list, one of them, and what is done with it. The services decide, as they do for the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.db.models import DateField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.actions import queries
from collaboration.actions.api import bodies, described
from collaboration.actions.api.serializers import detail_record, records
from collaboration.actions.models import Action
from collaboration.actions.queries import Filters
from collaboration.actions.services import asking, making, working
from collaboration.initiatives import queries as register
from collaboration.initiatives.models import Initiative
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.repeating import idempotent
from groundwork.web.api.serializers import StrictSerializer
from groundwork.web.api.versions import overtaken
from groundwork.web.api.views import ApiView

NO_DAY: Final = date(9999, 12, 31)
"""Stands for no day where actions are put in order: after all others."""


class ActionView(ApiView):
    """What every address of actions does: tell one as it is now, read what was sent."""

    def told(self, action: Action, status: int = 200) -> Response:
        """Everything about it that the actor may see, afresh from the database, with its ETag."""
        action = queries.get(self.actor, action.reference)
        record = detail_record(self.actor, action, self.request.build_absolute_uri)
        return Response(record, status=status, headers={"ETag": self.etag(action.version)})

    def said(self, request: Request, shape: type[StrictSerializer]) -> dict[str, Any]:
        """The body, once its shape is found right. Raises ``ValidationError`` by field."""
        asked(request.query_params, ())
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class ActionList(ActionView):
    @described.LIST
    def get(self, request: Request) -> Response:
        query = asked(request.query_params, (*CursorPages.PARAMETERS, "whose", "state", "initiative"))
        whose, state = query.get("whose", "all"), query.get("state", "any")
        errors: dict[str, list[str]] = {}
        for name, given, known in (("whose", whose, Filters.WHOSE), ("state", state, Filters.STATES)):
            if given not in known:
                errors[name] = [_("Ask for one of: %(known)s.") % {"known": ", ".join(known)}]
        if errors:
            raise Misunderstood(errors)
        pages = CursorPages(request, "actions")
        rows = queries.listed(self.actor, Filters(whose=whose, state=state))
        if "initiative" in query:
            rows = rows.filter(initiative__in=self._initiative(query["initiative"]))
        due = Coalesce("due_on", Value(NO_DAY, DateField()))
        found, following = pages.cut(rows.annotate(due=due).order_by("due", "pk"))
        return pages.answer_with(records(self.actor, found, request.build_absolute_uri), following)

    def _initiative(self, reference: str) -> list[Initiative]:
        """The initiative with this reference; none where the actor sees none, so that nothing is told of it."""
        try:
            return [register.get(self.actor, reference)]
        except NotFound:
            return []

    @described.CREATE
    @idempotent
    def post(self, request: Request) -> Response:
        # Who may not make one is told so before anything is said of what they sent.
        require(self.actor, "action.make")
        said = self.said(request, bodies.NewActionBody)
        made = making.make(
            actor=self.actor,
            what=said["what"],
            details=said.get("details", ""),
            due_on=said.get("due_on"),
            visibility=said.get("visibility", ""),
            who=asking.somebody(email=said.get("email", ""), name=said.get("name", "")),
            initiative=self._writable(said.get("initiative", "")),
        )
        answer = self.told(made, status=201)
        answer["Location"] = request.build_absolute_uri(reverse("api-action", args=[made.reference]))
        return answer

    def _writable(self, reference: str) -> Initiative | None:
        if not reference:
            return None
        try:
            return register.get(self.actor, reference)
        except NotFound as unseen:
            raise Invalid({"initiative": [unseen.message]}) from unseen


class ActionDetail(ActionView):
    @described.READ
    def get(self, request: Request, ref: str) -> Response:
        asked(request.query_params, ())
        return self.told(queries.get(self.actor, ref))

    @described.EDIT
    def patch(self, request: Request, ref: str) -> Response:
        found = queries.get(self.actor, ref)
        require(self.actor, "action.change", found)
        version = self.require_match(request, found.version)
        said = self.said(request, bodies.ActionBody)
        kept = {name: getattr(found, name) for name in ("what", "details", "due_on", "visibility")}
        try:
            changed = making.change(
                actor=self.actor,
                action=found,
                # With “*” what was left out is kept as it was read here, so that must still be how it is.
                version=found.version if version is None else version,
                **kept | said,
            )
        except Conflict as refusal:
            fresh = Action.objects.filter(pk=found.pk).values_list("version", flat=True).first()
            raise overtaken(refusal, version, fresh) from refusal
        return self.told(changed)


def _act(
    describe: Callable[[Any], Any],
    verb: str,
    do: Callable[..., Any],
    body: type[StrictSerializer] = bodies.NothingBody,
) -> type[ActionView]:
    """An address that does something to an action. ``verb`` is the right it needs; ``do`` looks again in its lock."""

    class Act(ActionView):
        @describe
        @idempotent
        def post(self, request: Request, ref: str) -> Response:
            found = queries.get(self.actor, ref)
            require(self.actor, verb, found)
            do(actor=self.actor, action=found, **self.said(request, body))
            return self.told(found)

    return Act


def _ask(*, actor: Actor, action: Action, email: str, name: str = "") -> None:
    asking.ask(actor=actor, action=action, who=asking.somebody(email=email, name=name))


Accept = _act(described.ACCEPT, "action.answer", asking.accept)
Decline = _act(described.DECLINE, "action.answer", asking.decline, bodies.ReasonBody)
Claim = _act(described.CLAIM, "action.claim", asking.claim)
Ask = _act(described.ASK, "action.ask", _ask, bodies.AskBody)
AddUpdate = _act(described.UPDATE, "action.update", working.add_update, bodies.UpdateBody)
Block = _act(described.BLOCK, "action.block", working.block, bodies.BlockBody)
Unblock = _act(described.UNBLOCK, "action.block", working.unblock)
Done = _act(described.DONE, "action.finish", working.finish, bodies.DoneBody)
Drop = _act(described.DROP, "action.drop", making.drop, bodies.ReasonBody)
Reopen = _act(described.REOPEN, "action.reopen", making.reopen)
