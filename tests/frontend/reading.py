"""What the tests of the public pages share: a place with work in it, and pages read as trees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collaboration.initiatives import indexing
from collaboration.initiatives.models import (
    Alignment,
    Challenge,
    FundingLine,
    Initiative,
    LearningNote,
    Partner,
    Update,
)
from collaboration.thread.services import recount
from groundwork.directory.models import Area, Organisation, OrganisationName
from groundwork.directory.queries import fold
from tests.collaboration.ground import initiative
from tests.collaboration.initiatives.world import World, build
from tests.frontend.markup import Node, page
from vision.frameworks.models import Element, Framework

PAGES = (
    "/",
    "/ambitions/",
    "/building-blocks/",
    "/initiatives/",
    "/coverage/",
    "/map/",
    "/organisations/",
    "/areas/",
    "/frameworks/",
    "/updates/",
    "/search/",
    "/help/",
    "/help/connect-excel/",
    "/help/connect-power-bi/",
    "/help/api/",
    "/help/import/",
    "/accessibility/",
    "/privacy/",
    "/cookies/",
    "/data-licence/",
    "/terms/",
    "/status/",
)
"""Pages that exist whatever is loaded."""


@dataclass
class Vale:
    """The made-up place, with three records."""

    world: World
    full: Initiative
    """Says everything a record can say."""
    bare: Initiative
    """Says nothing but its title."""
    partners_only: Initiative


def vale() -> Vale:
    world = build()
    ground = world.ground
    ground.elements["PR-1"] = Element.objects.get(code="PR-1")
    Framework.objects.filter(key="vision").update(
        summary="One vision.", source={"document": "vision-report", "section": "page 3"}, also_called=["The Vale 2040"]
    )
    Element.objects.filter(framework__key="blocks").update(summary="What it takes.", facts={"test": "Does it work?"})
    Element.objects.filter(code="V-A1").update(summary="Long and healthy lives.", kind="ambition")
    for n, code in enumerate(("C1", "C2", "C3")):
        Area.objects.filter(code=code).update(tile_row=n, tile_column=1)
    for each in Organisation.objects.all():
        OrganisationName.objects.create(organisation=each, name=each.name, folded=fold(each.name), kind="official")
    former = "Northwick Rural District"
    OrganisationName.objects.create(
        organisation=world.bodies["owner"], name=former, folded=fold(former), kind="former", valid_to=date(1974, 4, 1)
    )
    full = initiative(
        ground,
        "Warm homes for older people",
        "Visits to cold homes:\n- draught proofing\n- heating checks\n\nRun <with> care.",
        codes=("V-A1.1", "V-A1.2", "B-1", "B-2", "P-1.1", "PR-1"),
        areas=("C1", "C2"),
        lead="northwick-council",
        partners=("vale-nhs",),
        money=(1500, 250),
        owner=world.bodies["owner"],
        difference="Fewer people fall ill in winter.",
        participation="Residents choose the visitors.",
        stage="active",
        scale="district",
        starts_on=date(2025, 4, 1),
        ends_on=date(2027, 3, 31),
        contact_role="Housing officer",
        contact_email="homes@example.org",
        verified_at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        is_exemplar=True,
        exemplar_reason="Run by residents.",
        changed_at=datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
        source={"document": "vale-report", "section": "Appendix 1", "row": "JW-01"},
        original_labels={"theme": "Warm Homes", "examples": ["Draught proofing"], "partners": ["Heath"]},
    )
    Alignment.objects.filter(initiative=full, element__code="V-A1.1").update(contribution="People stay at home longer.")
    Partner.objects.filter(initiative=full).update(confirmation="confirmed", printed_as="Heath", contribution="Pays.")
    Partner.objects.create(initiative=full, organisation=world.bodies["group"], role="adviser")
    Partner.objects.create(
        initiative=full,
        organisation=world.bodies["lead"],
        role="host",
        confirmation="declined",
        declined_reason="DECLINED-CANARY",
    )
    Partner.objects.create(initiative=full, organisation=world.bodies["other"], role="funder", confirmation="asked")
    FundingLine.objects.create(initiative=full, source_name="A charity")
    acted: dict[str, Any] = {
        "initiative": full,
        "person": world["owner:lead"].who,
        "organisation": world.bodies["owner"],
    }
    Update.objects.create(**acted, health="on_track", body="Forty homes visited.")
    LearningNote.objects.create(**acted, body="Evenings suit people best.")
    full.asks_and_offers.create(person=acted["person"], organisation=acted["organisation"], kind="ask", body="A van")
    full.asks_and_offers.create(person=acted["person"], organisation=acted["organisation"], kind="offer", body="Advice")
    Challenge.objects.create(**acted, body="How is it counted?", response="By visits.", responded_at=full.changed_at)
    bare = initiative(ground, "Nothing more is said", changed_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC))
    partners_only = initiative(
        ground, "PARTNERS-CANARY", codes=("V-A1.1",), visibility="partners", owner=world.bodies["owner"]
    )
    initiative(ground, "DRAFT-CANARY", codes=("V-A1.1",), visibility="draft", owner=world.bodies["owner"])
    indexing.reindex([full.pk])
    recount()
    return Vale(world, full, bare, partners_only)


def read(client: Client, address: str, *, status: int = 200) -> Node:
    """A page as a tree; strict: markup that a browser would have to repair is an error."""
    response = client.get(address)
    assert response.status_code == status, f"{address}: {response.status_code}"
    return page(response.content.decode())


def words(client: Client, address: str, *, status: int = 200) -> str:
    """The text of a page's main part, with single spaces."""
    (main,) = read(client, address, status=status).all("main")
    return re.sub(r"\s+", " ", main.text)


def queries(client: Client, address: str) -> int:
    """How many queries an address takes, once what is kept between requests is warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def links(tree: Node) -> Iterator[str]:
    for node in tree.walk():
        if node.tag == "a" and "href" in node.attrs:
            yield node.attrs["href"]
