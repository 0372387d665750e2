"""``recommendations.yaml``: which frameworks of the place are lists of recommendations to be followed up.

Each element of the framework at its first level becomes a recommendation. Who answers for it, by when, and how far it
is belongs to people: a later load changes only titles and adds what is new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collaboration.governance.models import Recommendation, RecommendationList
from groundwork.catalogue.ledger import Ledger
from groundwork.catalogue.reading import Catalogue, longest
from groundwork.catalogue.registry import section
from groundwork.directory.models import Organisation
from vision.frameworks.models import Element, Framework


@dataclass(frozen=True)
class ListRow:
    key: str
    framework: str
    made_by: str | None
    keeper: str | None
    values: dict[str, Any]


@section("recommendations", after=("organisations", "elements"))
class Recommendations:
    """A place may have none."""

    @staticmethod
    def read(catalogue: Catalogue) -> list[ListRow]:
        top = catalogue.file("recommendations.yaml")
        rows = []
        for entry in top.mappings("lists", required=True) if top else []:
            key, framework = entry.slug("key", longest=90), entry.text("framework", longest=80)
            catalogue.declare("recommendation list", key, entry, on="key")
            catalogue.refer("framework", framework, entry, on="framework")
            made_by, keeper = entry.text_or_null("made_by"), entry.text_or_null("keeper")
            catalogue.refer("organisation", made_by, entry, on="made_by")
            catalogue.refer("organisation", keeper, entry, on="keeper")
            values = {
                "title": entry.text("title", longest=longest(RecommendationList, "title")),
                "summary": entry.text_or_empty("summary", longest=longest(RecommendationList, "summary")),
                "made_on": entry.day("made_on"),
            }
            rows.append(ListRow(key, framework, made_by, keeper, values))
        return rows

    @staticmethod
    def write(rows: list[ListRow], ledger: Ledger) -> None:
        known = {each.slug: each for each in RecommendationList.objects.all()}
        for row in rows:
            framework = Framework.objects.get(key=row.framework)
            bodies = {
                each.slug: each for each in Organisation.objects.filter(slug__in=[row.made_by or "", row.keeper or ""])
            }
            values = {
                **row.values,
                "slug": row.key,
                "framework": framework,
                "made_by": bodies.get(row.made_by or ""),
                "keeper": bodies.get(row.keeper or ""),
                "from_catalogue": True,
            }
            found = known.get(row.key)
            made = ledger.settle(
                RecommendationList, "recommendation list", row.key, found, values, people_may_edit=True
            )
            _fill(made, framework, ledger)


def _fill(made: RecommendationList, framework: Framework, ledger: Ledger) -> None:
    known = {each.element_id: each for each in made.recommendations.all()}
    elements = Element.objects.filter(framework=framework, depth=0, withdrawn_on=None).order_by("order")
    for number, element in enumerate(elements, start=1):
        values = {
            "list": made,
            "code": element.code,
            "title": element.display_title,
            "text": element.summary or "",
            "element": element,
            "order": number,
        }
        ledger.settle(
            Recommendation, "recommendation", element.code, known.get(element.pk), values, people_may_edit=True
        )
