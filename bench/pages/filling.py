"""Filling an empty database with made-up initiatives.

The place is the real catalogue; the initiatives are drawn with a fixed seed: words, organisations and strands follow a
Zipf law, as real ones do, so that some filters hold thousands and most hold few. Rows go in by ``COPY``; what is
derived from them is made by the product's own code.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from collaboration.initiatives import indexing
from collaboration.initiatives.models import Initiative
from collaboration.thread import services as thread
from groundwork.directory.models import Area, Organisation
from vision.frameworks.models import Element

START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
OPENINGS = [
    "Joint",
    "Shared",
    "Local",
    "County",
    "Neighbourhood",
    "Better",
    "Early",
    "Healthy",
    "Safer",
    "Active",
    "Green",
    "Open",
    "New",
    "Community",
    "Rural",
    "Town",
]
THEMES = [
    "hospital discharge",
    "social prescribing",
    "lifetime homes",
    "winter warmth",
    "school places",
    "parish liaison",
    "open data",
    "coastal paths",
    "flood resilience",
    "garden communities",
    "route planning",
    "flexible working",
    "superfast broadband",
    "apprenticeships",
    "employment land",
    "inward investment",
    "falls prevention",
    "befriending",
    "nursery readiness",
    "holiday meals",
    "care leavers",
    "cycling",
    "electric buses",
    "saltmarsh",
    "heritage trails",
    "participatory budgeting",
    "youth work",
    "food banks",
    "mental health",
    "smoking cessation",
    "dementia support",
    "adult learning",
    "skills bids",
    "creative studios",
    "tourism",
    "recycling",
    "tree planting",
    "allotments",
    "libraries",
    "museums",
    "sports clubs",
    "safe streets",
    "domestic abuse support",
    "carers breaks",
]
ENDINGS = [
    "programme",
    "project",
    "partnership",
    "pilot",
    "network",
    "scheme",
    "hub",
    "campaign",
    "fund",
    "forum",
    "service",
    "plan",
]
HEAD_WORDS = [
    "the",
    "and",
    "of",
    "to",
    "in",
    "for",
    "with",
    "residents",
    "partners",
    "council",
    "health",
    "community",
    "local",
    "services",
    "people",
    "support",
    "together",
    "schools",
    "work",
    "plan",
    "young",
    "older",
    "families",
    "volunteers",
    "district",
    "county",
    "town",
    "village",
    "funding",
    "evidence",
    "delivery",
    "team",
    "training",
    "advice",
    "transport",
    "homes",
    "housing",
    "skills",
    "business",
    "environment",
    "prevention",
    "care",
    "access",
    "shared",
    "joint",
    "data",
]


def words(count: int, chance: random.Random) -> list[str]:
    """A vocabulary: real words for the common end, made-up speakable ones for the long tail."""
    syllables = [a + b for a in "bcdfghlmnprstvw" for b in ("a", "e", "i", "o", "u", "ai", "ea", "or", "en", "in")]
    made: dict[str, None] = dict.fromkeys(HEAD_WORDS)
    made |= dict.fromkeys(word for theme in THEMES for word in theme.split())
    while len(made) < count:
        made["".join(chance.choices(syllables, k=chance.randint(2, 4)))] = None
    return list(made)


class Zipf:
    """Draws from a list so that the n-th is drawn n times more rarely than the first."""

    def __init__(self, listed: Sequence[Any], chance: random.Random, *, exponent: float = 1.0) -> None:
        self.listed, self.chance = listed, chance
        self.weights = list(accumulate(1 / (n + 1) ** exponent for n in range(len(listed))))

    def draw(self, count: int) -> list[Any]:
        return self.chance.choices(self.listed, cum_weights=self.weights, k=count)

    def some(self, most: int) -> list[Any]:
        """Between none and ``most`` different ones."""
        return list(dict.fromkeys(self.draw(self.chance.randint(0, most))))


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with cursor.copy(statement) as into:  # type: ignore[attr-defined]
            for row in rows:
                into.write_row(row)


@transaction.atomic
def fill(count: int) -> None:
    """Add ``count`` initiatives with their alignments, areas, partners and funding."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        if cursor.fetchone()[0]:
            # Millions of foreign keys, right by construction, need not be looked up one by one at the end.
            cursor.execute("SET LOCAL session_replication_role = replica")
    chance = random.Random(20261101)
    vocabulary = Zipf(words(6000, chance), chance)
    strands = list(Element.objects.filter(framework__part="vision", depth=1).values_list("pk", flat=True))
    blocks = list(Element.objects.filter(framework__part="building-blocks").values_list("pk", flat=True))
    others = list(Element.objects.filter(framework__part="").values_list("pk", flat=True))
    areas = list(Area.objects.exclude(kind="county").values_list("pk", flat=True))
    county = list(Area.objects.filter(kind="county").values_list("pk", flat=True))
    bodies = list(Organisation.objects.filter(is_group=False).values_list("pk", flat=True))
    for listed in (strands, blocks, others, areas, bodies):
        chance.shuffle(listed)
    strand, block, other = Zipf(strands, chance, exponent=0.6), Zipf(blocks, chance, exponent=0.6), Zipf(others, chance)
    body = Zipf(bodies, chance, exponent=0.8)
    theme = Zipf(THEMES, chance, exponent=0.7)
    first = 1 + max([0, *Initiative.objects.values_list("number", flat=True)])
    first_id = 1 + max([0, *Initiative.objects.values_list("pk", flat=True)])

    initiatives, alignments, in_areas, partners, funding = [], [], [], [], []
    for n in range(count):
        pk, number = first_id + n, first + n
        title = f"{chance.choice(OPENINGS)} {theme.draw(1)[0]} {chance.choice(ENDINGS)}"
        if chance.random() < 0.4:
            title += " " + " ".join(vocabulary.draw(2))
        summary = " ".join(vocabulary.draw(chance.randint(30, 90))).capitalize() + "."
        starts = date(2019, 1, 1) + timedelta(days=chance.randrange(2900)) if chance.random() < 0.8 else None
        ends = starts + timedelta(days=chance.randrange(90, 1500)) if starts and chance.random() < 0.5 else None
        changed = START - timedelta(minutes=chance.randrange(60 * 24 * 900), seconds=chance.randrange(60))
        lead = body.draw(1)[0]
        initiatives.append(
            (
                pk, number, f"ESX-{number:04}", title, summary,
                " ".join(vocabulary.draw(12)).capitalize() + ".",
                chance.choices(["idea", "proposed", "active", "paused", "completed", "ended"], [1, 2, 8, 1, 4, 1])[0],
                chance.choice(["neighbourhood", "town", "district", "several", "county"]),
                starts, ends, "", "Programme manager", "office@example.org", lead, lead,
                chance.choices(["public", "partners", "draft"], [92, 5, 3])[0], "public", "",
                chance.random() < 0.02, "", changed if chance.random() < 0.7 else None,
                Jsonb({}), Jsonb({}), changed, changed, changed, chance.randrange(1, 9),
            )
        )  # fmt: skip
        elements = [*strand.draw(chance.randint(1, 3)), *block.draw(chance.randint(1, 3)), *other.some(2)]
        for place, element in enumerate(dict.fromkeys(elements)):
            alignments.append((pk, element, place == 0, " ".join(vocabulary.draw(8))))
        where = county if chance.random() < 0.1 else chance.sample(areas, chance.choices([1, 2, 4], [7, 2, 1])[0])
        in_areas += [(pk, area) for area in where]
        for organisation in body.some(6):
            confirmation = chance.choices(["confirmed", "asked", "declined"], [7, 2, 1])[0]
            partners.append((pk, organisation, "delivery", "", "", confirmation, ""))
        for _line in range(chance.choices([0, 1, 2], [6, 3, 1])[0]):
            funding.append((pk, chance.randrange(1, 400) * 500, lead, ""))
    copy(
        "initiatives_initiative",
        [
            "id",
            "number",
            "reference",
            "title",
            "summary",
            "difference",
            "stage",
            "scale",
            "starts_on",
            "ends_on",
            "participation",
            "contact_role",
            "contact_email",
            "lead_id",
            "owner_id",
            "visibility",
            "intended_visibility",
            "withdrawn_reason",
            "is_exemplar",
            "exemplar_reason",
            "verified_at",
            "source",
            "original_labels",
            "created_at",
            "published_at",
            "changed_at",
            "version",
        ],
        initiatives,
    )
    copy("initiatives_alignment", ["initiative_id", "element_id", "is_main", "contribution"], alignments)
    copy("initiatives_initiative_areas", ["initiative_id", "area_id"], in_areas)
    copy(
        "initiatives_partner",
        ["initiative_id", "organisation_id", "role", "contribution", "printed_as", "confirmation", "declined_reason"],
        partners,
    )
    copy("initiatives_fundingline", ["initiative_id", "amount", "source_organisation_id", "source_name"], funding)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('initiatives_initiative', 'id'), max(id)) FROM initiatives_initiative"
        )
    index(range(first_id, first_id + count))


