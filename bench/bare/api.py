"""The same list from an API, as the tutorial of Django REST framework leads to, prefetched and with cursor pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from rest_framework.pagination import CursorPagination
from rest_framework.serializers import ModelSerializer, SerializerMethodField, SlugRelatedField
from rest_framework.viewsets import ModelViewSet

from bench.bare.models import Alignment, Initiative, Partner

WHOLE = (
    Prefetch("alignments", Alignment.objects.select_related("element__framework")),
    Prefetch("partners", Partner.objects.exclude(confirmation="declined").select_related("organisation")),
    "areas",
)
"""What a record of the list needs besides its row."""


class InitiativeSerializer(ModelSerializer[Initiative]):
    lead = SlugRelatedField("slug", read_only=True)
    areas = SlugRelatedField("code", many=True, read_only=True)
    partners = SerializerMethodField()
    strands = SerializerMethodField()
    blocks = SerializerMethodField()

    class Meta:
        model = Initiative
        fields = (
            "reference",
            "title",
            "summary",
            "difference",
            "stage",
            "scale",
            "strands",
            "blocks",
            "areas",
            "lead",
            "partners",
            "starts_on",
            "ends_on",
            "visibility",
            "verified_at",
            "changed_at",
        )

    def get_partners(self, initiative: Initiative) -> list[str]:
        return [partner.organisation.slug for partner in initiative.partners.all()]

    def get_strands(self, initiative: Initiative) -> list[str]:
        return _codes(initiative, "vision")

    def get_blocks(self, initiative: Initiative) -> list[str]:
        return _codes(initiative, "building-blocks")


def _codes(initiative: Any, part: str) -> list[str]:
    return [a.element.code for a in initiative.alignments.all() if a.element.framework.part == part]


class ByChange(CursorPagination):
    page_size = 25
    ordering = ("-changed_at", "-pk")


class InitiativeViewSet(ModelViewSet[Initiative]):
    queryset = (
        Initiative.objects.filter(visibility="public", withdrawn_at=None, merged_into=None)
        .select_related("lead")
        .prefetch_related(*WHOLE)
    )
    serializer_class = InitiativeSerializer
    pagination_class = ByChange
