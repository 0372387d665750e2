"""What the API says of itself: where everything is, what the columns mean, and its whole description."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.directory.queries import the_place
from groundwork.sheets.columns import KINDS, tables
from groundwork.web.api.describing import operation
from groundwork.web.api.description import as_bytes
from groundwork.web.api.questions import asked
from groundwork.web.api.views import ApiView

TAG = "About this API"

ADDRESSES = (
    "frameworks",
    "elements",
    "areas",
    "organisations",
    "initiatives",
    "endorsements",
    "actions",
    "partnerships",
    "meetings",
    "decisions",
    "workshops",
    "workshop-templates",
    "coverage",
    "columns",
    "openapi",
    "docs",
)
"""What can be asked for, in the order in which one comes to need it."""


class IndexSerializer(serializers.Serializer[Any]):
    service = serializers.CharField()
    place = serializers.CharField(allow_null=True, help_text="The place this installation serves; null: none yet.")
    data_licence = serializers.CharField(help_text="The licence of the data. Empty: not stated.")
    attribution = serializers.CharField(help_text="What to say of where the data comes from. Empty: not stated.")
    addresses = serializers.DictField(child=serializers.URLField(), help_text="Where everything is, by name.")


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Its heading in a sheet and its key in JSON.")
    meaning = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    unit = serializers.CharField(help_text="What a number counts. Empty: none.")


class TableSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    address = serializers.CharField(help_text="The path of its download; append .csv, .xlsx or .json. Empty: none.")
    columns = ColumnSerializer(many=True)


class TablesSerializer(serializers.Serializer[Any]):
    results = TableSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="Always null: this list is told whole.")


class Index(ApiView):
    @operation(
        "index_read",
        tag=TAG,
        summary="Find your way",
        description="The place, the licence of its data, and the addresses of everything else.",
        answers={200: ("Where everything is.", IndexSerializer)},
    )
    def get(self, request: Request) -> Response:
        asked(request.query_params, ())
        place = the_place()
        addresses = {name: request.build_absolute_uri(reverse(f"api-{name}")) for name in ADDRESSES}
        return Response(
            {
                "service": "Golden Thread",
                "place": place.name if place else None,
                "data_licence": place.data_licence if place else "",
                "attribution": place.attribution if place else "",
                "addresses": addresses,
            }
        )


class Columns(ApiView):
    @operation(
        "columns_list",
        tag=TAG,
        summary="Read the dictionary of columns",
        description="Every table that can be downloaded, and what each of its columns means.",
        answers={200: ("Tables and their columns.", TablesSerializer)},
        examples=[
            OpenApiExample(
                "One table",
                value={
                    "results": [
                        {
                            "name": "areas",
                            "title": "Areas",
                            "address": "/areas",
                            "columns": [
                                {"name": "code", "meaning": "The official (GSS) code.", "kind": "code", "unit": ""}
                            ],
                        }
                    ],
                    "next": None,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        asked(request.query_params, ())
        told = [
            {
                "name": table.name,
                "title": str(table.title),
                "address": table.address,
                "columns": [
                    {"name": each.name, "meaning": str(each.meaning), "kind": each.kind, "unit": str(each.unit)}
                    for each in table.columns
                ],
            }
            for table in tables()
        ]
        return Response({"results": told, "next": None})


class Description(ApiView):
    @operation(
        "openapi_read",
        tag=TAG,
        summary="Read the description of this API",
        description="This description, in OpenAPI 3.1: for programs that make clients, and for trying things out.",
        answers={200: ("The description.", {"type": "object", "additionalProperties": True})},
    )
    def get(self, request: Request) -> HttpResponse:
        asked(request.query_params, ())
        return HttpResponse(as_bytes(), content_type="application/json")
