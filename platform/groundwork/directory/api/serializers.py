"""The shapes of areas and organisations in the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from groundwork.directory.models import Area, Organisation, OrganisationName


class AreaSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Its official code (GSS in the United Kingdom).")
    name = serializers.CharField()
    kind = serializers.CharField(help_text="district, unitary, county, …")
    within = serializers.CharField(allow_null=True, help_text="The code of the area it is part of; null: none stated.")
    address = serializers.URLField(help_text="Its page.")


class AreaDetailSerializer(AreaSerializer):
    valid_from = serializers.DateField(allow_null=True, help_text="The first day it exists; null: not stated.")
    valid_to = serializers.DateField(allow_null=True, help_text="The day from which it does not exist; null: none.")
    predecessors = serializers.ListField(child=serializers.CharField(), help_text="Codes of what it came from.")
    successors = serializers.ListField(child=serializers.CharField(), help_text="Codes of what became of it.")


class OrganisationSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField(help_text="Its identifier here: what `lead`, `partners` and filters use.")
    name = serializers.CharField()
    abbreviation = serializers.CharField(help_text="Empty: none.")
    sector = serializers.SlugField(help_text="The code of its sector.")
    is_group = serializers.BooleanField(help_text="A group that a source speaks of as one, such as “all councils”.")
    address = serializers.URLField(help_text="Its page.")


class NameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.ChoiceField(
        choices=OrganisationName.Kind.values, help_text="An official, former, short or other name it is found by."
    )
    valid_from = serializers.DateField(allow_null=True, help_text="The first day it holds; null: not stated.")
    valid_to = serializers.DateField(allow_null=True, help_text="The day from which it does not hold; null: none.")


class IdentifierSerializer(serializers.Serializer[Any]):
    scheme = serializers.CharField(help_text="For example gss, ods, GB-CHC, GB-COH (org-id.guide).")
    value = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class OrganisationDetailSerializer(OrganisationSerializer):
    status = serializers.ChoiceField(choices=["active", "proposed", "closed"])
    summary = serializers.CharField(help_text="Empty: not stated.")
    website = serializers.CharField(help_text="Empty: not stated.")
    area = serializers.CharField(allow_null=True, help_text="The code of the area it serves; null: not stated.")
    part_of = serializers.SlugField(allow_null=True, help_text="The organisation it is part of; null: none.")
    bodies = serializers.ListField(child=serializers.SlugField(), help_text="The organisations that are part of it.")
    names = NameSerializer(many=True)
    identifiers = IdentifierSerializer(many=True)
    valid_from = serializers.DateField(allow_null=True, help_text="The first day it exists; null: not stated.")
    valid_to = serializers.DateField(allow_null=True, help_text="The day from which it does not exist; null: none.")
    predecessors = serializers.ListField(child=serializers.SlugField(), help_text="What it came from.")
    successors = serializers.ListField(child=serializers.SlugField(), help_text="What became of it.")


def area_record(of: Area) -> dict[str, Any]:
    """An area as lists show it. Reads what it is within."""
    return {
        "code": of.code,
        "name": of.name,
        "kind": of.kind,
        "within": of.within.code if of.within else None,
        "address": settings.BASE_URL + of.get_absolute_url(),
    }


def area_detail(of: Area) -> dict[str, Any]:
    return {
        **area_record(of),
        "valid_from": of.valid_from,
        "valid_to": of.valid_to,
        "predecessors": [each.code for each in of.predecessors.all()],
        "successors": [each.code for each in of.successors.all()],
    }


def organisation_record(of: Organisation) -> dict[str, Any]:
    """An organisation as lists show it. Reads its sector."""
    return {
        "slug": of.slug,
        "name": of.name,
        "abbreviation": of.abbreviation,
        "sector": of.sector.code,
        "is_group": of.is_group,
        "address": settings.BASE_URL + of.get_absolute_url(),
    }


def organisation_detail(of: Organisation) -> dict[str, Any]:
    return {
        **organisation_record(of),
        "status": of.status,
        "summary": of.summary,
        "website": of.website,
        "area": of.area.code if of.area else None,
        "part_of": of.part_of.slug if of.part_of else None,
        "bodies": [each.slug for each in of.bodies.all()],
        "names": [
            {"name": each.name, "kind": each.kind, "valid_from": each.valid_from, "valid_to": each.valid_to}
            for each in of.names.all()
        ],
        "identifiers": [
            {
                "scheme": each.scheme,
                "value": each.value,
                "valid_from": each.valid_from,
                "valid_to": each.valid_to,
            }
            for each in of.identifiers.all()
        ],
        "valid_from": of.valid_from,
        "valid_to": of.valid_to,
        "predecessors": [each.slug for each in of.predecessors.all()],
        "successors": [each.slug for each in of.successors.all()],
    }
