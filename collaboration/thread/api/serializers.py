"""The shape of the coverage table in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from collaboration.thread.queries.coverage import Heading, Table


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


def coverage_record(of: Table) -> dict[str, Any]:
    return {
        "rows": [_heading(each) for each in of.rows],
        "columns": [_heading(each) for each in of.columns],
        "cells": of.cells,
    }


def _heading(of: Heading) -> dict[str, Any]:
    return {"code": of.code, "title": of.title}
