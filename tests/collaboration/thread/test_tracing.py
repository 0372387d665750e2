"""The thread can be followed from the vision to the work and back, and says where it is broken."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.initiatives import finding
from collaboration.thread import queries
from groundwork.access.errors import NotFound
from groundwork.clock import today
from tests.collaboration.ground import PUBLIC, Ground, initiative, lay, person_for
from vision.frameworks.models import ElementLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    finding.choices(fresh=True)
    made = lay()
    finding.choices(fresh=True)
    return made


def kinds(knot: queries.Knot) -> list[tuple[str, str]]:
    return [(element.code, each.kind) for element, each in knot.all_breaks()]


def test_an_ambition_with_its_strands_work_links_and_breaks(ground: Ground) -> None:
    initiative(ground, "Home from hospital", codes=("V-A1.1", "B-1"))
    initiative(ground, "Only for partners", codes=("V-A1.2",), visibility="partners")
    thread = queries.trace_element(PUBLIC, "V-A1")
    assert thread.framework.key == "vision"
    assert thread.trail == []
    assert [(k.element.code, k.initiatives) for k in thread.knot.children] == [("V-A1.1", 1), ("V-A1.2", 0)]
    assert [(link.element.code, link.outward) for link in thread.knot.links if link.element] == [("P-1", False)]
    assert [card.title for card in thread.examples] == ["Home from hospital"]
    assert kinds(thread.knot) == [("V-A1.2", "no-work")]
    partner = person_for(ground.organisations["vale-nhs"])
    seen = queries.trace_element(partner, "V-A1")
    assert seen.knot.initiatives == 2
    assert not seen.knot.all_breaks()


def test_a_strand_knows_the_way_up(ground: Ground) -> None:
    thread = queries.trace_element(PUBLIC, "V-A1.1")
    assert [above.code for above in thread.trail] == ["V-A1"]
    assert thread.query == "element=V-A1.1"


def test_other_frameworks_are_linked_directly_through_what_is_above_or_not_at_all(ground: Ground) -> None:
    assert kinds(queries.trace_element(PUBLIC, "P-1.1").knot) == []
    assert kinds(queries.trace_element(PUBLIC, "P-2").knot) == []
    ElementLink.objects.all().delete()
    assert kinds(queries.trace_element(PUBLIC, "P-1").knot) == [("P-1.1", "unlinked")]
    assert kinds(queries.trace_element(PUBLIC, "P-2").knot) == [("P-2", "unlinked")]


def test_a_link_to_something_withdrawn_is_flagged_and_withdrawn_parts_fall_away(ground: Ground) -> None:
    for code in ("V-A1", "V-A1.2"):
        ground.elements[code].withdrawn_on = today()
        ground.elements[code].save()
    assert ("P-1", "withdrawn") in kinds(queries.trace_element(PUBLIC, "P-1").knot)
    thread = queries.trace_element(PUBLIC, "V-A1")
    assert ("V-A1", "withdrawn") in kinds(thread.knot)
    assert [child.element.code for child in thread.knot.children] == ["V-A1.1"]


def test_from_an_initiative_up(ground: Ground) -> None:
    made = initiative(ground, "Home from hospital", codes=("V-A1.1", "B-1", "P-1.1", "P-2"))
    thread = queries.trace_initiative(PUBLIC, made.reference)
    assert [(f.element.code, [a.code for a in f.trail]) for f in thread.vision] == [("V-A1.1", ["V-A1"])]
    assert [each.kind for each in thread.vision[0].breaks] == ["no-contribution"]
    assert [f.element.code for f in thread.blocks] == ["B-1"]
    assert [(f.element.code, f.breaks) for f in thread.others] == [("P-1.1", []), ("P-2", [])]
    assert thread.breaks == []
    made.alignments.update(contribution="Beds are free sooner.")
    assert queries.trace_initiative(PUBLIC, made.reference).vision[0].breaks == []
    ElementLink.objects.all().delete()
    others = queries.trace_initiative(PUBLIC, made.reference).others
    assert [each.kind for fibre in others for each in fibre.breaks] == ["unlinked", "unlinked"]


def test_an_initiative_that_says_nothing(ground: Ground) -> None:
    made = initiative(ground, "Nothing stated")
    thread = queries.trace_initiative(PUBLIC, made.reference)
    assert [each.kind for each in thread.breaks] == ["no-vision", "no-block"]


def test_what_is_not_visible_is_not_found(ground: Ground) -> None:
    draft = initiative(ground, "Draft", visibility="draft")
    with pytest.raises(NotFound):
        queries.trace_initiative(PUBLIC, draft.reference)
    with pytest.raises(NotFound):
        queries.trace_initiative(PUBLIC, "\x00")
    for code in ("V-A9", "\x00", "x" * 10_000, "🙂", "\ud800"):
        with pytest.raises(NotFound):
            queries.trace_element(PUBLIC, code)


def test_the_number_of_queries_does_not_grow(ground: Ground) -> None:
    counts: dict[str, set[int]] = {"element": set(), "initiative": set()}
    for n in (1, 3):
        for _each in range(n):
            made = initiative(ground, "Work", codes=tuple(list(ground.elements)[: 3 * n + 2]))
        with CaptureQueriesContext(connection) as reads:
            queries.trace_element(PUBLIC, "V-A1")
        counts["element"].add(len(reads))
        with CaptureQueriesContext(connection) as reads:
            queries.trace_initiative(PUBLIC, made.reference)
        counts["initiative"].add(len(reads))
    assert max(counts["element"]) <= 8
    assert max(counts["initiative"]) <= 6
    assert all(len(numbers) == 1 for numbers in counts.values())
