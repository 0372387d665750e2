"""Initiatives: their list, one of them, and what is done with it. The services decide, as they do for the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.initiatives import finding, queries
from collaboration.initiatives.api import described
from collaboration.initiatives.api.bodies import (
    InitiativeBody,
    NewInitiativeBody,
    NothingBody,
    PublishBody,
    spoken_errors,
    statement,
)
from collaboration.initiatives.api.serializers import detail_record
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import keeping, partners, registering, stating
from groundwork.access.errors import Conflict, DomainError, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.problems import PreconditionFailed
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.repeating import idempotent
from groundwork.web.api.serializers import StrictSerializer
from groundwork.web.api.views import ApiView

FILTERS = (*finding.KINDS, "words", "q")


class Withdrawn(DomainError):
    """It was public once and has been withdrawn."""

    status = 410


class InitiativeView(ApiView):
    """What every address of one initiative does: find it, and tell it as it is now."""

    def found(self, ref: str) -> Initiative:
        """The initiative with this reference. Raises :class:`NotFound`, or :class:`Withdrawn` as the page does."""
        try:
            return queries.get(self.actor, ref)
        except NotFound as unseen:
            if queries.was_withdrawn(ref):
                raise Withdrawn(_("This initiative was withdrawn.")) from unseen
            raise

    def told(self, initiative: Initiative, status: int = 200) -> Response:
        """Everything about it that the actor may see, afresh from the database, with its ETag."""
        initiative = queries.get(self.actor, initiative.reference)
        row = finding.row_of(self.actor, initiative)
        if row is None:
            raise NotFound(_("There is no initiative with this reference, or you may not see it."))
        record = detail_record(row.record, queries.detail(self.actor, initiative))
        return Response(record, status=status, headers={"ETag": self.etag(initiative.version)})

    def said(self, request: Request, shape: type[StrictSerializer]) -> dict[str, Any]:
        """The body, once its shape is found right. Raises ``ValidationError`` by field."""
        asked(request.query_params, ())
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class InitiativeList(InitiativeView):
    @described.LIST
    def get(self, request: Request) -> Response:
        query = asked(request.query_params, (*CursorPages.PARAMETERS, *FILTERS, "visibility"))
        pages = CursorPages(request, "initiatives")
        if "visibility" in query:
            return self._drafts(query, pages)
        rows, following = finding.find_page(self.actor, _filters(query), _position(pages), pages.limit)
        return pages.answer_with([row.record for row in rows], following)

    def _drafts(self, query: dict[str, str], pages: CursorPages) -> Response:
        """The live drafts that the actor can work on. No filter finds these: filters read what is published."""
        errors: dict[str, list[str]] = {}
        if query["visibility"] != "draft":
            errors["visibility"] = [_("Ask for visibility=draft, or leave it out for what is published.")]
        errors |= {name: [_("Drafts cannot be filtered. Leave this out.")] for name in FILTERS if name in query}
        if errors:
            raise Misunderstood(errors)
        found, following = pages.cut(queries.drafts_of(self.actor).order_by("-changed_at", "-pk"))
        rows = finding.rows_of(self.actor, [each.pk for each in found]) if found else []
        return pages.answer_with([row.record for row in rows], following)

    @described.CREATE
    @idempotent
    def post(self, request: Request) -> Response:
        # Who may not register is told so before anything is said of what they sent.
        require(self.actor, "initiative.register")
        said = self.said(request, NewInitiativeBody)
        try:
            made = stating.register(actor=self.actor, statement=statement(said))
        except Invalid as refusal:
            raise Invalid(spoken_errors(refusal.errors, said)) from refusal
        answer = self.told(made, status=201)
        answer["Location"] = request.build_absolute_uri(reverse("api-initiative", args=[made.reference]))
        return answer


class InitiativeDetail(InitiativeView):
    @described.READ
    def get(self, request: Request, ref: str) -> HttpResponseBase:
        asked(request.query_params, ())
        found = self.found(ref)
        survivor = queries.survivor_of(found)
        if survivor.pk != found.pk:
            to = request.build_absolute_uri(reverse("api-initiative", args=[survivor.reference]))
            return Response(status=308, headers={"Location": to})
        return self.told(found)

    @described.EDIT
    def patch(self, request: Request, ref: str) -> Response:
        found = self.found(ref)
        require(self.actor, "initiative.edit", found)
        version = self.require_match(request, found.version)
        said = self.said(request, InitiativeBody)
        try:
            changed = stating.restate(actor=self.actor, initiative=found, version=version, statement=statement(said))
        except Invalid as refusal:
            raise Invalid(spoken_errors(refusal.errors, said)) from refusal
        except Conflict as refusal:
            raise _stale(refusal, found, version) from refusal
        return self.told(changed)


class Publish(InitiativeView):
    @described.PUBLISH
    @idempotent
    def post(self, request: Request, ref: str) -> Response:
        found = self.found(ref)
        require(self.actor, "initiative.publish", found)
        version = self.require_match(request, found.version) if "If-Match" in request.headers else None
        said = self.said(request, PublishBody)
        try:
            published = registering.publish(
                actor=self.actor, initiative=found, version=version, visibility=said.get("visibility", "")
            )
        except Conflict as refusal:
            raise _stale(refusal, found, version) from refusal
        return self.told(published)


class Confirm(InitiativeView):
    @described.CONFIRM
    @idempotent
    def post(self, request: Request, ref: str) -> Response:
        found = self.found(ref)
        self.said(request, NothingBody)
        partners.confirm_all(actor=self.actor, initiative=found)
        return self.told(found)


class Verify(InitiativeView):
    @described.VERIFY
    @idempotent
    def post(self, request: Request, ref: str) -> Response:
        found = self.found(ref)
        self.said(request, NothingBody)
        return self.told(keeping.verify(actor=self.actor, initiative=found))


def _filters(query: dict[str, str]) -> finding.Filters:
    """The filters of the list's page. One that cannot be understood is refused: the list would mean something else."""
    wanted = QueryDict(mutable=True)
    for name in FILTERS:
        if name in query:
            wanted[name] = query[name]
    if not wanted:
        return finding.Filters()
    errors: dict[str, list[str]] = {}
    if "words" in query and "q" in query:
        errors["q"] = [_("“q” and “words” are the same. Give one of them.")]
    if query.get("exemplar", "yes") != "yes":
        errors["exemplar"] = [_("Ask for exemplar=yes, or leave it out.")]
    known = finding.choices()
    for name in wanted:
        # One at a time, so that each sentence stands at its parameter.
        _one, problems = finding.Filters.from_query({name: query[name]}, known)
        if problems:
            errors.setdefault(name, []).extend(problems)
    if errors:
        raise Misunderstood(errors)
    filters, _none = finding.Filters.from_query(wanted, known)
    return filters


def _position(pages: CursorPages) -> finding.Position | None:
    if pages.after is None:
        return None
    moment, pk = pages.after
    return str(moment), int(pk)


def _stale(refusal: Conflict, initiative: Initiative, version: int | None) -> Exception:
    """Somebody was quicker between the look at the version and the lock: the same refusal as if it had been before."""
    fresh = Initiative.objects.filter(pk=initiative.pk).values_list("version", flat=True).first()
    return PreconditionFailed(refusal.message) if version is not None and fresh != version else refusal