def index(ids: Sequence[int]) -> None:
    """What the product's indexing writes for these, made by it and written by ``COPY``."""
    ground = indexing.Ground.read()
    seen: set[str] = set()
    for start in range(0, len(ids), 2000):
        facets, texts, cards = [], [], []
        for initiative in indexing.records(ids[start : start + 2000]):
            made = indexing.make(initiative, ground)
            is_public = initiative.visibility == "public"
            facets += [(initiative.pk, kind, value, is_public, initiative.changed_at) for kind, value in made.facets]
            texts.append((initiative.pk, made.title, made.body, is_public, initiative.changed_at))
            cards.append((initiative.pk, made.stamp, made.sort_title, Jsonb(made.card), Jsonb(made.said)))
            seen.update(made.title.split(), made.body.split())
        copy("initiatives_facet", ["initiative_id", "kind", "value", "is_public", "changed_at"], facets)
        copy("initiatives_searchtext", ["initiative_id", "title", "body", "is_public", "changed_at"], texts)
        copy("initiatives_indexedcard", ["initiative_id", "stamp", "sort_title", "card", "said"], cards)
    indexing.learn(seen)


def fill_database(count: int) -> None:
    """Migrate, load the place, add the initiatives, count coverage, and tell the planner about it all."""
    call_command("migrate", verbosity=0)
    call_command("load_place", "essex", verbosity=0)
    fill(count)
    thread.recount()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
