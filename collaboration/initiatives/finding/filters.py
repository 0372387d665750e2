"""What a list is narrowed by. The address is the saved view: filters are read from it and written back to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.cache import cache
from django.http import QueryDict
from django.utils.translation import gettext as _

from collaboration.initiatives.models import Stage
from groundwork.directory.models import Area, Organisation, Sector
from groundwork.directory.queries import former_slugs
from groundwork.ids import uuid7
from vision.frameworks.models import Element, Framework

SORTS = ("recent", "title", "relevance")
MAX_WORDS = 200
"""Characters of words that are searched for; a longer question is cut, and a sentence says so."""
_CHOICES_KEY = "finding.choices"
_CHOICES_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a list can be filtered by. ``id`` is what facets keep, ``code`` what addresses show."""

    code: str
    title: str
    id: str
    slug: str = ""
    parent: str = ""
    """The code of the ambition a strand belongs to, of the framework an element belongs to."""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the filters can be set to, in the order in which it is shown."""

    ambitions: tuple[Choice, ...]
    strands: tuple[Choice, ...]
    blocks: tuple[Choice, ...]
    elements: tuple[Choice, ...]
    areas: tuple[Choice, ...]
    organisations: tuple[Choice, ...]
    sectors: tuple[Choice, ...]
    stages: tuple[Choice, ...]
    index: dict[str, dict[str, Choice]] = field(repr=False)
    """For each kind of filter, the choice meant by a code or slug in lower case."""

    def find(self, kind: str, text: str) -> Choice | None:
        return self.index[kind].get(text.strip().casefold())


@dataclass
class _Kept:
    """The choices this process read last, and the stamp in the cache under which it did."""

    stamp: str = ""
    choices: Choices | None = None


_kept = _Kept()


def choices(*, fresh: bool = False) -> Choices:
    """What the filters can be set to: five queries, at most once a minute in each process unless ``fresh``.

    The cache holds only a stamp: unpickling some hundred choices for each request would cost more than the list.
    """
    stamp = "" if fresh else cache.get(_CHOICES_KEY)
    if stamp and stamp == _kept.stamp and _kept.choices is not None:
        return _kept.choices
    known = _read_choices()
    if not stamp:
        stamp = str(uuid7())
        cache.set(_CHOICES_KEY, stamp, _CHOICES_SECONDS)
    _kept.stamp, _kept.choices = stamp, known
    return known


def _read_choices() -> Choices:
    elements = list(Element.objects.select_related("framework", "parent").order_by("framework__order", "order"))

    def element_choices(keep: Callable[[Element], bool]) -> tuple[Choice, ...]:
        return tuple(
            Choice(
                code=e.code,
                title=e.label,
                id=e.code,
                slug=e.slug,
                parent=e.parent.code if e.parent else e.framework.key,
                withdrawn=e.withdrawn_on is not None,
            )
            for e in elements
            if keep(e)
        )

    kinds: dict[str, tuple[Choice, ...]] = {
        "ambition": element_choices(lambda e: e.framework.part == Framework.Part.VISION and e.depth == 0),
        "strand": element_choices(lambda e: e.framework.part == Framework.Part.VISION and e.depth == 1),
        "block": element_choices(lambda e: e.framework.part == Framework.Part.BUILDING_BLOCKS and e.depth == 0),
        "element": element_choices(lambda e: True),
        "area": tuple(
            Choice(a.code, a.name, a.code, a.slug, withdrawn=a.valid_to is not None) for a in Area.objects.all()
        ),
        "organisation": tuple(
            Choice(slug, name, str(pk), slug, sector, status == "closed")
            for pk, slug, name, sector, status in Organisation.objects.values_list(
                "pk", "slug", "name", "sector__code", "status"
            )
        ),
        "sector": tuple(
            Choice(code, title, str(pk)) for pk, code, title in Sector.objects.values_list("pk", "code", "title")
        ),
        "stage": tuple(Choice(value, str(label), value) for value, label in Stage.choices),
    }
    index = {
        kind: {text.casefold(): choice for choice in listed for text in (choice.slug, choice.code) if text}
        for kind, listed in kinds.items()
    }
    for kind, slugs in former_slugs().items():
        # What was renamed is found by the address it had as well.
        for former, slug in slugs.items():
            if slug.casefold() in index[kind]:
                index[kind].setdefault(former.casefold(), index[kind][slug.casefold()])
    return Choices(
        ambitions=kinds["ambition"],
        strands=kinds["strand"],
        blocks=kinds["block"],
        elements=kinds["element"],
        areas=kinds["area"],
        organisations=kinds["organisation"],
        sectors=kinds["sector"],
        stages=kinds["stage"],
        index=index,
    )


# The order is that of the address, and of how much each kind usually narrows a list: the first is read in order.
KINDS = ("organisation", "element", "strand", "area", "block", "ambition", "sector", "stage", "year", "exemplar")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """A view of the register. Every filter that is set must hold; empty ones do not narrow.

    Values are codes as addresses show them: elements and areas by code, organisations by slug.
    """

    ambition: str = ""
    strand: str = ""
    block: str = ""
    element: str = ""
    area: str = ""
    organisation: str = ""
    sector: str = ""
    stage: str = ""
    year: str = ""
    exemplar: str = ""
    words: str = ""
    sort: str = ""
    """One of :data:`SORTS`; empty: by relevance when there are words, else most recently changed first."""
    organisation_id: str = field(default="", repr=False, compare=False)
    sector_id: str = field(default="", repr=False, compare=False)

    @classmethod
    def from_query(cls, query: QueryDict | dict[str, str], known: Choices | None = None) -> tuple[Filters, list[str]]:
        """Read filters from an address. Returns them with a sentence for each part that could not be understood.

        A part that cannot be understood does not narrow the list, so that the sentence has to be shown. Repeated
        parameters count once, the last one. Never raises for any input.
        """
        problems: list[str] = []
        found: dict[str, Any] = {}
        known = known or choices()
        refreshed = False

        def given(name: str) -> str:
            return str(query.get(name) or "").replace("\x00", "").strip()

        for kind in ("ambition", "strand", "block", "element", "area", "organisation", "sector", "stage"):
            text = given(kind)
            if not text:
                continue
            choice = known.find(kind, text)
            if choice is None and not refreshed:
                # Perhaps it was added within the last minute.
                known, refreshed = choices(fresh=True), True
                choice = known.find(kind, text)
            if choice is None:
                problems.append(_UNKNOWN[kind]() % {"text": _quotable(text)})
                continue
            found[kind] = choice.code
            if kind in ("organisation", "sector"):
                found[f"{kind}_id"] = choice.id
        if year := given("year"):
            if re.fullmatch(r"[12][0-9]{3}", year):
                found["year"] = year
            else:
                problems.append(_("“%(text)s” is not a year; give four digits, like 2026.") % {"text": _quotable(year)})
        if given("exemplar") in ("yes", "on", "1", "true"):
            found["exemplar"] = "yes"
        words = " ".join((given("words") or given("q")).split())
        if len(words) > MAX_WORDS:
            words = words[:MAX_WORDS].rsplit(" ", 1)[0]
            problems.append(_("Only the first %(count)d characters were searched for.") % {"count": MAX_WORDS})
        found["words"] = words
        sort = given("sort")
        if sort in SORTS and not (sort == "relevance" and not words):
            found["sort"] = sort
        elif sort and sort not in SORTS:
            problems.append(_("Lists can be sorted by recent, title or relevance."))
        return cls(**found), problems

    def as_query(self) -> str:
        """The canonical query string of this view, without ``?``: two equal views have one address."""
        query = QueryDict(mutable=True)
        for name in (*KINDS, "words", "sort"):
            if value := getattr(self, name):
                query[name] = value
        return query.urlencode()

    def without(self, name: str) -> Filters:
        """This view with one filter taken away."""
        cleared = {name: ""} | ({f"{name}_id": ""} if name in ("organisation", "sector") else {})
        return replace(self, **cleared)

    @property
    def is_empty(self) -> bool:
        return not self.words and not any(getattr(self, kind) for kind in KINDS)

    @property
    def effective_sort(self) -> str:
        return self.sort or ("relevance" if self.words else "recent")

    def facets(self) -> list[tuple[str, str]]:
        """The facets an initiative must have, the most telling first; that it is published, when nothing else."""
        found = [(kind, self._facet_value(kind)) for kind in KINDS if getattr(self, kind)]
        return found or [("all", "")]

    def _facet_value(self, kind: str) -> str:
        if kind == "organisation":
            if not self.organisation_id:
                pk = Organisation.objects.filter(slug=self.organisation).values_list("pk", flat=True).first()
                return str(pk or 0)
            return self.organisation_id
        if kind == "sector":
            if not self.sector_id:
                pk = Sector.objects.filter(code=self.sector).values_list("pk", flat=True).first()
                return str(pk or 0)
            return self.sector_id
        return str(getattr(self, kind))

    def described(self, known: Choices | None = None) -> list[tuple[str, str, str]]:
        """The filters that are set, as (name, the title to show, the query string without it)."""
        known = known or choices()
        told: list[tuple[str, str, str]] = []
        for kind in KINDS:
            value = getattr(self, kind)
            if not value:
                continue
            choice = known.find(kind, value) if kind in known.index else None
            title = choice.title if choice else _("Shows good practice") if kind == "exemplar" else value
            told.append((kind, title, self.without(kind).as_query()))
        if self.words:
            told.append(("words", f"“{self.words}”", self.without("words").as_query()))
        return told


def _quotable(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


_UNKNOWN: dict[str, Callable[[], str]] = {
    "ambition": lambda: _("There is no ambition “%(text)s”."),
    "strand": lambda: _("There is no strand “%(text)s”."),
    "block": lambda: _("There is no building block “%(text)s”."),
    "element": lambda: _("There is no element “%(text)s” in any framework."),
    "area": lambda: _("There is no area “%(text)s”."),
    "organisation": lambda: _("There is no organisation “%(text)s”."),
    "sector": lambda: _("There is no sector “%(text)s”."),
    "stage": lambda: _("There is no stage “%(text)s”."),
}
