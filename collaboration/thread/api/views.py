"""The coverage table: how many public initiatives there are for each ambition and each building block or area."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from collaboration.thread.api.serializers import CoverageSerializer, coverage_record
from collaboration.thread.queries.coverage import COLUMNS, Columns, coverage
from groundwork.web.api.describing import chosen, operation
from groundwork.web.api.questions import Misunderstood, asked
from groundwork.web.api.views import ApiView


class Coverage(ApiView):
    @operation(
        "coverage_read",
        tag="Coverage",
        summary="Read the coverage table",
        description="How many public initiatives there are for each ambition, by building block or by area. An "
        "initiative that serves several counts once in each of them.",
        answers={200: ("The table.", CoverageSerializer)},
        parameters=[
            chosen("rows", "What the rows are.", schema={"type": "string", "enum": ["ambition"]}),
            chosen(
                "columns",
                "What the columns are. Left out: building blocks.",
                schema={"type": "string", "enum": list(COLUMNS), "default": "block"},
            ),
            chosen(
                "on",
                "A past day: the register as it stood then, over the areas of then under their names of then. A day "
                "to come: the register of today over the areas of that day. Left out: today.",
                schema={"type": "string", "format": "date"},
            ),
        ],
        examples=[
            OpenApiExample(
                "Two ambitions by two building blocks",
                value={
                    "rows": [
                        {"code": "FOE-A1", "title": "Unite behind a sense of identity"},
                        {"code": "FOE-A2", "title": "Enjoy life long into old age"},
                    ],
                    "columns": [
                        {"code": "CBB-1", "title": "Place-Based Strategies & Plans"},
                        {"code": "CBB-2", "title": "Governance"},
                    ],
                    "cells": [[3, 1], [0, 1]],
                    "exact": True,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        query = asked(request.query_params, ("rows", "columns", "on"))
        rows, columns = query.get("rows", "ambition"), query.get("columns", "block")
        errors: dict[str, list[str]] = {}
        if rows != "ambition":
            errors["rows"] = [_("The rows are ambitions: ask for rows=ambition.")]
        if columns not in COLUMNS:
            errors["columns"] = [_("The columns are building blocks or areas: ask for columns=block or columns=area.")]
        on = None
        if "on" in query:
            try:
                on = date.fromisoformat(query["on"])
            except ValueError:
                errors["on"] = [_("“on” is a day, like 2027-06-01.")]
        if errors:
            raise Misunderstood(errors)
        return Response(coverage_record(coverage(cast(Columns, columns), on=on)))
