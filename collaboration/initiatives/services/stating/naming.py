"""What is meant by a name: one element, area or organisation, or a sentence that says which name is nearest."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from django.utils.translation import gettext as _

from collaboration.initiatives import indexing
from collaboration.initiatives.services.cleaning import Problems, shown
from groundwork.clock import today
from groundwork.directory.models import Area, Organisation, OrganisationIdentifier, OrganisationName
from groundwork.directory.queries import fold
from vision.frameworks.models import Element, ElementAlias

LONGEST_NAME: Final = 300
MOST_SUGGESTIONS: Final = 200
"""Looking for the nearest name is slow: a file that is wrong in every line gets it for this many."""

_T = TypeVar("_T", Element, Area, Organisation)


@dataclass
class Names(Generic[_T]):
    """Everything of one kind by what it may be called."""

    codes: dict[str, _T] = field(default_factory=dict)
    """By code, slug or identifier, in lower case: exact, and first."""
    named: dict[str, dict[int, _T]] = field(default_factory=dict)
    """By folded name; a name may be that of several."""
    shown: dict[str, str] = field(default_factory=dict)
    """How a folded name is written."""
    suggestions: int = 0

    def add(self, thing: _T, *, codes: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        for code in codes:
            if code:
                self.codes.setdefault(code.casefold(), thing)
        for name in names:
            if folded := fold(name):
                self.named.setdefault(folded, {})[thing.pk] = thing
                self.shown.setdefault(folded, name)

    def meant(self, text: str, fits: Callable[[_T], bool]) -> list[_T]:
        """What ``text`` can mean among those that fit: none, one, or several."""
        if (thing := self.codes.get(text.casefold())) is not None:
            return [thing]
        found = list(self.named.get(fold(text), {}).values())
        return [thing for thing in found if fits(thing)] or found

    def nearest(self, text: str, fits: Callable[[_T], bool]) -> str:
        """The name most like ``text`` of something that fits, or ""."""
        folded = fold(text)
        if not folded or self.suggestions >= MOST_SUGGESTIONS:
            return ""
        self.suggestions += 1
        possible = [name for name, things in self.named.items() if any(fits(thing) for thing in things.values())]
        close = difflib.get_close_matches(folded, possible, n=1, cutoff=0.6)
        if not close:
            # Words in another order, or some left out: "council of Rochford".
            words = set(folded.split())
            shared = {name: len(words & set(name.split())) / len(words | set(name.split())) for name in possible}
            best = max(shared, key=lambda name: shared[name], default="")
            close = [best] if best and shared[best] >= 0.4 else []
        return self._best_known(close[0], fits) if close else ""

    def _best_known(self, folded: str, fits: Callable[[_T], bool]) -> str:
        """A name as it is written; an organisation by its own name: “Rochford” alone would read like the area."""
        (thing, *others) = [thing for thing in self.named[folded].values() if fits(thing)]
        if isinstance(thing, Organisation) and not others and self.meant(thing.name, fits) == [thing]:
            return thing.name
        return self.shown[folded]

    def find(
        self,
        text: object,
        *,
        field: str,
        what: str,
        problems: Problems,
        fits: Callable[[_T], bool] = lambda thing: True,
        prefer: Callable[[_T], bool] | None = None,
    ) -> _T | None:
        """The one thing meant, or None with a sentence in ``problems``. ``what``: "organisation", translated."""
        if not isinstance(text, str) or not text.strip():
            problems.add(field, _("A name or code is missing here."))
            return None
        text = text.strip()
        if len(text) > LONGEST_NAME:
            problems.add(
                field,
                _("There is no %(what)s called “%(name)s…”: that is too long for a name.")
                % {"what": what, "name": shown(text)},
            )
            return None
        found = self.meant(text, fits)
        if len(found) > 1 and prefer is not None:
            found = [thing for thing in found if prefer(thing)] or found
        if len(found) == 1:
            return found[0]
        quoted = shown(text) + ("…" if len(text) > 40 else "")
        if found:
            problems.add(
                field,
                _("“%(name)s” can mean several: %(which)s. Use the code.")
                % {"name": quoted, "which": "; ".join(sorted(_spoken(thing) for thing in found)[:4])},
            )
        elif near := self.nearest(text, fits):
            problems.add(
                field,
                _("There is no %(what)s called “%(name)s”. Did you mean “%(near)s”?")
                % {"what": what, "name": quoted, "near": near},
            )
        else:
            problems.add(field, _("There is no %(what)s called “%(name)s”.") % {"what": what, "name": quoted})
        return None


def _spoken(thing: Element | Area | Organisation) -> str:
    if isinstance(thing, Element):
        return f"{thing.code} {thing.label}"
    if isinstance(thing, Area):
        return f"{thing.code} {thing.name}"
    return f"{thing.slug} ({thing.name})"


@dataclass
class Directory:
    """The three kinds of names, read once for many statements (six queries)."""

    elements: Names[Element]
    areas: Names[Area]
    organisations: Names[Organisation]
    by_id: dict[int, Element]

    @classmethod
    def read(cls) -> Directory:
        elements: Names[Element] = Names()
        by_id = indexing.all_elements()
        for element in by_id.values():
            elements.add(element, codes=[element.code], names=[element.title or "", element.short_title])
        for element_id, title in ElementAlias.objects.values_list("element_id", "title"):
            elements.add(by_id[element_id], names=[title])
        areas: Names[Area] = Names()
        for area in Area.objects.all():
            areas.add(area, codes=[area.code, area.slug], names=[area.name])
        organisations: Names[Organisation] = Names()
        bodies = Organisation.objects.in_bulk()
        for body in bodies.values():
            organisations.add(body, codes=[body.slug], names=[body.name, body.abbreviation])
        for pk, name in OrganisationName.objects.values_list("organisation_id", "name"):
            organisations.add(bodies[pk], names=[name])
        for pk, scheme, value in OrganisationIdentifier.objects.values_list("organisation_id", "scheme", "value"):
            organisations.add(bodies[pk], codes=[f"{scheme}:{value}"])
        return cls(elements=elements, areas=areas, organisations=organisations, by_id=by_id)


def exists_today(thing: Area | Organisation) -> bool:
    return thing.holds_on(today()) and getattr(thing, "status", "") != "closed"
