"""Areas and organisations: public, and the same for whoever asks."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.access.errors import NotFound
from groundwork.directory import queries
from groundwork.directory.api.serializers import (
    AreaDetailSerializer,
    AreaSerializer,
    OrganisationDetailSerializer,
    OrganisationSerializer,
    area_detail,
    area_record,
    organisation_detail,
    organisation_record,
)
from groundwork.web.api.describing import CURSOR, LIMIT, chosen, operation, page_of
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.views import ApiView

TAG = "Areas and organisations"


class AreaList(ApiView):
    @operation(
        "areas_list",
        tag=TAG,
        summary="List the areas",
        description="The areas of the place that exist today, by name.",
        answers={200: ("Areas.", page_of(AreaSerializer))},
        parameters=[CURSOR, LIMIT],
    )
    def get(self, request: Request) -> Response:
        asked(request.query_params, CursorPages.PARAMETERS)
        pages = CursorPages(request, "areas")
        return pages.answer(queries.areas().select_related("within").order_by("name", "pk"), area_record)


class AreaDetail(ApiView):
    @operation(
        "areas_read",
        tag=TAG,
        summary="Read one area",
        description="One area by its official (GSS) code, past ones included, with what it came from and became.",
        answers={200: ("The area.", AreaDetailSerializer)},
        refusals=[404],
    )
    def get(self, request: Request, code: str) -> Response:
        asked(request.query_params, ())
        return Response(area_detail(queries.area_by_code(code)))


class OrganisationList(ApiView):
    @operation(
        "organisations_list",
        tag=TAG,
        summary="List the organisations",
        description="The organisations that exist today, and groups that sources speak of as one, by name.",
        answers={200: ("Organisations.", page_of(OrganisationSerializer))},
        parameters=[
            chosen("q", "Only those in whose present or former names every word stands.", example="county council"),
            chosen("sector", "Only those of the sector with this code.", example="local-government"),
            CURSOR,
            LIMIT,
        ],
    )
    def get(self, request: Request) -> Response:
        query = asked(request.query_params, (*CursorPages.PARAMETERS, "q", "sector"))
        sector = query.get("sector", "")
        if sector:
            known = list(queries.sectors().values_list("code", flat=True))
            if sector not in known:
                sentence = _("There is no sector “%(sector)s”. There are: %(known)s.")
                raise Misunderstood({"sector": [sentence % {"sector": sector[:60], "known": ", ".join(known)}]})
        pages = CursorPages(request, "organisations")
        found = queries.organisations_matching(words=query.get("q", "")[:200], sector=sector)
        return pages.answer(found.order_by("name", "pk"), organisation_record)


class OrganisationDetail(ApiView):
    @operation(
        "organisations_read",
        tag=TAG,
        summary="Read one organisation",
        description="One organisation by its slug, past ones included, with its names and identifiers over time, and "
        "what it came from and became. Where it was renamed, its earlier slug leads here by a permanent redirect.",
        answers={200: ("The organisation.", OrganisationDetailSerializer)},
        refusals=[404],
    )
    def get(self, request: Request, slug: str) -> Response:
        asked(request.query_params, ())
        try:
            found = queries.organisation_by_slug(slug)
        except NotFound:
            present = queries.present_slug(slug, "organisation")
            if not present:
                raise
            return Response(status=301, headers={"Location": reverse("api-organisation", args=[present])})
        return Response(organisation_detail(found))
