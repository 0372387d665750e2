"""The shape of the coverage table in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from collaboration.thread.queries.coverage import Heading, Table
from vision.frameworks.queries import elements_by_code


class HeadingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()


class CoverageSerializer(serializers.Serializer[Any]):
    rows = HeadingSerializer(many=True, help_text="The ambitions, in the order of the vision.")
    columns = HeadingSerializer(many=True, help_text="The building blocks or the areas.")
    cells = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(min_value=0)),
        help_text="For each row, one number of public initiatives for each column.",
    )
    exact = serializers.BooleanField(
        help_text="false: of a day before the register was kept day by day, and so inferred from what had been "
        "published by then."
    )


def coverage_record(of: Table) -> dict[str, Any]:
    """The table with the titles that elements and areas have everywhere in the API: pages use short ones."""
    elements = elements_by_code(heading.code for heading in (*of.rows, *of.columns))

    def heading(one: Heading) -> dict[str, Any]:
        element = elements.get(one.code)
        return {"code": one.code, "title": element.display_title if element else one.title}

    return {
        "rows": [heading(each) for each in of.rows],
        "columns": [heading(each) for each in of.columns],
        "cells": of.cells,
        "exact": of.is_exact,
    }
