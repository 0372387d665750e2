"""One list, as anybody would write it on the first day, prefetched as on the second."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.views.generic import ListView

from bench.bare.models import Alignment, Initiative

PER_PAGE = 25


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
