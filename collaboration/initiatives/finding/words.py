"""Words a person typed, made into what the database's full-text search takes; and spelling help.

Both databases get the same words: split at anything that is not a letter or digit, lower case, without accents and
without the commonest English words. Every word is quoted, so that nothing a person types is an operator by accident;
only double quotes around several words mean something: these words in this order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection

from collaboration.initiatives import trigrams
from collaboration.initiatives.indexing import normalise
from collaboration.initiatives.models import SearchWord

MAX_TERMS = 16
STOP_WORDS = frozenset(
    # PostgreSQL's list for English, without what normalising splits or drops; FTS5 has none of its own.
    """i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
    it its itself they them their theirs themselves what which who whom this that these those am is are was were be
    been being have has had having do does did doing a an the and but if or because as until while of at by for with
    about against between into through during before after above below to from up down in out on off over under again
    further then once here there when where why how all any both each few more most other some such no nor not only
    own same so than too very s t can will just don should now""".split()  # noqa: SIM905 - words read better as words
)


@dataclass(frozen=True, slots=True)
class Words:
    """What to look for: single words and phrases, every one of which must be found."""

    terms: tuple[tuple[str, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Words:
        """Understand any text whatever. No terms means that nothing in it can be looked for."""
        terms: list[tuple[str, ...]] = []
        for phrase, loose in re.findall(r'"([^"]*)"|([^"]+)', text.replace("“", '"').replace("”", '"')):
            if phrase:
                # Within a phrase the small words hold the others' places.
                words = tuple(normalise(phrase).split())
                terms += [words] if not STOP_WORDS.issuperset(words) else []
            else:
                terms += [(w,) for w in normalise(loose).split() if w not in STOP_WORDS]
        return cls(tuple(dict.fromkeys(terms))[:MAX_TERMS])

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def query(self) -> str:
        """For PostgreSQL's ``websearch_to_tsquery`` and for FTS5's ``MATCH`` alike."""
        return " ".join('"' + " ".join(term) + '"' for term in self.terms)

    @property
    def singles(self) -> list[str]:
        return list(dict.fromkeys(word for term in self.terms for word in term))


def better_spelling(words: Words) -> Words | None:
    """The same question with words nobody uses replaced by the nearest ones that somebody does, or None.

    Two queries for a question without unknown words; one more for each unknown word.
    """
    singles = words.singles
    known = set(SearchWord.objects.filter(pk__in=singles).values_list("pk", flat=True))
    replacements: dict[str, str] = {}
    for word in singles:
        if word in known or len(word) < 4 or word.isdigit() or len(word) > 40:
            continue
        nearest = _nearest(word)
        if nearest:
            replacements[word] = nearest
    if not replacements:
        return None
    return Words(tuple(tuple(replacements.get(word, word) for word in term) for term in words.terms))


def _nearest(word: str) -> str | None:
    """The known word with the fewest mistakes between, at most one in four letters and never more than three."""
    allowed = min(3, max(1, len(word) // 3))
    best: tuple[int, int, int, str] | None = None
    for candidate in _candidates(word, allowed):
        mistakes = distance(word, candidate, allowed)
        if mistakes <= allowed:
            # Of equally near words: the one with the same first letter, then of the same length, then by alphabet.
            rank = (mistakes, int(candidate[0] != word[0]), abs(len(candidate) - len(word)), candidate)
            best = rank if best is None or rank < best else best
    return best[3] if best else None


def _candidates(word: str, allowed: int) -> list[str]:
    if connection.vendor == "postgresql" and trigrams.has_trigrams():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word FROM initiatives_searchword WHERE word %% %s AND length BETWEEN %s AND %s "
                "ORDER BY similarity(word, %s) DESC LIMIT 60",
                [word, len(word) - allowed, len(word) + allowed, word],
            )
            if found := [row[0] for row in cursor.fetchall()]:
                return found
    # Few words are misspelt in their first letter and no other way; looking at the rest is worth it for short lists.
    same_length = SearchWord.objects.filter(length__range=(len(word) - allowed, len(word) + allowed))
    close = list(same_length.filter(word__startswith=word[0]).values_list("pk", flat=True)[:5000])
    return close + list(same_length.exclude(word__startswith=word[0]).values_list("pk", flat=True)[:2000])


def distance(one: str, other: str, most: int) -> int:
    """How many letters were left out, added, changed or swapped with their neighbour (optimal string alignment).

    Stops counting above ``most`` and then returns ``most + 1``.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1] if last[-1] <= most else most + 1
