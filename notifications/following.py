"""What somebody follows: a view of the register, an initiative, a workshop or a partnership board, in a line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from collaboration.initiatives.finding import Choices, Filters, choices
from groundwork.access.errors import Invalid

LONGEST = 500
"""Characters of the canonical line, as the row keeps it."""

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_REFERENCE = re.compile(r"[A-Z]{1,6}-[0-9]{1,10}")
_TOPICS = ("ambition", "strand", "block", "element")
_PAGES = {"ambition": "ambition", "block": "building-block", "area": "area", "organisation": "organisation"}


@dataclass(frozen=True)
class Followed:
    """One thing that is followed. Equal ones have the same :attr:`query`, however they were written.

    A view is what the address of a list says (:class:`~collaboration.initiatives.finding.Filters`) without its order.
    Nothing here asks who may see it: a title of an initiative or workshop is read for somebody
    (:func:`notifications.queries.follows.shown`).
    """

    filters: Filters = field(default_factory=Filters)
    initiative: str = ""
    """Its reference; empty for other things."""
    workshop: int = 0
    """Its primary key; 0 for other things."""
    partnership: str = ""
    """The word that the address of a partnership board ends with; empty for other things."""

    @classmethod
    def parse(cls, query: str, known: Choices | None = None) -> Followed:
        """Understand ``ambition=V-A1&area=E07000066``, ``initiative=ESX-0042``, ``workshop=12``, ``partnership=x``.

        Order of lists, page numbers and other parameters are left out. Raises :class:`Invalid` with a sentence for each
        part that means nothing: following something else than what was asked for would be noticed weeks later.
        """
        given = QueryDict(query[:4_000].lstrip("?").replace("\x00", ""))
        if reference := str(given.get("initiative") or "").strip().upper():
            if not _REFERENCE.fullmatch(reference) or len(reference) > 20:
                raise Invalid(_("There is no initiative with this reference."))
            return cls(initiative=reference)
        if number := str(given.get("workshop") or "").strip():
            if not (number.isascii() and number.isdigit() and len(number) <= 18 and int(number)):
                raise Invalid(_("There is no such workshop."))
            return cls(workshop=int(number))
        if slug := str(given.get("partnership") or "").strip().lower():
            if not _SLUG.fullmatch(slug) or len(slug) > 100:
                raise Invalid(_("There is no such partnership board."))
            return cls(partnership=slug)
        filters, problems = Filters.from_query(
            {name: text for name, text in given.items() if name != "sort" and isinstance(text, str)}, known
        )
        if problems:
            raise Invalid({"": problems})
        found = cls(filters=replace(filters, sort=""))
        if len(found.query) > LONGEST:
            raise Invalid(_("This view is too long to follow. Take some of its words out."))
        return found

    @cached_property
    def query(self) -> str:
        """The canonical line that rows and addresses hold."""
        if self.initiative:
            return urlencode({"initiative": self.initiative})
        if self.workshop:
            return urlencode({"workshop": self.workshop})
        if self.partnership:
            return urlencode({"partnership": self.partnership})
        return self.filters.as_query()

    @property
    def is_view(self) -> bool:
        return not self.initiative and not self.workshop and not self.partnership

    @property
    def is_everything(self) -> bool:
        return self.is_view and self.filters.is_empty

    @cached_property
    def terms(self) -> list[tuple[str, str]]:
        """The facets that an initiative must all have, the most telling first; ``("all", "")`` when any will do."""
        if self.initiative:
            return [("initiative", self.initiative)]
        if self.workshop:
            return [("workshop", str(self.workshop))]
        if self.partnership:
            return [("partnership", self.partnership)]
        return self.filters.facets()

    @property
    def words(self) -> str:
        """The words that must be found as well, as they were typed."""
        return self.filters.words

    @property
    def anchor(self) -> str:
        """The most telling term, ``area:E07000066``: who follows what changed is found by it.

        ``words:`` when there are words and nothing else, ``all:`` for the whole register.
        """
        kind, value = self.terms[0]
        if kind == "all" and self.words:
            return "words:"
        return f"{kind}:{value}"

    @cached_property
    def title(self) -> str:
        """What a person reads: “Live well for longer in Colchester”. Of initiatives the reference, nothing hidden."""
        if self.initiative:
            return self.initiative
        if self.workshop:
            return _("A workshop")
        if self.partnership:
            return _("A partnership board")
        return _in_words(self.filters)

    @property
    def path(self) -> str:
        """The page that shows it, without host. Workshops have secret codes in theirs: the list of workshops here."""
        if self.initiative:
            return reverse("initiative", args=[self.initiative])
        if self.workshop:
            return reverse("workshops")
        if self.partnership:
            return reverse("partnership", args=[self.partnership])
        if len(self.terms) == 1 and not self.words and (name := _PAGES.get(self.terms[0][0])):
            kind = self.terms[0][0]
            choice = choices().find(kind, str(getattr(self.filters, kind)))
            if choice is not None and choice.slug:
                return reverse(name, args=[choice.slug])
        address = reverse("initiatives")
        return f"{address}?{self.query}" if self.query else address


def _in_words(filters: Filters) -> str:
    told = {kind: title for kind, title, _without in filters.described()}
    what = ", ".join(told[kind] for kind in _TOPICS if kind in told)
    if area := told.get("area"):
        what = _("%(what)s in %(area)s") % {"what": what, "area": area} if what else area
    if who := told.get("organisation"):
        what = _("%(what)s with %(organisation)s") % {"what": what, "organisation": who} if what else who
    rest = [told[kind] for kind in ("sector", "stage", "year", "exemplar", "words") if kind in told]
    return ", ".join(filter(None, [what, *rest])) or _("Everything in the register")
