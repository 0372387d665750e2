"""Workshops: their list, one of them, and what they are made from. The services decide, as they do for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.initiatives import queries as register
from collaboration.workshops import queries, services
from collaboration.workshops.api import bodies, described
from collaboration.workshops.api.serializers import detail_record, template_record, workshop_record
from collaboration.workshops.models import Workshop
from collaboration.workshops.services.planning import FIELDS
from collaboration.workshops.services.records import locked_row, same_version
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.repeating import idempotent
from groundwork.web.api.serializers import StrictSerializer
from groundwork.web.api.versions import overtaken
from groundwork.web.api.views import ApiView

NO_DATE_YET: Final = {
    "soonest": datetime(2300, 1, 1, tzinfo=UTC),
    "newest": datetime(1900, 1, 1, tzinfo=UTC),
}
"""Stands for no date where workshops are put in order: after all others, in both orders."""
LONGEST_WORDS: Final = 200


class WorkshopView(ApiView):
    """What every address of a workshop does: find it, tell it as it is now, read what was sent."""

    def found(self, id: UUID) -> Workshop:
        """The workshop, for those who may know of it. Raises :class:`NotFound`."""
        found = queries.visible_to(self.actor).select_related("rehearses").filter(uuid=id).first()
        if found is None:
            raise NotFound(_("There is no such workshop, or you may not see it."))
        return found

    def told(self, workshop: Workshop, status: int = 200) -> Response:
        """Everything about it that the actor may see, afresh from the database, with its ETag."""
        fresh = self.found(workshop.uuid)
        record = detail_record(self.actor, fresh, self.request.build_absolute_uri)
        return Response(record, status=status, headers={"ETag": self.etag(fresh.version)})

    def told_new(self, workshop: Workshop) -> Response:
        answer = self.told(workshop, status=201)
        answer["Location"] = self.request.build_absolute_uri(reverse("api-workshop", args=[workshop.uuid]))
        return answer

    def said(self, request: Request, shape: type[StrictSerializer]) -> dict[str, Any]:
        """The body, once its shape is found right. Raises ``ValidationError`` by field."""
        asked(request.query_params, ())
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class TemplateList(ApiView):
    @described.TEMPLATES
    def get(self, request: Request) -> Response:
        asked(request.query_params, ())
        return Response({"results": [template_record(each) for each in queries.templates()], "next": None})


class WorkshopList(WorkshopView):
    @described.LIST
    def get(self, request: Request) -> Response:
        query = asked(request.query_params, (*CursorPages.PARAMETERS, "which", "words"))
        which, words = query.get("which", "all"), query.get("words", "")
        errors: dict[str, list[str]] = {}
        if which not in queries.LISTS:
            errors["which"] = [_("Ask for one of: %(known)s.") % {"known": ", ".join(queries.LISTS)}]
        if len(words) > LONGEST_WORDS:
            errors["words"] = [_("Ask for at most %(most)s characters.") % {"most": LONGEST_WORDS}]
        if errors:
            raise Misunderstood(errors)
        pages = CursorPages(request, "workshops")
        order = "soonest" if which in ("upcoming", "open") else "newest"
        begins = Coalesce("starts_at", Value(NO_DATE_YET[order], DateTimeField()))
        rows = queries.listing(self.actor, cast(queries.Which, which), words=words).annotate(begins=begins)
        rows = rows.order_by("begins", "pk") if order == "soonest" else rows.order_by("-begins", "-pk")
        found, following = pages.cut(rows)
        told = [workshop_record(each, cast(Any, each).people, request.build_absolute_uri) for each in found]
        return pages.answer_with(told, following)

    @described.CREATE
    @idempotent
    def post(self, request: Request) -> Response:
        # Who may not plan one is told so before anything is said of what they sent.
        require(self.actor, "workshop.plan")
        said = self.said(request, bodies.NewWorkshopBody)
        fields = {name: said.pop(name) for name in [*said] if name in FIELDS}
        try:
            with transaction.atomic():
                made = services.plan_workshop(actor=self.actor, template=said.pop("template"), **fields)
                change(self.actor, made, None, said)
        except NotFound as unknown:
            raise Invalid({"template": [unknown.message]}) from unknown
        return self.told_new(made)


class WorkshopDetail(WorkshopView):
    @described.READ
    def get(self, request: Request, id: UUID) -> Response:
        asked(request.query_params, ())
        return self.told(self.found(id))

    @described.EDIT
    def patch(self, request: Request, id: UUID) -> Response:
        found = self.found(id)
        require(self.actor, "workshop.edit", found)
        version = self.require_match(request, found.version)
        said = self.said(request, bodies.WorkshopBody)
        try:
            with transaction.atomic():
                change(self.actor, found, version, said)
        except Conflict as refusal:
            fresh = Workshop.objects.filter(pk=found.pk).values_list("version", flat=True).first()
            raise overtaken(refusal, version, fresh) from refusal
        return self.told(found)


def change(actor: Actor, workshop: Workshop, version: int | None, said: Mapping[str, Any]) -> None:
    """Within a transaction: all that is said of a planned workshop, by the service that each part of it has.

    Nobody comes between: the row is locked first, and found to be at ``version``. Raises what the services raise, with
    the fields named as the body has them.
    """
    row = locked_row(workshop.pk)
    same_version(row, version, actor=actor)
    given: dict[str, Any] = {"actor": actor, "workshop": row, "version": None}
    try:
        fields = {name: said[name] for name in said if name in FIELDS}
        if fields:
            services.change_workshop(**given, tell=said.get("tell", True), **fields)
        if "plan" in said:
            services.plan_stages(**given, stages=said["plan"])
        if "columns" in said:
            services.change_columns(**given, columns=said["columns"])
        if "rules" in said:
            kept = {name: getattr(row, name) for name in asdict(queries.Rules())}
            services.change_rules(**given, **kept | said["rules"])
        if said.keys() & {"frameworks", "elements", "initiatives"}:
            present = _subjects(actor, row)
            services.choose_subjects(**given, **{name: said.get(name, present[name]) for name in present})
        if said.keys() & {"next_on", "next_text"}:
            on, words = said.get("next_on", row.next_on), said.get("next_text", row.next_text)
            services.set_next(**given, on=on, text=words)
    except Invalid as refusal:
        raise Invalid({_path(field, said): sentences for field, sentences in refusal.errors.items()}) from refusal


def _subjects(actor: Actor, workshop: Workshop) -> dict[str, Any]:
    """What it inquires into, as far as the actor sees it: what they do not see stays anyway."""
    return {
        "frameworks": list(workshop.frameworks.values_list("key", flat=True)),
        "elements": list(workshop.elements.values_list("code", flat=True)),
        "initiatives": list(register.visible_to(actor).filter(workshops=workshop).values_list("reference", flat=True)),
    }


_ELSEWHERE: Final = {"on": "next_on", "text": "next_text"}


def _path(field: str, said: Mapping[str, Any]) -> str:
    """A field that a service found wrong, as the body has it: ``plan.0.minutes`` for ``minutes-3``."""
    name, dash, number = field.partition("-")
    if not dash or not number.isdigit():
        return f"rules.{field}" if field in said.get("rules", {}) else _ELSEWHERE.get(field, field)
    if name in ("title", "prompt"):
        return f"columns.{number}.{name}"
    places = [str(place) for place, each in enumerate(said.get("plan", ())) if each["stage"] == int(number)]
    return f"plan.{places[-1]}.{name}" if places else "plan"
