"""Frameworks and their elements: public, and the same for whoever asks."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.access.errors import NotFound
from groundwork.directory.queries import organisation_by_slug
from groundwork.web.api.describing import CURSOR, LIMIT, chosen, operation, page_of
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.views import ApiView
from vision.frameworks import queries
from vision.frameworks.api.serializers import (
    ElementDetailSerializer,
    ElementSerializer,
    EndorsementSerializer,
    FrameworkDetailSerializer,
    FrameworkSerializer,
    element_detail,
    element_record,
    endorsement_record,
    framework_detail,
    framework_record,
)

TAG = "Frameworks"

_ELEMENT = OpenApiExample(
    "A strand",
    value={
        "results": [
            {
                "code": "FOE-A2.3",
                "title": "Promoting independence wherever possible",
                "kind": "strand",
                "framework": "future-of-essex",
                "parent": "FOE-A2",
                "summary": "Help people manage their own lives for as long as they can.",
                "address": "https://thread.example.org/thread/element/FOE-A2.3/",
            }
        ],
        "next": None,
    },
    response_only=True,
    status_codes=["200"],
)


class FrameworkList(ApiView):
    @operation(
        "frameworks_list",
        tag=TAG,
        summary="List the frameworks",
        description="The strategies, plans and models in force that joint work answers to, in the order of the place.",
        answers={200: ("Frameworks.", page_of(FrameworkSerializer))},
        parameters=[CURSOR, LIMIT],
    )
    def get(self, request: Request) -> Response:
        asked(request.query_params, CursorPages.PARAMETERS)
        pages = CursorPages(request, "frameworks")
        return pages.answer(queries.frameworks().order_by("order", "title", "pk"), framework_record)


class FrameworkDetail(ApiView):
    @operation(
        "frameworks_read",
        tag=TAG,
        summary="Read one framework",
        description="One framework by its key, withdrawn ones included.",
        answers={200: ("The framework.", FrameworkDetailSerializer)},
        refusals=[404],
    )
    def get(self, request: Request, key: str) -> Response:
        asked(request.query_params, ())
        return Response(framework_detail(queries.framework(key)))


class ElementList(ApiView):
    @operation(
        "elements_list",
        tag=TAG,
        summary="List the elements of frameworks",
        description="Ambitions, strands, building blocks, recommendations and whatever else frameworks are made of, "
        "framework by framework in the order in which they are printed. Withdrawn elements are left out.",
        answers={200: ("Elements.", page_of(ElementSerializer))},
        parameters=[
            chosen("framework", "Only those of the framework with this key.", example="future-of-essex"),
            chosen("kind", "Only those of this kind.", example="strand"),
            chosen("q", "Only those in whose title, or another title they are known by, every word stands."),
            CURSOR,
            LIMIT,
        ],
        examples=[_ELEMENT],
    )
    def get(self, request: Request) -> Response:
        query = asked(request.query_params, (*CursorPages.PARAMETERS, "framework", "kind", "q"))
        framework, kind, words = (query.get(name, "") for name in ("framework", "kind", "q"))
        errors: dict[str, list[str]] = {}
        if framework and not queries.frameworks().filter(key=framework).exists():
            errors["framework"] = [_("There is no framework “%(key)s”.") % {"key": framework[:80]}]
        if kind and kind not in (kinds := queries.kinds_of_elements()):
            errors["kind"] = [
                _("There are no elements of the kind “%(kind)s”. There are: %(kinds)s.")
                % {"kind": kind[:60], "kinds": ", ".join(kinds)}
            ]
        if errors:
            raise Misunderstood(errors)
        pages = CursorPages(request, "elements")
        found = queries.elements_listed(framework=framework, kind=kind, words=words)
        return pages.answer(found, element_record)


class ElementDetail(ApiView):
    @operation(
        "elements_read",
        tag=TAG,
        summary="Read one element",
        description="One element by its code, withdrawn ones included, with where it stands and what it relates to.",
        answers={200: ("The element.", ElementDetailSerializer)},
        refusals=[404],
    )
    def get(self, request: Request, code: str) -> Response:
        asked(request.query_params, ())
        if not code.isprintable() or len(code) > 40:
            raise NotFound(_("There is no element with this code."))
        found = queries.element(code)
        return Response(element_detail(found, queries.trail(found), queries.links_of(found)))


class EndorsementList(ApiView):
    @operation(
        "endorsements_list",
        tag=TAG,
        summary="List endorsements",
        description="Which organisations decided to endorse a framework, and which took that back, by organisation, "
        "with what its parts mean there in their own words.",
        answers={200: ("Endorsements.", page_of(EndorsementSerializer))},
        parameters=[
            chosen("framework", "Only those of the framework with this key.", example="future-of-essex"),
            chosen("organisation", "Only what this organisation says, by slug."),
            CURSOR,
            LIMIT,
        ],
        examples=[
            OpenApiExample(
                "One page",
                value={
                    "results": [
                        {
                            "framework": "future-of-essex",
                            "organisation": "essex-county-council",
                            "status": "endorsed",
                            "endorsed_on": "2026-10-13",
                            "minute_reference": "Cabinet, 13 October 2026, item 6",
                            "minute": "",
                            "lead_office": "Director of Strategy",
                            "translations": [{"element": "FOE-A2", "words": "Every clinic is on a bus route."}],
                            "address": "https://thread.example.org/frameworks/future-of-essex/endorsements/",
                        }
                    ],
                    "next": None,
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        query = asked(request.query_params, (*CursorPages.PARAMETERS, "framework", "organisation"))
        framework, organisation = query.get("framework", ""), query.get("organisation", "")
        errors: dict[str, list[str]] = {}
        for name, given, find in (
            ("framework", framework, queries.framework),
            ("organisation", organisation, organisation_by_slug),
        ):
            try:
                _found = find(given) if given else None
            except NotFound as unknown:
                errors[name] = [unknown.message]
        if errors:
            raise Misunderstood(errors)
        pages = CursorPages(request, "endorsements")
        found = queries.endorsements_listed(framework=framework, organisation=organisation)
        return pages.answer(found, endorsement_record)
