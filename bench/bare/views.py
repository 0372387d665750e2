"""One list, as anybody would write it on the first day, prefetched as on the second; and as a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.views.generic import ListView

from bench.bare.api import WHOLE
from bench.bare.models import Alignment, Initiative

PER_PAGE = 25
AT_ONCE = 500
"""Rows of the spreadsheet that are fetched together, as many as the product fetches."""


class InitiativeList(ListView):
    """The public initiatives, most recently changed first. There is no total: counting would slow it down."""

    template_name = "list.html"
    context_object_name = "initiatives"

    def get_queryset(self) -> QuerySet[Initiative]:
        page = max(1, int(self.request.GET.get("page", "1")))
        return (
            Initiative.objects.filter(visibility="public", withdrawn_at=None, merged_into=None)
            .select_related("lead")
            .prefetch_related(Prefetch("alignments", Alignment.objects.select_related("element")))
            .order_by("-changed_at", "-pk")[(page - 1) * PER_PAGE : page * PER_PAGE]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for initiative in context["initiatives"]:
            initiative.chips = [alignment.element for alignment in initiative.alignments.all()][:3]
        return context


class _Echo:
    """Hands back what is written to it, as Django's documentation shows for large CSV files."""

    def write(self, text: str) -> str:
        return text


async def initiatives_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every public initiative with the facts that the product's spreadsheet has, streamed."""
    return StreamingHttpResponse(_lines(), content_type="text/csv; charset=utf-8")


async def _lines() -> AsyncIterator[str]:
    write = csv.writer(_Echo()).writerow
    yield write(["ref", "title", "summary", "stage", "lead", "partners", "strands", "blocks", "areas", "start", "end"])
    rows = (
        Initiative.objects.filter(visibility="public", withdrawn_at=None, merged_into=None)
        .select_related("lead")
        .prefetch_related(*WHOLE)
        .order_by("-changed_at", "-pk")
    )
    some: list[str] = []
    async for row in rows.aiterator(chunk_size=AT_ONCE):
        elements = [alignment.element for alignment in row.alignments.all()]
        line = [
            row.reference,
            row.title,
            row.summary,
            row.stage,
            row.lead.name if row.lead else "",
            "; ".join(partner.organisation.name for partner in row.partners.all()),
            "; ".join(element.code for element in elements if element.framework.part == "vision"),
            "; ".join(element.code for element in elements if element.framework.part == "building-blocks"),
            "; ".join(area.name for area in row.areas.all()),
            row.starts_on or "",
            row.ends_on or "",
        ]
        some.append(str(write(line)))
        if len(some) == AT_ONCE:
            yield "".join(some)
            some = []
    yield "".join(some)
