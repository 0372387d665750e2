"""Who may do what with recommendations and with assemblies, briefings and letters: every level, kept or not.

"lead" follows up the lists that anybody follows up and held what was held, "partner" answers for each recommendation.
See :mod:`tests.collaboration.matrix` for how to read a table.
"""

from __future__ import annotations

from typing import Any

import pytest

from collaboration.governance.models import RecommendationList
from collaboration.governance.queries import visible
from groundwork.access.actors import Actor
from groundwork.access.rules import can, verbs
from tests.collaboration.governance import permitted
from tests.collaboration.governance.ground import Ground
from tests.collaboration.matrix import check

pytestmark = pytest.mark.django_db

RECOMMENDATIONS_VERBS = [
    "recommendation.view",
    "recommendation.assign",
    "recommendation.accept",
    "recommendation.report",
    "recommendations.view",
    "recommendations.keep",
]
RECOMMENDATIONS = """
== kept board/alone public
y y . y y y | lead:lead/approver/officer
y . . y y . | partner:member
y . y y y . | partner:lead/approver/officer
y y . . y y | system
y . . . y . | *
== kept board/alone partners
y y . y y y | lead:lead/approver/officer
y . . y y . | partner:member
y . y y y . | partner:lead/approver/officer
0 0 0 0 0 0 | public nobody operator
y y . . y y | system
y . . . y . | *
== kept board board
y . . . y . | owner:member/lead/officer lead:member/scrutiny other:member elsewhere
y y . y y y | lead:lead/approver/officer
y . . y y . | partner:member
y . y y y . | partner:lead
y y . . y y | system
0 0 0 0 0 0 | *
== kept board named
y . . . y . | owner:member lead:member/scrutiny elsewhere
y y . y y y | lead:lead/approver/officer
y . . y y . | partner:member
y . y y y . | partner:lead
y y . . y y | system
0 0 0 0 0 0 | *
== kept alone board/named
y . . . y . | lead:member/scrutiny elsewhere
y y . y y y | lead:lead/approver/officer
y y . . y y | system
0 0 0 0 0 0 | *
== unkept board/alone public
y y . y y y | owner:officer lead:officer other:officer
y . . y y . | partner:member
y . y y y . | partner:lead/approver
y y y y y y | partner:officer
y y . . y y | system
y . . . y . | *
== unkept board/alone partners
y y . y y y | owner:officer lead:officer other:officer
y . . y y . | partner:member
y . y y y . | partner:lead/approver
y y y y y y | partner:officer
0 0 0 0 0 0 | public nobody operator
y y . . y y | system
y . . . y . | *
== unkept board board
y . . . y . | owner:member/lead other:member
y y . y y y | owner:officer
y . . y y . | partner:member
y . y y y . | partner:lead
y y . . y y | system
0 0 0 0 0 0 | *
== unkept board named
y . . . y . | owner:member
y . . y y . | partner:member
y . y y y . | partner:lead
y y . . y y | system
0 0 0 0 0 0 | *
== unkept alone board/named
y y . . y y | system
0 0 0 0 0 0 | *
"""

ENGAGEMENTS_VERBS = [
    "engagement.view",
    "engagement.edit",
]
ENGAGEMENTS = """
== board/alone public
y y | lead:member/lead/approver/officer elsewhere
y . | *
== board/alone partners
y y | lead:member/lead/approver/officer elsewhere
0 0 | public nobody operator
y . | *
== board board
y . | owner:member/lead/officer lead:scrutiny partner:member/lead other:member system
y y | lead:member/lead/approver/officer elsewhere
0 0 | *
== board named
y . | owner:member lead:scrutiny partner:member/lead system
y y | lead:member/lead/approver/officer elsewhere
0 0 | *
== alone board/named
y y | lead:member/lead/approver/officer elsewhere
y . | lead:scrutiny system
0 0 | *
"""


@pytest.fixture
def laid() -> tuple[Ground, dict[str, Actor]]:
    ground, actors = permitted.lay()
    del actors["ended"]  # What they had was a seat; nobody is signed in under a mandate that has ended.
    return ground, actors


def _or_its_list(it: Any, verb: str) -> Any:
    return it.list if verb.startswith("recommendations.") else it


def test_recommendations(laid: tuple[Ground, dict[str, Actor]]) -> None:
    ground, actors = laid
    found = permitted.recommendations(ground)
    check(RECOMMENDATIONS_VERBS, RECOMMENDATIONS, actors, found, of=_or_its_list)
    lists = RecommendationList.objects.filter(recommendations__in=[it.pk for it in found.values()])
    for name, actor in actors.items():
        viewed = {made.pk for made in lists if can(actor, "recommendations.view", made)}
        assert set(visible.recommendation_lists(actor).values_list("pk", flat=True)) == viewed, name


def test_assemblies_briefings_and_letters(laid: tuple[Ground, dict[str, Actor]]) -> None:
    ground, actors = laid
    found = permitted.engagements(ground)
    check(ENGAGEMENTS_VERBS, ENGAGEMENTS, actors, found)
    for name, actor in actors.items():
        viewed = {it.pk for it in found.values() if can(actor, "engagement.view", it)}
        assert set(visible.engagements(actor).values_list("pk", flat=True)) == viewed, name


def test_who_may_note_what_was_held(laid: tuple[Ground, dict[str, Actor]]) -> None:
    _ground, actors = laid
    refused = {name for name, actor in actors.items() if not can(actor, "engagements.log")}
    assert refused == {
        *(f"{body}:scrutiny" for body in ("owner", "lead", "partner", "other")),
        *("public", "nobody", "operator", "system"),
    }


def test_no_verb_is_without_a_table() -> None:
    kinds = ("recommendation.", "recommendations.", "engagement.", "engagements.")
    tables = (RECOMMENDATIONS_VERBS, ENGAGEMENTS_VERBS)
    assert {verb for verb in verbs() if verb.startswith(kinds)} == {"engagements.log"}.union(*tables)
