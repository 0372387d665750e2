"""Notes that say nearly the same: what a facilitator may want to group, found by the words. Nothing is changed here.

Every suggestion is gathered around one note, or around a group there is: each note in it is like that one, so a row of
small differences never brings together what is unlike at its ends. Notes are compared within their column, because the
column is part of what they say: the same words may be a barrier or an idea.

How alike two notes are is the share of their telling words they have in common, rare words counting more. Forms of a
word count as one, and so does a word with one slip of the thumb. A note that says *no* or *not* is never like one that
does not. The same notes give the same suggestions, in whatever order they come.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log
from typing import Final

from collaboration.boards.engine.limits import MOST_AT_ONCE
from collaboration.boards.outlined import Column, Group, Note, Outline
from collaboration.initiatives.finding.words import STOP_WORDS
from collaboration.initiatives.indexing import normalise

ALIKE: Final = 600
"""How much of the words, in thousandths, two notes must have in common."""
LOOKED_AT: Final = 300
"""Characters of a note that are looked at: who says the same says it by then, and time stays short."""
MOST_TERMS: Final = 24
LONGEST_STEM: Final = 8
MOST_COMPARED: Final = 50
"""With so many others a note is compared, those that share its rarest words: else a board of notes in the same few
words, as nobody writes them but a program, would take minutes."""
SHORTEST_SLIP: Final = 6
"""Letters of a stem from which on a slip is looked for: among shorter ones too many are real words."""

_NOT: Final = frozenset({"no", "nor", "not", "never", "none", "nobody", "nothing", "without", "cannot", "lack"})
_SHORTENED: Final = re.compile(r"n['\u2019]t\b", re.IGNORECASE)
_NO_PLURAL: Final = ("ss", "us", "is")
_ENDINGS: Final = ("ing", "ed", "ion", "ly")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Notes of one column that could be one group. With ``group``, they could join that one."""

    id: str
    """Of the group, or of a note: in no other suggestion."""
    column: Column
    notes: tuple[Note, ...]
    """In the order of the board: two or more, or with a group one or more; never more than one op may name."""
    closest: Note
    """The note, of the group if there is one, that all of them are like."""
    group: Group | None = None


def suggestions(board: Outline) -> list[Suggestion]:
    """What could be grouped, in the order of the board. A note is in one suggestion at most.

    Only what is shown to everybody counts: no note that waits to be revealed (one's own neither), none whose words were
    removed, and none in the bin, which an outline does not hold among its notes.
    """
    columns = [(column, _standing(column)) for column in board.columns]
    words = _Words(note.text for _column, standing in columns for note, _group in standing)
    return [found for column, standing in columns for found in _of_column(column, standing, words)]


def _standing(column: Column) -> list[tuple[Note, Group | None]]:
    """The notes that count, each with the group it is in."""
    found: list[tuple[Note, Group | None]] = []
    for item in column.items:
        if isinstance(item, Group):
            found += [(note, item) for note in item.notes if _counts(note)]
        elif _counts(item):
            found.append((item, None))
    return found


def _counts(note: Note) -> bool:
    return note.shown and not note.erased


@dataclass(frozen=True, slots=True)
class _Saying:
    """Telling words with their weights, the most telling first. ``whole`` is the sum of the weights."""

    weights: Mapping[str, int]
    denies: bool
    whole: int

    @property
    def telling(self) -> Iterator[str]:
        """So many of its rarest words that whatever is like it has one of them: the others need no index.

        What is like it has at least ``ALIKE / (2000 - ALIKE)`` of its weight in common with it.
        """
        left = self.whole
        for term, weight in self.weights.items():
            if left * (2000 - ALIKE) < ALIKE * self.whole:
                return
            yield term
            left -= weight

    def likeness(self, other: _Saying) -> int:
        """In thousandths."""
        few, many = sorted((self.weights, other.weights), key=len)
        shared = sum(weight for term, weight in few.items() if term in many)
        return 2000 * shared // (self.whole + other.whole)


class _Words:
    """The words of a board: how telling each is, and what each note says in them."""

    def __init__(self, texts: Iterable[str]) -> None:
        read = {text: _read(text) for text in set(texts)}
        slips = _slips(Counter(term for terms, _denies in read.values() for term in terms))
        meant = {text: {_cut(slips.get(term, term)) for term in terms} for text, (terms, _denies) in read.items()}
        common = Counter(term for terms in meant.values() for term in terms)
        # Whole numbers, because sums of fractions hang on the order in which they are added up.
        weight = {term: round(1000 * (1 + log(len(read) / number) / 2)) for term, number in common.items()}
        self._sayings: dict[str, _Saying] = {}
        for text, terms in meant.items():
            weights = {term: weight[term] for term in sorted(terms, key=lambda term: (-weight[term], term))}
            self._sayings[text] = _Saying(weights, read[text][1], sum(weights.values()))

    def __getitem__(self, text: str) -> _Saying:
        return self._sayings[text]


def _read(text: str) -> tuple[tuple[str, ...], bool]:
    """Stems of the telling words, each once, and whether something is denied.

    Where there are no telling words: what there is, so that "Yes!" is like "yes", and a sign like itself.
    """
    said = text[:LOOKED_AT]
    words = normalise(said).split()
    stems = dict.fromkeys(_stem(word) for word in words if word not in STOP_WORDS and (len(word) > 1 or word.isdigit()))
    denies = not _NOT.isdisjoint(words) or bool(_SHORTENED.search(said))
    if stems:
        return tuple(stems)[:MOST_TERMS], denies
    return (" ".join(words) or "".join(said.split()),), denies


