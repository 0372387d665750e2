"""Work like the work somebody is about to register: by words, by what it answers to, and by where it is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from collaboration.initiatives.finding.cards import Card, cards
from collaboration.initiatives.finding.listing import levels
from collaboration.initiatives.finding.words import STOP_WORDS
from collaboration.initiatives.indexing import normalise
from collaboration.initiatives.models import Facet, SearchText
from groundwork.access.actors import Actor
from groundwork.directory.models import Area
from vision.frameworks.models import Element

MOST = 5
MAX_TERMS = 40
TOO_COMMON = 2000
"""A word that more initiatives than this have tells nothing about any of them."""
STRUCTURAL = 400
"""How many of the most recent initiatives with the same strand are looked at whether or not they share a word."""
TITLE_WEIGHT = 2.0
"""A word of a title counts this much more than one of a summary, on either side."""
SAME_STRAND, SAME_AMBITION, SAME_AREA = 0.22, 0.1, 0.08
ENOUGH = 0.12
"""Below this likeness nothing is shown: a long list of unlike work teaches people to skip it."""


class Similar(NamedTuple):
    """An initiative like the one asked about, and a sentence that says what they have in common."""

    card: Card
    why: str


@dataclass
class _Likeness:
    words: dict[str, float] = field(default_factory=dict)
    strands: list[str] = field(default_factory=list)
    ambitions: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)

    def score(self, whole: float) -> float:
        words = sum(self.words.values()) / whole if whole else 0.0
        answers = SAME_STRAND if self.strands else SAME_AMBITION if self.ambitions else 0.0
        return words + answers + (SAME_AREA if self.areas else 0.0)


def similar_to(
    actor: Actor,
    title: str,
    summary: str = "",
    areas: Iterable[str] = (),
    strands: Iterable[str] = (),
    exclude: int | None = None,
) -> list[Similar]:
    """At most five published initiatives like a new one, the likest first; only what the actor may see.

    ``areas`` and ``strands`` are codes; unknown ones count for nothing. ``exclude`` is the key of the initiative that
    is asked about. Drafts are never shown, not even one's own.
    """
    ground = _Ground.read(strands, areas)
    terms = _terms(title, summary)
    found: dict[int, _Likeness] = defaultdict(_Likeness)
    whole = _by_words(terms, found)
    _by_answer(actor, ground, found)
    found.pop(exclude, None)  # type: ignore[arg-type]
    # The words alone make a short list; only for that are facets read.
    nearest = sorted(found, key=lambda pk: (-found[pk].score(whole), pk))[:STRUCTURAL]
    seen = _seen(actor, nearest, ground, found)
    best = sorted((pk for pk in nearest if pk in seen), key=lambda pk: (-found[pk].score(whole), -pk))
    best = [pk for pk in best if found[pk].score(whole) >= ENOUGH][:MOST]
    return [Similar(card, _why(found[card.id], ground)) for card in cards(best)]


@dataclass(frozen=True)
class _Ground:
    strands: dict[str, str]
    """Titles by code."""
    ambitions: dict[str, str]
    areas: dict[str, str]

    @classmethod
    def read(cls, strands: Iterable[str], areas: Iterable[str]) -> _Ground:
        elements = list(Element.objects.filter(code__in=list(strands)).select_related("parent"))
        return cls(
            strands={e.code: e.label for e in elements if e.parent_id},
            ambitions={(e.parent or e).code: (e.parent or e).label for e in elements},
            areas=dict(Area.objects.filter(code__in=list(areas)).values_list("code", "name")),
        )


def _terms(title: str, summary: str) -> dict[str, float]:
    """The telling words with their weight, those of the title first; forms of one word count once."""
    weights: dict[str, float] = {}
    known: set[str] = set()
    for text, weight in ((title, TITLE_WEIGHT), (summary, 1.0)):
        for word in normalise(text).split():
            stem = word.rstrip("s")[:7]
            if len(word) > 2 and len(word) <= 40 and word not in STOP_WORDS and stem not in known:
                known.add(stem)
                weights[word] = weight
    return dict(list(weights.items())[:MAX_TERMS])


def _by_words(terms: dict[str, float], found: dict[int, _Likeness]) -> float:
    """Add what the words say. Returns the score of an initiative that had them all in its title."""
    if not terms:
        return 0.0
    # Rare words say more: the usual inverse document frequency, over what is published.
    everything = SearchText.objects.count()
    whole = 0.0
    hits: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for term, pk, in_title in _hits(list(terms)):
        hits[term].append((pk, in_title))
    for term, weight in terms.items():
        having = hits.get(term, [])
        telling = math.log(1 + (everything - len(having) + 0.5) / (len(having) + 0.5))
        if len(having) > TOO_COMMON:
            continue
        if having:
            whole += weight * telling
        for pk, in_title in having:
            found[pk].words[term] = weight * telling * (TITLE_WEIGHT if in_title else 1.0)
    # Words that nobody else uses say nothing for or against anyone, but a proposal full of them has little in common.
    missing = sum(weight for term, weight in terms.items() if term not in hits)
    return whole + 0.35 * missing * math.log(1 + everything)


def _hits(terms: list[str]) -> list[tuple[str, int, bool]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            values = ", ".join(["(%s)"] * len(terms))
            cursor.execute(
                f"SELECT t.term, s.initiative_id, s.vector @@ to_tsquery('english', t.term || ':A') "  # noqa: S608
                f"FROM (VALUES {values}) AS t(term) CROSS JOIN LATERAL ("
                f"SELECT initiative_id, vector FROM initiatives_searchtext "
                f"WHERE vector @@ to_tsquery('english', t.term) LIMIT {TOO_COMMON + 1}) AS s",
                terms,
            )
            return list(cursor.fetchall())
        found: list[tuple[str, int, bool]] = []
        for term in terms:
            having = [_matching(cursor, f'"{term}"'), _matching(cursor, f'title:"{term}"')]
            found += [(term, pk, pk in having[1]) for pk in having[0]]
        return found


def _matching(cursor: Any, query: str) -> set[int]:
    cursor.execute(
        f"SELECT rowid FROM initiatives_fts WHERE initiatives_fts MATCH %s LIMIT {TOO_COMMON + 1}",  # noqa: S608
        [query],
    )
    return {row[0] for row in cursor.fetchall()}


def _by_answer(actor: Actor, ground: _Ground, found: dict[int, _Likeness]) -> None:
    """Let those that answer to the same strand, or else the same ambition, be looked at too."""
    same = (
        Q(kind="strand", value__in=list(ground.strands))
        if ground.strands
        else Q(kind="ambition", value__in=list(ground.ambitions))
    )
    for pk in (
        Facet.objects.filter(same, is_public__in=levels(actor))
        .order_by("-changed_at", "-initiative_id")
        .values_list("initiative_id", flat=True)[:STRUCTURAL]
    ):
        found[pk]


def _seen(actor: Actor, ids: list[int], ground: _Ground, found: dict[int, _Likeness]) -> set[int]:
    """Which of ``ids`` the actor may see; adds what their facets have in common with the new one."""
    wanted = {"strand": ground.strands, "ambition": ground.ambitions, "area": ground.areas}
    telling = Q(kind="all")
    for kind, codes in wanted.items():
        telling |= Q(kind=kind, value__in=list(codes))
    seen: set[int] = set()
    rows = Facet.objects.filter(telling, initiative_id__in=ids, is_public__in=levels(actor))
    for pk, kind, value in rows.values_list("initiative_id", "kind", "value"):
        seen.add(pk)
        if kind != "all":
            lists = {"strand": found[pk].strands, "ambition": found[pk].ambitions, "area": found[pk].areas}
            lists[kind].append(value)
    return seen


def _why(likeness: _Likeness, ground: _Ground) -> str:
    parts: list[str] = []
    words = sorted(likeness.words, key=lambda word: -likeness.words[word])[:4]
    if words:
        parts.append(_("Both mention %(words)s.") % {"words": _listed(words)})
    if likeness.strands:
        parts.append(_("Both work on “%(strand)s”.") % {"strand": ground.strands[likeness.strands[0]]})
    elif likeness.ambitions:
        parts.append(_("Both serve “%(ambition)s”.") % {"ambition": ground.ambitions[likeness.ambitions[0]]})
    if likeness.areas:
        names = sorted(ground.areas[code] for code in set(likeness.areas))
        parts.append(_("Both are in %(areas)s.") % {"areas": _listed(names[:3])})
    return " ".join(parts)


def _listed(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(words)s and %(last)s") % {"words": ", ".join(words[:-1]), "last": words[-1]}