def _stem(word: str) -> str:
    """What the forms of an English word have in common. Two words may share one: a suggestion is only a suggestion."""
    if word.endswith("s") and not word.endswith(_NO_PLURAL) and (len(word) > 3 or word.endswith("ps")):
        word = word[:-1]
    for ending in _ENDINGS:
        if len(word) > len(ending) + 3 and word.endswith(ending):
            word = word[: -len(ending)]
            if word[-1] == word[-2] and word[-1] not in "lse":
                word = word[:-1]
            break
    return word.removesuffix("e").removesuffix("i").removesuffix("y") if len(word) > 3 else word


def _cut(stem: str) -> str:
    """Long words are the same from their beginning: transport, transportation. What is no single word stays whole."""
    return stem[:LONGEST_STEM] if stem.isalpha() else stem


def _slips(in_notes: Mapping[str, int]) -> dict[str, str]:
    """Words of one note that differ by one letter, or by two changed about, from a word of others: what was meant.

    Two words do that where both give the same when one letter is left out. The first letter is rarely the wrong one.
    """
    known: dict[str, str] = {}
    slips: dict[str, str] = {}
    for word in sorted(in_notes, key=lambda word: (-in_notes[word], word)):
        if len(word) < SHORTEST_SLIP or not word.isalpha():
            continue
        forms = [word, *(word[:at] + word[at + 1 :] for at in range(1, len(word)))]
        near = [known[form] for form in forms if form in known] if in_notes[word] == 1 else []
        if near:
            slips[word] = min(near, key=lambda meant: (-in_notes[meant], meant))
            continue
        for form in forms:
            known.setdefault(form, word)
    return slips


@dataclass(slots=True)
class _Voice:
    """Notes that say the same in other letters: compared once. ``group``: where they stand already."""

    saying: _Saying
    notes: list[Note]
    group: Group | None

    @property
    def id(self) -> str:
        return self.notes[0].id


class _Index:
    """The voices others are compared with, found by the words that tell."""

    def __init__(self) -> None:
        self._by_term: dict[tuple[str, bool], list[_Voice]] = defaultdict(list)

    def add(self, voice: _Voice) -> None:
        for term in voice.saying.telling:
            self._by_term[term, voice.saying.denies].append(voice)

    def closest(self, saying: _Saying) -> _Voice | None:
        """The likest, of those that are alike; where two are equally so, one in a group."""
        near: dict[int, _Voice] = {}
        for term in saying.telling:
            for voice in self._by_term.get((term, saying.denies), ()):
                near[id(voice)] = voice
                if len(near) == MOST_COMPARED:
                    break
            if len(near) == MOST_COMPARED:
                break
        alike = [(score, voice) for voice in near.values() if (score := saying.likeness(voice.saying)) >= ALIKE]
        if not alike:
            return None
        return min(alike, key=lambda pair: (-pair[0], pair[1].group is None, pair[1].id))[1]


def _of_column(column: Column, standing: list[tuple[Note, Group | None]], words: _Words) -> list[Suggestion]:
    loose = [voice for voice in _voices(standing, words) if voice.group is None]
    centres = _Index()
    for voice in _voices(standing, words):
        if voice.group is not None:
            centres.add(voice)
    # What most agree with comes first, so that it is what others gather around.
    common = Counter(term for voice in loose for term in voice.saying.weights)
    loose.sort(key=lambda voice: (-len(voice.notes), -_agreement(voice.saying, common), voice.id))
    followers = []
    gathered: dict[str, tuple[_Voice, list[Note]]] = {}
    for voice in loose:
        if centres.closest(voice.saying) is None:
            centres.add(voice)
            gathered[voice.id] = (voice, list(voice.notes))
        else:
            followers.append(voice)
    # Only now, when all centres are known, does each go to the one that is likest.
    for voice in followers:
        centre = centres.closest(voice.saying)
        if centre is not None:
            key = centre.group.id if centre.group is not None else centre.id
            gathered.setdefault(key, (centre, []))[1].extend(voice.notes)
    place = {note.id: at for at, (note, _group) in enumerate(standing)}
    found = []
    for id, (centre, members) in gathered.items():
        if len(members) >= (1 if centre.group is not None else 2):
            ordered = sorted(members, key=lambda note: place[note.id])[:MOST_AT_ONCE]
            closest = min(centre.notes, key=lambda note: place[note.id])
            found.append(Suggestion(id, column, tuple(ordered), closest, centre.group))
    return sorted(found, key=lambda each: place[each.notes[0].id])


def _voices(standing: list[tuple[Note, Group | None]], words: _Words) -> list[_Voice]:
    found: dict[tuple[frozenset[str], bool, str], _Voice] = {}
    for note, group in sorted(standing, key=lambda pair: pair[0].id):
        saying = words[note.text]
        key = (frozenset(saying.weights), saying.denies, group.id if group is not None else "")
        if key in found:
            found[key].notes.append(note)
        else:
            found[key] = _Voice(saying, [note], group)
    return list(found.values())


def _agreement(saying: _Saying, common: Mapping[str, int]) -> int:
    """How much of what it says others say too, in thousandths of others' notes for each word."""
    return sum(1000 * (common[term] - 1) for term in saying.weights) // len(saying.weights)
